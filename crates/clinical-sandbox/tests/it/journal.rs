//! The journal and the ledger: what is counted apart, what is kept, and what never is.

use clinical_sandbox::journal::Outcome;
use clinical_sandbox::{Fault, FaultKind, Sandbox};
use serde_json::Value;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

use crate::wire::{NOTE, call, codify, codify_bytes, codify_raw, connect, exchange, note, request, split, start};

#[tokio::test]
async fn a_retry_is_a_new_attempt_of_the_same_request() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::status(503)).first(2)).unwrap();
    for status in [503, 503, 200] {
        assert_eq!(codify(&sandbox, &note(NOTE)).await.status, status);
    }
    // The same content in another spelling is the same request; another note is another one.
    assert_eq!(codify_raw(&sandbox, format!(" {{ \"medical_note\" :\n{NOTE:?}}}").as_bytes()).await.status, 200);
    assert_eq!(codify(&sandbox, &note("Neumonía.")).await.status, 200);
    let journal = sandbox.journal();
    assert_eq!((journal.connections.len(), journal.attempts.len()), (5, 5));
    let requests: Vec<&[u64]> = journal.requests_on("codify").iter().map(|r| r.attempts.as_slice()).collect();
    assert_eq!(requests, [&[1, 2, 3, 4][..], &[5]]);
    let statuses: Vec<Option<u16>> = journal.attempts_on("codify").iter().map(|a| a.status).collect();
    assert_eq!(statuses, [503, 503, 200, 200, 200].map(Some));
    let ledger = sandbox.ledger();
    assert_eq!(ledger.entries.iter().map(|entry| entry.processed).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(ledger.entries[0].reference, journal.requests[0].fingerprint);
}

#[tokio::test]
async fn an_attempt_keeps_names_sizes_and_hashes_and_no_text() {
    let sandbox = start().await;
    let body = note("CANARY-NOTE").to_string();
    let token = format!("Bearer {}", sandbox.token());
    let headers = [("authorization", token.as_str()), ("x-doctor", "CANARY-DOCTOR"), ("x-patient", "CANARY-PATIENT")];
    let answer = split(exchange(&sandbox, &request("POST", "/v1/codify", &headers, body.as_bytes())).await);
    assert_eq!(answer.status, 200);
    assert_eq!(call(&sandbox, "GET", "/v1/CANARY-PATH?q=CANARY", b"").await.status, 501);
    let journal = sandbox.journal();
    let attempt = &journal.attempts[0];
    let names = ["authorization", "connection", "content-length", "content-type", "host", "x-doctor", "x-patient"];
    assert_eq!(attempt.headers, names);
    assert_eq!(attempt.body_bytes, body.len() as u64);
    assert_eq!(attempt.body_sha256.as_deref().map(str::len), Some(64));
    assert_eq!((attempt.doctor(), attempt.patient()), (Some("CANARY-DOCTOR"), Some("CANARY-PATIENT")));
    assert_eq!(journal.attempts[1].operation, "unknown");
    let told = [
        format!("{journal:?} {:?} {sandbox:?}", sandbox.ledger()),
        String::from_utf8(call(&sandbox, "GET", "/_sandbox/journal", b"").await.body).unwrap(),
        String::from_utf8(call(&sandbox, "GET", "/_sandbox/ledger", b"").await.body).unwrap(),
    ];
    for text in told {
        assert!(!text.contains("CANARY") && !text.contains(sandbox.token()), "{text}");
    }
}

#[tokio::test]
async fn a_request_cut_in_its_body_is_an_attempt_without_a_request() {
    let sandbox = start().await;
    let whole = codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes());
    let mut stream = connect(&sandbox).await;
    stream.write_all(&whole[..whole.len() - 10]).await.unwrap();
    drop(stream);
    let journal = sandbox.journal_when(|j| j.attempts.iter().any(|a| a.outcome == Outcome::Cut)).await;
    let attempt = &journal.attempts[0];
    assert_eq!((attempt.operation.as_str(), attempt.request), ("codify", None));
    assert_eq!(attempt.body_bytes, note(NOTE).to_string().len() as u64 - 10);
    assert_eq!((journal.attempts.len(), journal.requests.len()), (1, 0));
}

