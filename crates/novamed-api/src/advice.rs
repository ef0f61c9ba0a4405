//! How to find out what became of a create: the vendor has no endpoint that reads one, so it is an event or a person that tells.

use clinical_http::Operation;

use crate::Revision;
use crate::revision::Event;

/// For an operation that creates.
pub(crate) fn of(operation: &Operation, revision: Revision) -> &'static str {
    match (revision.wire().event_of(operation), operation.name()) {
        (Event::PractitionerActivated, _) => {
            "wait for the event practitioner:activated with this NPI, or ask the vendor's support (api@nimbus-os.com) with the time of the call"
        }
        (Event::MedicationOrder, "create_refill_request") => {
            "wait for an event medication_order:* of this patient, or ask the vendor's support (api@nimbus-os.com) with the time of the call; \
             the vendor refuses a second refill only while the first is pending"
        }
        (Event::MedicationOrder, _) => {
            "wait for an event medication_order:* of this patient and practitioner, or ask the vendor's support (api@nimbus-os.com) with the \
             time of the call; a second one is a second prescription"
        }
        (Event::Older, _) => {
            "wait for an event of this patient (order:*, medication_request:* or refill:*), or ask the vendor's support (api@nimbus-os.com) with \
             the time of the call; a second one is a second prescription"
        }
        (Event::None, "create_webhook") => {
            "look whether events come to the address, or ask the vendor's support (api@nimbus-os.com); a second registration may bring each event twice"
        }
        (Event::None, _) => {
            "no event tells of it in this revision; ask the vendor's support (api@nimbus-os.com) with the time of the call and the clinic"
        }
    }
}
