//! The derived schemas against what the types really do: each fixture is read by the schema if and only if it is read by the type, what the
//! clients send is what their schemas say.

use std::fs;
use std::path::PathBuf;

use clinical_drift::Shape;
use haidy_analyst::{Bundle, HolisticPatient};
use omniscribe_codify::CodifyResponse;
use serde_json::{Value, json};

/// The folder of a vendor's fixtures, the beginning of a fixture's name, the type, and where in the fixture it stands.
const READ: &[(&str, &str, &str, &str)] = &[
    ("omniscribe-codify", "codify-200", "CodifyResponse", ""),
    ("omniscribe-codify", "codify-4", "CodifyError", ""),
    ("omniscribe-codify", "codify-error", "CodifyError", ""),
    ("haidy-analyst", "tasks-200", "Task", ""),
    ("haidy-analyst", "structure-422", "ErrorDetail", ""),
    ("haidy-analyst", "tasks-404", "ErrorDetail", ""),
    ("haidy-analyst", "holistic-patient", "HolisticPatient", ""),
    ("haidy-analyst", "tasks-200-done-patient", "HolisticPatient", "/result"),
    ("haidy-analyst", "tasks-200-done-bundle", "Bundle", "/result"),
    ("novamed-api-2025-12", "create_practitioner-200", "PractitionerCreated", ""),
    ("novamed-api-2025-12", "create_patient-200", "PatientCreated", ""),
    ("novamed-api-2025-12", "create_webhook-200", "WebhookCreated", ""),
    ("novamed-api-2025-12", "error", "Error", ""),
    ("novamed-api-2026-01", "create_practitioner-200", "PractitionerCreated", ""),
    ("novamed-api-2026-01", "create_patient-200", "PatientCreated", ""),
    ("novamed-api-2026-01", "create_medication_order-200", "OrderCreated", ""),
    ("novamed-api-2026-01", "create_medication_order-4", "Error", ""),
    ("novamed-api-2026-01", "create_refill_request-200", "RefillCreated", ""),
    ("novamed-api-2026-01", "create_webhook-200", "WebhookCreated", ""),
    ("novamed-api-2026-01", "get_carriers-200", "Carriers", ""),
    ("novamed-api-2026-01", "get_carrier_services-200", "CarrierServices", ""),
    ("novamed-api-2026-01", "error", "Error", ""),
    ("novamed-api-2026-01", "webhook-medication_order", "OrderEvent", ""),
    ("novamed-api-2026-01", "webhook-practitioner-activated.json", "PractitionerEvent", ""),
    ("novamed-api-2026-01", "webhook-shipment-created.json", "ShipmentEvent", ""),
];

fn schema(name: &str) -> &'static str {
    let all = [omniscribe_codify::schema::READS, haidy_analyst::schema::READS, novamed_api::schema::READS];
    all.into_iter().flatten().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no schema of {name}")).1
}

/// Every fixture of a vendor whose name begins so, with its path below the vendor's folder.
fn fixtures(vendor: &str, begin: &str) -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(vendor);
    let mut found = Vec::new();
    for kind in ["documented", "generated", "sandbox"] {
        let Ok(entries) = fs::read_dir(folder.join(kind)) else { continue };
        for entry in entries.map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with(begin) {
                let value = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
                found.push((format!("{kind}/{name}"), value));
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(!found.is_empty(), "{vendor} has no fixture {begin}");
    found
}

fn lines(shape: &Shape, value: &Value) -> Vec<String> {
    shape.drift(value.to_string().as_bytes()).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn nothing_that_is_documented_is_drift_and_all_that_was_added_is() {
    for &(vendor, begin, name, at) in READ {
        let shape = Shape::parse(schema(name)).unwrap();
        for (file, value) in fixtures(vendor, begin) {
            let found = lines(&shape, value.pointer(at).unwrap());
            let added = |line: &String| line.contains("/added_later_") && line.contains(": unknown field (");
            if file.ends_with("unknown-fields.json") {
                // What is generated for an open list is any text.
                let rest = found.iter().filter(|line| !added(line));
                assert_eq!(
                    rest.filter(|line| !line.ends_with(": unknown value (string)")).count(),
                    0,
                    "{file}: {found:?}"
                );
                assert!(found.iter().filter(|line| added(line)).count() >= 3, "{vendor} {file}: {found:?}");
            } else if !file.starts_with("generated/") {
                assert_eq!(found, [""; 0], "{vendor} {file}");
            }
        }
    }
}

/// Whether today's type reads it.
fn reads(name: &str, value: &Value) -> bool {
    let text = value.to_string();
    match name {
        "CodifyResponse" => serde_json::from_str::<CodifyResponse>(&text).is_ok(),
        "HolisticPatient" => HolisticPatient::from_json(text).is_ok(),
        "Bundle" => Bundle::from_json(text).is_ok(),
        _ => unreachable!("{name} is read by a client only"),
    }
}

/// The same payload with one place changed, for each place and several changes.
fn broken(value: &Value) -> Vec<Value> {
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(map) => map.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
            Value::Array(list) => list.iter().take(1).for_each(|item| places(item, &format!("{at}/0"), found)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    let mut found = Vec::new();
    places(value, "", &mut found);
    for place in found {
        for other in
            [Value::Null, json!(7), json!(0.5), json!("text"), json!([]), json!({}), json!([null]), json!(true)]
        {
            let mut changed = value.clone();
            *changed.pointer_mut(&place).unwrap() = other;
            all.push(changed);
        }
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut less = value.clone();
        if less.pointer_mut(above).and_then(Value::as_object_mut).is_some_and(|object| object.remove(name).is_some()) {
            all.push(less);
        }
    }
    all
}

#[test]
fn a_schema_takes_a_payload_if_and_only_if_its_type_reads_it() {
    let subjects = [
        ("CodifyResponse", fixtures("omniscribe-codify", "codify-200-minimal"), ""),
        ("CodifyResponse", fixtures("omniscribe-codify", "codify-200-maximal-1"), ""),
        ("HolisticPatient", fixtures("haidy-analyst", "holistic-patient-maximal-1"), ""),
        ("Bundle", fixtures("haidy-analyst", "tasks-200-done-bundle"), "/result"),
    ];
    let (mut taken, mut refused) = (0, 0);
    for (name, files, at) in subjects {
        let schema: Value = serde_json::from_str(schema(name)).unwrap();
        let oracle = jsonschema::validator_for(&schema).unwrap();
        let shape = Shape::parse(&schema.to_string()).unwrap();
        for (file, value) in files {
            for payload in broken(value.pointer(at).unwrap()) {
                let is_read = reads(name, &payload);
                assert_eq!(oracle.is_valid(&payload), is_read, "{name} {file}: {payload}");
                let misfits = lines(&shape, &payload);
                let is_misfit = |line: &String| line.contains(": other type (") || line.contains(": missing (");
                // The one rule of these types that no drift report knows is the name of the Bundle.
                let is_other_resource = name == "Bundle" && payload["resourceType"] == "text";
                assert_eq!(misfits.iter().any(is_misfit) || is_other_resource, !is_read, "{name} {file}: {misfits:?}");
                if is_read { taken += 1 } else { refused += 1 }
            }
        }
    }
    assert!(taken > 200 && refused > 200, "{taken} {refused}");
}
