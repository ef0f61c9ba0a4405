#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! | question | type |
//! |---|---|
//! | may this be sent again? | [`Effect`] (declared), [`Delivery`] (observed), [`Error::may_have_been_processed`] |
//! | how often, and after which wait? | [`RetryPolicy`], [`Backoff`], [`RetryBudget`] |
//! | how long may it take? | [`Deadlines`] |
//! | how much at once? | [`RateLimit`], [`ClientBuilder::max_in_flight`], [`BodyLimits`] |
//! | what does the client do at this moment? | [`Client::stats`], [`Counters`], [`Observer`] |
//! | who asked for what, for the record? | [`audit`], [`CallContext`] |
//! | where does the secret come from? | [`credential`] |
//! | whom does it trust, through which proxy? | [`Connection`], [`BaseUrl`] |
//!
//! # A call, step by step
//!
//! 1. It gets its [`CallId`](audit::CallId), and the audit sink is told of it and may refuse it.
//! 2. It waits for a slot, for the rate limit and for the end of a cool-down. If that cannot end in
//!    time, it is turned away at once.
//! 3. The credential is asked for.
//! 4. The request goes out, and its answer is read up to the cap, within the limits of an attempt.
//! 5. What was observed becomes a [`Delivery`]; with the operation's [`Effect`], the policy, the
//!    budget and the time that is left it decides between "again" (from step 2, after a wait) and
//!    "stop".
//! 6. The answer is decoded, or the error gets the account of all attempts.
//! 7. The sink gets the one record, and the observer its last event. This happens also if the
//!    caller drops the future at any step before.
//!
//! # When a call fails
//!
//! The kind of an [`Error`] says what went wrong, its delivery what the vendor may have done. Neither
//! follows from the other; [`Delivery`] shows how to decide by both.
//!
//! | [`ErrorKind`] | from | who can mend it |
//! |---|---|---|
//! | `InvalidInput`, `TooLarge` | a local check; 413 | the caller: [`Error::field`] names the value |
//! | `Rejected` | 400, 422, other 4xx | the caller, with the vendor's words in [`Error::body`] |
//! | `Configuration`, `Audit` | a setting; the audit sink | the operator of this program |
//! | `Credentials`, `Forbidden` | the source, 401; 403 | the operator, with the vendor |
//! | `Connect`, `Tls`, `Redirect` | DNS, TCP, proxy; certificates; 3xx | the operator of the network or server |
//! | `Throttled` | 429, 503 with a hint; the client's own limits | time: [`Error::retry_after`] |
//! | `Timeout`, `Unavailable`, `Interrupted` | a limit, 408, 504; other 5xx; a broken connection | time, mostly |
//! | `ResponseTooLarge`, `Decode` | the cap; an answer of another shape | the author of the vendor's crate |
//!
//! Statuses are those of RFC 9110, section 15, and RFC 6585, section 4 (429).
//!
//! # Writing a client of another vendor
//!
//! A vendor crate declares a [`Vendor`] and, from the vendor's contract and not from the HTTP
//! methods, one [`Operation`] for each endpoint. It checks input locally ([`Error::invalid`]: which
//! field, which rule, what to do, no part of the value), builds a [`Call`] and hands it to
//! [`Client::send`]. Its answers implement [`VendorReference`]. Where the vendor documents a
//! schedule or a limit, the crate sets it on the [`ClientBuilder`] before its user's own settings.
//! It never repeats a call itself: what the core stopped, it stopped for a reason that is in the
//! error.
//!
//! # What is sent
//!
//! Of the header fields (RFC 9110), `Host` and `Content-Length` are set by the HTTP library, and
//! these by the client: `User-Agent`, `Accept: application/json`, `Content-Type: application/json`
//! with a body, the credential's field, and the vendor's two audit fields, if it has them and the
//! call names somebody. Nothing else, and nothing that names the call or the attempt.
//!
//! # Spans and events
//!
//! With `tracing`, under the target `clinical_http`; names are those of OpenTelemetry's semantic
//! conventions for HTTP clients where there is one. Levels: `INFO` for the spans and for each retry,
//! `WARN` for a call that failed and for a token file that has become unusable, `DEBUG` for the start
//! and end of each attempt.
//!
//! | span | fields |
//! |---|---|
//! | `call` | `vendor`, `operation`, `call.id`, `delivery`, `error.type` |
//! | `attempt`, inside it | `http.request.method`, `url.scheme`, `url.template`, `server.address`, `server.port`, `network.protocol.version`, `http.request.resend_count` (not on the first), `http.request.body.size` (bytes), `http.response.status_code`, `delivery`, `error.type` |
//!
//! `error.type` is the name of the [`ErrorKind`], or `abandoned` for a call that was dropped.
//! `url.full`, which the convention asks for, is left out: addresses may hold identifiers. So are all
//! references, secrets, bodies and values of header fields.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod addresses;
mod answer;
pub mod audit;
mod backoff;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod budget;
mod builder;
mod call;
mod classify;
mod client;
mod clock;
mod context;
pub mod credential;
mod deadline;
mod exchange;
mod gate;
mod headers;
mod limits;
mod line;
mod observer;
mod operation;
mod rate;
mod retry;
mod retry_after;
mod run;
mod settings;
mod sink;
mod stats;
mod telemetry;
mod trail;
mod verdict;

#[cfg(any(test, feature = "testing"))]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use answer::{Answer, VendorReference};
pub use backoff::{Backoff, Jitter};
pub use budget::RetryBudget;
pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use context::{AuditId, CallContext};
pub use deadline::Deadlines;
pub use limits::BodyLimits;
pub use observer::{Counters, Counts, Event, Observer};
pub use operation::{Effect, Method, Operation, RetryHint, Vendor};
pub use rate::RateLimit;
pub use retry::RetryPolicy;
pub use sink::AnswerSink;
pub use stats::Stats;

pub use clinical_transport::{
    Attempt, BaseUrl, Body, BoxFuture, Connection, Delivery, Error, ErrorKind, FileFacts, FileSource, Sensitive,
};

/// What carries a request: for another transport than `reqwest`, and for tests.
///
/// A transport is given to a client with [`ClientBuilder::transport`]. It moves bytes and says what
/// a failure means for delivery; retries, limits, credentials and caps stay where they are.
pub mod transport {
    pub use clinical_transport::{
        BodyError, Failure, ResponseBody, SendBody, Transport, TransportError, TransportRequest, TransportResponse,
    };
}
