//! CSV after RFC 4180: a header, then one row per code, lines ending in CR LF. Control characters are taken out of the
//! vendor's texts; nothing else is changed, so a spreadsheet must be told to import the columns as text.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};

use crate::output::item::Coding;
use crate::plain::plain;

const COLUMNS: [&str; 8] =
    ["input", "verdict", "code", "description", "justification", "confidence_percent", "run_id", "part"];

pub(super) fn header(out: &mut impl Write) -> io::Result<()> {
    let mut rows = rows();
    rows.write_record(COLUMNS)?;
    hand_over(out, rows)
}

/// Writes the rows of one input.
pub(super) fn write(out: &mut impl Write, input: &str, coding: &Coding) -> io::Result<()> {
    let mut rows = rows();
    let lists = [("final", &coding.accepted), ("discarded", &coding.discarded)];
    for (verdict, list) in lists {
        for row in list {
            let found = &row.assessment;
            rows.write_record([
                plain(input).as_str(),
                verdict,
                &plain(&found.code),
                &plain(&found.description),
                &plain(&found.justification),
                &found.confidence_percent.to_string(),
                &plain(coding.run_of(row)),
                &row.place.as_ref().map_or_else(String::new, |place| place.part.to_string()),
            ])?;
        }
    }
    hand_over(out, rows)
}

fn rows() -> Writer<Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new())
}

/// Rows are made in memory, because the library's error hides why a write failed, and a closed pipe must be told from a
/// full disk.
fn hand_over(out: &mut impl Write, rows: Writer<Vec<u8>>) -> io::Result<()> {
    let bytes = rows.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&bytes)
}
