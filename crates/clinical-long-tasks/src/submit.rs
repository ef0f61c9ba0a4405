//! Makes a task, with a durable record from before the request to after the answer: a crash at any moment leaves either nothing, or an
//! entry that says "perhaps", or the token.

use std::ops::ControlFlow;

use bytes::{Bytes, BytesMut};
use clinical_http::{AnswerSink, BoxFuture, Call, Error, ErrorKind};

use crate::tasks::Inner;
use crate::{Origin, StoreError, Submission, TaskError, TaskErrorKind, TaskToken, Tasks};

/// More than any account of a new task needs.
const LONGEST: usize = 4 * 1024 * 1024;

/// Reads the task's identifier out of the vendor's answer. It is asked whenever a part of the answer has come, and again after the last.
pub type ReadCreated<'a> = &'a (dyn Fn(&[u8]) -> Result<String, Error> + Sync);

impl Tasks {
    /// Submits a task: records the intention, sends `call`, and records the token before it returns it.
    ///
    /// # Delivery
    ///
    /// As the effect of the call's operation says; a plain create is never sent twice. If it is not known whether the vendor made a task,
    /// the error is [`SubmissionUnknown`](TaskErrorKind::SubmissionUnknown), and the store keeps an entry that says so.
    ///
    /// # Errors
    ///
    /// [`NotSubmitted`](TaskErrorKind::NotSubmitted): there is no task, for certain. [`SubmissionUnknown`](TaskErrorKind::SubmissionUnknown): there may be
    /// one. [`Store`](TaskErrorKind::Store) without a token: the intention could not be recorded, and nothing was sent; with a token: the task is made,
    /// only its token could not be recorded.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the vendor may make a task all the same, and the store keeps an entry that says so. An
    /// answer that has arrived is recorded to its end.
    pub async fn submit(&self, call: Call, origin: Origin, read: ReadCreated<'_>) -> Result<TaskToken, TaskError> {
        let inner = &self.inner;
        let _busy = inner.tracker.enter();
        let mut sink =
            SubmitSink { inner, origin, submission: None, refused: None, body: BytesMut::new(), read, task: None };
        let sent = inner.client.send_into(call, &mut sink).await;
        let SubmitSink { origin, submission, refused, body, task, .. } = sink;
        if let Some(refused) = refused {
            return Err(TaskError::store(refused, None));
        }
        match (sent, submission) {
            (Ok(answer), Some(submission)) => {
                let token = task.map_or_else(|| read(&body), Ok).and_then(|task| {
                    TaskToken::new(origin, task).map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
                });
                let token = match token {
                    Ok(token) => token,
                    Err(error) => {
                        // There is a task and nobody can name it: the submission stays on record as unknown, with what came.
                        let account = body.freeze();
                        let kept = account.clone();
                        let failed = inner.blocking(move |_| submission.keep(&kept)).await.err();
                        let error = error.with_delivery(clinical_http::Delivery::Answered);
                        let error = error.with_status(answer.status, answer.request_id).with_body(account);
                        let unknown = TaskError::new(TaskErrorKind::SubmissionUnknown, None).caused_by(error);
                        return Err(unknown.with_store(failed));
                    }
                };
                let kept = token.clone();
                let recorded = inner.blocking(move |_| submission.created(&kept)).await;
                recorded.map_err(|error| TaskError::store(error, Some(token.clone())))?;
                Ok(token)
            }
            (Err(error), Some(_)) if error.may_have_been_processed() => {
                Err(TaskError::new(TaskErrorKind::SubmissionUnknown, None).caused_by(error))
            }
            (Err(error), submission) => {
                if let Some(submission) = submission {
                    // If it cannot be forgotten it says "perhaps" for ever, which is careful enough.
                    let _ = inner.blocking(move |_| submission.not_created()).await;
                }
                Err(TaskError::new(TaskErrorKind::NotSubmitted, None).caused_by(error))
            }
            // Nothing is sent before there is a submission.
            (Ok(_), None) => Err(TaskError::new(TaskErrorKind::SubmissionUnknown, None)),
        }
    }
}

struct SubmitSink<'a> {
    inner: &'a Inner,
    origin: Origin,
    submission: Option<Box<dyn Submission>>,
    refused: Option<StoreError>,
    body: BytesMut,
    read: ReadCreated<'a>,
    task: Option<String>,
}

impl AnswerSink for SubmitSink<'_> {
    fn before(&mut self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            // A second attempt comes only after one that made nothing, or where the vendor de-duplicates.
            if self.submission.is_some() {
                return Ok(());
            }
            let origin = self.origin.clone();
            match self.inner.blocking(move |store| store.intend(&origin)).await {
                Ok(submission) => {
                    self.submission = Some(submission);
                    Ok(())
                }
                Err(error) => {
                    let shown = Error::configuration("result store", "could not record what was to be sent");
                    self.refused = Some(error);
                    Err(shown)
                }
            }
        })
    }

    fn begins(&mut self, _status: u16, _request_id: Option<&str>, _length: Option<u64>) {
        self.body.clear();
    }

    fn piece(&mut self, piece: Bytes) -> ControlFlow<()> {
        if self.body.len() + piece.len() > LONGEST {
            return ControlFlow::Break(());
        }
        self.body.extend_from_slice(&piece);
        // For the audit record, which is written when the answer is whole.
        self.task = (self.read)(&self.body).ok();
        ControlFlow::Continue(())
    }

    fn vendor_reference(&self) -> Option<&str> {
        self.task.as_deref()
    }
}
