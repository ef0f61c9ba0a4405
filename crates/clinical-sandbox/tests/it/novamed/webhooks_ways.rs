//! Registering and deleting in all documented forms, and what becomes of calls that must not be made.

use clinical_sandbox::{DeliveryOutcome, NOVAMED_CLINIC, NovamedFacts, Sandbox, contract};
use serde_json::{Value, json};
use std::time::Duration;

use super::receiver::{Receiver, Say};
use super::webhooks::{activated, over, step};
use super::{ORDER, PRACTITIONER, make, message, order, people, post, practitioner, send, with};
use crate::wire::start;

const WEBHOOK: &str = "/api/external/webhook";
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn registration(url: &str) -> Value {
    json!({"clinic_id": NOVAMED_CLINIC, "webhook_url": url})
}

pub(crate) async fn register(sandbox: &Sandbox, url: &str) -> String {
    make(sandbox, WEBHOOK, &registration(url), "webhook_id").await
}

#[tokio::test]
async fn a_registration_is_answered_in_either_documented_form() {
    let url = "https://partner.example/hook";
    for (position, message, fields) in
        [("openapi", "Webhook created successfully", 1), ("guide", "Webhook registered successfully", 4)]
    {
        let sandbox = with(&[("novamed_webhook_answer", position)]).await;
        let answer = post(&sandbox, WEBHOOK, &registration(url)).await;
        let told = answer.json();
        assert_eq!((answer.status, &told["message"]), (200, &json!(message)));
        assert_eq!(contract::response_errors("create_webhook_2026_01", 200, &told), []);
        assert_eq!(told["data"].as_object().unwrap().len(), fields);
        if fields == 4 {
            assert_eq!(
                (&told["data"]["webhook_url"], &told["data"]["created_at"]),
                (&json!(url), &json!("2026-01-01T00:00:00.000Z"))
            );
        }
        assert_eq!(sandbox.ledger().processed("create_webhook"), 1);
    }
}

#[tokio::test]
async fn a_registration_needs_a_clinic_and_an_https_url_or_http_on_loopback() {
    let sandbox = start().await;
    let mut stranger = registration("https://partner.example/");
    stranger["clinic_id"] = json!(NOBODY);
    let refused = post(&sandbox, WEBHOOK, &stranger).await;
    assert_eq!((refused.status, message("create_webhook_2026_01", &refused).as_str()), (400, "Clinic not found"));
    for url in ["http://partner.example/", "ftp://127.0.0.1/", "http://10.0.0.1/", "partner", "", "https//x"] {
        let refused = post(&sandbox, WEBHOOK, &registration(url)).await;
        assert_eq!(message("create_webhook_2026_01", &refused), "Validation error", "{url}");
        assert!(refused.json()["error"]["details"]["webhook_url"].is_string());
    }
    for url in [
        "https://partner.example/",
        "HTTPS://partner.example/",
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]:1/",
    ] {
        assert_eq!(post(&sandbox, WEBHOOK, &registration(url)).await.status, 200, "{url}");
    }
    assert_eq!(sandbox.novamed().webhooks.len(), 5);
}

#[tokio::test]
async fn both_forms_of_the_deletion_are_taken_unless_a_switch_allows_one() {
    for (position, query, body) in [("both", 200, 200), ("query", 200, 400), ("body", 400, 200)] {
        let sandbox = with(&[("novamed_webhook_delete", position)]).await;
        let one = register(&sandbox, "https://partner.example/").await;
        let two = register(&sandbox, "https://partner.example/").await;
        let by_query = send(&sandbox, "DELETE", &format!("{WEBHOOK}?id={}", one.to_uppercase()), &Value::Null).await;
        let named = json!({"clinic_id": NOVAMED_CLINIC, "webhook_id": two});
        assert_eq!(contract::request_errors("delete_webhook_2025_12", &named), []);
        let by_body = send(&sandbox, "DELETE", WEBHOOK, &named).await;
        assert_eq!((by_query.status, by_body.status), (query, body), "{position}");
        for answer in [by_query, by_body] {
            if answer.status == 200 {
                assert_eq!(answer.json(), json!({"success": true, "message": "Webhook deleted successfully"}));
                assert_eq!(contract::response_errors("delete_webhook_2026_01", 200, &answer.json()), []);
            } else {
                message("delete_webhook_2026_01", &answer);
            }
        }
        assert_eq!(sandbox.novamed().webhooks.len(), usize::from(position != "both"));
    }
}

