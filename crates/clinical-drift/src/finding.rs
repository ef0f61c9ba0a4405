//! What is found: a place, what is the matter with it, and the JSON type of what stands there. No type here can hold a value.

use std::fmt;

use crate::path::Place;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON type. As a `Deserialize` it reads any value and keeps no more than this.
///
/// ```
/// use clinical_drift::JsonType;
///
/// assert_eq!(serde_json::from_str::<JsonType>(r#"{"name": "Jane"}"#).unwrap(), JsonType::Object);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number without a fraction, as far as can be told without reading its digits one by one.
    Integer,
    /// Any other number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl JsonType {
    /// Its name in JSON Schema.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<'de> Deserialize<'de> for JsonType {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Look;
        impl<'de> Visitor<'de> for Look {
            type Value = JsonType;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_unit<E>(self) -> Result<JsonType, E> {
                Ok(JsonType::Null)
            }

            fn visit_bool<E>(self, _: bool) -> Result<JsonType, E> {
                Ok(JsonType::Boolean)
            }

            fn visit_i64<E>(self, _: i64) -> Result<JsonType, E> {
                Ok(JsonType::Integer)
            }

            fn visit_u64<E>(self, _: u64) -> Result<JsonType, E> {
                Ok(JsonType::Integer)
            }

            fn visit_f64<E>(self, _: f64) -> Result<JsonType, E> {
                Ok(JsonType::Number)
            }

            fn visit_str<E>(self, _: &str) -> Result<JsonType, E> {
                Ok(JsonType::String)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonType, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(JsonType::Array)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonType, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(JsonType::Object)
            }
        }
        from.deserialize_any(Look)
    }
}

/// What is the matter with a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A field that the type does not name.
    UnknownField,
    /// A text that is not among the values the type has names for.
    UnknownValue,
    /// A value of a JSON type that the type does not take.
    OtherType,
    /// A field that the type requires is not there. The JSON type is that of the object.
    Missing,
}

impl Kind {
    /// Its name in reports and logs, such as `unknown field`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown field",
            Self::UnknownValue => "unknown value",
            Self::OtherType => "other type",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One place at which a payload and its schema differ.
///
/// `Debug` leaves out names that only the payload has; `Display` is the line of a report and shows them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Finding {
    pub(crate) place: Place,
    /// What is the matter.
    pub kind: Kind,
    /// The JSON type of what stands there.
    pub json_type: JsonType,
}

impl Finding {
    /// A finding of a type that keeps its unknown fields itself. `above` is the pointer of the object, as its own code knows it.
    pub fn unknown_field(above: &str, name: &str, json_type: JsonType) -> Self {
        let mut place = Place::known(above);
        place.push_unknown(name);
        Self { place, kind: Kind::UnknownField, json_type }
    }

    /// A finding of a type that knows by itself which texts have names. `pointer` is the text's place.
    pub fn unknown_value(pointer: &str) -> Self {
        Self { place: Place::known(pointer), kind: Kind::UnknownValue, json_type: JsonType::String }
    }

    /// Where, as a JSON pointer (RFC 6901). A name of the payload's that does not look like one of a field (ASCII letters, digits and
    /// `_-.:$@`, at most 64) could be somebody's data and stands as `(name of N bytes)`.
    pub fn pointer(&self) -> &str {
        &self.place.pointer
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("place", &self.place.shown())
            .field("kind", &self.kind)
            .field("json_type", &self.json_type)
            .finish()
    }
}

/// `/items/0/colour: unknown field (string)`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer().is_empty() { "/" } else { self.pointer() };
        write!(f, "{pointer}: {} ({})", self.kind, self.json_type)
    }
}
