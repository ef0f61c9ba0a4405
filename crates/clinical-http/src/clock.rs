//! Time, behind a trait, so that tests of waiting never wait.

use std::time::{Duration, SystemTime};

use crate::BoxFuture;

/// Where the client takes time from and how it waits between attempts.
///
/// Deadlines are measured with [`now`](Clock::now), which is monotonic; the wall clock is used only
/// for audit records and for a `Retry-After` date when the answer itself carries no `Date`.
///
/// Limits *within* an attempt (attempt, stall) do not come from here: they use tokio's timer, which
/// tests pause with `tokio::time::pause`.
pub trait Clock: Send + Sync + 'static {
    /// Monotonic time since an arbitrary origin that does not change during the life of the clock.
    /// It is read several times for each attempt, so it must be cheap.
    fn now(&self) -> Duration;
    /// The wall clock. It may jump, so no limit is ever measured with it.
    fn wall(&self) -> SystemTime;
    /// A future that ends after `duration`, or a little later; never earlier, because a
    /// `Retry-After` would then be undercut. Durations of many years must neither overflow nor
    /// panic.
    ///
    /// # Cancel safety
    ///
    /// Dropping it ends the wait and nothing else.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The real clock: tokio's timer (which follows `tokio::time::pause`) and the system's wall clock.
/// A client has one unless it is given another. Waiting needs a tokio runtime with its timer
/// enabled.
#[derive(Debug)]
pub struct SystemClock {
    origin: tokio::time::Instant,
}

impl SystemClock {
    /// A clock whose origin is now.
    pub fn new() -> Self {
        Self { origin: tokio::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
