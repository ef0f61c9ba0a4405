//! What users of FHIR do every day, so that they need not write it again: finding resources in a bundle, following references,
//! comparing codes, showing a person's name. It asks nobody: what a reference points at is looked for in what is at hand.

mod bundle;
mod canonical;
mod coding;
mod extension;
mod make;
mod name;
mod reference;
mod references;

pub use make::UCUM;
pub use reference::Target;
pub use references::{References, Unresolved};
