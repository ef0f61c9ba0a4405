//! Behaviour of the real executable, run as a child process with a clean environment, against a sandbox on loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod audit;
mod bad_input;
mod demo;
mod drift;
mod exit_codes;
mod formats;
mod help;
mod inputs;
mod keep;
mod novamed_batch;
mod novamed_create;
mod novamed_dry;
mod novamed_input;
#[cfg(unix)]
mod novamed_signals;
mod novamed_streams;
mod novamed_support;
mod results;
mod server;
#[cfg(unix)]
mod signals;
mod split;
mod streams;
mod structure;
#[cfg(unix)]
mod structure_crash;
mod structure_faults;
mod structure_support;
mod structure_wire;
mod structure_wrong;
mod support;
#[cfg(unix)]
mod terminal;
mod tls;
mod token_file;
