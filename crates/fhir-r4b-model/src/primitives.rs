//! The primitive types. Each keeps the text that was read, such as `1.00` or `2024-02`, and gives it a meaning only when
//! asked; `Boolean` is the one that has no text. What they can hold beside a value is in [`Text`].

use std::ops::{Deref, DerefMut};

use crate::access::{Primitive, Value, ValueMut};
use crate::json::is_number;
pub use crate::text::{Boolean, Extra, Text};

macro_rules! primitive {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, Default, PartialEq)]
        pub struct $name(Text);

        impl Deref for $name {
            type Target = Text;

            fn deref(&self) -> &Text {
                &self.0
            }
        }

        impl DerefMut for $name {
            fn deref_mut(&mut self) -> &mut Text {
                &mut self.0
            }
        }

        impl Primitive for $name {
            fn value(&self) -> Value<'_> {
                Value::Text(&self.0)
            }

            fn value_mut(&mut self) -> ValueMut<'_> {
                ValueMut::Text(&mut self.0)
            }
        }
    };
}

macro_rules! textual {
    ($($(#[$docs:meta])* $name:ident)+) => {
        $(
            primitive!($(#[$docs])* $name);

            impl $name {
                /// This text with nothing attached. Its form is not checked.
                pub fn new(text: impl AsRef<str>) -> Self {
                    Self(Text::new(text.as_ref()))
                }
            }

            impl From<&str> for $name {
                fn from(text: &str) -> Self {
                    Self::new(text)
                }
            }

            impl From<String> for $name {
                fn from(text: String) -> Self {
                    Self::new(text)
                }
            }
        )+
    };
}

textual! {
    /// `base64Binary`: bytes in base64.
    Base64Binary
    /// `canonical`: the canonical address of a definition, perhaps with `|version`.
    Canonical
    /// `code`: a code out of a set that is defined elsewhere. Where the set is fixed, see [`Coded`](crate::Coded).
    Code
    /// `date`: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    Date
    /// `dateTime`: a date, perhaps with a time, which then has seconds and a time zone.
    DateTime
    /// `id`: letters, digits, `-` and `.`, at most 64.
    Id
    /// `instant`: a point in time with seconds and a time zone.
    Instant
    /// `markdown`: text in GitHub's flavour of Markdown.
    Markdown
    /// `oid`: an object identifier as `urn:oid:...`.
    Oid
    /// `string`: Unicode text. It has a prefix because `String` is Rust's.
    FhirString
    /// `time`: `hh:mm:ss`, without a time zone.
    Time
    /// `uri`: an address or name as RFC 3986 defines it.
    Uri
    /// `url`: an address that can be looked up.
    Url
    /// `uuid`: a UUID as `urn:uuid:...`.
    Uuid
    /// `xhtml`: the text of a narrative, one `<div>`.
    Xhtml
}

macro_rules! integral {
    ($($(#[$docs:meta])* $name:ident: $rust:ty)+) => {
        $(
            primitive!($(#[$docs])* $name);

            impl $name {
                /// The number; `None` if there is none, or one that this type does not allow.
                pub fn get(&self) -> Option<$rust> {
                    self.0.as_str()?.parse().ok()
                }
            }

            impl From<$rust> for $name {
                fn from(number: $rust) -> Self {
                    Self(Text::new(&number.to_string()))
                }
            }
        )+
    };
}

integral! {
    /// `integer`: -2,147,483,648 to 2,147,483,647.
    Integer: i32
    /// `positiveInt`: 1 to 2,147,483,647. A 0 can be stored, as it can be read.
    PositiveInt: u32
    /// `unsignedInt`: 0 to 2,147,483,647.
    UnsignedInt: u32
}

primitive! {
    /// `decimal`: a number whose digits are kept as written: `1.00` is not `1.0`.
    Decimal
}

impl Decimal {
    /// The number with this text, as JSON writes numbers: `-0.5`, `1.00`, `6.02e23`. `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        is_number(text.as_bytes()).then(|| Self(Text::new(text)))
    }

    /// The nearest binary number, which may have lost digits; [`Text::as_str`] has them all.
    pub fn to_f64(&self) -> Option<f64> {
        self.0.as_str()?.parse().ok()
    }
}

impl From<i32> for Decimal {
    fn from(number: i32) -> Self {
        Self(Integer::from(number).0)
    }
}

impl Primitive for Boolean {
    fn value(&self) -> Value<'_> {
        Value::Boolean(self)
    }

    fn value_mut(&mut self) -> ValueMut<'_> {
        ValueMut::Boolean(self)
    }
}
