//! Elements that are bound to the codes of a value set. A code that the set does not have is kept as it is: a reader that
//! refuses a bundle for one code loses the rest of it.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use crate::access::{Primitive, Value, ValueMut};
use crate::text::Text;

/// The codes of a value set that a required binding names.
pub trait CodeSet: Copy + Eq + Send + Sync + 'static {
    /// The canonical address of the value set.
    const VALUE_SET: &'static str;
    /// All codes, each with its text.
    const CODES: &'static [(Self, &'static str)];

    /// The text of the code.
    fn as_str(self) -> &'static str {
        Self::CODES.iter().find(|(code, _)| *code == self).map_or("", |(_, text)| text)
    }

    /// The code with this text; capitals matter, as in FHIR.
    fn from_code(text: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| *known == text).map(|(code, _)| *code)
    }
}

/// A `code` out of the value set `E`, or any other text that stood in its place.
///
/// ```
/// use fhir_r4b_model::codes::ObservationStatus;
/// use fhir_r4b_model::Coded;
///
/// let status = Coded::from(ObservationStatus::Final);
/// assert_eq!(status.as_str(), Some("final"));
///
/// let unheard_of = Coded::<ObservationStatus>::other("half-done");
/// assert_eq!(unheard_of.known(), None);
/// assert_eq!(unheard_of.as_str(), Some("half-done"));
/// ```
pub struct Coded<E> {
    text: Text,
    set: PhantomData<E>,
}

impl<E: CodeSet> Coded<E> {
    /// The code, if the value set has it.
    pub fn known(&self) -> Option<E> {
        E::from_code(self.text.as_str()?)
    }

    /// Whether this is that code.
    pub fn is(&self, code: E) -> bool {
        self.text.as_str() == Some(code.as_str())
    }

    /// A code by its text, whether the value set has it or not.
    pub fn other(text: impl AsRef<str>) -> Self {
        Self { text: Text::new(text.as_ref()), set: PhantomData }
    }
}

impl<E: CodeSet> From<E> for Coded<E> {
    fn from(code: E) -> Self {
        Self { text: Text::new(code.as_str()), set: PhantomData }
    }
}

impl<E> Default for Coded<E> {
    fn default() -> Self {
        Self { text: Text::default(), set: PhantomData }
    }
}

impl<E> Clone for Coded<E> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), set: PhantomData }
    }
}

impl<E> PartialEq for Coded<E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<E> Deref for Coded<E> {
    type Target = Text;

    fn deref(&self) -> &Text {
        &self.text
    }
}

impl<E> DerefMut for Coded<E> {
    fn deref_mut(&mut self) -> &mut Text {
        &mut self.text
    }
}

impl<E> Primitive for Coded<E> {
    fn value(&self) -> Value<'_> {
        Value::Text(&self.text)
    }

    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Text(&mut self.text)
    }
}

/// Declares the codes of one value set.
macro_rules! code_set {
    ($(#[$docs:meta])* $name:ident, $value_set:literal, { $($code:ident = $text:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Clone, Copy, Debug, PartialEq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $code,)+
        }

        impl Eq for $name {}

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad($crate::coded::CodeSet::as_str(*self))
            }
        }

        impl $crate::coded::CodeSet for $name {
            const VALUE_SET: &'static str = $value_set;
            const CODES: &'static [(Self, &'static str)] = &[$((Self::$code, $text),)+];
        }
    };
}
pub(crate) use code_set;
