//! CSV (RFC 4180) with a header of column names. An empty cell is a field that is not there; a row of empty cells is none.

use std::borrow::Cow;

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::{Row, Unreadable, quotes};
use crate::novamed::field::{Column, columns};
use crate::novamed::object;
use crate::novamed::resource::Resource;
use crate::plain::plain;

pub(super) fn rows<T: Resource>(text: &str) -> Result<Vec<Row<T>>, Unreadable> {
    if let Some((line, what)) = quotes::misplaced(text) {
        return Err(Unreadable::new(Some(line), what));
    }
    let mut reader = ReaderBuilder::new().from_reader(text.as_bytes());
    let all = columns(T::FIELDS);
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    if header.is_empty() {
        return Ok(Vec::new());
    }
    let header = header_columns::<T>(&header, &all)?;
    let mut rows = Vec::new();
    for (number, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|error| unreadable(&error))?;
        let given = header.iter().copied().zip(&record).filter(|(_, cell)| !cell.is_empty());
        let cells: Vec<(&Column, &str)> = given.collect();
        // Spreadsheets leave such rows at the end.
        if !cells.is_empty() {
            let line = record.position().map(csv::Position::line);
            rows.push(Row { number, line, request: object::of_cells(&cells) });
        }
    }
    Ok(rows)
}

/// The columns of a header, or everything that is wrong with it.
fn header_columns<'a, T: Resource>(header: &StringRecord, all: &'a [Column]) -> Result<Vec<&'a Column>, Unreadable> {
    if header.len() == 1 && header.iter().any(|name| name.contains([';', '\t'])) {
        return Err(Unreadable::new(Some(1), "is not separated by commas; save it as CSV with commas"));
    }
    // Then it is the first row, and must not be quoted.
    if !header.iter().any(|name| all.iter().any(|column| column.name == name.trim())) {
        let names: Vec<_> = all.iter().map(|column| column.name.as_str()).collect();
        let sentence = format!("has no header; begin it with the names of its columns, of {}", names.join(", "));
        return Err(Unreadable::new(Some(1), sentence));
    }
    let mut found: Vec<&Column> = Vec::new();
    let mut wrong = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim();
        match all.iter().find(|column| column.name == name) {
            Some(column) if found.iter().any(|known| known.name == column.name) => {
                wrong.push(format!("the column {name} is there twice"));
            }
            Some(column) => found.push(column),
            None if name.is_empty() => wrong.push(format!("column {} has no name", place + 1)),
            None => wrong.push(format!("there is no column {}", plain(&name.chars().take(60).collect::<String>()))),
        }
    }
    if wrong.is_empty() {
        return Ok(found);
    }
    let names: Vec<_> = all.iter().map(|column| column.name.as_str()).collect();
    let sentence = format!(
        "has a header that does not fit: {}; the columns of a {} are {}",
        wrong.join("; "),
        T::NAME,
        names.join(", ")
    );
    Err(Unreadable::new(Some(1), sentence))
}

/// Never the library's own words: they may quote a cell.
fn unreadable(error: &csv::Error) -> Unreadable {
    let line = error.position().map(csv::Position::line);
    let sentence: Cow<'static, str> = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => format!(
            "has {len} fields in this row and {expected_len} in the header; every row has as many as the header"
        )
        .into(),
        _ => "cannot be read as CSV".into(),
    };
    Unreadable::new(line, sentence)
}
