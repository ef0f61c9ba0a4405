//! The JSON Schemas of what goes over the wire, derived from this crate's types and kept beside them, so that a change of a type that changes the
//! wire is seen. What requests look like is each revision's and is found out from what it writes; that is a task of the workspace.

#[cfg(feature = "schema")]
mod parts;

use std::sync::LazyLock;

use clinical_drift::{Drift, Error, Shape};

#[cfg(feature = "schema")]
pub(crate) use parts::Exact;
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub use parts::derived;

macro_rules! reads {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../schema/", $name, ".reads.json")))),+]
    };
}

/// What this crate reads: the name of each type and its schema (JSON Schema, draft 2020-12), as this version was released with it. The names
/// that begin with `New` are the forms of requests in files.
pub const READS: &[(&str, &str)] = reads![
    "CarrierServices",
    "Carriers",
    "DeleteWebhook",
    "Error",
    "NewMedicationOrder",
    "NewPatient",
    "NewPractitioner",
    "NewRefill",
    "NewWebhook",
    "OrderCreated",
    "OrderEvent",
    "PatientCreated",
    "PractitionerCreated",
    "PractitionerEvent",
    "RefillCreated",
    "ShipmentEvent",
    "WebhookCreated",
];

type Known = (&'static str, Result<Shape, Error>);

/// Ready for walking, in the order of the list.
static SHAPES: LazyLock<Vec<Known>> =
    LazyLock::new(|| READS.iter().map(|(name, schema)| (*name, Shape::parse(schema))).collect());

/// Counts what a payload of this type has that the type does not name. What cannot be looked at is not counted.
pub(crate) fn count(drift: &Drift, name: &str, payload: &[u8]) {
    let known = SHAPES.iter().find(|(known, _)| *known == name);
    if let Some((name, Ok(shape))) = known {
        let _ = drift.walk(name, shape, payload);
    }
}

/// The type of the answer to an operation that creates.
pub(crate) fn created_by(operation: &str) -> &'static str {
    match operation {
        "create_practitioner" => "PractitionerCreated",
        "create_patient" => "PatientCreated",
        "create_refill_request" => "RefillCreated",
        "create_webhook" => "WebhookCreated",
        _ => "OrderCreated",
    }
}
