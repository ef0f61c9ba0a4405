//! What the sandbox needs to know of a vendor's operation, and the table of all of them. A vendor is a module with a
//! list of operations; nothing else of the sandbox changes when one is added.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::journal::AttemptHandle;
use crate::reply::Reply;
use crate::state::State;

/// One operation of a vendor.
#[derive(Debug)]
pub(crate) struct Operation {
    /// Its name in faults, journal, ledger and contract.
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    /// The exact path.
    pub(crate) path: &'static str,
    /// Bodies above so many bytes are not kept.
    pub(crate) most_body: u64,
    /// An error in the vendor's own shape.
    pub(crate) refuse: fn(StatusCode, &str) -> Reply,
    /// The task that a request names, for the journal.
    pub(crate) task: fn(&Received) -> Option<String>,
    /// Checks a request, and may take its body apart. It processes nothing: that is what the returned work does.
    pub(crate) check: fn(&State, &mut Received) -> Result<Work, Reply>,
}

/// A request that has arrived whole. No `Debug`: it holds a patient's text.
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    /// The part of the target behind `?`, as it came.
    pub(crate) query: Option<String>,
    /// The attempt it arrived by.
    pub(crate) attempt: AttemptHandle,
    /// The body; `None` when it is no JSON, or larger than the sandbox keeps.
    pub(crate) json: Option<Value>,
    /// The body was larger than the sandbox keeps.
    pub(crate) too_large: bool,
    /// SHA-256 of operation and canonical content.
    pub(crate) fingerprint: String,
}

/// An accepted request, ready to be processed.
pub(crate) struct Work {
    /// Whether processing it has an effect that the ledger counts.
    pub(crate) counts: bool,
    /// Does it and answers.
    pub(crate) run: Box<dyn FnOnce() -> Reply + Send>,
}

/// Where a request leads.
#[derive(Debug)]
pub(crate) enum Route {
    Operation(&'static Operation),
    /// The path exists, with these methods.
    OtherMethod(String),
    Unknown,
}

fn all() -> impl Iterator<Item = &'static Operation> {
    crate::omniscribe::OPERATIONS.iter().chain(&crate::haidy::OPERATIONS)
}

/// The names of all operations.
pub(crate) fn names() -> Vec<&'static str> {
    all().map(|operation| operation.name).collect()
}

/// Finds the operation for a method and a path; paths are compared as they stand.
pub(crate) fn route(method: &str, path: &str) -> Route {
    let mut others = Vec::new();
    for operation in all().filter(|operation| operation.path == path) {
        if operation.method == method {
            return Route::Operation(operation);
        }
        others.push(operation.method);
    }
    if others.is_empty() { Route::Unknown } else { Route::OtherMethod(others.join(", ")) }
}
