#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod attempt;
pub mod audit;
mod backoff;
mod base_url;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod body;
mod budget;
mod builder;
mod call;
mod classify;
mod client;
mod clock;
mod connection;
mod context;
pub mod credential;
mod deadline;
mod delivery;
mod error;
mod exchange;
mod file;
mod gate;
mod guard;
mod headers;
mod observer;
mod operation;
mod progress;
mod random;
mod rate;
mod read;
mod request;
mod reqwest_transport;
mod retry;
mod retry_after;
mod run;
mod sensitive;
mod settings;
mod stats;
mod telemetry;
mod tls;
mod trail;
pub mod transport;
mod verdict;

#[cfg(any(test, feature = "testing"))]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use answer::{Answer, VendorReference};
pub use attempt::Attempt;
pub use backoff::{Backoff, Jitter};
pub use base_url::BaseUrl;
pub use body::{Body, BodyLimits};
pub use budget::RetryBudget;
pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use connection::Connection;
pub use context::{AuditId, CallContext};
pub use deadline::Deadlines;
pub use delivery::Delivery;
pub use error::{Error, ErrorKind};
pub use file::{FileFacts, FileSource};
pub use observer::{Counters, Counts, Event, Observer};
pub use operation::{Effect, Method, Operation, RetryHint, Vendor};
pub use rate::RateLimit;
pub use retry::RetryPolicy;
pub use sensitive::Sensitive;
pub use stats::Stats;

/// A boxed future, as the object-safe traits of this crate return it.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
