//! No key, no name, no identifier and nothing else of a request or an answer is in any log, `Debug`, `Display`, error chain, audit record's
//! `Debug`, or file of the submission log, under any fault, at TRACE. Each test shows that its capture catches what it should.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::{JumpingClock, MemoryAudit};
use clinical_sandbox::{Fault, Sandbox};
use clinical_tests::capture::Capture;
use clinical_tests::recorder::answer_all;
use httpmock::MockServer;
use novamed_api::log::DirectoryLog;
use novamed_api::{
    Address, CarrierId, ClinicId, ContactKind, Date, DeleteForm, DeleteWebhook, Error, Gender, Medication,
    MedicationRequestId, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed,
    NovaMedBuilder, PatientId, PatientStatus, PractitionerId, Request, Revision, ServiceId, Species, WebhookId,
};
use serde_json::json;

use crate::canary::every_fault;

const KEY: &str = "dev_canarykeyaaa";
const ODD: &str = "canaryoddiii";
/// The guide's, so that the sandbox takes it.
const CLINIC: &str = "550e8400-e29b-41d4-a716-446655440000";
// Identifiers are not printed either: who can look them up knows whom they mean.
const PRACTITIONER: &str = "ca0a5e01-1111-4111-8111-ca0a5e0ca0a5";
const PATIENT: &str = "ca0a5e02-2222-4222-8222-ca0a5e0ca0a5";
const REQUEST: &str = "ca0a5e03-3333-4333-8333-ca0a5e0ca0a5";
const WEBHOOK: &str = "ca0a5e04-4444-4444-8444-ca0a5e0ca0a5";

fn assert_clean(what: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for canary in ["canary", "ca0a5e0", "1903-07-1", "550e8400"] {
        if let Some(at) = lower.find(canary) {
            let (from, to) = (lower.floor_char_boundary(at.saturating_sub(60)), lower.floor_char_boundary(at + 40));
            panic!("{what} shows {canary}: {}", &lower[from..to]);
        }
    }
    // Lengths divisible by three, so that their base64 is part of the base64 of what holds them.
    assert!(!text.contains(&STANDARD.encode("canary")), "{what} shows a canary as base64");
    let numbers: Vec<String> = b"canary".iter().map(u8::to_string).collect();
    assert!(!text.contains(&numbers.join(", ")), "{what} shows a canary as numbers");
}

fn assert_debug_clean(value: &dyn Debug) {
    assert_clean("Debug", &format!("{value:?}"));
    assert_clean("alternate Debug", &format!("{value:#?}"));
}

fn assert_error_clean(error: &Error) {
    assert_debug_clean(error);
    assert_debug_clean(&error.attempt_log());
    assert_debug_clean(&error.vendor());
    assert_debug_clean(&error.body());
    assert_debug_clean(&error.earlier());
    assert_debug_clean(&error.problems());
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(current) = cause {
        assert_clean("Display", &current.to_string());
        cause = current.source();
    }
}

/// Looks at what a call gave. Whether it was a success.
fn look<T: Debug>(outcome: Result<novamed_api::Answer<T>, Error>) -> bool {
    match outcome {
        Ok(answer) => {
            assert_debug_clean(&answer);
            assert_debug_clean(&answer.value);
            true
        }
        Err(error) => {
            assert_error_clean(&error);
            false
        }
    }
}

fn preview(novamed: &NovaMed, request: &(impl Request + Debug)) {
    assert_debug_clean(request);
    match novamed.preview(request) {
        Ok(preview) => assert_debug_clean(&preview),
        Err(error) => assert_error_clean(&error),
    }
}

fn address() -> Address {
    Address::new("canary street", "canary city", "NY", "canary zip").line2("canary line2")
}

fn practitioners() -> [NewPractitioner; 2] {
    let new = || {
        NewPractitioner::new("canaryfirst", "canarylast", "canary@canary.example", "1234567890").phone("canaryphone")
    };
    [
        new().is_veterinarian(false).address(address()),
        new()
            .dea_number("canarydea")
            .license_number("canarylicence")
            .license_state("NY")
            .signature_image(STANDARD.encode("canary")),
    ]
}

