//! The submission log, watched, and a log that only wants to know a key. Both are given to the real client, which does not know.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use novamed_api::log::{Begun, LogError, Submission, SubmissionKey, SubmissionLog};

use super::witness::Witness;
use crate::faults::point::Point;
use crate::faults::wire::Sabotage;

/// The log of the clients.
#[derive(Clone)]
pub(super) struct WatchedLog {
    pub(super) inner: Arc<dyn SubmissionLog>,
    pub(super) witness: Arc<dyn Witness>,
    pub(super) sabotage: Option<Sabotage>,
    /// Which of its operations fails, counted from 1.
    pub(super) fails: Option<u32>,
    /// How many there were, of all clients.
    pub(super) count: Arc<AtomicU32>,
}

impl WatchedLog {
    fn counted(&self) -> Result<(), LogError> {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if self.fails == Some(number) { Err(LogError::new("the disk is full, as was asked for")) } else { Ok(()) }
    }
}

impl SubmissionLog for WatchedLog {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        self.counted()?;
        self.witness.pass(Point::IntendBegins);
        let blind = self.sabotage == Some(Sabotage::IgnoreLog);
        let begun = self.inner.begin(submission, window, again || blind);
        self.witness.pass(Point::IntendEnds);
        begun
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.counted()?;
        self.witness.pass(Point::CreatedBegins);
        let created = self.inner.created(key, id);
        self.witness.pass(Point::CreatedEnds);
        created
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        self.counted()?;
        self.witness.pass(Point::NotCreatedBegins);
        let not_created = self.inner.not_created(key);
        self.witness.pass(Point::NotCreatedEnds);
        not_created
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        self.inner.find(key)
    }
}

/// Lets nothing pass, and remembers the key of what it was asked about last.
#[derive(Clone, Default)]
pub(super) struct KeyProbe {
    key: Arc<Mutex<Option<SubmissionKey>>>,
}

impl KeyProbe {
    pub(super) fn take(&self) -> Option<SubmissionKey> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl SubmissionLog for KeyProbe {
    fn begin(&self, submission: &Submission, _: Duration, _: bool) -> Result<Begun, LogError> {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(submission.key.clone());
        Err(LogError::new("this log only wants to know the key"))
    }

    fn created(&self, _: &SubmissionKey, _: &str) -> Result<(), LogError> {
        Ok(())
    }

    fn not_created(&self, _: &SubmissionKey) -> Result<(), LogError> {
        Ok(())
    }

    fn find(&self, _: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        Ok(None)
    }
}
