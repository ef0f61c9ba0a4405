//! Between the callers and the writer's thread: what is to be written, in order, and what callers may know of the writer without
//! waiting for it. Handing over never waits for a disk.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use clinical_http::audit::AuditRecord;
use tokio::sync::oneshot;

use crate::entry::Opening;
use crate::{Error, Head};

/// How many records may wait for the writer. More than that means that the disk hangs: further ones are counted as lost.
const MOST_RECORDS: usize = 10_000;

pub(crate) type Reply = oneshot::Sender<Result<(), Error>>;

pub(crate) enum Job {
    /// Written before a call is sent; `sync`: and on the disk.
    Opening {
        opening: Box<Opening>,
        sync: bool,
        reply: Reply,
    },
    Record {
        record: Box<AuditRecord>,
        sync: bool,
    },
    /// Answered when all that was handed over before is written.
    Flush {
        sync: bool,
        reply: Reply,
    },
    /// The same, and the file is closed. Nothing is accepted after it.
    Close {
        reply: Option<Reply>,
    },
}

#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    work: Condvar,
    end: Condvar,
}

struct State {
    jobs: VecDeque<Job>,
    records: usize,
    closing: bool,
    ended: bool,
    head: Head,
    lost: u64,
}

impl Default for State {
    fn default() -> Self {
        Self { jobs: VecDeque::new(), records: 0, closing: false, ended: false, head: Head::EMPTY, lost: 0 }
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a job over; after a close, openings and flushes are answered at once and records are lost.
    pub(crate) fn push(&self, job: Job) {
        let mut state = self.state();
        if state.closing {
            let closed = Err(Error::closed());
            match job {
                Job::Record { .. } => state.lost = state.lost.saturating_add(1),
                Job::Opening { reply, .. } | Job::Flush { reply, .. } | Job::Close { reply: Some(reply) } => {
                    // Whoever asked may have gone.
                    let _ = reply.send(closed);
                }
                Job::Close { reply: None } => {}
            }
            return;
        }
        match &job {
            Job::Record { .. } if state.records >= MOST_RECORDS => {
                state.lost = state.lost.saturating_add(1);
                return;
            }
            Job::Record { .. } => state.records += 1,
            Job::Close { .. } => state.closing = true,
            Job::Opening { .. } | Job::Flush { .. } => {}
        }
        state.jobs.push_back(job);
        drop(state);
        self.work.notify_one();
    }

    /// Everything that waits; blocks until there is something.
    pub(crate) fn take(&self) -> VecDeque<Job> {
        let mut state = self.state();
        while state.jobs.is_empty() {
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.records = 0;
        std::mem::take(&mut state.jobs)
    }

    pub(crate) fn head(&self) -> Head {
        self.state().head
    }

    pub(crate) fn set_head(&self, head: Head) {
        self.state().head = head;
    }

    pub(crate) fn lost(&self) -> u64 {
        self.state().lost
    }

    pub(crate) fn lose(&self, records: u64) {
        let mut state = self.state();
        state.lost = state.lost.saturating_add(records);
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.state().closing
    }

    /// The writer has closed the file, in whatever way it ended. Those who still wait get no answer and learn it from that.
    pub(crate) fn set_ended(&self) {
        let mut state = self.state();
        (state.closing, state.ended) = (true, true);
        state.lost = state.lost.saturating_add(state.records as u64);
        state.records = 0;
        state.jobs.clear();
        drop(state);
        self.end.notify_all();
    }

    pub(crate) fn wait_for_end(&self) {
        let mut state = self.state();
        while !state.ended {
            state = self.end.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
