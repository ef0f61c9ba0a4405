//! The traits of `serde`, for every type, by way of the JSON text: this crate's reader and writer do the work, and what is here passes a text on.
//! `serde_json` hands over and takes texts itself, of a whole or of its members (`called`), so from and to text nothing is lost. What serde holds in between
//! (`Value`, `flatten`, tagged enums) has the numbers that it can hold. Another format gets the same maps and lists; a number that a machine's numbers cannot
//! hold as it is written, such as `1.00`, is in it a map with its text under the name [`RAW`], and comes back as it was. No error shows a value, whatever the
//! format.

mod called;
mod reading;
mod refused;
mod writing;

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{Deserialize, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{Serialize, Serializer};

use crate::Resource;
use crate::json::{self, FromJson};
use refused::refused;

/// The name under which `serde_json` hands over the text of a value. A test holds it against the library.
const RAW: &str = "$serde_json::private::RawValue";

/// Reads any type of this crate from any format.
pub(crate) fn read<'de, T: FromJson, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = if called::is_called_out::<D>() {
        let mut left = None;
        let value = T::filled_by(|wanted| {
            left = called::read(deserializer, wanted)?;
            Ok(left.is_none())
        })?;
        if let Some(value) = value {
            return Ok(value);
        }
        left.unwrap_or_default()
    } else {
        deserializer.deserialize_newtype_struct(RAW, Whole)?
    };
    json::from_str(&text).map_err(D::Error::custom)
}

/// Writes the JSON of any type of this crate into any format.
pub(crate) fn write<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    writing::write(json, serializer)
}

/// The text of the whole value where a format has it, and one that is put together where not.
struct Whole;

impl<'de> Visitor<'de> for Whole {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a FHIR resource or datatype")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cow<'de, str>, A::Error> {
        reading::map(map, reading::LEVELS - 1)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        // Whatever it is: what does not fit is refused by the reader, which does not show it.
        reading::any(deserializer)
    }

    refused!(boolean number text nothing list other);
}

impl Whole {
    /// For a format that does not know of such a struct and says what it has.
    const RULE: &'static str = "expected a FHIR resource or datatype, which is an object";
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&json::to_string(self), serializer)
    }
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// Both traits for each of some types.
macro_rules! with_serde {
    ($($type:ident),+ $(,)?) => {
        $(
            impl serde_core::Serialize for $type {
                fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    $crate::serde::write(&$crate::json::to_string(self), serializer)
                }
            }

            impl<'de> serde_core::Deserialize<'de> for $type {
                fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    $crate::serde::read(deserializer)
                }
            }
        )+
    };
}
pub(crate) use with_serde;
