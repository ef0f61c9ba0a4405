//! Faults that are whole HTTP answers.

use std::collections::BTreeMap;
use std::time::Duration;

use clinical_sandbox::{ErrorBody, Fault, FaultKind, RetryAfter, contract};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use crate::wire::{NOTE, call, codify, codify_bytes, connect, note, read_all, split, start};

#[tokio::test]
async fn every_error_status_comes_as_json_html_or_nothing() {
    let sandbox = start().await;
    for status in [400, 401, 403, 404, 408, 413, 422, 425, 429, 500, 502, 503, 504, 599] {
        for body in [ErrorBody::Json, ErrorBody::Html, ErrorBody::Empty] {
            let headers = BTreeMap::from([("x-request-id".to_owned(), "abc".to_owned())]);
            let kind = FaultKind::Status { status, body, headers, retry_after: RetryAfter::Absent };
            sandbox.inject(Fault::new(kind).on("codify")).unwrap();
            let answer = codify(&sandbox, &note(NOTE)).await;
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("x-clinical-sandbox"), Some("1"));
            assert_eq!(answer.header("x-request-id"), Some("abc"));
            assert_eq!(answer.header("retry-after"), None);
            match body {
                ErrorBody::Json => assert_eq!(answer.json()["success"], false),
                ErrorBody::Html => assert!(answer.body.starts_with(b"<html>")),
                _ => assert_eq!((answer.body.as_slice(), answer.header("content-type")), (&b""[..], None)),
            }
        }
    }
    assert_eq!(sandbox.ledger().processed("codify"), 0);
    assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
}

#[tokio::test]
async fn an_error_in_the_vendors_shape_keeps_the_contract() {
    let sandbox = start().await;
    for status in [429, 500, 502, 503, 504] {
        sandbox.inject(Fault::new(FaultKind::status(status))).unwrap();
        let answer = codify(&sandbox, &note(NOTE)).await;
        assert_eq!(contract::response_errors("codify", status, &answer.json()), []);
    }
}

#[tokio::test]
async fn retry_after_comes_in_every_form() {
    let sandbox = start().await;
    let seconds = 2;
    let forms = [
        (RetryAfter::Absent, None),
        (RetryAfter::Seconds { seconds }, Some("2")),
        (RetryAfter::ImfFixdate { seconds }, Some("Thu, 01 Jan 2026 00:00:02 GMT")),
        (RetryAfter::Rfc850 { seconds }, Some("Thursday, 01-Jan-26 00:00:02 GMT")),
        (RetryAfter::Asctime { seconds }, Some("Thu Jan  1 00:00:02 2026")),
        (RetryAfter::Raw { value: "99999999999999999999".to_owned() }, Some("99999999999999999999")),
        (RetryAfter::Raw { value: "soon".to_owned() }, Some("soon")),
        (RetryAfter::Raw { value: "-1".to_owned() }, Some("-1")),
    ];
    for (form, expected) in forms {
        sandbox.inject(Fault::new(FaultKind::too_many_requests(form))).unwrap();
        let answer = codify(&sandbox, &note(NOTE)).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, expected));
    }
}

#[tokio::test]
async fn a_redirect_points_to_another_host_and_nothing_is_processed() {
    let sandbox = start().await;
    for status in [301, 302, 303, 307, 308] {
        let location = "http://elsewhere.invalid/v1/codify".to_owned();
        sandbox.inject(Fault::new(FaultKind::Redirect { status, location: location.clone() })).unwrap();
        let answer = codify(&sandbox, &note(NOTE)).await;
        assert_eq!((answer.status, answer.header("location")), (status, Some(location.as_str())));
    }
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[tokio::test]
async fn the_content_type_can_lie_about_a_good_body() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::ContentType { value: "text/html".to_owned() })).unwrap();
    let answer = codify(&sandbox, &note(NOTE)).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html")));
    assert_eq!(contract::response_errors("codify", 200, &answer.json()), []);
}

