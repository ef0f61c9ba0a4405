//! A schema from what was seen: the fields, which of them were always there, and the types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What was seen at one place.
#[derive(Debug, Default)]
pub(super) struct Observed {
    types: BTreeSet<&'static str>,
    objects: usize,
    fields: BTreeMap<String, (usize, Observed)>,
    items: Option<Box<Observed>>,
    known: BTreeSet<String>,
}

impl Observed {
    pub(super) fn add(&mut self, value: &Value) {
        self.types.insert(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        });
        match value {
            Value::Object(map) => {
                self.objects += 1;
                for (name, value) in map {
                    let (count, field) = self.fields.entry(name.clone()).or_default();
                    *count += 1;
                    field.add(value);
                }
            }
            Value::Array(list) => list.iter().for_each(|item| self.items.get_or_insert_default().add(item)),
            _ => {}
        }
    }

    /// Values of an open list, each with the texts that went out for it: at the places where each of them stands, they are known.
    pub(super) fn open_list(&mut self, seen: &[(&String, BTreeSet<(String, String)>)]) {
        let Some((first, texts)) = seen.first() else { return };
        for (place, _) in texts.iter().filter(|(_, text)| text == *first) {
            let is_there = |(name, texts): &(&String, BTreeSet<(String, String)>)| {
                texts.contains(&(place.clone(), (*name).clone()))
            };
            if seen.iter().all(is_there)
                && let Some(field) = self.at(place)
            {
                field.known.extend(seen.iter().map(|(name, _)| (*name).clone()));
            }
        }
    }

    fn at(&mut self, place: &str) -> Option<&mut Self> {
        place.split('/').skip(1).try_fold(self, |here, step| {
            if step == "*" { here.items.as_deref_mut() } else { here.fields.get_mut(step).map(|(_, field)| field) }
        })
    }

    pub(super) fn schema(&self) -> Value {
        let mut schema = Map::new();
        let mut types = self.types.clone();
        if types.contains("number") {
            types.remove("integer");
        }
        let kind = if types.len() == 1 { json!(types.first()) } else { json!(types) };
        schema.insert("type".to_owned(), kind);
        if !self.known.is_empty() {
            schema.insert(super::super::normal::OPEN.to_owned(), json!(self.known));
        }
        if self.objects > 0 {
            let properties: Map<String, Value> =
                self.fields.iter().map(|(name, (_, field))| (name.clone(), field.schema())).collect();
            let required = self.fields.iter().filter(|(_, (count, _))| *count == self.objects);
            let required: Vec<&String> = required.map(|(name, _)| name).collect();
            schema.insert("properties".to_owned(), Value::Object(properties));
            schema.insert("required".to_owned(), json!(required));
            schema.insert("additionalProperties".to_owned(), json!(false));
        }
        if let Some(items) = &self.items {
            schema.insert("items".to_owned(), items.schema());
        }
        Value::Object(schema)
    }
}

/// All texts of a payload with their places, `*` for the items of lists.
pub(super) fn texts(value: &Value) -> BTreeSet<(String, String)> {
    fn collect(value: &Value, at: &str, found: &mut BTreeSet<(String, String)>) {
        match value {
            Value::String(text) => drop(found.insert((at.to_owned(), text.clone()))),
            Value::Array(list) => list.iter().for_each(|item| collect(item, &format!("{at}/*"), found)),
            Value::Object(map) => map.iter().for_each(|(name, value)| collect(value, &format!("{at}/{name}"), found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    collect(value, "", &mut found);
    found
}
