//! Behaviour tests of the whole workspace, in one binary.

// A helper that cannot do its part fails the test that asked for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod errors;
mod faults;
mod redirects;
mod retries;
mod snapshots;
mod time_limits;
mod wire;
