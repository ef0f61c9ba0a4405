//! Draws the faults of the network: what goes wrong with an answer, on which call, before or after the vendor's side has done its work. It draws no
//! lie: a 429 or a 503 with a hint says "not processed", so it is never played on something that was.

use clinical_sandbox::{ErrorBody, Fault, FaultKind, RetryAfter};
use fastrand::Rng;

/// A fault on one of the first calls of this operation.
pub(super) fn fault(rng: &mut Rng, operation: &str) -> Fault {
    let (kind, after_commit) = kind(rng);
    let calls = if operation == "tasks" { 5 } else { 2 };
    let fault = Fault::new(kind).on(operation).nth(rng.u64(1..=calls));
    if after_commit { fault.after_commit() } else { fault }
}

/// A create that is turned down, for certain.
pub(super) fn denial_of(rng: &mut Rng, operation: &str) -> Fault {
    Fault::new(denial(rng)).on(operation).nth(1)
}

fn kind(rng: &mut Rng) -> (FaultKind, bool) {
    match rng.u32(0..100) {
        0..14 => (refusal(rng), false),
        14..24 => (failure(rng), rng.bool()),
        24..28 => (denial(rng), false),
        28..36 => (FaultKind::ResetBeforeResponse, rng.bool()),
        36..40 => (FaultKind::NoAnswer, rng.bool()),
        40..44 => (FaultKind::StopReading { bytes: rng.u64(0..40) }, false),
        44..47 => (FaultKind::AcceptThenClose, false),
        47..51 => (FaultKind::Latency { millis: rng.u64(1..30) }, rng.bool()),
        51..58 => (FaultKind::ResetAfterHeaders, false),
        58..70 => (FaultKind::ResetAfterBody { bytes: place(rng) }, false),
        70..78 => (FaultKind::TruncatedBody { bytes: place(rng) }, false),
        78..82 => (FaultKind::ContentLengthTooLong { extra: rng.u64(1..2_000) }, false),
        82..85 => (FaultKind::BadChunk, false),
        85..89 => (FaultKind::StalledBody { bytes: place(rng) }, false),
        89..93 => (FaultKind::DribbledBody { millis: 0 }, false),
        93..95 => (FaultKind::DuplicateKeys, false),
        95..97 => (FaultKind::InvalidJson, false),
        97..98 => (FaultKind::ContentType { value: "text/html".to_owned() }, false),
        _ => (FaultKind::Redirect { status: 307, location: "https://elsewhere.invalid/v2/tasks".to_owned() }, false),
    }
}

/// After how many bytes of a body: at its very beginning, within an account of progress, or within a result.
fn place(rng: &mut Rng) -> u64 {
    match rng.u32(0..10) {
        0 => rng.u64(0..3),
        1..4 => rng.u64(0..300),
        4..9 => rng.u64(0..2_500),
        _ => rng.u64(0..40_000),
    }
}

/// "Not now": nothing was processed.
pub(super) fn refusal(rng: &mut Rng) -> FaultKind {
    let seconds = rng.u64(0..20);
    let hints = [
        RetryAfter::Seconds { seconds },
        RetryAfter::ImfFixdate { seconds },
        RetryAfter::Rfc850 { seconds },
        RetryAfter::Asctime { seconds },
        RetryAfter::Seconds { seconds: 100_000 },
    ];
    let hint = hints[rng.usize(..hints.len())].clone();
    let (status, retry_after) = match rng.u32(0..10) {
        0..3 => (429, hint),
        3..5 => (429, RetryAfter::Absent),
        5 => (429, RetryAfter::Raw { value: "soon".to_owned() }),
        6 => (408, RetryAfter::Absent),
        7 => (425, RetryAfter::Absent),
        _ => (503, hint),
    };
    status_with(rng, status, retry_after)
}

/// "It went wrong": nobody knows how far it had come.
pub(super) fn failure(rng: &mut Rng) -> FaultKind {
    let status = [500, 502, 503, 504][rng.usize(..4)];
    let unreadable = rng.u32(0..4) == 0;
    let hint = if unreadable { RetryAfter::Raw { value: "-3".to_owned() } } else { RetryAfter::Absent };
    status_with(rng, status, hint)
}

/// "Not you", "not so".
pub(super) fn denial(rng: &mut Rng) -> FaultKind {
    let status = [401, 403, 400, 422][rng.usize(..4)];
    status_with(rng, status, RetryAfter::Absent)
}

pub(super) fn status_with(rng: &mut Rng, status: u16, retry_after: RetryAfter) -> FaultKind {
    let body = [ErrorBody::Json, ErrorBody::Html, ErrorBody::Empty][rng.usize(..3)];
    FaultKind::Status { status, body, headers: std::collections::BTreeMap::new(), retry_after }
}
