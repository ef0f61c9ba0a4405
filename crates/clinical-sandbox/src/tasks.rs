//! The tasks of a sandbox: begun by one call, looked at by others, and destroyed when the first byte of their end leaves.
//! The book keeps them on the virtual clock and decides who gets a result. It sends nothing and computes no result.

mod ending;
mod facts;
pub(crate) mod moment;
mod ticket;
pub(crate) mod timeline;
mod view;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use crate::digest;
use crate::switches::TaskStatuses;
use timeline::{Status, Timeline};

pub(crate) use ending::{Ending, Later};
pub use facts::{PollFacts, TaskFacts};
pub(crate) use ticket::{Rules, Ticket};
pub(crate) use view::View;

/// The most tasks kept. The oldest make room.
const MOST_TASKS: usize = 20_000;
/// The most bytes of results, and of inputs that wait for a download, kept (1 GiB). The oldest tasks make room.
const MOST_BYTES: usize = 1 << 30;
/// The most polls listed for each task.
const MOST_POLLS: usize = 256;

/// All tasks of one sandbox.
#[derive(Default)]
pub(crate) struct TaskBook {
    book: Mutex<Book>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct Book {
    tasks: BTreeMap<String, Task>,
    order: VecDeque<String>,
    /// How many tasks each content made, so that equal contents get different ids, and the same ones on every run.
    made: HashMap<String, u64>,
    bytes: usize,
    generation: u64,
}

struct Task {
    facts: TaskFacts,
    born: Duration,
    start: SystemTime,
    outcome: Outcome,
    hold: Hold,
}

/// How a task ends.
pub(crate) enum Outcome {
    /// Known, though perhaps not yet due.
    Known(Arc<Ending>),
    /// To be found out when `at` has come; until then `plan` holds.
    Open { plan: Timeline, at: Duration, later: Arc<Later> },
    /// It was taken.
    Destroyed,
}

/// Who has the result of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Free,
    /// An answer with it is about to hand over its first byte.
    Reserved,
    Consumed,
}

/// A task to be made.
pub(crate) struct NewTask {
    pub(crate) operation: &'static str,
    pub(crate) fingerprint: String,
    pub(crate) attempt: u64,
    pub(crate) born: Duration,
    pub(crate) start: SystemTime,
    pub(crate) outcome: Outcome,
}

/// What a poll finds.
pub(crate) enum Found {
    /// No such task, or no longer.
    Nothing,
    /// The task as it stands.
    Task(View),
}

impl Outcome {
    fn bytes(&self) -> usize {
        match self {
            Self::Known(ending) => ending.bytes(),
            Self::Open { later, .. } => later.bytes(),
            Self::Destroyed => 0,
        }
    }

    fn timeline(&self) -> Option<&Timeline> {
        match self {
            Self::Known(ending) => Some(&ending.timeline),
            Self::Open { plan, .. } => Some(plan),
            Self::Destroyed => None,
        }
    }
}

impl TaskBook {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Makes a task and tells its id and how it stands.
    pub(crate) fn create(&self, seed: u64, new: NewTask) -> View {
        let mut book = self.book();
        if book.made.len() >= MOST_TASKS && !book.made.contains_key(&new.fingerprint) {
            book.made.clear();
        }
        let id = loop {
            let made = book.made.entry(new.fingerprint.clone()).or_default();
            *made += 1;
            let id = digest::task_id(seed, &new.fingerprint, *made);
            if !book.tasks.contains_key(&id) {
                break id;
            }
        };
        let facts = TaskFacts {
            id: id.clone(),
            operation: new.operation.to_owned(),
            created_by_attempt: new.attempt,
            status: String::new(),
            polls: Vec::new(),
            polls_left_out: 0,
            consumed: false,
        };
        book.bytes += new.outcome.bytes();
        let view = View::begun(&id, new.start);
        let task = Task { facts, born: new.born, start: new.start, outcome: new.outcome, hold: Hold::Free };
        book.tasks.insert(id.clone(), task);
        book.order.push_back(id);
        book.make_room();
        view
    }

