//! What can be said about a thing that is to be created: its fields by the names that the client's types have, what each holds, and which of
//! them every revision requires. One list serves the flags, the columns of a CSV file and the objects of a JSON file.

use novamed_api::{CarrierId, Date, Decimal, PatientId};
use serde_json::Value;

/// The kinds of contacts that have a column and a flag; a JSON file can name others.
const CONTACT_KINDS: [&str; 5] = ["email", "phone", "url", "sms", "fax"];

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Flag,
    Count,
    Number,
    Date,
    Uuid,
    /// An identifier that is no UUID, as those of carriers.
    Code,
}

/// One field, or a group of them.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// Whether every revision requires it; of a group that is given, if it stands in one.
    pub(crate) required: bool,
    help: &'static str,
}

#[derive(Clone, Copy)]
pub(crate) enum Shape {
    One(Form),
    Object(&'static [Field]),
    /// A list of objects. A row and a command line have room for one, under this name.
    List(&'static str, &'static [Field]),
    /// Objects with `kind` and `value`. A row has a column for each kind.
    Contacts(&'static [Field]),
}

impl Field {
    pub(super) const fn new(name: &'static str, shape: Shape, help: &'static str) -> Self {
        Self { name, shape, required: false, help }
    }

    pub(super) const fn text(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Shape::One(Form::Text), help)
    }

    pub(super) const fn of(name: &'static str, form: Form, help: &'static str) -> Self {
        Self::new(name, Shape::One(form), help)
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Where the cell of a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Top(&'static str),
    Inside(&'static str, &'static str),
    /// Of the first object in a list.
    First(&'static str, &'static str),
    Contact(&'static str),
}

/// A field as a flag and a CSV file have it: one level, the levels joined by dots.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) help: String,
    pub(super) slot: Slot,
}

impl Column {
    /// The flag, without its dashes.
    pub(crate) fn flag(&self) -> String {
        flag(&self.name)
    }
}

/// The flag of a column, without its dashes.
pub(crate) fn flag(column: &str) -> String {
    column.replace(['.', '_'], "-")
}

/// All columns of these fields.
pub(crate) fn columns(fields: &'static [Field]) -> Vec<Column> {
    let mut columns = Vec::new();
    for field in fields {
        let mut add =
            |name: String, form, help: &str, slot| columns.push(Column { name, form, help: help.to_owned(), slot });
        let inner = |part: &Field| match part.shape {
            Shape::One(form) => form,
            // The lists of this project are one level deep; a test holds them to it.
            _ => Form::Text,
        };
        match field.shape {
            Shape::One(form) => add(field.name.to_owned(), form, field.help, Slot::Top(field.name)),
            Shape::Object(parts) => {
                for (place, part) in parts.iter().enumerate() {
                    let slot = Slot::Inside(field.name, part.name);
                    // What holds for the group is said once.
                    let help = if place == 0 { format!("{}; {}", part.help, field.help) } else { part.help.to_owned() };
                    add(format!("{}.{}", field.name, part.name), inner(part), &help, slot);
                }
            }
            Shape::List(single, parts) => {
                for part in parts {
                    let slot = Slot::First(field.name, part.name);
                    add(format!("{single}.{}", part.name), inner(part), part.help, slot);
                }
            }
            Shape::Contacts(_) => {
                for kind in CONTACT_KINDS {
                    add(format!("{}.{kind}", field.name), Form::Text, field.help, Slot::Contact(kind));
                }
            }
        }
    }
    columns
}

impl Form {
    /// How a value is called in help.
    pub(crate) fn placeholder(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Flag => "BOOL",
            Self::Count => "N",
            Self::Number => "NUMBER",
            Self::Date => "YYYY-MM-DD",
            Self::Uuid => "UUID",
            Self::Code => "ID",
        }
    }

    /// A cell as the value that the client's types want, or the rule that it breaks.
    pub(super) fn of_cell(self, cell: &str) -> Result<Value, &'static str> {
        match self {
            Self::Flag if cell.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
            Self::Flag if cell.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
            Self::Count => cell.parse::<u32>().map(Value::from).map_err(|_| self.rule()),
            _ => self.checked(Value::String(cell.to_owned())),
        }
    }

    /// A value of a JSON file, or the rule that it breaks.
    pub(super) fn checked(self, value: Value) -> Result<Value, &'static str> {
        let fits = match (self, &value) {
            (Self::Text, Value::String(_)) | (Self::Flag, Value::Bool(_)) => true,
            (Self::Count, Value::Number(number)) => number.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
            (Self::Number, Value::String(text)) => Decimal::from_str_exact(text).is_ok(),
            (Self::Number, Value::Number(number)) => {
                let text = number.to_string();
                Decimal::from_str_exact(&text).is_ok() || Decimal::from_scientific(&text).is_ok()
            }
            (Self::Date, Value::String(text)) => text.parse::<Date>().is_ok(),
            (Self::Uuid, Value::String(text)) => PatientId::new(text).is_ok(),
            (Self::Code, Value::String(text)) => CarrierId::new(text).is_ok(),
            _ => false,
        };
        if fits { Ok(value) } else { Err(self.rule()) }
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Text => "must be a text",
            Self::Flag => "must be true or false",
            Self::Count => "must be a whole number, 0 or more",
            Self::Number => "must be a number with a point and at most 28 digits, such as 30 or 0.5",
            Self::Date => "must be a day of the calendar, written YYYY-MM-DD",
            Self::Uuid => "must be a UUID; give it as the vendor did",
            Self::Code => "must be 1 to 128 visible ASCII characters; give it as the vendor did",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_becomes_what_its_field_holds_and_nothing_else_does() {
        let good = [
            (Form::Text, "=1+1", Value::from("=1+1")),
            (Form::Flag, "TRUE", Value::from(true)),
            (Form::Flag, "false", Value::from(false)),
            (Form::Count, "3", Value::from(3)),
            (Form::Number, "0.50", Value::from("0.50")),
            (Form::Date, "1985-03-15", Value::from("1985-03-15")),
            (Form::Code, "se-3818360", Value::from("se-3818360")),
        ];
        for (form, cell, value) in good {
            assert_eq!(form.of_cell(cell).unwrap(), value, "{cell}");
        }
        for (form, cell) in [
            (Form::Flag, "yes"),
            (Form::Flag, "1"),
            (Form::Count, "-1"),
            (Form::Count, "3.0"),
            (Form::Number, "1,5"),
            (Form::Number, "1e2"),
            (Form::Number, "0.12345678901234567890123456789"),
            (Form::Date, "15.03.1985"),
            (Form::Uuid, "550e8400"),
            (Form::Code, "a b"),
        ] {
            assert_eq!(form.of_cell(cell).unwrap_err(), form.rule(), "{cell}");
        }
    }
}
