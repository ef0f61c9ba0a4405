//! A way to note on an attempt what is known only after it was closed: that its answer took a result, or gave way to
//! another answer.

use super::recorder::Recorder;

/// One attempt, wherever it stands. Clones mean the same attempt.
#[derive(Clone, Debug)]
pub(crate) struct AttemptHandle {
    pub(super) recorder: Recorder,
    pub(super) number: u64,
    pub(super) generation: u64,
}

impl AttemptHandle {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Notes the task that it made or asked for.
    pub(crate) fn task(&self, id: &str) {
        self.recorder.edit((self.number, self.generation), |attempt| attempt.task = Some(id.to_owned()));
    }

    /// Notes that its answer took the result of its task.
    pub(crate) fn consumed(&self) {
        self.recorder.edit((self.number, self.generation), |attempt| attempt.consumed = true);
    }

    /// Notes that the vendor's side processed it.
    pub(crate) fn committed(&self) {
        self.recorder.edit((self.number, self.generation), |attempt| attempt.committed = true);
    }

    /// Notes another status than the one it was closed with.
    pub(crate) fn status(&self, status: u16) {
        self.recorder.edit((self.number, self.generation), |attempt| attempt.status = Some(status));
    }
}
