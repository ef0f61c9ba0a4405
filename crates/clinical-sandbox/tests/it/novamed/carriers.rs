//! Carriers and their services.

use clinical_sandbox::contract;
use serde_json::{Value, json};

use super::{PATIENT, PRACTITIONER, get, make, message, older_patient, patient, practitioner};
use crate::wire::start;

const CARRIERS: &str = "/api/external/carriers";

/// The documented example of an answer.
fn documented(operation: &str, name: &str) -> Value {
    let examples = contract::examples();
    let found = examples.iter().find(|example| example.operation == operation && example.name == name).unwrap();
    found.body.clone()
}

#[tokio::test]
async fn the_carriers_are_those_of_the_vendors_sample() {
    let answer = get(&start().await, CARRIERS).await;
    assert_eq!((answer.status, answer.json()), (200, documented("get_carriers_2026_01", "carriers")));
}

#[tokio::test]
async fn services_and_costs_are_those_of_the_samples_by_the_patients_state() {
    let sandbox = start().await;
    let doctor = make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    let services = async |carrier: &str, state: Value| {
        let mut body = patient(&doctor);
        body["addresses"][0]["state"] = state;
        let id = make(&sandbox, PATIENT, &body, "patient_id").await;
        get(&sandbox, &format!("{CARRIERS}/{carrier}/services?patientId={id}")).await
    };
    for (state, name) in [("AL", "free"), ("California", "paid")] {
        let answer = services("se-3818360", json!(state)).await;
        let expected = documented("get_carrier_services_2026_01", name);
        assert_eq!((answer.status, answer.json()), (200, expected));
        assert_eq!(contract::response_errors("get_carrier_services_2026_01", 200, &answer.json()), []);
    }
    let refused =
        [("se-3818360", Value::Null), ("se-3818360", json!("ZZ")), ("se-11225", json!("CA")), ("x%2Fy", json!("CA"))];
    for (carrier, state) in refused {
        let answer = services(carrier, state).await;
        let words = message("get_carrier_services_2026_01", &answer);
        assert_eq!((answer.status, words.as_str()), (400, "Service not available"), "{carrier}");
    }
    let mut older = older_patient();
    older["state"] = json!("NY");
    let id = make(&sandbox, PATIENT, &older, "patient_id").await;
    let answer = get(&sandbox, &format!("{CARRIERS}/se%2D3818360/services?a=b&patientId={}", id.to_uppercase())).await;
    assert_eq!(answer.json()["patientState"], "New York");
}

#[tokio::test]
async fn a_patient_is_required_and_has_to_exist() {
    let sandbox = start().await;
    let services = async |query: &str| {
        let answer = get(&sandbox, &format!("{CARRIERS}/se-3818360/services{query}")).await;
        (answer.status, message("get_carrier_services_2026_01", &answer))
    };
    for query in ["", "?patientId=", "?patientId=no-uuid", "?patient_id=00000000-0000-4000-8000-000000000000"] {
        assert_eq!(services(query).await, (400, "Validation error".to_owned()), "{query}");
    }
    let unknown = services("?patientId=00000000-0000-4000-8000-000000000000").await;
    assert_eq!(unknown, (400, "Patient not found".to_owned()));
    for path in [format!("{CARRIERS}/"), format!("{CARRIERS}//services"), format!("{CARRIERS}/a/b/services")] {
        assert_eq!(get(&sandbox, &path).await.status, 501, "{path}");
    }
}

#[tokio::test]
async fn two_carriers_are_two_requests_of_one_operation() {
    let sandbox = start().await;
    for carrier in ["one", "two", "two"] {
        get(&sandbox, &format!("{CARRIERS}/{carrier}/services?patientId=x")).await;
    }
    let journal = sandbox.journal();
    assert_eq!(journal.attempts_on("get_carrier_services").len(), 3);
    assert_eq!(journal.requests_on("get_carrier_services").len(), 2);
    assert_eq!(sandbox.ledger().entries, []);
}
