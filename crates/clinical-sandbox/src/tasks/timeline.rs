//! The steps of a task and when each of them comes, counted from its creation in virtual time. Which steps there are
//! depends on what was sent; how long they take lies in the ranges the guide gives and follows the seed.

use std::time::Duration;

use crate::switches::TaskStatuses;

/// A status of a task, in the guide's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Created,
    Queued,
    Started,
    DocumentDownloadDone,
    DocumentParsingDone,
    AudioProcessingDone,
    ServiceDone,
    Done,
    Failed,
}

impl Status {
    /// Its name on the wire.
    pub(crate) fn name(self, statuses: TaskStatuses) -> &'static str {
        match (self, statuses) {
            (Self::Created, _) | (Self::Queued, TaskStatuses::Older) => "CREATED",
            (Self::Done, _) => "DONE",
            (Self::Failed, _) => "FAILED",
            (Self::Queued, TaskStatuses::Current) => "QUEUED",
            (_, TaskStatuses::Older) => "RUNNING",
            (Self::Started, TaskStatuses::Current) => "STARTED",
            (Self::DocumentDownloadDone, TaskStatuses::Current) => "DOCUMENT_DOWNLOAD_DONE",
            (Self::DocumentParsingDone, TaskStatuses::Current) => "DOCUMENT_PARSING_DONE",
            (Self::AudioProcessingDone, TaskStatuses::Current) => "AUDIO_PROCESSING_DONE",
            (Self::ServiceDone, TaskStatuses::Current) => "SERVICE_DONE",
        }
    }

    /// Whether nothing comes after it.
    pub(crate) fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    /// No percentage per status is documented but those of the first and the last; the others only go up.
    pub(crate) fn percentage(self) -> u8 {
        match self {
            Self::Created | Self::Queued | Self::Failed => 0,
            Self::Started => 10,
            Self::DocumentDownloadDone => 25,
            Self::DocumentParsingDone => 45,
            Self::AudioProcessingDone => 65,
            Self::ServiceDone => 90,
            Self::Done => 100,
        }
    }
}

/// What was sent, as far as the steps depend on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// Something has to be downloaded.
    pub(crate) urls: bool,
    /// There is a document.
    pub(crate) documents: bool,
    /// There is a recording without a transcript.
    pub(crate) recordings: bool,
}

/// Statuses and their times since the creation, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Timeline {
    steps: Vec<(Status, Duration)>,
}

impl Timeline {
    /// The steps of a task that ends well. Text takes 3 to 9 seconds, documents 30 to 120, recordings 60 to 180; of
    /// several kinds the longest counts.
    pub(crate) fn new(contents: Contents, seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut total = rng.u64(3_000..=9_000);
        if contents.documents {
            total = total.max(rng.u64(30_000..=120_000));
        }
        if contents.recordings {
            total = total.max(rng.u64(60_000..=180_000));
        }
        let mut steps = vec![(Status::Created, 0), (Status::Queued, 0), (Status::Started, 1_000)];
        let middle = [
            (contents.urls, Status::DocumentDownloadDone, 2),
            (contents.documents, Status::DocumentParsingDone, 5),
            (contents.recordings, Status::AudioProcessingDone, 7),
            (true, Status::ServiceDone, 9),
        ];
        // In tenths of the time after the start, so that the order holds whatever the total is.
        let wanted = middle.into_iter().filter(|(there, ..)| *there);
        steps.extend(wanted.map(|(_, status, tenths)| (status, 1_000 + (total - 1_000) * tenths / 10)));
        steps.push((Status::Done, total));
        Self { steps: steps.into_iter().map(|(status, millis)| (status, Duration::from_millis(millis))).collect() }
    }

    /// A task of which nothing is known but that it failed.
    pub(crate) fn none() -> Self {
        Self { steps: vec![(Status::Created, Duration::ZERO), (Status::Failed, Duration::ZERO)] }
    }

    /// The same up to the step `at`, where the task fails instead.
    pub(crate) fn failing(mut self, at: Status) -> Self {
        if let Some(place) = self.steps.iter().position(|(status, _)| *status == at) {
            self.steps.truncate(place + 1);
            self.steps[place].0 = Status::Failed;
        }
        self
    }

    /// When `status` comes, if ever.
    pub(crate) fn when(&self, status: Status) -> Option<Duration> {
        self.steps.iter().find(|(step, _)| *step == status).map(|(_, at)| *at)
    }

    /// The steps that have come by `age`; the first always has.
    pub(crate) fn until(&self, age: Duration) -> &[(Status, Duration)] {
        let come = self.steps.iter().take_while(|(_, at)| *at <= age).count();
        &self.steps[..come.max(1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(contents: Contents) -> Vec<Status> {
        Timeline::new(contents, 7).steps.iter().map(|(status, _)| *status).collect()
    }

    #[test]
    fn the_steps_follow_what_was_sent() {
        use Status::{Created, Done, Queued, ServiceDone, Started};
        assert_eq!(statuses(Contents::default()), [Created, Queued, Started, ServiceDone, Done]);
        let all = statuses(Contents { urls: true, documents: true, recordings: true });
        assert_eq!(all.len(), 8);
        assert_eq!(all[3..6], [Status::DocumentDownloadDone, Status::DocumentParsingDone, Status::AudioProcessingDone]);
    }

    #[test]
    fn every_total_lies_in_the_guides_range_and_times_never_go_back() {
        let cases = [
            (Contents::default(), 3, 9),
            (Contents { documents: true, ..Contents::default() }, 30, 120),
            (Contents { recordings: true, ..Contents::default() }, 60, 180),
            (Contents { urls: true, documents: true, recordings: true }, 60, 180),
        ];
        for (contents, least, most) in cases {
            let mut totals = Vec::new();
            for seed in 0..200 {
                let timeline = Timeline::new(contents, seed);
                assert!(timeline.steps.is_sorted_by_key(|(_, at)| *at), "{timeline:?}");
                totals.push(timeline.when(Status::Done).unwrap());
            }
            assert!(*totals.iter().min().unwrap() >= Duration::from_secs(least));
            assert!(*totals.iter().max().unwrap() <= Duration::from_secs(most));
            assert!(totals.iter().any(|total| *total != totals[0]), "the seed has no effect");
        }
    }

    #[test]
    fn a_task_that_fails_ends_at_the_step_that_fails() {
        let contents = Contents { urls: true, documents: true, recordings: false };
        let good = Timeline::new(contents, 3);
        let at = good.when(Status::DocumentParsingDone).unwrap();
        let bad = good.failing(Status::DocumentParsingDone);
        assert_eq!(bad.steps.last(), Some(&(Status::Failed, at)));
        assert!(bad.when(Status::Done).is_none() && bad.when(Status::DocumentDownloadDone).is_some());
        assert_eq!(bad.until(at).len(), bad.steps.len());
        let before = at.saturating_sub(Duration::from_millis(1));
        assert_eq!(bad.until(before).last().map(|step| step.0), Some(Status::DocumentDownloadDone));
    }
}
