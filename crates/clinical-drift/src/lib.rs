#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod counter;
#[cfg(feature = "schema")]
mod derived;
mod finding;
mod path;
mod shape;
mod walk;

pub use counter::{Count, Drift};
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub use derived::{Derived, open_list};
pub use finding::{Finding, JsonType, Kind};
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub use schemars;
pub use shape::Shape;

/// Why nothing could be said about a payload or a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The payload is not JSON, ends too early, is nested more than 128 deep, or has a number beyond the range of `f64`: the line and the column, both from 1.
    NotJson {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// The schema is not JSON, or uses keywords beyond those that [`Shape::parse`] names.
    Schema,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotJson { line, column } => {
                write!(f, "the payload is not JSON at line {line}, column {column}; give a payload as it came")
            }
            Self::Schema => f.write_str("the schema has keywords that a drift report cannot follow; see Shape::parse"),
        }
    }
}

impl std::error::Error for Error {}
