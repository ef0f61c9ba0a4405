//! FHIR R4B (4.3.0), complete and typed.
//!
//! | looked for | found |
//! |---|---|
//! | resources | by their FHIR names here at the root: [`Patient`], [`Observation`], [`Bundle`]; all of them are the variants of [`Resource`] |
//! | datatypes | likewise: [`CodeableConcept`], [`HumanName`], [`Extension`]; those with a plain value (`string`, `dateTime`) in [`primitives`] |
//! | elements within a resource | beside it: `Patient.contact` is [`PatientContact`], the choice `Observation.value[x]` is [`ObservationValue`] |
//! | codes of value sets | [`codes`]; a field that holds one is a [`Coded`] |
//! | reading and writing JSON | [`json`]: [`from_str`](json::from_str), [`to_string`](json::to_string), NDJSON, large bundles, `_summary` |
//! | validating | the module `validate` (feature `validate`), [`issue`] |
//! | references, names, codings, short constructors | [`ext`], and on the types themselves |
//! | any element by path, all elements in turn | [`path`], [`walk`]; what a type is made of: [`access`], [`info`] |
//! | points in time | [`times`] |
//! | JSON Schema | the module `schema` (feature `schema`) |
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod access;
pub mod coded;
mod erase;
pub mod ext;
mod extra;
mod generated;
pub mod info;
pub mod issue;
pub mod json;
mod many;
mod null;
mod one;
pub mod path;
pub mod primitives;
mod resource;
mod same;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "serde")]
mod serde;
mod slots;
mod small;
mod text;
pub mod times;
mod unknown;
#[cfg(feature = "validate")]
pub mod validate;
pub mod walk;

pub use coded::{CodeSet, Coded};
pub use generated::codes;
pub use generated::datatypes::*;
pub use generated::resources::*;
pub use many::{Many, ManyIntoIter};
pub use one::One;
pub use resource::{ResourceType, UnknownResource};
pub use unknown::{RawJson, UnknownFields};
