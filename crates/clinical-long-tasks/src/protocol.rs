//! What a vendor's crate says about its tasks. Everything else of waiting and claiming is here already.

use clinical_http::{Call, Error};

use crate::TaskToken;

/// How a vendor's tasks are asked for, and how its answers are read.
pub trait Protocol: Send + Sync + 'static {
    /// The call that asks how a task stands. Its effect must be [`ReadOnce`](clinical_http::Effect::ReadOnce) if the answer may carry a result
    /// that is destroyed by reading.
    ///
    /// # Errors
    ///
    /// The token is not of this vendor.
    fn ask(&self, token: &TaskToken) -> Result<Call, Error>;

    /// Reads what a whole answer says of the task. It looks at as little as it can: a result of a new shape is still a result.
    fn read(&self, body: &[u8]) -> Reading;

    /// Whether an error means that the vendor does not know the task (any more).
    fn is_gone(&self, error: &Error) -> bool {
        matches!(error.status(), Some(404 | 410))
    }
}

/// What an answer says of a task.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reading {
    /// It runs.
    InProgress(Status),
    /// It is done, and this answer carries the result.
    Done(Status),
    /// It failed, and this answer says why.
    Failed(Status),
    /// The answer ends too early: what came is the beginning of one.
    Incomplete,
    /// The answer says nothing that could be understood. It may be a result, so it is kept, and the vendor is not asked again.
    Unreadable,
}

/// How a task stands, in the vendor's words.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// The vendor's name of the status: at most 64 visible ASCII characters, else `other`.
    pub name: String,
    /// How much is done, from 0 to 100, if the vendor says it.
    pub percentage: Option<f64>,
    /// Whether the crate knows this status.
    pub known: bool,
}

impl Status {
    /// A status by the vendor's name. A name that could not be shown becomes `other`; a percentage outside of 0 to 100 is none.
    pub fn new(name: &str, percentage: Option<f64>, known: bool) -> Self {
        let plain = !name.is_empty() && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_graphic());
        let name = if plain { name } else { "other" }.to_owned();
        Self {
            name,
            percentage: percentage.filter(|percentage| (0.0..=100.0).contains(percentage)),
            known: known && plain,
        }
    }
}
