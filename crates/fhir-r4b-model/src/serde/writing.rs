//! Telling a format what is in a JSON text: maps, lists, texts, numbers. The text is this crate's own, so it is well formed.

use std::cell::RefCell;

use serde_core::ser::{Error, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use serde_json::value::RawValue;

use super::RAW;
use crate::json::Scanner;

/// Tells the whole text.
pub(super) fn write<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if takes_text::<S>() {
        let mut text = serializer.serialize_struct(RAW, 1)?;
        text.serialize_field(RAW, json)?;
        return text.end();
    }
    Part(&RefCell::new(Scanner::new(json, usize::MAX))).serialize(serializer)
}

/// Whether this is what `serde_json::to_string` and its like write with, which puts a text of JSON where it is as it is. Its name is asked, because types
/// that borrow cannot be compared. Names of types are not promised: should this one change, writing takes longer and gives the same.
fn takes_text<S>() -> bool {
    let name = std::any::type_name::<S>();
    // The formatter is the second parameter, and is named or left out if it is the usual one.
    let is_usual = !name.contains(',') || name.ends_with(", serde_json::ser::CompactFormatter>");
    is_usual && name.starts_with("&mut serde_json::ser::Serializer<")
}

/// The value at which the scanner stands.
struct Part<'a, 'b>(&'a RefCell<Scanner<'b>>);

impl Serialize for Part<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut scan = self.0.borrow_mut();
        match scan.peek() {
            b'{' => {
                scan.open(b'{', "").map_err(S::Error::custom)?;
                drop(scan);
                let (mut map, mut first) = (serializer.serialize_map(None)?, true);
                while let Some(name) = self.next_name(&mut first).map_err(S::Error::custom)? {
                    map.serialize_entry(&name, self)?;
                }
                map.end()
            }
            b'[' => {
                scan.open(b'[', "").map_err(S::Error::custom)?;
                drop(scan);
                let (mut list, mut first) = (serializer.serialize_seq(None)?, true);
                while self.0.borrow_mut().more(&mut first, b']').map_err(S::Error::custom)? {
                    list.serialize_element(self)?;
                }
                list.end()
            }
            b'"' => serializer.serialize_str(scan.string().map_err(S::Error::custom)?),
            _ if scan.word("null") => serializer.serialize_unit(),
            _ if scan.word("true") => serializer.serialize_bool(true),
            _ if scan.word("false") => serializer.serialize_bool(false),
            _ => number(scan.number().map_err(S::Error::custom)?, serializer),
        }
    }
}

impl Part<'_, '_> {
    fn next_name(&self, first: &mut bool) -> Result<Option<String>, crate::json::Error> {
        let mut scan = self.0.borrow_mut();
        if scan.more(first, b'}')? { scan.key().map(|name| Some(name.into_owned())) } else { Ok(None) }
    }
}

/// A number as a machine's if that is written with the same digits.
fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(whole) = text.parse::<i64>().ok().filter(|whole| whole.to_string() == text) {
        return serializer.serialize_i64(whole);
    }
    let same = |number: &f64| serde_json::Number::from_f64(*number).is_some_and(|number| number.to_string() == text);
    if let Some(number) = text.parse::<f64>().ok().filter(same) {
        return serializer.serialize_f64(number);
    }
    if !serializer.is_human_readable() {
        // The same map in so many words: a `RawValue` is a struct, and of those MessagePack, as it is mostly used, drops the names.
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(RAW, text)?;
        return map.end();
    }
    RawValue::from_string(text.to_owned()).map_err(S::Error::custom)?.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use serde_json::ser::{CompactFormatter, PrettyFormatter, Serializer};

    use super::takes_text;

    #[test]
    fn a_text_is_handed_over_whole_where_nothing_is_to_be_done_to_it() {
        assert!(takes_text::<&mut Serializer<&mut Vec<u8>>>());
        assert!(takes_text::<&mut Serializer<std::io::Stdout, CompactFormatter>>());
        assert!(!takes_text::<&mut Serializer<Vec<u8>, PrettyFormatter<'_>>>());
        assert!(!takes_text::<serde_json::value::Serializer>());
    }
}
