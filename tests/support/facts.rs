//! What an error or an answer says, as data that a snapshot can hold.

use std::time::Duration;

use omniscribe_codify::{Attempt, Error};
use serde_json::{Value, json};

/// Everything public that an error tells, but the vendor's own text.
pub fn of_error(error: &Error) -> Value {
    json!({
        "kind": error.kind().as_str(),
        "delivery": error.delivery().as_str(),
        "attempts": error.attempts(),
        "status": error.status(),
        "field": error.field(),
        "retry_after": error.retry_after().map(|hint| hint.as_secs()),
        "request_id": error.request_id(),
        "details": error.details().is_some(),
        "body_bytes": error.body().map(|body| body.expose().len()),
        "display": error.to_string(),
    })
}

/// The short form: kind, delivery, attempts.
pub fn brief(error: &Error) -> (&'static str, &'static str, u32) {
    (error.kind().as_str(), error.delivery().as_str(), error.attempts())
}

/// How each attempt ended, in order.
pub fn deliveries(attempts: &[Attempt]) -> Vec<&'static str> {
    attempts.iter().map(|attempt| attempt.delivery.as_str()).collect()
}

/// The waits in milliseconds.
pub fn millis(waits: &[Duration]) -> Vec<u128> {
    waits.iter().map(Duration::as_millis).collect()
}
