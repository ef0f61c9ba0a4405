//! Many connections at once under every kind of fault, cut at seeded places: afterwards nothing is left open, every
//! number adds up, and the sandbox still answers.

use std::sync::Arc;

use clinical_sandbox::journal::Outcome;
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use tokio::io::AsyncWriteExt as _;

use crate::wire::{codify, codify_bytes, connect, note, read_all, split};

fn kinds() -> Vec<FaultKind> {
    vec![
        FaultKind::Latency { millis: 5_000 },
        FaultKind::status(503),
        FaultKind::too_many_requests(RetryAfter::Asctime { seconds: 3 }),
        FaultKind::ResetBeforeResponse,
        FaultKind::ResetAfterHeaders,
        FaultKind::ResetAfterBody { bytes: 7 },
        FaultKind::TruncatedBody { bytes: 7 },
        FaultKind::ContentLengthTooLong { extra: 1 },
        FaultKind::BadChunk,
        FaultKind::DribbledBody { millis: 0 },
        FaultKind::OversizedBody { mebibytes: 1, chunked: true },
        FaultKind::StopReading { bytes: 20 },
        FaultKind::AcceptThenClose,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_storm_of_faults_and_cuts_nothing_is_open_and_every_count_adds_up() {
    // Virtual time runs fast, so that latency costs nothing.
    let sandbox = Arc::new(Sandbox::builder().seed(7).speed(100_000.0).start().await.unwrap());
    for kind in kinds() {
        sandbox.inject(Fault::new(kind).probability(0.06)).unwrap();
    }
    let mut seeded = fastrand::Rng::with_seed(7);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..400 {
        let sandbox = Arc::clone(&sandbox);
        let whole = codify_bytes(sandbox.token(), note(&format!("Neumonía {number}.")).to_string().as_bytes());
        let cut = if seeded.u8(..) < 64 { seeded.usize(..whole.len()) } else { whole.len() };
        // Fewer at a time than any system's accept queue holds: a connection that the kernel forgets is no finding.
        while calls.len() >= 48 {
            calls.join_next().await.unwrap().unwrap();
        }
        calls.spawn(async move {
            let mut stream = connect(&sandbox).await;
            let _ = stream.write_all(&whole[..cut]).await;
            if cut == whole.len() {
                read_all(&mut stream).await;
            }
        });
    }
    calls.join_all().await;
    let all_closed = |journal: &clinical_sandbox::Journal| {
        journal.connections.len() == 400 && journal.connections.iter().all(|connection| connection.closed)
    };
    let journal = sandbox.journal_when(all_closed).await;
    assert!(journal.attempts.iter().all(|attempt| attempt.outcome != Outcome::Pending));
    let begun: u64 = journal.connections.iter().map(|connection| connection.attempts).sum();
    assert_eq!(begun, journal.attempts.len() as u64);
    let committed = journal.attempts.iter().filter(|attempt| attempt.committed).count() as u64;
    assert_eq!(committed, sandbox.ledger().processed("codify"));
    for kind in kinds() {
        let on_attempts = journal.attempts.iter().any(|attempt| attempt.faults.iter().any(|name| name == kind.name()));
        let on_connections = journal.connections.iter().any(|c| c.fault.as_deref() == Some(kind.name()));
        assert!(on_attempts || on_connections, "{} was never played", kind.name());
    }
    sandbox.clear_faults();
    assert_eq!(codify(&sandbox, &note("Neumonía.")).await.status, 200);
}

#[tokio::test]
async fn bytes_that_are_no_http_end_the_connection_and_harm_nothing() {
    let sandbox = crate::wire::start().await;
    let mut seeded = fastrand::Rng::with_seed(11);
    for _ in 0..64 {
        let garbage: Vec<u8> = (0..seeded.usize(1..2_000)).map(|_| seeded.u8(..)).collect();
        let mut stream = connect(&sandbox).await;
        let _ = stream.write_all(&garbage).await;
        let _ = stream.shutdown().await;
        read_all(&mut stream).await;
    }
    assert_eq!(codify(&sandbox, &note("Neumonía.")).await.status, 200);
}

#[tokio::test]
async fn a_client_that_waits_for_100_continue_is_told_to_go_on() {
    let sandbox = crate::wire::start().await;
    let body = note("Neumonía.").to_string();
    let mut stream = connect(&sandbox).await;
    let head = format!(
        "POST /v1/codify HTTP/1.1\r\nhost: l\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         expect: 100-continue\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        sandbox.token(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(crate::wire::read_head(&mut stream).await, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(split(read_all(&mut stream).await).status, 200);
}
