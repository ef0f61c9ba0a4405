//! The right to an answer's bytes. Several polls may have the end of one task in hand; the first that is about to hand
//! over a byte reserves it, and its byte destroys the task. A ticket that is dropped before that gives it back.

use std::sync::Arc;

use super::{Hold, PollFacts, TaskBook, View};
use crate::journal::AttemptHandle;
use crate::reply::Reply;
use crate::switches::{TaskConsumption, TaskStatuses};

/// What ties one answer to its task. No `Debug`: it holds an answer.
pub(crate) struct Ticket {
    book: Arc<TaskBook>,
    task: String,
    generation: u64,
    attempt: AttemptHandle,
    /// The end's name where the answer is the end of the task.
    end: Option<&'static str>,
    /// What is sent when another answer was first.
    gone: Option<Reply>,
    reserved: bool,
}

/// The switches a ticket depends on.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) statuses: TaskStatuses,
    pub(crate) consumption: TaskConsumption,
}

impl Ticket {
    /// Notes a poll that was processed and gives it its ticket; `None` when its task is not known. `view` is what the
    /// poll found; `gone` is the answer for a task that was taken.
    ///
    /// # Errors
    ///
    /// The answer `gone`, when processing takes a result and another poll was processed first.
    pub(crate) fn issue(
        book: &Arc<TaskBook>,
        task: &str,
        attempt: AttemptHandle,
        view: Option<&View>,
        rules: Rules,
        gone: Reply,
    ) -> Result<Option<Self>, Reply> {
        let mut inner = book.book();
        let generation = inner.generation;
        let Some(entry) = inner.tasks.get_mut(task) else {
            return if view.is_some() { Err(gone) } else { Ok(None) };
        };
        // Looking and noting are two steps: another answer may have taken the end between them.
        let taken = entry.hold == Hold::Consumed;
        let name = view.filter(|_| !taken).map(|view| view.status_name(rules.statuses));
        let end = name.filter(|_| view.is_some_and(View::is_terminal));
        entry.note(PollFacts {
            attempt: attempt.number(),
            status_sent: name.map(str::to_owned),
            terminal: end.is_some(),
            first_byte_sent: false,
            whole_body_sent: false,
        });
        if taken && view.is_some() {
            return Err(gone);
        }
        let at_once = rules.consumption == TaskConsumption::Processing;
        if let Some(status) = end.filter(|_| at_once) {
            inner.destroy(task, status);
            attempt.consumed();
        }
        drop(inner);
        let book = Arc::clone(book);
        // What processing has taken already needs no reservation.
        let reserved = end.is_some() && at_once;
        let ticket = Self { book, task: task.to_owned(), generation, attempt, end, gone: Some(gone), reserved };
        Ok(Some(ticket))
    }

    /// Whether the answer is the end of its task, so that its first byte matters.
    pub(crate) fn is_end(&self) -> bool {
        self.end.is_some()
    }

    /// Asks for the right to send. `Some` is what has to be sent instead, because another answer was first. Waits while
    /// another answer is about to hand over its first byte.
    pub(crate) async fn reserve(&mut self) -> Option<Reply> {
        if self.end.is_none() || self.reserved {
            return None;
        }
        let mut changes = self.book.watch();
        loop {
            changes.borrow_and_update();
            match self.try_reserve() {
                Some(Hold::Free) => {
                    self.reserved = true;
                    return None;
                }
                Some(Hold::Reserved) => {
                    if changes.changed().await.is_err() {
                        return None;
                    }
                }
                Some(Hold::Consumed) => break,
                // The sandbox was reset meanwhile: the answer goes, and nobody counts it.
                None => return None,
            }
        }
        self.end = None;
        self.change(|poll| {
            poll.status_sent = None;
            poll.terminal = false;
        });
        let gone = self.gone.take();
        if let Some(gone) = &gone {
            self.attempt.status(gone.status.as_u16());
        }
        gone
    }

    /// How the result was held before this call, which reserves it where it was free.
    fn try_reserve(&self) -> Option<Hold> {
        let mut book = self.book.book();
        if book.generation != self.generation {
            return None;
        }
        let Some(task) = book.tasks.get_mut(&self.task) else {
            return Some(Hold::Consumed);
        };
        let before = task.hold;
        if before == Hold::Free {
            task.hold = Hold::Reserved;
        }
        Some(before)
    }

    /// The first byte of the answer was handed to the system.
    pub(crate) fn first_byte(&mut self) {
        self.change(|poll| poll.first_byte_sent = true);
        let Some(status) = self.end else {
            return;
        };
        let mut book = self.book.book();
        if self.reserved && book.generation == self.generation {
            book.destroy(&self.task, status);
            drop(book);
            self.attempt.consumed();
            self.book.tell();
        }
        self.reserved = false;
    }

    /// The last byte of its body was.
    pub(crate) fn whole_body(&mut self) {
        self.change(|poll| poll.whole_body_sent = true);
    }

    fn change(&self, change: impl FnOnce(&mut PollFacts)) {
        let mut book = self.book.book();
        if book.generation != self.generation {
            return;
        }
        let poll = book.tasks.get_mut(&self.task).and_then(|task| task.poll(self.attempt.number()));
        if let Some(poll) = poll {
            change(poll);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.reserved {
            return;
        }
        let mut book = self.book.book();
        let same = book.generation == self.generation;
        if let Some(task) = book.tasks.get_mut(&self.task).filter(|task| same && task.hold == Hold::Reserved) {
            task.hold = Hold::Free;
        }
        drop(book);
        self.book.tell();
    }
}
