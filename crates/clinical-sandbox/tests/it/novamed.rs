//! The Partner API of `NovaMed` in both revisions.

mod basics;
mod carriers;
mod creates;
mod receiver;
mod refills;
mod webhooks;
mod webhooks_ways;

use clinical_sandbox::switches::Switches;
use clinical_sandbox::{NOVAMED_CLINIC, Sandbox, contract};
use serde_json::{Value, json};

use crate::wire::{Answer, exchange, request, split};

pub(crate) const PRACTITIONER: &str = "/api/external/practitioner";
pub(crate) const PATIENT: &str = "/api/external/patient";
pub(crate) const REQUEST: &str = "/api/external/medication-request";
pub(crate) const ORDER: &str = "/api/external/medication-order";

pub(crate) fn practitioner() -> Value {
    json!({
        "first_name": "John", "last_name": "Doe", "email": "john.doe@example.com", "npi": "1234567890",
        "is_veterinarian": false, "assigned_clinic": NOVAMED_CLINIC, "address_line_1": "123 Main St",
        "city": "San Antonio", "state_code": "TX", "zip_code": "78201",
    })
}

pub(crate) fn older_practitioner() -> Value {
    json!({
        "first_name": "Sarah", "last_name": "Johnson", "email": "dr.johnson@clinic.com", "npi_number": "1234567890",
        "assigned_clinic": NOVAMED_CLINIC,
    })
}

pub(crate) fn patient(practitioner: &str) -> Value {
    json!({
        "first_name": "Ana", "last_name": "Ruiz", "gender": null, "dob": "1985-03-15", "practitioner_id": practitioner,
        "assigned_clinic": NOVAMED_CLINIC,
        "addresses": [{"addressLine1": null, "city": null, "state": "CA", "postalCode": null}],
    })
}

pub(crate) fn older_patient() -> Value {
    json!({
        "clinic_id": NOVAMED_CLINIC, "first_name": "John", "last_name": "Smith", "email": "john.smith@email.com",
        "date_of_birth": "1985-03-15",
    })
}

pub(crate) fn order(patient: &str, practitioner: &str) -> Value {
    json!({
        "patient_id": patient, "practitioner_id": practitioner, "clinic_id": NOVAMED_CLINIC,
        "carrier_id": "se-3818360", "service_id": "fedex_ground",
        "medication_requests": [{
            "medication": "Aspirin", "dose": "100mg", "quantity": 100, "refills": "1", "direction": "Once a day",
        }],
    })
}

pub(crate) fn older_order(patient: &str, practitioner: &str) -> Value {
    json!({
        "clinic_id": NOVAMED_CLINIC, "patient_id": patient, "practitioner_id": practitioner,
        "medication_name": "Aspirin", "quantity": 30, "refills": 1,
    })
}

/// A call with the sandbox's key and a body, on a connection that ends after it.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Answer {
    let headers = [("x-api-key", sandbox.token())];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    split(exchange(sandbox, &request(method, path, &headers, body.as_bytes())).await)
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    send(sandbox, "POST", path, body).await
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", path, &Value::Null).await
}

/// Makes something and gives the id under this name.
pub(crate) async fn make(sandbox: &Sandbox, path: &str, body: &Value, id: &str) -> String {
    let answer = post(sandbox, path, body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["data"][id].as_str().unwrap().to_owned()
}

/// A practitioner and a patient.
pub(crate) async fn people(sandbox: &Sandbox) -> (String, String) {
    let practitioner = make(sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    let patient = make(sandbox, PATIENT, &patient(&practitioner), "patient_id").await;
    (patient, practitioner)
}

/// A sandbox with the clock moved by hand and these switches.
pub(crate) async fn with(positions: &[(&str, &str)]) -> Sandbox {
    let mut switches = Switches::default();
    for (name, position) in positions {
        switches.set(name, position).unwrap();
    }
    Sandbox::builder().seed(7).manual_clock().switches(switches).start().await.unwrap()
}

/// The message of an error, after its shape was held against the contract.
pub(crate) fn message(operation: &str, answer: &Answer) -> String {
    let body = answer.json();
    assert_eq!(contract::response_errors(operation, answer.status, &body), [], "{operation}: {body}");
    assert_eq!(body["success"], false);
    body["error"]["message"].as_str().unwrap().to_owned()
}
