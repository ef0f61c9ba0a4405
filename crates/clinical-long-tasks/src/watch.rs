//! Watches one task: asks, tells, waits, until there is a last answer or a reason why there is none.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use clinical_http::{BoxFuture, Error, ErrorKind};
use futures_core::Stream;
use tokio::sync::oneshot;

use crate::ask::{self, Asked};
use crate::line::{self, Had, Want};
use crate::tasks::{Inner, runtime};
use crate::{Claimed, Status, TaskError, TaskErrorKind, TaskToken, Tasks};

/// What a [`Watch`] tells.
#[derive(Debug)]
#[non_exhaustive]
pub enum Update {
    /// The task runs; it is asked after again in about `next`.
    InProgress {
        /// How it stands.
        status: Status,
        /// Until the next question; longer if many tasks are watched.
        next: Duration,
    },
    /// The vendor could not be asked, or turned the question away; nothing was taken, and it is asked again in about `next`.
    Delayed {
        /// Why.
        cause: ErrorKind,
        /// Until the next question.
        next: Duration,
    },
    /// The last answer. It is in the store, and nothing comes after it.
    Ended(Box<Claimed>),
}

/// A task that is watched to its end: a stream of [`Update`]s, the last of which is [`Ended`](Update::Ended) or an error.
///
/// It tells how the task stands before it waits. It does nothing unless it is polled; but a question that has gone out is brought to its end and
/// its answer is stored, whether it is polled again or not. Dropping it loses nothing: watch again with the token.
#[must_use = "a watch asks only while it is polled"]
pub struct Watch {
    inner: Arc<Inner>,
    token: TaskToken,
    step: Step,
    number: u32,
    until: Duration,
    /// There is no time for another question after this one.
    is_last: bool,
    delayed: Option<Error>,
}

enum Step {
    Begin,
    /// In line, and then under way.
    Have(Want, oneshot::Receiver<Had>),
    Wait(BoxFuture<'static, ()>),
    /// The time is over.
    Expired,
    Over,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("token", &self.token).field("asked", &self.number).finish_non_exhaustive()
    }
}

impl Watch {
    pub(crate) fn new(inner: Arc<Inner>, token: TaskToken) -> Self {
        let until = inner.clock.now().saturating_add(inner.polling.limit());
        Self { inner, token, step: Step::Begin, number: 0, until, is_last: false, delayed: None }
    }

    /// The task.
    pub fn token(&self) -> &TaskToken {
        &self.token
    }

    /// The next update; `None` after the last.
    ///
    /// # Delivery
    ///
    /// A question is repeated only if it did not reach the vendor or was turned away.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] with the token, after which nothing comes.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call goes on where this one was.
    pub async fn next(&mut self) -> Option<Result<Update, TaskError>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Waits for the last answer.
    ///
    /// # Delivery
    ///
    /// As [`next`](Self::next).
    ///
    /// # Errors
    ///
    /// A [`TaskError`] with the token.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is lost, and the task can be watched again with its token.
    pub async fn ended(mut self) -> Result<Claimed, TaskError> {
        loop {
            match self.next().await {
                Some(Ok(Update::Ended(claimed))) => return Ok(*claimed),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error),
                // Only if it is polled after its end.
                None => return Err(TaskError::new(TaskErrorKind::StillRunning, Some(self.token))),
            }
        }
    }

    /// Stands in line. The line is not the watch's own: a place that is handed to one who is not polled would be missing to all.
    fn have(&mut self, want: Want) -> Result<(), TaskError> {
        let runtime = runtime().map_err(|error| TaskError::store(error, Some(self.token.clone())))?;
        self.step = Step::Have(want, line::stand(&self.inner, &runtime, want, &self.token));
        Ok(())
    }

    /// Waits for the next question; for the last one at most until the time is over.
    fn wait(&mut self, wait: Duration) {
        if self.is_last {
            self.step = Step::Expired;
            return;
        }
        let left = self.until.saturating_sub(self.inner.clock.now());
        self.is_last = wait >= left;
        let clock = self.inner.clock.clone();
        // Begun when it is polled, which is after the update was told.
        self.step = Step::Wait(Box::pin(async move { clock.sleep(wait.min(left)).await }));
    }

    /// What a question brought, as an update; and the next step.
    fn asked(&mut self, asked: Asked) -> Update {
        self.number = self.number.saturating_add(1);
        let goes_on = !matches!(asked, Asked::Ended(_));
        self.inner.asked(&self.token, goes_on.then_some(self.number));
        let regular = self.inner.polling.wait(self.number, self.inner.chance());
        let update = match asked {
            Asked::Ended(claimed) => {
                self.step = Step::Over;
                return Update::Ended(claimed);
            }
            Asked::InProgress(status) => {
                self.delayed = None;
                Update::InProgress { status, next: regular }
            }
            Asked::TurnedAway(cause) => {
                let (hint, kind) = (ask::hint(&cause), cause.kind());
                let next = regular.max(hint);
                // No question is asked earlier than the vendor wants it, not even the last.
                self.is_last |= hint > self.until.saturating_sub(self.inner.clock.now());
                self.delayed = Some(cause);
                Update::Delayed { cause: kind, next }
            }
            Asked::Busy => {
                self.delayed = None;
                Update::Delayed { cause: ErrorKind::Throttled, next: regular }
            }
        };
        let (Update::InProgress { next, .. } | Update::Delayed { next, .. }) = &update else {
            return update;
        };
        self.wait(*next);
        update
    }

    /// Why there is no result, when the time is over.
    fn expired(&mut self) -> TaskError {
        let token = Some(self.token.clone());
        match self.delayed.take() {
            Some(cause) => TaskError::new(TaskErrorKind::NotConsumed, token).caused_by(cause),
            None => TaskError::new(TaskErrorKind::StillRunning, token),
        }
    }

    fn over<T>(&mut self, error: TaskError) -> Poll<Option<Result<T, TaskError>>> {
        self.step = Step::Over;
        Poll::Ready(Some(Err(error)))
    }
}

