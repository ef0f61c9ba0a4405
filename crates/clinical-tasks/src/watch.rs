//! Watches one task: asks, tells, waits, until there is a last answer or a reason why there is none.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use clinical_http::{BoxFuture, Error, ErrorKind};
use futures_core::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinHandle;

use crate::ask::{self, Asked};
use crate::tasks::Inner;
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
    /// Whether the store was looked at.
    looked: bool,
    number: u32,
    until: Duration,
    delayed: Option<Error>,
}

enum Step {
    Begin,
    /// For a place among those under way.
    Queue(BoxFuture<'static, Option<OwnedSemaphorePermit>>),
    /// Whether the store has the last answer already.
    Look(BoxFuture<'static, Result<Option<Claimed>, TaskError>>),
    Wait(BoxFuture<'static, ()>),
    Ask(JoinHandle<Result<Asked, TaskError>>),
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
        Self { inner, token, step: Step::Begin, looked: false, number: 0, until, delayed: None }
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

    /// Looks at the store. Made only when there is a place for it, because it is large, and all that begin together would hold one.
    fn look(&mut self, place: Option<OwnedSemaphorePermit>) {
        let (inner, token) = (self.inner.clone(), self.token.clone());
        self.looked = true;
        self.step = Step::Look(Box::pin(async move {
            let _place = place;
            ask::look(&inner, &token).await
        }));
    }

    /// Waits, then for the turn among all questions.
    fn wait(&mut self, wait: Duration) {
        let inner = self.inner.clone();
        self.step = Step::Wait(Box::pin(async move {
            inner.clock.sleep(wait).await;
            let left = inner.turn().saturating_sub(inner.clock.now());
            if !left.is_zero() {
                inner.clock.sleep(left).await;
            }
        }));
    }

    fn queue(&mut self) {
        let places = self.inner.in_flight.clone();
        self.step = Step::Queue(Box::pin(async move { places.acquire_owned().await.ok() }));
    }

    fn ask(&mut self, place: Option<OwnedSemaphorePermit>) {
        let (inner, token, busy) = (self.inner.clone(), self.token.clone(), self.inner.tracker.enter());
        self.step = Step::Ask(tokio::spawn(async move {
            let asked = ask::ask(&inner, &token).await;
            drop((place, busy));
            asked
        }));
    }

    /// What a question brought, as an update; and the next step.
    fn asked(&mut self, asked: Asked) -> Update {
        self.number = self.number.saturating_add(1);
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
                let next = regular.max(ask::hint(&cause));
                let kind = cause.kind();
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

    /// The time is over. Checked before a question, never during one.
    fn expired(&mut self) -> Option<TaskError> {
        if self.inner.clock.now() < self.until {
            return None;
        }
        let kind = if self.delayed.is_some() { TaskErrorKind::NotConsumed } else { TaskErrorKind::StillRunning };
        let error = TaskError::new(kind, Some(self.token.clone()));
        Some(match self.delayed.take() {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
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
                Step::Begin => {
                    if let Err(error) = this.inner.check(&this.token) {
                        return this.over(error);
                    }
                    this.queue();
                }
                Step::Look(looking) => match ready!(looking.as_mut().poll(cx)) {
                    Ok(Some(claimed)) => {
                        this.step = Step::Over;
                        return Poll::Ready(Some(Ok(Update::Ended(Box::new(claimed)))));
                    }
                    Ok(None) => {
                        let wait = this.inner.polling.wait(0, this.inner.chance());
                        this.wait(wait);
                    }
                    Err(error) => return this.over(error),
                },
                Step::Wait(wait) => {
                    ready!(wait.as_mut().poll(cx));
                    if let Some(error) = this.expired() {
                        return this.over(error);
                    }
                    this.queue();
                }
                Step::Queue(place) => {
                    let place = ready!(place.as_mut().poll(cx));
                    if this.looked { this.ask(place) } else { this.look(place) }
                }
                Step::Ask(asking) => {
                    let asked = match ready!(Pin::new(asking).poll(cx)) {
                        Ok(Ok(asked)) => Ok(this.asked(asked)),
                        Ok(Err(error)) => Err(error),
                        // The runtime ends. The store knows more, and recovery will say it.
                        Err(_) => Err(TaskError::new(TaskErrorKind::PossiblyLost, Some(this.token.clone()))),
                    };
                    match asked {
                        Ok(update) => return Poll::Ready(Some(Ok(update))),
                        Err(error) => return this.over(error),
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
    use std::task::Waker;

    use clinical_http::testing::ScriptedTransport;
    use clinical_http::{BaseUrl, Call, Client, Vendor};

    use super::*;
    use crate::{Origin, Polling, Protocol, Reading};

    static VENDOR: Vendor = Vendor::new("example");

    struct Unasked;

    impl Protocol for Unasked {
        fn ask(&self, _: &TaskToken) -> Result<Call, Error> {
            Err(Error::invalid("task token", "is not to be asked for here"))
        }

        fn read(&self, _: &[u8]) -> Reading {
            Reading::Unreadable
        }
    }

    #[tokio::test(start_paused = true)]
    async fn of_those_that_begin_together_only_as_many_look_as_there_are_places() {
        let base = BaseUrl::parse("https://tasks.example").unwrap();
        let client = Client::builder(&VENDOR, base).transport(ScriptedTransport::new([])).build().unwrap();
        let polling = Polling::default().in_flight(2);
        let tasks = Tasks::builder(client, Unasked).polling(polling).accept_loss().build().unwrap();
        let token = TaskToken::new(Origin::new("example", tasks.client().server(), "make"), "1").unwrap();
        let mut watches: Vec<Watch> = (0..9).map(|_| tasks.watch(&token)).collect();
        let mut cx = Context::from_waker(Waker::noop());
        assert!(watches.iter_mut().all(|watch| Pin::new(watch).poll_next(&mut cx).is_pending()));
        let looking = watches.iter().filter(|watch| matches!(watch.step, Step::Look(_))).count();
        assert_eq!(looking, 2);
    }

    #[test]
    fn a_watch_is_small_and_shares_its_token() {
        assert_eq!(size_of::<TaskToken>(), size_of::<usize>());
        assert!(size_of::<Watch>() <= 80, "{} bytes", size_of::<Watch>());
    }
}
