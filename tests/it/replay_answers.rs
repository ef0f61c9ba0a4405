//! Every answer, error and event among `NovaMed`'s fixtures, of both revisions: read by the client into the types that users get, and written back
//! from them. What does not come back is exactly what the drift report names, and the few parts that this file names as read by nobody.

use clinical_drift::Shape;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::novamed::{
    self, delete_webhook, new_order, new_patient, new_practitioner, new_refill, new_webhook, scripted, shipping,
};
use http::HeaderMap;
use novamed_api::webhook::{Event, Notification, OrderEvent, Receiver};
use novamed_api::{ClinicId, Error, MedicationOrderId, NovaMed, PatientId, PractitionerId, Revision, ShipmentId};
use serde_json::{Value, json};

use crate::replay::{same, texts};

/// For people or documented twice: what each answer has and no type keeps.
const NOBODYS: [&str; 2] = ["/success", "/message"];

fn number(cost: Option<impl ToString>) -> Value {
    cost.map_or(Value::Null, |cost| serde_json::from_str(&cost.to_string()).unwrap())
}

/// The answer to this operation, written back from what a user gets, and the name of its schema.
async fn answered(client: &NovaMed, operation: &str) -> Result<(&'static str, Value), Error> {
    let revision = client.revision();
    Ok(match operation {
        "create_practitioner" => {
            let id = client.create_practitioner(&new_practitioner(revision)).await?.value;
            ("PractitionerCreated", json!({"data": {"practitioner_id": id.as_str()}}))
        }
        "create_patient" => {
            let id = client.create_patient(&new_patient(revision)).await?.value;
            ("PatientCreated", json!({"data": {"patient_id": id.as_str()}}))
        }
        "create_medication_request" | "create_medication_order" => {
            let id = client.create_medication_order(&new_order(revision)).await?.value;
            ("OrderCreated", json!({"data": {"medication_request_id": id.as_str()}}))
        }
        "create_refill_request" => {
            let refill = client.create_refill(&new_refill()).await?.value;
            let order = refill.medication_order.map(|order| order.as_str().to_owned());
            let data = json!({"refill_request_id": refill.refill_request.as_str(), "medication_order_id": order});
            ("RefillCreated", json!({ "data": data }))
        }
        "create_webhook" => {
            let webhook = client.create_webhook(&new_webhook()).await?.value;
            let clinic = webhook.clinic.map(|clinic| clinic.as_str().to_owned());
            let data = json!({"webhook_id": webhook.id.as_str(), "webhook_url": webhook.url, "clinic_id": clinic,
                "created_at": webhook.created_at});
            ("WebhookCreated", json!({ "data": data }))
        }
        "delete_webhook" => {
            client.delete_webhook(&delete_webhook()).await?;
            ("", json!({}))
        }
        "get_carriers" => {
            let carriers = client.carriers().await?.value;
            let list = carriers.iter().map(|one| json!({"id": one.id.as_str(), "name": one.name}));
            ("Carriers", json!({"data": {"carriers": list.collect::<Value>()}}))
        }
        _ => {
            let answer = client.carrier_services(&shipping().0, &novamed::patient()).await?.value;
            let list = answer.services.iter().map(|one| {
                json!({"id": one.id.as_str(), "name": one.name, "totalCost": number(one.total_cost),
                    "originalCost": number(one.original_cost)})
            });
            let services = json!({"data": list.collect::<Value>(), "isFreeShipment": answer.is_free_shipment,
                "freeShipmentType": answer.free_shipment_type, "patientState": answer.patient_state});
            ("CarrierServices", services)
        }
    })
}

/// An error, written back from what a user gets. The vendor's three shapes are read into one, so the place of the message is the fixture's.
fn refused(error: &Error, wire: &Value) -> Value {
    let vendor = error.vendor().unwrap();
    let text = |part: &Option<clinical_http::Sensitive<String>>| part.as_ref().map(|text| text.expose().clone());
    let message = vendor.message.expose();
    match &wire["error"] {
        Value::String(_) => json!({ "error": message }),
        Value::Null => json!({ "message": message }),
        error_part => {
            let mut part = json!({"message": message, "code": text(&vendor.code)});
            if error_part.get("details").is_some() {
                part["details"] = json!({"field": text(&vendor.field), "reason": text(&vendor.reason)});
            }
            json!({ "error": part })
        }
    }
}

