//! FHIR's JSON, read and written without loss: what is read and written again is the same JSON, to the digit; only the order of
//! an object's fields and the space between them may differ. Reading is lenient about FHIR (a missing element, an unheard-of
//! code, an unknown field or resource) and strict about JSON; whether a resource is valid is not asked here.

mod chars;
mod entries;
mod error;
mod escapes;
mod lines;
mod members;
mod name;
#[cfg(feature = "serde")]
mod pieces;
mod read;
mod repeated;
mod scan;
mod special;
mod subset;
mod types;
mod vectors;
mod write;

use std::io;

pub use entries::{Entries, entries};
pub use error::{Error, ErrorKind};
pub use lines::{Lines, StreamError, lines};
#[cfg(feature = "serde")]
pub(crate) use pieces::{Object, Pieces, Position, Slot, Step, Wanted, has_slots};
use read::Reader;
pub(crate) use scan::{Scanner, is_number};
pub use subset::{Summary, WriteOptions};
use write::Writer;
#[cfg(feature = "serde")]
pub(crate) use write::push_string;

use crate::Resource;
use crate::access::Typed;
use crate::issue::Issue;

/// How to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct ReadOptions {
    max_depth: usize,
    refuse_unknown: bool,
    #[cfg(feature = "validate")]
    strict: bool,
}

impl ReadOptions {
    /// As [`from_slice`] reads: at most 512 objects and lists within each other; unknown fields are kept.
    pub const fn new() -> Self {
        Self {
            max_depth: 512,
            refuse_unknown: false,
            #[cfg(feature = "validate")]
            strict: false,
        }
    }

    /// How many objects and lists may stand within each other, 1 to 512. More than 512 is taken as 512: each level takes a
    /// piece of the stack, and a reader that meets its end cannot give an answer.
    pub const fn max_depth(self, levels: usize) -> Self {
        let max_depth = if levels > 512 { 512 } else { levels };
        Self { max_depth, ..self }
    }

    /// Refuses fields and resources that the definitions do not have, instead of keeping them.
    pub const fn refuse_unknown(self) -> Self {
        Self { refuse_unknown: true, ..self }
    }

    /// Refuses what [`validate`](crate::validate) finds an error in: elements that are missing, codes, forms and references that are not allowed,
    /// fields and resources that the definitions do not have. The error, of kind [`ErrorKind::Invalid`], is that of the first issue.
    #[cfg(feature = "validate")]
    #[cfg_attr(docsrs, doc(cfg(feature = "validate")))]
    pub const fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Reads a resource or datatype from JSON, and tells which fields and resources it holds that the definitions do not have. They are kept.
    ///
    /// ```
    /// use fhir_r4b_model::Patient;
    /// use fhir_r4b_model::json::ReadOptions;
    ///
    /// let text = r#"{"resourceType":"Patient","contact":[{"nickname":"Resi"}]}"#;
    /// let (patient, issues) = ReadOptions::new().from_slice_with_issues::<Patient>(text.as_bytes())?;
    /// assert_eq!(issues[0].path, "Patient.contact[0]");
    /// assert!(patient.contact[0].unknown.get("nickname").is_some());
    /// # Ok::<(), fhir_r4b_model::json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    pub fn from_slice_with_issues<T: FromJson>(self, json: &[u8]) -> Result<(T, Vec<Issue>), Error> {
        let value: T = self.from_slice(json)?;
        let issues = value.unknown();
        Ok((value, issues))
    }

    /// Reads a resource or datatype from JSON.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    pub fn from_slice<T: FromJson>(self, json: &[u8]) -> Result<T, Error> {
        // What is no UTF-8 is found on the way, or is no JSON either; which of them it is, and where, is looked for then.
        self.read(Scanner::of_bytes(json, self.max_depth)).map_err(|error| match simdutf8::compat::from_utf8(json) {
            Ok(_) => error,
            Err(_) if json.starts_with(b"\xff\xfe") || json.starts_with(b"\xfe\xff") => {
                Error::new(ErrorKind::Utf8, 0, "this begins as UTF-16 does, and JSON is UTF-8: write it as that")
            }
            Err(error) => Error::new(ErrorKind::Utf8, error.valid_up_to(), chars::NO_UTF8),
        })
    }

    /// Reads a resource or datatype from JSON.
    ///
    /// # Errors
    ///
    /// As [`from_slice`].
    #[allow(clippy::should_implement_trait)] // The name that users of serde_json look for; `FromStr` has no `self`.
    pub fn from_str<T: FromJson>(self, json: &str) -> Result<T, Error> {
        self.read(Scanner::new(json, self.max_depth))
    }

    fn read<T: FromJson>(self, scan: Scanner<'_>) -> Result<T, Error> {
        if scan.bytes().starts_with("\u{feff}".as_bytes()) {
            let rule = "the text begins with a byte order mark, which JSON does not have: leave its three bytes out";
            return Err(Error::new(ErrorKind::Syntax, 0, rule));
        }
        let mut reader = Reader::new(scan, self);
        let value = T::read(&mut reader)?;
        reader.end()?;
        #[cfg(feature = "validate")]
        if self.strict {
            let first = value.issues().into_iter().find(|issue| issue.severity == crate::issue::Severity::Error);
            if let Some(issue) = first {
                return Err(Error::invalid(issue));
            }
        }
        Ok(value)
    }
}

