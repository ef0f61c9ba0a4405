//! A PDF for the vendor: from a path, from bytes or from a reader, checked before a byte is sent.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clinical_http::{Error as HttpError, FileFacts, FileSource, Sensitive};

use crate::{Error, Limits};

/// The field of the vendor's contract that errors name.
pub(crate) const FIELD: &str = "pdf_file";

/// A PDF and the file name that the vendor is told.
///
/// From a path it is never held in memory: its base64 is streamed into the request, and read again for a retry. Nothing is read before
/// it is sent. `Debug` shows neither path nor name nor content.
#[derive(Debug, Clone)]
pub struct Pdf {
    source: FileSource,
    filename: Sensitive<String>,
}

impl Pdf {
    /// A file on disk. The vendor is told the last part of the path as the file name; see [`filename`](Pdf::filename) to change it.
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let filename = name_of(&path);
        Self { source: FileSource::path(FIELD, path), filename: filename.into() }
    }

    /// A file in memory, named `document.pdf` unless [`filename`](Pdf::filename) says otherwise.
    pub fn from_bytes(content: impl Into<Bytes>) -> Self {
        Self { source: FileSource::bytes(FIELD, content), filename: Sensitive::new("document.pdf".to_owned()) }
    }

    /// Reads a reader to its end into memory, so that it can be sent more than once; at most the PDF limit of `limits`.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge) beyond the limit, [`InvalidInput`](crate::ErrorKind::InvalidInput) if reading fails. Nothing
    /// was sent.
    ///
    /// # Cancel safety
    ///
    /// What was read of the reader is lost when the future is dropped.
    pub async fn from_reader(reader: impl tokio::io::AsyncRead + Unpin, limits: &Limits) -> Result<Self, Error> {
        let source = FileSource::reader(FIELD, reader, limits.pdf_bytes()).await?;
        Ok(Self { source, filename: Sensitive::new("document.pdf".to_owned()) })
    }

    /// The file name that the vendor is told. Mind that a name may tell who the patient is.
    #[must_use]
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Sensitive::new(name.into());
        self
    }

    pub(crate) fn name(&self) -> &str {
        self.filename.expose()
    }

    /// Checks everything that can be known without sending it.
    pub(crate) async fn check(&self, limits: &Limits) -> Result<FileFacts, Error> {
        let name = self.name();
        if name.is_empty() || name.chars().any(char::is_control) {
            let rule = "has an empty name or one with control characters; give a plain file name";
            return Err(HttpError::invalid(FIELD, rule).into());
        }
        let facts = self.source.inspect().await?;
        if facts.is_empty() {
            return Err(HttpError::invalid(FIELD, "is empty; give a PDF").into());
        }
        // ISO 32000 readers look for the header in the first 1,024 bytes; files with a few stray bytes before it are common.
        if !facts.head().windows(5).any(|window| window == b"%PDF-") {
            let rule = "is not a PDF: there is no %PDF- header in its first 1,024 bytes; give a PDF";
            return Err(HttpError::invalid(FIELD, rule).into());
        }
        let (len, most) = (facts.len(), limits.pdf_bytes());
        if len > most {
            let rule = format!("has {len} bytes; at most {most} are allowed; make it smaller or send fewer pages");
            return Err(HttpError::too_large(FIELD, rule).into());
        }
        Ok(facts)
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "document.pdf".to_owned(), |name| name.to_string_lossy().into_owned())
}
