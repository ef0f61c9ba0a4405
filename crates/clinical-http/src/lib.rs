#![doc = include_str!("../README.md")]
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
mod guard;
mod headers;
mod limits;
mod observer;
mod operation;
mod rate;
mod read;
mod retry;
mod retry_after;
mod run;
mod settings;
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
