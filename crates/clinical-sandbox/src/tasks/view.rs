//! A task as an answer shows it: the documented fields, all of them in every answer, in the order of the guide's sample.
//! It is written by hand around the result's own bytes, so that a large result is copied once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::ending::Ending;
use super::moment::rfc3339;
use super::timeline::Status;
use crate::switches::TaskStatuses;

/// One task at one moment.
pub(crate) struct View {
    pub(crate) id: String,
    start: SystemTime,
    steps: Vec<(Status, Duration)>,
    ending: Option<Arc<Ending>>,
}

impl View {
    /// `ending` is there when the last of the steps is the end.
    pub(super) fn new(id: &str, start: SystemTime, steps: &[(Status, Duration)], ending: Option<Arc<Ending>>) -> Self {
        Self { id: id.to_owned(), start, steps: steps.to_vec(), ending }
    }

    /// A task that has just been made.
    pub(super) fn begun(id: &str, start: SystemTime) -> Self {
        Self::new(id, start, &[(Status::Created, Duration::ZERO), (Status::Queued, Duration::ZERO)], None)
    }

    fn status(&self) -> Status {
        self.steps.last().map_or(Status::Created, |(status, _)| *status)
    }

    pub(crate) fn status_name(&self, statuses: TaskStatuses) -> &'static str {
        self.status().name(statuses)
    }

    pub(crate) fn is_terminal(&self) -> bool {
        self.status().is_terminal()
    }

    /// The body of the answer.
    pub(crate) fn body(&self, statuses: TaskStatuses) -> Bytes {
        let status = self.status();
        let mut changes = Map::new();
        for (step, at) in &self.steps {
            // The older page has one name for several steps: the first of them gives the time.
            changes.entry(step.name(statuses)).or_insert_with(|| json!(rfc3339(self.start, *at)));
        }
        let completed = self.steps.last().filter(|_| status.is_terminal()).map(|(_, at)| rfc3339(self.start, *at));
        let info = self.ending.as_ref().map_or(Value::Null, |ending| ending.info.clone());
        let head = format!(
            r#"{{"task_id":{},"status":{},"percentage":{},"started_at":{},"completed_at":{},"status_changes_at":{},"result":"#,
            json!(self.id),
            json!(status.name(statuses)),
            status.percentage(),
            json!(rfc3339(self.start, Duration::ZERO)),
            json!(completed),
            Value::Object(changes),
        );
        let result = self.ending.as_ref().and_then(|ending| ending.result.as_deref()).unwrap_or(b"null");
        let tail = format!(r#","additional_info":{info}}}"#);
        Bytes::from([head.as_bytes(), result, tail.as_bytes()].concat())
    }
}
