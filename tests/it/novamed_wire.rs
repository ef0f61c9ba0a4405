//! What the `NovaMed` client puts on the wire: the vendor's own examples byte for byte, and no header field that is not documented.

use clinical_sandbox::contract;
use clinical_tests::gate::Gate;
use clinical_tests::novamed::{self, CLINIC, KEY, PATIENT, Work, client, shipping};
use clinical_tests::recorder::{self, answer_all};
use httpmock::{HttpMockRequest, MockServer};
use novamed_api::{
    Address, ClinicId, ContactKind, Date, Decimal, DeleteForm, Gender, Medication, MedicationRequestId,
    NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed, PatientStatus, Request, Revision,
    Species,
};
use serde_json::{Value, json};

/// The two `-d` arguments of the vendor's guide on authentication, as they stand there.
const GUIDE_PRACTITIONER: &str = r#"{ "first_name": "Sarah", "last_name": "Johnson", "email": "dr.johnson@clinic.com", "npi_number": "1234567890", "assigned_clinic": "550e8400-e29b-41d4-a716-446655440000" }"#;
const GUIDE_PATIENT: &str = r#"{ "clinic_id": "550e8400-e29b-41d4-a716-446655440000", "first_name": "John", "last_name": "Smith", "email": "john.smith@email.com", "date_of_birth": "1985-03-15" }"#;

/// One request to a server that answers it, as it arrived there.
async fn sent(work: Work, revision: Revision) -> HttpMockRequest {
    let server = MockServer::start_async().await;
    let (mock, requests) = answer_all(&server, 200, &[], work.answer()).await;
    work.run(&client(&server.base_url(), revision)).await.unwrap();
    mock.assert_calls_async(1).await;
    requests.only()
}

/// The same document but for white space and the order of names. Besides the values each byte is counted, so that `30` is not `30.0`.
fn assert_same(sent: &str, expected: &str) {
    let (sent_value, value): (Value, Value) =
        (serde_json::from_str(sent).unwrap(), serde_json::from_str(expected).unwrap());
    assert_eq!(sent_value, value);
    let bytes = |text: &str| {
        let mut bytes = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<_>>();
        bytes.sort_unstable();
        bytes
    };
    assert!(bytes(sent) == bytes(expected), "{sent} against {expected}");
    assert!(!sent.contains('\n') && !sent.contains("\": "), "no white space goes out: {sent}");
}

#[tokio::test]
async fn the_two_examples_of_the_guide_go_out_byte_for_byte_but_for_the_order_of_names() {
    for (work, path, body) in [
        (Work::Practitioner, "/api/external/practitioner", GUIDE_PRACTITIONER),
        (Work::Patient, "/api/external/patient", GUIDE_PATIENT),
    ] {
        let sent = sent(work, Revision::V2025_12).await;
        assert_eq!((sent.method_str(), sent.uri().path(), sent.uri().query()), ("POST", path, None));
        assert_same(&sent.body_string(), body);
    }
}

fn uuid(last: u8) -> String {
    format!("550e8400-e29b-41d4-a716-44665544000{last}")
}

