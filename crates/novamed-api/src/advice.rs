//! How to find out what became of a create: the vendor has no endpoint that reads one.

use clinical_http::Operation;

/// For an operation that creates.
pub(crate) fn of(operation: &Operation) -> &'static str {
    match operation.name() {
        "create_practitioner" => {
            "wait for the event practitioner:activated with this NPI, or ask the vendor's support (api@nimbus-os.com) with the time of the call"
        }
        "create_patient" => {
            "no event tells of new patients; ask the vendor's support (api@nimbus-os.com) with the time of the call and the clinic"
        }
        "create_medication_request" | "create_medication_order" => {
            "wait for an event medication_order:* of this patient and practitioner, or ask the vendor's support (api@nimbus-os.com) with the \
             time of the call; a second one is a second prescription"
        }
        "create_refill_request" => {
            "wait for an event medication_order:* of this patient, or ask the vendor's support (api@nimbus-os.com) with the time of the call; \
             the vendor refuses a second refill only while the first is pending"
        }
        _ => {
            "look whether events come to the address, or ask the vendor's support (api@nimbus-os.com); a second registration may bring each event twice"
        }
    }
}
