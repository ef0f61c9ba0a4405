//! Every request among `NovaMed`'s fixtures, of both revisions: read into today's types by the names of that revision, and written by the client to
//! the same JSON value. What is lost or refused on the way is said here, and nothing else is.
//!
//! The client never reads a request off the wire, so the way in is this test's: a table of the names of each revision beside those of the
//! types. The table is written by hand from the contracts; a mistake in it fails.

use std::collections::BTreeMap;

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::novamed::scripted;
use novamed_api::{Error, NovaMed, Preview, Revision};
use serde_json::{Value, json};

use crate::replay::{same, texts};

/// A name on the wire, and the place in the JSON form of the type; `[]` stands for each item of a list.
type Names = &'static [(&'static str, &'static str)];

const WEBHOOK: Names = &[("webhook_url", "url"), ("clinic_id", "clinic"), ("webhook_id", "webhook")];
const REFILL: Names = &[("medication_request_id", "medication_request"), ("shipment_group_id", "shipment_group")];

const OLDER_PRACTITIONER: Names = &[
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("email", "email"),
    ("npi_number", "npi"),
    ("assigned_clinic", "clinic"),
    ("phone", "phone"),
    ("dea_number", "dea_number"),
    ("license_number", "license_number"),
    ("license_state", "license_state"),
    ("signature_image", "signature_image"),
];

const PRACTITIONER: Names = &[
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("email", "email"),
    ("npi", "npi"),
    ("is_veterinarian", "is_veterinarian"),
    ("assigned_clinic", "clinic"),
    ("phone", "phone"),
    ("address_line_1", "address/line1"),
    ("address_line_2", "address/line2"),
    ("city", "address/city"),
    ("state_code", "address/state"),
    ("zip_code", "address/postal_code"),
];

const OLDER_PATIENT: Names = &[
    ("clinic_id", "clinic"),
    ("first_name", "first_name"),
    ("last_name", "last_name"),
    ("email", "email"),
    ("date_of_birth", "date_of_birth"),
    ("phone", "phone"),
    ("gender", "gender"),
    ("address_line1", "address/line1"),
    ("address_line2", "address/line2"),
    ("city", "address/city"),
    ("state", "address/state"),
    ("zip", "address/postal_code"),
];

const PATIENT: Names = &[
    ("first_name", "first_name"),
    ("middle_name", "middle_name"),
    ("last_name", "last_name"),
    ("gender", "gender"),
    ("dob", "date_of_birth"),
    ("species", "species"),
    ("animal_owner_name", "animal_owner_name"),
    ("weight", "weight"),
    ("weight_recorded_date", "weight_recorded_date"),
    ("status", "status"),
    ("practitioner_id", "practitioner"),
    ("assigned_clinic", "clinic"),
    ("contacts/[]/key", "contacts/[]/kind"),
    ("contacts/[]/value", "contacts/[]/value"),
    ("addresses/0/addressLine1", "address/line1"),
    ("addresses/0/addressLine2", "address/line2"),
    ("addresses/0/addressLine3", "address/line3"),
    ("addresses/0/city", "address/city"),
    ("addresses/0/state", "address/state"),
    ("addresses/0/postalCode", "address/postal_code"),
];

const OLDER_ORDER: Names = &[
    ("clinic_id", "clinic"),
    ("patient_id", "patient"),
    ("practitioner_id", "practitioner"),
    ("medication_name", "medications/0/name"),
    ("medication_strength", "medications/0/dose"),
    ("quantity", "medications/0/quantity"),
    ("refills", "medications/0/refills"),
    ("days_supply", "medications/0/days_supply"),
    ("instructions", "medications/0/direction"),
];

const ORDER: Names = &[
    ("patient_id", "patient"),
    ("practitioner_id", "practitioner"),
    ("clinic_id", "clinic"),
    ("carrier_id", "carrier"),
    ("service_id", "service"),
    ("is_refrigerated", "is_refrigerated"),
    ("shipment_group_id", "shipment_group"),
    ("medication_requests/[]/medication", "medications/[]/name"),
    ("medication_requests/[]/dose", "medications/[]/dose"),
    ("medication_requests/[]/unit_of_measure", "medications/[]/unit_of_measure"),
    ("medication_requests/[]/quantity", "medications/[]/quantity"),
    ("medication_requests/[]/refills", "medications/[]/refills"),
    ("medication_requests/[]/direction", "medications/[]/direction"),
    ("medication_requests/[]/days_supply", "medications/[]/days_supply"),
    ("medication_requests/[]/flavor", "medications/[]/flavor"),
    ("medication_requests/[]/notes", "medications/[]/notes"),
    ("medication_requests/[]/do_not_refill", "medications/[]/do_not_refill"),
    ("medication_requests/[]/do_not_fill", "medications/[]/do_not_fill"),
    ("medication_requests/[]/patient_contact_requested", "medications/[]/patient_contact_requested"),
    ("medication_requests/[]/reason_for_compounding", "medications/[]/reason_for_compounding"),
    (
        "medication_requests/[]/reason_for_compounding_additional_context",
        "medications/[]/reason_for_compounding_additional_context",
    ),
];