#[tokio::test]
async fn a_registration_that_is_not_there_or_not_the_clinics_is_404() {
    let other = "00000000-0000-4000-8000-00000000000a";
    let sandbox = Sandbox::builder().novamed_clinic(other).start().await.unwrap();
    let id = register(&sandbox, "https://partner.example/").await;
    let query = |id: &str| format!("{WEBHOOK}?id={id}");
    let cases = [
        (query(NOBODY), Value::Null, 404, "Webhook not found"),
        (WEBHOOK.to_owned(), json!({"clinic_id": other, "webhook_id": id}), 404, "Webhook not found"),
        (query("no-uuid"), Value::Null, 400, "Validation error"),
        (WEBHOOK.to_owned(), Value::Null, 400, "Validation error"),
        (WEBHOOK.to_owned(), json!({"webhook_id": id}), 400, "Validation error"),
    ];
    for (path, body, status, words) in cases {
        let answer = send(&sandbox, "DELETE", &path, &body).await;
        assert_eq!(
            (answer.status, message("delete_webhook_2026_01", &answer).as_str()),
            (status, words),
            "{path} {body}"
        );
    }
    assert_eq!(sandbox.ledger().processed("delete_webhook"), 0);
    assert_eq!(send(&sandbox, "DELETE", &query(&id), &Value::Null).await.status, 200);
    assert_eq!(send(&sandbox, "DELETE", &query(&id), &Value::Null).await.status, 404);
    assert_eq!(sandbox.ledger().processed("delete_webhook"), 1);
}

#[tokio::test]
async fn a_deletion_ends_calls_that_were_still_to_come() {
    let sandbox = start().await;
    let receiver = Receiver::start([Say::Status(500); 9]).await;
    let id = register(&sandbox, &receiver.url).await;
    let facts = activated(&sandbox).await;
    assert_eq!(facts.deliveries[0].outcome, DeliveryOutcome::Pending);
    assert_eq!(send(&sandbox, "DELETE", &format!("{WEBHOOK}?id={id}"), &Value::Null).await.status, 200);
    make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    sandbox.clock().advance(Duration::from_secs(100_000));
    let facts = sandbox.novamed_when(|facts| facts.events.len() == 2).await;
    assert_eq!(facts.deliveries.len(), 1);
    assert_eq!((facts.deliveries[0].outcome, facts.next_due_ms), (DeliveryOutcome::Cancelled, None));
    assert_eq!(receiver.came().len(), 1);
}

#[tokio::test]
async fn nothing_outside_loopback_is_called_and_the_facts_say_why() {
    let sandbox = start().await;
    let near = Receiver::start([]).await;
    for url in ["https://partner.example/hook", "https://127.0.0.1:9/", near.url.as_str()] {
        register(&sandbox, url).await;
    }
    let _ = activated_all(&sandbox, 3).await;
    let facts = sandbox.novamed_when(over).await;
    let outcomes: Vec<DeliveryOutcome> = facts.deliveries.iter().map(|delivery| delivery.outcome).collect();
    assert_eq!(outcomes, [DeliveryOutcome::NotDelivered, DeliveryOutcome::NotDelivered, DeliveryOutcome::Delivered]);
    for delivery in &facts.deliveries[..2] {
        assert!(delivery.reason.unwrap().starts_with("not delivered: the sandbox calls loopback only"));
        assert_eq!(delivery.tries, []);
    }
}

