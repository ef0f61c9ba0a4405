#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod builder;
mod bundle;
mod client;
mod config;
mod details;
mod entity;
mod error;
mod file_kind;
mod json;
mod kind;
mod language;
pub mod legacy;
mod metadata;
mod patient;
mod record;
mod result;
pub mod schema;
#[cfg(test)]
mod scripted;
mod status;
mod structure;
mod task;
mod transcript;
mod wire;

pub use builder::{API_TOKEN_VAR, API_URL_VAR, HaidyBuilder, PRODUCTION_URL};
pub use bundle::{Bundle, BundleEntry};
pub use client::Haidy;
pub use config::{Config, EPD_META_DATA_V1};
pub use details::{Detail, TaskFailure};
pub use entity::{Entities, Entity, EntityKind, Mention, Span};
pub use error::Error;
pub use json::{Fields, Json};
pub use kind::Kind;
pub use language::Language;
pub use metadata::{Gender, PatientMetadata};
pub use patient::{ClinicalRecord, Found, HolisticPatient};
pub use record::Record;
pub use result::TaskResult;
pub use status::TaskStatus;
pub use structure::{FhirOptions, Structure, StructureText};
pub use task::{Task, Update, WaitMany, Watch};
pub use transcript::{Bubble, Transcript};

pub use clinical_drift::{Drift, Finding};
pub use clinical_http::{Attempt, Delivery, ErrorKind, Sensitive, Stats};
pub use clinical_long_tasks::{Entry, Fate, Key, Polling, State, TaskToken};

/// The transport core that this crate is built on: its settings (retries, deadlines, audit, observer) are given to
/// [`HaidyBuilder::http`].
pub use clinical_http as http_core;
/// The typed FHIR R4B model, for [`Bundle::typed`].
#[cfg(feature = "fhir")]
#[cfg_attr(docsrs, doc(cfg(feature = "fhir")))]
pub use fhir_r4b_model as fhir;

/// Long tasks and results that can be read once: tokens, stores, polling.
pub use clinical_long_tasks as tasks;
