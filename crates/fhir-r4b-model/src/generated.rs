//! What `cargo xtask fhir generate` writes from the definitions. This file alone is written by hand.

pub mod codes;
pub(crate) mod datatypes;
#[cfg(feature = "schema")]
pub(crate) mod empties;
pub(crate) mod resources;
#[cfg(any(feature = "schema", feature = "validate"))]
pub(crate) mod rules;
