//! From what was sent to the end of a task: texts are read, documents and recordings are recognised by their first bytes,
//! and the rules of [`structuring`](crate::structuring) make the result. A document that cannot be read fails the task;
//! what holds no text gives an empty record and a note in `additional_info`.

use bytes::Bytes;
use serde_json::{Value, json};

use super::query::Include;
use super::request::Request;
use super::source::{Content, Record, Type};
use crate::coding::pdf::{self, PdfError};
use crate::digest;
use crate::structuring::{self, Input, Kind, Source};
use crate::tasks::Ending;
use crate::tasks::timeline::{Status, Timeline};

/// Documents above this many characters of base64 are not repeated in a result (1 MiB).
const MOST_REPEATED: usize = 1 << 20;

/// Which result is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    Patient,
    Bundle(Include),
}

/// Everything an end is computed from.
pub(super) struct Job {
    pub(super) request: Request,
    pub(super) wanted: Wanted,
    pub(super) plan: Timeline,
    pub(super) seed: u64,
    pub(super) key: String,
    pub(super) created_at: String,
    pub(super) modified_at: String,
}

impl Job {
    /// About what it holds in memory.
    pub(super) fn bytes(&self) -> usize {
        let size = |record: &Record| match &record.content {
            Content::Text(text) | Content::Url(text) => text.len(),
            Content::Bytes { base64, bytes } => base64.len() + bytes.len(),
        };
        self.request.records.iter().map(size).sum()
    }
}

/// What could be read of one record.
struct Reading {
    content_type: &'static str,
    text: Option<String>,
    hash: String,
    note: Option<&'static str>,
}

/// The end of a task whose document or recording cannot be had.
pub(super) fn not_downloaded(plan: Timeline, details: &str) -> Ending {
    failed(plan, Status::DocumentDownloadDone, "Unable to download document from URL", details)
}

fn failed(plan: Timeline, at: Status, error: &str, details: &str) -> Ending {
    Ending { timeline: plan.failing(at), result: None, info: json!({"error": error, "details": details}) }
}

/// Computes the end. `files` has the content of each URL, in order.
pub(super) fn find(job: Job, files: Vec<Bytes>) -> Ending {
    let mut files = files.into_iter();
    let mut readings = Vec::new();
    for record in &job.request.records {
        let read = match &record.content {
            Content::Text(text) => Ok(Reading {
                content_type: "text/plain",
                text: None,
                hash: structuring::content_hash(text.as_bytes()),
                note: None,
            }),
            Content::Url(_) => read(record.source, &files.next().unwrap_or_default()),
            Content::Bytes { bytes, .. } => read(record.source, bytes),
        };
        match read {
            Ok(reading) => readings.push(reading),
            Err((error, details)) => {
                return failed(job.plan, Status::DocumentParsingDone, error, details);
            }
        }
    }
    let (mut sources, mut notes) = (Vec::new(), Vec::new());
    for (index, (record, reading)) in job.request.records.iter().zip(&readings).enumerate() {
        let given = record.id.clone();
        let record_id = given.unwrap_or_else(|| digest::run_id(job.seed, &format!("{} record {index}", job.key)));
        notes.extend(reading.note.map(|note| json!({"record_id": record_id, "note": note})));
        sources.push(source(record, reading, record_id));
    }
    let info = if notes.is_empty() { Value::Null } else { json!({ "notes": notes }) };
    let input = Input {
        sources,
        language: job.request.language,
        options: job.request.options.clone(),
        earlier: job.request.earlier.as_ref(),
        created_at: &job.created_at,
        modified_at: &job.modified_at,
        seed: job.seed,
        key: &job.key,
    };
    let result = match job.wanted {
        Wanted::Patient => structuring::holistic_patient(&input),
        Wanted::Bundle(Include { patient, document_references, data }) => {
            structuring::bundle(&input, patient, document_references, data)
        }
    };
    // A value with string keys and finite numbers: this cannot fail.
    let result = serde_json::to_vec(&result).unwrap_or_default();
    Ending { timeline: job.plan, result: Some(Bytes::from(result)), info }
}

fn source<'a>(record: &'a Record, reading: &'a Reading, record_id: String) -> Source<'a> {
    let kind = match record.source {
        Type::PlainText => Kind::Text,
        Type::Document => Kind::Document { content_type: reading.content_type },
        Type::Audio => Kind::Audio,
    };
    let (text, url, base64) = match &record.content {
        Content::Text(text) => (Some(text.as_str()), None, None),
        Content::Url(url) => (reading.text.as_deref(), Some(url.as_str()), None),
        Content::Bytes { base64, .. } => {
            (reading.text.as_deref(), None, Some(base64.as_str()).filter(|data| data.len() <= MOST_REPEATED))
        }
    };
    Source { record_id, kind, text, url, base64, content_hash: reading.hash.clone() }
}

/// Reads a document or a recording.
///
/// # Errors
///
/// `error` and `details` of the failed task.
fn read(source: Type, bytes: &[u8]) -> Result<Reading, (&'static str, &'static str)> {
    let hash = structuring::content_hash(bytes);
    let empty = |content_type, note| Ok(Reading { content_type, text: None, hash: hash.clone(), note: Some(note) });
    if source == Type::Audio {
        return empty("application/octet-stream", "the sandbox transcribes no recording: send a transcript with it");
    }
    match document_type(bytes) {
        Some("application/pdf") => {}
        Some(picture) => return empty(picture, "the sandbox reads no text in pictures"),
        None => return Err(("Unsupported document format", "the document is no PDF, PNG or JPEG")),
    }
    match pdf::text(bytes) {
        Ok(text) if text.is_empty() => empty("application/pdf", "the PDF has no text that can be read"),
        Ok(text) => Ok(Reading { content_type: "application/pdf", text: Some(text), hash, note: None }),
        Err(PdfError::TooLarge) => empty("application/pdf", "the sandbox reads no PDF of this size"),
        Err(PdfError::Encrypted) => Err(("Unable to parse document", "the PDF is encrypted")),
        Err(_) => Err(("Unable to parse document", "the PDF cannot be read")),
    }
}

/// The media type by the first bytes: the source has no field for it.
pub(super) fn document_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else {
        None
    }
}
