//! The error of this crate: what went wrong, where the result is, and the vendor's own words, kept apart from the sentence.

use std::time::Duration;

use bytes::Bytes;
use clinical_drift::Drift;
use clinical_http::audit::CallId;
use clinical_http::{Attempt, Delivery, Error as HttpError, ErrorKind, Sensitive};
use clinical_long_tasks::{Claimed, Fate, Key, StoreError, TaskError, TaskToken};

use crate::details::Details;
use crate::{Kind, TaskFailure, details, schema};

/// Why there is no result, and where it is. Everything after a submission carries the [`TaskToken`].
///
/// `Display` is one sentence without any of a patient's data; the vendor's words are in [`details`](Self::details) and
/// [`failure`](Self::failure).
///
/// ```
/// use haidy_analyst::{Error, Kind};
///
/// fn next(error: &Error) -> &'static str {
///     match error.kind() {
///         Kind::StillRunning | Kind::NotConsumed | Kind::Busy => "wait again with the token",
///         Kind::TaskFailed => "show the vendor's reason, correct the records, submit again",
///         Kind::Undecodable | Kind::Unread | Kind::TooLarge => "the result is in the store: read it there",
///         Kind::Partial | Kind::PossiblyLost | Kind::Gone | Kind::SubmissionUnknown => "give it to a person, with the token",
///         Kind::Store => "mend the store, and keep the error's body if it has one",
///         _ => "nothing was made at the vendor: mend the cause and submit again",
///     }
/// }
/// # let error = haidy_analyst::Bundle::from_json("{}").unwrap_err();
/// # assert_eq!(next(&error), "nothing was made at the vendor: mend the cause and submit again");
/// ```
#[derive(Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    pointer: Option<String>,
    /// The task was made, whatever failed afterwards.
    made: bool,
}

#[derive(Debug)]
enum Source {
    Http(HttpError),
    Task(TaskError),
    Store(StoreError),
    /// An answer that came whole and is no result.
    Answer(Box<Answer>),
}

#[derive(Debug)]
struct Answer {
    kind: Kind,
    claimed: Claimed,
    failure: Option<Sensitive<TaskFailure>>,
    what: &'static str,
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        Self::new(Source::Http(error))
    }
}

impl From<TaskError> for Error {
    fn from(error: TaskError) -> Self {
        Self::new(Source::Task(error))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::new(Source::Store(error))
    }
}

impl Error {
    fn new(source: Source) -> Self {
        Self { inner: Box::new(Inner { source, pointer: None, made: false }) }
    }

    fn answer(kind: Kind, claimed: Claimed, what: &'static str) -> Self {
        Self::new(Source::Answer(Box::new(Answer { kind, claimed, failure: None, what })))
    }

    pub(crate) fn at(mut self, pointer: String) -> Self {
        self.inner.pointer = Some(pointer);
        self
    }

    /// A submission that failed. If the task has a name there is a task, and only the record of it failed.
    pub(crate) fn of_submission(error: TaskError) -> Self {
        let mut this = Self::from(error);
        this.inner.made = this.token().is_some();
        this
    }

    pub(crate) fn undecodable(claimed: Claimed, pointer: String) -> Self {
        let what = "the result does not fit the contract";
        Self::answer(Kind::Undecodable, claimed, what).at(pointer)
    }

    pub(crate) fn of_another_task(claimed: Claimed) -> Self {
        let what = "the answer is about another task than the one asked for, so it may be about another patient";
        Self::answer(Kind::Undecodable, claimed, what).at("/task_id".to_owned())
    }

    pub(crate) fn unread(claimed: Claimed) -> Self {
        let what = "the last answer says neither that the task is done nor that it failed";
        Self::answer(Kind::Unread, claimed, what)
    }

    pub(crate) fn failed(claimed: Claimed, failure: TaskFailure) -> Self {
        let (failure, what) = (Some(Sensitive::new(failure)), "the vendor could not do the task");
        Self::new(Source::Answer(Box::new(Answer { kind: Kind::TaskFailed, claimed, failure, what })))
    }

    /// What went wrong.
    pub fn kind(&self) -> Kind {
        match &self.inner.source {
            Source::Http(error) => Kind::Call(error.kind()),
            Source::Task(error) => Kind::of_task(error.kind(), error.cause_kind()),
            Source::Store(_) => Kind::Store,
            Source::Answer(answer) => answer.kind,
        }
    }

    /// The failed call behind it, if there was one.
    fn cause(&self) -> Option<&HttpError> {
        match &self.inner.source {
            Source::Http(error) => Some(error),
            Source::Task(error) => error.cause(),
            Source::Store(_) | Source::Answer(_) => None,
        }
    }

    /// The kind of the failed call behind it, if there was one: why a task could not be asked after.
    pub fn cause_kind(&self) -> Option<ErrorKind> {
        self.cause().map(HttpError::kind)
    }

    /// What is known about the last call: the worst of its attempts.
    pub fn delivery(&self) -> Delivery {
        let error = match &self.inner.source {
            Source::Http(error) => return error.delivery(),
            Source::Store(_) => return Delivery::NotSent,
            Source::Answer(_) => return Delivery::Answered,
            Source::Task(error) => error,
        };
        match (error.cause(), self.kind(), error.fate()) {
            (Some(cause), _, _) => cause.delivery(),
            (_, Kind::StillRunning | Kind::Gone, _) | (_, _, Fate::Kept) => Delivery::Answered,
            (_, _, Fate::NotConsumed) if self.inner.made => Delivery::Answered,
            (_, _, Fate::NotConsumed) => Delivery::NotSent,
            (_, _, Fate::Partial) => Delivery::ResponseLost,
            _ => Delivery::Unknown,
        }
    }

