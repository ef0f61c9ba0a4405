//! One clinical record: a text, a document, a recording or a transcript. Its content is given in exactly one way, because each
//! constructor takes one.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clinical_http::{Error as HttpError, FileFacts, FileSource, Sensitive};

use crate::Transcript;
use crate::file_kind::FileKind;

const BASE64: &str = "new_records[].source.base64";
const TEXT: &str = "new_records[].source.text";
const URL: &str = "new_records[].source.url";
const RECORD_ID: &str = "new_records[].record_id";

/// One clinical record to be structured. It is checked when it is sent, and can be sent again. `Debug` shows none of its content.
///
/// A document is a PDF, PNG or JPEG, a recording an MP3, WAV, `WebM`, MP4 or M4A. A file from a path is never held in memory: its base64
/// is streamed into the request. What is given by address is downloaded by the vendor, so the address has to be public.
///
/// ```
/// use haidy_analyst::Record;
///
/// let records = [
///     Record::text("Patient presents with headache and fever for 3 days."),
///     Record::document_path("scan.pdf").id("123e4567-e89b-12d3-a456-426614174000"),
///     Record::audio_url("https://files.example/consultation.m4a"),
/// ];
/// # let _ = records;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Record {
    id: Option<Sensitive<String>>,
    source: Source,
}

/// The content of a record. An open enum would let a caller give two contents at once, or none.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Text(Sensitive<String>),
    Url(FileKind, Sensitive<String>),
    File(FileKind, FileSource),
    /// Base64 that was given as text and is none; the rule that it breaks.
    Broken(&'static str),
    Transcript(Transcript),
}

impl Record {
    fn of(source: Source) -> Self {
        Self { id: None, source }
    }

    /// A plain text, not blank.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Source::Text(Sensitive::new(text.into())))
    }

    /// A document that the vendor downloads: `http` or `https`, no user name or password in it.
    pub fn document_url(url: impl Into<String>) -> Self {
        Self::of(Source::Url(FileKind::Document, Sensitive::new(url.into())))
    }

    /// A document in memory.
    pub fn document_bytes(content: impl Into<Bytes>) -> Self {
        Self::of(Source::File(FileKind::Document, FileSource::bytes(BASE64, content)))
    }

    /// A document on disk, streamed.
    pub fn document_path(path: impl Into<PathBuf>) -> Self {
        Self::of(Source::File(FileKind::Document, FileSource::path(BASE64, path)))
    }

    /// A document as base64 (RFC 4648, section 4) without line breaks and without a `data:` prefix.
    pub fn document_base64(text: &str) -> Self {
        Self::of(decode(FileKind::Document, text))
    }

    /// A recording that the vendor downloads: `http` or `https`, no user name or password in it.
    pub fn audio_url(url: impl Into<String>) -> Self {
        Self::of(Source::Url(FileKind::Audio, Sensitive::new(url.into())))
    }

    /// A recording in memory.
    pub fn audio_bytes(content: impl Into<Bytes>) -> Self {
        Self::of(Source::File(FileKind::Audio, FileSource::bytes(BASE64, content)))
    }

    /// A recording on disk, streamed.
    pub fn audio_path(path: impl Into<PathBuf>) -> Self {
        Self::of(Source::File(FileKind::Audio, FileSource::path(BASE64, path)))
    }

    /// A recording as base64 (RFC 4648, section 4) without line breaks and without a `data:` prefix.
    pub fn audio_base64(text: &str) -> Self {
        Self::of(decode(FileKind::Audio, text))
    }

    /// A recording of which there is a transcript; the recording itself is not sent.
    pub fn transcript(transcript: Transcript) -> Self {
        Self::of(Source::Transcript(transcript))
    }

    /// A UUID of the caller's, to find the record again in the result. It is kept in task tokens and shown in errors, so it must not tell
    /// who the patient is.
    pub fn id(mut self, uuid: impl Into<String>) -> Self {
        self.id = Some(Sensitive::new(uuid.into()));
        self
    }

    pub(crate) fn id_ref(&self) -> Option<&str> {
        self.id.as_ref().map(|id| id.expose().as_str())
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Checks everything that can be known without sending it; `number` counts from 1. What is known of its file, if it has one.
    pub(crate) async fn check(&self, number: usize) -> Result<Option<FileFacts>, HttpError> {
        if self.id_ref().is_some_and(|id| !is_uuid(id)) {
            let rule =
                format!("of record {number} is not a UUID; give a form such as 123e4567-e89b-12d3-a456-426614174000");
            return Err(HttpError::invalid(RECORD_ID, rule));
        }
        match &self.source {
            Source::Text(text) if text.expose().trim().is_empty() => {
                let rule =
                    format!("of record {number} is empty or only white space; give a text or leave the record out");
                Err(HttpError::invalid(TEXT, rule))
            }
            Source::Text(_) => Ok(None),
            Source::Url(_, url) => check_url(url.expose()).map(|()| None).map_err(|rule| of_record(URL, number, rule)),
            Source::Broken(rule) => Err(of_record(BASE64, number, rule)),
            Source::Transcript(transcript) => transcript.check(number).map(|()| None),
            Source::File(kind, source) => {
                let facts = source.inspect().await?;
                if facts.is_empty() {
                    return Err(of_record(BASE64, number, "is an empty file; give one with content"));
                }
                if !kind.accepts(facts.head()) {
                    let rule = format!("of record {number} is no {0}; give {0}", kind.formats());
                    return Err(HttpError::invalid(BASE64, rule));
                }
                Ok(Some(facts))
            }
        }
    }
}

fn of_record(field: &'static str, number: usize, rule: &str) -> HttpError {
    HttpError::invalid(field, format!("of record {number} {rule}"))
}

/// Decoded at once and encoded again when it is sent: the alphabet has one spelling for each content, so what is sent is what was given.
fn decode(kind: FileKind, text: &str) -> Source {
    if text.starts_with("data:") {
        return Source::Broken("begins with data:; give the base64 alone, without the prefix up to the comma");
    }
    if text.contains(|c: char| c.is_whitespace()) {
        return Source::Broken("has line breaks or spaces; take them out");
    }
    match STANDARD.decode(text) {
        Ok(content) => Source::File(kind, FileSource::bytes(BASE64, content)),
        Err(_) => Source::Broken("is not base64 of the standard alphabet with its padding; encode the file again"),
    }
}

pub(crate) fn check_url(text: &str) -> Result<(), &'static str> {
    // The URL standard drops tabs and line breaks without a word; the vendor would get them.
    if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Err("contains a space or control character; encode it or copy the address again");
    }
    let url =
        url::Url::parse(text).map_err(|_| "is not a URL; give a form such as https://files.example/report.pdf")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is neither http nor https; give an address that the vendor can download");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("contains a user name or password; give a public address or send the file itself");
    }
    Ok(())
}

/// RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
