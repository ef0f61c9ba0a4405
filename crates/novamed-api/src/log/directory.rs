//! Creates in a directory, safe from crashes, power failures and other processes.
//!
//! Each key has a file of its name, in one of sixteen parts. 1. Who changes it holds the lock of its part. 2. A new content is written under
//! another name, synced, renamed, and the name is synced: a file is the old one or the new one, whatever happens. 3. A file that makes no
//! sense counts as a create whose end nobody knows, at the time of the file: damage never lets a second one pass. 4. That an entry is taken
//! away need not be durable: if a power failure undoes it, the log is more careful than it needs to be.

mod disk;
mod entry;
mod root;

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use self::disk::{Lock, refused, rename, sync_directory, write};
use super::record::Record;
use super::{Begun, KEEP, LogError, Submission, SubmissionKey, SubmissionLog};

/// How many other keys a begin looks at, for old ones. As it adds one, at most about an eighth of all is ever old.
const LOOKED_AT: usize = 8;

/// No record is longer, in bytes: a reader needs no more memory than this.
const LONGEST: u64 = 1024 * 1024;

/// Keeps creates in a directory: the [`SubmissionLog`] for production.
///
/// What it says is on record is on the disk. Several processes, and several logs in one process, may use one directory at the same time: of
/// identical creates one passes.
///
/// What was created is kept for 90 days, or as [`keep`](Self::keep) says, and then removed little by little. What is uncertain no longer
/// refuses anything after the client's window, but is listed until a person says what became of it ([`created`](SubmissionLog::created),
/// [`not_created`](SubmissionLog::not_created)) or [removes](Self::remove) it. A file that was damaged is uncertain too, its operation
/// `unknown`.
///
/// Times are those of the wall clock. If that is set back, the window stays shut, until a time in the future has come or the key was
/// removed; if it is set forward by more than the window, an identical create passes.
///
/// The directory holds hashes of requests, times and the vendor's identifiers, readable for this user only (on Unix; elsewhere as the
/// directory it is in). It must be on a file system that has locks and whose `fsync` is true to its name, which some network shares are not.
///
/// ```
/// use std::sync::Arc;
///
/// use novamed_api::NovaMed;
/// use novamed_api::log::{DirectoryLog, SubmissionState};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("submissions");
/// let log = Arc::new(DirectoryLog::open(path)?);
/// let builder = NovaMed::builder().submission_log(log.clone());
/// for submission in log.list()? {
///     if submission.state == SubmissionState::Uncertain {
///         println!("{} {}: find out what became of it", submission.key.as_str(), submission.operation);
///     }
/// }
/// # let _ = builder;
/// # Ok::<(), novamed_api::log::LogError>(())
/// ```
#[derive(Clone)]
pub struct DirectoryLog {
    root: PathBuf,
    keep: Duration,
}

/// A path may hold the name of a person.
impl std::fmt::Debug for DirectoryLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectoryLog").field("keep", &self.keep).finish_non_exhaustive()
    }
}

impl DirectoryLog {
    /// Opens a log, or makes one: the directory and its parents, for this user only. A relative path is looked up now, and not again. Blocks
    /// for a few writes.
    ///
    /// # Errors
    ///
    /// The path is that of a file or of a link, others may write there, or it cannot be made or written.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        Ok(Self { root: root::open(path.as_ref())?, keep: KEEP })
    }

    /// Opens the log of this user: `clinical-clients/novamed-submissions` in `$XDG_STATE_HOME` or `~/.local/state`; on Windows in `%APPDATA%`.
    ///
    /// # Errors
    ///
    /// There is no home directory, or as [`open`](Self::open).
    pub fn open_default() -> Result<Self, LogError> {
        Self::open(root::default_path()?)
    }

    /// For how long what was created is kept. Default 90 days. All who use the directory should say the same, and none may have a longer
    /// [`window`](crate::NovaMedBuilder::window): its creates are refused.
    #[must_use]
    pub fn keep(mut self, keep: Duration) -> Self {
        self.keep = keep;
        self
    }

    /// All that is on record, the oldest first.
    ///
    /// # Errors
    ///
    /// The directory, or a file in it, cannot be read.
    pub fn list(&self) -> Result<Vec<Submission>, LogError> {
        let cannot = |error| refused("list what is on record", &error);
        let mut all = Vec::new();
        for part in root::PARTS.chars() {
            let part = Part { path: self.root.join(part.to_string()) };
            for key in part.keys().map_err(cannot)? {
                let record = part.read(&key).map_err(cannot)?.unwrap_or_default();
                all.extend(record.submissions().iter().cloned());
            }
        }
        all.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
        Ok(all)
    }

    /// Forgets all creates of a key, so that an identical one may be sent at once: for a person who knows what became of them. Says whether
    /// there were any.
    ///
    /// # Errors
    ///
    /// The directory cannot be written.
    pub fn remove(&self, key: &SubmissionKey) -> Result<bool, LogError> {
        let cannot = |error| refused("forget a create", &error);
        let part = self.part(key);
        let _lock = part.lock().map_err(cannot)?;
        let removed = part.remove(key).map_err(cannot)?;
        sync_directory(&part.path).map_err(cannot)?;
        Ok(removed)
    }

    fn part(&self, key: &SubmissionKey) -> Part {
        Part { path: self.root.join(key.as_str().get(..1).unwrap_or_default()) }
    }

    /// Changes a record under its lock.
    fn change(
        &self,
        key: &SubmissionKey,
        what: &str,
        change: impl FnOnce(&mut Record) -> Result<(), LogError>,
    ) -> Result<(), LogError> {
        let cannot = |error| refused(what, &error);
        let part = self.part(key);
        let _lock = part.lock().map_err(cannot)?;
        let mut record = part.read(key).map_err(cannot)?.unwrap_or_default();
        change(&mut record)?;
        if record.is_empty() {
            return part.remove(key).map(drop).map_err(cannot);
        }
        part.write(key, &record).map_err(cannot)
    }
}

