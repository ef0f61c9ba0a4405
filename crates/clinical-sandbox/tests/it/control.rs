//! The routes under `/_sandbox/`.

use clinical_sandbox::{Fault, FaultKind, RetryAfter};
use serde_json::json;

use crate::wire::{NOTE, call, codify, note, start};

#[tokio::test]
async fn faults_posted_as_json_are_the_faults_injected_in_rust() {
    let sandbox = start().await;
    let body = json!([
        {"fault": {"kind": "status", "status": 429, "retry_after": {"as": "seconds", "seconds": 2}}, "on": "codify"},
        {"fault": {"kind": "reset_after_body", "bytes": 10}, "when": {"range": {"from": 2, "to": 3}}},
    ]);
    let answer = call(&sandbox, "POST", "/_sandbox/faults", body.to_string().as_bytes()).await;
    assert_eq!(answer.status, 201);
    let expected = [
        Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 2 })).on("codify"),
        Fault::new(FaultKind::ResetAfterBody { bytes: 10 }).range(2, 3),
    ];
    assert_eq!(sandbox.faults(), expected);
    assert_eq!(codify(&sandbox, &note(NOTE)).await.header("retry-after"), Some("2"));
    assert_eq!(call(&sandbox, "GET", "/_sandbox/faults", b"").await.json().as_array().unwrap().len(), 1);
    assert_eq!(call(&sandbox, "DELETE", "/_sandbox/faults", b"").await.status, 204);
    assert_eq!(sandbox.faults(), []);
}

#[tokio::test]
async fn a_list_with_one_bad_fault_is_refused_as_a_whole() {
    let sandbox = start().await;
    let good = json!({"fault": {"kind": "bad_chunk"}});
    let bad = [
        json!({"fault": {"kind": "no_such_kind"}}),
        json!({"fault": {"kind": "status", "status": 200}}),
        json!({"fault": {"kind": "bad_chunk"}, "on": "codfy"}),
        json!({"fault": {"kind": "bad_chunk"}, "wen": {"nth": 1}}),
        json!("bad_chunk"),
    ];
    for bad in bad {
        let answer = call(&sandbox, "POST", "/_sandbox/faults", json!([good, bad]).to_string().as_bytes()).await;
        assert_eq!(answer.status, 400, "{bad}");
        assert!(!answer.details().is_empty());
        assert_eq!(sandbox.faults(), []);
    }
    assert_eq!(call(&sandbox, "POST", "/_sandbox/faults", b"{").await.status, 400);
}

#[tokio::test]
async fn fidelity_lists_each_behaviour_with_its_source_and_its_switch() {
    let sandbox = start().await;
    let table = call(&sandbox, "GET", "/_sandbox/fidelity", b"").await.json();
    let rows = table.as_array().unwrap();
    assert!(
        rows.iter().all(|row| { ["guide", "vendor_page", "inference"].contains(&row["source"].as_str().unwrap()) })
    );
    let rule = rows.iter().find(|row| row["switch"] == "input_rule").unwrap();
    assert_eq!(rule["position"], "at-least-one");
    assert_eq!(rule["positions"], json!(["note-required", "at-least-one", "exactly-one"]));
}

#[tokio::test]
async fn the_control_routes_are_not_journaled_and_meet_no_fault() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).every()).unwrap();
    for path in ["fidelity", "journal", "ledger", "faults"] {
        let answer = call(&sandbox, "GET", &format!("/_sandbox/{path}"), b"").await;
        assert_eq!((answer.status, answer.header("x-clinical-sandbox")), (200, Some("1")));
    }
    assert_eq!(sandbox.journal().attempts.len(), 0);
    assert_eq!(call(&sandbox, "PUT", "/_sandbox/faults", b"").await.header("allow"), Some("DELETE, GET, POST"));
    assert_eq!(call(&sandbox, "GET", "/_sandbox/reset", b"").await.status, 405);
    assert_eq!(call(&sandbox, "GET", "/_sandbox/nothing", b"").await.status, 501);
}
