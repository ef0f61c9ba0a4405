//! Putting a JSON text together out of what a format tells: maps, lists, texts, numbers. Where it hands over a text of JSON, that is taken as it is.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::RAW;
use crate::json::{is_number, push_string};

/// How the object begins that stands for a number where `serde_json` has its feature `arbitrary_precision`, and serde holds the number for another type
/// (`flatten`, untagged and tagged enums). Any package in a program's tree may switch that on. The tests hold it against the library when
/// they run with `--features serde_json/arbitrary_precision`.
const NUMBER: &str = "{\"$serde_json::private::Number\":\"";

/// A map, or the text of any value.
pub(super) fn map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Cow<'de, str>, A::Error> {
    let mut key: Option<Cow<'de, str>> = map.next_key_seed(Plain)?;
    if key.as_deref() == Some(RAW) {
        return map.next_value_seed(Plain);
    }
    let mut json = String::from("{");
    while let Some(name) = key {
        if json.len() > 1 {
            json.push(',');
        }
        push_string(&mut json, &name);
        json.push(':');
        map.next_value_seed(Any(&mut json))?;
        key = map.next_key_seed(Plain)?;
    }
    json.push('}');
    // That one name alone, with the text of a number. Anything else under it is somebody's data, and is kept as that.
    let number = json.strip_prefix(NUMBER).and_then(|rest| rest.strip_suffix("\"}")).filter(|text| is_number(text));
    let number = number.map(str::to_owned);
    Ok(Cow::Owned(number.unwrap_or(json)))
}

/// Any value.
pub(super) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    let mut json = String::new();
    deserializer.deserialize_any(Any(&mut json))?;
    Ok(Cow::Owned(json))
}

/// A text that is taken as it is.
struct Plain;

impl<'de> DeserializeSeed<'de> for Plain {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Plain {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text))
    }
}

/// Any value, whose JSON is added.
struct Any<'a>(&'a mut String);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // With the same name as for the whole, so that a number comes with its digits.
        deserializer.deserialize_newtype_struct(RAW, self)
    }
}

impl Any<'_> {
    fn push(self, text: &str) {
        self.0.push_str(text);
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what JSON can hold")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.push(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.push(&value.to_string());
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.push(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let number =
            serde_json::Number::from_f64(value).ok_or_else(|| E::custom("a number that JSON does not have"))?;
        self.push(&number.to_string());
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        push_string(self.0, text);
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.push("null");
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.push('[');
        let start = self.0.len();
        loop {
            let before = self.0.len();
            if before > start {
                self.0.push(',');
            }
            if list.next_element_seed(Any(self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let text = map(members)?;
        self.push(&text);
        Ok(())
    }
}
