//! The folder of an entry: what is in it, how it appears and disappears as a whole, and what can be learnt from it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use clinical_http::audit::CallId;

use super::disk::{make_directory, read_small, sync_directory, write_new};
use super::journal::History;
use crate::{Key, Origin, State, TaskToken};

/// What a folder is called while it is being filled, and when it has been given up.
pub(super) const NEW: &str = ".new-";
pub(super) const GONE: &str = ".gone-";

const TOKEN: &str = "token.json";
const ORIGIN: &str = "origin.json";

/// Whose entry it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    Submission(Origin),
    Task(TaskToken),
}

impl Owner {
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Submission(origin) => Key::of_submission(&origin.submission),
            Self::Task(token) => token.key(),
        }
    }

    pub(super) fn origin(&self) -> &Origin {
        match self {
            Self::Submission(origin) => origin,
            Self::Task(token) => token.origin(),
        }
    }

    pub(super) fn token(&self) -> Option<&TaskToken> {
        match self {
            Self::Submission(_) => None,
            Self::Task(token) => Some(token),
        }
    }
}

/// What a folder tells.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) owner: Option<Owner>,
    /// `None` if it makes no sense.
    pub(super) history: Option<History>,
}

impl Contents {
    pub(super) fn state(&self) -> State {
        match (&self.owner, &self.history) {
            (Some(Owner::Submission(_)), _) => State::Submitting,
            (Some(Owner::Task(_)), Some(history)) => history.state,
            _ => State::Damaged,
        }
    }
}

/// Where an entry is, or would be.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) key: Key,
    root: PathBuf,
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path, key: Key) -> Self {
        Self { key, root: root.to_owned(), path: root.join(key.to_string()) }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.path.join("lock")
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    /// An answer that comes, or that came in part.
    pub(super) fn part(&self, claim: &str) -> PathBuf {
        self.path.join(format!("part-{claim}"))
    }

    /// A last answer, whole.
    pub(super) fn answer(&self, claim: &str) -> PathBuf {
        self.path.join(format!("answer-{claim}.json"))
    }

    /// Makes the folder, complete and durable when this returns: it is filled under another name, and renamed. One that somebody else
    /// made meanwhile stays as it is.
    pub(super) fn make(&self, owner: &Owner) -> io::Result<()> {
        let new = self.root.join(format!("{NEW}{}-{}", self.key, CallId::draw()));
        let made = self.fill(&new, owner);
        if made.is_err() {
            let _ = std::fs::remove_dir_all(&new);
        }
        made?;
        sync_directory(&self.root)
    }

    fn fill(&self, new: &Path, owner: &Owner) -> io::Result<()> {
        make_directory(new)?;
        match owner {
            Owner::Submission(origin) => write_new(&new.join(ORIGIN), &serde_json::to_vec(origin)?)?,
            Owner::Task(token) => {
                write_new(&new.join(TOKEN), &serde_json::to_vec(token)?)?;
                drop(super::disk::create(&new.join("journal"))?);
            }
        }
        drop(super::disk::create(&new.join("lock"))?);
        sync_directory(new)?;
        match std::fs::rename(new, &self.path) {
            // It cannot be replaced, for it is not empty.
            Err(_) if self.path.is_dir() => std::fs::remove_dir_all(new),
            renamed => renamed,
        }
    }

    /// What it tells; `None` if there is no such folder.
    pub(super) fn contents(&self) -> io::Result<Option<Contents>> {
        let owner = if let Some(token) = read_small(&self.path.join(TOKEN))? {
            serde_json::from_slice(&token).ok().map(Owner::Task)
        } else if let Some(origin) = read_small(&self.path.join(ORIGIN))? {
            serde_json::from_slice(&origin).ok().map(Owner::Submission)
        } else if !self.path.try_exists()? {
            return Ok(None);
        } else {
            None
        };
        // A folder that was given another name by hand is none that could be claimed: its key is not its own.
        let owner = owner.filter(|owner| owner.key() == self.key);
        let history = read_small(&self.journal())?.and_then(|journal| History::read(&journal));
        let mut contents = Contents { owner, history };
        if let Some(history) = &contents.history {
            if matches!(history.state, State::Stored(_)) && !self.is_whole(history)? {
                contents.history = None;
            }
        }
        Ok(Some(contents))
    }

    /// Whether the last answer is there, as long as it was.
    fn is_whole(&self, history: &History) -> io::Result<bool> {
        let Some(claim) = history.claims.last() else { return Ok(false) };
        Ok(length(&self.answer(claim))? == Some(history.bytes))
    }

    /// The newest of what is kept of the result, and its length: of the claims on record or, if the record makes no sense, of all files.
    pub(super) fn kept(&self, contents: &Contents) -> io::Result<Option<(PathBuf, u64)>> {
        let candidates = match &contents.history {
            Some(history) => {
                history.claims.iter().rev().flat_map(|claim| [self.answer(claim), self.part(claim)]).collect()
            }
            None => self.all_kept()?,
        };
        for path in candidates {
            match length(&path)? {
                Some(length) if length > 0 || is_answer(&path) => return Ok(Some((path, length))),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Whole answers first; in each group the newest first.
    fn all_kept(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for item in std::fs::read_dir(&self.path)? {
            let item = item?;
            let name = item.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.starts_with("answer-") || name.starts_with("part-") {
                files.push((name.starts_with("answer-"), item.metadata()?.modified().ok(), item.path()));
            }
        }
        files.sort();
        Ok(files.into_iter().rev().map(|(_, _, path)| path).collect())
    }

    /// Takes the folder away at once, and for good if that is asked for; what was in it is deleted afterwards.
    pub(super) fn give_up(&self, durable: bool) -> io::Result<()> {
        let gone = self.root.join(format!("{GONE}{}-{}", self.key, CallId::draw()));
        match std::fs::rename(&self.path, &gone) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            renamed => renamed?,
        }
        if durable {
            sync_directory(&self.root)?;
        }
        discard(&gone)
    }
}

fn is_answer(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("answer-"))
}

/// Deletes a folder that was given up. A file that has an entry's name is deleted as well.
pub(super) fn discard(gone: &Path) -> io::Result<()> {
    if gone.symlink_metadata()?.is_dir() { std::fs::remove_dir_all(gone) } else { std::fs::remove_file(gone) }
}

/// How long a file is; `None` if there is none.
pub(super) fn length(path: &Path) -> io::Result<Option<u64>> {
    match path.metadata() {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
