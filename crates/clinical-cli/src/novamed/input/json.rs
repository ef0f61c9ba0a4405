//! JSON: one object, an array of objects, or an object on each line.

use serde_json::value::RawValue;

use super::{Row, Unreadable};
use crate::novamed::object;
use crate::novamed::resource::Resource;

/// One object, or an array of them.
pub(super) fn array<T: Resource>(text: &str) -> Result<Vec<Row<T>>, Unreadable> {
    let items: Vec<&RawValue> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| unreadable(&error, 0))?
    } else {
        vec![serde_json::from_str(text).map_err(|error| unreadable(&error, 0))?]
    };
    let mut lines = Lines { text, line: 1, place: 0 };
    let row = |(number, item): (usize, &RawValue)| {
        let line = Some(lines.of(item.get()));
        Row { number, line, request: object::of_json(item.get()) }
    };
    Ok((1..).zip(items).map(row).collect())
}

/// An object on each line; empty lines are none.
pub(super) fn lines<T: Resource>(text: &str) -> Result<Vec<Row<T>>, Unreadable> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let item: &RawValue = serde_json::from_str(text).map_err(|error| unreadable(&error, line - 1))?;
        rows.push(Row { number: rows.len() + 1, line: Some(line), request: object::of_json(item.get()) });
    }
    Ok(rows)
}

/// Tells the lines of parts that are asked for in their order.
struct Lines<'a> {
    text: &'a str,
    line: u64,
    place: usize,
}

impl Lines<'_> {
    /// `part` is a slice of the text.
    fn of(&mut self, part: &str) -> u64 {
        let place = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let between = self.text.get(self.place..place).unwrap_or_default();
        self.line += between.matches('\n').count() as u64;
        self.place = place;
        self.line
    }
}

/// Where it stops being JSON; the library's words are left out, so that nothing of the text can be in them.
fn unreadable(error: &serde_json::Error, before: u64) -> Unreadable {
    let (line, column) = (error.line() as u64 + before, error.column());
    let what = if error.is_eof() { "ends in the middle of a value" } else { "is not JSON" };
    Unreadable::new(Some(line), format!("{what} (column {column}); correct it"))
}