fn patients() -> [NewPatient; 2] {
    let born = Date::new(1903, 7, 11).unwrap();
    let new = || NewPatient::new("canaryfirst", "canarylast", born).email("canary@canary.example").phone("canaryphone");
    let full =
        new().middle_name("canarymiddle").species(Species::from("canaryspecies")).animal_owner_name("canaryowner");
    let full = full.weight(71).weight_recorded_date(Date::new(1903, 7, 12).unwrap()).status(PatientStatus::Active);
    let full = full.contact(ContactKind::from("canarykind"), "canarycontact").gender(Gender::Female);
    [
        full.practitioner(PractitionerId::new(PRACTITIONER).unwrap()).address(address().line3("canary line3")),
        new().gender(Gender::Other("canarygender".to_owned())).address(address()),
    ]
}

fn orders() -> [NewMedicationOrder; 2] {
    let drug = || Medication::new("canarydrug", 30).dose("canarydose").direction("canarydirection").refills(1);
    let full = drug().unit_of_measure("canaryunit").flavor("canaryflavor").notes("canarynotes");
    let full = full.reason_for_compounding("canaryreason").reason_for_compounding_additional_context("canarycontext");
    let order = |drug| {
        let (patient, practitioner) = (PatientId::new(PATIENT).unwrap(), PractitionerId::new(PRACTITIONER).unwrap());
        NewMedicationOrder::new(patient, practitioner, drug)
    };
    let (carrier, service) = (CarrierId::new("canarycarrier").unwrap(), ServiceId::new("canaryservice").unwrap());
    [order(full).shipping(carrier, service).shipment_group("canarygroup").is_refrigerated(true), order(drug())]
}

fn webhook() -> NewWebhook {
    NewWebhook::new("https://canaryhost.example/canarypath?token=canarytoken")
}

/// Does everything in every way, each twice, and looks at all that comes of it. How many calls succeeded, and how many failed.
async fn exercise(novamed: &NovaMed) -> (usize, usize) {
    assert_debug_clean(novamed);
    let mut outcomes = Vec::new();
    for number in 0..2 {
        let (practitioner, patient, order) = (&practitioners()[number], &patients()[number], &orders()[number]);
        preview(novamed, practitioner);
        preview(novamed, patient);
        preview(novamed, order);
        preview(novamed, &webhook());
        outcomes.push(look(novamed.create_practitioner(practitioner).await));
        outcomes.push(look(novamed.create_patient(patient).await));
        outcomes.push(look(novamed.create_medication_order(order).await));
        let refill = NewRefill::new(MedicationRequestId::new(REQUEST).unwrap()).shipment_group("canarygroup");
        preview(novamed, &refill);
        outcomes.push(look(novamed.create_refill(&refill).await));
        outcomes.push(look(novamed.create_webhook(&webhook()).await));
        for form in [DeleteForm::Query, DeleteForm::Body] {
            let delete = DeleteWebhook::new(WebhookId::new(WEBHOOK).unwrap()).form(form);
            preview(novamed, &delete);
            outcomes.push(look(novamed.delete_webhook(&delete).await));
        }
        outcomes.push(look(novamed.carriers().await));
        let carrier = CarrierId::new("canarycarrier").unwrap();
        outcomes.push(look(novamed.carrier_services(&carrier, &PatientId::new(PATIENT).unwrap()).await));
    }
    let good = outcomes.iter().filter(|good| **good).count();
    (good, outcomes.len() - good)
}

fn watched(url: &str, revision: Revision, audit: &MemoryAudit, log: &Path) -> NovaMedBuilder {
    let audit = audit.clone();
    let builder = NovaMed::builder().base_url(url).revision(revision).synthetic_data_only().api_key(KEY);
    let builder = builder.clinic(ClinicId::new(CLINIC).unwrap()).submission_log(DirectoryLog::open(log).unwrap());
    builder.http(|http| http.audit(audit).clock(JumpingClock::new()).seed(7))
}