fn taken(value: &mut Value, pointer: &str) -> Option<Value> {
    let (above, name) = pointer.rsplit_once('/')?;
    value.pointer_mut(above)?.as_object_mut()?.remove(name)
}

/// Null is as good as nothing in all answers and events of this vendor.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        value => value.clone(),
    }
}

/// Takes out what the drift report names as unknown fields, and says how many there were.
fn without_drift(value: &mut Value, schema: &str) -> usize {
    let schema = novamed_api::schema::READS.iter().find(|(name, _)| *name == schema).unwrap().1;
    let found = Shape::parse(schema).unwrap().drift(value.to_string().as_bytes()).unwrap();
    let fields: Vec<_> = found.iter().filter(|found| found.kind == clinical_drift::Kind::UnknownField).collect();
    for field in &fields {
        taken(value, field.pointer()).unwrap();
    }
    fields.len()
}

#[tokio::test]
async fn every_novamed_answer_and_error_is_written_back_but_for_drift_and_what_nobody_reads() {
    let (mut answers, mut errors, mut drifted) = (0, 0, 0);
    for revision in Revision::ALL.iter().copied() {
        for (path, text) in texts(&format!("novamed-api-{revision}")) {
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let mut parts = file.splitn(3, '-');
            let (operation, status) = (parts.next().unwrap(), parts.next().and_then(|part| part.parse().ok()));
            let (operation, status) = match status {
                Some(status) => (operation, status),
                None if operation == "error" => ("create_patient", 400),
                None => {
                    assert!(file.starts_with("webhook-") || file.contains("-request-"), "{}", path.display());
                    continue;
                }
            };
            let mut wire: Value = serde_json::from_str(&text).unwrap();
            let transport = ScriptedTransport::always(Step::answer(status, text));
            let client = scripted(&transport, revision).build().unwrap();
            let (schema, written) = match answered(&client, operation).await {
                Ok(read) => read,
                Err(error) => {
                    assert!(status >= 400, "{}: {error}", path.display());
                    if let Some(seconds) = taken(&mut wire, "/error/retry_after") {
                        // What is told by another method; read for a status that has it, and never for one that has not.
                        let told = error.retry_after().map(|after| after.as_secs());
                        assert!(status != 429 || told == seconds.as_u64(), "{}", path.display());
                    }
                    // Of the details these two are read, and all of them stay in the error's body.
                    if let Some(details) = wire.pointer_mut("/error/details").and_then(Value::as_object_mut) {
                        details.retain(|name, _| ["field", "reason"].contains(&name.as_str()));
                    }
                    ("Error", refused(&error, &wire))
                }
            };
            if schema.is_empty() {
                // The answer to a deletion is looked at for a refusal alone.
                wire.as_object_mut().unwrap().retain(|name, _| !name.starts_with("added_later_"));
            } else {
                drifted += without_drift(&mut wire, schema);
            }
            for place in NOBODYS {
                if schema != "Error" || written.pointer(place).is_none() {
                    taken(&mut wire, place);
                }
            }
            let (written, wire) = (without_nulls(&written), without_nulls(&wire));
            assert!(same(&written, &wire), "{}\n{written}\n{wire}", path.display());
            *(if schema == "Error" { &mut errors } else { &mut answers }) += 1;
        }
    }
    assert!(answers > 100 && errors > 40 && drifted > 80, "{answers} {errors} {drifted}");
}

fn order(event: &OrderEvent) -> Value {
    json!({"id": event.order.as_str(), "clinic_id": event.clinic.as_ref().map(ClinicId::as_str),
        "patient_id": event.patient.as_ref().map(PatientId::as_str),
        "practitioner_id": event.practitioner.as_ref().map(PractitionerId::as_str), "rx_number": event.rx_number})
}

