//! A JSON object in the order in which it is written, with numbers exact to the digit.

use rust_decimal::Decimal;
use serde::ser::{Error as _, SerializeMap as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// The fields of one object, in the order of the vendor's tables.
#[derive(Default)]
pub(crate) struct Object {
    fields: Vec<(&'static str, Piece)>,
}

/// What a field can hold. No `Debug`: it is a patient's.
pub(crate) enum Piece {
    Text(String),
    Flag(bool),
    Number(Decimal),
    List(Vec<Object>),
}

impl Object {
    pub(crate) fn push(&mut self, name: &'static str, piece: Piece) {
        self.fields.push((name, piece));
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for (name, piece) in &self.fields {
            map.serialize_entry(name, piece)?;
        }
        map.end()
    }
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            // As text, because a binary fraction would change the digits.
            Self::Number(number) => {
                RawValue::from_string(number.to_string()).map_err(S::Error::custom)?.serialize(serializer)
            }
            Self::List(list) => list.serialize(serializer),
        }
    }
}

/// Without zeros at the end, so that equal amounts are equal texts.
pub(crate) fn shortest<S: Serializer>(number: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&number.normalize())
}

#[allow(clippy::ref_option, reason = "serde gives the field by reference")]
pub(crate) fn shortest_if_any<S: Serializer>(number: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    number.map(|number| number.normalize()).serialize(serializer)
}

/// A number by its digits, or such a number as text. As a binary fraction 32.44 would be another number.
pub(crate) fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    exact_if_any(deserializer)?.ok_or_else(|| de::Error::custom("a number is missing"))
}

pub(crate) fn exact_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    let raw = <Box<RawValue>>::deserialize(deserializer)?;
    let text = raw.get().trim_matches('"');
    if text == "null" {
        return Ok(None);
    }
    let number = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    number.map(Some).map_err(|_| de::Error::custom("must be a number of at most 28 digits"))
}
