//! Where a walk is, as a chain on the stack: a pointer is written only when something is found.

/// One step down, and the steps before it.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    above: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(crate) const ROOT: Path<'static> = Path { above: None, step: Step::Root };

    pub(crate) fn name<'b>(&'b self, name: &'b str) -> Path<'b>
    where
        'a: 'b,
    {
        Path { above: Some(self), step: Step::Name(name) }
    }

    pub(crate) fn index<'b>(&'b self, index: usize) -> Path<'b>
    where
        'a: 'b,
    {
        Path { above: Some(self), step: Step::Index(index) }
    }

    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.above.map(Path::pointer).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Name(name) => push_name(&mut pointer, name),
            Step::Index(index) => pointer.extend(["/", &index.to_string()]),
        }
        pointer
    }
}

const LONGEST: usize = 64;

/// Appends a name. One that is no field's by its looks is not repeated: what a vendor uses as a key may be a patient's.
pub(crate) fn push_name(pointer: &mut String, name: &str) {
    let is_fields = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:$@".contains(&byte);
    pointer.push('/');
    if name.len() <= LONGEST && !name.is_empty() && name.bytes().all(is_fields) {
        pointer.push_str(name);
    } else {
        pointer.extend(["(name of ", &name.len().to_string(), " bytes)"]);
    }
}
