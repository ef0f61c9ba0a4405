//! Practitioners, patients and orders: what is made, and what is refused.

use clinical_sandbox::{NOVAMED_CLINIC, OrderStatus, Sandbox, contract};
use serde_json::{Value, json};

use super::{
    ORDER, PATIENT, PRACTITIONER, REQUEST, make, message, older_order, older_patient, older_practitioner, order,
    patient, people, post, practitioner, with,
};
use crate::wire::start;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn each_revision_makes_a_practitioner_a_patient_and_an_order_that_keep_the_contract() {
    let sandbox = start().await;
    let (doctor, id) = {
        let made = make(&sandbox, PRACTITIONER, &older_practitioner(), "practitioner_id").await;
        (made, make(&sandbox, PATIENT, &older_patient(), "patient_id").await)
    };
    let request = older_order(&id, &doctor);
    let newer = people(&sandbox).await;
    let newer_request = order(&newer.0, &newer.1);
    let cases = [
        (
            "create_practitioner_2025_12",
            PRACTITIONER,
            older_practitioner(),
            "practitioner_id",
            "Practitioner created successfully",
        ),
        (
            "create_practitioner_2026_01",
            PRACTITIONER,
            practitioner(),
            "practitioner_id",
            "Practitioner created successfully",
        ),
        ("create_patient_2025_12", PATIENT, older_patient(), "patient_id", "Patient created successfully"),
        ("create_patient_2026_01", PATIENT, patient(&newer.1), "patient_id", "Patient created successfully"),
        (
            "create_medication_request_2025_12",
            REQUEST,
            request,
            "medication_request_id",
            "Medication request created successfully",
        ),
        (
            "create_medication_order_2026_01",
            ORDER,
            newer_request,
            "medication_request_id",
            "Medication request created successfully",
        ),
    ];
    for (operation, path, body, id, words) in cases {
        assert_eq!(contract::request_errors(operation, &body), [], "{operation}");
        let answer = post(&sandbox, path, &body).await;
        let told = answer.json();
        assert_eq!((answer.status, &told["message"], &told["success"]), (200, &json!(words), &json!(true)));
        assert_eq!(contract::response_errors(operation, 200, &told), []);
        assert!(told["data"][id].is_string());
    }
    let facts = sandbox.novamed();
    let revisions: Vec<&str> = facts.patients.iter().map(|patient| patient.revision).collect();
    assert_eq!(revisions, ["2025-12", "2026-01", "2025-12", "2026-01"]);
    let revisions: Vec<&str> = facts.orders.iter().map(|order| order.revision).collect();
    assert_eq!(revisions, ["2025-12", "2026-01"]);
    assert!(facts.orders.iter().all(|order| order.status == OrderStatus::Created));
    assert!(facts.orders.iter().all(|order| order.medication_order_id != order.medication_request_id));
}

#[tokio::test]
async fn a_repeated_create_makes_a_second_thing_and_the_ledger_tells_it() {
    let sandbox = start().await;
    let (patient, practitioner) = people(&sandbox).await;
    let body = order(&patient, &practitioner);
    let one = make(&sandbox, ORDER, &body, "medication_request_id").await;
    let two = make(&sandbox, ORDER, &body, "medication_request_id").await;
    assert_ne!(one, two);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.processed("create_medication_order"), 2);
    let entry = ledger.entries.iter().find(|entry| entry.operation == "create_medication_order").unwrap();
    assert_eq!((entry.processed, &entry.created), (2, &vec![one, two]));
    let journal = sandbox.journal();
    let attempts = journal.attempts_on("create_medication_order");
    assert!(attempts.iter().all(|attempt| attempt.committed));
    assert_eq!(entry.attempts, attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>());
    assert_eq!(journal.requests_on("create_medication_order").len(), 1);
}

#[tokio::test]
async fn ids_follow_seed_content_and_count_alone() {
    async fn ids(seed: u64) -> Vec<String> {
        let sandbox = Sandbox::builder().seed(seed).manual_clock().start().await.unwrap();
        let mut ids = Vec::new();
        for _ in 0..2 {
            ids.push(make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await);
        }
        ids.push(make(&sandbox, PATIENT, &patient(&ids[0]), "patient_id").await);
        ids
    }
    let one = ids(7).await;
    assert_eq!(one, ids(7).await);
    assert_ne!(one, ids(8).await);
    assert_ne!(one[0], one[1]);
}

