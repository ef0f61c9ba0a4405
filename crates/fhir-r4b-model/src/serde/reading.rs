//! Putting a JSON text together out of what a format tells: maps, lists, texts, numbers. Where it hands over a text of JSON, that is taken as it is.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use super::RAW;
use super::refused::refused;
use crate::json::{is_number, push_string};

/// How the object begins that stands for a number where `serde_json` has its feature `arbitrary_precision`, and serde holds the number for another type
/// (`flatten`, untagged and tagged enums). Any package in a program's tree may switch that on. The tests hold it against the library when
/// they run with `--features serde_json/arbitrary_precision`.
const NUMBER: &str = "{\"$serde_json::private::Number\":\"";
/// The name in it.
pub(super) const NUMBER_NAME: &str = "$serde_json::private::Number";

/// So many objects and lists may stand within each other, and what hides a number in the innermost. The reader of the text counts exactly; here the stack
/// is kept from its end, because what serde holds in memory can be as deep as somebody made it.
pub(super) const LEVELS: usize = 512 + 1;

/// A map, or the text of any value. Its members may have so many `levels`.
pub(super) fn map<'de, A: MapAccess<'de>>(mut map: A, levels: usize) -> Result<Cow<'de, str>, A::Error> {
    let key: Option<Cow<'de, str>> = map.next_key_seed(Plain::Name)?;
    if key.as_deref() == Some(RAW) {
        return map.next_value_seed(Plain::Json);
    }
    rest("{".to_owned(), key, map, levels)
}

/// The object that begins with this text, from this member on.
pub(super) fn rest<'de, A: MapAccess<'de>>(
    mut json: String,
    mut key: Option<Cow<'de, str>>,
    mut map: A,
    levels: usize,
) -> Result<Cow<'de, str>, A::Error> {
    while let Some(name) = key {
        if json.len() > 1 {
            json.push(',');
        }
        push_string(&mut json, &name);
        json.push(':');
        map.next_value_seed(Any { json: &mut json, levels })?;
        key = map.next_key_seed(Plain::Name)?;
    }
    json.push('}');
    // That one name alone, with the text of a number. Anything else under it is somebody's data, and is kept as that.
    let number =
        json.strip_prefix(NUMBER).and_then(|rest| rest.strip_suffix("\"}")).filter(|text| is_number(text.as_bytes()));
    let number = number.map(str::to_owned);
    Ok(Cow::Owned(number.unwrap_or(json)))
}

/// Any value.
pub(super) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'de, str>, D::Error> {
    let mut json = String::new();
    deserializer.deserialize_any(Any { json: &mut json, levels: LEVELS })?;
    Ok(Cow::Owned(json))
}

/// A text that is taken as it is.
#[derive(Clone, Copy)]
pub(super) enum Plain {
    Name,
    Json,
}

impl Plain {
    const RULE: &'static str = "the name of a field, or the text of a hidden value, is not a string";
}

impl<'de> DeserializeSeed<'de> for Plain {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        match self {
            // A format for people can take for a number what is asked for as a name.
            Self::Name if deserializer.is_human_readable() => deserializer.deserialize_str(self),
            // Asked for a text, a format shows the value that is none.
            Self::Name | Self::Json => deserializer.deserialize_any(self),
        }
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

    refused!(boolean number nothing list map other);
}

/// Any value, whose JSON is added.
struct Any<'a> {
    json: &'a mut String,
    /// How many it may have.
    levels: usize,
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // With the same name as for the whole, so that a number comes with its digits.
        deserializer.deserialize_newtype_struct(RAW, self)
    }
}

impl Any<'_> {
    fn push(self, text: &str) {
        self.json.push_str(text);
    }

    /// The levels that are left in what is entered.
    fn enter<E: Error>(&self) -> Result<usize, E> {
        let too_deep = || E::custom("more objects and lists stand within each other than are allowed");
        self.levels.checked_sub(1).ok_or_else(too_deep)
    }

    const RULE: &'static str = "a value is nothing that JSON has";
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

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.push(&value.to_string());
        Ok(())
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.push(&value.to_string());
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let Some(number) = serde_json::Number::from_f64(value) else { return Err(E::custom(Self::RULE)) };
        self.push(&number.to_string());
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        push_string(self.json, text);
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
        let levels = self.enter()?;
        let json = self.json;
        json.push('[');
        let start = json.len();
        loop {
            let before = json.len();
            if before > start {
                json.push(',');
            }
            if list.next_element_seed(Any { json: &mut *json, levels })?.is_none() {
                json.truncate(before);
                break;
            }
        }
        json.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let text = map(members, self.enter()?)?;
        self.push(&text);
        Ok(())
    }

    refused!(other);
}
