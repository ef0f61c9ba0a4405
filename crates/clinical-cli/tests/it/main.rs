//! Behaviour of the real executable, run as a child process with a clean environment, against a sandbox on loopback.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod audit;
mod bad_input;
mod demo;
mod exit_codes;
mod formats;
mod help;
mod inputs;
mod keep;
mod server;
#[cfg(unix)]
mod signals;
mod split;
mod streams;
mod support;
#[cfg(unix)]
mod terminal;
mod tls;
mod token_file;
