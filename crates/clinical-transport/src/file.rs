//! A file that goes into a request: from a path (read anew for every attempt, never held in memory)
//! or from bytes.
//!
//! A file on disk must not change between the check and the last attempt: its length and
//! modification time are compared whenever it is opened and again before its last piece is handed
//! out, and a difference ends the call.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use tokio::io::AsyncReadExt;

use crate::Error;

/// How much of the start of a file [`FileSource::inspect`] reads.
const HEAD: usize = 1024;

/// Where the content of a file comes from. `Debug` shows neither the path nor the content: both may
/// name a patient.
///
/// A path is the right choice for large files: 12 KiB of the file are encoded at a time, whatever
/// its size, and it is read again for every attempt. It must lie still meanwhile; a scanner or copy
/// tool that still writes into it ends the call with
/// [`InvalidInput`](crate::ErrorKind::InvalidInput), before the request is complete.
///
/// ```
/// use clinical_transport::FileSource;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_transport::Error> {
/// let scan = FileSource::bytes("pdf", &b"%PDF-1.7 ..."[..]).inspect().await?;
/// // Looked at before anything is sent: is it what it should be, and not too much?
/// assert!(scan.head().starts_with(b"%PDF-") && scan.len() < 10_000_000);
///
/// let error = FileSource::path("pdf", "/no/such/jane-roe.pdf").inspect().await.unwrap_err();
/// assert_eq!(error.field(), Some("pdf"));
/// assert!(!error.to_string().contains("jane-roe"));
/// # Ok(())
/// # }
/// ```
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
        f.debug_struct("FileSource").field("field", &self.field).field("origin", &origin).finish_non_exhaustive()
    }
}

/// A file that was found readable, with what is known of it. Made by [`FileSource::inspect`].
///
/// Every attempt compares the file with this: the same length and modification time, or the call
/// ends. So a file that was changed on purpose has to be inspected again. `Debug` does not show its
/// content.
#[derive(Debug, Clone)]
pub struct FileFacts {
    source: FileSource,
    len: u64,
    modified: Option<SystemTime>,
    head: crate::Sensitive<Bytes>,
}

impl FileSource {
    /// A file on disk. `field` names it in errors, by its name in the vendor's contract. Nothing is
    /// opened yet.
    pub fn path(field: &'static str, path: impl Into<PathBuf>) -> Self {
        Self { field, origin: Origin::Path(path.into().into()) }
    }

    /// A file in memory, shared by clones and never compared. `field` as for [`path`](Self::path).
    pub fn bytes(field: &'static str, content: impl Into<Bytes>) -> Self {
        Self { field, origin: Origin::Memory(content.into()) }
    }

    /// Reads a whole reader into memory, at most `limit` bytes, so that the file can be sent more
    /// than once.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) if there are more bytes than `limit`,
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if reading fails.
    ///
    /// # Cancel safety
    ///
    /// Not safe: what was read of the reader is lost when the future is dropped.
    pub async fn reader(
        field: &'static str,
        reader: impl tokio::io::AsyncRead + Unpin,
        limit: u64,
    ) -> Result<Self, Error> {
        let mut content = Vec::new();
        let read = reader.take(limit.saturating_add(1)).read_to_end(&mut content).await;
        read.map_err(|error| unreadable(field, error.kind()))?;
        if content.len() as u64 > limit {
            return Err(Error::too_large(field, format!("has more than {limit} bytes; make it smaller or split it")));
        }
        Ok(Self::bytes(field, content))
    }

    /// Finds out the length and the first 1,024 bytes. A file on disk is opened for it and closed
    /// again, off the async threads.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) if the file is missing, is not a regular
    /// file, or cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is changed.
    pub async fn inspect(&self) -> Result<FileFacts, Error> {
        let (len, modified, head) = match &self.origin {
            Origin::Memory(content) => {
                let head = content.slice(..content.len().min(HEAD));
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
                    return Err(Error::invalid(self.field, "is not a regular file; give the path of a file"));
                }
                let file = tokio::fs::File::open(path).await.map_err(failed)?;
                let metadata = file.metadata().await.map_err(failed)?;
                let mut head = Vec::new();
                file.take(HEAD as u64).read_to_end(&mut head).await.map_err(failed)?;
                (metadata.len(), metadata.modified().ok(), Bytes::from(head))
            }
        };
        Ok(FileFacts { source: self.clone(), len, modified, head: head.into() })
    }
}

