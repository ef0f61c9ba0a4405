//! The gate in front of every attempt, shared by all clones of a client: a limit on requests in
//! flight, pacing, and the cool-down after the vendor said "too many". Calls pass in the order in
//! which they came, and one that cannot pass in time is turned away at once. Nothing here runs by
//! itself: those who wait keep the time.
//!
//! Three stages, in this order, each first come first served: a *slot* (requests in flight), the
//! *turn* (only one call at a time waits for time to pass, so that the order holds), and the time
//! itself, which is the latest of three moments: when the window of the rate limit has room, when the
//! cool-down ends, and, after a cool-down, a gap behind the attempt before. What comes out is a
//! [`Pass`]: *reserved* while the credential is fetched, *begun* once the attempt is sent, *answered*
//! at the end. A pass that is dropped gives back what it holds, in whichever stage it is.
//!
//! Throttling is counted in *eras*. An attempt belongs to the era in which it began, and each strike
//! ends one. So many attempts that were under way together and all met a 429 are one strike, and a
//! late success of an attempt from before the cool-down does not end it.
//!
//! Two signals wake those who wait: `changed` the one whose turn it is, `shut` everybody, to look
//! whether waiting still makes sense.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::classify::whole_seconds;
use crate::rate::{Remaining, Window};
use crate::{Clock, Deadlines, Error, ErrorKind, RateLimit, Stats};

/// After a cool-down calls are let through one by one with this much between them, until one is
/// answered: otherwise all that waited would meet the vendor in the same instant.
const GAP: Duration = Duration::from_millis(250);

pub(crate) struct Gate {
    pub(crate) max_in_flight: usize,
    pub(crate) rate: Option<RateLimit>,
    slots: Semaphore,
    /// Whose turn it is to wait for time to pass. Fair: first come, first served.
    turn: tokio::sync::Mutex<()>,
    /// Somebody left, or the vendor said something: the one whose turn it is looks again.
    changed: Notify,
    /// The gate was shut for a while: all who queue look whether they can still pass in time.
    shut: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window: Window,
    in_flight: u32,
    /// Of those in flight: let through, but not begun, because the credential is still on its way.
    reserved: u32,
    waiting: u32,
    cool_until: Duration,
    /// How many requests in a row were throttled, counting those that were under way together as one.
    strikes: u32,
    /// Grows with each strike. What a request from an earlier era met says nothing about this one.
    era: u64,
    /// While the client recovers from a cool-down: when the next attempt may begin.
    next_at: Option<Duration>,
}

impl Gate {
    pub(crate) fn new(max_in_flight: usize, rate: Option<RateLimit>) -> Self {
        let max_in_flight = max_in_flight.clamp(1, Semaphore::MAX_PERMITS);
        Self {
            max_in_flight,
            rate,
            slots: Semaphore::new(max_in_flight),
            turn: tokio::sync::Mutex::default(),
            changed: Notify::new(),
            shut: Notify::new(),
            state: Mutex::new(State { window: Window::new(rate), ..State::default() }),
        }
    }

    /// Waits until an attempt may begin; `spent` tells how much of the call's total has passed.
    /// Dropping the future gives the place in the queue back.
    pub(crate) async fn pass(
        &self,
        clock: &dyn Clock,
        deadlines: &Deadlines,
        spent: impl Fn() -> Duration,
    ) -> Result<Pass<'_>, Error> {
        let patience = Patience { clock, deadlines, spent };
        let mut waiting = None;
        let slot = if let Ok(slot) = self.slots.try_acquire() {
            slot
        } else {
            waiting.get_or_insert_with(|| Waiting::new(self, clock));
            // The semaphore is never closed.
            self.queue(self.slots.acquire(), &patience).await?.map_err(|_| full())?
        };
        let _turn = if let Ok(turn) = self.turn.try_lock() {
            turn
        } else {
            waiting.get_or_insert_with(|| Waiting::new(self, clock));
            self.queue(self.turn.lock(), &patience).await?
        };
        loop {
            let now = clock.now();
            let wait = {
                let mut state = self.state();
                let opens_at = state.opens_at(now);
                if opens_at <= now {
                    (state.in_flight, state.reserved) = (state.in_flight + 1, state.reserved + 1);
                    drop(state);
                    let queued = waiting.map_or(Duration::ZERO, |waiting| now.saturating_sub(waiting.since));
                    return Ok(Pass { gate: self, queued, stage: Stage::Reserved, _slot: slot });
                }
                patience.lasts(&mut state)?;
                opens_at.saturating_sub(now).min(patience.left())
            };
            waiting.get_or_insert_with(|| Waiting::new(self, clock));
            either(clock.sleep(wait), self.changed.notified()).await;
        }
    }

    /// Waits for a place in a queue, but no longer than the call has a use for it.
    async fn queue<T>(
        &self,
        place: impl Future<Output = T>,
        patience: &Patience<'_, impl Fn() -> Duration>,
    ) -> Result<T, Error> {
        let mut place = pin!(place);
        loop {
            // Made before the look, so that what happens after it is heard.
            let shut = self.shut.notified();
            patience.lasts(&mut self.state())?;
            let got = timeout(patience.left(), either(place.as_mut(), shut)).await.map_err(|_| full())?;
            if let Some(place) = got {
                return Ok(place);
            }
        }
    }

    pub(crate) fn stats(&self, now: Duration, retry_tokens: u32) -> Stats {
        let mut state = self.state();
        let reserved = state.reserved;
        Stats {
            in_flight: state.in_flight,
            waiting: state.waiting,
            cooling: state.cool_until.saturating_sub(now),
            rate_left: state.window.left(now, reserved),
            retry_tokens,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When another attempt may begin if those under way stay where they are.
    fn opens_at(&mut self, now: Duration) -> Duration {
        let window = self.window.opens_at(now, self.in_flight, self.reserved);
        let after_another =
            self.next_at.filter(|_| self.reserved > 0).map_or(Duration::ZERO, |_| now.saturating_add(GAP));
        window.max(after_another).max(self.shut_until(now))
    }

    /// Before that moment no attempt may begin, whatever becomes of those under way.
    fn shut_until(&mut self, now: Duration) -> Duration {
        self.window.opens_at(now, 0, 0).max(self.cool_until).max(self.next_at.unwrap_or_default())
    }
}

/// Leave to make one attempt. Dropping it makes room for another; once the attempt has begun, that
/// means that no answer came.
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
    queued: Duration,
    stage: Stage,
    _slot: SemaphorePermit<'a>,
}

