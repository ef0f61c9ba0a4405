//! The gate in front of every attempt, shared by all clones of a client: a limit on requests in
//! flight, pacing, and the cool-down after the vendor said "too many". Calls pass in the order in
//! which they came, and one that cannot pass in time is turned away at once. Nothing here runs by
//! itself: those who wait keep the time.
//!
//! Who waits stands in one [`Line`](crate::line) and looks by itself whether it may pass: there must
//! be room (requests in flight), the time must have come, and nobody ahead of it may be coming. The time
//! is the latest of three moments: when the window of the rate limit has room, when the cool-down ends,
//! and, after a cool-down, a gap behind the attempt before. Nothing is handed to one who waits, so a
//! call that nobody polls holds up only itself. What comes out is a [`Pass`]: *reserved* while the
//! credential is fetched, *begun* once the attempt is sent, *answered* at the end. A pass that is dropped
//! gives back what it holds, in whichever stage it is.
//!
//! Throttling is counted in *eras*. An attempt belongs to the era in which it began, and each strike
//! ends one. So many attempts that were under way together and all met a 429 are one strike, and a
//! late success of an attempt from before the cool-down does not end it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;

use crate::classify::whole_seconds;
use crate::line::{COMES_WITHIN, Line};
use crate::rate::{Remaining, Window};
use crate::{Clock, Deadlines, Error, ErrorKind, RateLimit, Stats};

/// After a cool-down calls are let through one by one with this much between them, until one is
/// answered: otherwise all that waited would meet the vendor in the same instant.
const GAP: Duration = Duration::from_millis(250);

pub(crate) struct Gate {
    pub(crate) max_in_flight: usize,
    pub(crate) rate: Option<RateLimit>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    window: Window,
    in_flight: u32,
    /// Of those in flight: let through, but not begun, because the credential is still on its way.
    reserved: u32,
    line: Line,
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
        let state = State { window: Window::new(rate), ..State::default() };
        Self { max_in_flight: max_in_flight.max(1), rate, state: Mutex::new(state) }
    }

    /// Waits until an attempt may begin; `spent` tells how much of the call's total has passed.
    /// Dropping the future gives the place in the line back.
    pub(crate) async fn pass<'a>(
        &'a self,
        clock: &'a dyn Clock,
        deadlines: &Deadlines,
        spent: impl Fn() -> Duration,
    ) -> Result<Pass<'a>, Error> {
        let mut place: Option<Place<'_>> = None;
        loop {
            let now = clock.now();
            // Whoever has to wait, and has waited, leaves when it is too late; who can pass at once does.
            if place.is_some() {
                lasts(&mut self.state(), deadlines, spent(), now)?;
            }
            let look = self.state().look(place.as_ref().map(|place| place.ticket), now, self.max_in_flight);
            if look == Look::Passes {
                let queued = place.map_or(Duration::ZERO, |place| now.saturating_sub(place.since));
                return Ok(Pass { gate: self, clock, queued, stage: Stage::Reserved });
            }
            // Looks again once it stands in the line: from then on it is called.
            let Some(place) = &place else {
                place = Some(Place::new(self, clock));
                continue;
            };
            let left = deadlines.left(spent());
            match look {
                Look::Until(wait) => either(clock.sleep(wait.min(left)), place.bell.notified()).await,
                // Room is made by others, not by time: there is nothing for the clock to do but to end it.
                _ => either(tokio::time::sleep(left), place.bell.notified()).await,
            }
        }
    }

    pub(crate) fn stats(&self, now: Duration, retry_tokens: u32) -> Stats {
        let mut state = self.state();
        let reserved = state.reserved;
        Stats {
            in_flight: state.in_flight,
            waiting: u32::try_from(state.line.len()).unwrap_or(u32::MAX),
            cooling: state.cool_until.saturating_sub(now),
            rate_left: state.window.left(now, reserved),
            retry_tokens,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one who waits sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Passes,
    /// Nothing to do before this much time has passed.
    Until(Duration),
    /// As many are in flight as may be.
    NoRoom,
}

impl State {
    fn look(&mut self, ticket: Option<u64>, now: Duration, max_in_flight: usize) -> Look {
        self.line.looks(ticket);
        let opens_at = self.opens_at(now);
        if self.in_flight as usize >= max_in_flight {
            return Look::NoRoom;
        }
        if opens_at > now {
            return Look::Until(opens_at.saturating_sub(now));
        }
        if !self.line.is_first(ticket, now) {
            return Look::Until(COMES_WITHIN);
        }
        (self.in_flight, self.reserved) = (self.in_flight + 1, self.reserved + 1);
        Look::Passes
    }

    /// Somebody left, with whatever the vendor said before: all in the line look. Without anybody there
    /// the clock need not be read.
    fn changed(&mut self, clock: &dyn Clock) {
        if self.line.len() > 0 {
            self.line.call(clock.now());
        }
    }

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
    clock: &'a dyn Clock,
    queued: Duration,
    stage: Stage,
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
    }

    /// Whether the answer is one to a request of this era.
    fn answers(&mut self, state: &mut State, now: Duration, said: Option<Remaining>) -> bool {
        state.window.ends(now, said);
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
        state.changed(self.clock);
    }
}

/// Turns a call away for which the gate opens too late.
fn lasts(state: &mut State, deadlines: &Deadlines, spent: Duration, now: Duration) -> Result<(), Error> {
    let wait = state.shut_until(now).saturating_sub(now);
    if deadlines.allows(spent, wait) {
        return Ok(());
    }
    Err(if wait.is_zero() { full() } else { too_long(wait, state.cool_until > now) })
}

/// A place in the line, given back when it is dropped.
struct Place<'a> {
    gate: &'a Gate,
    clock: &'a dyn Clock,
    ticket: u64,
    bell: Arc<Notify>,
    since: Duration,
}

impl<'a> Place<'a> {
    fn new(gate: &'a Gate, clock: &'a dyn Clock) -> Self {
        let (ticket, bell) = gate.state().line.join();
        Self { gate, clock, ticket, bell, since: clock.now() }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state();
        state.line.leave(self.ticket);
        state.changed(self.clock);
    }
}

/// Waits for the first of two things.
async fn either(first: impl Future<Output = ()>, second: impl Future<Output = ()>) {
    let (mut first, mut second) = (pin!(first), pin!(second));
    poll_fn(|cx| match (first.as_mut().poll(cx), second.as_mut().poll(cx)) {
        (Poll::Pending, Poll::Pending) => Poll::Pending,
        _ => Poll::Ready(()),
    })
    .await;
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
