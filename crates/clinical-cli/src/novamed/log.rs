//! `clinical novamed log`: what is on record of creates, and how a person takes an entry away. Sends nothing.

use std::io::{self, Write};
use std::path::Path;

use novamed_api::log::{DirectoryLog, LogError, Submission, SubmissionState};
use serde::Serialize;

use crate::args::{ListFormat, LogListArgs, LogRemoveArgs, NovamedLogArgs, NovamedLogCommand};
use crate::connect;
use crate::exit::{Exit, Stop};
use crate::output::table;
use crate::plain::plain;
use crate::style;

/// How many digits of a key are shown in a table, and how few mean one.
const SHOWN: usize = 12;
const FEWEST: usize = 4;

pub(super) fn run(args: &NovamedLogArgs) -> Result<Exit, Stop> {
    let log = open(args.log.as_deref())?;
    match &args.command {
        NovamedLogCommand::List(args) => list(&log, args),
        NovamedLogCommand::Remove(args) => remove(&log, args),
    }
}

/// The log, which must be there if it was named: a slip of the pen must not look like an empty one.
fn open(place: Option<&Path>) -> Result<DirectoryLog, Stop> {
    if place.is_some_and(|place| !place.is_dir()) {
        return Err(Stop::usage("--log: there is no such directory; give that of a submission log"));
    }
    connect::directory(place)
}

/// An entry as JSON. The names are part of the command's interface.
#[derive(Serialize)]
struct Line<'a> {
    key: &'a str,
    operation: &'a str,
    sent: String,
    state: &'static str,
    id: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(entry: &'a Submission) -> Self {
        let (state, id) = match &entry.state {
            SubmissionState::Created { id } => ("created", Some(id.as_str())),
            _ => ("uncertain", None),
        };
        let sent = humantime::format_rfc3339_seconds(entry.at).to_string();
        Self { key: entry.key.as_str(), operation: &entry.operation, sent, state, id }
    }
}

fn list(log: &DirectoryLog, args: &LogListArgs) -> Result<Exit, Stop> {
    let mut entries = log.list().map_err(|error| failed(&error))?;
    if args.uncertain {
        entries.retain(|entry| entry.state == SubmissionState::Uncertain);
    }
    let lines: Vec<Line<'_>> = entries.iter().map(Line::of).collect();
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &lines).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        ListFormat::Table if lines.is_empty() => writeln!(out, "Nothing is on record.")?,
        ListFormat::Table => {
            let settings = table::Settings::of_stdout(false);
            let mut page =
                table::new(settings.width, &["Key", "State", "Sent", "Operation", "Identifier"], &[0, 1, 2, 3]);
            for line in &lines {
                let key = line.key.get(..SHOWN).unwrap_or(line.key);
                let id = plain(line.id.unwrap_or_default());
                page.add_row([key.to_owned(), line.state.to_owned(), line.sent.clone(), plain(line.operation), id]);
            }
            writeln!(out, "{}", page.trim_fmt())?;
        }
    }
    out.flush()?;
    Ok(Exit::Ok)
}

fn remove(log: &DirectoryLog, args: &LogRemoveArgs) -> Result<Exit, Stop> {
    let digits = args.key.as_str();
    let is_key = (FEWEST..=64).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit));
    if !is_key {
        return Err(Stop::usage(format!(
            "KEY: is none; give {FEWEST} to 64 hexadecimal digits in lower case, as `clinical novamed log list` shows them"
        )));
    }
    let entries = log.list().map_err(|error| failed(&error))?;
    let mut keys: Vec<_> = entries.into_iter().map(|entry| entry.key).collect();
    keys.retain(|key| key.as_str().starts_with(digits));
    keys.sort_unstable();
    keys.dedup();
    match keys.as_slice() {
        [key] => {
            log.remove(key).map_err(|error| failed(&error))?;
            let key = key.as_str();
            style::say(format_args!("{}: removed.", key.get(..SHOWN).unwrap_or(key)));
            Ok(Exit::Ok)
        }
        [] => Err(Stop::usage("KEY: no entry of this log has it; `clinical novamed log list` shows the keys")),
        keys => Err(Stop::usage(format!("KEY: {} entries begin with it; give more digits", keys.len()))),
    }
}

fn failed(error: &LogError) -> Stop {
    Stop::failed(format!("the submission log failed: {error}"))
}