#[derive(Clone, Copy)]
enum Stage {
    Reserved,
    /// In this era.
    Begun(u64),
    Answered,
}

impl Pass<'_> {
    /// How long it took to get it.
    pub(crate) fn queued(&self) -> Duration {
        self.queued
    }

    /// The attempt begins now; `false` if the gate was shut meanwhile and the attempt has to pass
    /// it again.
    pub(crate) fn begins(&mut self, now: Duration) -> bool {
        let mut state = self.gate.state();
        if state.shut_until(now) > now {
            return false;
        }
        self.stage = Stage::Begun(state.era);
        state.reserved -= 1;
        state.window.begins(now);
        state.next_at = state.next_at.map(|_| now.saturating_add(GAP));
        true
    }

    /// The vendor answered, and not with "too many"; `said` is what it told about its limit.
    pub(crate) fn answered(mut self, now: Duration, said: Option<Remaining>) {
        let mut state = self.gate.state();
        // A request from before the cool-down does not show that it is over.
        if self.answers(&mut state, now, said) {
            (state.strikes, state.next_at) = (0, None);
        }
    }

    /// The vendor said "too many". Nobody passes for as long as `wait` finds right for so many
    /// strikes in a row.
    pub(crate) fn throttled(mut self, now: Duration, said: Option<Remaining>, wait: impl FnOnce(u32) -> Duration) {
        let mut state = self.gate.state();
        // Requests that were under way together are one strike.
        if self.answers(&mut state, now, said) {
            state.strikes = state.strikes.saturating_add(1);
            state.era += 1;
        }
        state.next_at.get_or_insert_default();
        state.cool_until = state.cool_until.max(now.saturating_add(wait(state.strikes)));
        self.gate.shut.notify_waiters();
    }

    /// Whether the answer is one to a request of this era.
    fn answers(&mut self, state: &mut State, now: Duration, said: Option<Remaining>) -> bool {
        state.window.ends(now, said);
        if said.is_some() && state.shut_until(now) > now {
            self.gate.shut.notify_waiters();
        }
        matches!(std::mem::replace(&mut self.stage, Stage::Answered), Stage::Begun(era) if era == state.era)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.in_flight -= 1;
        match self.stage {
            Stage::Reserved => state.reserved -= 1,
            Stage::Begun(_) => state.window.unanswered(),
            Stage::Answered => {}
        }
        self.gate.changed.notify_one();
    }
}

/// How long a call can wait.
struct Patience<'a, S> {
    clock: &'a dyn Clock,
    deadlines: &'a Deadlines,
    spent: S,
}

impl<S: Fn() -> Duration> Patience<'_, S> {
    fn left(&self) -> Duration {
        self.deadlines.left((self.spent)())
    }

    /// Turns a call away for which the gate opens too late.
    fn lasts(&self, state: &mut State) -> Result<(), Error> {
        let now = self.clock.now();
        let wait = state.shut_until(now).saturating_sub(now);
        if self.deadlines.allows((self.spent)(), wait) {
            return Ok(());
        }
        Err(if wait.is_zero() { full() } else { too_long(wait, state.cool_until > now) })
    }
}

/// Somebody who waits, counted until it passes or gives up.
struct Waiting<'a> {
    gate: &'a Gate,
    since: Duration,
}

impl<'a> Waiting<'a> {
    fn new(gate: &'a Gate, clock: &dyn Clock) -> Self {
        gate.state().waiting += 1;
        Self { gate, since: clock.now() }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.gate.state().waiting -= 1;
    }
}

/// Waits for the first of two things; `None` is the second.
async fn either<T>(first: impl Future<Output = T>, second: impl Future<Output = ()>) -> Option<T> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| match first.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => second.as_mut().poll(cx).map(|()| None),
    })
    .await
}

fn full() -> Error {
    let message = "the client's limits on requests left no room for this one within its time limit; send fewer at once, or allow more";
    Error::new(ErrorKind::Timeout, message)
}

fn too_long(wait: Duration, cooling: bool) -> Error {
    let seconds = whole_seconds(wait);
    let when = format!("the next request may begin in {seconds} s, which is past the time limit of this call");
    let message =
        if cooling { format!("the vendor said to slow down: {when}") } else { format!("by the rate limit {when}") };
    Error::new(ErrorKind::Throttled, message).with_retry_after(Some(wait))
}
