//! The events of the vendor: the seven of 2026-01 by type, and all others by name. `Debug` shows which event it is and nothing of what is in it.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{ClinicId, MedicationOrderId, PatientId, PractitionerId, ShipmentId};

/// What happened.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// `medication_order:verified`
    MedicationOrderVerified(OrderEvent),
    /// `medication_order:submitted`
    MedicationOrderSubmitted(OrderEvent),
    /// `medication_order:acknowledged`
    MedicationOrderAcknowledged(OrderEvent),
    /// `medication_order:filled`
    MedicationOrderFilled(OrderEvent),
    /// `shipment:created`
    ShipmentCreated(ShipmentEvent),
    /// `shipment:cancelled`
    ShipmentCancelled(ShipmentEvent),
    /// `practitioner:activated`
    PractitionerActivated(PractitionerEvent),
    /// An event that this version does not know, those of 2025-12 among them, or one that it knows and whose data is not as documented.
    Unknown(UnknownEvent),
}

/// Something happened to a medication order.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderEvent {
    /// The order. How it relates to the [`MedicationRequestId`](crate::MedicationRequestId) that a create answers is not documented.
    pub order: MedicationOrderId,
    /// The clinic.
    pub clinic: Option<ClinicId>,
    /// The patient.
    pub patient: Option<PatientId>,
    /// The practitioner.
    pub practitioner: Option<PractitionerId>,
    /// The number of the prescription, which not all events have.
    pub rx_number: Option<String>,
}

/// Something happened to a shipment. Which of these fields there are differs between the pages of the vendor, and for a cancelled one is
/// documented nowhere.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShipmentEvent {
    /// The order (2026-01).
    pub order: Option<MedicationOrderId>,
    /// The orders in it (2025-12).
    pub orders: Vec<MedicationOrderId>,
    /// The shipment.
    pub shipment: Option<ShipmentId>,
    /// The clinic.
    pub clinic: Option<ClinicId>,
    /// The patient.
    pub patient: Option<PatientId>,
    /// The practitioner.
    pub practitioner: Option<PractitionerId>,
    /// The number of the prescription.
    pub rx_number: Option<String>,
    /// The address of the label, a PDF.
    pub shipping_label: Option<String>,
    /// Who carries it, such as `Ameriship`.
    pub provider: Option<String>,
    /// The address where its way can be followed.
    pub tracking_url: Option<String>,
    /// The carrier's number for it (2025-12).
    pub tracking_number: Option<String>,
}

/// Something happened to a practitioner.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PractitionerEvent {
    /// The practitioner.
    pub practitioner: PractitionerId,
    /// The name.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The National Provider Identifier: the one a practitioner was registered with.
    pub npi: Option<String>,
    /// The status, such as `active`.
    pub status: Option<String>,
}

/// An event as the vendor sent it.
#[derive(Clone)]
pub struct UnknownEvent {
    pub(super) name: String,
    pub(super) data: Box<RawValue>,
}

impl UnknownEvent {
    /// Its name. May be that of a known event, if the data is not as documented.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `event_data` (2026-01) or `data` (2025-12), the JSON as it came; `null` if it was missing. May hold patients' data.
    pub fn data(&self) -> &str {
        self.data.get()
    }

    /// The data as a type of yours; `None` if it does not fit.
    ///
    /// ```
    /// # use novamed_api::webhook::{Event, Receiver};
    /// # let receiver = Receiver::new("key").unwrap();
    /// # let mut headers = http::HeaderMap::new();
    /// # headers.insert("x-api-key", "key".parse().unwrap());
    /// #[derive(serde::Deserialize)]
    /// struct Shipped {
    ///     order_id: String,
    /// }
    ///
    /// let body = br#"{"event_type": "order:shipped", "event_id": "evt_1", "data": {"order_id": "ord_12345"}}"#;
    /// let notification = receiver.parse(&headers, body).unwrap();
    /// if let Event::Unknown(event) = notification.event() {
    ///     let shipped: Option<Shipped> = event.read();
    ///     assert_eq!((event.name(), shipped.unwrap().order_id.as_str()), ("order:shipped", "ord_12345"));
    /// }
    /// ```
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.data()).ok()
    }
}

impl PartialEq for UnknownEvent {
    fn eq(&self, other: &Self) -> bool {
        (self.name(), self.data()) == (other.name(), other.data())
    }
}

impl Eq for UnknownEvent {}

impl Event {
    /// The vendor's name for it, such as `medication_order:filled`.
    pub fn name(&self) -> &str {
        self.known().unwrap_or_else(|| match self {
            Self::Unknown(event) => event.name(),
            _ => "",
        })
    }

    fn known(&self) -> Option<&'static str> {
        Some(match self {
            Self::MedicationOrderVerified(_) => "medication_order:verified",
            Self::MedicationOrderSubmitted(_) => "medication_order:submitted",
            Self::MedicationOrderAcknowledged(_) => "medication_order:acknowledged",
            Self::MedicationOrderFilled(_) => "medication_order:filled",
            Self::ShipmentCreated(_) => "shipment:created",
            Self::ShipmentCancelled(_) => "shipment:cancelled",
            Self::PractitionerActivated(_) => "practitioner:activated",
            Self::Unknown(_) => return None,
        })
    }

    pub(super) fn clinic(&self) -> Option<&ClinicId> {
        match self {
            Self::MedicationOrderVerified(event)
            | Self::MedicationOrderSubmitted(event)
            | Self::MedicationOrderAcknowledged(event)
            | Self::MedicationOrderFilled(event) => event.clinic.as_ref(),
            Self::ShipmentCreated(event) | Self::ShipmentCancelled(event) => event.clinic.as_ref(),
            Self::PractitionerActivated(_) | Self::Unknown(_) => None,
        }
    }
}

/// The name of an unknown event is the sender's words, and is not shown.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.known().unwrap_or("unknown"))
    }
}

macro_rules! silent {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

silent! { OrderEvent, ShipmentEvent, PractitionerEvent, UnknownEvent }
