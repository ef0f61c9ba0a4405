//! The gate in front of every attempt, shared by all clones of a client: a limit on requests in flight, pacing, and the cool-down
//! after the vendor said "too many". Calls pass in the order in which they came.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::rate::{Remaining, Window};
use crate::{Clock, Deadlines, Error, ErrorKind, RateLimit, Stats};

/// After a cool-down calls are let through one by one with this much between them, until one is answered: otherwise all that
/// waited would meet the vendor in the same instant.
const GAP: Duration = Duration::from_millis(250);

pub(crate) struct Gate {
    slots: Semaphore,
    /// Whose turn it is to wait for time to pass. Fair: first come, first served.
    turn: tokio::sync::Mutex<()>,
    /// Somebody left, or the vendor said something: the one whose turn it is looks again.
    changed: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    window: Window,
    in_flight: u32,
    waiting: u32,
    cool_until: Duration,
    /// When the latest cool-down was asked for.
    cooled_at: Option<Duration>,
    /// How many requests in a row were throttled, counting those that were under way together as one.
    strikes: u32,
    /// While the client recovers from a cool-down: when the next attempt may begin.
    next_at: Option<Duration>,
}

impl Gate {
    pub(crate) fn new(max_in_flight: usize, rate: Option<RateLimit>) -> Self {
        Self {
            slots: Semaphore::new(max_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            turn: tokio::sync::Mutex::default(),
            changed: Notify::new(),
            state: Mutex::new(State {
                window: Window::new(rate),
                in_flight: 0,
                waiting: 0,
                cool_until: Duration::ZERO,
                cooled_at: None,
                strikes: 0,
                next_at: None,
            }),
        }
    }

    /// Waits until an attempt may begin; `spent` tells how much of the call's total has passed. Dropping the future gives the place in
    /// the queue back.
    pub(crate) async fn pass(
        &self,
        clock: &dyn Clock,
        deadlines: &Deadlines,
        spent: impl Fn() -> Duration,
    ) -> Result<Pass<'_>, Error> {
        let _waiting = Waiting::new(self);
        let slot = match self.slots.try_acquire() {
            Ok(slot) => slot,
            Err(_) => match timeout(deadlines.left(spent()), self.slots.acquire()).await {
                Ok(Ok(slot)) => slot,
                // The semaphore is never closed.
                Ok(Err(_)) | Err(_) => return Err(full()),
            },
        };
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(_) => timeout(deadlines.left(spent()), self.turn.lock()).await.map_err(|_| full())?,
        };
        loop {
            let (wait, cooling) = {
                let mut state = self.state();
                let now = clock.now();
                let opens_at = state.opens_at(now);
                if opens_at <= now {
                    state.begin(now);
                    return Ok(Pass { gate: self, began: now, _slot: slot });
                }
                (opens_at.saturating_sub(now), state.cool_until > now)
            };
            if !deadlines.allows(spent(), wait) {
                return Err(too_long(wait, cooling));
            }
            let mut passes = pin!(clock.sleep(wait));
            let mut changes = pin!(self.changed.notified());
            poll_fn(|cx| match (passes.as_mut().poll(cx), changes.as_mut().poll(cx)) {
                (Poll::Pending, Poll::Pending) => Poll::Pending,
                _ => Poll::Ready(()),
            })
            .await;
        }
    }

    /// Lets nobody through for `wait`.
    pub(crate) fn cool(&self, clock: &dyn Clock, wait: Duration) {
        let mut state = self.state();
        state.cool_until = state.cool_until.max(clock.now().saturating_add(wait));
    }

    pub(crate) fn stats(&self, now: Duration, retry_tokens: u32) -> Stats {
        let mut state = self.state();
        Stats {
            in_flight: state.in_flight,
            waiting: state.waiting,
            cooling: state.cool_until.saturating_sub(now),
            rate_left: state.window.left(now),
            retry_tokens,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn opens_at(&mut self, now: Duration) -> Duration {
        let window = self.window.opens_at(now, self.in_flight);
        window.max(self.cool_until).max(self.next_at.unwrap_or_default())
    }

    fn begin(&mut self, now: Duration) {
        self.window.begins(now);
        self.in_flight += 1;
        self.next_at = self.next_at.map(|_| now.saturating_add(GAP));
    }
}

/// Leave to make one attempt. Dropping it makes room for another.
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    began: Duration,
    _slot: SemaphorePermit<'a>,
}

impl Pass<'_> {
    /// The vendor answered, and not with "too many"; `said` is what it told about its limit. Returns how often it throttled in a row
    /// before, as the other two do.
    pub(crate) fn answered(self, clock: &dyn Clock, said: Option<Remaining>) -> u32 {
        let mut state = self.gate.state();
        state.window.ends(clock.now(), said);
        // A request from before the cool-down does not show that it is over.
        if state.cooled_at.is_none_or(|cooled_at| self.began >= cooled_at) {
            (state.strikes, state.next_at) = (0, None);
        }
        state.strikes
    }

    /// The vendor said "too many".
    pub(crate) fn throttled(self, clock: &dyn Clock, said: Option<Remaining>) -> u32 {
        let mut state = self.gate.state();
        state.window.ends(clock.now(), said);
        // Requests that were under way together are one strike.
        if state.cooled_at.is_none_or(|cooled_at| self.began >= cooled_at) {
            state.strikes = state.strikes.saturating_add(1);
            state.cooled_at = Some(clock.now());
        }
        state.next_at.get_or_insert_default();
        state.strikes
    }

    /// No answer came.
    pub(crate) fn lost(self, clock: &dyn Clock) -> u32 {
        let mut state = self.gate.state();
        state.window.ends(clock.now(), None);
        state.strikes
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.gate.state().in_flight -= 1;
        self.gate.changed.notify_one();
    }
}

/// Somebody who waits, counted until it passes or gives up.
struct Waiting<'a>(&'a Gate);

impl<'a> Waiting<'a> {
    fn new(gate: &'a Gate) -> Self {
        gate.state().waiting += 1;
        Self(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.state().waiting -= 1;
    }
}

fn full() -> Error {
    let message = "the client's limits on requests left no room for this one within its time limit; send fewer at once, or allow more";
    Error::new(ErrorKind::Timeout, message)
}

fn too_long(wait: Duration, cooling: bool) -> Error {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    let message = if cooling {
        format!(
            "the vendor said to slow down, and the next request may begin in {seconds} s, which is past the time limit of this call"
        )
    } else {
        format!("the rate limit allows the next request in {seconds} s, which is past the time limit of this call")
    };
    Error::new(ErrorKind::Throttled, message).with_retry_after(Some(wait))
}
