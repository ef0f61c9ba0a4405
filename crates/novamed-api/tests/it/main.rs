//! Behaviour tests of the crate: one binary, a module per subject.

// A test that cannot be set up, or meets what its rule excludes, ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod log_client;
mod log_directory;
#[cfg(unix)]
mod log_processes;
mod log_support;
#[cfg(unix)]
mod receiver;
mod webhook;
mod webhook_keys;
#[cfg(unix)]
#[path = "../../examples/webhook_receiver/main.rs"]
mod webhook_receiver;
