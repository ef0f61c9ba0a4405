//! What a line says, in the order in which it says it: the fields of an announcement and of a record, as they are written. What
//! somebody else decides the length of is cut here, so that a line has a longest length.

use std::time::{Duration, SystemTime};

use clinical_http::audit::{AuditOpening, AuditRecord, Outcome};
use clinical_http::{Attempt, AuditId};
use serde::Serialize;

use crate::line::{hex, sha256};

/// How many attempts are listed from the start and from the end of a longer list.
const ATTEMPTS_SHOWN: usize = 128;

/// How many bytes of a vendor's reference are kept, and of a server, whose name nothing but the DNS keeps short.
const MOST: usize = 1_024;

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Entry {
    Opening(Opening),
    Record(Box<Record>),
    Torn(Torn),
    Lost(Lost),
}

/// A call is about to be sent.
#[derive(Serialize)]
pub(crate) struct Opening {
    time: String,
    call: String,
    vendor: &'static str,
    server: String,
    operation: &'static str,
    doctor: Option<String>,
    patient: Option<String>,
}

/// A call ended.
#[derive(Serialize)]
pub(crate) struct Record {
    time: String,
    call: String,
    vendor: &'static str,
    server: String,
    operation: &'static str,
    doctor: Option<String>,
    patient: Option<String>,
    started: String,
    elapsed_us: u64,
    outcome: &'static str,
    error: Option<&'static str>,
    delivery: &'static str,
    status: Option<u16>,
    vendor_reference: Option<String>,
    attempts_made: usize,
    attempts: Vec<AttemptLine>,
    request_bytes: u64,
    request_sha256: Option<String>,
    response_bytes: u64,
}

#[derive(Serialize)]
struct AttemptLine {
    number: u32,
    waited_us: u64,
    queued_us: u64,
    elapsed_us: u64,
    status: Option<u16>,
    failure: Option<&'static str>,
    delivery: &'static str,
    retry_after_us: Option<u64>,
}

/// The line before this one is an unfinished one: its length and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Torn {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

impl Torn {
    pub(crate) fn of(fragment: &[u8]) -> Self {
        Self { bytes: fragment.len() as u64, sha256: hex(&sha256(fragment)) }
    }
}

/// Records that were given up.
#[derive(Debug, Serialize)]
pub(crate) struct Lost {
    time: String,
    records: u64,
}

impl Lost {
    pub(crate) fn now(records: u64) -> Self {
        Self { time: rfc3339(SystemTime::now()), records }
    }
}

// The references of doctor and patient are in these two: nobody prints them.
impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("call", &self.call).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record").field("call", &self.call).finish_non_exhaustive()
    }
}

impl From<&AuditOpening<'_>> for Opening {
    fn from(opening: &AuditOpening<'_>) -> Self {
        Self {
            time: rfc3339(opening.started),
            call: opening.call.to_string(),
            vendor: opening.vendor,
            server: cut(opening.server),
            operation: opening.operation,
            doctor: opening.doctor.map(exposed),
            patient: opening.patient.map(exposed),
        }
    }
}

impl From<&AuditRecord> for Record {
    fn from(record: &AuditRecord) -> Self {
        let (outcome, error) = match record.outcome {
            Outcome::Succeeded => ("succeeded", None),
            Outcome::Failed(kind) => ("failed", Some(kind.as_str())),
            Outcome::Abandoned => ("abandoned", None),
            _ => ("unknown", None),
        };
        let made = record.attempts.len();
        let left_out = ATTEMPTS_SHOWN..made.saturating_sub(ATTEMPTS_SHOWN);
        let listed = record.attempts.iter().enumerate().filter(|(index, _)| !left_out.contains(index));
        Self {
            time: ended(record),
            call: record.call.to_string(),
            vendor: record.vendor,
            server: cut(&record.server),
            operation: record.operation,
            doctor: record.doctor.as_ref().map(exposed),
            patient: record.patient.as_ref().map(exposed),
            started: rfc3339(record.started),
            elapsed_us: micros(record.elapsed),
            outcome,
            error,
            delivery: record.delivery.as_str(),
            status: record.status,
            vendor_reference: record.vendor_reference.as_ref().map(|reference| cut(reference.expose())),
            attempts_made: made,
            attempts: listed.map(|(_, attempt)| attempt.into()).collect(),
            request_bytes: record.request_bytes,
            request_sha256: record.request_sha256.map(|hash| hex(&hash)),
            response_bytes: record.response_bytes,
        }
    }
}

impl From<&Attempt> for AttemptLine {
    fn from(attempt: &Attempt) -> Self {
        Self {
            number: attempt.number,
            waited_us: micros(attempt.waited),
            queued_us: micros(attempt.queued),
            elapsed_us: micros(attempt.elapsed),
            status: attempt.status,
            failure: attempt.failure.map(clinical_http::ErrorKind::as_str),
            delivery: attempt.delivery.as_str(),
            retry_after_us: attempt.retry_after.map(micros),
        }
    }
}

/// When a call ended, as text.
pub(crate) fn ended(record: &AuditRecord) -> String {
    rfc3339(record.started.checked_add(record.elapsed).unwrap_or(record.started))
}

fn exposed(id: &AuditId) -> String {
    id.expose().to_owned()
}

pub(crate) fn cut(text: &str) -> String {
    let end = (0..=text.len().min(MOST)).rev().find(|end| text.is_char_boundary(*end));
    text[..end.unwrap_or(0)].to_owned()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A clock that is set before 1970 or after 9999 gives the nearest time that can be written: it must not cost the record.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let last = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(253_402_300_799));
    let time = time.clamp(SystemTime::UNIX_EPOCH, last.unwrap_or(time.max(SystemTime::UNIX_EPOCH)));
    humantime::format_rfc3339_micros(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_a_wrong_clock_are_written_too() {
        let day = Duration::from_secs(86_400);
        assert_eq!(rfc3339(SystemTime::UNIX_EPOCH - day), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(SystemTime::UNIX_EPOCH + day * 4_000_000), "9999-12-31T23:59:59.000000Z");
        let time = SystemTime::UNIX_EPOCH + Duration::new(1_767_225_600, 123_456_789);
        assert_eq!(rfc3339(time), "2026-01-01T00:00:00.123456Z");
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(cut("run-1"), "run-1");
        assert_eq!(cut(&"x".repeat(2_000)).len(), 1_024);
        assert_eq!(cut(&format!("x{}", "ñ".repeat(1_000))).len(), 1_023);
    }
}
