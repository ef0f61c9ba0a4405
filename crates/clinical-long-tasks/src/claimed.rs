//! A last answer, kept.

use bytes::Bytes;
use clinical_http::Sensitive;

use crate::{Entry, TaskToken, Terminal};

/// The last answer about a task, as the vendor sent it, byte for byte. It is in the store already. `Debug` does not show it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Claimed {
    /// The task.
    pub token: TaskToken,
    /// Whether this is the result, the vendor's account of a failure, or something that could not be understood.
    pub terminal: Terminal,
    /// The answer. May hold patients' data.
    pub bytes: Sensitive<Bytes>,
    /// The entry in the store.
    pub entry: Entry,
}
