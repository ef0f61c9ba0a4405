//! Behaviour tests of the crate: one binary, a module per subject.

// A test that cannot be set up, or meets what its rule excludes, ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crash_store;
mod directory;
mod directory_cuts;
mod engine;
mod engine_detached;
mod engine_edges;
mod engine_submit;
mod engine_support;
mod engine_turns;
mod store;
mod store_processes;
mod store_support;
