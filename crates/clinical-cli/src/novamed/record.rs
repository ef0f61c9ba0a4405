//! The submission log of a run, which remembers the create under way: a row that is given up when it is certain that the vendor has not got it
//! must not stay on record as one that nobody knows about.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use novamed_api::log::{Begun, LogError, Submission, SubmissionKey, SubmissionLog};

/// A log, and the key of the last create that it let pass.
pub(crate) struct Record {
    log: Arc<dyn SubmissionLog>,
    under_way: Mutex<UnderWay>,
}

#[derive(Default)]
struct UnderWay {
    key: Option<SubmissionKey>,
    /// A signal came: a create that is only now to be put on record is not.
    closed: bool,
}

impl Record {
    pub(crate) fn new(log: impl SubmissionLog) -> Arc<Self> {
        Arc::new(Self { log: Arc::new(log), under_way: Mutex::default() })
    }

    /// The create under way was not sent, or the vendor refused it: takes it off the record, and lets no other pass. It blocks, also until a
    /// create that is just being put on record is there: its call was dropped and will not take it off by itself.
    pub(super) fn give_up(&self) -> Result<(), LogError> {
        let mut under_way = self.lock();
        under_way.closed = true;
        under_way.key.take().map_or(Ok(()), |key| self.log.not_created(&key))
    }

    /// The key of the create under way.
    pub(super) fn under_way(&self) -> Option<SubmissionKey> {
        self.lock().key.clone()
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SubmissionLog for Record {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        let mut under_way = self.lock();
        if under_way.closed {
            return Err(LogError::new("the run was interrupted"));
        }
        let begun = self.log.begin(submission, window, again);
        under_way.key = matches!(begun, Ok(Begun::New)).then(|| submission.key.clone());
        begun
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.lock().key = None;
        self.log.created(key, id)
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        self.lock().key = None;
        self.log.not_created(key)
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        self.log.find(key)
    }
}
