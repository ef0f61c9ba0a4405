//! The one way out of a running call: an observer is told what happens and can change nothing.
//! [`Counters`] is one that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::audit::Outcome;
use crate::{Attempt, Delivery};

/// Something that happened during a call. Carries no data of the request or the answer.
///
/// In one call: `AttemptStarted` and `AttemptEnded` in turn, perhaps with `Waiting` between, and
/// `CallEnded` last. An attempt that was under way when the caller dropped the call is started and
/// never ended. A call that fails before its first attempt (refused by the audit trail, no
/// credential, no room within its time) has `CallEnded` alone.
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
    /// The client waits before the next attempt: back-off or the vendor's hint. Waiting for the
    /// client's own limits is not told here; see [`Attempt::queued`].
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
        /// What is known about delivery: of a success `Answered`, otherwise the worst of all
        /// attempts.
        delivery: Delivery,
        /// How long it took, waiting included.
        elapsed: Duration,
        /// Bytes of the request body that the last attempt handed to the connection.
        request_bytes: u64,
        /// Bytes of the body of the last answer that were received.
        response_bytes: u64,
    },
}

/// Watches calls: progress displays, counters, tests. Called inline from the call's task, so it
/// must return at once, and it must not panic, because it is also called while a dropped call is
/// cleaned up.
///
/// It is told of all calls of a client at once, from any thread; events do not name their call. To
/// follow one call, use the spans or the audit trail.
///
/// ```
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
/// use clinical_http::{Event, Observer};
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// How long the vendor made us wait, in milliseconds.
/// #[derive(Default)]
/// struct AskedToWait(AtomicU64);
///
/// impl Observer for AskedToWait {
///     fn on_event(&self, event: Event<'_>) {
///         // Events grow over time: the last arm is needed.
///         match event {
///             Event::Waiting { delay, asked_by_vendor: true, .. } => {
///                 let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
///                 self.0.fetch_add(millis, Ordering::Relaxed);
///             }
///             _ => {}
///         }
///     }
/// }
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// # let busy = Step::answer(429, "").header("retry-after", "7");
/// let waits = Arc::new(AskedToWait::default());
/// let client = Client::builder(&VENDOR, base).observer(waits.clone())
/// #     .transport(ScriptedTransport::new([busy, Step::answer(200, "{}")])).clock(JumpingClock::new())
///     .build()?;
/// client.send_raw(Call::new(&READ)).await?;
/// assert!(waits.0.load(Ordering::Relaxed) >= 7_000);
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Is told of one event, after it happened (`AttemptStarted` and `Waiting`: just before). What
    /// it returns or does changes nothing in the call; the time it takes does, because the call
    /// waits for it.
    fn on_event(&self, event: Event<'_>);
}

impl<O: Observer + ?Sized> Observer for Arc<O> {
    fn on_event(&self, event: Event<'_>) {
        (**self).on_event(event);
    }
}

/// Counts calls and attempts, for a metrics exporter to read. Clones share the counts, also over
/// several clients.
///
/// ```
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Effect, Method, Operation, Vendor};
/// use clinical_http::{Client, Counters};
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const CREATE: Operation = Operation::new("create", Method::Post, "/v1/orders", Effect::Unsafe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://orders.example")?;
/// let counters = Counters::new();
/// let client = Client::builder(&VENDOR, base).observer(counters.clone())
/// #     .transport(ScriptedTransport::new([Step::answer(201, "{}"), Step::answer(500, "")]))
///     .build()?;
///
/// client.send_raw(Call::new(&CREATE)).await?;
/// client.send_raw(Call::new(&CREATE)).await.unwrap_err();
/// let counts = counters.counts();
/// // The second may have been done or not: a person has to look.
/// assert_eq!((counts.succeeded, counts.failed, counts.uncertain), (1, 1, 1));
/// # Ok(())
/// # }
/// ```
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

/// What [`Counters`] have counted since they were made. Every number only grows, and starts at zero
/// with the process, as a counter of OpenTelemetry or Prometheus does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Counts {
    /// Calls that returned the vendor's answer.
    pub succeeded: u64,
    /// Calls that returned an error.
    pub failed: u64,
    /// Calls whose future was dropped.
    pub abandoned: u64,
    /// Of the failed and abandoned calls: those whose delivery is `Unknown` or `ResponseLost`, for
    /// a person to look after.
    pub uncertain: u64,
    /// Attempts that ended, of calls that are over and of those that are not.
    pub attempts: u64,
    /// Attempts that ended and were not the first of their call.
    pub repeated: u64,
    /// Attempts that the vendor answered with "too many requests": 429, or 503 with a `Retry-After`.
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
