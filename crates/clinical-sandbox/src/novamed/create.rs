//! What all creates have in common: a request becomes a making, which is done under the book's lock, counted in the ledger
//! with the id that it made, and answered. A making that a rule refuses is not counted.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{CLINIC_NOT_FOUND, Refused, success};
use super::book::{Book, NovamedBook, Origin};
use super::revision::Revision;
use crate::journal::AttemptHandle;
use crate::operation::Received;
use crate::reply::Reply;
use crate::state::State;
use crate::switches::NovamedCreateStatus;

/// A request that is ready to be done. No `Debug`: it is a patient's.
pub(super) struct Making {
    operation: &'static str,
    fingerprint: String,
    attempt: AttemptHandle,
    revision: Revision,
}

/// What a making made.
pub(super) struct Made {
    /// The id for the ledger.
    pub(super) id: String,
    pub(super) data: Value,
    pub(super) message: &'static str,
}

/// Where a making is done: the book under its lock, the moment, and who does it.
pub(super) struct Desk<'a> {
    pub(super) book: &'a mut Book,
    pub(super) now: Duration,
    pub(super) seed: u64,
    pub(super) origin: Origin,
    all: &'a NovamedBook,
    fingerprint: &'a str,
}

impl Desk<'_> {
    /// An id for a new thing of this kind.
    pub(super) fn fresh(&mut self, kind: &str) -> String {
        self.all.fresh(self.book, kind, self.fingerprint)
    }

    /// Refuses a clinic that does not exist.
    pub(super) fn clinic(&self, id: &str) -> Result<(), Refused> {
        if self.all.has_clinic(id) { Ok(()) } else { Err(Refused::bad(CLINIC_NOT_FOUND)) }
    }
}

impl Making {
    pub(super) fn new(operation: &'static str, revision: Revision, request: &mut Received) -> Self {
        let fingerprint = std::mem::take(&mut request.fingerprint);
        Self { operation, fingerprint, attempt: request.attempt.clone(), revision }
    }

    /// Does it with `task`, and answers with the status of a create.
    pub(super) fn create(self, state: &State, task: impl FnOnce(&mut Desk<'_>) -> Result<Made, Refused>) -> Reply {
        let status = match state.switches.novamed_create_status {
            NovamedCreateStatus::Ok => StatusCode::OK,
            NovamedCreateStatus::Created => StatusCode::CREATED,
        };
        match self.commit(state, task) {
            Ok(made) => success(status, &made.data, made.message),
            Err(refused) => refused.reply(&state.switches),
        }
    }

    /// Does it with `task` and counts it.
    pub(super) fn commit(
        self,
        state: &State,
        task: impl FnOnce(&mut Desk<'_>) -> Result<Made, Refused>,
    ) -> Result<Made, Refused> {
        let origin = Origin { attempt: self.attempt.number(), revision: self.revision };
        let mut book = state.novamed.book();
        let mut desk = Desk {
            book: &mut book,
            now: state.clock.now(),
            seed: state.seed,
            origin,
            all: &state.novamed,
            fingerprint: &self.fingerprint,
        };
        let made = task(&mut desk);
        drop(book);
        let made = made?;
        state.ledger.commit_made(self.operation, &self.fingerprint, origin.attempt, Some(&made.id));
        self.attempt.committed();
        state.novamed.tell();
        Ok(made)
    }
}

/// A create as an act: `task` is given the desk.
pub(super) fn act(
    state: &Arc<State>,
    making: Making,
    task: impl FnOnce(&mut Desk<'_>) -> Result<Made, Refused> + Send + 'static,
) -> super::admit::Act {
    let state = Arc::clone(state);
    Box::new(move |_| making.create(&state, task))
}

/// One id under its name.
pub(super) fn one(name: &str, id: &str) -> Value {
    json!({ name: id })
}
