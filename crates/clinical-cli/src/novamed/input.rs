//! Reads what is to be created, from a file or from the flags. All of it is read and checked before anything is sent; what is wrong is said
//! of every row at once, with its number, its line and the field, and never with a value.

mod csv;
mod json;
mod quotes;

use std::borrow::Cow;
use std::path::Path;

use super::fields::Fields;
use super::names::Place;
use super::object::{self, Problem};
use super::resource::Resource;
use crate::args::InputFormat;
use crate::codify::note;
use crate::exit::Stop;
use crate::plain::plain;

/// In sentences about a file as a whole.
const FILE: &str = "the file";

/// One thing to create.
pub(crate) struct Row<T> {
    /// From 1.
    pub(crate) number: usize,
    /// The line on which it begins, from 1; `None` for flags.
    pub(crate) line: Option<u64>,
    /// The request, or what is wrong with it.
    pub(crate) request: Result<T, Vec<Problem>>,
}

/// All that was given.
pub(crate) struct Input<T> {
    /// How the file is called in sentences; `None` for flags.
    pub(crate) name: Option<String>,
    pub(super) place: Place,
    pub(crate) rows: Vec<Row<T>>,
}

/// Why there is nothing to be sent of a file: in which line, and what completes the sentence.
struct Unreadable {
    line: Option<u64>,
    sentence: Cow<'static, str>,
}

impl Unreadable {
    fn new(line: Option<u64>, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self { line, sentence: sentence.into() }
    }
}

/// The one thing that the flags describe.
pub(crate) fn of_flags<T: Resource>(fields: &Fields<T>) -> Result<Input<T>, Stop> {
    let cells = fields.cells();
    if cells.is_empty() {
        return Err(Stop::usage(format!(
            "nothing to send: describe the {} with flags, see --help, or give --file FILE (nothing was sent)",
            T::NAME
        )));
    }
    Ok(Input {
        name: None,
        place: Place::Flags,
        rows: vec![Row { number: 1, line: None, request: object::of_cells(&cells) }],
    })
}

/// Everything in a file, `-` being stdin. It blocks.
pub(crate) fn of_file<T: Resource>(path: &Path, format: Option<InputFormat>) -> Result<Input<T>, Stop> {
    let name = plain(&path.display().to_string());
    let is_stdin = path == Path::new("-");
    let Some(format) = format.or_else(|| InputFormat::of(path)) else {
        let what = if is_stdin { "stdin has no name to tell its form by" } else { "the name does not tell the form" };
        return Err(Stop::usage(format!("--file: {what}; add --input json, ndjson or csv (nothing was sent)")));
    };
    let bytes = if is_stdin { note::read(FILE, std::io::stdin().lock()) } else { note::read_file(FILE, path) };
    let text =
        bytes.and_then(|bytes| note::text(FILE, bytes)).map_err(|error| Stop::failed(format!("{name}: {error}")))?;
    let rows = match format {
        InputFormat::Json => json::array(&text),
        InputFormat::Ndjson => json::lines(&text),
        InputFormat::Csv => csv::rows(&text),
    };
    let rows = rows.and_then(|rows| {
        let empty = Unreadable::new(None, "holds nothing to send; check the path");
        if rows.is_empty() { Err(empty) } else { Ok(rows) }
    });
    let rows = rows.map_err(|Unreadable { line, sentence }| {
        let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
        Stop::failed(format!("{name}{line}: {FILE} {sentence} (nothing was sent)"))
    })?;
    let place = if format == InputFormat::Csv { Place::Csv } else { Place::Json };
    Ok(Input { name: Some(name), place, rows })
}

impl<T> Row<T> {
    /// How it is called in sentences, with the file's name in front if there is one.
    pub(crate) fn called(&self, file: Option<&str>) -> String {
        match (file, self.line) {
            (Some(file), Some(line)) => format!("{file}, row {} (line {line})", self.number),
            _ => format!("row {}", self.number),
        }
    }
}