impl SubmissionLog for DirectoryLog {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        if window > self.keep {
            return Err(LogError::new(
                "it keeps creates for less than the client's window; open it with a longer keep()",
            ));
        }
        let cannot = |error| refused("put a create on record", &error);
        let part = self.part(&submission.key);
        let _lock = part.lock().map_err(cannot)?;
        let mut record = part.read(&submission.key).map_err(cannot)?.unwrap_or_default();
        record.forget(submission.at, self.keep);
        let begun = record.begin(submission, window, again);
        if begun == Begun::New {
            part.write(&submission.key, &record).map_err(cannot)?;
            part.tidy(submission, self.keep);
        }
        Ok(begun)
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.change(key, "note that something was created", |record| record.created(id))
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        self.change(key, "note that nothing was created", Record::not_created)
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        let record = self.part(key).read(key).map_err(|error| refused("look for a create", &error))?;
        Ok(record.unwrap_or_default().newest().cloned())
    }
}

/// A sixteenth of the directory, with a lock of its own.
struct Part {
    path: PathBuf,
}

impl Part {
    fn lock(&self) -> io::Result<Lock> {
        Lock::take(&self.path.join("lock"))
    }

    /// `None` if there is no file. What cannot be a record is a damaged one.
    fn read(&self, key: &SubmissionKey) -> io::Result<Option<Record>> {
        let path = self.path.join(key.as_str());
        let found = path.symlink_metadata().and_then(|metadata| {
            let is_possible = metadata.is_file() && metadata.len() <= LONGEST;
            let file = if is_possible { std::fs::read(&path)? } else { Vec::new() };
            Ok(entry::decode(key, &file).unwrap_or_else(|| Record::damaged(key, last_changed(&metadata))))
        });
        match found {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            found => found.map(Some),
        }
    }

    /// Under the lock. What is left of an earlier attempt at the other name is overwritten.
    fn write(&self, key: &SubmissionKey, record: &Record) -> io::Result<()> {
        let new = self.path.join(".new");
        write(&new, &entry::encode(key, record))?;
        rename(&new, &self.path.join(key.as_str()))?;
        sync_directory(&self.path)
    }

    fn remove(&self, key: &SubmissionKey) -> io::Result<bool> {
        match std::fs::remove_file(self.path.join(key.as_str())) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }

    fn keys(&self) -> io::Result<Vec<SubmissionKey>> {
        let names = std::fs::read_dir(&self.path)?.map(|item| item.map(|item| item.file_name()));
        names.filter_map(|name| name.map(|name| SubmissionKey::parse(name.to_str()?)).transpose()).collect()
    }

    /// Under the lock: removes old ones among the keys that follow this one. Keys are hashes, so these are a fair sample of all. It
    /// hinders nobody, so a failure is none.
    fn tidy(&self, submission: &Submission, keep: Duration) {
        let mut keys = self.keys().unwrap_or_default();
        keys.sort_unstable();
        let next = keys.partition_point(|key| *key <= submission.key);
        keys.rotate_left(next);
        for key in keys.iter().take(LOOKED_AT).filter(|key| **key != submission.key) {
            if let Ok(Some(mut record)) = self.read(key) {
                record.forget(submission.at, keep);
                if record.is_empty() {
                    let _ = self.remove(key);
                }
            }
        }
    }
}

/// Now, if nobody knows: that shuts the window.
fn last_changed(metadata: &Metadata) -> SystemTime {
    metadata.modified().unwrap_or_else(|_| SystemTime::now())
}

#[cfg(test)]
mod tests {
    use super::disk::NOTED;
    use super::*;

    #[test]
    fn a_create_is_on_the_disk_before_it_may_be_sent_and_so_is_its_end() {
        let folder = tempfile::tempdir().unwrap();
        NOTED.take();
        let log = DirectoryLog::open(folder.path().join("log")).unwrap();
        assert_eq!(NOTED.take(), ["sync directory", "sync file", "sync directory"]);
        let submission =
            Submission::begun(SubmissionKey::parse(&"7".repeat(64)).unwrap(), "create_patient", SystemTime::now());
        let on_disk = ["sync file", "rename", "sync directory"];
        log.begin(&submission, Duration::from_secs(60), false).unwrap();
        assert_eq!(NOTED.take(), on_disk);
        log.created(&submission.key, "id").unwrap();
        assert_eq!(NOTED.take(), on_disk);
        log.begin(&submission, Duration::from_secs(60), true).unwrap();
        NOTED.take();
        log.not_created(&submission.key).unwrap();
        assert_eq!(NOTED.take(), on_disk);
        log.begin(&submission, Duration::from_secs(60), false).unwrap();
        assert!(NOTED.take().is_empty());
        log.remove(&submission.key).unwrap();
        assert_eq!(NOTED.take(), ["sync directory"]);
    }
}
