//! Waits for many tasks in one place, with little memory for each.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;

use crate::{Claimed, TaskError, TaskToken, Tasks, Update, Watch};

/// Many tasks, waited for together: a stream of what each of them came to, in the order in which they end.
#[must_use = "it asks only while it is polled"]
pub struct WaitMany {
    watches: FuturesUnordered<Ended>,
}

impl std::fmt::Debug for WaitMany {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WaitMany").field("tasks", &self.watches.len()).finish()
    }
}

/// A watch that is only asked for its end.
struct Ended(Watch);

impl Future for Ended {
    type Output = (TaskToken, Result<Claimed, TaskError>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let ended = match std::task::ready!(Pin::new(&mut self.0).poll_next(cx)) {
                Some(Ok(Update::Ended(claimed))) => Ok(*claimed),
                Some(Err(error)) => Err(error),
                Some(Ok(_)) => continue,
                None => Err(TaskError::new(crate::TaskErrorKind::StillRunning, Some(self.0.token().clone()))),
            };
            return Poll::Ready((self.0.token().clone(), ended));
        }
    }
}

impl Stream for WaitMany {
    type Item = (TaskToken, Result<Claimed, TaskError>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut self.watches).poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.watches.len(), Some(self.watches.len()))
    }
}

impl WaitMany {
    /// The next task that has come to an end; `None` when all have.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn next(&mut self) -> Option<(TaskToken, Result<Claimed, TaskError>)> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Tasks {
    /// Waits for many tasks. They are asked after in turn, at most [`Polling::per_second`](crate::Polling::per_second) times a second in all.
    ///
    /// # Delivery
    ///
    /// As [`wait`](Self::wait), for each of them.
    ///
    /// # Cancel safety
    ///
    /// Dropping the stream loses nothing: what has ended is in the store, and the rest can be waited for again.
    pub fn wait_many(&self, tokens: impl IntoIterator<Item = TaskToken>) -> WaitMany {
        WaitMany { watches: tokens.into_iter().map(|token| Ended(Watch::new(self.inner.clone(), token))).collect() }
    }
}
