//! What arrives at a collector, read from the bytes it received.

// A helper that cannot do its part fails the test that asked for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod collector;
mod export;
mod story;
