//! What there really is at the vendor's side, for a test that judges a client: what was made and by which attempt, where
//! every order stands, and what became of every call of a webhook. It keeps ids, statuses, times and digests; never a name, an
//! address, a key or a body.

use serde::Serialize;

/// Everything there is. Each list has the oldest first and at most 20,000 entries; older ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NovamedFacts {
    /// The practitioners.
    pub practitioners: Vec<PractitionerFacts>,
    /// The patients.
    pub patients: Vec<PatientFacts>,
    /// The medication orders, those of refills among them.
    pub orders: Vec<OrderFacts>,
    /// The refill requests.
    pub refills: Vec<RefillFacts>,
    /// The registrations that are in force.
    pub webhooks: Vec<WebhookFacts>,
    /// The events that have happened, whether anybody was told or not.
    pub events: Vec<EventFacts>,
    /// What was sent, or was to be sent, to registrations.
    pub deliveries: Vec<DeliveryFacts>,
    /// When the next event or the next call of a webhook is due, in virtual milliseconds since the sandbox started.
    pub next_due_ms: Option<u64>,
    /// Calls of webhooks that are being made at the moment of asking.
    pub calls_under_way: usize,
}

/// One practitioner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PractitionerFacts {
    /// Its id.
    pub practitioner_id: String,
    /// Its clinic.
    pub clinic_id: String,
    /// The number of the attempt that made it, as in the journal.
    pub created_by_attempt: u64,
    /// The revision of the request that made it: `2025-12` or `2026-01`.
    pub revision: &'static str,
    /// Whether it is active at the moment of asking.
    pub active: bool,
}

/// One patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PatientFacts {
    /// Its id.
    pub patient_id: String,
    /// Its clinic.
    pub clinic_id: String,
    /// Its practitioner; the older revision names none.
    pub practitioner_id: Option<String>,
    /// The number of the attempt that made it, as in the journal.
    pub created_by_attempt: u64,
    /// The revision of the request that made it: `2025-12` or `2026-01`.
    pub revision: &'static str,
}

/// One medication order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OrderFacts {
    /// Its id, which events carry and answers to orders do not.
    pub medication_order_id: String,
    /// The id in the answer to the order; of a refill, the one that it refills.
    pub medication_request_id: String,
    /// The refill request that made it, if one did.
    pub refill_request_id: Option<String>,
    /// Its clinic.
    pub clinic_id: String,
    /// Its patient.
    pub patient_id: String,
    /// Its practitioner.
    pub practitioner_id: String,
    /// The number of the attempt that made it, as in the journal.
    pub created_by_attempt: u64,
    /// The revision of the request that made it: `2025-12` or `2026-01`.
    pub revision: &'static str,
    /// Where it stands at the moment of asking.
    pub status: OrderStatus,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderStatus {
    /// It was made.
    Created,
    /// After `medication_order:verified`.
    Verified,
    /// After `medication_order:submitted`.
    Submitted,
    /// After `medication_order:acknowledged`.
    Acknowledged,
    /// After `medication_order:filled`.
    Filled,
    /// After `shipment:created`.
    Shipped,
}

/// One refill request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RefillFacts {
    /// Its id.
    pub refill_request_id: String,
    /// What it refills.
    pub medication_request_id: String,
    /// The order it made.
    pub medication_order_id: String,
    /// Whether it keeps another refill from being made, which it does until its order is shipped.
    pub pending: bool,
}

/// One registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WebhookFacts {
    /// Its id.
    pub webhook_id: String,
    /// Its clinic.
    pub clinic_id: String,
    /// The number of the attempt that made it, as in the journal.
    pub created_by_attempt: u64,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EventFacts {
    /// When it was due, in virtual milliseconds since the sandbox started.
    pub at_ms: u64,
    /// Its name at revision 2026-01.
    pub event: &'static str,
    /// The id of the medication order or the practitioner.
    pub subject: String,
}

/// One event on its way to one registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeliveryFacts {
    /// Counts from 1.
    pub number: u64,
    /// The registration.
    pub webhook_id: String,
    /// The name of the event as it is sent.
    pub event: String,
    /// The id of the medication order or the practitioner.
    pub subject: String,
    /// SHA-256 of the body in hexadecimal.
    pub body_sha256: String,
    /// The calls so far, in order.
    pub tries: Vec<DeliveryTry>,
    /// How it ended, or that it did not.
    pub outcome: DeliveryOutcome,
    /// Why nothing was called, where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

/// One call of a registered address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DeliveryTry {
    /// When it began, in virtual milliseconds since the sandbox started.
    pub at_ms: u64,
    /// The status of the answer, if one came in time.
    pub status: Option<u16>,
    /// What kept an answer from coming, if something did.
    pub failure: Option<&'static str>,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// Not yet.
    Pending,
    /// A call was answered with 200 in time.
    Delivered,
    /// Five calls were not.
    Failed,
    /// The registration was deleted before.
    Cancelled,
    /// It is never called: the address is not one that the sandbox calls.
    NotDelivered,
}

impl NovamedFacts {
    /// The deliveries of one event by its name as it is sent, in order.
    pub fn deliveries_of(&self, event: &str) -> Vec<&DeliveryFacts> {
        self.deliveries.iter().filter(|delivery| delivery.event == event).collect()
    }
}
