//! The behaviour of the crate as its users meet it, in one binary to save link time.

// A test that cannot be set up, or meets what its rule excludes, ends with a panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "validate")]
mod breakages;
#[cfg(feature = "serde")]
mod called_out;
mod canary;
mod cases;
mod depth;
mod draw;
mod drawn;
mod dropping;
mod everyday;
mod fixtures;
mod folders;
mod lossless;
mod model;
mod names;
mod nulls;
mod oracle;
mod random;
mod references;
#[cfg(feature = "schema")]
mod schema;
#[cfg(feature = "serde")]
mod serde;
#[cfg(feature = "serde")]
mod serde_errors;
mod streams;
mod strict;
mod subset;
#[cfg(all(feature = "chrono", feature = "jiff"))]
mod times;
#[cfg(feature = "validate")]
mod validate;
