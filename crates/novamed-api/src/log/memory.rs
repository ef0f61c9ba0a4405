//! A log that lives as long as the program. It survives nothing: a restart forgets what was sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::record::Record;
use super::{Begun, KEEP, LogError, Submission, SubmissionKey, SubmissionLog};

/// How many keys are there before old ones are looked for.
const FEW: usize = 64;

/// Keeps creates in memory: for tests, and where a restart is no danger.
///
/// What was created is forgotten after 90 days, or the longest window if that is longer; what is uncertain is kept.
///
/// ```
/// use std::sync::Arc;
///
/// use novamed_api::NovaMed;
/// use novamed_api::log::MemoryLog;
///
/// let log = Arc::new(MemoryLog::new());
/// let builder = NovaMed::builder().submission_log(log.clone());
/// assert!(log.list().is_empty());
/// # let _ = builder;
/// ```
#[derive(Debug, Default)]
pub struct MemoryLog {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: HashMap<SubmissionKey, Record>,
    longest_window: Duration,
    /// With how many keys old ones are looked for again.
    tidy_at: usize,
}

impl MemoryLog {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// All that is on record, the oldest first.
    pub fn list(&self) -> Vec<Submission> {
        let mut all: Vec<_> = self.kept().records.values().flat_map(Record::submissions).cloned().collect();
        all.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
        all
    }

    /// Forgets all creates of a key, so that an identical one may be sent at once. Says whether there were any.
    pub fn remove(&self, key: &SubmissionKey) -> bool {
        self.kept().records.remove(key).is_some()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Looks through all records each time their number has doubled, so that it costs little for each.
    fn tidy(&mut self, submission: &Submission) {
        if self.records.len() < self.tidy_at.max(FEW) {
            return;
        }
        let keep = KEEP.max(self.longest_window);
        self.records.retain(|_, record| {
            record.forget(submission.at, keep);
            !record.is_empty()
        });
        self.tidy_at = self.records.len() * 2;
    }
}

impl SubmissionLog for MemoryLog {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        let mut kept = self.kept();
        kept.longest_window = kept.longest_window.max(window);
        kept.tidy(submission);
        Ok(kept.records.entry(submission.key.clone()).or_default().begin(submission, window, again))
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.kept().records.get_mut(key).unwrap_or(&mut Record::default()).created(id)
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        let mut kept = self.kept();
        let Some(record) = kept.records.get_mut(key) else { return Ok(()) };
        record.not_created()?;
        if record.is_empty() {
            kept.records.remove(key);
        }
        Ok(())
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        Ok(self.kept().records.get(key).and_then(Record::newest).cloned())
    }
}
