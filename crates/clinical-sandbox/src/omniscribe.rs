//! The Codify API of Omniscribe: `POST /v1/codify` and `GET /v1/health`. Built from public documentation; where that
//! is silent, a switch decides. Codes come from the rules of [`coding`](crate::coding), never from a model.

mod codify;
mod health;
mod pdf_file;

use http::StatusCode;
use serde::Serialize;

use crate::operation::{Operation, Received};
use crate::reply::Reply;

/// Room for the largest note and PDF, in any JSON spelling.
const MOST_BODY: u64 = 8 * 1024 * 1024;

/// The operations of this vendor.
pub(crate) static OPERATIONS: [Operation; 2] = [
    Operation {
        name: "codify",
        method: "POST",
        path: "/v1/codify",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: codify::check,
    },
    Operation {
        name: "health",
        method: "GET",
        path: "/v1/health",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: health::check,
    },
];

/// This vendor has no tasks.
fn none(_: &Received) -> Option<String> {
    None
}

/// The vendor's error body.
#[derive(Serialize)]
struct Refusal<'a> {
    success: bool,
    error: &'a str,
    details: &'a str,
}

fn refuse(status: StatusCode, details: &str) -> Reply {
    let error = status.canonical_reason().unwrap_or("Error");
    Reply::json(status, &Refusal { success: false, error, details })
}