#[tokio::test]
async fn what_does_not_exist_is_refused_and_not_counted() {
    let other = "00000000-0000-4000-8000-00000000000a";
    let sandbox = Sandbox::builder().manual_clock().novamed_clinic(other).start().await.unwrap();
    let (id, doctor) = people(&sandbox).await;
    let before = sandbox.ledger();
    let mut stranger = practitioner();
    stranger["assigned_clinic"] = json!(NOBODY);
    let mut elsewhere = order(&id, &doctor);
    elsewhere["clinic_id"] = json!(other);
    let mut stray = patient(&doctor);
    stray["assigned_clinic"] = json!(other);
    let mut pair = order(&id, &doctor);
    pair["carrier_id"] = json!("se-11225");
    let missing = "Patient or practitioner not found";
    let cases = [
        ("create_practitioner_2026_01", PRACTITIONER, stranger, 400, "Clinic not found"),
        ("create_patient_2026_01", PATIENT, patient(NOBODY), 400, "Practitioner not found"),
        ("create_patient_2026_01", PATIENT, stray, 400, "Practitioner not found"),
        ("create_medication_order_2026_01", ORDER, order(NOBODY, &doctor), 404, missing),
        ("create_medication_order_2026_01", ORDER, order(&id, NOBODY), 404, missing),
        ("create_medication_order_2026_01", ORDER, order(&doctor, &id), 404, missing),
        ("create_medication_order_2026_01", ORDER, elsewhere, 404, missing),
        ("create_medication_order_2026_01", ORDER, pair, 400, "Service not available"),
        ("create_medication_request_2025_12", REQUEST, older_order(NOBODY, &doctor), 404, missing),
    ];
    for (operation, path, body, status, words) in cases {
        let answer = post(&sandbox, path, &body).await;
        assert_eq!((answer.status, message(operation, &answer).as_str()), (status, words), "{body}");
    }
    assert_eq!(sandbox.ledger(), before);
    let committed = sandbox.journal().attempts.iter().filter(|attempt| attempt.committed).count();
    assert_eq!(committed, 2);
    let mut upper = order(&id, &doctor);
    upper["clinic_id"] = json!(NOVAMED_CLINIC.to_uppercase());
    upper["patient_id"] = json!(id.to_uppercase());
    assert_eq!(post(&sandbox, ORDER, &upper).await.status, 200);
}

#[tokio::test]
async fn a_clinic_of_the_builder_exists_beside_the_guides() {
    let other = "ABCDEF00-0000-4000-8000-00000000000a";
    let sandbox = Sandbox::builder().novamed_clinic(other).start().await.unwrap();
    let mut body = practitioner();
    body["assigned_clinic"] = json!(other);
    assert_eq!(post(&sandbox, PRACTITIONER, &body).await.status, 200);
    assert_eq!(post(&sandbox, PRACTITIONER, &practitioner()).await.status, 200);
    let refused = Sandbox::builder().novamed_clinic("clinic").start().await.unwrap_err();
    assert!(refused.to_string().contains("novamed_clinic"));
}

/// A body with one field changed, or without it where the value is absent.
fn changed(mut body: Value, field: &str, value: Option<Value>) -> Value {
    let fields = body.as_object_mut().unwrap();
    match value {
        Some(value) => drop(fields.insert(field.to_owned(), value)),
        None => drop(fields.remove(field)),
    }
    body
}

