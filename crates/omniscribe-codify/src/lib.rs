#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod builder;
mod clean;
mod client;
mod environment;
mod error;
#[cfg(feature = "fhir")]
#[cfg_attr(docsrs, doc(cfg(feature = "fhir")))]
pub mod fhir;
mod limits;
mod long;
mod many;
mod merge;
mod model;
mod pdf;
mod request;
mod response;
pub mod schema;
mod split;
mod wire;

pub use builder::CodifyBuilder;
pub use clean::clean_text;
pub use client::{Codify, Health};
pub use environment::{API_TOKEN_VAR, API_URL_VAR, Environment};
pub use error::Error;
pub use limits::Limits;
pub use long::{LongCoding, Part};
pub use many::{CodifyMany, Outcome};
pub use merge::{Merged, MergedAssessment};
pub use model::Model;
pub use pdf::Pdf;
pub use request::CodifyRequest;
pub use response::{CodeAssessment, CodifyResponse};
pub use split::split_note;

pub use clinical_drift::{Drift, Finding};
pub use clinical_http::{Answer, Attempt, Delivery, ErrorKind, Sensitive, Stats};

/// The transport core that this crate is built on: its settings (retries, deadlines, audit, observer) are given to
/// [`CodifyBuilder::http`].
pub use clinical_http as http_core;
