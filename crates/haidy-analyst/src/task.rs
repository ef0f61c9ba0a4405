//! A task of the vendor's whose result is of a known type: to wait for, to watch, or to leave and come back to.

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use clinical_drift::Drift;
use clinical_http::{Error as HttpError, ErrorKind};
use clinical_long_tasks::{Claimed, TaskToken, Tasks, Terminal};
use futures_core::Stream;

use crate::result::TaskResult;
use crate::{Error, TaskStatus, answer, schema};

/// A task at the vendor. Dropping it loses nothing: the store knows it, and its [`token`](Self::token) finds it again
/// ([`Haidy::resume`](crate::Haidy::resume)), on this machine or another.
#[must_use = "the vendor works on the task, and its result has to be fetched"]
pub struct Task<R> {
    tasks: Tasks,
    drift: Drift,
    token: TaskToken,
    result: PhantomData<fn() -> R>,
}

impl<R> std::fmt::Debug for Task<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("token", &self.token).finish_non_exhaustive()
    }
}

impl<R> Clone for Task<R> {
    fn clone(&self) -> Self {
        Self::new(self.tasks.clone(), self.drift.clone(), self.token.clone())
    }
}

impl<R> Task<R> {
    pub(crate) fn new(tasks: Tasks, drift: Drift, token: TaskToken) -> Self {
        Self { tasks, drift, token, result: PhantomData }
    }

    /// All that is needed to find the task again; it holds neither a secret nor a patient's data.
    pub fn token(&self) -> &TaskToken {
        &self.token
    }
}

impl<R: TaskResult> Task<R> {
    /// Waits for the result, by default at most 30 minutes. Once it came it is in the store, and waiting again returns it from there.
    ///
    /// # Delivery
    ///
    /// Each question may be the one that takes the result. It is recorded before it is asked, and repeated only if it did not reach the vendor
    /// or was turned away.
    ///
    /// # Errors
    ///
    /// See [`Kind`](crate::Kind). [`StillRunning`](crate::Kind::StillRunning) is no failure of the task.
    ///
    /// # Cancel safety
    ///
    /// Safe: a question that is under way is brought to its end and its answer is stored; wait again for it.
    pub async fn wait(&self) -> Result<R, Error> {
        let ended = self.tasks.wait(&self.token).await;
        finish(ended.map_err(|error| Error::from(error).counted(&self.drift))?, &self.drift)
    }

    /// Watches the task: how it stands, after each question, and last its result.
    ///
    /// # Delivery
    ///
    /// As [`wait`](Self::wait).
    ///
    /// # Cancel safety
    ///
    /// As [`wait`](Self::wait); dropping the stream loses nothing.
    pub fn watch(&self) -> Watch<R> {
        Watch { inner: self.tasks.watch(&self.token), drift: self.drift.clone(), result: PhantomData }
    }
}

/// What a [`Watch`] tells. The result's own `Debug` shows numbers only.
#[derive(Debug)]
#[non_exhaustive]
pub enum Update<R> {
    /// The task runs; it is asked after again in about `next`.
    InProgress {
        /// How it stands.
        status: TaskStatus,
        /// How much is done, from 0 to 100, if the vendor says it.
        percentage: Option<f64>,
        /// Until the next question.
        next: Duration,
    },
    /// The vendor could not be asked, or turned the question away; nothing was taken, and it is asked again in about `next`.
    Delayed {
        /// Why.
        cause: ErrorKind,
        /// Until the next question.
        next: Duration,
    },
    /// The result. Nothing comes after it.
    Ended(R),
}

/// A task that is watched to its end: a stream of [`Update`]s, the last of which is [`Ended`](Update::Ended) or an error.
///
/// ```no_run
/// use haidy_analyst::{Haidy, Update};
///
/// # async fn example(haidy: Haidy) -> Result<(), haidy_analyst::Error> {
/// let task = haidy.structure("Patient presents with fever and cough for 3 days.").await?;
/// let mut watch = task.watch();
/// while let Some(update) = watch.next().await {
///     match update? {
///         Update::InProgress { status, percentage, .. } => println!("{status} {percentage:?}"),
///         Update::Ended(patient) => println!("{} conditions", patient.conditions().count()),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a watch asks only while it is polled"]
pub struct Watch<R> {
    inner: clinical_long_tasks::Watch,
    drift: Drift,
    result: PhantomData<fn() -> R>,
}

