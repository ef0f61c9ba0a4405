//! The submission log of a run, which remembers the create under way: a row that is given up when it is certain that the vendor has not got it
//! must not stay on record as one that nobody knows about.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use novamed_api::log::{Begun, LogError, Submission, SubmissionKey, SubmissionLog};

/// A log, and the key of the last create that it let pass.
pub(crate) struct Record {
    log: Arc<dyn SubmissionLog>,
    last: Mutex<Option<SubmissionKey>>,
}

impl Record {
    pub(crate) fn new(log: impl SubmissionLog) -> Arc<Self> {
        Arc::new(Self { log: Arc::new(log), last: Mutex::default() })
    }

    /// The create under way was not sent, or the vendor refused it: takes it off the record. It blocks.
    pub(super) fn give_up(&self) -> Result<(), LogError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
        last.map_or(Ok(()), |key| self.log.not_created(&key))
    }

    /// The key of the create under way.
    pub(super) fn under_way(&self) -> Option<SubmissionKey> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, key: Option<&SubmissionKey>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = key.cloned();
    }
}

impl SubmissionLog for Record {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        let begun = self.log.begin(submission, window, again);
        self.remember(matches!(begun, Ok(Begun::New)).then_some(&submission.key));
        begun
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.remember(None);
        self.log.created(key, id)
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        self.remember(None);
        self.log.not_created(key)
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        self.log.find(key)
    }
}
