//! From the cells of a row, or from an object of a JSON file, to a request of the client: every field that is wrong is named, each with its
//! rule, and no value is. What only a revision can judge is not judged here.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::field::{Column, Field, Shape, Slot};
use super::resource::Resource;

/// One field and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// By its name in the input.
    pub(crate) field: String,
    /// Completes the sentence "`field` ...".
    pub(crate) rule: Cow<'static, str>,
}

/// A request from one row, or from the flags. A cell that is not there is left out by the caller.
pub(crate) fn of_cells<T: Resource>(cells: &[(&Column, &str)]) -> Result<T, Vec<Problem>> {
    let mut reader = Reader { flat: true, problems: Vec::new() };
    let object = reader.object("", T::FIELDS, nest(cells));
    reader.finish()?;
    serde_json::from_value(Value::Object(object)).map_err(|_| vec![unreadable::<T>()])
}

/// A request from the text of one JSON value.
pub(crate) fn of_json<T: Resource>(text: &str) -> Result<T, Vec<Problem>> {
    let Ok(Value::Object(object)) = serde_json::from_str(text) else {
        let rule = format!("must be an object with the fields of a {}", T::NAME).into();
        return Err(vec![Problem { field: "the value".to_owned(), rule }]);
    };
    let mut reader = Reader { flat: false, problems: Vec::new() };
    reader.object("", T::FIELDS, object);
    reader.finish()?;
    // From the text once more: a name that is given twice is one in the value, and two prescriptions hang on which of them counts.
    serde_json::from_str(text).map_err(|error| {
        let words = error.to_string();
        let twice = words.strip_prefix("duplicate field `").and_then(|rest| rest.split('`').next());
        vec![twice.map_or_else(unreadable::<T>, |field| Problem {
            field: field.to_owned(),
            rule: "is given twice; give it once".into(),
        })]
    })
}

fn unreadable<T: Resource>() -> Problem {
    Problem { field: "the value".to_owned(), rule: format!("cannot be read as a {}", T::NAME).into() }
}

/// The object that a row stands for, its values still texts.
fn nest(cells: &[(&Column, &str)]) -> Map<String, Value> {
    let mut top = Map::new();
    for (column, cell) in cells {
        let cell = Value::from(*cell);
        match column.slot {
            Slot::Top(name) => drop(top.insert(name.to_owned(), cell)),
            Slot::Inside(group, name) => {
                let group = top.entry(group).or_insert_with(|| Value::Object(Map::new()));
                group[name] = cell;
            }
            Slot::First(list, name) => {
                let list = top.entry(list).or_insert_with(|| Value::Array(vec![Value::Object(Map::new())]));
                list[0][name] = cell;
            }
            Slot::Contact(kind) => {
                let list = top.entry("contacts").or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(list) = list {
                    list.push(serde_json::json!({ "kind": kind, "value": cell }));
                }
            }
        }
    }
    top
}

/// Reads objects by lists of fields, and gathers what is wrong.
struct Reader {
    /// Whether values are cells, and names columns.
    flat: bool,
    problems: Vec<Problem>,
}

