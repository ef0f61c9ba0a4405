//! Why there is no result, and what is certain about it: the one error of waiting, with the token.

use std::time::Duration;

use bytes::Bytes;
use clinical_http::{Error, ErrorKind, Sensitive};

use crate::{Key, State, StoreError, TaskToken, Terminal};

/// What went wrong, as something a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskErrorKind {
    /// The task was not submitted. Nothing was made at the vendor; see [`TaskError::cause`].
    NotSubmitted,
    /// The vendor may have made a task whose identifier is not known. Submitting again may make a second one.
    SubmissionUnknown,
    /// The time for waiting is over and the task still runs. Wait again with the token.
    StillRunning,
    /// The vendor could not be asked, or refused to answer. Nothing was taken: mend the cause and wait again with the token.
    NotConsumed,
    /// Somebody else asks after this task at this moment. Nothing was taken by this call.
    Busy,
    /// The result was taken and its end is lost. What came is in the store.
    Partial,
    /// The result may have been taken, and nothing of it came.
    PossiblyLost,
    /// The vendor knows no such task: somebody else took the result, it has expired, or the token is of another system.
    Gone,
    /// The result is in the store, whole, and larger than what is read into memory.
    TooLarge,
    /// The store failed. See [`TaskError::fate`] for what that means for the result.
    Store,
}

impl TaskErrorKind {
    /// The name used in logs and machine-readable output, such as `possibly_lost`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSubmitted => "not_submitted",
            Self::SubmissionUnknown => "submission_unknown",
            Self::StillRunning => "still_running",
            Self::NotConsumed => "not_consumed",
            Self::Busy => "busy",
            Self::Partial => "partial",
            Self::PossiblyLost => "possibly_lost",
            Self::Gone => "gone",
            Self::TooLarge => "too_large",
            Self::Store => "store",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::NotSubmitted => "the task was not submitted",
            Self::SubmissionUnknown => {
                "it is not known whether the vendor made a task; submitting again may make a second one"
            }
            Self::StillRunning => "the task still runs; wait for it again with its token",
            Self::NotConsumed => "the task could not be asked after; its result was not taken",
            Self::Busy => {
                "somebody else is asking after this task at this moment; its result was not taken by this call"
            }
            Self::Partial => "the result was taken and only a part of it came",
            Self::PossiblyLost => "the result may have been taken and lost on its way",
            Self::Gone => "the vendor does not know the task; its result was taken by somebody else, or has expired",
            Self::TooLarge => "the result is larger than what is read into memory; it is in the store, whole",
            Self::Store => "the result store failed",
        }
    }
}

impl std::fmt::Display for TaskErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the result is. Every error says one of these, and what it says is certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// At the vendor, or not made yet: it was not taken by this call.
    NotConsumed,
    /// In the store, or in [`TaskError::bytes`], whole.
    Kept,
    /// A part of it is in the store or in [`TaskError::bytes`]; the rest cannot be had any more.
    Partial,
    /// Nobody can say. It may be lost.
    PossiblyLost,
}

impl Fate {
    /// The name used in logs and machine-readable output, such as `not_consumed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConsumed => "not_consumed",
            Self::Kept => "kept",
            Self::Partial => "partial",
            Self::PossiblyLost => "possibly_lost",
        }
    }
}

impl std::fmt::Display for Fate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why there is no result. `Display` is one sentence without data; the token is part of it where there is one.
#[derive(Debug)]
pub struct TaskError {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: TaskErrorKind,
    fate: Fate,
    token: Option<TaskToken>,
    cause: Option<Error>,
    store: Option<StoreError>,
    bytes: Option<Sensitive<Bytes>>,
    received: u64,
}

impl TaskError {
    pub(crate) fn new(kind: TaskErrorKind, token: Option<TaskToken>) -> Self {
        let fate = match kind {
            TaskErrorKind::NotSubmitted
            | TaskErrorKind::StillRunning
            | TaskErrorKind::NotConsumed
            | TaskErrorKind::Busy
            | TaskErrorKind::Store => Fate::NotConsumed,
            TaskErrorKind::Partial => Fate::Partial,
            TaskErrorKind::SubmissionUnknown | TaskErrorKind::PossiblyLost | TaskErrorKind::Gone => Fate::PossiblyLost,
            TaskErrorKind::TooLarge => Fate::Kept,
        };
        Self { inner: Box::new(Inner { kind, fate, token, cause: None, store: None, bytes: None, received: 0 }) }
    }

