//! The Partner API of `NovaMed` in both of its revisions: practitioners, patients, medication orders, refills, carriers
//! and webhooks. Built from public documentation; where that is silent or contradicts itself, a switch decides. It refuses
//! to call a webhook anywhere but on loopback, and it never merges two creates: the vendor does not either.

mod admit;
mod answer;
mod body;
mod book;
mod carriers;
mod create;
mod deliver;
mod envelope;
mod facts;
mod life;
mod order;
mod outbox;
mod patient;
mod practitioner;
mod refill;
mod revision;
mod shelf;
mod states;
mod webhook;

use std::sync::Arc;

use crate::operation::{Operation, Received, Work};
use crate::reply::Reply;
use crate::state::State;

pub(crate) use admit::Limits;
pub(crate) use body::is_uuid;
pub(crate) use book::NovamedBook;
pub(crate) use deliver::deliver;
pub use facts::{
    DeliveryFacts, DeliveryOutcome, DeliveryTry, EventFacts, NovamedFacts, OrderFacts, OrderStatus, PatientFacts,
    PractitionerFacts, RefillFacts, WebhookFacts,
};

/// The clinic that a sandbox has from the start: the one of the guide's examples.
pub const NOVAMED_CLINIC: &str = "550e8400-e29b-41d4-a716-446655440000";

/// No limit is documented; this is the sandbox's own.
const MOST_BODY: u64 = 8 * 1024 * 1024;

/// The operations of this vendor.
pub(crate) static OPERATIONS: [Operation; 9] = [
    operation("create_practitioner", "POST", "/api/external/practitioner", practitioner::check),
    operation("create_patient", "POST", "/api/external/patient", patient::check),
    operation("create_medication_request", "POST", "/api/external/medication-request", order::check_2025_12),
    operation("create_medication_order", "POST", "/api/external/medication-order", order::check_2026_01),
    operation("create_refill_request", "POST", "/api/external/refill-request", refill::check),
    operation("get_carriers", "GET", "/api/external/carriers", carriers::check_all),
    operation("get_carrier_services", "GET", "/api/external/carriers/{carrierId}/services", carriers::check_services),
    operation("create_webhook", "POST", "/api/external/webhook", webhook::check_create),
    operation("delete_webhook", "DELETE", "/api/external/webhook", webhook::check_delete),
];

type Check = fn(&Arc<State>, &mut Received) -> Result<Work, Reply>;

const fn operation(name: &'static str, method: &'static str, path: &'static str, check: Check) -> Operation {
    Operation { name, method, path, most_body: MOST_BODY, refuse: answer::refuse, task: none, check }
}

/// This vendor has no tasks.
fn none(_: &Received) -> Option<String> {
    None
}
