//! The sink that clients are given: hands openings and records to the trail's writer, and lets no call begin whose opening is not
//! written. It never waits for a disk on the caller's thread, except when the last clone is dropped.

use std::path::Path;
use std::sync::Arc;

use clinical_http::BoxFuture;
use clinical_http::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink};
use tokio::sync::oneshot;

use crate::queue::{Job, Reply};
use crate::registry::{self, Handle};
use crate::{Error, ErrorKind, Head};

/// When a line counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Durability {
    /// When the operating system has it: it outlives a crash of this process (`kill -9`), and not a power failure.
    #[default]
    Written,
    /// When it is on the disk (fsync): it outlives a power failure as well. Calls that begin at the same time share one fsync.
    Synced,
}

/// The settings of a [`FileAudit`].
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct FileAuditBuilder {
    durability: Durability,
}

impl FileAuditBuilder {
    /// When a line counts as written; by default when the operating system has it.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Opens a trail, or makes it; see [`FileAudit::open`].
    ///
    /// # Errors
    ///
    /// As [`FileAudit::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<FileAudit, Error> {
        let sync = self.durability == Durability::Synced;
        Ok(FileAudit { handle: registry::writer(path.as_ref(), sync)?, durability: self.durability })
    }
}

/// An audit trail in a file, for [`ClientBuilder::audit`](clinical_http::ClientBuilder::audit). Clones share it.
///
/// While the file cannot be written, no call may begin: each is refused with what is wrong and what to do. Records of calls that were
/// under way are kept, up to 8 MiB, and are written as soon as the file takes them; those beyond are counted in [`lost`](Self::lost)
/// and told of in the trail itself. The operating system gets each line before the call goes on ([`Durability`] for more).
///
/// Dropping the last clone waits until everything is written; [`close`](Self::close) does so without holding a thread up, brings it to
/// the disk, and says if it failed.
#[derive(Clone)]
pub struct FileAudit {
    handle: Arc<Handle>,
    durability: Durability,
}

impl std::fmt::Debug for FileAudit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileAudit")
            .field("durability", &self.durability)
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

impl FileAudit {
    /// Opens a trail, or makes it, readable for this user only. A trail that this process has open already, under whatever name, is
    /// shared. An end that a crash left unfinished is closed by a line of the kind `torn`. Reads at most 1 MiB of the file; it blocks
    /// meanwhile, so call it when the program starts.
    ///
    /// # Errors
    ///
    /// [`Unusable`](ErrorKind::Unusable) for a path or permissions, [`InUse`](ErrorKind::InUse) while another process has it,
    /// [`Damaged`](ErrorKind::Damaged) if its end does not verify, [`Version`](ErrorKind::Version), [`Write`](ErrorKind::Write).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open(path)
    }

    /// Opens a trail with other settings than the defaults.
    pub fn builder() -> FileAuditBuilder {
        FileAuditBuilder::default()
    }

    /// The last line that was written. Keep it elsewhere from time to time: given to [`verify`](crate::verify), it shows whether the
    /// trail was cut off or replaced since.
    pub fn head(&self) -> Head {
        self.handle.queue.head()
    }

    /// How many records were given up, because the file could not be written for too long or the trail was closed.
    pub fn lost(&self) -> u64 {
        self.handle.queue.lost()
    }

    /// Waits until everything that was handed over is written.
    ///
    /// # Errors
    ///
    /// [`Write`](ErrorKind::Write) or [`Displaced`](ErrorKind::Displaced): some lines are not written yet; it is tried again later.
    /// [`Closed`](ErrorKind::Closed).
    ///
    /// # Cancel safety
    ///
    /// Can be dropped at any time; everything is written all the same.
    pub async fn flush(&self) -> Result<(), Error> {
        self.ask(|sync, reply| Job::Flush { sync, reply }).await
    }

    /// Writes everything to the disk and closes the file, for all clones. Calls after it are refused, and their records are lost; the
    /// file can be opened again at once.
    ///
    /// # Errors
    ///
    /// [`Write`](ErrorKind::Write) or [`Displaced`](ErrorKind::Displaced): some lines were not written, and are gone.
    /// [`Closed`](ErrorKind::Closed) if it was closed before.
    ///
    /// # Cancel safety
    ///
    /// Can be dropped at any time after it was first polled; the trail is closed all the same.
    pub async fn close(&self) -> Result<(), Error> {
        self.ask(|_, reply| Job::Close { reply: Some(reply) }).await
    }

    async fn ask(&self, job: impl FnOnce(bool, Reply) -> Job + Send) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.handle.queue.push(job(self.durability == Durability::Synced, reply));
        answer.await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Write, "stopped working; restart the program")))
    }
}

impl AuditSink for FileAudit {
    fn open<'a>(&'a self, opening: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        Box::pin(async move {
            let opening = Box::new(opening.into());
            let written = self.ask(|sync, reply| Job::Opening { opening, sync, reply }).await;
            written.map_err(|error| AuditRefusal::new(error.into_reason()))
        })
    }

    fn record(&self, record: AuditRecord) {
        let sync = self.durability == Durability::Synced;
        self.handle.queue.push(Job::Record { record: Box::new(record), sync });
    }
}