    /// Of an entry that has ended without a result that could be handed out.
    pub(crate) fn of_state(state: State, token: &TaskToken, bytes: u64) -> Self {
        let kind = match state {
            State::Partial => TaskErrorKind::Partial,
            State::Gone => TaskErrorKind::Gone,
            State::Waiting => TaskErrorKind::NotConsumed,
            State::Stored(Terminal::Done | Terminal::Failed | Terminal::Unread) => TaskErrorKind::TooLarge,
            State::Submitting | State::Claiming | State::PossiblyLost | State::Damaged => TaskErrorKind::PossiblyLost,
        };
        Self::new(kind, Some(token.clone())).received(bytes)
    }

    pub(crate) fn store(error: StoreError, token: Option<TaskToken>) -> Self {
        let mut this = Self::new(TaskErrorKind::Store, token);
        this.inner.store = Some(error);
        this
    }

    /// The store cannot say what became of the task: it may hold a question whose end nobody knows.
    pub(crate) fn unsettled(error: StoreError, token: &TaskToken) -> Self {
        Self::store(error, Some(token.clone())).fated(Fate::PossiblyLost)
    }

    pub(crate) fn with_store(mut self, error: Option<StoreError>) -> Self {
        self.inner.store = error;
        self
    }

    pub(crate) fn caused_by(mut self, cause: Error) -> Self {
        self.inner.cause = Some(cause);
        self
    }

    pub(crate) fn fated(mut self, fate: Fate) -> Self {
        self.inner.fate = fate;
        self
    }

    pub(crate) fn with_bytes(mut self, bytes: Bytes) -> Self {
        self.inner.received = bytes.len() as u64;
        self.inner.bytes = (!bytes.is_empty()).then(|| Sensitive::new(bytes));
        self
    }

    pub(crate) fn received(mut self, bytes: u64) -> Self {
        self.inner.received = bytes;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> TaskErrorKind {
        self.inner.kind
    }

    /// Where the result is.
    pub fn fate(&self) -> Fate {
        self.inner.fate
    }

    /// The task. `None` only where the vendor's identifier is not known: [`NotSubmitted`](TaskErrorKind::NotSubmitted),
    /// [`SubmissionUnknown`](TaskErrorKind::SubmissionUnknown), and a store that failed before the submission.
    pub fn token(&self) -> Option<&TaskToken> {
        self.inner.token.as_ref()
    }

    /// The entry in the store.
    pub fn key(&self) -> Option<Key> {
        self.inner.token.as_ref().map(TaskToken::key)
    }

    /// The failed call, if there was one: status, vendor's request id, attempts, delivery.
    pub fn cause(&self) -> Option<&Error> {
        self.inner.cause.as_ref()
    }

    /// What the store said.
    pub fn store_error(&self) -> Option<&StoreError> {
        self.inner.store.as_ref()
    }

    /// What came of the result, if it could not be put into the store. May hold patients' data: keep it, there is no other.
    pub fn bytes(&self) -> Option<&Sensitive<Bytes>> {
        self.inner.bytes.as_ref()
    }

    /// How many bytes of the result came.
    pub fn received_bytes(&self) -> u64 {
        self.inner.received
    }

    /// How long the vendor asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.cause.as_ref().and_then(Error::retry_after)
    }

    /// The kind of the failed call, if there was one.
    pub fn cause_kind(&self) -> Option<ErrorKind> {
        self.inner.cause.as_ref().map(Error::kind)
    }
}

impl std::fmt::Display for TaskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inner = &self.inner;
        f.write_str(inner.kind.sentence())?;
        if inner.kind == TaskErrorKind::Partial {
            f.write_str(if inner.bytes.is_some() { "; the store could not take it" } else { "; it is in the store" })?;
        }
        if inner.kind == TaskErrorKind::Store {
            write!(f, " (result: {})", inner.fate)?;
        }
        if let Some(token) = &inner.token {
            write!(f, " [task {} of {}]", token.task(), token.vendor())?;
        }
        if let Some(store) = &inner.store {
            write!(f, ": {store}")?;
        }
        match &inner.cause {
            // The advice of a rejected call is that of correcting it, which nobody can here.
            Some(_) if inner.kind == TaskErrorKind::Gone => Ok(()),
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TaskError {}