impl<R: TaskResult> Watch<R> {
    /// The next update; `None` after the last.
    ///
    /// # Delivery
    ///
    /// As [`Task::wait`].
    ///
    /// # Errors
    ///
    /// As [`Task::wait`]; nothing comes after an error.
    ///
    /// # Cancel safety
    ///
    /// Safe: the next call goes on where this one was.
    pub async fn next(&mut self) -> Option<Result<Update<R>, Error>> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<R: TaskResult> Stream for Watch<R> {
    type Item = Result<Update<R>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let drift = self.drift.clone();
        Pin::new(&mut self.inner).poll_next(cx).map(|update| {
            Some(update?.map_err(|error| Error::from(error).counted(&drift)).and_then(|update| match update {
                clinical_long_tasks::Update::Ended(claimed) => finish(*claimed, &drift).map(Update::Ended),
                clinical_long_tasks::Update::Delayed { cause, next } => Ok(Update::Delayed { cause, next }),
                clinical_long_tasks::Update::InProgress { status, next } => {
                    let percentage = status.percentage;
                    Ok(Update::InProgress { status: TaskStatus::from(status.name.as_str()), percentage, next })
                }
                // What a later version of the engine tells in between.
                _ => Ok(Update::Delayed { cause: ErrorKind::Throttled, next: Duration::ZERO }),
            }))
        })
    }
}

/// Many tasks, waited for together: a stream of what each of them came to, in the order in which they end.
#[derive(Debug)]
#[must_use = "it asks only while it is polled"]
pub struct WaitMany<R> {
    inner: clinical_long_tasks::WaitMany,
    drift: Drift,
    refused: VecDeque<(TaskToken, HttpError)>,
    result: PhantomData<fn() -> R>,
}

impl<R: TaskResult> WaitMany<R> {
    pub(crate) fn new(tasks: &Tasks, drift: &Drift, tokens: impl IntoIterator<Item = TaskToken>) -> Self {
        let mut refused = VecDeque::new();
        let good = tokens.into_iter().filter_map(|token| match crate::result::check::<R>(tasks, &token) {
            Ok(()) => Some(token),
            Err(error) => {
                refused.push_back((token, error));
                None
            }
        });
        let inner = tasks.wait_many(good.collect::<Vec<_>>());
        Self { inner, drift: drift.clone(), refused, result: PhantomData }
    }

    /// The next task that has come to an end; `None` when all have. Tokens that were refused come first.
    ///
    /// # Delivery
    ///
    /// As [`Task::wait`], for each of them.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn next(&mut self) -> Option<(TaskToken, Result<R, Error>)> {
        std::future::poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<R: TaskResult> Stream for WaitMany<R> {
    type Item = (TaskToken, Result<R, Error>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some((token, error)) = self.refused.pop_front() {
            return Poll::Ready(Some((token, Err(error.into()))));
        }
        let drift = self.drift.clone();
        Pin::new(&mut self.inner).poll_next(cx).map(|ended| {
            let (token, ended) = ended?;
            Some((
                token,
                ended.map_err(|error| Error::from(error).counted(&drift)).and_then(|claimed| finish(claimed, &drift)),
            ))
        })
    }
}

/// Makes a result of a last answer. Whatever fails here, the answer is in the store.
fn finish<R: TaskResult>(claimed: Claimed, drift: &Drift) -> Result<R, Error> {
    let done = match claimed.terminal {
        Terminal::Done => true,
        Terminal::Failed => false,
        _ => return Err(Error::unread(claimed)),
    };
    let last = match answer::read_last(claimed.bytes.expose()) {
        Ok(last) => last,
        Err(pointer) => return Err(Error::undecodable(claimed, pointer)),
    };
    if last.task_id.as_deref().is_some_and(|task| task != claimed.token.task()) {
        return Err(Error::of_another_task(claimed));
    }
    if !done {
        return Err(Error::failed(claimed, last.into_failure()));
    }
    let text = std::str::from_utf8(claimed.bytes.expose()).unwrap_or_default();
    schema::TASK.count(drift, "Task", text.as_bytes());
    match R::from_result(last.result) {
        Ok(result) => {
            result.count_drift(drift);
            Ok(result)
        }
        Err(pointer) => Err(Error::undecodable(claimed, format!("/result{pointer}"))),
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
