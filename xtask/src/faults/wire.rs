//! What the judge's side and the client's process say to each other: one order at the start, then one line of JSON for everything that
//! happens. The lines go through a pipe, so that what was said before a death is heard after it. No rule is in here.

use serde::{Deserialize, Serialize};

use super::point::Point;

/// What a process is started for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Submitting and waiting for tasks.
    Tasks(Box<Order>),
    /// Creating.
    Creates(Box<super::creates::wire::Order>),
}

/// One life of the client's process: what it is to do, and when it dies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The sandbox.
    pub url: String,
    /// Its token.
    pub token: String,
    /// The directory of the result store, the same in all lives of a schedule.
    pub store: String,
    /// Which life this is, from 1.
    pub life: u32,
    /// The seed of the client's own jitter.
    pub seed: u64,
    /// What is submitted, in this order. No life is given what an earlier one began.
    pub submissions: Vec<Submission>,
    /// When the process dies.
    pub death: Option<Death>,
    /// After how many polls the caller's own future is dropped, to be made anew.
    pub leave: Option<u32>,
    /// Whether a person asks again for each task whose result may be lost.
    pub ask_again: bool,
    /// The fault of the client that a judge has to find.
    pub sabotage: Option<Sabotage>,
}

/// One submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// Counts from 0.
    pub number: usize,
    /// Whether a FHIR bundle is asked for.
    pub fhir: bool,
    /// The record, which no other submission has.
    pub text: String,
}

impl Submission {
    /// The sandbox's name of the operation.
    pub fn operation(&self) -> &'static str {
        if self.fhir { "structure_fhir" } else { "structure" }
    }
}

/// How a process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Death {
    /// By SIGKILL, when it comes to this point for the nth time.
    At {
        /// Where.
        point: Point,
        /// Counts from 1.
        nth: u32,
    },
    /// By SIGXFSZ, in the middle of the write that takes a file of the store past this length.
    Torn {
        /// Bytes.
        bytes: u64,
    },
}

/// Faults put into the client on purpose, each of which the judge must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sabotage {
    /// Takes a claim of unknown outcome for one that was never sent, and sends another.
    RepeatClaims,
    /// The same with a create.
    Resubmit,
    /// The store forgets what it was given of an answer.
    ForgetBytes,
    /// The store loses an entry.
    ForgetEntry,
    /// Says "not consumed" where nobody can know.
    Lie,
    /// Says nothing of what it found uncertain.
    Silence,
    /// Sends a create again whose outcome is unknown.
    RepeatUnknown,
    /// Sends a create again after 408, 425 and 503.
    RepeatRefused,
    /// The log lets every create pass.
    IgnoreLog,
    /// Says "not created" where nobody can know.
    DenyUnknown,
    /// Takes creates of unknown outcome off the record.
    ReleaseUnknown,
}

impl Sabotage {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::RepeatClaims,
        Self::Resubmit,
        Self::ForgetBytes,
        Self::ForgetEntry,
        Self::Lie,
        Self::Silence,
        Self::RepeatUnknown,
        Self::RepeatRefused,
        Self::IgnoreLog,
        Self::DenyUnknown,
        Self::ReleaseUnknown,
    ];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::RepeatClaims => "repeat-claims",
            Self::Resubmit => "resubmit",
            Self::ForgetBytes => "forget-bytes",
            Self::ForgetEntry => "forget-entry",
            Self::Lie => "lie",
            Self::Silence => "silence",
            Self::RepeatUnknown => "repeat-unknown",
            Self::RepeatRefused => "repeat-refused",
            Self::IgnoreLog => "ignore-log",
            Self::DenyUnknown => "deny-unknown",
            Self::ReleaseUnknown => "release-unknown",
        }
    }

    /// By its name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sabotage| sabotage.name() == name)
    }
}

/// What happened in the client's process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// It waits for so much virtual time, and goes on when it is answered with one byte.
    Sleep {
        /// Virtual milliseconds, rounded up.
        millis: u64,
    },
    /// An entry of the store, after recovery.
    Found {
        /// Its key.
        key: String,
        /// Its state.
        state: String,
        /// The vendor's name of the task, if it is known.
        task: Option<String>,
        /// The submission, by the caller's own reference.
        submission: Option<usize>,
    },
    /// A submission begins.
    Begin {
        /// Its number.
        submission: usize,
    },
    /// A submission ended.
    Submitted {
        /// Its number.
        submission: usize,
        /// The task, or the kind of the error.
        outcome: Result<String, String>,
        /// The task of the error's token.
        token: Option<String>,
    },
    /// A request goes out. The number goes along with it, in a header.
    Sent {
        /// The number of the exchange, from all lives.
        exchange: u64,
        /// Whether it asks after a task.
        poll: bool,
    },
    /// A claim is on record: a request follows that asks after this task, unless the process dies before.
    Claims {
        /// The task.
        task: String,
    },
    /// The head of an answer came.
    Head {
        /// Of which exchange.
        exchange: u64,
        /// The status.
        status: u16,
        /// Whether it names a time to wait, in a form that can be read.
        hinted: bool,
    },
    /// No answer came; in the transport's words.
    Failed {
        /// Of which exchange.
        exchange: u64,
        /// What the transport says of the delivery.
        delivery: String,
    },
    /// A piece of an answer came. Said before it is handed on.
    Came {
        /// Of which exchange.
        exchange: u64,
        /// In base64.
        bytes: String,
    },
    /// The store took the piece that came last.
    Wrote,
    /// The answer's body ended, whole or not.
    Over {
        /// Of which exchange.
        exchange: u64,
        /// Whether by its framing it is whole.
        whole: bool,
    },
    /// A person decides to ask again.
    AsksAgain {
        /// The task.
        task: String,
    },
    /// Waiting for a task ended.
    Ended {
        /// The task.
        task: String,
        /// `done`, `failed`, `unread`, or the kind of the error.
        outcome: String,
        /// The error's word on where the result is; `kept` without one.
        fate: String,
        /// Whether the error carries the token of this task.
        token: bool,
        /// The result, or what of it the error carries, in base64.
        bytes: Option<String>,
    },
    /// The process kills itself now.
    Dies {
        /// Where.
        point: Point,
        /// For the how manieth time it was there.
        nth: u32,
    },
    /// What happened in a process that creates.
    Creates(Box<super::creates::wire::Event>),
    /// The order is done.
    Done,
    /// Something that must not happen; for people.
    Broken {
        /// One sentence.
        why: String,
    },
}
