//! A task from its creation to its end, and what its statuses depend on.

use clinical_sandbox::contract;
use serde_json::{Value, json};
use std::time::Duration;

use super::{LONG, create, finish, poll, post, text};
use crate::wire::{End, start};

fn keeps_contract(operation: &str, status: u16, body: &Value) {
    let found = contract::response_errors(operation, status, body);
    assert!(found.is_empty(), "{operation} {status}: {found:?} in {body}");
}

#[tokio::test]
async fn a_task_is_queued_goes_on_and_is_done_with_a_result() {
    let sandbox = start().await;
    let answer = post(&sandbox, "/v2/structure", &text("Lisinopril 10mg daily.")).await;
    assert_eq!((answer.status, answer.header("x-clinical-sandbox")), (200, Some("1")));
    let made = answer.json();
    keeps_contract("structure", 200, &made);
    assert_eq!((&made["status"], &made["percentage"]), (&json!("QUEUED"), &json!(0)));
    assert_eq!(made["started_at"], "2026-01-01T00:00:00Z");
    let id = made["task_id"].as_str().unwrap();
    assert_eq!(poll(&sandbox, id).await.json()["status"], "QUEUED");
    sandbox.clock().advance(Duration::from_secs(1));
    let running = poll(&sandbox, id).await;
    assert_eq!((running.json()["status"].as_str(), running.json()["result"].is_null()), (Some("STARTED"), true));
    keeps_contract("tasks", 200, &running.json());
    sandbox.clock().advance(Duration::from_secs(9));
    let done = poll(&sandbox, id).await;
    assert_eq!((done.status, done.end), (200, End::Closed));
    keeps_contract("tasks", 200, &done.json());
    let done = done.json();
    assert_eq!((&done["status"], &done["percentage"]), (&json!("DONE"), &json!(100)));
    assert_eq!(done["result"]["clinical_records"][0]["record_structured"]["input_text"], "Lisinopril 10mg daily.");
    assert_eq!(done["completed_at"], done["status_changes_at"]["DONE"]);
    let again = poll(&sandbox, id).await;
    assert_eq!((again.status, again.json()), (404, json!({"detail": "Task not found"})));
    keeps_contract("tasks", 404, &again.json());
}

#[tokio::test]
async fn the_statuses_that_are_passed_depend_on_what_was_sent() {
    let sandbox = start().await;
    let png = "iVBORw0KGgo=";
    let cases = [
        (json!({"type": "plain_text", "text": "x"}), vec![]),
        (json!({"type": "audio", "transcript": {"bubbles": [{"text": "x", "start": 0.0, "end": 2.5}]}}), vec![]),
        (json!({"type": "document", "base64": png}), vec!["DOCUMENT_PARSING_DONE"]),
        (json!({"type": "audio", "base64": "SUQz"}), vec!["AUDIO_PROCESSING_DONE"]),
    ];
    for (source, between) in cases {
        let done = finish(&sandbox, "/v2/structure", &json!({"new_records": [{"source": source}]})).await;
        assert_eq!(done["status"], "DONE", "{source}");
        let mut passed: Vec<&str> = done["status_changes_at"].as_object().unwrap().keys().map(String::as_str).collect();
        passed.sort_unstable();
        let mut wanted = vec!["CREATED", "QUEUED", "STARTED", "SERVICE_DONE", "DONE"];
        wanted.extend(between);
        wanted.sort_unstable();
        assert_eq!(passed, wanted, "{source}");
    }
}

#[tokio::test]
async fn every_poll_on_the_way_shows_the_next_step_and_a_percentage_that_only_goes_up() {
    let sandbox = start().await;
    let both = json!({"new_records": [
        {"source": {"type": "document", "base64": "iVBORw0KGgo="}},
        {"source": {"type": "audio", "base64": "SUQz"}},
    ]});
    let id = create(&sandbox, "/v2/structure", &both).await;
    let (mut seen, mut last) = (Vec::new(), 0);
    for _ in 0..LONG.as_secs() {
        let task = poll(&sandbox, &id).await.json();
        let percentage = task["percentage"].as_u64().unwrap();
        assert!(percentage >= last, "{percentage} after {last}");
        last = percentage;
        let status = task["status"].as_str().unwrap().to_owned();
        if seen.last() != Some(&status) {
            seen.push(status.clone());
        }
        if status == "DONE" {
            break;
        }
        sandbox.clock().advance(Duration::from_secs(1));
    }
    let steps = ["QUEUED", "STARTED", "DOCUMENT_PARSING_DONE", "AUDIO_PROCESSING_DONE", "SERVICE_DONE", "DONE"];
    assert_eq!(seen, steps);
}

#[tokio::test]
async fn what_holds_no_text_gives_an_empty_record_and_says_why() {
    let sandbox = start().await;
    let id = "123e4567-e89b-12d3-a456-426614174000";
    let body = json!({"new_records": [{"record_id": id, "source": {"type": "audio", "base64": "SUQz"}}]});
    let done = finish(&sandbox, "/v2/structure", &body).await;
    assert_eq!(done["result"]["clinical_records"][0]["record_id"], id);
    let note = &done["additional_info"]["notes"][0];
    assert_eq!(note["record_id"], id);
    assert!(note["note"].as_str().unwrap().contains("transcript"));
}

#[tokio::test]
async fn a_file_that_is_no_document_fails_the_task() {
    let sandbox = start().await;
    let body = json!({"new_records": [{"source": {"type": "document", "base64": "bm8gZG9jdW1lbnQ="}}]});
    let failed = finish(&sandbox, "/v2/structure/fhir", &body).await;
    keeps_contract("tasks", 200, &failed);
    assert_eq!(
        (&failed["status"], &failed["percentage"], &failed["result"]),
        (&json!("FAILED"), &json!(0), &Value::Null)
    );
    assert_eq!(failed["additional_info"]["error"], "Unsupported document format");
}

#[tokio::test]
async fn the_same_seed_and_requests_give_the_same_bytes() {
    let (one, two) = (start().await, start().await);
    let mut ends = Vec::new();
    for sandbox in [&one, &two] {
        let first = post(sandbox, "/v2/structure", &text("Metformin 500mg.")).await;
        let second = create(sandbox, "/v2/structure", &text("Metformin 500mg.")).await;
        assert_ne!(first.json()["task_id"], second.as_str(), "a repeated call makes a second task");
        sandbox.clock().advance(LONG);
        ends.push((first.body, poll(sandbox, &second).await.body));
    }
    assert!(ends[0] == ends[1]);
    assert_eq!(one.ledger().entries[0].processed, 2);
}
