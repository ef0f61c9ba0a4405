//! `clinical results list`: every entry with its state. No part of a result is shown.

use std::io::{self, Write};
use std::path::Path;

use clinical_long_tasks::{DirectoryStore, Entry, Origin, ResultStore as _, TaskToken};
use serde::Serialize;

use crate::args::{ListArgs, ListFormat};
use crate::exit::{Exit, Stop};
use crate::output::table;
use crate::plain::plain;
use crate::results::meaning;
use crate::store::{failed, flag};

/// An entry as JSON. The names are part of the command's interface.
#[derive(Serialize)]
struct Line<'a> {
    key: String,
    state: &'static str,
    busy: bool,
    vendor: Option<&'a str>,
    server: Option<&'a str>,
    operation: Option<&'a str>,
    submitted: Option<String>,
    task: Option<&'a str>,
    references: &'a [String],
    bytes: u64,
    request_id: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(entry: &'a Entry) -> Self {
        let origin = entry.origin.as_ref();
        Self {
            key: entry.key.to_string(),
            state: entry.state.as_str(),
            busy: entry.busy,
            vendor: origin.map(|origin| &*origin.vendor),
            server: origin.map(|origin| &*origin.server),
            operation: origin.map(|origin| &*origin.operation),
            submitted: origin.map(submitted),
            task: entry.token.as_ref().map(TaskToken::task),
            references: origin.map_or(&[], |origin| &origin.references),
            bytes: entry.bytes,
            request_id: entry.request_id.as_deref(),
        }
    }
}

fn submitted(origin: &Origin) -> String {
    humantime::format_rfc3339_seconds(origin.started).to_string()
}

pub(super) fn run(store: &DirectoryStore, at: Option<&Path>, args: &ListArgs) -> Result<Exit, Stop> {
    let entries = store.entries().map_err(|error| failed(&error))?;
    write(&entries, &flag(at), args.format)?;
    Ok(Exit::Ok)
}

/// Writes entries to stdout. `at` is the flag that names their store.
pub(super) fn write(entries: &[Entry], at: &str, format: ListFormat) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match format {
        ListFormat::Json => {
            let lines: Vec<Line<'_>> = entries.iter().map(Line::of).collect();
            serde_json::to_writer_pretty(&mut out, &lines)?;
            writeln!(out)?;
        }
        ListFormat::Table if entries.is_empty() => writeln!(out, "The store is empty.")?,
        ListFormat::Table => {
            let settings = table::Settings::of_stdout(false);
            let mut page = table::new(settings.width, &["Key", "State", "Submitted", "What it means"], &[0, 1, 2]);
            for entry in entries {
                page.add_row([
                    meaning::short(entry.key),
                    entry.state.as_str().to_owned(),
                    entry.origin.as_ref().map(submitted).unwrap_or_default(),
                    plain(&about(entry, at)),
                ]);
            }
            writeln!(out, "{}", page.trim_fmt())?;
        }
    }
    out.flush()
}

/// What it is, and what it means.
fn about(entry: &Entry, at: &str) -> String {
    let Some(origin) = &entry.origin else { return meaning::of(entry, at) };
    let references = match &*origin.references {
        [] => String::new(),
        references => format!(" ({})", references.join(", ")),
    };
    format!("{}{references}: {}", origin.operation, meaning::of(entry, at))
}
