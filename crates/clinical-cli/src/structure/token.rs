//! Tokens as files: read to go on with a task, and written as soon as there is one. No file is ever overwritten, because it may hold the
//! only way to another task.

use std::io::Write;
use std::path::{Path, PathBuf};

use clinical_long_tasks::{DirectoryStore, TaskToken};

use crate::exit::Stop;
use crate::plain::plain;
use crate::store;
use crate::target::{create, sync_folder};

/// More than any token has.
const MOST: u64 = 64 * 1024;

/// The token of a file; or if there is none of this name, of the entry in the store with this key.
pub(super) fn read(given: &Path, results: Option<&Path>) -> Result<TaskToken, Stop> {
    let name = plain(&given.display().to_string());
    let refuse = |why: &str| Stop::usage(format!("--resume: {name}: {why} (nothing was sent)"));
    match std::fs::File::open(given) {
        Ok(file) => {
            let mut json = String::new();
            let read = std::io::Read::read_to_string(&mut std::io::Read::take(file, MOST), &mut json);
            read.map_err(|error| refuse(&format!("could not be read ({}); give a token file", error.kind())))?;
            serde_json::from_str(&json)
                .map_err(|_| refuse("holds no task token, or one of another version; give a file as it was written"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let digits = given.to_str().filter(|digits| store::is_key(digits));
            let digits = digits.ok_or_else(|| refuse("does not exist, and is no key; give a token file or a key"))?;
            of_key(&store::open_existing(results)?, digits)
        }
        Err(error) => Err(refuse(&format!("could not be read ({}); give a token file", error.kind()))),
    }
}

/// The token of an entry.
pub(crate) fn of_key(store: &DirectoryStore, digits: &str) -> Result<TaskToken, Stop> {
    let entry = store::find(store, digits)?;
    entry.token.ok_or_else(|| {
        Stop::usage(format!(
            "{digits}: the entry has no token, because nobody knows whether the vendor made a task (nothing was sent)"
        ))
    })
}

/// Where a token is to be written to.
#[derive(Debug)]
pub(super) struct TokenOut(PathBuf);

impl TokenOut {
    /// Tries whether the file can be made.
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        create(path).and_then(|_| std::fs::remove_file(path)).map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::AlreadyExists => {
                    "is there already, and may be the only way to a task; give another path".to_owned()
                }
                kind => format!("cannot be made ({kind}); give a path that may be written to"),
            };
            Stop::usage(format!("--token-out: {} {why} (nothing was sent)", plain(&path.display().to_string())))
        })?;
        Ok(Self(path.to_owned()))
    }

    /// Writes the token, durable when this returns.
    pub(super) fn write(&self, token: &TaskToken) -> std::io::Result<()> {
        let mut file = create(&self.0)?;
        file.write_all(json(token).as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        sync_folder(&self.0)
    }
}

/// The token on one line.
pub(super) fn json(token: &TaskToken) -> String {
    // A token has nothing that JSON cannot hold.
    serde_json::to_string(token).unwrap_or_default()
}
