//! What went wrong while reading, where in FHIR's terms and where in bytes. It never holds a value or a name out of the JSON:
//! its path is made of the definitions' names alone.

use std::fmt;

/// Why JSON could not be read, and where.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    rule: &'static str,
    offset: usize,
    path: String,
}

/// What kind of rule was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are not UTF-8.
    Utf8,
    /// The text is not JSON, or it goes on after the value.
    Syntax,
    /// A value has another JSON type than its element.
    Type,
    /// A name is there twice, or two types of one choice.
    Duplicate,
    /// A resource has no `resourceType`, or another than was asked for.
    ResourceType,
    /// More objects and lists stand within each other than the limit allows.
    Depth,
    /// A field or resource is unknown, and the options refuse that.
    Unknown,
    /// A rule of FHIR is broken, and the options ask for strictness. Such an error has no byte position: it is 0.
    Invalid,
}

impl Error {
    pub(super) fn new(kind: ErrorKind, offset: usize, rule: &'static str) -> Self {
        Self(Box::new(Inner { kind, rule, offset, path: String::new() }))
    }

    /// An issue for which strict reading refuses a document.
    #[cfg(feature = "validate")]
    pub(super) fn invalid(issue: crate::issue::Issue) -> Self {
        let rule = issue.rule.message();
        Self(Box::new(Inner { kind: ErrorKind::Invalid, rule, offset: 0, path: issue.path }))
    }

    /// What kind of rule was broken.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where, in FHIR's terms, for example `Bundle.entry[3].resource.birthDate`. Empty if that is not known.
    ///
    /// What could not be read has its name in JSON, `Observation.valueQuantity.value` or `Patient._birthDate`; what a rule of FHIR does not allow
    /// ([`ErrorKind::Invalid`]) has the path of the [`Issue`](crate::issue::Issue), which is that of `FHIRPath`: `Observation.value.comparator`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Where, in bytes from the beginning.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// Puts the field in which the error came up before the path.
    pub(super) fn within(mut self, attached: bool, name: &str, suffix: &str) -> Self {
        let rest = std::mem::take(&mut self.0.path);
        let dot = if rest.is_empty() || rest.starts_with('[') { "" } else { "." };
        self.0.path = format!("{}{name}{suffix}{dot}{rest}", if attached { "_" } else { "" });
        self
    }

    /// Puts the place in a list before the path.
    pub(super) fn at(mut self, place: usize) -> Self {
        let rest = std::mem::take(&mut self.0.path);
        let dot = if rest.is_empty() || rest.starts_with('[') { "" } else { "." };
        self.0.path = format!("[{place}]{dot}{rest}");
        self
    }

    /// Says it without the place in bytes, for who read it out of a piece of the document.
    #[cfg(feature = "serde")]
    pub(crate) fn without_offset(&self) -> String {
        let Inner { rule, path, .. } = &*self.0;
        format!("{path}: {rule}")
    }

    /// The type in which the path begins.
    pub(super) fn under_type(self, name: &str) -> Self {
        self.within(false, name, "")
    }

    /// The type in which the path begins if the error has none: bytes that are no text are in no field.
    pub(super) fn at_least_under(self, name: &str) -> Self {
        if self.0.path.is_empty() { self.under_type(name) } else { self }
    }

    /// The entry of a bundle in which the path begins.
    pub(super) fn in_entry(mut self, place: usize) -> Self {
        let below = self.0.path.strip_prefix("BundleEntry").unwrap_or_default();
        self.0.path = format!("Bundle.entry[{place}]{below}");
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, rule, offset, path } = &*self.0;
        if *kind == ErrorKind::Invalid {
            write!(formatter, "{path}: {rule}")
        } else if path.is_empty() {
            write!(formatter, "byte {offset}: {rule}")
        } else {
            write!(formatter, "{path}, byte {offset}: {rule}")
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({:?}, {self})", self.0.kind)
    }
}

impl std::error::Error for Error {}
