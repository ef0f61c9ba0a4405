//! What happened on the wire: connections, attempts and requests, numbered apart from 1. A test asks it how often a
//! client really called. It keeps names, sizes, hashes and statuses; it never keeps a note, a token or a body.

mod handle;
mod recorder;

use std::fmt;

use serde::Serialize;

pub(crate) use handle::AttemptHandle;
pub(crate) use recorder::{AttemptGuard, Recorder};

/// A copy of the journal at one moment.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Journal {
    /// TCP connections that were accepted.
    pub connections: Vec<Connection>,
    /// Request messages that began to arrive, whether they arrived whole or not. The sandbox's own `/_sandbox` routes
    /// are not among them.
    pub attempts: Vec<Attempt>,
    /// Distinct request contents: a retry is a new attempt of the same request.
    pub requests: Vec<Request>,
    /// Connections, attempts and requests that are no longer listed, because the lists are bounded (20,000 each).
    pub dropped: u64,
}

/// One TCP connection.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Connection {
    /// Counts from 1.
    pub number: u64,
    /// Request messages that began on it.
    pub attempts: u64,
    /// Whether it is over.
    pub closed: bool,
    /// The connection-level fault that was played on it.
    pub fault: Option<String>,
    /// How its TLS handshake ended; `None` while it is under way, and without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handshake: Option<Handshake>,
}

/// How a TLS handshake ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Handshake {
    /// Both sides agreed.
    Done,
    /// One side refused the other, or left.
    Failed,
}

/// One request message.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// Counts from 1.
    pub number: u64,
    /// The connection it arrived on.
    pub connection: u64,
    /// The request it repeats; `None` while its body has not arrived whole.
    pub request: Option<u64>,
    /// The operation, or `unknown` for a path, a method or a message the sandbox does not know.
    pub operation: String,
    /// Virtual milliseconds since the sandbox started.
    pub at_ms: u64,
    /// The names of the headers that were present, lower case, sorted.
    pub headers: Vec<String>,
    /// Bytes of the body that arrived.
    pub body_bytes: u64,
    /// SHA-256 of the raw body in hexadecimal, when it arrived whole.
    pub body_sha256: Option<String>,
    /// The status that was sent, if any byte of an answer was.
    pub status: Option<u16>,
    /// The faults that were played, in order.
    pub faults: Vec<String>,
    /// Whether the vendor's side processed it.
    pub committed: bool,
    /// The task that it made or asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// Whether its answer took the result of that task, which is then destroyed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub consumed: bool,
    /// How it ended.
    pub outcome: Outcome,
    #[serde(skip)]
    pub(crate) audit: Audit,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Not yet.
    Pending,
    /// A whole answer was handed to the connection.
    Answered,
    /// A byte-level fault was played instead of, or on, the answer.
    Faulted,
    /// The request did not arrive whole.
    Cut,
    /// The request arrived, but the peer left before an answer was ready.
    Abandoned,
}

/// One distinct request content.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Request {
    /// Counts from 1.
    pub number: u64,
    /// The operation.
    pub operation: String,
    /// SHA-256 of the operation and the canonical content, in hexadecimal.
    pub fingerprint: String,
    /// The numbers of its attempts; the first 20,000 of them.
    pub attempts: Vec<u64>,
}

/// The audit headers as received: for tests through the library, never for a log or the JSON journal.
#[derive(Clone, Default)]
pub(crate) struct Audit {
    pub(crate) doctor: Option<String>,
    pub(crate) patient: Option<String>,
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Audit(..)")
    }
}

impl Attempt {
    /// The value of `x-doctor`, as received. Left out of `Debug` and of the JSON journal.
    pub fn doctor(&self) -> Option<&str> {
        self.audit.doctor.as_deref()
    }

    /// The value of `x-patient`, as received. Left out of `Debug` and of the JSON journal.
    pub fn patient(&self) -> Option<&str> {
        self.audit.patient.as_deref()
    }
}

impl Journal {
    /// How many TLS handshakes ended so.
    pub fn handshakes(&self, ended: Handshake) -> usize {
        self.connections.iter().filter(|connection| connection.handshake == Some(ended)).count()
    }

    /// The attempts on one operation, in order.
    pub fn attempts_on(&self, operation: &str) -> Vec<&Attempt> {
        self.attempts.iter().filter(|attempt| attempt.operation == operation).collect()
    }

    /// The distinct requests on one operation, in order of their first whole arrival.
    pub fn requests_on(&self, operation: &str) -> Vec<&Request> {
        self.requests.iter().filter(|request| request.operation == operation).collect()
    }
}
