//! Results in a directory, safe from crashes, power failures and other processes.
//!
//! Each task has a folder, named by its [`Key`]. In it are `token.json` (of a submission whose task is not known: `origin.json`),
//! the `journal`, the file `lock`, and what came of answers: `part-…` while it comes or if its end was lost, `answer-….json` if it is
//! whole.
//!
//! 1. A folder is filled under another name, synced, and renamed: there is none without a token.
//! 2. Before a request goes out that may take the result, a line of the journal says so, and is synced. So no task counts as waiting for
//!    whose result somebody may have asked. A line without an end was not synced, hence its request was not sent.
//! 3. Each claim writes into a file of its own, whose random name stands in that line: what an earlier claim left is never overwritten, and
//!    never taken for what a later one got.
//! 4. The bytes of an answer are synced before they get the name of a whole answer, and have it before the journal says that they do.
//! 5. A claim by which nothing was taken is cut off the journal, without a sync. If a power failure undoes that, the store is more careful
//!    than it needs to be. So a task that is asked for a thousand times has a short journal.

mod claim;
mod disk;
mod folder;
mod journal;
mod load;
mod lock;
#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::unwrap_used, clippy::panic)]
mod power;
mod root;
mod submission;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use self::claim::DirectoryClaim;
use self::disk::refused;
use self::folder::{Folder, Owner};
use self::journal::{Journal, Line, now};
use self::lock::Locking;
use self::submission::{DirectorySubmission, damaged, finish, same_submission};
use crate::{Claiming, Entry, Key, Origin, Orphan, ResultStore, State, StoreError, Submission, TaskToken};

/// How often a folder is looked for that others remove and make at the same time.
const ROUNDS: usize = 16;

/// Keeps tasks and results in a directory: the [`ResultStore`] for production.
///
/// What it says was stored is on the disk. Several processes, and several stores in one process, may use one directory at the same time;
/// no task is asked for by two of them at once. A task that waits holds no file open, a request under way holds three.
///
/// Everything is readable for this user only (on Unix; elsewhere as the directory it is in). The results themselves are not
/// encrypted: use a disk that is. The directory must be on a file system that has locks and whose `fsync` is true to its name, which
/// some network shares are not.
///
/// ```
/// use clinical_long_tasks::{DirectoryStore, ResultStore as _};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("results");
/// let store = DirectoryStore::open(path)?;
/// for entry in store.entries()? {
///     println!("{} {} {} bytes", entry.key, entry.state.as_str(), entry.bytes);
/// }
/// # Ok::<(), clinical_long_tasks::StoreError>(())
/// ```
#[derive(Clone)]
pub struct DirectoryStore {
    root: PathBuf,
}

/// A path may hold the name of a person.
impl std::fmt::Debug for DirectoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectoryStore").finish_non_exhaustive()
    }
}

impl DirectoryStore {
    /// Opens a store, or makes one: the directory and its parents, for this user only. A relative path is looked up now, and not
    /// again. Files that are not the store's are left alone.
    ///
    /// # Errors
    ///
    /// The path is that of a file, or the directory cannot be made or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Ok(Self { root: root::open(path.as_ref())? })
    }

    /// Opens the store of this user: `clinical-clients/results` in `$XDG_STATE_HOME` or `~/.local/state`; on Windows in `%APPDATA%`.
    ///
    /// # Errors
    ///
    /// There is no home directory, or as [`open`](Self::open).
    pub fn open_default() -> Result<Self, StoreError> {
        Self::open(root::default_path()?)
    }

    fn folder(&self, key: Key) -> Folder {
        Folder::new(&self.root, key)
    }
}

impl ResultStore for DirectoryStore {
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError> {
        Ok(Box::new(DirectorySubmission::begin(&self.root, origin)?))
    }

    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError> {
        let cannot = |error| refused("note that a result is about to be asked for", &error);
        let folder = self.folder(token.key());
        for _ in 0..ROUNDS {
            let lock = match lock::take(&folder.lock()).map_err(cannot)? {
                Locking::Held(lock) => lock,
                Locking::Busy => return Ok(Claiming::Busy),
                Locking::Missing => {
                    folder.make(&Owner::Task(token.clone())).map_err(cannot)?;
                    continue;
                }
            };
            let Some(contents) = folder.contents().map_err(cannot)? else { continue };
            same_submission(contents.owner.as_ref(), token)?;
            return match (contents.state(), &contents.owner, &contents.history) {
                (State::Waiting, Some(owner), Some(history)) => {
                    let claim = DirectoryClaim::begin(folder, owner.clone(), history, lock)?;
                    Ok(Claiming::Granted(Box::new(claim)))
                }
                (State::Claiming, ..) => Ok(Claiming::Orphaned),
                (State::Damaged, ..) => Err(damaged()),
                _ => Ok(Claiming::Ended(Box::new(load::entry(&folder, &contents).map_err(cannot)?))),
            };
        }
        Err(StoreError::new("finds an entry removed again and again; let only one program remove entries"))
    }

    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError> {
        let cannot = |error| refused("take over a claim", &error);
        let folder = self.folder(key);
        let Locking::Held(lock) = lock::take(&folder.lock()).map_err(cannot)? else { return Ok(None) };
        let Some(contents) = folder.contents().map_err(cannot)? else { return Ok(None) };
        match (contents.state(), contents.owner, contents.history) {
            (State::Claiming, Some(Owner::Task(token)), Some(history)) => {
                let claim = DirectoryClaim::take_over(folder, Owner::Task(token.clone()), &history, lock)?;
                let bytes = claim.came().map_err(cannot)?;
                Ok(Some(Orphan::new(Box::new(claim), token, history.head, bytes.into())))
            }
            (State::Damaged, ..) => Err(damaged()),
            _ => Ok(None),
        }
    }

