//! The one form in which schemas are kept and compared: keys and sets sorted, words for people replaced by one hash, so that a difference in a
//! file is a difference in the wire or visibly none.

use std::collections::BTreeMap;

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// The keyword of an open list: the values of a text that have a name of their own. Any other is taken, too.
pub const OPEN: &str = "x-open-enum";

/// The keyword at the top that stands for all words in the schema.
pub const WORDS: &str = "x-words-sha256";

/// Words for people.
const WORD_KEYWORDS: [&str; 5] = ["title", "description", "$comment", "examples", "default"];

/// Keywords whose value is a set.
const SETS: [&str; 4] = ["required", "enum", "type", OPEN];

/// Keywords whose value is a schema, a list of them, or schemas by name.
const ONE: [&str; 6] = ["items", "additionalProperties", "not", "if", "then", "else"];
const MANY: [&str; 4] = ["anyOf", "oneOf", "allOf", "prefixItems"];
const NAMED: [&str; 4] = ["properties", "$defs", "patternProperties", "dependentSchemas"];

/// A schema in this form. One that is in it stays as it is.
pub fn schema(schema: &Value) -> Value {
    let mut words = BTreeMap::new();
    let mut normal = part(schema, "", &mut words);
    if let (Value::Object(keywords), false) = (&mut normal, words.is_empty()) {
        let text = Value::Object(words.into_iter().collect()).to_string();
        let hash = hexadecimal(digest(&SHA256, text.as_bytes()).as_ref());
        keywords.insert(WORDS.to_owned(), hash.into());
    }
    sorted(normal)
}

fn part(schema: &Value, at: &str, words: &mut BTreeMap<String, Value>) -> Value {
    let Value::Object(keywords) = schema else {
        return schema.clone();
    };
    let mut normal = Map::new();
    for (name, value) in keywords {
        let place = format!("{at}/{name}");
        let value = match name.as_str() {
            word if WORD_KEYWORDS.contains(&word) => {
                words.insert(place, value.clone());
                continue;
            }
            set if SETS.contains(&set) => set_of(value),
            one if ONE.contains(&one) => part(value, &place, words),
            many if MANY.contains(&many) => match value {
                Value::Array(list) => list
                    .iter()
                    .enumerate()
                    .map(|(number, one)| part(one, &format!("{place}/{number}"), words))
                    .collect(),
                other => other.clone(),
            },
            named if NAMED.contains(&named) => match value {
                Value::Object(map) => Value::Object(
                    map.iter()
                        .map(|(name, one)| (name.clone(), part(one, &format!("{place}/{name}"), words)))
                        .collect(),
                ),
                other => other.clone(),
            },
            _ => value.clone(),
        };
        normal.insert(name.clone(), value);
    }
    Value::Object(normal)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn set_of(value: &Value) -> Value {
    let Value::Array(list) = value else {
        return value.clone();
    };
    let mut list = list.clone();
    list.sort_by_key(Value::to_string);
    list.dedup();
    Value::Array(list)
}

/// With the keys of all objects in order, whatever map `serde_json` was built with.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let map: BTreeMap<String, Value> = map.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(map.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}
