//! The end of a task: a result or a failure, known when the task is made or found out later, once. What finds it out may
//! block, so it is asked where that holds up no connection.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::Value;

use super::timeline::Timeline;

/// How a task ends. No `Debug`: the result is a patient's.
pub(crate) struct Ending {
    pub(crate) timeline: Timeline,
    /// The result as JSON; `None` for a task that fails.
    pub(crate) result: Option<Bytes>,
    /// `additional_info`.
    pub(crate) info: Value,
}

impl Ending {
    pub(super) fn bytes(&self) -> usize {
        self.result.as_ref().map_or(0, Bytes::len)
    }
}

type Work = Box<dyn FnOnce() -> Ending + Send>;

/// An end that is found out when it is first asked for. Who asks meanwhile waits for the same answer.
pub(crate) struct Later {
    bytes: usize,
    work: Mutex<Option<Work>>,
    ending: OnceLock<Arc<Ending>>,
}

impl Later {
    /// `bytes` is what the work holds until then.
    pub(crate) fn new(bytes: usize, work: impl FnOnce() -> Ending + Send + 'static) -> Arc<Self> {
        Arc::new(Self { bytes, work: Mutex::new(Some(Box::new(work))), ending: OnceLock::new() })
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn ending(&self) -> Arc<Ending> {
        let find_out = || {
            let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
            // The work is there: it is taken here alone, and this runs once.
            let lost = || Ending { timeline: Timeline::none(), result: None, info: Value::Null };
            Arc::new(work.map_or_else(lost, |work| work()))
        };
        Arc::clone(self.ending.get_or_init(find_out))
    }
}
