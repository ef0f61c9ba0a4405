//! What an event looks like when it is sent, in the envelope of either revision. The older revision has other events; which
//! of them stands for which step is our reading, and one without a counterpart is not sent.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::book::{Book, Order};
use super::life::{ACTIVATED, SHIPPED, STAGES};
use super::outbox::Event;
use crate::digest;
use crate::switches::WebhookEnvelope;
use crate::tasks::moment::rfc3339;

/// From this stage on an order has an `rx_number`: it is "not available for all events".
const NUMBERED: usize = 2;

/// How long a shipment is said to take.
const TRANSIT: Duration = Duration::from_secs(3 * 24 * 60 * 60);

/// An event as it is sent.
pub(super) struct Sent {
    pub(super) name: &'static str,
    pub(super) body: Value,
}

/// A calendar time with milliseconds, `2026-01-01T00:00:00.000Z`.
pub(super) fn millis(at: SystemTime) -> String {
    let millis = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().subsec_millis();
    format!("{}.{millis:03}Z", rfc3339(at, Duration::ZERO).trim_end_matches('Z'))
}

/// The event in an envelope; `None` when the envelope's revision has no such event, or its subject is forgotten.
pub(super) fn sent(book: &Book, event: &Event, envelope: WebhookEnvelope, seed: u64, at: SystemTime) -> Option<Sent> {
    match envelope {
        WebhookEnvelope::V2026_01 => {
            let data = if event.name == ACTIVATED {
                practitioner(book, &event.subject)?
            } else {
                order(book.orders.get(&event.subject)?, event, seed)
            };
            Some(Sent { name: event.name, body: json!({"event_name": event.name, "event_data": data}) })
        }
        WebhookEnvelope::V2025_12 => {
            let order = book.orders.get(&event.subject)?;
            let (name, data) = older(order, event, seed, at)?;
            let mut id = digest::sha256_hex(format!("{seed} event {name} {}", event.subject).as_bytes());
            id.truncate(12);
            let body = json!({
                "event_type": name,
                "event_id": format!("evt_{id}"),
                "timestamp": millis(at),
                "clinic_id": order.clinic,
                "data": data,
            });
            Some(Sent { name, body })
        }
    }
}

fn practitioner(book: &Book, id: &str) -> Option<Value> {
    let practitioner = book.practitioners.get(id)?;
    Some(json!({
        "practitioner_id": id,
        "practitioner_name": practitioner.name,
        "practitioner_email": practitioner.email,
        "practitioner_phone": practitioner.phone,
        "practitioner_npi": practitioner.npi,
        "practitioner_status": "active",
    }))
}

fn order(order: &Order, event: &Event, seed: u64) -> Value {
    let id = &event.subject;
    let mut data = json!({
        "id": id,
        "clinic_id": order.clinic,
        "patient_id": order.patient,
        "practitioner_id": order.practitioner,
    });
    let stage = STAGES.iter().position(|(name, ..)| *name == event.name).unwrap_or_default();
    if stage >= NUMBERED {
        data["rx_number"] = json!(format!("RX{:07}", digest::number(seed, id) % 10_000_000));
    }
    if stage == SHIPPED {
        let shipment = digest::run_id(seed, &format!("shipment {id}"));
        // Hosts below .example lead nowhere (RFC 2606).
        data["shipping_label"] = json!(format!("https://labels.example/{shipment}.pdf"));
        data["tracking_url"] = json!(format!("https://tracking.example/{shipment}"));
        data["shipment_provider"] = json!(order.provider);
        data["shipment_id"] = json!(shipment);
    }
    data
}

/// The older revision's name and data of a step.
fn older(order: &Order, event: &Event, seed: u64, at: SystemTime) -> Option<(&'static str, Value)> {
    let stage = STAGES.iter().position(|(name, ..)| *name == event.name)?;
    let ids = json!({
        "order_id": event.subject,
        "medication_request_id": order.request,
        "patient_id": order.patient,
        "practitioner_id": order.practitioner,
    });
    let with = |more: Value| {
        let mut data = ids.clone();
        if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
            data.extend(more);
        }
        data
    };
    Some(match stage {
        0 => (
            "medication_request:approved",
            with(json!({
                "medication_name": order.medication,
                "quantity": order.quantity,
                "refills": order.refills,
                "approved_at": millis(at),
            })),
        ),
        1 => ("order:created", ids),
        2 => ("order:processing", ids),
        3 => ("medication_request:filled", ids),
        _ => {
            let number = digest::number(seed, &format!("tracking {}", event.subject));
            let arrives = rfc3339(at, TRANSIT);
            let more = json!({
                "tracking_number": format!("{:012}", number % 1_000_000_000_000),
                "carrier": order.provider,
                "estimated_delivery": arrives.get(..10),
            });
            ("order:shipped", with(more))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_three_digits_of_milliseconds() {
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        assert_eq!(millis(at(1_767_225_600_000)), "2026-01-01T00:00:00.000Z");
        assert_eq!(millis(at(1_767_225_600_007)), "2026-01-01T00:00:00.007Z");
    }
}