#[tokio::test]
async fn duplicate_keys_and_invalid_json_arrive_as_such() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::DuplicateKeys).nth(1)).unwrap();
    sandbox.inject(Fault::new(FaultKind::InvalidJson).nth(2)).unwrap();
    let doubled = codify(&sandbox, &note(NOTE)).await;
    let text = String::from_utf8(doubled.body).unwrap();
    let twice = ["\"run_id\":", "\"final_code_assessments\":", "\"discarded_code_assessments\":"];
    assert_eq!(twice.iter().filter(|key| text.matches(*key).count() == 2).count(), 1, "{text}");
    let broken = codify(&sandbox, &note(NOTE)).await;
    assert_eq!(broken.status, 200);
    assert_eq!(broken.header("content-length"), Some(broken.body.len().to_string().as_str()));
    assert!(serde_json::from_slice::<Value>(&broken.body).is_err());
}

#[tokio::test]
async fn before_commit_nothing_is_processed_and_after_commit_once() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::status(503)).nth(1)).unwrap();
    sandbox.inject(Fault::new(FaultKind::status(503)).nth(2).after_commit()).unwrap();
    for processed in [0, 1] {
        assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 503);
        assert_eq!(sandbox.ledger().processed("codify"), processed);
    }
    assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
    let ledger = sandbox.ledger();
    assert_eq!((ledger.entries.len(), ledger.entries[0].processed), (1, 2));
    assert_eq!(ledger.entries[0].attempts, [2, 3]);
    let committed: Vec<bool> = sandbox.journal().attempts.iter().map(|attempt| attempt.committed).collect();
    assert_eq!(committed, [false, true, true]);
}

#[tokio::test]
async fn a_refused_request_is_not_processed_whatever_the_fault() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::TruncatedBody { bytes: 3 }).every()).unwrap();
    let answer = codify(&sandbox, &serde_json::json!({})).await;
    assert_eq!((answer.status, answer.body.len()), (400, 3));
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[tokio::test]
async fn faults_fall_on_their_operation_only() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::status(503)).on("health").first(2)).unwrap();
    assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
    assert_eq!(call(&sandbox, "GET", "/v1/health", b"").await.status, 503);
    assert_eq!(call(&sandbox, "GET", "/v1/health", b"").await.status, 503);
    assert_eq!(call(&sandbox, "GET", "/v1/health", b"").await.status, 200);
    assert_eq!(sandbox.faults(), []);
}

#[tokio::test]
async fn latency_holds_the_answer_until_virtual_time_has_passed() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::latency(Duration::from_secs(30)))).unwrap();
    let mut stream = connect(&sandbox).await;
    stream.write_all(&codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes())).await.unwrap();
    let waiting = sandbox.journal_when(|journal| journal.attempts.iter().any(|a| !a.faults.is_empty())).await;
    assert_eq!(waiting.attempts[0].faults, ["latency"]);
    assert_eq!((waiting.attempts[0].status, waiting.attempts[0].committed), (None, false));
    sandbox.clock().advance(Duration::from_secs(30));
    assert_eq!(split(read_all(&mut stream).await).status, 200);
}

#[tokio::test]
async fn latency_after_commit_means_processed_and_not_yet_answered() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::latency(Duration::from_secs(30))).after_commit()).unwrap();
    let mut stream = connect(&sandbox).await;
    stream.write_all(&codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes())).await.unwrap();
    sandbox.journal_when(|journal| journal.attempts.iter().any(|a| !a.faults.is_empty())).await;
    assert_eq!(sandbox.ledger().processed("codify"), 1);
    sandbox.clear_faults();
    assert_eq!(split(read_all(&mut stream).await).status, 200);
}

#[tokio::test]
async fn a_fault_with_a_probability_follows_the_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let sandbox = start().await;
        sandbox.inject(Fault::new(FaultKind::status(503)).probability(0.5)).unwrap();
        let mut statuses = Vec::new();
        for _ in 0..24 {
            statuses.push(codify(&sandbox, &note(NOTE)).await.status);
        }
        assert!(statuses.contains(&200) && statuses.contains(&503));
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
}
