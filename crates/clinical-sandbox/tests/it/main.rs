//! Behaviour of the running sandbox, seen through a naked TCP socket: no HTTP client may hide what is on the wire.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod control;
mod faults_bytes;
mod faults_http;
mod haidy;
mod journal;
mod limits;
mod novamed;
mod readme;
mod soak;
mod switches;
mod tls;
mod wire;
