//! Draws the faults of the network for creates, of every kind that the sandbox has. It draws no lie: an answer that says "not processed" is never played
//! on something that was.

use clinical_sandbox::{Fault, FaultKind, RetryAfter};
use fastrand::Rng;

use crate::faults::draw::{denial, failure, refusal, status_with};

/// A fault on some of the calls of this operation, now and then on any.
pub(super) fn fault(rng: &mut Rng, operation: &str) -> Fault {
    let (kind, after_commit) = kind(rng);
    let fault = Fault::new(kind).on(if rng.u32(0..8) == 0 { "any" } else { operation });
    let fault = match rng.u32(0..12) {
        0..5 => fault.nth(1),
        5..8 => fault.nth(rng.u64(2..5)),
        8..10 => fault.first(rng.u64(2..5)),
        10 => fault.range(2, rng.u64(2..5)),
        _ => fault.probability(0.5),
    };
    if after_commit { fault.after_commit() } else { fault }
}

fn kind(rng: &mut Rng) -> (FaultKind, bool) {
    match rng.u32(0..100) {
        0..8 => (refusal(rng), false),
        8..16 => (limit(rng), false),
        16..27 => (failure(rng), rng.bool()),
        27..31 => (denial(rng), false),
        31..34 => (certain(rng), false),
        34..43 => (FaultKind::ResetBeforeResponse, rng.bool()),
        43..48 => (FaultKind::NoAnswer, rng.bool()),
        48..53 => (FaultKind::StopReading { bytes: rng.u64(0..40) }, false),
        53..57 => (FaultKind::AcceptThenClose, false),
        57..62 => (FaultKind::Latency { millis: rng.u64(1..140) }, rng.bool()),
        62..67 => (FaultKind::ResetAfterHeaders, false),
        67..73 => (FaultKind::ResetAfterBody { bytes: rng.u64(0..140) }, false),
        73..78 => (FaultKind::TruncatedBody { bytes: rng.u64(0..140) }, false),
        78..81 => (FaultKind::ContentLengthTooLong { extra: rng.u64(1..2_000) }, false),
        81..84 => (FaultKind::BadChunk, false),
        84..88 => (FaultKind::StalledBody { bytes: rng.u64(0..140) }, false),
        88..91 => (FaultKind::DribbledBody { millis: if rng.bool() { 0 } else { rng.u64(0..3) } }, false),
        91..93 => (FaultKind::DuplicateKeys, false),
        93..95 => (FaultKind::InvalidJson, false),
        95..97 => (FaultKind::ContentType { value: "text/html".to_owned() }, false),
        97 => (FaultKind::OversizedBody { mebibytes: 2, chunked: rng.bool() }, false),
        _ => {
            let location = "https://elsewhere.invalid/api/external/patient".to_owned();
            (FaultKind::Redirect { status: [301, 302, 303, 307, 308][rng.usize(..5)], location }, rng.bool())
        }
    }
}

/// The vendor's own "too many requests": the wait is in the body, and perhaps in a header too.
fn limit(rng: &mut Rng) -> FaultKind {
    let retry_after = if rng.bool() { RetryAfter::Absent } else { RetryAfter::Seconds { seconds: rng.u64(0..90) } };
    FaultKind::too_many_requests(retry_after)
}

/// Statuses about the request itself, as the 4xx are.
fn certain(rng: &mut Rng) -> FaultKind {
    let status = [501, 505, 404, 413, 409][rng.usize(..5)];
    status_with(rng, status, RetryAfter::Absent)
}
