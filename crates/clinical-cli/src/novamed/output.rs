//! A line for each row on stdout, in one of four forms, written as a whole and flushed as soon as it is known.

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use serde::{Serialize, Serializer};

use super::outcome::Outcome;
use crate::args::RowFormat;
use crate::plain::plain;
use crate::style::{self, Style};

const COLUMNS: [&str; 8] = ["number", "line", "state", "id", "medication_order_id", "kind", "delivery", "message"];

/// Writes outcomes in one form.
pub(super) struct Output {
    format: RowFormat,
    simulated: bool,
    /// Whether the vendor's own words about failures are shown.
    details: bool,
    begun: bool,
}

impl Output {
    pub(super) fn new(format: RowFormat, simulated: bool, details: bool) -> Self {
        Self { format, simulated, details, begun: false }
    }

    /// Writes what became of a row, which `called` names in sentences.
    pub(super) fn row(&mut self, number: usize, line: Option<u64>, called: &str, outcome: &Outcome) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let is_first = !std::mem::replace(&mut self.begun, true);
        match self.format {
            RowFormat::Table => {
                if is_first {
                    self.heading(&mut out)?;
                }
                writeln!(out, "{number:>6}  {:<14}  {}", outcome.state(), plain(&words(outcome)))?;
            }
            RowFormat::Json => {
                out.write_all(if is_first { b"[\n" } else { b",\n" })?;
                out.write_all(object(number, line, outcome)?.as_bytes())?;
            }
            RowFormat::Ndjson => writeln!(out, "{}", object(number, line, outcome)?)?,
            RowFormat::Csv => {
                if is_first {
                    record(&mut out, COLUMNS.map(str::to_owned))?;
                }
                record(&mut out, cells(number, line, outcome))?;
            }
        }
        out.flush()?;
        drop(out);
        self.remarks(called, outcome);
        Ok(())
    }

    /// Ends the output, so that it is whole however many rows there were.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.format == RowFormat::Json && self.begun {
            out.write_all(b"\n]\n")?;
        }
        out.flush()
    }

    fn heading(&self, out: &mut impl Write) -> io::Result<()> {
        let style = Style::stdout();
        let simulated = if self.simulated { " (SIMULATED)" } else { "" };
        writeln!(out, "{}{}", style.bold("   Row  State           Identifiers"), style.yellow(simulated))
    }

    fn remarks(&self, called: &str, outcome: &Outcome) {
        let Some(failure) = outcome.failure() else { return };
        style::error(format_args!("{called}: {}", plain(&failure.message)));
        let words = failure.vendor.as_ref().filter(|_| self.details);
        if let Some(words) = words {
            style::say(format_args!("{called}: the vendor wrote: {}", plain(words.expose())));
        }
    }
}

/// For people: the identifiers, or the kind of the failure.
fn words(outcome: &Outcome) -> String {
    let ids: Vec<_> = outcome.ids().iter().map(|(name, id)| format!("{name} {id}")).collect();
    outcome.failure().map_or_else(|| ids.join(", "), |failure| failure.kind.to_owned())
}

/// A row in JSON. The names are part of the command's interface; those of the identifiers are the vendor's.
#[derive(Serialize)]
struct Item<'a> {
    number: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    state: &'static str,
    #[serde(flatten)]
    ids: Named<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
}

#[derive(Serialize)]
struct Error<'a> {
    kind: &'static str,
    delivery: &'static str,
    attempts: u32,
    message: &'a str,
}

struct Named<'a>(&'a [(&'static str, String)]);

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, id)| (name, id)))
    }
}

/// Made whole before it is written: an object that is cut is worse than none.
fn object(number: usize, line: Option<u64>, outcome: &Outcome) -> io::Result<String> {
    let error = outcome.failure().map(|failure| Error {
        kind: failure.kind,
        delivery: failure.delivery,
        attempts: failure.attempts,
        message: &failure.message,
    });
    Ok(serde_json::to_string(&Item { number, line, state: outcome.state(), ids: Named(outcome.ids()), error })?)
}

fn cells(number: usize, line: Option<u64>, outcome: &Outcome) -> [String; 8] {
    let ids = outcome.ids();
    let id = |place: usize| ids.get(place).map(|(_, id)| plain(id)).unwrap_or_default();
    let failure = outcome.failure();
    [
        number.to_string(),
        line.map(|line| line.to_string()).unwrap_or_default(),
        outcome.state().to_owned(),
        id(0),
        id(1),
        failure.map(|failure| failure.kind.to_owned()).unwrap_or_default(),
        failure.map(|failure| failure.delivery.to_owned()).unwrap_or_default(),
        failure.map(|failure| plain(&failure.message)).unwrap_or_default(),
    ]
}

/// Made in memory, because the library's error hides why a write failed, and a closed pipe must be told from a full disk.
fn record(out: &mut impl Write, cells: [String; 8]) -> io::Result<()> {
    let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    rows.write_record(cells)?;
    let bytes = rows.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&bytes)
}