impl FileFacts {
    /// The length in bytes, as it is on disk; in the request it is a third longer, as base64.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the file has no content.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first bytes, at most 1,024: enough to tell a PDF or a recording from something else. May
    /// hold patients' data.
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
        if same { Ok(()) } else { Err(FileProblem::Changed) }
    }
}

/// Why a file could not be sent although it was readable before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// It is not the file that was inspected any more.
    #[error("changed while it was being sent")]
    Changed,
    /// Reading failed.
    #[error("cannot be read any more")]
    Unreadable(io::ErrorKind),
}

impl From<io::Error> for FileProblem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.kind())
    }
}

impl FileProblem {
    /// The error for the caller; `field` names the file.
    pub fn into_error(self, field: &'static str) -> Error {
        match self {
            Self::Changed => {
                Error::invalid(field, "changed while it was being sent; send it again when it is complete")
            }
            Self::Unreadable(kind) => unreadable(field, kind),
        }
    }
}

fn unreadable(field: &'static str, kind: io::ErrorKind) -> Error {
    let rule = match kind {
        io::ErrorKind::NotFound => "does not exist; check the path".into(),
        io::ErrorKind::PermissionDenied => "cannot be read: permission denied; check its access rights".into(),
        io::ErrorKind::IsADirectory => "is a directory; give the path of a file".into(),
        other => std::borrow::Cow::Owned(format!("cannot be read: {other}; check the file")),
    };
    Error::invalid(field, rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn length_and_head_are_found_out_wherever_the_content_is() {
        for len in [0, 1, 1023, 1024, 1025, 5000] {
            let content = vec![b'x'; len];
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &content).unwrap();
            let limit = len as u64;
            for source in [
                FileSource::path("pdf", file.path()),
                FileSource::bytes("pdf", content.clone()),
                FileSource::reader("pdf", &content[..], limit).await.unwrap(),
            ] {
                let facts = source.inspect().await.unwrap();
                assert_eq!((facts.len(), facts.is_empty()), (limit, len == 0));
                assert_eq!(facts.head(), &content[..len.min(1024)]);
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_readable_file_is_refused_with_field_and_rule() {
        let folder = tempfile::tempdir().unwrap();
        let table = [
            (folder.path().join("none.pdf"), "pdf does not exist; check the path"),
            (folder.path().to_owned(), "pdf is a directory; give the path of a file"),
            (PathBuf::from(""), "pdf does not exist; check the path"),
        ];
        for (path, sentence) in table {
            let error = FileSource::path("pdf", path).inspect().await.unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidInput, Some("pdf")));
            assert_eq!(error.to_string(), format!("{sentence} (nothing was sent)"));
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_device_is_refused_without_being_opened() {
        // Opening a pipe would wait for a writer, reading this device would never end.
        let error = FileSource::path("pdf", "/dev/zero").inspect().await.unwrap_err();
        assert!(error.to_string().contains("is not a regular file"), "{error}");
    }

    #[tokio::test]
    async fn a_reader_is_read_up_to_its_limit_and_one_byte_tells_of_more() {
        for (limit, fits) in [(0, false), (3, false), (4, true), (u64::MAX, true)] {
            let read = FileSource::reader("pdf", &b"abcd"[..], limit).await;
            assert_eq!(read.is_ok(), fits, "{limit}");
            if let Err(error) = read {
                assert_eq!(error.kind(), ErrorKind::TooLarge);
                assert!(error.to_string().contains(&format!("more than {limit} bytes")));
            }
        }
        let endless = FileSource::reader("pdf", tokio::io::repeat(0), 10_000).await;
        assert_eq!(endless.unwrap_err().kind(), ErrorKind::TooLarge);
    }
}