impl Stream for Watch {
    type Item = Result<Update, TaskError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            match &mut this.step {
                Step::Over => return Poll::Ready(None),
                Step::Expired => {
                    let error = this.expired();
                    return this.over(error);
                }
                Step::Begin => {
                    let begun = this.inner.check(&this.token).and_then(|()| this.have(Want::Look));
                    if let Err(error) = begun {
                        return this.over(error);
                    }
                }
                Step::Wait(wait) => {
                    ready!(wait.as_mut().poll(cx));
                    if let Err(error) = this.have(Want::Ask) {
                        return this.over(error);
                    }
                }
                Step::Have(want, from) => {
                    let want = *want;
                    let told = match ready!(Pin::new(from).poll(cx)) {
                        Ok(Had::Looked(Ok(Some(claimed)))) => {
                            this.step = Step::Over;
                            Ok(Some(Update::Ended(Box::new(claimed))))
                        }
                        Ok(Had::Looked(Ok(None))) => {
                            let (left, number) = this.inner.due(&this.token);
                            this.number = number;
                            this.wait(left);
                            Ok(None)
                        }
                        Ok(Had::Asked(Ok(asked))) => Ok(Some(this.asked(asked))),
                        Ok(Had::Looked(Err(error)) | Had::Asked(Err(error))) => Err(error),
                        Ok(Had::NotBegun) => this.have(want).map(|()| None),
                        // The runtime ends. The store knows more, and recovery will say it.
                        Err(_) => Err(TaskError::new(TaskErrorKind::PossiblyLost, Some(this.token.clone()))),
                    };
                    match told {
                        Ok(None) => {}
                        Ok(Some(update)) => return Poll::Ready(Some(Ok(update))),
                        Err(error) => {
                            this.inner.asked(&this.token, None);
                            return this.over(error);
                        }
                    }
                }
            }
        }
    }
}

impl Tasks {
    /// Waits for the last answer about a task.
    ///
    /// # Delivery
    ///
    /// A question is repeated only if it did not reach the vendor or was turned away. What it brings is in the store before this returns.
    ///
    /// # Errors
    ///
    /// A [`TaskError`] with the token. Failures to reach the vendor are not among them until the time is over: see [`Update::Delayed`].
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is lost, and the task can be waited for again with its token.
    pub async fn wait(&self, token: &TaskToken) -> Result<Claimed, TaskError> {
        self.watch(token).ended().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watch_is_small_and_shares_its_token() {
        assert_eq!(size_of::<TaskToken>(), size_of::<usize>());
        assert!(size_of::<Watch>() <= 80, "{} bytes", size_of::<Watch>());
    }
}