#[tokio::test]
async fn a_request_cut_in_its_head_is_an_unknown_attempt() {
    let sandbox = start().await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(b"POST /v1/codify HTTP/1.1\r\nhost: loc").await.unwrap();
    drop(stream);
    let journal = sandbox.journal_when(|j| j.connections.first().is_some_and(|connection| connection.closed)).await;
    assert_eq!(journal.attempts.len(), 1);
    assert_eq!((journal.attempts[0].operation.as_str(), journal.attempts[0].outcome), ("unknown", Outcome::Cut));
}

#[tokio::test]
async fn a_connection_without_a_byte_is_no_attempt() {
    let sandbox = start().await;
    drop(connect(&sandbox).await);
    let journal = sandbox.journal_when(|j| j.connections.first().is_some_and(|connection| connection.closed)).await;
    assert_eq!(journal.attempts.len(), 0);
}

#[tokio::test]
async fn an_attempt_whose_client_gave_up_is_abandoned_and_not_processed() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::latency(Duration::from_secs(60)))).unwrap();
    let mut stream = connect(&sandbox).await;
    stream.write_all(&codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes())).await.unwrap();
    sandbox.journal_when(|journal| journal.attempts.iter().any(|a| !a.faults.is_empty())).await;
    drop(stream);
    let journal = sandbox.journal_when(|j| j.attempts[0].outcome != Outcome::Pending).await;
    assert_eq!((journal.attempts[0].outcome, journal.attempts[0].request), (Outcome::Abandoned, Some(1)));
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[tokio::test]
async fn two_sandboxes_in_one_process_do_not_interfere() {
    let one = Sandbox::builder().token("one").manual_clock().start().await.unwrap();
    let two = Sandbox::builder().token("two").manual_clock().start().await.unwrap();
    one.inject(Fault::new(FaultKind::status(503)).every()).unwrap();
    assert_eq!(codify(&one, &note(NOTE)).await.status, 503);
    assert_eq!(codify(&two, &note(NOTE)).await.status, 200);
    assert_eq!((one.journal().attempts.len(), two.journal().attempts.len()), (1, 1));
    assert_eq!((one.ledger().processed("codify"), two.ledger().processed("codify")), (0, 1));
    let crossed = split(exchange(&two, &codify_bytes("one", note(NOTE).to_string().as_bytes())).await);
    assert_eq!(crossed.status, 401);
    one.clock().advance(Duration::from_secs(9));
    assert_eq!(two.clock().now(), Duration::ZERO);
}

#[tokio::test]
async fn stopping_ends_a_stall_and_closes_the_port() {
    let sandbox = start().await;
    let port = sandbox.port();
    sandbox.inject(Fault::new(FaultKind::NoAnswer)).unwrap();
    let mut stalled = connect(&sandbox).await;
    stalled.write_all(&codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes())).await.unwrap();
    sandbox.journal_when(|journal| journal.attempts.iter().any(|a| !a.faults.is_empty())).await;
    let reading = tokio::spawn(async move { crate::wire::read_all(&mut stalled).await.bytes });
    sandbox.run_until(async {}).await;
    assert_eq!(reading.await.unwrap(), b"");
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn reset_forgets_what_happened_and_counts_from_one_again() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::status(503)).nth(9)).unwrap();
    codify(&sandbox, &note(NOTE)).await;
    assert_eq!(call(&sandbox, "POST", "/_sandbox/reset", b"").await.status, 204);
    assert_eq!(sandbox.faults(), []);
    assert_eq!(sandbox.ledger().entries, []);
    codify(&sandbox, &note(NOTE)).await;
    let journal: Value = call(&sandbox, "GET", "/_sandbox/journal", b"").await.json();
    assert_eq!(journal["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(journal["attempts"][0]["number"], 1);
}
