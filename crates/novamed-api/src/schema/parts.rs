//! The schemas as the types have them now. Some answers are read in steps; the types here say what the steps make together. They name what the
//! vendor documents and nobody reads, too, so that it is not taken for new.

use clinical_drift::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use clinical_drift::{Derived, open_list};
use serde::Deserialize;
use serde_json::Value;

use crate::carrier::{CarriersData, ServicesBody};
use crate::webhook::wire::{OrderData, PractitionerData, ShipmentData};
use crate::{DeleteWebhook, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, created};

/// The schemas as the types have them now.
pub fn derived() -> Vec<Derived> {
    vec![
        Derived::reads::<ServicesAnswer>("CarrierServices"),
        Derived::reads::<Enveloped<CarriersData>>("Carriers"),
        Derived::reads::<DeleteWebhook>("DeleteWebhook"),
        Derived::reads::<ErrorAnswer>("Error"),
        Derived::reads::<NewMedicationOrder>("NewMedicationOrder"),
        Derived::reads::<NewPatient>("NewPatient"),
        Derived::reads::<NewPractitioner>("NewPractitioner"),
        Derived::reads::<NewRefill>("NewRefill"),
        Derived::reads::<NewWebhook>("NewWebhook"),
        Derived::reads::<Enveloped<created::Order>>("OrderCreated"),
        Derived::reads::<EventOf<OrderData>>("OrderEvent"),
        Derived::reads::<Enveloped<created::Patient>>("PatientCreated"),
        Derived::reads::<Enveloped<created::Practitioner>>("PractitionerCreated"),
        Derived::reads::<EventOf<PractitionerData>>("PractitionerEvent"),
        Derived::reads::<Enveloped<created::RefillData>>("RefillCreated"),
        Derived::reads::<EventOf<ShipmentData>>("ShipmentEvent"),
        Derived::reads::<Enveloped<created::WebhookData>>("WebhookCreated"),
    ]
}

/// A decimal in a file: a number, or a text with its digits.
pub(crate) struct Exact;

impl JsonSchema for Exact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Exact".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["number", "string"]})
    }
}

/// The events of 2026-01.
const KNOWN_EVENTS: [&str; 7] = [
    "medication_order:verified",
    "medication_order:submitted",
    "medication_order:acknowledged",
    "medication_order:filled",
    "shipment:created",
    "shipment:cancelled",
    "practitioner:activated",
];

macro_rules! only_for_schemas {
    ($($item:item)+) => {$(
        #[derive(Deserialize, JsonSchema)]
        #[schemars(crate = "clinical_drift::schemars")]
        #[expect(dead_code, reason = "only its schema is of use")]
        $item
    )+};
}

only_for_schemas! {
    struct Enveloped<T> {
        #[serde(default)]
        success: Value,
        data: T,
        #[serde(default)]
        message: Value,
    }

    struct ServicesAnswer {
        #[serde(flatten)]
        body: ServicesBody,
        #[serde(default)]
        success: Value,
        #[serde(default)]
        message: Value,
    }

    struct ErrorAnswer {
        #[serde(default)]
        success: Value,
        #[serde(default)]
        message: Value,
        error: Option<ErrorPart>,
    }

    #[serde(untagged)]
    enum ErrorPart {
        Words(String),
        Fields(ErrorFields),
    }

    struct ErrorFields {
        #[serde(default)]
        code: Value,
        #[serde(default)]
        message: Value,
        #[serde(default)]
        details: Value,
        #[serde(default)]
        retry_after: Value,
    }

    /// Both envelopes. What is in that of 2025-12 is never of a known event.
    struct EventOf<T> {
        event_name: Option<EventName>,
        event_data: Option<T>,
        #[serde(default)]
        event_type: Value,
        #[serde(default)]
        data: Value,
        #[serde(default)]
        event_id: Value,
        #[serde(default)]
        timestamp: Value,
        #[serde(default)]
        clinic_id: Value,
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only its schema is of use")]
struct EventName(String);

impl JsonSchema for EventName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventName".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        open_list(KNOWN_EVENTS)
    }
}