#[tokio::test]
async fn each_broken_rule_is_told_with_its_field_and_never_with_the_value() {
    let sandbox = with(&[("novamed_rate_limit", "none")]).await;
    let (id, doctor) = people(&sandbox).await;
    let newer =
        |field: &str, value: Value| ("create_patient_2026_01", PATIENT, changed(patient(&doctor), field, Some(value)));
    let item = |field: &str, value: Value| {
        let mut body = order(&id, &doctor);
        body["medication_requests"][0][field] = value;
        ("create_medication_order_2026_01", ORDER, body)
    };
    let older =
        |field: &str, value: Value| ("create_patient_2025_12", PATIENT, changed(older_patient(), field, Some(value)));
    let cases = [
        ("gender", newer("gender", json!("CANARY"))),
        ("gender", ("create_patient_2026_01", PATIENT, changed(patient(&doctor), "gender", None))),
        ("first_name", newer("first_name", json!("C"))),
        ("species", newer("species", json!("CANARY"))),
        ("weight", newer("weight", json!(70.5))),
        ("practitioner_id", newer("practitioner_id", json!("CANARY"))),
        ("addresses.0.city", newer("addresses", json!([{"addressLine1": null, "state": null, "postalCode": null}]))),
        ("contacts.0.key", newer("contacts", json!([{"key": "CANARY", "value": "CANARY"}]))),
        ("date_of_birth", older("date_of_birth", json!("15/03/1985"))),
        ("date_of_birth", older("date_of_birth", json!("1985-02-30"))),
        ("email", older("email", json!("CANARY"))),
        ("gender", older("gender", json!("unknown"))),
        ("state", older("state", json!("CANARY"))),
        (
            "npi_number",
            (
                "create_practitioner_2025_12",
                PRACTITIONER,
                changed(older_practitioner(), "npi_number", Some(json!("12345"))),
            ),
        ),
        (
            "is_veterinarian",
            ("create_practitioner_2026_01", PRACTITIONER, changed(practitioner(), "is_veterinarian", None)),
        ),
        ("medication_requests.0.refills", item("refills", json!(3))),
        ("medication_requests.0.quantity", item("quantity", json!("3"))),
        (
            "quantity",
            (
                "create_medication_request_2025_12",
                REQUEST,
                changed(older_order(&id, &doctor), "quantity", Some(json!(1.5))),
            ),
        ),
    ];
    let before = sandbox.ledger();
    for (field, (operation, path, body)) in cases {
        let answer = post(&sandbox, path, &body).await;
        assert_eq!((answer.status, message(operation, &answer).as_str()), (400, "Validation error"), "{body}");
        assert!(answer.json()["error"]["details"][field].is_string(), "{field}: {}", answer.json());
        assert!(!String::from_utf8_lossy(&answer.body).contains("CANARY"));
        assert_ne!(contract::request_errors(operation, &body), [], "{field}");
    }
    assert_eq!(sandbox.ledger(), before);
    let clinic = changed(older_patient(), "clinic_id", Some(json!("clinic-1")));
    let answer = post(&sandbox, PATIENT, &clinic).await;
    assert_eq!(message("create_patient_2025_12", &answer), "Clinic ID must be a valid UUID.");
    let both = changed(clinic, "email", Some(json!("no")));
    assert_eq!(post(&sandbox, PATIENT, &both).await.json()["error"]["message"], "Validation error");
}

#[tokio::test]
async fn a_field_that_no_schema_names_is_let_through() {
    let sandbox = start().await;
    for (path, body) in [(PRACTITIONER, practitioner()), (PATIENT, older_patient())] {
        assert_eq!(post(&sandbox, path, &changed(body, "added_later", Some(json!([1])))).await.status, 200);
    }
}

#[tokio::test]
async fn a_sandbox_of_one_revision_refuses_names_and_paths_of_the_other() {
    let older = with(&[("novamed_revision", "2025-12")]).await;
    let newer = with(&[("novamed_revision", "2026-01")]).await;
    let refused = post(&older, PRACTITIONER, &practitioner()).await;
    assert_eq!(message("create_practitioner_2025_12", &refused), "Validation error");
    assert!(refused.json()["error"]["details"]["npi_number"].is_string());
    let refused = post(&newer, PATIENT, &older_patient()).await;
    assert!(refused.json()["error"]["details"]["dob"].is_string());
    assert_eq!(post(&older, PRACTITIONER, &older_practitioner()).await.status, 200);
    assert_eq!(post(&newer, PRACTITIONER, &practitioner()).await.status, 200);

    for (sandbox, path, body) in
        [(&older, ORDER, order(NOBODY, NOBODY)), (&newer, REQUEST, older_order(NOBODY, NOBODY))]
    {
        let answer = post(sandbox, path, &body).await;
        assert_eq!(
            (answer.status, message("create_medication_order_2026_01", &answer).as_str()),
            (404, "Resource not found")
        );
        assert_eq!(answer.header("x-ratelimit-limit"), Some("100"));
    }
    for path in ["/api/external/carriers", "/api/external/carriers/se-3818360/services?patientId=x"] {
        assert_eq!(super::get(&older, path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_statuses_that_the_documents_leave_open_follow_their_switches() {
    let sandbox = with(&[("novamed_create_status", "201"), ("novamed_missing_person", "400")]).await;
    let made = post(&sandbox, PRACTITIONER, &practitioner()).await;
    assert_eq!(made.status, 201);
    assert_eq!(contract::response_errors("create_practitioner_2026_01", 201, &made.json()), []);
    let answer = post(&sandbox, ORDER, &order(NOBODY, NOBODY)).await;
    assert_eq!(
        (answer.status, message("create_medication_order_2026_01", &answer).as_str()),
        (400, "Invalid practitioner or patient ID")
    );
}
