//! The structuring API of Haidy-Analyst: four endpoints that begin a task and one that polls it. Built from public
//! documentation; where that is silent, a switch decides. Results come from the rules of [`structuring`](crate::structuring),
//! never from a model. It refuses to download from anywhere but loopback.

mod create;
mod download;
mod ending;
mod legacy;
mod poll;
mod problem;
mod query;
mod request;
mod source;

use http::StatusCode;
use serde::Serialize;

use crate::operation::{Operation, Received};
use crate::reply::Reply;

/// No limit is documented; this is the sandbox's own.
const MOST_BODY: u64 = 512 * 1024 * 1024;
/// A poll has one short field.
const MOST_POLL: u64 = 64 * 1024;

/// The operations of this vendor.
pub(crate) static OPERATIONS: [Operation; 5] = [
    Operation {
        name: "structure",
        method: "POST",
        path: "/v2/structure",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: create::structure,
    },
    Operation {
        name: "structure_fhir",
        method: "POST",
        path: "/v2/structure/fhir",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: create::structure_fhir,
    },
    Operation {
        name: "structure_text",
        method: "POST",
        path: "/v2/structure/text",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: create::structure_text,
    },
    Operation {
        name: "structure_documents_fhir_base64",
        method: "POST",
        path: "/v2/structure/documents/fhir/base64",
        most_body: MOST_BODY,
        refuse: |_, status, details, _| refuse(status, details),
        task: none,
        check: legacy::check,
    },
    Operation {
        name: "tasks",
        method: "POST",
        path: "/v2/tasks",
        most_body: MOST_POLL,
        refuse: |_, status, details, _| refuse(status, details),
        task: poll::task,
        check: poll::check,
    },
];

/// The task is not known before it is made.
fn none(_: &Received) -> Option<String> {
    None
}

/// The vendor's error body, as far as it can be told.
#[derive(Serialize)]
struct Refusal<'a> {
    detail: &'a str,
}

fn refuse(status: StatusCode, details: &str) -> Reply {
    Reply::json(status, &Refusal { detail: details })
}