/// Names and contents of everything below a folder, which must hold nothing of a request. How many files there were.
fn assert_files_clean(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert_clean("a file name", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            files += assert_files_clean(&path);
        } else {
            assert_clean("a file", &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
            files += 1;
        }
    }
    files
}

fn assert_log(capture: &Capture, at_least: &[&str]) {
    let log = capture.text();
    for expected in at_least {
        assert!(log.contains(expected), "the capture has caught nothing of {expected}");
    }
    assert_clean("the log", &log);
}

#[tokio::test]
async fn nothing_shows_under_any_fault_of_the_sandbox() {
    let capture = Capture::start();
    let (audit, folder) = (MemoryAudit::new(), tempfile::tempdir().unwrap());
    let (mut good, mut bad, mut files) = (0, 0, 0);
    for (number, kind) in every_fault(ODD, 50).into_iter().enumerate() {
        // The faults come in turns; each meets one of the revisions.
        let revision = Revision::ALL[number % 2];
        let sandbox = Sandbox::builder().token(KEY).start().await.unwrap();
        sandbox.inject(Fault::new(kind).every()).unwrap();
        let log = folder.path().join(number.to_string());
        let builder = watched(sandbox.url(), revision, &audit, &log);
        assert_debug_clean(&builder);
        let counts = exercise(&builder.build().unwrap()).await;
        good += counts.0;
        bad += counts.1;
        files += assert_files_clean(&log);
    }
    assert!(good >= 10 && bad >= 200 && files >= 50, "{good} calls succeeded, {bad} failed, {files} files");
    let records = audit.records();
    assert!(records.len() >= 200, "{} audit records", records.len());
    for record in &records {
        assert_debug_clean(record);
    }
    // The record does hold whom the call was about, for the sink that asks by name.
    assert!(records.iter().any(|record| record.patient.as_ref().is_some_and(|id| id.expose() == PATIENT)));
    assert_log(&capture, &["clinical_http", "hyper_util", "reqwest", "call failed", "create_practitioner"]);
}

#[tokio::test]
async fn nothing_shows_of_what_the_vendor_writes() {
    let capture = Capture::start();
    let (audit, folder) = (MemoryAudit::new(), tempfile::tempdir().unwrap());
    let ids = json!({"practitioner_id": PRACTITIONER, "patient_id": PATIENT, "medication_request_id": REQUEST,
        "refill_request_id": REQUEST, "medication_order_id": "canaryorder", "webhook_id": WEBHOOK, ODD: ODD,
        "webhook_url": "https://canaryhost.example/?canarytoken", "clinic_id": CLINIC, "created_at": "canarytime",
        "carriers": [{"id": "canarycarrier", "name": "FedEx"}]});
    let services = json!({"success": true, "data": [{"id": "canaryservice", "name": "FedEx", "totalCost": 1}],
        "freeShipmentType": "canarytype", "patientState": "canarystate", "message": ODD});
    let error = json!({"success": false, "error": {"message": "canary already exists", "code": "CANARY_CODE",
        "details": {"field": "canaryfield", "reason": "canaryreason"}, "retry_after": 1}});
    let answers = [
        (200, json!({"success": true, "data": ids, "message": ODD}).to_string()),
        (200, services.to_string()),
        (200, json!({"success": true, "data": {"practitioner_id": {ODD: ODD}, "carriers": ODD}}).to_string()),
        (200, format!("{{\"{ODD}")),
        (200, ODD.to_owned()),
        (200, error.to_string()),
        (400, error.to_string()),
        (401, error.to_string()),
        (403, error.to_string()),
        (404, error.to_string()),
        (429, error.to_string()),
        (500, error.to_string()),
        (503, format!("<html>{ODD}</html>")),
    ];
    let (mut good, mut bad) = (0, 0);
    for (number, (status, body)) in answers.into_iter().enumerate() {
        let server = MockServer::start_async().await;
        let headers =
            [("x-odd", ODD), ("set-cookie", ODD), ("server", ODD), ("retry-after", "1"), ("x-ratelimit-limit", ODD)];
        let (mock, _) = answer_all(&server, status, &headers, &body).await;
        for revision in Revision::ALL.iter().copied() {
            let log = folder.path().join(format!("{number} {revision}"));
            let novamed = watched(&server.base_url(), revision, &audit, &log).build().unwrap();
            let first = exercise(&novamed).await;
            // And a second time, when identical creates are on record.
            let second = exercise(&novamed).await;
            good += first.0 + second.0;
            bad += first.1 + second.1;
        }
        assert!(mock.calls_async().await >= 10);
    }
    assert!(good >= 20 && bad >= 200, "{good} calls succeeded, {bad} failed");
    for record in audit.records() {
        assert_debug_clean(&record);
    }
    assert_log(&capture, &["clinical_http", "hyper_util", "attempt ended"]);
}

