//! What the `NovaMed` client makes of the vendor's three shapes of errors, and what it says about each.

use std::collections::BTreeMap;
use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_tests::novamed::{Work, facts, scripted};
use novamed_api::{Date, Error, Kind, NewPatient, NewPractitioner, PatientId, Revision};
use serde_json::json;

use crate::snapshots::snapshot;

const EXISTS: &str = r#"{"success":false,"error":{"message":"Refill request already exists"}}"#;

/// The error of one operation whose every attempt is answered so, and how many there were.
async fn answered(work: Work, status: u16, headers: &[(&'static str, &str)], body: &str) -> (Error, usize) {
    let step =
        headers.iter().fold(Step::answer(status, body.to_owned()), |step, (name, value)| step.header(name, value));
    let transport = ScriptedTransport::always(step);
    let error = work.run(&scripted(&transport, Revision::V2026_01).build().unwrap()).await.unwrap_err();
    (error, transport.requests().len())
}

/// The documented bodies, by shape.
const SHAPES: [(&str, &str); 6] = [
    ("E1", r#"{"success":false,"error":{"message":"Clinic not found"}}"#),
    (
        "E1 with details",
        r#"{"success":false,"error":{"message":"Validation error","details":{"field":"email","reason":"Invalid email format"}}}"#,
    ),
    (
        "E2",
        r#"{"success":false,"error":{"code":"VALIDATION_ERROR","message":"Invalid request parameters","details":{"field":"email","reason":"Invalid email format"}}}"#,
    ),
    (
        "E3",
        r#"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Please retry after 60 seconds.","retry_after":60}}"#,
    ),
    ("a gateway's page", "<html><body>502 Bad Gateway</body></html>"),
    ("nothing", ""),
];

#[tokio::test]
async fn every_documented_status_in_every_shape_has_its_kind_delivery_and_sentence() {
    let mut all = BTreeMap::new();
    for status in [400, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504] {
        for (shape, body) in SHAPES {
            let (error, requests) = answered(Work::Order, status, &[], body).await;
            assert_eq!(error.attempts() as usize, requests, "{status} {shape}");
            for words in ["Clinic", "Validation", "email", "Invalid", "exceeded", "html"] {
                assert!(!error.to_string().contains(words), "{status} {shape}: {error}");
            }
            let mut told = facts(&error);
            told["requests"] = json!(requests);
            all.insert(format!("{status} {shape}"), told);
        }
    }
    let (error, requests) = answered(Work::Order, 503, &[("retry-after", "30")], "").await;
    assert_eq!(requests, 1);
    all.insert("503 with Retry-After".to_owned(), facts(&error));
    snapshot!("novamed-errors-by-status", all);
}

#[tokio::test]
async fn the_advice_of_an_unknown_outcome_says_for_each_operation_how_to_find_out() {
    let mut all = BTreeMap::new();
    for work in Work::CREATES {
        let (error, _) = answered(work, 500, &[], "").await;
        all.insert(format!("{work:?}"), error.to_string());
    }
    // In the older revision the vendor has no such events.
    let transport = ScriptedTransport::always(Step::answer(500, ""));
    let novamed = scripted(&transport, Revision::V2025_12).build().unwrap();
    for work in Work::CREATES {
        all.insert(format!("{work:?} 2025-12"), work.run(&novamed).await.unwrap_err().to_string());
    }
    snapshot!("novamed-unknown-outcomes", all);
}

#[tokio::test]
async fn the_vendors_words_are_kept_apart_in_whatever_shape_they_come() {
    let (error, _) = answered(Work::Patient, 400, &[], SHAPES[2].1).await;
    let vendor = error.vendor().unwrap();
    assert_eq!(vendor.message.expose(), "Invalid request parameters");
    let part = |part: Option<novamed_api::Sensitive<String>>| part.map(|text| text.expose().clone());
    assert_eq!(part(vendor.code).as_deref(), Some("VALIDATION_ERROR"));
    assert_eq!(part(vendor.field).as_deref(), Some("email"));
    assert_eq!(part(vendor.reason).as_deref(), Some("Invalid email format"));
    let (error, _) = answered(Work::Patient, 400, &[], SHAPES[0].1).await;
    let vendor = error.vendor().unwrap();
    assert_eq!((vendor.message.expose().as_str(), vendor.code.is_some()), ("Clinic not found", false));
    let (error, _) = answered(Work::Patient, 400, &[], SHAPES[4].1).await;
    assert!(error.vendor().is_none());
    assert_eq!(error.body().unwrap().expose(), SHAPES[4].1.as_bytes());
}

#[tokio::test]
async fn a_pending_refill_is_told_by_the_documented_status_and_words_of_that_operation_alone() {
    let (error, requests) = answered(Work::Refill, 400, &[], EXISTS).await;
    assert_eq!((error.kind(), requests), (Kind::RefillAlreadyExists, 1));
    assert!(!error.may_have_been_processed() && error.advice().is_none());
    assert_eq!(
        error.to_string(),
        "a refill of this medication request is pending already, and no second one was created (status 400)"
    );
    for work in Work::CREATES {
        if work != Work::Refill {
            assert_eq!(answered(work, 400, &[], EXISTS).await.0.kind().as_str(), "rejected", "{work:?}");
        }
    }
    let message = |text: &str| json!({"success": false, "error": {"message": text}}).to_string();
    for other in ["Refills are not possible for pending medication requests", "Medication request not found", ""] {
        assert_eq!(answered(Work::Refill, 400, &[], &message(other)).await.0.kind().as_str(), "rejected", "{other}");
    }
    // The same words beside a status that says that nobody knows.
    for (status, kind) in [(500, "outcome_unknown"), (503, "outcome_unknown"), (200, "outcome_unknown")] {
        assert_eq!(answered(Work::Refill, status, &[], EXISTS).await.0.kind().as_str(), kind, "{status}");
    }
}

#[tokio::test]
async fn words_that_mean_a_pending_refill_mean_nothing_beside_another_status() {
    for (status, kind) in [(401, "credentials"), (403, "forbidden"), (404, "not_found"), (429, "throttled")] {
        assert_eq!(answered(Work::Refill, status, &[], EXISTS).await.0.kind().as_str(), kind, "{status}");
    }
}

#[tokio::test]
async fn of_the_identifiers_that_an_answer_names_only_the_one_that_was_asked_for_has_to_be_there() {
    let id = "550e8400-e29b-41d4-a716-446655440000";
    for data in [
        json!({"refill_request_id": id}),
        json!({"refill_request_id": id, "medication_order_id": null}),
        json!({"refill_request_id": id, "medication_order_id": 7}),
        json!({"refill_request_id": id, "new": {"field": [1]}}),
    ] {
        let body = json!({"success": true, "data": data}).to_string();
        let transport = ScriptedTransport::new([Step::answer(200, body)]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        let refill = novamed.create_refill(&clinical_tests::novamed::new_refill()).await.unwrap();
        assert_eq!(refill.refill_request.as_str(), id);
        assert_eq!(refill.medication_order, None);
    }
    for data in [
        json!({"webhook_id": id, "webhook_url": "https://x.example", "clinic_id": id, "created_at": "2026-01-15T10:30:00.000Z"}),
        json!({"webhook_id": id, "webhook_url": null, "clinic_id": 7, "created_at": 1_705_320_000}),
    ] {
        let transport = ScriptedTransport::new([Step::answer(201, json!({"data": data}).to_string())]);
        let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
        let webhook = novamed.create_webhook(&clinical_tests::novamed::new_webhook()).await.unwrap();
        assert_eq!(webhook.id.as_str(), id);
    }
}

#[tokio::test]
async fn a_read_that_says_it_is_no_success_is_an_error_although_it_carries_data() {
    for work in [Work::Carriers, Work::Services] {
        let body = work.answer().replace("\"success\":true", "\"success\":false");
        let (error, requests) = answered(work, 200, &[], &body).await;
        assert_eq!((error.status(), requests), (Some(200), 1), "{work:?}: {error}");
    }
}

#[tokio::test]
async fn the_documented_wait_in_the_body_of_a_429_is_obeyed() {
    let busy = || Step::answer(429, SHAPES[3].1);
    for work in [Work::Order, Work::Carriers] {
        let clock = JumpingClock::new();
        let transport = ScriptedTransport::new([busy(), busy(), Step::answer(200, work.answer())]);
        let (plays, jumps) = (transport.clone(), clock.clone());
        let novamed = scripted(&plays, Revision::V2026_01).http(|http| http.clock(jumps)).build().unwrap();
        assert_eq!(work.run(&novamed).await.unwrap(), 3);
        let waits = clock.sleeps();
        let within = Duration::from_mins(1)..=Duration::from_millis(60_100);
        assert!(waits.len() == 2 && waits.iter().all(|wait| within.contains(wait)), "{work:?}: {waits:?}");
    }
    // One that is longer than five minutes is told and not waited for.
    let long = r#"{"success":false,"error":{"message":"Rate limit exceeded.","retry_after":301}}"#;
    let (error, requests) = answered(Work::Order, 429, &[], long).await;
    assert_eq!((error.retry_after(), requests), (Some(Duration::from_secs(301)), 1));
    // A header that says more counts more.
    let (error, _) = answered(Work::Order, 429, &[("retry-after", "400")], SHAPES[3].1).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(400)));
}

#[tokio::test]
async fn local_checks_name_field_rule_and_what_to_do() {
    let transport = ScriptedTransport::default();
    let mut all = BTreeMap::new();
    let date = Date::new(1985, 3, 15).unwrap();
    for revision in Revision::ALL.iter().copied() {
        let novamed = scripted(&transport, revision).build().unwrap();
        let requests = [
            ("everything blank", NewPatient::new("", " ", date).email("")),
            ("no email", NewPatient::new("J", "S", date).email("john smith@email.com")),
        ];
        for (name, patient) in requests {
            let error = novamed.create_patient(&patient).await.unwrap_err();
            all.insert(format!("{revision} patient {name}"), facts(&error));
        }
        let sarah = NewPractitioner::new("", "J", "a@b@c", "12345678901");
        all.insert(format!("{revision} practitioner"), facts(&novamed.create_practitioner(&sarah).await.unwrap_err()));
        if revision == Revision::V2025_12 {
            all.insert("2025-12 carriers".to_owned(), facts(&novamed.carriers().await.unwrap_err()));
        }
    }
    all.insert("an identifier".to_owned(), facts(&PatientId::new("pat_67890").unwrap_err()));
    all.insert("a date".to_owned(), facts(&Date::new(2026, 2, 30).unwrap_err()));
    all.insert("a revision".to_owned(), facts(&"2026-02".parse::<Revision>().unwrap_err()));
    assert!(transport.requests().is_empty());
    snapshot!("novamed-bad-input", all);
}
