//! What the judge's side and the client's side of the suite `creates` say to each other: an order, and then a line for everything that happens. The client's
//! side is in this process or in one of its own that is killed; what is said is the same.

use serde::{Deserialize, Serialize};

use crate::faults::point::Point;
use crate::faults::wire::{Death, Sabotage};

/// What can be created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `create_practitioner`.
    Practitioner,
    /// `create_patient`.
    Patient,
    /// `create_medication_request` or `create_medication_order`.
    Order,
    /// `create_refill_request`.
    Refill,
    /// `create_webhook`.
    Webhook,
}

/// A content that may be asked for any number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Content {
    /// What.
    pub kind: Kind,
    /// Which of its kind.
    pub number: u32,
    /// Whether it is written for 2026-01. Webhooks and refills are the same in both revisions, and have `false` here.
    pub newer: bool,
}

/// The log of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientLog {
    /// None.
    None,
    /// That of the others.
    Shared,
    /// One of its own on the same directory, if the log is in a directory.
    Own,
}

/// One client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientOrder {
    /// Whether it speaks 2026-01.
    pub newer: bool,
    /// Where its creates are recorded.
    pub log: ClientLog,
    /// Whether it gets another key whenever one is refused.
    pub renews: bool,
    /// How long it waits for an answer, in real milliseconds.
    pub attempt: u64,
    /// How long it waits for the next byte, in real milliseconds.
    pub stall: u64,
    /// How many requests it has under way at once.
    pub at_once: usize,
}

/// One call of a `create_*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallOrder {
    /// Its number among all of the schedule.
    pub number: u32,
    /// Of which client.
    pub client: usize,
    /// Of what.
    pub content: Content,
    /// Whether the caller wants a second one.
    pub again: bool,
    /// After how many polls the caller leaves its future.
    pub leave: Option<u32>,
}

/// Calls at the same time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The calls.
    pub calls: Vec<CallOrder>,
    /// Whether the key is replaced while they are under way.
    pub rotates: bool,
    /// Virtual seconds that pass before it.
    pub after: u64,
}

/// Where creates are recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogOrder {
    /// Nowhere.
    None,
    /// In memory.
    Memory,
    /// In this directory.
    Directory(String),
}

/// What exists already, by its identifiers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Things {
    /// A practitioner.
    pub practitioner: Option<String>,
    /// A patient.
    pub patient: Option<String>,
    /// A medication request that was shipped.
    pub request: Option<String>,
}

/// What a life of the client's side is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The sandbox.
    pub url: String,
    /// The keys that it takes.
    pub keys: Vec<String>,
    /// The clinic.
    pub clinic: String,
    /// What exists.
    pub things: Things,
    /// The log.
    pub log: LogOrder,
    /// Which of the log's operations fails, counted from 1.
    pub log_fails: Option<u32>,
    /// The clients.
    pub clients: Vec<ClientOrder>,
    /// What they do.
    pub rounds: Vec<Round>,
    /// Of the clients' own jitter.
    pub seed: u64,
    /// Which life this is, from 1.
    pub life: usize,
    /// Virtual milliseconds that have passed before it.
    pub passed: u64,
    /// When it dies, if it is a process.
    pub death: Option<Death>,
    /// What is wrong with the clients.
    pub sabotage: Option<Sabotage>,
}

/// How a call ended for its caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The identifier of a success.
    pub id: Option<String>,
    /// `created`, or the kind of the error.
    pub kind: String,
    /// The kind of what is behind it.
    pub cause: Option<String>,
    /// Whether the error says that it may have been created.
    pub perhaps: bool,
    /// Whether it says how to find out.
    pub advice: bool,
    /// What the error says about the last answer.
    pub status: Option<u16>,
    /// Each attempt that the client tells of: its status, and what it says of its delivery.
    pub attempts: Vec<(Option<u16>, String)>,
    /// The one on record, of a create that was refused for it: `uncertain`, or its identifier.
    pub earlier: Option<String>,
}

/// Something that happened on the client's side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A call begins, at this virtual millisecond.
    Begins {
        /// Its number.
        call: u32,
        /// Virtual milliseconds.
        at: u64,
    },
    /// A request goes to the transport.
    Sent {
        /// Its number, which goes along with it in a header.
        exchange: u64,
        /// Of which call; none if the client sends outside of one.
        call: Option<u32>,
        /// Virtual milliseconds.
        at: u64,
    },
    /// The head of an answer came.
    Head {
        /// Of which request.
        exchange: u64,
        /// The status.
        status: u16,
        /// Whether it names a time to wait, in a form that can be read.
        hinted: bool,
    },
    /// No answer came.
    Failed {
        /// To which request.
        exchange: u64,
        /// What the transport says of the delivery.
        delivery: String,
        /// Whether the connection had asked for the body, so that bytes may have left.
        started: bool,
    },
    /// The client gave a request up.
    GivenUp {
        /// Which.
        exchange: u64,
        /// Whether the connection had asked for the body, so that bytes may have left.
        started: bool,
    },
    /// The body of an answer is over, or nobody wants more of it.
    Over {
        /// Of which request.
        exchange: u64,
        /// Whether by its framing it is whole.
        whole: bool,
        /// What came of it.
        text: String,
    },
    /// A call ended.
    Ended {
        /// Which.
        call: u32,
        /// How.
        outcome: Outcome,
    },
    /// The caller left its future.
    Left {
        /// Which call.
        call: u32,
    },
    /// What is on record of a content, at the end.
    OnRecord {
        /// The content.
        content: Content,
        /// `uncertain`, or the identifier.
        state: Option<String>,
    },
    /// The process kills itself now.
    Dies {
        /// Where.
        point: Point,
    },
    /// Something that must not happen; for people.
    Broken {
        /// One sentence.
        why: String,
    },
}
