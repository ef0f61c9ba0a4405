//! The one way out of a running call: an observer is told what happens and can change nothing.

use std::time::Duration;

use crate::Attempt;

/// Something that happened during a call. Carries no data of the request or the answer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// An attempt is about to be sent; numbers count from 1.
    AttemptStarted {
        /// The operation's name.
        operation: &'static str,
        /// The attempt's number.
        number: u32,
    },
    /// An attempt is over.
    AttemptEnded {
        /// The operation's name.
        operation: &'static str,
        /// What happened.
        attempt: &'a Attempt,
    },
    /// The client waits before the next attempt.
    Waiting {
        /// The operation's name.
        operation: &'static str,
        /// How long it will wait.
        delay: Duration,
        /// Whether the vendor asked for the wait with a `Retry-After`.
        asked_by_vendor: bool,
    },
}

/// Watches calls: progress displays, counters, tests. Called inline from the call's task, so it must return at once.
pub trait Observer: Send + Sync + 'static {
    /// Is told of one event.
    fn on_event(&self, event: Event<'_>);
}