    /// Looks a task up at the virtual time `now`. It may take long: an open outcome is found out here.
    pub(crate) fn look(&self, id: &str, now: Duration) -> Found {
        loop {
            let later = {
                let book = self.book();
                let Some(task) = book.tasks.get(id) else {
                    return Found::Nothing;
                };
                match task.look(now) {
                    Ok(view) => return view.map_or(Found::Nothing, Found::Task),
                    Err(later) => later,
                }
            };
            let ending = later.ending();
            let mut book = self.book();
            let Some(task) = book.tasks.get_mut(id) else {
                return Found::Nothing;
            };
            if matches!(task.outcome, Outcome::Open { .. }) {
                let before = task.outcome.bytes();
                let after = ending.bytes();
                task.outcome = Outcome::Known(ending);
                book.bytes = book.bytes.saturating_sub(before).saturating_add(after);
            }
        }
    }

    /// Every task's truth, in the order of their creation.
    pub(crate) fn facts(&self, now: Duration, statuses: TaskStatuses) -> Vec<TaskFacts> {
        let book = self.book();
        let facts = |task: &Task| {
            let mut facts = task.facts.clone();
            if let Some((status, _)) = task.outcome.timeline().and_then(|t| t.until(task.age(now)).last()) {
                status.name(statuses).clone_into(&mut facts.status);
            }
            facts
        };
        book.order.iter().filter_map(|id| book.tasks.get(id)).map(facts).collect()
    }

    /// Changes whenever a result was reserved, taken or given back.
    fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Forgets all tasks. Answers that are under way go unrecorded.
    pub(crate) fn reset(&self) {
        let mut book = self.book();
        let generation = book.generation + 1;
        *book = Book { generation, ..Book::default() };
        drop(book);
        self.tell();
    }
}

impl Book {
    fn make_room(&mut self) {
        while self.order.len() > MOST_TASKS || (self.bytes > MOST_BYTES && self.order.len() > 1) {
            let Some(task) = self.order.pop_front().and_then(|id| self.tasks.remove(&id)) else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(task.outcome.bytes());
        }
    }

    /// Destroys what the task holds.
    fn destroy(&mut self, id: &str, status: &'static str) {
        let Some(task) = self.tasks.get_mut(id) else {
            return;
        };
        let bytes = task.outcome.bytes();
        task.outcome = Outcome::Destroyed;
        task.hold = Hold::Consumed;
        task.facts.consumed = true;
        status.clone_into(&mut task.facts.status);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

impl Task {
    fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.born)
    }

    /// How it stands; `None` when it was taken.
    ///
    /// # Errors
    ///
    /// What has to be found out first.
    fn look(&self, now: Duration) -> Result<Option<View>, Arc<Later>> {
        let age = self.age(now);
        match &self.outcome {
            Outcome::Destroyed => Ok(None),
            Outcome::Open { at, later, .. } if age >= *at => Err(Arc::clone(later)),
            Outcome::Open { plan, .. } => Ok(Some(View::new(&self.facts.id, self.start, plan.until(age), None))),
            Outcome::Known(ending) => {
                let steps = ending.timeline.until(age);
                let ended = steps.last().is_some_and(|(status, _)| status.is_terminal());
                Ok(Some(View::new(&self.facts.id, self.start, steps, ended.then(|| Arc::clone(ending)))))
            }
        }
    }

    fn note(&mut self, poll: PollFacts) {
        if self.facts.polls.len() >= MOST_POLLS {
            let place = self.facts.polls.iter().position(|poll| !poll.terminal).unwrap_or(0);
            self.facts.polls.remove(place);
            self.facts.polls_left_out += 1;
        }
        self.facts.polls.push(poll);
    }

    fn poll(&mut self, attempt: u64) -> Option<&mut PollFacts> {
        self.facts.polls.iter_mut().rev().find(|poll| poll.attempt == attempt)
    }
}

/// When a task whose end is open has to be found out: where its first doubtful step comes.
pub(crate) fn doubtful(plan: &Timeline) -> Duration {
    plan.when(Status::DocumentDownloadDone).unwrap_or_default()
}

#[cfg(test)]
mod tests;