/// Reads a text that `serde_json` handed over into an empty element.
#[cfg(feature = "serde")]
pub(crate) fn read_into(target: &mut dyn crate::access::Element, json: &str) -> Result<(), Error> {
    let options = ReadOptions::new();
    let mut reader = Reader::new(Scanner::new(json, options.max_depth), options);
    reader.root(target)?;
    reader.end()
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self::new()
    }
}

/// What can be read from JSON: [`Resource`], each resource by itself, and each datatype.
pub trait FromJson: Sized + sealed::Read {}

/// What can be written as JSON: [`Resource`], each resource by itself, and each datatype.
pub trait ToJson: sealed::Write {}

impl<T: sealed::Read> FromJson for T {}
impl<T: sealed::Write + ?Sized> ToJson for T {}

mod sealed {
    use crate::access::Element;

    #[cfg(feature = "serde")]
    use super::Wanted;
    use super::{Error, Issue, Reader, Resource, Typed, Writer};

    pub trait Read: Sized {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error>;
        /// An empty value that somebody else reads; `None` if he did not.
        #[cfg(feature = "serde")]
        fn filled_by<E>(read: impl FnOnce(Wanted<'_>) -> Result<bool, E>) -> Result<Option<Self>, E>;
        /// What the definitions do not have.
        fn unknown(&self) -> Vec<Issue>;
        /// What the definitions do not allow.
        #[cfg(feature = "validate")]
        fn issues(&self) -> Vec<Issue>;
    }

    pub trait Write {
        fn write(&self, writer: &mut Writer<'_>);
        /// Calls `visit` with the resource, or with those in the entries of a bundle.
        fn each_resource(&mut self, visit: &mut dyn FnMut(&mut dyn Element));
    }

    impl<T: Typed> Read for T {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let mut value = Box::<T>::default();
            reader.root(value.erased_mut())?;
            Ok(*value)
        }

        #[cfg(feature = "serde")]
        fn filled_by<E>(read: impl FnOnce(Wanted<'_>) -> Result<bool, E>) -> Result<Option<Self>, E> {
            let mut value = Box::<T>::default();
            Ok(read(Wanted::This(value.erased_mut()))?.then_some(*value))
        }

        fn unknown(&self) -> Vec<Issue> {
            crate::issue::unknown(self.erased())
        }

        #[cfg(feature = "validate")]
        fn issues(&self) -> Vec<Issue> {
            crate::validate::Validate::validate(self)
        }
    }

    impl Read for Resource {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            reader.root_resource()
        }

        #[cfg(feature = "serde")]
        fn filled_by<E>(read: impl FnOnce(Wanted<'_>) -> Result<bool, E>) -> Result<Option<Self>, E> {
            let mut resource = None;
            Ok(if read(Wanted::Any(&mut resource))? { resource } else { None })
        }

        fn unknown(&self) -> Vec<Issue> {
            crate::issue::unknown_in_resource(self)
        }

        #[cfg(feature = "validate")]
        fn issues(&self) -> Vec<Issue> {
            crate::validate::Validate::validate(self)
        }
    }

    impl<T: Typed> Write for T {
        fn write(&self, writer: &mut Writer<'_>) {
            writer.element(self.erased());
        }

        fn each_resource(&mut self, visit: &mut dyn FnMut(&mut dyn Element)) {
            super::subset::each_resource(self.erased_mut(), visit);
        }
    }

    impl Write for Resource {
        fn write(&self, writer: &mut Writer<'_>) {
            writer.resource(self);
        }

        fn each_resource(&mut self, visit: &mut dyn FnMut(&mut dyn Element)) {
            if let Ok(element) = self.element_mut() {
                super::subset::each_resource(element, visit);
            }
        }
    }
}

/// Reads a resource or datatype from JSON.
///
/// ```
/// use fhir_r4b_model::{Patient, Resource, json};
///
/// let resource: Resource = json::from_slice(br#"{"resourceType":"Patient","active":true}"#)?;
/// let patient: &Patient = resource.get().unwrap();
/// assert_eq!(patient.active.as_ref().and_then(|active| active.get()), Some(true));
/// # Ok::<(), fhir_r4b_model::json::Error>(())
/// ```
///
/// # Errors
///
/// If it is not UTF-8 or not JSON, if a value has another JSON type than its element, if a name is there twice or a choice
/// made twice, if a resource does not say its type, if more than 512 levels stand within each other, or if text follows. The
/// error has the path and the byte position, and never the value.
pub fn from_slice<T: FromJson>(json: &[u8]) -> Result<T, Error> {
    ReadOptions::new().from_slice(json)
}

/// Reads a resource or datatype from JSON.
///
/// # Errors
///
/// As [`from_slice`].
pub fn from_str<T: FromJson>(json: &str) -> Result<T, Error> {
    ReadOptions::new().from_str(json)
}

/// Writes JSON, without spaces, into a vector.
pub fn to_vec<T: ToJson + ?Sized>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new(None);
    value.write(&mut writer);
    writer.into_bytes()
}

/// Writes JSON, without spaces, into a string.
pub fn to_string<T: ToJson + ?Sized>(value: &T) -> String {
    // The writer writes strings and ASCII alone; should that ever break, a replacement character is better than a panic.
    String::from_utf8(to_vec(value)).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Writes JSON, without spaces, in pieces of some tens of kilobytes.
///
/// # Errors
///
/// The first that `output` returns; what was written before stays written.
pub fn to_writer<T: ToJson + ?Sized>(output: &mut dyn io::Write, value: &T) -> io::Result<()> {
    let mut writer = Writer::new(Some(output));
    value.write(&mut writer);
    writer.finish()
}