/// The event's data, written back, and the name of its schema; nothing of an unknown one, whose data is kept as it came.
fn data(event: &Event, wire: &Value) -> (&'static str, Value) {
    match event {
        Event::MedicationOrderVerified(event)
        | Event::MedicationOrderSubmitted(event)
        | Event::MedicationOrderAcknowledged(event)
        | Event::MedicationOrderFilled(event) => ("OrderEvent", order(event)),
        Event::ShipmentCreated(event) | Event::ShipmentCancelled(event) => {
            let orders: Vec<&str> = event.orders.iter().map(MedicationOrderId::as_str).collect();
            let mut data = json!({"id": event.order.as_ref().map(MedicationOrderId::as_str),
                "shipment_id": event.shipment.as_ref().map(ShipmentId::as_str),
                "clinic_id": event.clinic.as_ref().map(ClinicId::as_str),
                "patient_id": event.patient.as_ref().map(PatientId::as_str),
                "practitioner_id": event.practitioner.as_ref().map(PractitionerId::as_str),
                "rx_number": event.rx_number, "shipping_label": event.shipping_label,
                "tracking_url": event.tracking_url, "tracking_number": event.tracking_number});
            // One of two names, and a list that may be none.
            let name = if wire.get("shipment_provider").is_some() { "shipment_provider" } else { "shipping_partner" };
            data[name] = json!(event.provider);
            if wire.get("medication_orders").is_some() {
                data["medication_orders"] = json!(orders);
            }
            ("ShipmentEvent", data)
        }
        Event::PractitionerActivated(event) => {
            let data = json!({"practitioner_id": event.practitioner.as_str(), "practitioner_name": event.name,
                "practitioner_email": event.email, "practitioner_phone": event.phone, "practitioner_npi": event.npi,
                "practitioner_status": event.status});
            ("PractitionerEvent", data)
        }
        Event::Unknown(event) => ("", serde_json::from_str(event.data()).unwrap()),
        other => panic!("{other:?} is new: write it back"),
    }
}

/// The whole notification, in the envelope that the fixture has.
fn notified(notification: &Notification, wire: &Value) -> (&'static str, Value) {
    let is_older = wire.get("event_type").is_some();
    let (name, inner) = if is_older { ("event_type", "data") } else { ("event_name", "event_data") };
    let (schema, data) = data(notification.event(), &wire[inner]);
    let mut written = json!({"event_id": notification.event_id(), "timestamp": notification.timestamp()});
    (written[name], written[inner]) = (json!(notification.event().name()), data);
    if let Some(clinic) = wire.get("clinic_id") {
        // A blank one is none.
        let told = notification.clinic().map_or("", ClinicId::as_str);
        written["clinic_id"] =
            if clinic == "" { json!(told) } else { json!(notification.clinic().map(ClinicId::as_str)) };
    }
    (schema, written)
}

#[test]
fn every_novamed_event_is_written_back_but_for_drift() {
    let receiver = Receiver::new("key").unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-api-key", "key".parse().unwrap());
    let (mut known, mut unknown, mut drifted) = (0, 0, 0);
    for revision in Revision::ALL.iter().copied() {
        for (path, text) in texts(&format!("novamed-api-{revision}")) {
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let Some(kind) = file.strip_prefix("webhook-") else { continue };
            let mut wire: Value = serde_json::from_str(&text).unwrap();
            if wire.get("event_name").is_none() && wire.get("event_type").is_none() {
                // The data alone, under the name of the event that has it.
                wire = match kind.split('-').next().unwrap() {
                    "practitioner" => json!({"event_name": "practitioner:activated", "event_data": wire}),
                    "shipment" => json!({"event_name": "shipment:created", "event_data": wire}),
                    _ if revision == Revision::V2026_01 => {
                        json!({"event_name": "medication_order:filled", "event_data": wire})
                    }
                    _ => json!({"event_type": "order:shipped", "data": wire, "event_id": "evt_1"}),
                };
            }
            let notification = receiver.parse(&headers, wire.to_string().as_bytes()).unwrap();
            let (schema, written) = notified(&notification, &wire);
            if schema.is_empty() {
                unknown += 1;
                wire.as_object_mut().unwrap().retain(|name, _| !name.starts_with("added_later_"));
            } else {
                known += 1;
                drifted += without_drift(&mut wire, schema);
            }
            let (written, wire) = (without_nulls(&written), without_nulls(&wire));
            assert!(same(&written, &wire), "{}\n{written}\n{wire}", path.display());
        }
    }
    assert!(known > 20 && unknown > 20 && drifted >= 9, "{known} {unknown} {drifted}");
}
