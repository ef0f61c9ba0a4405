//! What is written to stdout, in one of four forms. An item is written as a whole and flushed, so that a reader of a
//! pipe sees each result as soon as it is there.

#[cfg(feature = "sandbox")]
pub(crate) mod attempts;
mod csv;
pub(crate) mod item;
mod json;
pub(crate) mod table;

use std::io::{self, Write};

use crate::args::Format;
use crate::output::item::{Coding, Outcome};
use crate::style;

/// Writes results in one form.
pub(crate) struct Output {
    form: Form,
    /// Whether the vendor's own words about failures are shown.
    details: bool,
    /// Whether something was written already.
    begun: bool,
}

enum Form {
    Table(table::Settings),
    Json,
    Ndjson,
    Csv,
}

impl Output {
    pub(crate) fn new(format: Format, simulated: bool, details: bool) -> Self {
        let form = match format {
            Format::Table => Form::Table(table::Settings::of_stdout(simulated)),
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
            Format::Csv => Form::Csv,
        };
        Self { form, details, begun: false }
    }

    /// Writes the result of one input. What table and CSV have no place for goes to stderr.
    pub(crate) fn item(&mut self, input: &str, outcome: &Outcome) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let first = !std::mem::replace(&mut self.begun, true);
        match &self.form {
            Form::Table(settings) => {
                if let Some(coding) = outcome.coding() {
                    table::write(&mut out, settings, input, coding)?;
                }
            }
            Form::Json => {
                out.write_all(if first { b"[\n" } else { b",\n" })?;
                json::write(&mut out, input, outcome)?;
            }
            Form::Ndjson => {
                json::write(&mut out, input, outcome)?;
                out.write_all(b"\n")?;
            }
            Form::Csv => {
                if first {
                    csv::header(&mut out)?;
                }
                if let Some(coding) = outcome.coding() {
                    csv::write(&mut out, input, coding)?;
                }
            }
        }
        out.flush()?;
        drop(out);
        remarks(input, outcome, self.details);
        Ok(())
    }

    /// Ends the output, so that it is whole however many items there were.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match (&self.form, self.begun) {
            (Form::Json, true) => out.write_all(b"\n]\n")?,
            (Form::Json, false) => out.write_all(b"[]\n")?,
            (Form::Csv, false) => csv::header(&mut out)?,
            _ => {}
        }
        out.flush()
    }
}

fn remarks(input: &str, outcome: &Outcome, details: bool) {
    let name = crate::plain::plain(input);
    if let Some(failure) = outcome.failure() {
        let about = failure.about.as_deref().unwrap_or(input);
        style::error(format_args!("{}: {}", crate::plain::plain(about), crate::plain::plain(&failure.message)));
    }
    let words = outcome.failure().and_then(|failure| failure.details.as_ref());
    if let Some(words) = words.filter(|_| details) {
        let words = crate::plain::plain(words.expose());
        style::say(format_args!("{name}: the vendor wrote: {words}"));
    }
    let hidden = outcome.coding().map_or(0, |coding: &Coding| coding.hidden);
    if hidden > 0 {
        let codes = if hidden == 1 { "code is" } else { "codes are" };
        style::say(format_args!("{name}: {hidden} accepted {codes} hidden by --min-confidence"));
    }
}