#[tokio::test]
async fn nothing_shows_of_what_is_refused_before_it_is_sent() {
    let capture = Capture::start();
    let (audit, folder) = (MemoryAudit::new(), tempfile::tempdir().unwrap());
    for revision in Revision::ALL.iter().copied() {
        let novamed = watched("http://127.0.0.1:9", revision, &audit, folder.path()).build().unwrap();
        let date = Date::new(1903, 7, 11).unwrap();
        let sarah = NewPractitioner::new("canaryfirst", " ", "canary canary", "canarynpi").license_state("canarystate");
        assert!(!look(novamed.create_practitioner(&sarah).await));
        let john =
            NewPatient::new(" ", "canarylast", date).email("canary").weight(-71).species(Species::from("canary"));
        assert!(!look(novamed.create_patient(&john.address(Address::new("", "canarycity", "canarystate", ""))).await));
        assert!(!look(
            novamed.create_webhook(&NewWebhook::new("http://canaryuser:canarypassword@canaryhost.example")).await
        ));
    }
    for error in [
        PatientId::new("canarypatient").unwrap_err(),
        CarrierId::new("canary carrier").unwrap_err(),
        "canarydate".parse::<Date>().unwrap_err(),
        "canaryrevision".parse::<Revision>().unwrap_err(),
        NovaMed::builder()
            .revision(Revision::V2025_12)
            .base_url("https://canaryhost.example")
            .api_key(KEY)
            .build()
            .unwrap_err(),
        watched("https://canary:canary@host.example", Revision::V2025_12, &audit, folder.path()).build().unwrap_err(),
        watched("http://127.0.0.1:9", Revision::V2025_12, &audit, folder.path())
            .api_key("prod_canary")
            .build()
            .unwrap_err(),
        watched("http://127.0.0.1:9", Revision::V2025_12, &audit, folder.path())
            .api_key("canary key")
            .build()
            .unwrap_err(),
    ] {
        assert_error_clean(&error);
    }
    let wrong =
        serde_json::from_value::<NewPatient>(json!({"first_name": 7, "canaryfield": "canaryvalue"})).unwrap_err();
    assert!(!wrong.to_string().contains("canaryvalue"), "{wrong}");
    assert_files_clean(folder.path());
    assert_clean("the log", &capture.text());
}

#[test]
fn a_canary_is_caught_wherever_it_is_shown() {
    let capture = Capture::start();
    tracing::trace_span!("call", patient = PATIENT).in_scope(|| tracing::trace!(key = KEY, "an event"));
    let caught = |text: &str| std::panic::catch_unwind(|| assert_clean("this", text)).is_err();
    assert!(caught(&capture.text()) && caught(PATIENT) && caught(CLINIC) && caught(&format!("{:?}", KEY.as_bytes())));
    assert!(caught(&Date::new(1903, 7, 11).unwrap().to_string()));
    assert!(!caught("nothing to see"));
}