/// What the contract allows and the client does not send, with the fields that it names: empty texts and lists, a quantity of nothing, and contacts of the
/// kind `email` that are no addresses; made at random, the fixtures have them.
const REFUSED: [&str; 13] = [
    "maximal-2 create_medication_order in 2026-01: medication_requests[2].quantity, medication_requests[2].days_supply",
    "maximal-2 create_patient in 2026-01: contacts[2].value",
    "maximal-3 create_medication_order in 2026-01: medication_requests[0].days_supply",
    "maximal-3 create_patient in 2026-01: contacts[0].value",
    "minimal-1 create_medication_order in 2026-01: the form",
    "minimal-1 create_medication_request in 2025-12: medication_name, quantity",
    "minimal-1 create_patient in 2025-12: first_name, last_name",
    "minimal-1 create_patient in 2026-01: last_name, addresses",
    "minimal-1 create_practitioner in 2025-12: first_name, last_name",
    "minimal-1 create_practitioner in 2026-01: address_line_1, city",
    "nulls create_patient in 2026-01: gender, addresses",
    "unknown-fields create_medication_order in 2026-01: medication_requests[0].days_supply",
    "unknown-fields create_patient in 2026-01: contacts[2].value",
];

/// Puts a value at a place, making what is above it.
fn put(into: &mut Value, steps: &[&str], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *into = value;
        return;
    };
    let inner = if let Ok(index) = step.parse::<usize>() {
        if !into.is_array() {
            *into = json!([]);
        }
        let list = into.as_array_mut().unwrap();
        list.resize(list.len().max(index + 1), json!({}));
        &mut list[index]
    } else {
        if !into.is_object() {
            *into = json!({});
        }
        into.as_object_mut().unwrap().entry(*step).or_insert(Value::Null)
    };
    put(inner, rest, value);
}

/// The request in the JSON form of its type. Names that the table does not have are left behind.
fn form(wire: &Value, names: Names) -> Value {
    let mut form = json!({});
    for (from, to) in names {
        let lists = from.split("/[]").next().unwrap();
        let items = if from.contains("[]") { wire[lists].as_array().map_or(0, Vec::len) } else { 1 };
        for index in 0..items {
            let [from, to] = [from, to].map(|place| place.replace("[]", &index.to_string()));
            let Some(value) = wire.pointer(&format!("/{from}")).filter(|value| !value.is_null()) else { continue };
            let value = match value {
                // A text on the vendor's side and a number on ours.
                Value::String(text) if to.ends_with("/refills") => json!(text.parse::<u32>().unwrap()),
                value => value.clone(),
            };
            put(&mut form, &to.split('/').collect::<Vec<_>>(), value);
        }
    }
    form
}

/// What the client makes of it, in both steps: the type, and the request of its revision.
fn written(client: &NovaMed, operation: &str, form: Value) -> Option<Result<Preview, Error>> {
    macro_rules! of {
        ($type:ident) => {
            serde_json::from_value::<novamed_api::$type>(form).ok().map(|request| client.preview(&request))
        };
    }
    match operation {
        "create_practitioner" => of!(NewPractitioner),
        "create_patient" => of!(NewPatient),
        "create_medication_request" | "create_medication_order" => of!(NewMedicationOrder),
        "create_refill_request" => of!(NewRefill),
        "create_webhook" => of!(NewWebhook),
        _ => of!(DeleteWebhook),
    }
}

fn names(operation: &str, revision: Revision) -> Names {
    match (operation, revision) {
        ("create_practitioner", Revision::V2025_12) => OLDER_PRACTITIONER,
        ("create_practitioner", _) => PRACTITIONER,
        ("create_patient", Revision::V2025_12) => OLDER_PATIENT,
        ("create_patient", _) => PATIENT,
        ("create_medication_request", _) => OLDER_ORDER,
        ("create_medication_order", _) => ORDER,
        ("create_refill_request", _) => REFILL,
        _ => WEBHOOK,
    }
}

/// Without what no type carries: what nobody knows, null instead of nothing, and all addresses but the first.
fn carried(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, value)| !name.starts_with("added_later_") && !value.is_null());
            kept.map(|(name, value)| {
                let first = |list: &Vec<Value>| list.iter().take(1).map(carried).collect();
                let value = match value {
                    Value::Array(list) if name == "addresses" => first(list),
                    value => carried(value),
                };
                (name.clone(), value)
            })
            .collect()
        }
        Value::Array(list) => list.iter().map(carried).collect(),
        value => value.clone(),
    }
}

#[test]
fn every_novamed_request_is_written_back_or_refused_with_the_fields_that_are_wrong() {
    let transport = ScriptedTransport::always(Step::answer(200, "{}"));
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for revision in Revision::ALL.iter().copied() {
        let client = scripted(&transport, revision).build().unwrap();
        for (path, text) in texts(&format!("novamed-api-{revision}")) {
            let file = path.file_stem().unwrap().to_string_lossy().into_owned();
            let Some((operation, variant)) = file.split_once("-request-") else { continue };
            if operation.starts_with("webhook") {
                // An event about a request.
                continue;
            }
            let wire: Value = serde_json::from_str(&text).unwrap();
            let mut form = form(&wire, names(operation, revision));
            if operation == "delete_webhook" {
                form["form"] = json!("body");
            }
            let end = match written(&client, operation, form.clone()) {
                Some(Ok(preview)) => {
                    let body: Value = serde_json::from_slice(preview.body.unwrap().expose()).unwrap();
                    assert!(same(&body, &carried(&wire)), "{}\n{body}\n{wire}", path.display());
                    "written back".to_owned()
                }
                Some(Err(error)) => {
                    let fields: Vec<&str> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
                    assert!(!fields.is_empty(), "{}: {error}", path.display());
                    format!("{variant} {operation} in {revision}: {}", fields.join(", "))
                }
                None => format!("{variant} {operation} in {revision}: the form"),
            };
            *ends.entry(end).or_default() += 1;
        }
    }
    assert!(transport.requests().is_empty(), "a preview was sent");
    let written = ends.remove("written back").unwrap();
    assert!(written > 60, "{written}");
    let refused: Vec<String> = ends.into_keys().collect();
    assert_eq!(refused, REFUSED);
}