impl Reader {
    fn finish(&mut self) -> Result<(), Vec<Problem>> {
        let problems = std::mem::take(&mut self.problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn problem(&mut self, field: String, rule: impl Into<Cow<'static, str>>) {
        self.problems.push(Problem { field, rule: rule.into() });
    }

    /// `place` stands before the names of fields: `address.`.
    fn object(&mut self, place: &str, fields: &'static [Field], mut object: Map<String, Value>) -> Map<String, Value> {
        let mut read = Map::new();
        for field in fields {
            // As if it were not there: it says as much.
            let value = object.remove(field.name).filter(|value| !value.is_null());
            let is_group = !matches!(field.shape, Shape::One(_));
            match value {
                Some(value) => {
                    if let Some(value) = self.value(place, field, value) {
                        read.insert(field.name.to_owned(), value);
                    }
                }
                // Of a group that a row has nothing of, the columns are named.
                None if field.required && self.flat && is_group => {
                    self.value(place, field, Value::Array(vec![Value::Object(Map::new())]));
                }
                None if field.required => self.problem(format!("{place}{}", field.name), "is missing"),
                None => {}
            }
        }
        for name in object.keys() {
            let known: Vec<_> = fields.iter().map(|field| field.name).collect();
            let rule = format!("is no field; the fields here are {}", known.join(", "));
            self.problem(format!("{place}{}", name.chars().take(60).collect::<String>()), rule);
        }
        read
    }

    fn value(&mut self, place: &str, field: &'static Field, value: Value) -> Option<Value> {
        let name = format!("{place}{}", field.name);
        match (field.shape, value) {
            (Shape::One(form), value) => {
                let read = match value {
                    Value::String(cell) if self.flat => form.of_cell(&cell),
                    value => form.checked(value),
                };
                read.map_err(|rule| self.problem(name, rule)).ok()
            }
            (Shape::Object(parts), Value::Object(object)) => {
                Some(Value::Object(self.object(&format!("{name}."), parts, object)))
            }
            (Shape::List(single, parts), Value::Array(items)) => {
                let flat = self.flat;
                let item = |number| if flat { format!("{place}{single}.") } else { format!("{name}[{number}].") };
                Some(self.items(item, parts, items))
            }
            (Shape::Contacts(parts), Value::Array(items)) => {
                Some(self.items(|number| format!("{name}[{number}]."), parts, items))
            }
            (Shape::Object(_), _) => {
                self.problem(name, "must be an object");
                None
            }
            (Shape::List(..) | Shape::Contacts(_), _) => {
                self.problem(name, "must be a list of objects");
                None
            }
        }
    }

    fn items(&mut self, place: impl Fn(usize) -> String, parts: &'static [Field], items: Vec<Value>) -> Value {
        let mut read = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let place = place(number);
            match item {
                Value::Object(item) => read.push(Value::Object(self.object(&place, parts, item))),
                _ => self.problem(place.trim_end_matches('.').to_owned(), "must be an object"),
            }
        }
        Value::Array(read)
    }
}

#[cfg(test)]
mod tests {
    use novamed_api::{NewMedicationOrder, NewPatient};

    use super::*;

    fn problems<T: Resource>(json: &str) -> Vec<String> {
        let problems = of_json::<T>(json).err().unwrap();
        problems.into_iter().map(|problem| format!("{} {}", problem.field, problem.rule)).collect()
    }

    #[test]
    fn every_field_that_is_wrong_is_named_and_no_value_is() {
        let secret = r#"{"first_name":["secret"],"date_of_birth":"secret","practitioner":"secret","weight":"secret",
            "contacts":[{"kind":"sms","worth":"secret"},"secret"],"address":"secret","surname":"secret","gender":null}"#;
        let found = problems::<NewPatient>(secret);
        let named = [
            "first_name must be a text",
            "last_name is missing",
            "date_of_birth must be a day",
            "practitioner must be a UUID",
            "contacts[0].value is missing",
            "contacts[0].worth is no field; the fields here are kind, value",
            "contacts[1] must be an object",
            "address must be an object",
            "weight must be a number",
            "surname is no field; the fields here are first_name, last_name, ",
        ];
        assert_eq!(found.len(), named.len(), "{found:#?}");
        for (found, named) in found.iter().zip(named) {
            assert!(found.starts_with(named) && !found.contains("secret"), "{found}: {named}");
        }
    }

    #[test]
    fn a_name_that_is_given_twice_is_refused_at_every_depth() {
        let id = "550e8400-e29b-41d4-a716-446655440000";
        let order = format!(
            r#"{{"patient":"{id}","practitioner":"{id}","medications":[{{"name":"A","quantity":1,"quantity":2}}]}}"#
        );
        assert_eq!(problems::<NewMedicationOrder>(&order), ["quantity is given twice; give it once"]);
    }

    #[test]
    fn what_is_no_object_is_told_so() {
        for json in ["3", "[]", "\"x\"", "null"] {
            assert_eq!(
                problems::<NewPatient>(json),
                ["the value must be an object with the fields of a patient"],
                "{json}"
            );
        }
    }
}
