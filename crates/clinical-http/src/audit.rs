//! One record per call: who asked for what, what is known about its delivery, and a fingerprint of what was sent.
//!
//! A record is made for every call, also for one that failed a deadline, found no credential, or whose future was dropped half-way. It
//! holds no content. The references of doctor and patient are in it because that is what an audit trail is for; they are never printed
//! by `Debug`, and a sink takes them with the explicit word `expose`.

use std::time::{Duration, SystemTime};

use crate::{Attempt, AuditId, Delivery, ErrorKind, Sensitive};

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The vendor's answer was received and understood.
    Succeeded,
    /// The call returned an error of this kind.
    Failed(ErrorKind),
    /// The caller dropped the call before it ended.
    Abandoned,
}

/// What happened in one call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuditRecord {
    /// When the call began, by the wall clock.
    pub started: SystemTime,
    /// How long it took, waiting included.
    pub elapsed: Duration,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The operation's name.
    pub operation: &'static str,
    /// The doctor, as given.
    pub doctor: Option<AuditId>,
    /// The patient, as given.
    pub patient: Option<AuditId>,
    /// How it ended.
    pub outcome: Outcome,
    /// What is known about delivery: of a success `Answered`, otherwise the worst of all attempts.
    pub delivery: Delivery,
    /// The last status received; of an abandoned call also one whose body was still on its way.
    pub status: Option<u16>,
    /// The vendor's identifier of the work (run, task, order), if the answer named one.
    pub vendor_reference: Option<Sensitive<String>>,
    /// Every attempt.
    pub attempts: Vec<Attempt>,
    /// Bytes of the request body that the last attempt handed to the connection.
    pub request_bytes: u64,
    /// SHA-256 of the last request body that was handed over whole, as it was on the wire; `None` if no attempt got so far, or if the
    /// operation has no body.
    pub request_sha256: Option<[u8; 32]>,
    /// Bytes of the body of the last attempt's answer that were received.
    pub response_bytes: u64,
}

/// Takes audit records. Called inline at the end of each call, so a sink that writes somewhere slow must hand over.
pub trait AuditSink: Send + Sync + 'static {
    /// Takes one record. It cannot fail towards the caller: the call is over, and a sink that could not keep the record has to say so
    /// by its own means. It must not panic, because it is also called while a dropped call is cleaned up.
    fn record(&self, record: AuditRecord);
}
