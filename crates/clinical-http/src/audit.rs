//! One record per call: who asked for what, what is known about its delivery, and a fingerprint of
//! what was sent.
//!
//! A record is made for every call, also for one that failed a deadline, found no credential, or
//! whose future was dropped half-way. It holds no content. The references of doctor and patient are
//! in it because that is what an audit trail is for; they are never printed by `Debug`, and a sink
//! takes them with the explicit word `expose`.
//!
//! # What can be read from a trail
//!
//! - *Who sent which patient's data where, when?* [`AuditRecord::doctor`],
//!   [`patient`](AuditRecord::patient), [`server`](AuditRecord::server),
//!   [`started`](AuditRecord::started).
//! - *Was it this text?* The SHA-256 of the body as it was on the wire proves it to whoever still has
//!   the text, and tells nothing to anybody else, unless the text can be guessed.
//! - *What is uncertain?* Records with the delivery `Unknown` or `ResponseLost`, and announcements
//!   without a record, which a crash has left behind. The vendor can be asked by
//!   [`vendor_reference`](AuditRecord::vendor_reference) or time.
//!
//! What a trail cannot say is what the vendor did: it holds what this side saw.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use clinical_transport::CallId;

use crate::{Attempt, AuditId, BoxFuture, Delivery, ErrorKind, Sensitive};

/// A call that is about to begin, as a sink is told of it before anything is sent.
///
/// It says nothing of the content and nothing that only the end of a call can tell. What a sink
/// wants to keep it copies: the call owns it.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuditOpening<'a> {
    /// The call; its [`AuditRecord`] bears the same name.
    pub call: CallId,
    /// When the call began, by the wall clock.
    pub started: SystemTime,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The server that the call is for, as in [`AuditRecord::server`].
    pub server: &'a str,
    /// The operation's name.
    pub operation: &'static str,
    /// The doctor, as given.
    pub doctor: Option<&'a AuditId>,
    /// The patient, as given.
    pub patient: Option<&'a AuditId>,
}

/// Why a sink does not let a call begin.
///
/// The caller sees it as an error of the kind [`Audit`](ErrorKind::Audit) with nothing sent, so
/// write it for the person who runs the system: which store, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRefusal {
    pub(crate) reason: Cow<'static, str>,
}

impl AuditRefusal {
    /// A refusal. `reason` completes the sentence "the audit trail ...", says what to do, and holds
    /// no data of a call.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }
}

impl std::fmt::Display for AuditRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the audit trail {}", self.reason)
    }
}

/// How a call ended.
///
/// It says how the *call* ended, not what the vendor did: a failed or abandoned call may well have
/// been processed. For that, look at the delivery beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The vendor's answer was received and understood.
    Succeeded,
    /// The call returned an error of this kind.
    Failed(ErrorKind),
    /// The caller dropped the call before it ended: a time-out of its own, a shutdown, a request
    /// that its own client gave up.
    Abandoned,
}

/// What happened in one call.
///
/// Metadata only: no part of the request or of the answer. What identifies people or work (the two
/// references, the vendor's identifier) is wrapped, so that `Debug` of a record may go into a log.
///
/// An attempt that was under way when the caller dropped the call is not in
/// [`attempts`](Self::attempts), because it never ended; [`delivery`](Self::delivery),
/// [`status`](Self::status) and the two byte counts include it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuditRecord {
    /// The call.
    pub call: CallId,
    /// When the call began, by the wall clock.
    pub started: SystemTime,
    /// How long it took, waiting included, by the client's monotonic clock.
    pub elapsed: Duration,
    /// The vendor's name.
    pub vendor: &'static str,
    /// The server that the call was for: scheme, host and port of the base address, such as
    /// `https://codify.example:443` or `http://127.0.0.1:4711`. The port is always there, an IPv6
    /// host stands in brackets, and there is no path. A proxy on the way is not named. All records
    /// of a client share the text.
    pub server: Arc<str>,
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
    /// Every attempt that ended, in order. Empty if the call ended before the first.
    pub attempts: Vec<Attempt>,
    /// Bytes of the request body that the last attempt handed to the connection.
    pub request_bytes: u64,
    /// SHA-256 of the last request body that was handed over whole, as it was on the wire; `None`
    /// if no attempt got so far, or if the operation has no body.
    pub request_sha256: Option<[u8; 32]>,
    /// Bytes of the body of the last attempt's answer that were received; 0 of an attempt that was
    /// abandoned half-way.
    pub response_bytes: u64,
}

/// Takes audit records. A call is announced before anything of it is sent, and recorded once,
/// however it ends.
///
/// The two halves are what makes a trail complete: an announcement without a record is a call
/// during which the process died, and its delivery has to be found out at the vendor. Both bear the
/// same [`CallId`].
///
/// A sink shared by several clients is told of their calls in any order and from any thread.
///
/// A sink that lets nothing begin once its store is full:
///
/// ```
/// # use clinical_http::testing::ScriptedTransport;
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
/// use clinical_http::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink};
/// use clinical_http::{BoxFuture, Delivery, ErrorKind};
///
/// struct Full;
///
/// impl AuditSink for Full {
///     fn open<'a>(&'a self, _: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
///         Box::pin(async { Err(AuditRefusal::new("has no room left; free some and try again")) })
///     }
///
///     fn record(&self, record: AuditRecord) {
///         // Comes all the same, so that the attempt to call is on record where there is room.
///         assert_eq!(record.attempts.len(), 0);
///     }
/// }
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// # let transport = ScriptedTransport::default();
/// let client = Client::builder(&VENDOR, base).audit(Full)
/// #     .transport(transport.clone())
///     .build()?;
/// let error = client.send_raw(Call::new(&READ)).await.unwrap_err();
/// assert_eq!((error.kind(), error.delivery()), (ErrorKind::Audit, Delivery::NotSent));
/// # assert!(transport.requests().is_empty());
/// # Ok(())
/// # }
/// ```
pub trait AuditSink: Send + Sync + 'static {
    /// A call is about to begin: nothing was sent, and no credential was fetched. A sink that
    /// writes down the announcement can tell after a crash which calls have no record. By default
    /// every call may begin.
    ///
    /// # Errors
    ///
    /// A refusal ends the call with [`Audit`](ErrorKind::Audit) and nothing is sent.
    /// [`record`](Self::record) is called all the same.
    ///
    /// # Delivery
    ///
    /// Nothing of the call has been sent while this runs; its time counts towards the call's total.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped with the call, and when the call's total deadline passes (the call
    /// then ends with [`Audit`](ErrorKind::Audit) too). [`record`](Self::record) still comes: an
    /// implementation must bear the record of a call whose announcement it did not finish writing.
    fn open<'a>(&'a self, opening: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        let _ = opening;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Takes the one record of a call. Called inline at its end, so a sink that writes somewhere
    /// slow must hand over. It cannot fail towards the caller, because the call is over: a sink
    /// that could not keep a record should refuse the next [`open`](Self::open). It must not panic,
    /// because it is also called while a dropped call is cleaned up.
    fn record(&self, record: AuditRecord);
}
