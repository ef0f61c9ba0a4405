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
    Known(&'a str),
    Unknown(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(crate) const ROOT: Path<'static> = Path { above: None, step: Step::Root };

    /// A name that the shape has.
    pub(crate) fn known<'b>(&'b self, name: &'b str) -> Path<'b>
    where
        'a: 'b,
    {
        Path { above: Some(self), step: Step::Known(name) }
    }

    /// A name that only the payload has.
    pub(crate) fn unknown<'b>(&'b self, name: &'b str) -> Path<'b>
    where
        'a: 'b,
    {
        Path { above: Some(self), step: Step::Unknown(name) }
    }

    pub(crate) fn index<'b>(&'b self, index: usize) -> Path<'b>
    where
        'a: 'b,
    {
        Path { above: Some(self), step: Step::Index(index) }
    }

    pub(crate) fn place(&self) -> Place {
        let mut place = self.above.map(Path::place).unwrap_or_default();
        match self.step {
            Step::Root => {}
            Step::Known(name) => place.push_known(name),
            Step::Unknown(name) => place.push_unknown(name),
            Step::Index(index) => place.push_known(&index.to_string()),
        }
        place
    }
}

/// A pointer, and how much of it the type says itself. The rest are names of the payload's, which `Debug` and logs do not show: what a vendor
/// uses as a name may be a patient's.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    /// `None`: all of it.
    known: Option<usize>,
}

const LONGEST: usize = 64;

impl Place {
    pub(crate) fn known(pointer: &str) -> Self {
        Self { pointer: pointer.to_owned(), known: None }
    }

    fn push_known(&mut self, name: &str) {
        self.pointer.push('/');
        self.pointer.push_str(name);
    }

    /// A name that is no field's by its looks is not repeated even in reports.
    pub(crate) fn push_unknown(&mut self, name: &str) {
        self.known.get_or_insert(self.pointer.len());
        let is_fields = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:$@".contains(&byte);
        if name.len() <= LONGEST && !name.is_empty() && name.bytes().all(is_fields) {
            self.push_known(name);
        } else {
            self.push_known(&format!("(name of {} bytes)", name.len()));
        }
    }

    /// The place without names of the payload's.
    pub(crate) fn shown(&self) -> String {
        match self.known {
            Some(known) => format!("{}/(name not shown)", &self.pointer[..known]),
            None => self.pointer.clone(),
        }
    }

    /// The same place of any item of its lists. A field whose name is a number becomes `*`, too: that costs detail and never data.
    pub(crate) fn of_any_item(&self) -> Self {
        let known = self.known.map(|known| without_indices(&self.pointer[..known]).len());
        Self { pointer: without_indices(&self.pointer), known }
    }
}

fn without_indices(pointer: &str) -> String {
    let step = |step: &str| {
        let is_index = !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
        if is_index { "*".to_owned() } else { step.to_owned() }
    };
    pointer.split('/').map(step).collect::<Vec<_>>().join("/")
}
