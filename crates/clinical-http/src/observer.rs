//! The one way out of a running call: an observer is told what happens and can change nothing. [`Counters`] is one that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::audit::Outcome;
use crate::{Attempt, Delivery};

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
    /// A call is over, also one that was dropped half-way. Comes once for each call, last.
    CallEnded {
        /// The operation's name.
        operation: &'static str,
        /// How it ended.
        outcome: Outcome,
        /// What is known about delivery: of a success `Answered`, otherwise the worst of all attempts.
        delivery: Delivery,
        /// How long it took, waiting included.
        elapsed: Duration,
        /// Bytes of the request body that the last attempt handed to the connection.
        request_bytes: u64,
        /// Bytes of the body of the last answer that were received.
        response_bytes: u64,
    },
}

/// Watches calls: progress displays, counters, tests. Called inline from the call's task, so it must return at once, and it must
/// not panic, because it is also called while a dropped call is cleaned up.
pub trait Observer: Send + Sync + 'static {
    /// Is told of one event.
    fn on_event(&self, event: Event<'_>);
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn on_event(&self, event: Event<'_>) {
        (**self).on_event(event);
    }
}

/// Counts calls and attempts, for a metrics exporter to read. Clones share the counts, also over several clients.
#[derive(Debug, Clone, Default)]
pub struct Counters {
    totals: Arc<Totals>,
}

#[derive(Debug, Default)]
struct Totals {
    succeeded: AtomicU64,
    failed: AtomicU64,
    abandoned: AtomicU64,
    uncertain: AtomicU64,
    attempts: AtomicU64,
    repeated: AtomicU64,
    throttled: AtomicU64,
}

/// What [`Counters`] have counted since they were made. Every number only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that returned the vendor's answer.
    pub succeeded: u64,
    /// Calls that returned an error.
    pub failed: u64,
    /// Calls whose future was dropped.
    pub abandoned: u64,
    /// Of the failed and abandoned calls: those whose delivery is `Unknown` or `ResponseLost`, for a person to look after.
    pub uncertain: u64,
    /// Attempts that ended.
    pub attempts: u64,
    /// Attempts that ended and were not the first of their call.
    pub repeated: u64,
    /// Attempts that the vendor answered with "too many requests".
    pub throttled: u64,
}

impl Counters {
    /// All at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts at this moment. Numbers that are counted meanwhile may be in it or not.
    pub fn counts(&self) -> Counts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let totals = &*self.totals;
        Counts {
            succeeded: read(&totals.succeeded),
            failed: read(&totals.failed),
            abandoned: read(&totals.abandoned),
            uncertain: read(&totals.uncertain),
            attempts: read(&totals.attempts),
            repeated: read(&totals.repeated),
            throttled: read(&totals.throttled),
        }
    }
}

impl Observer for Counters {
    fn on_event(&self, event: Event<'_>) {
        let count = |count: &AtomicU64, happened: bool| count.fetch_add(happened.into(), Ordering::Relaxed);
        let totals = &*self.totals;
        match event {
            Event::AttemptEnded { attempt, .. } => {
                count(&totals.attempts, true);
                count(&totals.repeated, attempt.number > 1);
                count(&totals.throttled, attempt.failure == Some(crate::ErrorKind::Throttled));
            }
            Event::CallEnded { outcome, delivery, .. } => {
                let total = match outcome {
                    Outcome::Succeeded => &totals.succeeded,
                    Outcome::Failed(_) => &totals.failed,
                    Outcome::Abandoned => &totals.abandoned,
                };
                count(total, true);
                count(&totals.uncertain, matches!(delivery, Delivery::Unknown | Delivery::ResponseLost));
            }
            Event::AttemptStarted { .. } | Event::Waiting { .. } => {}
        }
    }
}