async fn activated_all(sandbox: &Sandbox, count: usize) -> NovamedFacts {
    make(sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    step(sandbox);
    sandbox.novamed_when(|facts| facts.deliveries.len() == count).await
}

#[tokio::test]
async fn every_registration_of_the_clinic_and_no_other_is_told_from_its_registration_on() {
    let other = "00000000-0000-4000-8000-00000000000a";
    let sandbox = Sandbox::builder().manual_clock().novamed_clinic(other).start().await.unwrap();
    let (one, two, elsewhere) = (Receiver::start([]).await, Receiver::start([]).await, Receiver::start([]).await);
    register(&sandbox, &one.url).await;
    let stranger = json!({"clinic_id": other, "webhook_url": elsewhere.url});
    make(&sandbox, WEBHOOK, &stranger, "webhook_id").await;
    activated(&sandbox).await;
    register(&sandbox, &two.url).await;
    sandbox.clock().advance(Duration::from_secs(1));
    make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    step(&sandbox);
    sandbox.novamed_when(|facts| facts.deliveries.len() == 3 && over(facts)).await;
    assert_eq!((one.came().len(), two.came().len(), elsewhere.came().len()), (2, 1, 0));
}

#[tokio::test]
async fn every_event_can_come_twice_with_the_same_bytes() {
    let sandbox = with(&[("webhook_copies", "two")]).await;
    let receiver = Receiver::start([Say::Status(200), Say::Status(500)]).await;
    register(&sandbox, &receiver.url).await;
    make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    step(&sandbox);
    let came = receiver.calls(2).await;
    assert_eq!(came[0].body, came[1].body);
    let facts = sandbox.novamed_when(|facts| facts.deliveries.iter().all(|delivery| delivery.tries.len() == 1)).await;
    let outcomes: Vec<DeliveryOutcome> = facts.deliveries.iter().map(|delivery| delivery.outcome).collect();
    assert_eq!(outcomes, [DeliveryOutcome::Delivered, DeliveryOutcome::Pending]);
}

#[tokio::test]
async fn a_key_of_the_builder_takes_the_place_of_the_partners_own() {
    let sandbox = Sandbox::builder().manual_clock().webhook_key("another-secret").start().await.unwrap();
    let receiver = Receiver::start([]).await;
    register(&sandbox, &receiver.url).await;
    activated(&sandbox).await;
    assert_eq!(receiver.calls(1).await[0].header("x-api-key"), Some("another-secret"));
    let refused = Sandbox::builder().webhook_key("a\r\nb").start().await.unwrap_err();
    assert!(refused.to_string().contains("webhook_key"));
}

#[tokio::test]
async fn the_older_envelope_has_its_own_events_and_none_for_practitioners() {
    let sandbox = with(&[("webhook_envelope", "2025-12")]).await;
    let receiver = Receiver::start([]).await;
    register(&sandbox, &receiver.url).await;
    let (patient, practitioner) = people(&sandbox).await;
    let request = make(&sandbox, ORDER, &order(&patient, &practitioner), "medication_request_id").await;
    sandbox.clock().advance(Duration::from_secs(600));
    let came = receiver.calls(5).await;
    let names: Vec<String> = came.iter().map(|call| call.json()["event_type"].as_str().unwrap().to_owned()).collect();
    let expected = [
        "medication_request:approved",
        "order:created",
        "order:processing",
        "medication_request:filled",
        "order:shipped",
    ];
    assert_eq!(names, expected);
    let operation = "create_webhook_2025_12";
    let (mut ids, mut times) = (Vec::new(), Vec::new());
    for call in &came {
        let body = call.json();
        assert_eq!(contract::schema_errors(operation, "WebhookEvent", &body), []);
        assert_eq!(
            (&body["clinic_id"], &body["data"]["medication_request_id"]),
            (&json!(NOVAMED_CLINIC), &json!(request))
        );
        ids.push(body["event_id"].as_str().unwrap().to_owned());
        times.push(body["timestamp"].as_str().unwrap().to_owned());
    }
    let approved = &came[0].json()["data"];
    assert_eq!(contract::schema_errors(operation, "MedicationRequestApprovedEvent", approved), []);
    assert_eq!((&approved["medication_name"], &approved["refills"]), (&json!("Aspirin"), &json!(1)));
    let shipped = &came[4].json()["data"];
    assert_eq!(contract::schema_errors(operation, "OrderShippedEvent", shipped), []);
    assert_eq!((&shipped["carrier"], &shipped["estimated_delivery"]), (&json!("FedEx"), &json!("2026-01-04")));
    // Each has its own time, although the clock has passed all of them in one jump.
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]) && times[4].as_str() < "2026-01-01T00:06", "{times:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    assert_eq!(sandbox.novamed_when(over).await.events.len(), 6);
}

#[tokio::test]
async fn reset_and_shutdown_end_what_is_on_its_way() {
    let sandbox = start().await;
    let receiver = Receiver::start([Say::Nothing, Say::Status(500)]).await;
    register(&sandbox, &receiver.url).await;
    make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    step(&sandbox);
    receiver.calls(1).await;
    sandbox.reset();
    sandbox.clock().advance(Duration::from_secs(10_000));
    register(&sandbox, &receiver.url).await;
    activated(&sandbox).await;
    let facts = sandbox.novamed();
    assert_eq!((facts.deliveries.len(), receiver.came().len()), (1, 2));
    sandbox.shutdown().await;
    assert_eq!(receiver.came().len(), 2);
}

#[tokio::test]
async fn on_a_fast_clock_events_come_by_themselves() {
    let sandbox = Sandbox::builder().speed(1_000.0).start().await.unwrap();
    let receiver = Receiver::start([Say::Status(500)]).await;
    register(&sandbox, &receiver.url).await;
    make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    let came = receiver.calls(2).await;
    assert_eq!(came[0].body, came[1].body);
    let facts = sandbox.novamed_when(|facts| facts.deliveries.iter().any(|delivery| delivery.tries.len() == 2)).await;
    let tries = &facts.deliveries[0].tries;
    assert!(tries[1].at_ms - tries[0].at_ms >= 60_000);
}
