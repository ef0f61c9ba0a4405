//! Those who wait at the gate: first come, first served, for as long as they come when they are called.
//!
//! A future that nobody polls cannot come. Nothing is handed to it, so it holds nobody up: who has been
//! called and did not look within [`COMES_WITHIN`] is passed over, and has its old place again as soon
//! as it looks. That is why there is no fair lock or semaphore here: those hand themselves over to the
//! next in the queue, polled or not.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// Who is polled at all looks much sooner; who is not costs those behind it this much, once.
pub(crate) const COMES_WITHIN: Duration = Duration::from_millis(10);

/// How many of those ahead are called by one who finds the gate open when nobody else has noticed.
const CALLED: usize = 16;

#[derive(Debug, Default)]
pub(crate) struct Line {
    waiters: BTreeMap<u64, Waiter>,
    tickets: u64,
}

#[derive(Debug)]
struct Waiter {
    bell: Arc<Notify>,
    /// Since when it has been called and has not looked.
    called: Option<Duration>,
}

impl Waiter {
    fn call(&mut self, now: Duration) {
        if self.called.is_none() {
            self.called = Some(now);
            self.bell.notify_one();
        }
    }

    fn comes(&self, now: Duration) -> bool {
        self.called.is_none_or(|called| now < called.saturating_add(COMES_WITHIN))
    }
}

impl Line {
    pub(crate) fn join(&mut self) -> (u64, Arc<Notify>) {
        self.tickets += 1;
        let bell = Arc::new(Notify::new());
        self.waiters.insert(self.tickets, Waiter { bell: bell.clone(), called: None });
        (self.tickets, bell)
    }

    pub(crate) fn leave(&mut self, ticket: u64) {
        self.waiters.remove(&ticket);
    }

    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// There may be something to take, or a reason to leave: everybody looks. Not only the first few:
    /// they may be the ones that nobody polls.
    pub(crate) fn call(&mut self, now: Duration) {
        self.waiters.values_mut().for_each(|waiter| waiter.call(now));
    }

    /// The one with this ticket looks.
    pub(crate) fn looks(&mut self, ticket: Option<u64>) {
        if let Some(waiter) = ticket.and_then(|ticket| self.waiters.get_mut(&ticket)) {
            waiter.called = None;
        }
    }

    /// Whether nobody who comes is ahead of it; those who may are called. Without a ticket it is behind
    /// all of them.
    pub(crate) fn is_first(&mut self, ticket: Option<u64>, now: Duration) -> bool {
        let ahead = self.waiters.range_mut(..ticket.unwrap_or(u64::MAX)).map(|(_, waiter)| waiter);
        let mut first = true;
        for waiter in ahead.filter(|waiter| waiter.comes(now)).take(CALLED) {
            first = false;
            waiter.call(now);
        }
        first
    }
}
