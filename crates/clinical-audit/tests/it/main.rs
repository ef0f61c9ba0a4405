//! Behaviour of the audit trail: what a client's calls leave in it, what survives a crash, and what `verify` finds.

// A test that cannot be set up, or meets what its rule excludes, ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crash;
mod displaced;
mod full_disk;
mod sharing;
mod sink;
mod support;
mod tampering;
mod torn;
