//! A submission on its way. The task's entry is durable before the submission's is given up, so a crash between the two leaves both,
//! and the token in the one tells that the other is over.

use std::path::Path;

use super::disk::{refused, sync_directory, write_new};
use super::folder::{Folder, Owner};
use super::lock::{self, Lock, Locking};
use crate::{Key, Origin, StoreError, Submission, TaskToken};

pub(super) struct DirectorySubmission {
    folder: Folder,
    lock: Lock,
}

impl DirectorySubmission {
    /// Puts a submission on record; it is durable when this returns.
    pub(super) fn begin(root: &Path, origin: &Origin) -> Result<Self, StoreError> {
        let cannot = |error| refused("note that a task is about to be submitted", &error);
        let folder = Folder::new(root, Key::of_submission(&origin.submission));
        if folder.contents().map_err(cannot)?.is_some() {
            return Err(StoreError::new("knows this submission already; submit with an origin of its own"));
        }
        folder.make(&Owner::Submission(origin.clone())).map_err(cannot)?;
        match lock::take(&folder.lock()).map_err(cannot)? {
            Locking::Held(lock) => Ok(Self { folder, lock }),
            Locking::Busy | Locking::Missing => {
                Err(StoreError::new("lost the record of a submission to another process; submit again"))
            }
        }
    }
}

impl Submission for DirectorySubmission {
    fn created(self: Box<Self>, token: &TaskToken) -> Result<(), StoreError> {
        let folder = Folder::new(self.folder.root(), token.key());
        let cannot = |error| refused("keep the token of a task", &error);
        let contents = folder.contents().map_err(cannot)?;
        if contents.is_none() {
            folder.make(&Owner::Task(token.clone())).map_err(cannot)?;
        }
        let contents = folder.contents().map_err(cannot)?;
        same_submission(contents.and_then(|contents| contents.owner).as_ref(), token)?;
        // The token is safe. If this fails, or a power failure undoes it, the next one who lists the entries does it.
        let _ = give_up(&self.folder, self.lock, false);
        Ok(())
    }

    fn keep(self: Box<Self>, account: &[u8]) -> Result<(), StoreError> {
        let written =
            write_new(&self.folder.part("account"), account).and_then(|()| sync_directory(self.folder.path()));
        written.map_err(|error| refused("keep the account of a new task", &error))
    }

    fn not_created(self: Box<Self>) -> Result<(), StoreError> {
        give_up(&self.folder, self.lock, true).map_err(|error| refused("remove the record of a submission", &error))
    }
}

/// Gives an entry up that the caller has.
pub(super) fn give_up(folder: &Folder, lock: Lock, durable: bool) -> std::io::Result<()> {
    // Unix moves a folder with an open file in it, and whoever waits for the lock sees that it moved. Elsewhere the system refuses to
    // move it, for the same end.
    let lock = if cfg!(unix) { Some(lock) } else { None };
    let given_up = folder.give_up(durable);
    drop(lock);
    given_up
}

/// Takes away what a crash left of the submission of a task that is known.
pub(super) fn finish(folder: &Folder) -> std::io::Result<()> {
    if !folder.path().try_exists()? {
        return Ok(());
    }
    match lock::take(&folder.lock())? {
        Locking::Held(lock) => give_up(folder, lock, true),
        Locking::Busy | Locking::Missing => Ok(()),
    }
}

/// A vendor may use an identifier again, after a restore of its database for instance. A result of one submission must never be taken for
/// that of another.
pub(super) fn same_submission(owner: Option<&Owner>, token: &TaskToken) -> Result<(), StoreError> {
    match owner {
        Some(owner) if owner.origin().submission == token.origin().submission => Ok(()),
        Some(_) => Err(StoreError::new(
            "has an entry of another submission with the same task id; use the token of that entry, or remove it first",
        )),
        None => Err(damaged()),
    }
}

/// The sentence for an entry that makes no sense.
pub(super) fn damaged() -> StoreError {
    StoreError::new("has a damaged entry of this task; look at its files, and remove it if it can be spared")
}
