//! The store of results: where it is, and which entry of it is meant. It makes no store where one was only to be looked at.

use std::path::Path;

use clinical_long_tasks::{DirectoryStore, Entry, ResultStore as _, StoreError};

use crate::exit::Stop;
use crate::plain::plain;

/// Fewer digits would too often mean another entry than was thought.
const FEWEST: usize = 4;

/// The store, made if it is missing. Nothing may be sent without it.
pub(crate) fn open(folder: Option<&Path>) -> Result<DirectoryStore, Stop> {
    let opened = match folder {
        Some(folder) => DirectoryStore::open(folder),
        None => DirectoryStore::open_default(),
    };
    opened.map_err(|error| match folder {
        Some(_) => Stop::usage(format!("--results: {error} (nothing was sent)")),
        None => Stop::usage(format!("{error}; --results DIR names another one (nothing was sent)")),
    })
}

/// The store, which must be there if it was named.
pub(crate) fn open_existing(folder: Option<&Path>) -> Result<DirectoryStore, Stop> {
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Stop::usage("--results: there is no such directory; give that of a store"));
    }
    open(folder)
}

pub(crate) fn failed(error: &StoreError) -> Stop {
    Stop::failed(error.to_string())
}

/// The flag that names this store, for a sentence with a command in it.
pub(crate) fn flag(folder: Option<&Path>) -> String {
    let Some(folder) = folder else { return String::new() };
    let folder = plain(&folder.display().to_string());
    let is_simple = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if folder.chars().all(is_simple) { format!(" --results {folder}") } else { format!(" --results '{folder}'") }
}

/// Whether a text can be a key or the beginning of one.
pub(crate) fn is_key(digits: &str) -> bool {
    let is_digit = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    (FEWEST..=32).contains(&digits.len()) && digits.bytes().all(is_digit)
}

/// The one entry whose key begins with these digits.
pub(crate) fn find(store: &DirectoryStore, digits: &str) -> Result<Entry, Stop> {
    if !is_key(digits) {
        return Err(Stop::usage(format!(
            "KEY: is none; give {FEWEST} to 32 hexadecimal digits in lower case, as `clinical results list` shows them"
        )));
    }
    let mut entries = store.entries().map_err(|error| failed(&error))?;
    entries.retain(|entry| entry.key.to_string().starts_with(digits));
    match (entries.pop(), entries.len()) {
        (Some(entry), 0) => Ok(entry),
        (None, _) => Err(Stop::usage("KEY: no entry of this store has it; `clinical results list` shows the keys")),
        (Some(_), others) => Err(Stop::usage(format!("KEY: {} entries begin with it; give more digits", others + 1))),
    }
}
