//! Takes the answer of a create, and puts the create on record at the moment before its bytes go out: not earlier, because a call may wait
//! long for its turn, and a process that ends there has sent nothing.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use clinical_http::{AnswerSink, BoxFuture, Clock, Error as HttpError, ErrorKind};

use crate::error::Created;
use crate::log::{Begun, LogError, Submission, SubmissionKey, SubmissionLog};
use crate::{Error, created};

/// An answer to a create is a few hundred bytes.
const MOST: usize = 1 << 20;

/// The log of a client, and how it is used.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) log: Arc<dyn SubmissionLog>,
    pub(crate) window: Duration,
    pub(crate) again: bool,
}

/// Why a create was not sent.
pub(crate) enum Stopped {
    Earlier(Submission),
    Failed(LogError),
}

impl Stopped {
    pub(crate) fn into_error(self, created: Created) -> Error {
        match self {
            Self::Earlier(earlier) => Error::duplicate(created, earlier),
            Self::Failed(failed) => Error::log(failed),
        }
    }
}

pub(crate) struct Sink {
    /// The log, and the key of this create.
    logged: Option<(Guard, SubmissionKey)>,
    clock: Arc<dyn Clock>,
    operation: &'static str,
    begun: bool,
    pub(crate) stopped: Option<Stopped>,
    pub(crate) body: BytesMut,
    reference: Option<String>,
}

impl Sink {
    pub(crate) fn new(logged: Option<(Guard, SubmissionKey)>, clock: Arc<dyn Clock>, operation: &'static str) -> Self {
        Self { logged, clock, operation, begun: false, stopped: None, body: BytesMut::new(), reference: None }
    }

    /// Tells the log how the create ended. What it cannot write stays on record as uncertain, which is a false alarm and no loss.
    pub(crate) async fn end(&self, created: Option<&str>) {
        let (Some((guard, key)), true) = (self.logged.clone(), self.begun) else {
            return;
        };
        let id = created.map(str::to_owned);
        let told = tokio::task::spawn_blocking(move || match id {
            Some(id) => guard.log.created(&key, &id),
            None => guard.log.not_created(&key),
        });
        if !matches!(told.await, Ok(Ok(()))) {
            tracing::warn!(operation = self.operation, "the submission log could not note how a create ended");
        }
    }

    /// Looks whether an identical create is on record, so that one that is need not wait for its turn. Deciding is
    /// [`begin`](Self::begin)'s.
    pub(crate) async fn look(&mut self) {
        let Some((guard, key)) = self.logged.clone().filter(|(guard, _)| !guard.again) else {
            return;
        };
        let (now, window) = (self.clock.wall(), guard.window);
        let found = tokio::task::spawn_blocking(move || guard.log.find(&key)).await;
        self.stopped = match found {
            Ok(Ok(Some(earlier))) => (!earlier.is_past(now, window)).then_some(Stopped::Earlier(earlier)),
            Ok(Err(error)) => Some(Stopped::Failed(error)),
            _ => None,
        };
    }

    async fn begin(&mut self) -> Result<(), HttpError> {
        let Some((guard, key)) = self.logged.clone().filter(|_| !self.begun) else {
            return Ok(());
        };
        let submission = Submission::begun(key, self.operation, self.clock.wall());
        let begun = tokio::task::spawn_blocking(move || guard.log.begin(&submission, guard.window, guard.again)).await;
        let stopped = match begun {
            Ok(Ok(Begun::New)) => {
                self.begun = true;
                return Ok(());
            }
            Ok(Ok(Begun::Earlier(earlier))) => Stopped::Earlier(earlier),
            Ok(Err(error)) => Stopped::Failed(error),
            Err(_) => Stopped::Failed(LogError::new("it broke down while a create was put on record")),
        };
        self.stopped = Some(stopped);
        Err(HttpError::new(ErrorKind::InvalidInput, "the submission log does not let this create pass"))
    }
}

impl AnswerSink for Sink {
    fn before(&mut self) -> BoxFuture<'_, Result<(), HttpError>> {
        Box::pin(self.begin())
    }

    fn begins(&mut self, _: u16, _: Option<&str>, _: Option<u64>) {
        self.body.clear();
    }

    fn piece(&mut self, piece: Bytes) -> ControlFlow<()> {
        if self.body.len() + piece.len() > MOST {
            return ControlFlow::Break(());
        }
        self.body.extend_from_slice(&piece);
        // Small and mostly one piece, so it is read here, where it is whole for the audit record.
        self.reference = created::reference(self.operation, &self.body);
        ControlFlow::Continue(())
    }

    fn vendor_reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }
}
