#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod bundle;
mod config;
mod details;
mod entity;
mod error;
mod file_kind;
mod json;
mod language;
mod metadata;
mod patient;
mod record;
mod status;
mod structure;
mod transcript;
mod wire;

pub use bundle::{Bundle, BundleEntry};
pub use config::{Config, EPD_META_DATA_V1};
pub use details::{Detail, TaskFailure};
pub use entity::{Entities, Entity, EntityKind, Mention, Span};
pub use error::Error;
pub use json::{Fields, Json};
pub use language::Language;
pub use metadata::{Gender, PatientMetadata};
pub use patient::{ClinicalRecord, Found, HolisticPatient};
pub use record::Record;
pub use status::TaskStatus;
pub use structure::{FhirOptions, Structure, StructureText};
pub use transcript::{Bubble, Transcript};

pub use clinical_http::{Attempt, Delivery, ErrorKind, Sensitive, Stats};
pub use clinical_tasks::TaskToken;

/// The transport core that this crate is built on: its settings (retries, deadlines, audit, observer) are given to
/// the client's builder.
pub use clinical_http as http_core;
/// Long tasks and results that can be read once: tokens, stores, polling.
pub use clinical_tasks as tasks;

pub(crate) const VENDOR: clinical_http::Vendor = clinical_http::Vendor::new("haidy");
