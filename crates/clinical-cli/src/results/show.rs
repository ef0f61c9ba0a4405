//! `clinical results show`: what is kept of a result, to stdout. What it is and how whole it is goes to stderr.

use std::io::{self, Write};
use std::path::Path;

use clinical_long_tasks::{DirectoryStore, ResultStore as _, State, Terminal};

use crate::args::ShowArgs;
use crate::exit::{Exit, Stop};
use crate::results::{meaning, result_of};
use crate::store::{failed, find, flag};
use crate::style;

pub(super) fn run(store: &DirectoryStore, at: Option<&Path>, args: &ShowArgs) -> Result<Exit, Stop> {
    let entry = find(store, &args.key)?;
    let key = meaning::short(entry.key);
    if entry.bytes == 0 {
        return Err(Stop::failed(format!("{key}: nothing is kept of an answer: {}", meaning::of(&entry, &flag(at)))));
    }
    let answer = store.read(entry.key).map_err(|error| failed(&error))?;
    let cut = if args.raw || entry.state != State::Stored(Terminal::Done) { None } else { result_of(&answer) };
    let what = match entry.state {
        State::Stored(Terminal::Done) if args.raw => "the vendor's answer".to_owned(),
        State::Stored(Terminal::Done) if cut.is_some() => "the result".to_owned(),
        State::Stored(Terminal::Done) => {
            "the vendor's answer, because no result could be told from the rest of it".to_owned()
        }
        State::Stored(Terminal::Failed) => "the vendor's account of why the task failed; there is no result".to_owned(),
        State::Stored(_) => "an answer that was not understood; it may be the result".to_owned(),
        State::Partial => {
            format!("only the first {} bytes of the answer with the result; the rest is lost", answer.len())
        }
        _ => format!("{} bytes that came of an answer, of which more is not known", answer.len()),
    };
    style::say(format_args!("{key}: on stdout is {what}. Treat it as patients' data."));
    let mut out = io::stdout().lock();
    match cut {
        Some(result) => writeln!(out, "{result}")?,
        None => out.write_all(&answer)?,
    }
    out.flush()?;
    Ok(Exit::Ok)
}
