//! The line of those who want something done, and the one who calls them: so many at once, and questions one after the other.
//!
//! Who waits is a place in a queue and nothing more, because there may be ten thousand; and a place is given to nobody who might not look,
//! because it would be missing to all others. A task of the runtime calls the first who is still there, when there is room and time for him.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::ask::{self, Asked};
use crate::tasks::Inner;
use crate::{Claimed, TaskError, TaskToken};

/// How late a timer may be.
const GRAIN: Duration = Duration::from_millis(20);

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    /// A look at the store, as soon as there is room.
    Look,
    /// A question, in its turn.
    Ask,
}

/// What was done.
pub(crate) enum Had {
    Looked(Result<Option<Claimed>, TaskError>),
    Asked(Result<Asked, TaskError>),
    /// Nothing: the runtime that the line was called by is gone.
    NotBegun,
}

/// One of the two lines of an engine.
#[derive(Default)]
pub(crate) struct Line(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    queue: VecDeque<(TaskToken, oneshot::Sender<Had>)>,
    /// Whether somebody calls.
    called: bool,
    /// When the last question began, by the clock.
    last: Option<Duration>,
}

impl Line {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The first who is still there; the others are forgotten.
    fn first(&mut self) -> Option<(TaskToken, oneshot::Sender<Had>)> {
        std::iter::from_fn(|| self.queue.pop_front()).find(|(_, to)| !to.is_closed())
    }

    fn is_empty(&mut self) -> bool {
        while self.queue.front().is_some_and(|(_, to)| to.is_closed()) {
            self.queue.pop_front();
        }
        self.queue.is_empty()
    }
}

/// Stands in line. Whoever drops the receiver has left it; what has begun is brought to its end all the same.
pub(crate) fn stand(inner: &Arc<Inner>, runtime: &Handle, want: Want, token: &TaskToken) -> oneshot::Receiver<Had> {
    let (to, from) = oneshot::channel();
    let mut waiting = inner.line(want).waiting();
    waiting.queue.push_back((token.clone(), to));
    if !std::mem::replace(&mut waiting.called, true) {
        runtime.spawn(call(inner.clone(), want));
    }
    from
}

/// Calls one after the other until there is none.
async fn call(inner: Arc<Inner>, want: Want) {
    let mut caller = Caller { inner: &inner, want, has_left: false };
    loop {
        let Ok(place) = inner.in_flight.clone().acquire_owned().await else { return };
        if caller.leaves() {
            return;
        }
        if let Some(left) = caller.until_turn() {
            inner.clock.sleep(left).await;
        }
        let Some((token, to)) = caller.next() else { continue };
        let (busy, inner) = (inner.tracker.enter(), inner.clone());
        // A task of its own: it is finished, and what it brings is stored, whoever goes away.
        tokio::spawn(async move {
            let had = match want {
                Want::Look => Had::Looked(ask::look(&inner, &token).await),
                Want::Ask => Had::Asked(ask::ask(&inner, &token).await),
            };
            drop((place, busy));
            let _ = to.send(had);
        });
    }
}

struct Caller<'a> {
    inner: &'a Arc<Inner>,
    want: Want,
    /// Another one may be calling already.
    has_left: bool,
}

impl Caller<'_> {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.inner.line(self.want).waiting()
    }

    /// Ends the calling if nobody is left; whoever comes next finds that nobody calls.
    fn leaves(&mut self) -> bool {
        let mut waiting = self.waiting();
        let leaves = waiting.is_empty();
        waiting.called = !leaves;
        drop(waiting);
        self.has_left = leaves;
        leaves
    }

    /// How long until the next question may begin.
    fn until_turn(&self) -> Option<Duration> {
        let last = self.waiting().last.filter(|_| self.want == Want::Ask)?;
        let left = last.saturating_add(self.inner.polling.gap()).saturating_sub(self.inner.clock.now());
        Some(left).filter(|left| !left.is_zero())
    }

    /// The one whose turn it is. A turn that nobody takes is not used up.
    fn next(&self) -> Option<(TaskToken, oneshot::Sender<Had>)> {
        let mut waiting = self.waiting();
        let first = waiting.first()?;
        let turn = waiting.last.map_or(Duration::ZERO, |last| last.saturating_add(self.inner.polling.gap()));
        // A timer that is late by its own grain does not slow the pace; one that is later is not made up for by a burst.
        waiting.last = Some(turn.max(self.inner.clock.now().saturating_sub(GRAIN)));
        Some(first)
    }
}

impl Drop for Caller<'_> {
    /// Those who are left, because the runtime ends, are told, and stand in line again where they are polled.
    fn drop(&mut self) {
        if self.has_left {
            return;
        }
        let mut waiting = self.waiting();
        waiting.called = false;
        let left = std::mem::take(&mut waiting.queue);
        drop(waiting);
        for (_, to) in left {
            let _ = to.send(Had::NotBegun);
        }
    }
}
