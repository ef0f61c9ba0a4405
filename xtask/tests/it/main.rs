//! The development tasks, used as programs. One binary, to save link time.

// A test that cannot be set up ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used)]

mod faults;
mod pretend;
mod release;
mod rows;
mod schema;
mod tagged;
mod walk;
