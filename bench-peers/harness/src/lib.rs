//! Measures a crate for FHIR R4B against `serde_json::Value` in the same process: time, heap, and what comes back of the official examples. It
//! prints a line of JSON for each result and judges nothing. The documents are files, so that all crates get the same.

mod compare;
mod counts;
mod documents;
mod keeps;
mod times;
// The same way of timing as for our own crate.
#[path = "../../../crates/fhir-r4b-model/examples/bench/turns.rs"]
mod turns;

pub use counts::counts;
pub use keeps::keeps;
pub use times::times;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error>;

/// Reads a resource of any type.
pub type Read<T> = fn(&[u8]) -> Result<T, Failure>;

/// Writes it.
pub type Write<T> = fn(&T) -> Result<Vec<u8>, Failure>;