/// The request of the vendor's 2026-01 examples by what it is for.
async fn vendors_example(novamed: &NovaMed, operation: &str) {
    let (carrier, service) = shipping();
    match operation {
        "create_practitioner_2026_01" => {
            let address = Address::new("123 Main St", "San Antonio", "TX", "78201").line2("Apt 1");
            let john = NewPractitioner::new("John", "Doe", "john.doe@example.com", "1234567890").phone("1234567890");
            novamed.create_practitioner(&john.is_veterinarian(true).address(address)).await.map(drop)
        }
        "create_patient_2026_01" => {
            let address =
                Address::new("123 Main Street", "New York", "NY", "10001").line2("Apt 4B").line3("Building C");
            let john = NewPatient::new("John", "Doe", Date::new(1985, 3, 15).unwrap())
                .middle_name("Michael")
                .gender(Gender::Male)
                .species(Species::Human)
                .animal_owner_name("Jane Smith")
                .weight("70.5".parse::<Decimal>().unwrap())
                .weight_recorded_date(Date::new(2024, 1, 15).unwrap())
                .status(PatientStatus::Active)
                .practitioner(novamed::practitioner())
                .contact(ContactKind::Phone, "5551234567")
                .address(address);
            novamed.create_patient(&john).await.map(drop)
        }
        "create_medication_order_2026_01" => {
            let aspirin = Medication::new("Aspirin", 100)
                .dose("100mg")
                .unit_of_measure("mg")
                .refills(3)
                .direction("Take one tablet daily")
                .days_supply(30)
                .flavor("Orange");
            let order = NewMedicationOrder::new(novamed::patient(), novamed::practitioner(), aspirin)
                .shipping(carrier, service)
                .is_refrigerated(true)
                .shipment_group(uuid(3));
            novamed.create_medication_order(&order).await.map(drop)
        }
        "create_refill_request_2026_01" => {
            let refill = NewRefill::new(MedicationRequestId::new(uuid(4)).unwrap()).shipment_group("optional-group-id");
            novamed.create_refill(&refill).await.map(drop)
        }
        "create_webhook_2026_01" => {
            novamed.create_webhook(&NewWebhook::new("https://partner.example/webhooks/novamed")).await.map(drop)
        }
        "delete_webhook_2026_01" => {
            novamed.delete_webhook(&novamed::delete_webhook().form(DeleteForm::Body)).await.map(drop)
        }
        other => panic!("{other} has an example and no test"),
    }
    .unwrap();
}

#[tokio::test]
async fn every_example_of_a_request_of_2026_01_goes_out_byte_for_byte_but_for_the_order_of_names() {
    let mut seen = 0;
    for example in contract::examples() {
        if !example.operation.ends_with("_2026_01") || example.status.is_some() {
            continue;
        }
        let server = MockServer::start_async().await;
        let answers = json!({"success": true, "data": {"practitioner_id": uuid(1), "patient_id": uuid(2),
            "medication_request_id": uuid(4), "refill_request_id": uuid(6), "webhook_id": uuid(5)}});
        let (_mock, requests) = answer_all(&server, 200, &[], &answers.to_string()).await;
        vendors_example(&client(&server.base_url(), Revision::V2026_01), &example.operation).await;
        assert_same(&requests.only().body_string(), &example.body.to_string());
        seen += 1;
    }
    assert!(seen >= 6, "{seen} examples");
}

#[tokio::test]
async fn the_documented_header_fields_go_out_and_what_http_needs_and_no_other() {
    for revision in Revision::ALL.iter().copied() {
        for work in Work::all(revision) {
            let sent = sent(work, revision).await;
            let headers = recorder::headers(&sent);
            let (body, mut expected) = (sent.body_string(), Vec::new());
            let mut add = |name: &str, value: &str| expected.push((name.to_owned(), value.to_owned()));
            add("accept", "application/json");
            if !body.is_empty() {
                add("content-length", &body.len().to_string());
                add("content-type", "application/json");
            }
            add("host", headers.iter().find(|(name, _)| name == "host").map(|(_, value)| value.as_str()).unwrap());
            add("user-agent", &format!("novamed-api/{}", version()));
            add("x-api-key", KEY);
            assert_eq!(headers, expected, "{work:?} {revision}");
        }
    }
}

/// The crates of the workspace share one version.
fn version() -> &'static str {
    let manifest = include_str!("../../Cargo.toml");
    manifest.lines().find_map(|line| line.strip_prefix("version = \"")).unwrap().trim_end_matches('"')
}

#[tokio::test]
async fn the_raw_bytes_are_one_plain_http_1_1_request() {
    let mut gate = Gate::start().await;
    let novamed = client(gate.url(), Revision::V2026_01);
    let mut call = tokio::spawn(async move { Work::Order.run(&novamed).await });
    let arrival = gate.next_of(&mut call).await;
    let mut lines = arrival.head.lines();
    assert_eq!(lines.next(), Some("POST /api/external/medication-order HTTP/1.1"));
    let mut names: Vec<_> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "content-length", "content-type", "host", "user-agent", "x-api-key"]);
    arrival.answer("200 OK", Work::Order.answer());
    assert_eq!(call.await.unwrap().unwrap(), 1);
}

