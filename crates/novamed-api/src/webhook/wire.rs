//! How events look on the wire: two envelopes, and the data of the events that are known. A field that nobody knows does no harm; a known one
//! of another type makes the event an unknown one, so that it is kept as it is and not asked for again and again.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::{Event, OrderEvent, PractitionerEvent, ShipmentEvent, UnknownEvent};
use crate::{ClinicId, MedicationOrderId, PatientId, PractitionerId, ShipmentId};

/// Both envelopes; each value is looked at by itself.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    event_name: Option<&'a RawValue>,
    #[serde(borrow)]
    event_data: Option<&'a RawValue>,
    #[serde(borrow)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) event_id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) clinic_id: Option<&'a RawValue>,
}

/// What an envelope holds.
pub(super) struct Opened<'a> {
    pub(super) name: String,
    pub(super) data: Option<&'a RawValue>,
    /// 2025-12: the event has an identifier of its own.
    pub(super) has_identity: bool,
}

impl<'a> Envelope<'a> {
    pub(super) fn read(body: &'a RawValue) -> Option<Self> {
        object(body)
    }

    /// That of 2026-01 comes first.
    pub(super) fn open(&self) -> Option<Opened<'a>> {
        if let Some(name) = text(self.event_name) {
            return Some(Opened { name, data: self.event_data, has_identity: false });
        }
        Some(Opened { name: text(self.event_type)?, data: self.data, has_identity: true })
    }
}

/// From an object, and from nothing else: `serde` would take an array for one.
pub(super) fn object<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Option<T> {
    json.get().starts_with('{').then(|| serde_json::from_str(json.get()).ok())?
}

/// A text that is not blank.
pub(super) fn text(json: Option<&RawValue>) -> Option<String> {
    let text: String = serde_json::from_str(json?.get()).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct OrderData {
    id: String,
    clinic_id: Option<String>,
    patient_id: Option<String>,
    practitioner_id: Option<String>,
    rx_number: Option<String>,
}

impl From<OrderData> for OrderEvent {
    fn from(data: OrderData) -> Self {
        Self {
            order: MedicationOrderId::of_vendor(data.id),
            clinic: data.clinic_id.map(ClinicId::of_vendor),
            patient: data.patient_id.map(PatientId::of_vendor),
            practitioner: data.practitioner_id.map(PractitionerId::of_vendor),
            rx_number: data.rx_number,
        }
    }
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct ShipmentData {
    id: Option<String>,
    medication_orders: Option<Vec<String>>,
    shipment_id: Option<String>,
    clinic_id: Option<String>,
    patient_id: Option<String>,
    practitioner_id: Option<String>,
    rx_number: Option<String>,
    shipping_label: Option<String>,
    shipment_provider: Option<String>,
    shipping_partner: Option<String>,
    tracking_url: Option<String>,
    tracking_number: Option<String>,
}

impl From<ShipmentData> for ShipmentEvent {
    fn from(data: ShipmentData) -> Self {
        let orders = data.medication_orders.unwrap_or_default();
        Self {
            order: data.id.map(MedicationOrderId::of_vendor),
            orders: orders.into_iter().map(MedicationOrderId::of_vendor).collect(),
            shipment: data.shipment_id.map(ShipmentId::of_vendor),
            clinic: data.clinic_id.map(ClinicId::of_vendor),
            patient: data.patient_id.map(PatientId::of_vendor),
            practitioner: data.practitioner_id.map(PractitionerId::of_vendor),
            rx_number: data.rx_number,
            shipping_label: data.shipping_label,
            provider: data.shipment_provider.or(data.shipping_partner),
            tracking_url: data.tracking_url,
            tracking_number: data.tracking_number,
        }
    }
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct PractitionerData {
    #[serde(rename = "practitioner_id")]
    id: String,
    #[serde(rename = "practitioner_name")]
    name: Option<String>,
    #[serde(rename = "practitioner_email")]
    email: Option<String>,
    #[serde(rename = "practitioner_phone")]
    phone: Option<String>,
    #[serde(rename = "practitioner_npi")]
    npi: Option<String>,
    #[serde(rename = "practitioner_status")]
    status: Option<String>,
}

impl From<PractitionerData> for PractitionerEvent {
    fn from(data: PractitionerData) -> Self {
        let PractitionerData { id, name, email, phone, npi, status } = data;
        Self { practitioner: PractitionerId::of_vendor(id), name, email, phone, npi, status }
    }
}

/// An event from its name and its data.
pub(super) fn event(name: &str, data: Option<&RawValue>) -> Event {
    data.and_then(|data| known(name, data)).unwrap_or_else(|| {
        Event::Unknown(UnknownEvent { name: name.to_owned(), data: data.unwrap_or(RawValue::NULL).to_owned() })
    })
}

fn known(name: &str, data: &RawValue) -> Option<Event> {
    let order = || object::<OrderData>(data).filter(|order| !order.id.trim().is_empty()).map(Into::into);
    let shipment = || object::<ShipmentData>(data).map(Into::into);
    let practitioner = || object::<PractitionerData>(data).filter(|one| !one.id.trim().is_empty());
    match name {
        "medication_order:verified" => order().map(Event::MedicationOrderVerified),
        "medication_order:submitted" => order().map(Event::MedicationOrderSubmitted),
        "medication_order:acknowledged" => order().map(Event::MedicationOrderAcknowledged),
        "medication_order:filled" => order().map(Event::MedicationOrderFilled),
        "shipment:created" => shipment().map(Event::ShipmentCreated),
        "shipment:cancelled" => shipment().map(Event::ShipmentCancelled),
        "practitioner:activated" => practitioner().map(|data| Event::PractitionerActivated(data.into())),
        _ => None,
    }
}