    fn reopen(&self, key: Key) -> Result<(), StoreError> {
        let cannot = |error| refused("open an entry to one more claim", &error);
        let folder = self.folder(key);
        let _lock = match lock::take(&folder.lock()).map_err(cannot)? {
            Locking::Held(lock) => lock,
            Locking::Busy => return Err(StoreError::new("has this entry in use; wait until it is not")),
            Locking::Missing => return Err(StoreError::new("has no such entry; list the entries for their keys")),
        };
        match folder.contents().map_err(cannot)?.and_then(|contents| contents.history) {
            Some(history) if history.state.is_uncertain() => {
                let mut journal = Journal::open(&folder.journal(), history.whole).map_err(cannot)?;
                journal.add(&Line::Reopened { time: now() }, true).map_err(cannot)
            }
            _ => Err(StoreError::new(
                "opens only an entry that is partial, possibly_lost, gone or unread to one more claim",
            )),
        }
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        let cannot = |error| refused("list its entries", &error);
        let mut entries = Vec::new();
        for item in std::fs::read_dir(&self.root).map_err(cannot)? {
            let Ok(key) = item.map_err(cannot)?.file_name().to_string_lossy().parse() else { continue };
            match load::load(&self.folder(key)) {
                Ok(Some(entry)) => entries.push(entry),
                Ok(None) => {}
                Err(_) => entries.push(Entry::new(key, State::Damaged)),
            }
        }
        // What a crash left of a submission whose task is known: it is over, and must not come to light when the task's entry goes.
        let known: HashSet<Key> = (entries.iter().filter_map(|entry| entry.token.as_ref()))
            .map(|token| Key::of_submission(&token.origin().submission))
            .collect();
        entries.retain(|entry| {
            let over = entry.state == State::Submitting && known.contains(&entry.key);
            // If it cannot be taken away, it is next time.
            let _ = over.then(|| finish(&self.folder(entry.key)));
            !over
        });
        let started = |entry: &Entry| entry.origin.as_ref().map(|origin| origin.started);
        entries.sort_by_key(|entry| (started(entry).is_none(), started(entry), entry.key));
        Ok(entries)
    }

    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError> {
        load::load(&self.folder(key)).map_err(|error| refused("read an entry", &error))
    }

    fn read(&self, key: Key) -> Result<Bytes, StoreError> {
        let cannot = |error| refused("read what is kept of an answer", &error);
        let folder = self.folder(key);
        let contents = folder.contents().map_err(cannot)?;
        let contents = contents.ok_or_else(|| StoreError::new("has no such entry; list the entries for their keys"))?;
        let (path, _) = (folder.kept(&contents).map_err(cannot)?)
            .ok_or_else(|| StoreError::new("has nothing of an answer in this entry"))?;
        Ok(std::fs::read(path).map_err(cannot)?.into())
    }

    fn remove(&self, key: Key) -> Result<(), StoreError> {
        let cannot = |error| refused("remove an entry wholly", &error);
        let folder = self.folder(key);
        if folder.path().symlink_metadata().is_ok_and(|metadata| !metadata.is_dir()) {
            return folder.give_up(true).map_err(cannot);
        }
        match lock::take(&folder.lock()).map_err(cannot)? {
            Locking::Held(lock) => {
                // A damaged entry can be removed, too.
                let contents = folder.contents().ok().flatten();
                if let Some(Owner::Task(token)) = contents.and_then(|contents| contents.owner) {
                    finish(&self.folder(Key::of_submission(&token.origin().submission))).map_err(cannot)?;
                }
                submission::give_up(&folder, lock, true).map_err(cannot)
            }
            Locking::Busy => Err(StoreError::new("has this entry in use; wait until it is not")),
            Locking::Missing => Ok(()),
        }
    }

    fn place(&self) -> Option<String> {
        Some(self.root.display().to_string())
    }
}
