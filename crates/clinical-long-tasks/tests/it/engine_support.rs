//! What the tests of the engine share: a vendor, its questions, and a store that fails on command.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{BaseUrl, Body, Call, Client, ClientBuilder, Effect, Error, ErrorKind, Method, Operation, Vendor};
use clinical_long_tasks::{
    AnswerHead, Claim, ClaimEnd, Claiming, Entry, Key, Origin, Orphan, Protocol, Reading, ResultStore, Status,
    StoreError, Submission, TaskToken, Tasks, TasksBuilder, VolatileStore,
};
use serde_json::Value;

pub(crate) static VENDOR: Vendor = Vendor::new("vendor");
pub(crate) const SERVER: &str = "https://vendor.example:443";
static CREATE: Operation = Operation::new("create", Method::Post, "/create", Effect::Unsafe);
static ASK: Operation = Operation::new("ask", Method::Post, "/ask", Effect::ReadOnce);

pub(crate) struct TestProtocol;

impl Protocol for TestProtocol {
    fn ask(&self, token: &TaskToken) -> Result<Call, Error> {
        Ok(Call::new(&ASK).body(Body::json(&serde_json::json!({ "task": token.task() }))?))
    }

    fn read(&self, body: &[u8]) -> Reading {
        let value = match serde_json::from_slice::<Value>(body) {
            Ok(value) => value,
            Err(error) if error.is_eof() => return Reading::Incomplete,
            Err(_) => return Reading::Unreadable,
        };
        let Some(name) = value["status"].as_str() else { return Reading::Unreadable };
        let status = Status::new(name, value["percentage"].as_f64(), ["RUNNING", "DONE", "FAILED"].contains(&name));
        match name {
            "DONE" => Reading::Done(status),
            "FAILED" => Reading::Failed(status),
            _ => Reading::InProgress(status),
        }
    }
}

/// A client with a clock that jumps.
pub(crate) fn client(transport: &ScriptedTransport, clock: &JumpingClock) -> ClientBuilder {
    Client::builder(&VENDOR, BaseUrl::parse("https://vendor.example").unwrap())
        .transport(transport.clone())
        .clock(clock.clone())
        .seed(7)
}

pub(crate) fn builder(transport: &ScriptedTransport, clock: &JumpingClock) -> TasksBuilder {
    Tasks::builder(client(transport, clock).build().unwrap(), TestProtocol).seed(7)
}

/// Settings with the clock of tokio, which the answers' delays go by, too.
pub(crate) fn on_tokio_clock(transport: &ScriptedTransport) -> TasksBuilder {
    let client = Client::builder(&VENDOR, BaseUrl::parse("https://vendor.example").unwrap());
    Tasks::builder(client.transport(transport.clone()).build().unwrap(), TestProtocol).seed(7)
}

/// An engine that plays these answers, with a store in memory.
pub(crate) fn engine(steps: impl IntoIterator<Item = Step>) -> (Tasks, ScriptedTransport, JumpingClock) {
    let (transport, clock) = (ScriptedTransport::new(steps), JumpingClock::new());
    (builder(&transport, &clock).accept_loss().build().unwrap(), transport, clock)
}

pub(crate) fn origin() -> Origin {
    Origin::new("vendor", SERVER, "create").references(["record-1".to_owned()])
}

pub(crate) fn token(task: &str) -> TaskToken {
    TaskToken::new(origin(), task).unwrap()
}

pub(crate) fn create() -> Call {
    Call::new(&CREATE).body(Body::json("a patient's text").unwrap())
}

pub(crate) fn read_created(body: &[u8]) -> Result<String, Error> {
    let value: Value = serde_json::from_slice(body).map_err(|_| Error::new(ErrorKind::Decode, "it is no JSON"))?;
    let task = value["task"].as_str().ok_or_else(|| Error::new(ErrorKind::Decode, "it has no task"))?;
    Ok(task.to_owned())
}

pub(crate) fn running() -> Step {
    Step::answer(200, r#"{"status":"RUNNING","percentage":40}"#)
}

/// Holds what must never be printed.
pub(crate) const DONE: &str = r#"{"status":"DONE","result":"Jane Roe has asthma"}"#;

pub(crate) fn done() -> Step {
    Step::answer(200, DONE)
}

/// What fails in a [`Failing`] store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    Intend,
    Created,
    Claim,
    Write,
    End,
    Entry,
}

/// A store in memory, one method of which fails while it is switched on.
#[derive(Clone)]
pub(crate) struct Failing {
    pub(crate) store: Arc<VolatileStore>,
    what: Broken,
    on: Arc<AtomicBool>,
}

impl Failing {
    pub(crate) fn new(what: Broken) -> Self {
        Self { store: Arc::new(VolatileStore::new()), what, on: Arc::new(AtomicBool::new(true)) }
    }

    pub(crate) fn mend(&self) {
        self.on.store(false, Ordering::Relaxed);
    }

    fn check(&self, what: Broken) -> Result<(), StoreError> {
        if self.what == what && self.on.load(Ordering::Relaxed) {
            return Err(StoreError::new("has no room; make room"));
        }
        Ok(())
    }
}

impl ResultStore for Failing {
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError> {
        self.check(Broken::Intend)?;
        Ok(Box::new(FailingSubmission { submission: self.store.intend(origin)?, of: self.clone() }))
    }

    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError> {
        self.check(Broken::Claim)?;
        Ok(match self.store.claim(token)? {
            Claiming::Granted(claim) => Claiming::Granted(Box::new(FailingClaim { claim, of: self.clone() })),
            other => other,
        })
    }

    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError> {
        self.store.take_over(key)
    }

    fn reopen(&self, key: Key) -> Result<(), StoreError> {
        self.store.reopen(key)
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.store.entries()
    }

    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError> {
        self.check(Broken::Entry)?;
        self.store.entry(key)
    }

    fn read(&self, key: Key) -> Result<Bytes, StoreError> {
        self.store.read(key)
    }

    fn remove(&self, key: Key) -> Result<(), StoreError> {
        self.store.remove(key)
    }

    fn place(&self) -> Option<String> {
        None
    }
}

struct FailingSubmission {
    submission: Box<dyn Submission>,
    of: Failing,
}

impl Submission for FailingSubmission {
    fn created(self: Box<Self>, token: &TaskToken) -> Result<(), StoreError> {
        self.of.check(Broken::Created)?;
        self.submission.created(token)
    }

    fn keep(self: Box<Self>, account: &[u8]) -> Result<(), StoreError> {
        self.submission.keep(account)
    }

    fn not_created(self: Box<Self>) -> Result<(), StoreError> {
        self.submission.not_created()
    }
}

struct FailingClaim {
    claim: Box<dyn Claim>,
    of: Failing,
}

impl Claim for FailingClaim {
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError> {
        self.claim.begins(head)
    }

    fn write(&mut self, piece: &[u8]) -> Result<(), StoreError> {
        self.of.check(Broken::Write)?;
        self.claim.write(piece)
    }

    fn end(self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError> {
        self.of.check(Broken::End)?;
        self.claim.end(end)
    }
}
