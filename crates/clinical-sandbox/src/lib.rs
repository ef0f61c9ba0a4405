//! A stateful, seeded test double of clinical vendor APIs on loopback, with HTTP and byte-level faults and a journal.
//!
//! Built from public documentation only; its answers are simulated and carry `x-clinical-sandbox: 1`. Not affiliated
//! with any vendor. It listens on 127.0.0.1 only, and calls nowhere but to loopback URLs that a request names.
//!
//! - [`Sandbox`] starts it, one per test; [`Fault`] says what goes wrong and when.
//! - [`journal`] tells connections, attempts and requests apart; [`ledger`] tells what was processed; [`TaskFacts`]
//!   which poll took which result; [`NovamedFacts`] what was made and who was called.
//! - [`contract`] holds the vendors' contracts, against which requests are checked.
//! - [`switches`] decide what the documents leave open; [`fidelity`] lists all of it.
//! - [`coding`] and [`structuring`] have the rules that answers are computed by.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod clock;
pub mod coding;
mod connection;
pub mod contract;
mod control;
mod digest;
mod error;
pub mod fault;
pub mod fidelity;
mod haidy;
pub mod journal;
pub mod ledger;
mod limiter;
mod loopback;
mod novamed;
mod omniscribe;
mod operation;
mod pipeline;
mod reply;
mod sandbox;
mod state;
pub mod structuring;
pub mod switches;
mod tasks;
mod tls;

/// The README's example is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use clock::Clock;
pub use error::SandboxError;
pub use fault::{ErrorBody, Fault, FaultKind, RetryAfter};
pub use journal::Journal;
pub use ledger::Ledger;
pub use novamed::{
    DeliveryFacts, DeliveryOutcome, DeliveryTry, EventFacts, NOVAMED_CLINIC, NovamedFacts, OrderFacts, OrderStatus,
    PatientFacts, PractitionerFacts, RefillFacts, WebhookFacts,
};
pub use sandbox::{DEFAULT_TOKEN, Sandbox, SandboxBuilder};
pub use tasks::{PollFacts, TaskFacts};
pub use tls::{Issued, ServerCertificate, Tls};
