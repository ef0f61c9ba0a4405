//! What really happened to the tasks, for a test that judges a client: which poll took the result, and how much of the
//! answer left. It keeps ids, statuses and attempt numbers; never a result.

use serde::Serialize;

/// The truth about one task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TaskFacts {
    /// Its id.
    pub id: String,
    /// The operation that made it.
    pub operation: String,
    /// The number of the attempt that made it, as in the journal.
    pub created_by_attempt: u64,
    /// Where it stands at the moment of asking. A task that was taken keeps its last status.
    pub status: String,
    /// The polls that were processed, in order. Of more than 256 the oldest that showed no end are left out.
    pub polls: Vec<PollFacts>,
    /// Polls that are no longer listed.
    pub polls_left_out: u64,
    /// Whether its result is destroyed.
    pub consumed: bool,
}

/// The truth about one poll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PollFacts {
    /// The number of the attempt, as in the journal.
    pub attempt: u64,
    /// The status in its answer; `None` where the answer is that there is no such task.
    pub status_sent: Option<String>,
    /// Whether the answer is the end of the task: DONE or FAILED.
    pub terminal: bool,
    /// Whether the first byte of this answer was handed to the system. Exact for the end of a task and for an answer
    /// that a fault spoils; another whole answer counts when it is handed to the HTTP library.
    pub first_byte_sent: bool,
    /// The same of the last byte of its body. Handed to the system is not received: only the client knows that.
    pub whole_body_sent: bool,
}
