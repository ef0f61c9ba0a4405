//! Refills: when they are possible, and that two at the same moment make one.

use clinical_sandbox::{OrderStatus, Sandbox, contract};
use serde_json::{Value, json};
use std::time::Duration;

use super::{ORDER, REQUEST, make, message, older_order, order, people, post, with};
use crate::wire::{Answer, start};

const REFILL: &str = "/api/external/refill-request";
/// Longer than any order takes to be shipped.
const SHIPPED: Duration = Duration::from_secs(360);

async fn refill(sandbox: &Sandbox, id: &str) -> Answer {
    let body = json!({"medication_request_id": id, "shipment_group_id": "optional-group-id"});
    post(sandbox, REFILL, &body).await
}

fn words(answer: &Answer) -> String {
    message("create_refill_request_2026_01", answer)
}

/// An order with these changes to its one medication.
async fn ordered(sandbox: &Sandbox, changes: Value) -> String {
    let (patient, practitioner) = people(sandbox).await;
    let mut body = order(&patient, &practitioner);
    let item = body["medication_requests"][0].as_object_mut().unwrap();
    item.extend(changes.as_object().unwrap().clone());
    make(sandbox, ORDER, &body, "medication_request_id").await
}

#[tokio::test]
async fn a_refill_of_a_shipped_order_makes_a_new_order_and_uses_one_refill() {
    let sandbox = start().await;
    let id = ordered(&sandbox, json!({"refills": "2"})).await;
    for count in 1..=2_usize {
        sandbox.clock().advance(SHIPPED);
        let answer = refill(&sandbox, &id).await;
        let told = answer.json();
        assert_eq!(contract::response_errors("create_refill_request_2025_12", answer.status, &told), []);
        assert_eq!((answer.status, &told["message"]), (200, &json!("Refill request was created successfully.")));
        let facts = sandbox.novamed();
        let (made, order) = (&facts.refills[count - 1], &facts.orders[count]);
        assert_eq!(told["data"]["refill_request_id"], made.refill_request_id.as_str());
        assert_eq!(told["data"]["medication_order_id"], order.medication_order_id.as_str());
        assert_eq!(order.refill_request_id.as_ref(), Some(&made.refill_request_id));
        assert_eq!(
            (order.medication_request_id.as_str(), order.status, made.pending),
            (id.as_str(), OrderStatus::Created, true)
        );
        assert_eq!(order.patient_id, facts.orders[0].patient_id);
    }
    sandbox.clock().advance(SHIPPED);
    let answer = refill(&sandbox, &id).await;
    assert_eq!((answer.status, words(&answer).as_str()), (400, "The prescription authorizes no further refill"));
    assert_eq!(sandbox.ledger().processed("create_refill_request"), 2);
    assert!(sandbox.novamed().refills.iter().all(|refill| !refill.pending));
}

#[tokio::test]
async fn a_refill_is_refused_until_the_order_is_shipped_and_while_another_is_pending() {
    let sandbox = start().await;
    let id = ordered(&sandbox, json!({"refills": "5"})).await;
    let pending = "Refills are not possible for pending medication requests";
    assert_eq!(words(&refill(&sandbox, &id).await), pending);
    // Step by step, so that the very moment of the shipment is met.
    while sandbox.novamed().orders[0].status != OrderStatus::Shipped {
        let answer = refill(&sandbox, &id).await;
        assert_eq!((answer.status, words(&answer).as_str()), (400, pending));
        sandbox.clock().advance(Duration::from_secs(30));
    }
    assert_eq!(refill(&sandbox, &id.to_uppercase()).await.status, 200);
    let exists = refill(&sandbox, &id).await;
    assert_eq!((exists.status, words(&exists).as_str()), (400, "Refill request already exists"));
    sandbox.clock().advance(SHIPPED);
    assert_eq!(refill(&sandbox, &id).await.status, 200);
    assert_eq!(sandbox.ledger().processed("create_refill_request"), 2);
}

#[tokio::test]
async fn of_many_refills_at_the_same_moment_one_is_made() {
    let sandbox = with(&[("novamed_rate_limit", "none")]).await;
    let id = ordered(&sandbox, json!({"refills": "9"})).await;
    sandbox.clock().advance(SHIPPED);
    let mut calls = tokio::task::JoinSet::new();
    let sandbox = std::sync::Arc::new(sandbox);
    for _ in 0..20 {
        let (sandbox, id) = (std::sync::Arc::clone(&sandbox), id.clone());
        calls.spawn(async move { refill(&sandbox, &id).await.status });
    }
    let statuses = calls.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(sandbox.novamed().refills.len(), 1);
    assert_eq!(sandbox.ledger().processed("create_refill_request"), 1);
    let journal = sandbox.journal();
    let committed = journal.attempts_on("create_refill_request").iter().filter(|attempt| attempt.committed).count();
    assert_eq!(committed, 1);
}

#[tokio::test]
async fn a_prescription_authorizes_refills_by_number_and_may_forbid_them() {
    let cases = [
        (json!({"refills": "0"}), 400),
        (json!({"refills": "some"}), 400),
        (json!({"refills": "1", "do_not_refill": true}), 400),
        (json!({"refills": " 1 ", "do_not_refill": false}), 200),
    ];
    for (changes, status) in cases {
        let sandbox = start().await;
        let id = ordered(&sandbox, changes.clone()).await;
        sandbox.clock().advance(SHIPPED);
        assert_eq!(refill(&sandbox, &id).await.status, status, "{changes}");
    }
    for (refills, status) in [(json!(1), 200), (json!(0), 400)] {
        let sandbox = start().await;
        let (patient, practitioner) = people(&sandbox).await;
        let mut body = older_order(&patient, &practitioner);
        body["refills"] = refills;
        let id = make(&sandbox, REQUEST, &body, "medication_request_id").await;
        sandbox.clock().advance(SHIPPED);
        assert_eq!(refill(&sandbox, &id).await.status, status);
    }
}

#[tokio::test]
async fn an_unknown_medication_request_is_400_or_404_by_its_switch() {
    for (position, status) in [("400", 400), ("404", 404)] {
        let sandbox = with(&[("novamed_missing_request", position)]).await;
        let answer = refill(&sandbox, "00000000-0000-4000-8000-000000000000").await;
        assert_eq!((answer.status, words(&answer).as_str()), (status, "Medication request not found"));
    }
    let sandbox = start().await;
    let answer = refill(&sandbox, "not-a-uuid").await;
    assert_eq!((answer.status, words(&answer).as_str()), (400, "Validation error"));
    let _ = ordered(&sandbox, json!({})).await;
    sandbox.clock().advance(SHIPPED);
    let order = sandbox.novamed().orders[0].medication_order_id.clone();
    assert_eq!(words(&refill(&sandbox, &order).await), "Medication request not found");
}
