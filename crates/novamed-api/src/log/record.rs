//! What a log knows of one key: the creates with this content, in the order in which they began. The rules of every log are here; where
//! a record is kept is the log's business.

use std::time::{Duration, SystemTime};

use super::{Begun, LogError, Submission, SubmissionKey, SubmissionState};

/// Several only if a create was sent again on purpose, or after its window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record {
    submissions: Vec<Submission>,
}

impl Record {
    pub(super) fn new(submissions: Vec<Submission>) -> Self {
        Self { submissions }
    }

    /// What cannot be read: something was sent, at this time at the latest, and nobody knows what became of it.
    pub(super) fn damaged(key: &SubmissionKey, at: SystemTime) -> Self {
        Self::new(vec![Submission::begun(key.clone(), "unknown", at)])
    }

    pub(super) fn submissions(&self) -> &[Submission] {
        &self.submissions
    }

    pub(super) fn is_empty(&self) -> bool {
        self.submissions.is_empty()
    }

    pub(super) fn newest(&self) -> Option<&Submission> {
        self.submissions.last()
    }

    /// Adds a create that is about to be sent, unless one within the window, or `again`, says otherwise.
    pub(super) fn begin(&mut self, submission: &Submission, window: Duration, again: bool) -> Begun {
        let earlier = self.submissions.iter().rev().find(|earlier| !earlier.is_past(submission.at, window));
        match earlier {
            Some(earlier) if !again => Begun::Earlier(earlier.clone()),
            _ => {
                self.submissions.push(submission.clone());
                Begun::New
            }
        }
    }

    /// The newest whose end is not known was created. Of two that are under way at the same time it is not known which, and they are equal.
    pub(super) fn created(&mut self, id: &str) -> Result<(), LogError> {
        let state = SubmissionState::Created { id: id.to_owned() };
        match self.open() {
            Some(place) => self.submissions[place].state = state,
            // Said twice.
            None if self.submissions.iter().any(|submission| submission.state == state) => {}
            None => return Err(LogError::new("it has no create of this key whose end is open; list it for the keys")),
        }
        Ok(())
    }

    /// The newest whose end is not known was not created.
    pub(super) fn not_created(&mut self) -> Result<(), LogError> {
        match self.open() {
            Some(place) => drop(self.submissions.remove(place)),
            // Somebody removed it meanwhile, to the same end.
            None if self.is_empty() => {}
            None => return Err(LogError::new("it knows that this one was created; remove the key if that is wrong")),
        }
        Ok(())
    }

    fn open(&self) -> Option<usize> {
        self.submissions.iter().rposition(|submission| submission.state == SubmissionState::Uncertain)
    }

    /// Forgets what was created longer than this ago. What is uncertain stays until somebody says what became of it.
    pub(super) fn forget(&mut self, now: SystemTime, keep: Duration) {
        self.submissions
            .retain(|submission| submission.state == SubmissionState::Uncertain || !is_past(submission.at, now, keep));
    }
}

/// Whether so much time has passed since. If the clock went back meanwhile, none has: the window stays shut.
pub(super) fn is_past(at: SystemTime, now: SystemTime, time: Duration) -> bool {
    now.duration_since(at).is_ok_and(|age| age >= time)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn at(hours: u32) -> Submission {
        let key = SubmissionKey::parse(&"0".repeat(64)).unwrap();
        Submission::begun(key, "create_patient", SystemTime::UNIX_EPOCH + HOUR * (1000 + hours))
    }

    fn states(record: &Record) -> Vec<String> {
        let state = |submission: &Submission| match &submission.state {
            SubmissionState::Created { id } => id.clone(),
            SubmissionState::Uncertain => "?".to_owned(),
        };
        record.submissions.iter().map(state).collect()
    }

    #[test]
    fn the_window_is_half_open_and_a_clock_that_goes_back_does_not_open_it() {
        let mut record = Record::default();
        assert_eq!(record.begin(&at(100), HOUR * 24, false), Begun::New);
        assert_eq!(record.begin(&at(100), HOUR * 24, false), Begun::Earlier(at(100)));
        assert_eq!(record.begin(&at(123), HOUR * 24, false), Begun::Earlier(at(100)));
        for earlier in [99, 76, 75, 0] {
            assert_eq!(record.begin(&at(earlier), HOUR * 24, false), Begun::Earlier(at(100)), "{earlier}");
        }
        assert_eq!(record.begin(&at(124), HOUR * 24, false), Begun::New);
        // Of several the newest is told.
        assert_eq!(record.begin(&at(125), HOUR * 48, false), Begun::Earlier(at(124)));
    }

    #[test]
    fn what_is_sent_again_hides_the_earlier_one_until_it_was_not_created() {
        let mut record = Record::default();
        record.begin(&at(0), HOUR, false);
        record.created("first").unwrap();
        assert_eq!(record.begin(&at(0), HOUR, true), Begun::New);
        assert_eq!(states(&record), ["first", "?"]);
        record.not_created().unwrap();
        assert_eq!(states(&record), ["first"]);
        record.begin(&at(0), HOUR, true);
        record.begin(&at(0), HOUR, true);
        record.created("second").unwrap();
        assert_eq!(states(&record), ["first", "?", "second"]);
        record.created("third").unwrap();
        assert_eq!(states(&record), ["first", "third", "second"]);
    }

    #[test]
    fn an_end_is_told_of_what_is_open_and_of_nothing_else() {
        let mut record = Record::default();
        record.not_created().unwrap();
        assert!(record.created("id").is_err());
        record.begin(&at(0), HOUR, false);
        record.created("id").unwrap();
        record.created("id").unwrap();
        assert!(record.created("other").is_err());
        assert!(record.not_created().is_err());
        assert_eq!(states(&record), ["id"]);
    }

    #[test]
    fn what_was_created_is_forgotten_with_time_and_what_is_uncertain_is_not() {
        let mut record = Record::default();
        record.begin(&at(0), HOUR, false);
        record.begin(&at(1), HOUR, false);
        record.created("id").unwrap();
        record.forget(at(10).at, HOUR * 10);
        assert_eq!(states(&record), ["?", "id"]);
        record.forget(at(11).at, HOUR * 10);
        assert_eq!(states(&record), ["?"]);
    }
}
