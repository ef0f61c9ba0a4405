#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[macro_use]
mod setters;

mod address;
mod advice;
#[cfg(feature = "blocking")]
#[cfg_attr(docsrs, doc(cfg(feature = "blocking")))]
pub mod blocking;
mod builder;
mod carrier;
mod client;
mod created;
mod date;
mod draft;
mod environment;
mod error;
mod id;
mod kind;
pub mod log;
mod object;
mod open;
mod operation;
mod order;
mod patient;
mod practitioner;
mod preview;
mod problem;
mod registration;
mod request;
mod revision;
pub mod schema;
mod sink;
mod vendor_error;
pub mod webhook;
#[cfg(test)]
mod wire_tests;

pub use address::Address;
pub use builder::NovaMedBuilder;
pub use carrier::{Carrier, CarrierService, CarrierServices};
pub use client::NovaMed;
pub use created::{Refill, Webhook};
pub use date::Date;
pub use environment::{API_KEY_VAR, CLINIC_ID_VAR, DEV_API_KEY_VAR, Environment, PROD_API_KEY_VAR};
pub use error::Error;
pub use id::{
    CarrierId, ClinicId, MedicationOrderId, MedicationRequestId, PatientId, PractitionerId, RefillRequestId, ServiceId,
    ShipmentId, WebhookId,
};
pub use kind::Kind;
pub use open::{ContactKind, Gender, PatientStatus, Species};
pub use order::{Medication, NewMedicationOrder, NewRefill};
pub use patient::NewPatient;
pub use practitioner::NewPractitioner;
pub use preview::Preview;
pub use problem::Problem;
pub use registration::{DeleteForm, DeleteWebhook, NewWebhook};
pub use request::Request;
pub use revision::Revision;
pub use vendor_error::VendorError;

pub use clinical_drift::{Drift, Finding};
pub use clinical_http::{Answer, Attempt, Delivery, ErrorKind, Sensitive, Stats};

/// Exact numbers, for quantities, weights and costs.
pub use rust_decimal::Decimal;

/// The transport core that this crate is built on: its settings (retries, deadlines, audit, observer) are given to
/// [`NovaMedBuilder::http`].
pub use clinical_http as http_core;
