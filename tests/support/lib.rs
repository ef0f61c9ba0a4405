//! What the behaviour tests share: clients with a clock that jumps, documents, a server that answers when it is told to, what an
//! error says as data, and a capture of everything that is logged. It holds no rule of its own and no expectation.

// A helper that cannot do its part fails the test that asked for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod capture;
pub mod clients;
pub mod documents;
pub mod facts;
pub mod gate;
#[cfg(doctest)]
pub mod guides;
pub mod haidy;
pub mod https;
pub mod novamed;
pub mod raw;
pub mod recorder;
pub mod transports;

/// The README's example, compiled as its reader would.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
