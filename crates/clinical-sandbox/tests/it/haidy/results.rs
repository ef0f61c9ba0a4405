//! What a result is made of: the text of what was sent, the earlier patient, and the switches of query and config.

use clinical_sandbox::{Sandbox, contract};
use serde_json::{Value, json};

use super::{LONG, create, finish, poll, text};
use crate::wire::start;

const NOTE: &str = "Patient John Doe, DOB 1990-01-01, has hypertension. Lisinopril 10mg daily. BP 140/90.";

async fn result(sandbox: &Sandbox, path: &str, body: &Value) -> Value {
    let done = finish(sandbox, path, body).await;
    assert_eq!(done["status"], "DONE", "{}", done["additional_info"]);
    done["result"].clone()
}

/// How many of a Bundle's resources are of this type.
fn count(bundle: &Value, kind: &str) -> usize {
    bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["resource"]["resourceType"] == kind).count()
}

fn names(patient: &Value, list: &str) -> Vec<String> {
    let record = &patient["clinical_records"][0]["record_structured"]["structured_output"];
    let name = |entity: &Value| entity["identity_fields"]["name"].as_str().unwrap().to_lowercase();
    record[list].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn a_holistic_patient_holds_what_the_text_says_and_keeps_the_contract() {
    let sandbox = start().await;
    let patient = result(&sandbox, "/v2/structure", &text(NOTE)).await;
    assert_eq!(contract::schema_errors("structure", "HolisticPatient", &patient), []);
    assert_eq!(names(&patient, "medications"), ["lisinopril"]);
    assert_eq!(patient["patient_metadata"]["name"], "John Doe");
    assert!(patient["created_at"].as_str().unwrap() < patient["last_modified"].as_str().unwrap());
}

#[tokio::test]
async fn every_source_that_holds_text_is_read_the_same() {
    let sandbox = start().await;
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, crate::limits::pdf_of(2_000));
    let bubbles = [("Lisinopril 10mg daily.", 0.0), ("And Metformin 500mg.", 2.5)];
    let bubbles = bubbles.map(|(text, start)| json!({"text": text, "start": start, "end": start + 1.0}));
    let of = |source: Value| json!({"new_records": [{"source": source}]});
    let spoken = of(json!({"type": "audio", "transcript": {"bubbles": bubbles}}));
    let patient = result(&sandbox, "/v2/structure", &spoken).await;
    assert_eq!(names(&patient, "medications"), ["lisinopril", "metformin"]);
    let read = result(&sandbox, "/v2/structure", &of(json!({"type": "document", "base64": encoded}))).await;
    let text = read["clinical_records"][0]["record_structured"]["input_text"].as_str().unwrap();
    assert_eq!(text, "Diabetes mellitus tipo 2.");
    let quick = json!({"inputs": ["Lisinopril 10mg daily.", "BP 140/90"], "config": {"output_language": "en"}});
    let two = result(&sandbox, "/v2/structure/text", &quick).await;
    assert_eq!(
        (two["clinical_records"].as_array().unwrap().len(), names(&two, "medications")),
        (2, vec!["lisinopril".to_owned()])
    );
}

#[tokio::test]
async fn a_bundle_has_what_the_query_asks_for() {
    let sandbox = start().await;
    let shape = async |query: &str| {
        let bundle = result(&sandbox, &format!("/v2/structure/fhir{query}"), &text(NOTE)).await;
        assert_eq!((&bundle["resourceType"], &bundle["type"]), (&json!("Bundle"), &json!("collection")));
        let data = bundle.to_string().contains("\"data\"");
        (count(&bundle, "Patient"), count(&bundle, "DocumentReference"), data, count(&bundle, "MedicationStatement"))
    };
    assert_eq!(shape("").await, (1, 1, true, 1));
    assert_eq!(
        shape("?include_patient=true&include_document_references=true&include_data=true").await,
        (1, 1, true, 1)
    );
    assert_eq!(shape("?include_patient=false").await, (0, 1, true, 1));
    assert_eq!(shape("?include_document_references=false").await, (1, 0, false, 1));
    assert_eq!(shape("?include_data=false").await, (1, 1, false, 1));
    assert_eq!(shape("?include_data=true&include_data=false&other=1").await, (1, 1, false, 1));
    // The query is part of what was asked for: none of these is a repetition of another, but for the last spelling.
    assert_eq!(sandbox.ledger().entries.len(), 6);
}

#[tokio::test]
async fn an_earlier_patient_comes_back_with_all_its_fields_and_its_records_first() {
    let sandbox = start().await;
    let mut first = result(&sandbox, "/v2/structure", &text("Lisinopril 10mg daily.")).await;
    first["added_later"] = json!({"deep": [1, null]});
    first["clinical_records"][0]["added_later"] = json!(1e300);
    let mut body = text("Metformin 500mg twice daily.");
    body["holistic_patient"] = first.clone();
    let second = result(&sandbox, "/v2/structure", &body).await;
    assert_eq!(second["added_later"], first["added_later"]);
    let records = second["clinical_records"].as_array().unwrap();
    assert_eq!((records.len(), &records[0]), (2, &first["clinical_records"][0]));
    body["new_records"] = text("Lisinopril 10mg daily.")["new_records"].clone();
    let again = result(&sandbox, "/v2/structure", &body).await;
    assert_eq!(again["clinical_records"].as_array().unwrap().len(), 1, "the same content was added twice");
}

#[tokio::test]
async fn a_body_far_above_the_limit_of_codify_is_structured_and_a_large_document_is_not_repeated() {
    let sandbox = start().await;
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.resize(9 << 20, 7);
    let data = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &png);
    let body = json!({"new_records": [{"source": {"type": "document", "base64": data}}]});
    let id = create(&sandbox, "/v2/structure/fhir", &body).await;
    sandbox.clock().advance(LONG);
    let answer = poll(&sandbox, &id).await;
    assert_eq!(answer.json()["result"]["entry"].as_array().unwrap().len(), 2);
    assert!(answer.body.len() < 10_000, "{} bytes", answer.body.len());
}
