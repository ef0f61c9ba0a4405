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
mod text;
pub mod times;
mod unknown;
#[cfg(feature = "validate")]
pub mod validate;
pub mod walk;

pub use coded::{CodeSet, Coded};
pub use generated::codes;
pub use generated::datatypes::{self, *};
pub use generated::resources::{self, *};
pub use many::{Many, ManyIntoIter};
pub use one::One;
pub use resource::{ResourceType, UnknownResource};
pub use unknown::{RawJson, UnknownFields};
