//! Who has an entry: a lock of the operating system on a file in its folder, which is free again as soon as its holder is dead. It
//! excludes other processes and other callers in this process alike, for it belongs to the opening of the file and not to the
//! process.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::disk::private;

/// How often an exclusive lock is tried for while only onlookers stand in the way: each is gone within microseconds.
const ROUNDS: usize = 10_000;

/// A lock that is held until it is dropped.
pub(super) struct Lock(File);

/// A child process that is being started holds copies of all files for a moment, and closing ours would leave the lock to it: it is
/// given up explicitly.
impl Drop for Lock {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.0);
    }
}

/// What became of the wish for a lock.
pub(super) enum Locking {
    Held(Lock),
    Busy,
    /// There is no such folder, or it has been replaced or removed meanwhile.
    Missing,
}

/// Takes the lock for the one who changes the entry.
pub(super) fn take(path: &Path) -> io::Result<Locking> {
    let opened = private(OpenOptions::new().read(true).write(true).create(true).truncate(false)).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Locking::Missing),
        Err(error) => return Err(error),
    };
    for _ in 0..ROUNDS {
        if tried(FileExt::try_lock(&file))? {
            let lock = Lock(file);
            return Ok(if is_at(&lock.0, path)? { Locking::Held(lock) } else { Locking::Missing });
        }
        // Whoever changes the entry admits nobody. If a shared lock is to be had, there are only onlookers.
        if !tried(FileExt::try_lock_shared(&file))? {
            return Ok(Locking::Busy);
        }
        FileExt::unlock(&file)?;
        std::thread::yield_now();
    }
    Ok(Locking::Busy)
}

/// What an onlooker sees.
pub(super) enum Looking {
    Busy,
    /// Nobody changes the entry, and nobody begins to while this is kept. There is no lock if there is no file for it.
    Free {
        _lock: Option<Lock>,
    },
}

/// Looks whether somebody changes the entry.
pub(super) fn look(path: &Path) -> io::Result<Looking> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Looking::Free { _lock: None }),
        Err(error) => return Err(error),
    };
    Ok(if tried(FileExt::try_lock_shared(&file))? { Looking::Free { _lock: Some(Lock(file)) } } else { Looking::Busy })
}

fn tried(outcome: Result<(), TryLockError>) -> io::Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether the path still leads to the file that was locked: its folder may have been removed, and made anew, before the lock was had.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let locked = file.metadata()?;
    match path.metadata() {
        Ok(there) => Ok((there.dev(), there.ino()) == (locked.dev(), locked.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere a folder in which a file is open can be neither moved nor removed.
#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}