#[tokio::test]
async fn reads_and_deletions_name_their_parameters_in_the_address_as_documented() {
    let table = [
        (Work::Carriers, "GET", "/api/external/carriers".to_owned(), None),
        (
            Work::Services,
            "GET",
            "/api/external/carriers/se-3818360/services".to_owned(),
            Some(format!("patientId={PATIENT}")),
        ),
        (Work::DeleteWebhook, "DELETE", "/api/external/webhook".to_owned(), Some(format!("id={}", novamed::WEBHOOK))),
    ];
    for (work, method, path, query) in table {
        let sent = sent(work, Revision::V2026_01).await;
        let seen = (sent.method_str().to_owned(), sent.uri().path().to_owned(), sent.uri().query().map(str::to_owned));
        assert_eq!(seen, (method.to_owned(), path, query));
        assert_eq!(sent.body_string(), "");
    }
}

#[tokio::test]
async fn a_preview_is_what_is_sent() {
    fn check<R: Request>(novamed: &NovaMed, request: &R, sent: &HttpMockRequest) {
        let preview = novamed.preview(request).unwrap();
        assert_eq!(preview.method, sent.method_str());
        let url = preview.url.expose();
        assert_eq!(url.strip_prefix("http://127.0.0.1:9").unwrap(), sent.uri().path_and_query().unwrap().as_str());
        let body = preview.body.as_ref().map(|body| String::from_utf8(body.expose().to_vec()).unwrap());
        assert_eq!(body.unwrap_or_default(), sent.body_string());
        for (name, value) in &preview.headers {
            let fields = sent.headers();
            let shown = fields[*name].to_str().unwrap();
            assert!(shown == *value || (*name == "x-api-key" && *value == "(hidden)"), "{name}");
        }
        // Besides what HTTP itself needs nothing goes out that it does not show.
        assert_eq!(preview.headers.len() + 2 + usize::from(preview.body.is_some()), sent.headers().len());
    }
    for revision in Revision::ALL.iter().copied() {
        let novamed = client("http://127.0.0.1:9", revision);
        check(&novamed, &novamed::new_practitioner(revision), &sent(Work::Practitioner, revision).await);
        check(&novamed, &novamed::new_patient(revision), &sent(Work::Patient, revision).await);
        check(&novamed, &novamed::new_order(revision), &sent(Work::Order, revision).await);
        check(&novamed, &novamed::new_refill(), &sent(Work::Refill, revision).await);
        check(&novamed, &novamed::new_webhook(), &sent(Work::CreateWebhook, revision).await);
        check(&novamed, &novamed::delete_webhook(), &sent(Work::DeleteWebhook, revision).await);
    }
}

#[tokio::test]
async fn a_clinic_of_the_requests_own_goes_before_the_clients() {
    let other = "ffffffff-e29b-41d4-a716-446655440000";
    let clinic = || ClinicId::new(other).unwrap();
    for revision in Revision::ALL.iter().copied() {
        let novamed = client("http://127.0.0.1:9", revision);
        let body = |request: Result<novamed_api::Preview, novamed_api::Error>| {
            String::from_utf8(request.unwrap().body.unwrap().expose().to_vec()).unwrap()
        };
        for body in [
            body(novamed.preview(&novamed::new_practitioner(revision).clinic(clinic()))),
            body(novamed.preview(&novamed::new_patient(revision).clinic(clinic()))),
            body(novamed.preview(&novamed::new_order(revision).clinic(clinic()))),
            body(novamed.preview(&novamed::new_webhook().clinic(clinic()))),
            body(novamed.preview(&novamed::delete_webhook().form(DeleteForm::Body).clinic(clinic()))),
        ] {
            assert!(body.contains(other) && !body.contains(CLINIC), "{body}");
        }
    }
}
