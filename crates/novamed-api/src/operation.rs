//! The vendor's endpoints. Nothing here follows from the HTTP method.

use clinical_http::{Effect, Method, Operation};

/// After these a create is not sent again, although the general table would: the vendor has no idempotency key, so that a create is
/// repeated only after 429 and when no connection was made.
const FINAL_FOR_CREATES: &[u16] = &[401, 408, 425, 503];

const fn create(name: &'static str, path: &'static str) -> Operation {
    Operation::new(name, Method::Post, path, Effect::Unsafe).never_repeat_on(FINAL_FOR_CREATES)
}

pub(crate) const CREATE_PRACTITIONER: Operation = create("create_practitioner", "/api/external/practitioner");
pub(crate) const CREATE_PATIENT: Operation = create("create_patient", "/api/external/patient");
pub(crate) const CREATE_MEDICATION_REQUEST: Operation =
    create("create_medication_request", "/api/external/medication-request");
pub(crate) const CREATE_MEDICATION_ORDER: Operation =
    create("create_medication_order", "/api/external/medication-order");
pub(crate) const CREATE_REFILL_REQUEST: Operation = create("create_refill_request", "/api/external/refill-request");
pub(crate) const CREATE_WEBHOOK: Operation = create("create_webhook", "/api/external/webhook");

pub(crate) const GET_CARRIERS: Operation =
    Operation::new("get_carriers", Method::Get, "/api/external/carriers", Effect::Safe);
pub(crate) const GET_CARRIER_SERVICES: Operation =
    Operation::new("get_carrier_services", Method::Get, "/api/external/carriers/{carrierId}/services", Effect::Safe);

/// What is deleted twice is deleted. A second try may meet 404, which then is the first one's doing.
pub(crate) const DELETE_WEBHOOK: Operation =
    Operation::new("delete_webhook", Method::Delete, "/api/external/webhook", Effect::Idempotent);
