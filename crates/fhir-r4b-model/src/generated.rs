//! What `cargo xtask fhir generate` writes from the definitions. This file alone is written by hand.

pub mod codes;
pub mod datatypes;
pub mod resources;
#[cfg(feature = "validate")]
pub(crate) mod rules;
