//! Writes the journal. An attempt is opened when its head has been read and closed by whatever comes last; a guard
//! closes it when the connection's future is dropped, so that an attempt never stays open by accident.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use tokio::sync::watch;

use super::{Attempt, AttemptHandle, Audit, Connection, Handshake, Journal, Outcome, Request};

/// The most entries of each list. A test double that runs for weeks must not eat the machine.
const MOST: usize = 20_000;

#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    book: Mutex<Book>,
    changed: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Book {
    connections: Numbered<Connection>,
    attempts: Numbered<Attempt>,
    requests: Numbered<Request>,
    places: BTreeMap<String, u64>,
    generation: u64,
}

/// A bounded list whose entries are found by their number, which counts from 1 and is never used again.
#[derive(Debug)]
struct Numbered<T> {
    first: u64,
    entries: VecDeque<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { first: 1, entries: VecDeque::new() }
    }
}

impl<T> Numbered<T> {
    fn next(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn push(&mut self, entry: T) -> Option<T> {
        self.entries.push_back(entry);
        if self.entries.len() <= MOST {
            return None;
        }
        self.first += 1;
        self.entries.pop_front()
    }

    fn get(&mut self, number: u64) -> Option<&mut T> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.entries.get_mut(place)
    }
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { inner: Arc::new(Inner { book: Mutex::default(), changed: watch::Sender::new(0) }) }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.inner.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.inner.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Changes whenever the journal does.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    pub(crate) fn copy(&self) -> Journal {
        let book = self.book();
        Journal {
            connections: book.connections.entries.iter().cloned().collect(),
            attempts: book.attempts.entries.iter().cloned().collect(),
            requests: book.requests.entries.iter().cloned().collect(),
            dropped: book.connections.first + book.attempts.first + book.requests.first - 3,
        }
    }

    /// Forgets everything and counts from 1 again. Whatever is still under way goes unrecorded.
    pub(crate) fn reset(&self) {
        let mut book = self.book();
        let generation = book.generation + 1;
        *book = Book { generation, ..Book::default() };
        drop(book);
        self.tell();
    }

    pub(crate) fn connection_opened(&self, fault: Option<String>) -> (u64, u64) {
        let mut book = self.book();
        let number = book.connections.next();
        book.connections.push(Connection { number, attempts: 0, closed: false, fault, handshake: None });
        let generation = book.generation;
        drop(book);
        self.tell();
        (number, generation)
    }

    pub(crate) fn connection_closed(&self, connection: (u64, u64)) {
        self.edit_connection(connection, |connection| connection.closed = true);
    }

    pub(crate) fn handshake(&self, connection: (u64, u64), ended: Handshake) {
        self.edit_connection(connection, |connection| connection.handshake = Some(ended));
    }

    fn change(&self, (number, generation): (u64, u64), change: impl FnOnce(&mut Book, u64)) {
        let mut book = self.book();
        if book.generation == generation {
            change(&mut book, number);
        }
        drop(book);
        self.tell();
    }

    pub(super) fn edit(&self, attempt: (u64, u64), edit: impl FnOnce(&mut Attempt)) {
        self.change(attempt, |book, number| {
            if let Some(attempt) = book.attempts.get(number) {
                edit(attempt);
            }
        });
    }

    fn edit_connection(&self, (number, generation): (u64, u64), edit: impl FnOnce(&mut Connection)) {
        self.change((number, generation), |book, number| {
            if let Some(connection) = book.connections.get(number) {
                edit(connection);
            }
        });
    }

    /// Opens an attempt.
    pub(crate) fn attempt(
        &self,
        (connection, born): (u64, u64),
        operation: &str,
        at: Duration,
        headers: &HeaderMap,
    ) -> AttemptGuard {
        let mut names: Vec<String> = headers.keys().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        let value = |name| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let audit = Audit { doctor: value("x-doctor"), patient: value("x-patient") };
        let mut book = self.book();
        let number = book.attempts.next();
        let generation = book.generation;
        if born == generation
            && let Some(connection) = book.connections.get(connection)
        {
            connection.attempts += 1;
        }
        book.attempts.push(Attempt {
            number,
            connection,
            request: None,
            operation: operation.to_owned(),
            at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            headers: names,
            body_bytes: 0,
            body_sha256: None,
            status: None,
            faults: Vec::new(),
            committed: false,
            task: None,
            consumed: false,
            outcome: Outcome::Pending,
            audit,
        });
        drop(book);
        self.tell();
        AttemptGuard { recorder: self.clone(), number, generation, complete: false, closed: false }
    }
}

/// An attempt under way.
#[derive(Debug)]
pub(crate) struct AttemptGuard {
    recorder: Recorder,
    number: u64,
    generation: u64,
    complete: bool,
    closed: bool,
}

impl AttemptGuard {
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// A way to note more on it later.
    pub(crate) fn handle(&self) -> AttemptHandle {
        AttemptHandle { recorder: self.recorder.clone(), number: self.number, generation: self.generation }
    }

    fn change(&self, change: impl FnOnce(&mut Book, u64)) {
        self.recorder.change((self.number, self.generation), change);
    }

    fn edit(&self, edit: impl FnOnce(&mut Attempt)) {
        self.recorder.edit((self.number, self.generation), edit);
    }

    /// Notes how much of the body has come.
    pub(crate) fn arrived(&self, bytes: u64) {
        self.edit(|attempt| attempt.body_bytes = bytes);
    }

    /// Notes that the request is whole, and which one it is.
    pub(crate) fn complete(&mut self, operation: &str, sha256: String, fingerprint: &str) {
        self.complete = true;
        self.change(|book, number| {
            let request = book.places.get(fingerprint).copied().unwrap_or_else(|| {
                let request = book.requests.next();
                let entry = Request {
                    number: request,
                    operation: operation.to_owned(),
                    fingerprint: fingerprint.to_owned(),
                    attempts: Vec::new(),
                };
                if let Some(forgotten) = book.requests.push(entry) {
                    book.places.remove(&forgotten.fingerprint);
                }
                book.places.insert(fingerprint.to_owned(), request);
                request
            });
            if let Some(request) = book.requests.get(request).filter(|request| request.attempts.len() < MOST) {
                request.attempts.push(number);
            }
            if let Some(attempt) = book.attempts.get(number) {
                attempt.request = Some(request);
                attempt.body_sha256 = Some(sha256);
            }
        });
    }

    /// Notes that the vendor's side processed it.
    pub(crate) fn committed(&self) {
        self.edit(|attempt| attempt.committed = true);
    }

    /// Notes a fault that was applied.
    pub(crate) fn fault(&self, name: &str) {
        self.edit(|attempt| attempt.faults.push(name.to_owned()));
    }

    /// Closes it with an answer or a byte-level fault.
    pub(crate) fn close(mut self, status: Option<u16>, outcome: Outcome) {
        self.closed = true;
        self.edit(|attempt| {
            attempt.status = status;
            attempt.outcome = outcome;
        });
    }
}

impl Drop for AttemptGuard {
    fn drop(&mut self) {
        if !self.closed {
            let outcome = if self.complete { Outcome::Abandoned } else { Outcome::Cut };
            self.edit(|attempt| attempt.outcome = outcome);
        }
    }
}
