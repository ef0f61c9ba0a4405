//! A file that goes into a request: from a path (read anew for every attempt, never held in memory) or from bytes.
//!
//! A file on disk must not change between the check and the last attempt: its length and modification time are compared whenever it is
//! opened and again before its last piece is handed out, and a difference ends the call.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use tokio::io::AsyncReadExt;

use crate::Error;

/// How much of the start of a file [`FileSource::inspect`] reads.
const HEAD: u64 = 1024;

/// Where the content of a file comes from. `Debug` shows neither the path nor the content: both may name a patient.
#[derive(Clone)]
pub struct FileSource {
    field: &'static str,
    origin: Origin,
}

#[derive(Clone)]
enum Origin {
    Path(Arc<Path>),
    Memory(Bytes),
}

impl std::fmt::Debug for FileSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let origin = match self.origin {
            Origin::Path(_) => "path",
            Origin::Memory(_) => "memory",
        };
        f.debug_struct("FileSource")
            .field("field", &self.field)
            .field("origin", &origin)
            .finish_non_exhaustive()
    }
}

/// A file that was found readable, with what is known of it. Made by [`FileSource::inspect`].
#[derive(Debug, Clone)]
pub struct FileFacts {
    source: FileSource,
    len: u64,
    modified: Option<SystemTime>,
    head: crate::Sensitive<Bytes>,
}

impl FileSource {
    /// A file on disk. `field` names it in errors.
    pub fn path(field: &'static str, path: impl Into<PathBuf>) -> Self {
        Self {
            field,
            origin: Origin::Path(path.into().into()),
        }
    }

    /// A file in memory.
    pub fn bytes(field: &'static str, content: impl Into<Bytes>) -> Self {
        Self {
            field,
            origin: Origin::Memory(content.into()),
        }
    }

    /// Reads a whole reader into memory, at most `limit` bytes, so that the file can be sent more than once.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) if there are more bytes than `limit`, [`InvalidInput`](crate::ErrorKind::InvalidInput) if
    /// reading fails.
    ///
    /// # Cancel safety
    ///
    /// What was read of the reader is lost when the future is dropped.
    pub async fn reader(
        field: &'static str,
        reader: impl tokio::io::AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Self, Error> {
        let mut content = Vec::new();
        let read = reader
            .take(limit.saturating_add(1))
            .read_to_end(&mut content)
            .await;
        read.map_err(|error| unreadable(field, error.kind()))?;
        if content.len() as u64 > limit {
            return Err(Error::too_large(
                field,
                format!("has more than {limit} bytes; make it smaller or split it"),
            ));
        }
        Ok(Self::bytes(field, content))
    }

    /// Finds out the length and the first 1,024 bytes.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the file is missing, is not a regular file, or cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is changed.
    pub async fn inspect(&self) -> Result<FileFacts, Error> {
        let (len, modified, head) = match &self.origin {
            Origin::Memory(content) => {
                let head = content.slice(..content.len().min(HEAD as usize));
                (content.len() as u64, None, head)
            }
            Origin::Path(path) => {
                let failed = |error: io::Error| unreadable(self.field, error.kind());
                // Looked at before it is opened: opening a named pipe would wait for somebody to write into it.
                let metadata = tokio::fs::metadata(path).await.map_err(failed)?;
                if metadata.is_dir() {
                    return Err(unreadable(self.field, io::ErrorKind::IsADirectory));
                }
                if !metadata.is_file() {
                    return Err(Error::invalid(
                        self.field,
                        "is not a regular file; give the path of a file",
                    ));
                }
                let file = tokio::fs::File::open(path).await.map_err(failed)?;
                let metadata = file.metadata().await.map_err(failed)?;
                let mut head = Vec::new();
                file.take(HEAD)
                    .read_to_end(&mut head)
                    .await
                    .map_err(failed)?;
                (metadata.len(), metadata.modified().ok(), Bytes::from(head))
            }
        };
        Ok(FileFacts {
            source: self.clone(),
            len,
            modified,
            head: head.into(),
        })
    }
}

impl FileFacts {
    /// The length in bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file has no content.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first bytes, at most 1,024.
    pub fn head(&self) -> &[u8] {
        self.head.expose()
    }

    pub(crate) fn memory(&self) -> Option<&Bytes> {
        match &self.source.origin {
            Origin::Memory(content) => Some(content),
            Origin::Path(_) => None,
        }
    }

    pub(crate) fn field(&self) -> &'static str {
        self.source.field
    }

    /// Opens the file for one attempt and makes sure that it is still the one that was inspected.
    pub(crate) async fn open(&self) -> Result<tokio::fs::File, FileProblem> {
        let Origin::Path(path) = &self.source.origin else {
            return Err(FileProblem::Changed);
        };
        self.compare(&tokio::fs::metadata(path).await?)?;
        let file = tokio::fs::File::open(path).await?;
        self.check(&file).await?;
        Ok(file)
    }

    /// Makes sure that an open file is still the one that was inspected.
    pub(crate) async fn check(&self, file: &tokio::fs::File) -> Result<(), FileProblem> {
        self.compare(&file.metadata().await?)
    }

    fn compare(&self, now: &Metadata) -> Result<(), FileProblem> {
        let same = now.is_file() && now.len() == self.len && now.modified().ok() == self.modified;
        if same {
            Ok(())
        } else {
            Err(FileProblem::Changed)
        }
    }
}

/// Why a file could not be sent although it was readable before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileProblem {
    #[error("changed while it was being sent")]
    Changed,
    #[error("cannot be read any more")]
    Unreadable(io::ErrorKind),
}

impl From<io::Error> for FileProblem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.kind())
    }
}

impl FileProblem {
    pub(crate) fn into_error(self, field: &'static str) -> Error {
        match self {
            Self::Changed => Error::invalid(
                field,
                "changed while it was being sent; send it again when it is complete",
            ),
            Self::Unreadable(kind) => unreadable(field, kind),
        }
    }
}

fn unreadable(field: &'static str, kind: io::ErrorKind) -> Error {
    let rule = match kind {
        io::ErrorKind::NotFound => "does not exist; check the path".into(),
        io::ErrorKind::PermissionDenied => {
            "cannot be read: permission denied; check its access rights".into()
        }
        io::ErrorKind::IsADirectory => "is a directory; give the path of a file".into(),
        other => std::borrow::Cow::Owned(format!("cannot be read: {other}; check the file")),
    };
    Error::invalid(field, rule)
}
