//! What registered addresses are called with, how often and when, on a clock that is moved by hand.

use clinical_sandbox::{DeliveryFacts, DeliveryOutcome, NovamedFacts, Sandbox, contract};
use serde_json::json;
use std::fmt::Write as _;
use std::time::Duration;

use super::receiver::{Receiver, Say};
use super::webhooks_ways::register;
use super::{ORDER, PRACTITIONER, make, order, people, practitioner, with};
use crate::wire::start;

/// Longer than every event takes.
const LONG: Duration = Duration::from_secs(600);
const MINUTES: u64 = 60_000;

pub(crate) fn over(facts: &NovamedFacts) -> bool {
    facts.deliveries.iter().all(|delivery| delivery.outcome != DeliveryOutcome::Pending)
}

/// Moves the clock to whatever is due next.
pub(crate) fn step(sandbox: &Sandbox) {
    let due = Duration::from_millis(sandbox.novamed().next_due_ms.unwrap());
    // The next whole millisecond: a due time may have a part of one.
    sandbox.clock().advance(due.saturating_sub(sandbox.clock().now()).saturating_add(Duration::from_millis(1)));
}

/// Makes a practitioner and waits until its one event was sent for the first time.
pub(crate) async fn activated(sandbox: &Sandbox) -> NovamedFacts {
    make(sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
    step(sandbox);
    sandbox.novamed_when(|facts| facts.deliveries.first().is_some_and(|delivery| !delivery.tries.is_empty())).await
}

/// Drives one delivery to its end, step by step.
async fn driven(sandbox: &Sandbox) -> DeliveryFacts {
    let mut facts = activated(sandbox).await;
    while facts.deliveries[0].outcome == DeliveryOutcome::Pending {
        let tries = facts.deliveries[0].tries.len();
        step(sandbox);
        facts = sandbox.novamed_when(|facts| facts.deliveries[0].tries.len() > tries).await;
    }
    facts.deliveries[0].clone()
}

/// When the calls began, as milliseconds after the first.
fn times(delivery: &DeliveryFacts) -> Vec<u64> {
    delivery.tries.iter().map(|one| one.at_ms - delivery.tries[0].at_ms).collect()
}

/// The same in minutes; every step of the clock adds a part of a millisecond.
fn minutes(delivery: &DeliveryFacts) -> Vec<u64> {
    let times = times(delivery);
    assert!(times.iter().all(|time| time % MINUTES < 10), "{times:?}");
    times.iter().map(|time| time / MINUTES).collect()
}

#[tokio::test]
async fn an_order_is_told_in_five_events_that_keep_the_contract() {
    let sandbox = start().await;
    let receiver = Receiver::start([]).await;
    register(&sandbox, &receiver.url).await;
    let (patient, practitioner) = people(&sandbox).await;
    make(&sandbox, ORDER, &order(&patient, &practitioner), "medication_request_id").await;
    let made = sandbox.novamed().orders[0].medication_order_id.clone();
    sandbox.clock().advance(LONG);
    let came = receiver.calls(6).await;
    let names: Vec<String> = came.iter().map(|call| call.json()["event_name"].as_str().unwrap().to_owned()).collect();
    let (first, rest) = names.split_first().unwrap();
    assert_eq!(first, "practitioner:activated");
    let steps = ["verified", "submitted", "acknowledged", "filled"].map(|step| format!("medication_order:{step}"));
    assert_eq!(rest, [steps.to_vec(), vec!["shipment:created".to_owned()]].concat());
    for call in &came {
        assert_eq!(call.header("x-api-key"), Some(sandbox.token()));
        assert_eq!(call.header("content-type"), Some("application/json"));
        assert_eq!(call.header("x-clinical-sandbox"), Some("1"));
        assert!(call.head.starts_with("POST /hook?a=b HTTP/1.1\r\n"));
        let body = call.json();
        let operation = "create_webhook_2026_01";
        assert_eq!(contract::schema_errors(operation, "WebhookEvent", &body), []);
        let (data, name) = (&body["event_data"], body["event_name"].as_str().unwrap());
        let schema = match name {
            "practitioner:activated" => "PractitionerActivatedEvent",
            "shipment:created" => "ShipmentCreatedEvent",
            _ => "MedicationOrderEvent",
        };
        assert_eq!(contract::schema_errors(operation, schema, data), [], "{name}");
        if schema == "PractitionerActivatedEvent" {
            assert_eq!((&data["practitioner_id"], &data["id"]), (&json!(practitioner), &json!(null)));
        } else {
            assert_eq!((&data["id"], &data["patient_id"]), (&json!(made), &json!(patient)));
            let late = name.ends_with("acknowledged") || name.ends_with("filled") || schema == "ShipmentCreatedEvent";
            assert_eq!(data["rx_number"].is_string(), late, "{name}");
        }
    }
    let facts = sandbox.novamed_when(over).await;
    assert_eq!((facts.deliveries.len(), facts.events.len(), facts.next_due_ms), (6, 6, None));
    assert!(facts.practitioners[0].active);
    for (delivery, call) in facts.deliveries.iter().zip(&came) {
        assert_eq!(delivery.body_sha256, sha256(&call.body));
        assert_eq!((delivery.outcome, delivery.tries[0].status), (DeliveryOutcome::Delivered, Some(200)));
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[tokio::test]
async fn a_receiver_that_fails_is_called_five_times_by_the_documented_schedule_and_never_again() {
    let sandbox = start().await;
    let receiver = Receiver::start([Say::Status(500); 9]).await;
    register(&sandbox, &receiver.url).await;
    let delivery = driven(&sandbox).await;
    assert_eq!(delivery.outcome, DeliveryOutcome::Failed);
    assert_eq!(minutes(&delivery), [0, 1, 6, 21, 81]);
    assert!(delivery.tries.iter().all(|one| one.status == Some(500)));
    let came = receiver.came();
    assert_eq!(came.len(), 5);
    assert!(came.iter().all(|call| call.body == came[0].body), "the same bytes every time");
    assert_eq!(sandbox.novamed().next_due_ms, None);
}

#[tokio::test]
async fn the_delays_can_count_from_the_first_call() {
    let sandbox = with(&[("webhook_schedule", "from-first")]).await;
    let receiver = Receiver::start([Say::Status(503); 9]).await;
    register(&sandbox, &receiver.url).await;
    assert_eq!(minutes(&driven(&sandbox).await), [0, 1, 5, 15, 60]);
}

#[tokio::test]
async fn only_exactly_200_ends_the_calls() {
    for (status, calls) in [(200, 1), (201, 3), (204, 3), (302, 3), (404, 3)] {
        let sandbox = start().await;
        let receiver = Receiver::start([Say::Status(status); 2]).await;
        register(&sandbox, &receiver.url).await;
        let delivery = driven(&sandbox).await;
        assert_eq!((delivery.outcome, delivery.tries.len()), (DeliveryOutcome::Delivered, calls), "{status}");
        assert_eq!(receiver.came().len(), calls);
    }
}

#[tokio::test]
async fn an_answer_after_five_seconds_is_none_and_the_next_call_comes_a_minute_after_the_first() {
    for say in [Say::Nothing, Say::Half] {
        let sandbox = start().await;
        let receiver = Receiver::start([say]).await;
        register(&sandbox, &receiver.url).await;
        make(&sandbox, PRACTITIONER, &practitioner(), "practitioner_id").await;
        step(&sandbox);
        receiver.calls(1).await;
        sandbox.clock().advance(Duration::from_millis(4_999));
        tokio::task::yield_now().await;
        assert_eq!(sandbox.novamed().deliveries[0].tries, []);
        sandbox.clock().advance(Duration::from_millis(1));
        let facts = sandbox.novamed_when(|facts| !facts.deliveries[0].tries.is_empty()).await;
        let late = &facts.deliveries[0].tries[0];
        assert_eq!((late.status, late.failure), (None, Some("no answer within 5 seconds")));
        assert_eq!(facts.next_due_ms, Some(late.at_ms + MINUTES));
        sandbox.clock().advance(Duration::from_secs(55));
        let facts = sandbox.novamed_when(over).await;
        assert_eq!((facts.deliveries[0].outcome, facts.deliveries[0].tries.len()), (DeliveryOutcome::Delivered, 2));
    }
}

#[tokio::test]
async fn a_receiver_that_is_not_there_or_hangs_up_is_called_again() {
    let sandbox = start().await;
    let gone = Receiver::start([]).await;
    let url = gone.url.clone();
    drop(gone);
    // The port closes when the task has ended.
    tokio::task::yield_now().await;
    register(&sandbox, &url).await;
    let facts = activated(&sandbox).await;
    let failure = facts.deliveries[0].tries[0].failure;
    assert!(failure.is_some_and(|words| words.starts_with("the connection")), "{failure:?}");

    let sandbox = start().await;
    let receiver = Receiver::start([Say::End]).await;
    register(&sandbox, &receiver.url).await;
    let delivery = driven(&sandbox).await;
    assert_eq!(delivery.tries[0].failure, Some("the connection broke"));
    assert_eq!(delivery.outcome, DeliveryOutcome::Delivered);
}

#[tokio::test]
async fn the_same_seed_and_calls_send_the_same_bytes_at_the_same_times() {
    async fn run(seed: u64) -> (NovamedFacts, Vec<Vec<u8>>) {
        let sandbox = Sandbox::builder().seed(seed).manual_clock().start().await.unwrap();
        let receiver = Receiver::start([Say::Status(500), Say::Status(200), Say::Status(500)]).await;
        register(&sandbox, &receiver.url).await;
        let (patient, practitioner) = people(&sandbox).await;
        make(&sandbox, ORDER, &order(&patient, &practitioner), "medication_request_id").await;
        while sandbox.novamed_settled().await.next_due_ms.is_some() {
            step(&sandbox);
        }
        let mut facts = sandbox.novamed_when(over).await;
        // The id of a registration follows its content, and the port in its URL is another one every time.
        facts.webhooks.clear();
        facts.deliveries.iter_mut().for_each(|delivery| delivery.webhook_id.clear());
        (facts, receiver.came().into_iter().map(|call| call.body).collect())
    }
    let (one, two) = (run(7).await, run(7).await);
    assert_eq!(one.1.len(), 8);
    assert!(one == two, "two runs differ");
    assert_ne!(one.1, run(8).await.1);
}