    /// Whether the vendor may have done what it was asked for: made a task, or given a result away. `false` is a promise.
    pub fn may_have_been_processed(&self) -> bool {
        match &self.inner.source {
            Source::Http(error) => error.may_have_been_processed(),
            Source::Task(error) => self.inner.made || error.fate() != Fate::NotConsumed,
            Source::Store(_) => false,
            Source::Answer(_) => true,
        }
    }

    /// Where the result is. What it says is certain.
    pub fn fate(&self) -> Fate {
        match &self.inner.source {
            Source::Task(error) => error.fate(),
            Source::Answer(_) => Fate::Kept,
            Source::Http(error) if error.may_have_been_processed() => Fate::PossiblyLost,
            Source::Http(_) | Source::Store(_) => Fate::NotConsumed,
        }
    }

    /// The task. `None` for a local check and where the vendor's identifier of the task is not known.
    pub fn token(&self) -> Option<&TaskToken> {
        match &self.inner.source {
            Source::Http(_) | Source::Store(_) => None,
            Source::Task(error) => error.token(),
            Source::Answer(answer) => Some(&answer.claimed.token),
        }
    }

    /// The name of the task's entry in the store, to find there what came of the result.
    pub fn key(&self) -> Option<Key> {
        self.token().map(TaskToken::key)
    }

    /// Where a value does not fit, as a JSON pointer (RFC 6901); in an answer from its root (`/result/clinical_records/0/...`), in a text that was given from the
    /// text's. Never the value.
    pub fn pointer(&self) -> Option<&str> {
        self.inner.pointer.as_deref()
    }

    /// Why the vendor could not do the task, in its own words. May hold patients' data.
    pub fn failure(&self) -> Option<&Sensitive<TaskFailure>> {
        match &self.inner.source {
            Source::Answer(answer) => answer.failure.as_ref(),
            _ => None,
        }
    }

    /// What the vendor complains about in a request that it rejected. For people, not for decisions: the wording differs between the vendor's
    /// versions. May hold patients' data.
    pub fn details(&self) -> Option<Details> {
        let body = self.cause()?.body()?;
        details::read(body.expose()).map(Sensitive::new)
    }

    /// Counts what the vendor's error has that this version does not know; a body that is none of the vendor's is nobody's drift.
    pub(crate) fn counted(self, drift: &Drift) -> Self {
        let body = self.cause().and_then(HttpError::body).filter(|_| self.details().is_some());
        let text = body.and_then(|body| std::str::from_utf8(body.expose()).ok());
        if let Some(text) = text {
            schema::DETAIL.count(drift, "ErrorDetail", text.as_bytes());
        }
        self
    }

    /// What was received: the body of an error (up to 8 KiB), an answer that is no result, or what the store could not take of one. May hold
    /// patients' data.
    pub fn body(&self) -> Option<&Sensitive<Bytes>> {
        match &self.inner.source {
            Source::Task(error) => error.bytes().or_else(|| error.cause()?.body()),
            Source::Answer(answer) => Some(&answer.claimed.bytes),
            Source::Http(_) | Source::Store(_) => self.cause()?.body(),
        }
    }

    /// The field or setting that failed a local check, by its name in the vendor's contract (`new_records`, `config.output_language`...).
    pub fn field(&self) -> Option<&'static str> {
        self.cause()?.field()
    }

    /// The status of the last answer of a failed call.
    pub fn status(&self) -> Option<u16> {
        self.cause()?.status()
    }

    /// The vendor's request id, where the last answer carried one.
    pub fn request_id(&self) -> Option<&str> {
        match &self.inner.source {
            Source::Answer(answer) => answer.claimed.entry.request_id.as_deref(),
            _ => self.cause()?.request_id(),
        }
    }

    /// How long the vendor asked to wait, counted from the last answer.
    pub fn retry_after(&self) -> Option<Duration> {
        self.cause()?.retry_after()
    }

    /// How many attempts the failed call made; 0 for a local check.
    pub fn attempts(&self) -> u32 {
        self.cause().map_or(0, HttpError::attempts)
    }

    /// Every attempt of the failed call, in order.
    pub fn attempt_log(&self) -> &[Attempt] {
        self.cause().map(HttpError::attempt_log).unwrap_or_default()
    }

    /// The failed call, by the name it bears in the audit trail.
    pub fn call(&self) -> Option<CallId> {
        self.cause()?.call()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inner = &self.inner;
        match &inner.source {
            Source::Http(error) => error.fmt(f),
            Source::Task(error) => error.fmt(f),
            Source::Store(error) => error.fmt(f),
            Source::Answer(answer) => {
                f.write_str(answer.what)?;
                if let Some(pointer) = &inner.pointer {
                    write!(f, ", see {}", if pointer.is_empty() { "/" } else { pointer })?;
                }
                write!(f, "; the vendor's answer is in the result store [task {}]", answer.claimed.token.task())
            }
        }
    }
}

impl std::error::Error for Error {}
