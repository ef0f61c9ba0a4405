#![doc = include_str!("../README.md")]

mod attempt;
mod base_url;
mod body;
mod call_id;
mod connection;
mod delivery;
mod error;
mod file;
mod file_reader;
mod guard;
mod progress;
mod random;
mod read;
mod request;
mod reqwest_transport;
mod sensitive;
mod tls;
mod transport;

pub use attempt::Attempt;
pub use base_url::BaseUrl;
pub use body::Body;
pub use call_id::CallId;
pub use connection::Connection;
pub use delivery::Delivery;
pub use error::{Error, ErrorKind};
pub use file::{FileFacts, FileProblem, FileSource};
pub use guard::{Expired, guarded, within};
pub use progress::{Progress, later};
pub use random::{Random, unguessable};
pub use read::{End, capped, pieces};
pub use request::{BodyError, SendBody};
pub use reqwest_transport::ReqwestTransport;
pub use sensitive::Sensitive;
pub use transport::{Failure, ResponseBody, Transport, TransportError, TransportRequest, TransportResponse};

/// A boxed future, as the object-safe traits of this crate return it: `Box::pin(async move { ...
/// })`. It must be `Send`, because a call may move between threads wherever it waits.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
