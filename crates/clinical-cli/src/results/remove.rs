//! `clinical results remove`: forgets one entry, and not by accident one whose result can still be had.

use std::path::Path;

use clinical_long_tasks::{DirectoryStore, ResultStore as _, State};

use crate::args::RemoveArgs;
use crate::exit::{Exit, Stop};
use crate::results::meaning;
use crate::store::{failed, find, flag};
use crate::style;

pub(super) fn run(store: &DirectoryStore, at: Option<&Path>, args: &RemoveArgs) -> Result<Exit, Stop> {
    let entry = find(store, &args.key)?;
    let key = meaning::short(entry.key);
    if matches!(entry.state, State::Waiting | State::Claiming) && !args.force {
        return Err(Stop::usage(format!(
            "{key}: {}. Without its token nobody can take the result any more; to remove it all the same, add --force",
            meaning::of(&entry, &flag(at))
        )));
    }
    store.remove(entry.key).map_err(|error| failed(&error))?;
    style::say(format_args!("{key}: removed."));
    Ok(Exit::Ok)
}
