//! Faults below HTTP, seen byte by byte. Each compares with the answer that the same request gets without a fault.

use clinical_sandbox::journal::Outcome;
use clinical_sandbox::{Fault, FaultKind, Sandbox};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::wire::{
    Answer, End, NOTE, codify, codify_bytes, connect, exchange, note, read_all, read_head, split, start,
};

const MIB: usize = 1024 * 1024;

fn sent(sandbox: &Sandbox) -> Vec<u8> {
    codify_bytes(sandbox.token(), note(NOTE).to_string().as_bytes())
}

/// A sandbox with this fault on its second call, and the answer to the first.
async fn with(kind: FaultKind) -> (Sandbox, Answer) {
    let sandbox = start().await;
    let good = codify(&sandbox, &note(NOTE)).await;
    sandbox.inject(Fault::new(kind).on("codify")).unwrap();
    (sandbox, good)
}

fn outcome(sandbox: &Sandbox) -> (Outcome, Option<u16>, bool) {
    let attempt = sandbox.journal().attempts.pop().unwrap();
    assert_eq!(attempt.faults.len(), 1);
    (attempt.outcome, attempt.status, attempt.committed)
}

#[tokio::test]
async fn a_reset_before_the_first_byte_sends_nothing() {
    let (sandbox, _) = with(FaultKind::ResetBeforeResponse).await;
    let read = exchange(&sandbox, &sent(&sandbox)).await;
    assert_eq!((read.bytes.len(), read.end), (0, End::Reset));
    assert_eq!(outcome(&sandbox), (Outcome::Faulted, None, false));
}

#[tokio::test]
async fn a_reset_after_commit_has_processed_the_request() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).after_commit()).unwrap();
    let read = exchange(&sandbox, &sent(&sandbox)).await;
    assert_eq!((read.bytes.len(), read.end), (0, End::Reset));
    assert_eq!(sandbox.ledger().processed("codify"), 1);
}

#[tokio::test]
async fn a_reset_after_the_headers_leaves_a_whole_head_and_no_body() {
    let (sandbox, good) = with(FaultKind::ResetAfterHeaders).await;
    let cut = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((cut.status, cut.body.len(), cut.end), (200, 0, End::Reset));
    assert_eq!(cut.header("content-length"), good.header("content-length"));
    assert_eq!(outcome(&sandbox), (Outcome::Faulted, Some(200), true));
}

#[tokio::test]
async fn a_reset_after_n_body_bytes_leaves_exactly_those() {
    let (sandbox, good) = with(FaultKind::ResetAfterBody { bytes: 17 }).await;
    let cut = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((cut.body.as_slice(), cut.end), (&good.body[..17], End::Reset));
}

#[tokio::test]
async fn a_truncated_body_ends_in_order_before_its_length() {
    let (sandbox, good) = with(FaultKind::TruncatedBody { bytes: 17 }).await;
    let cut = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((cut.body.as_slice(), cut.end), (&good.body[..17], End::Closed));
    assert_eq!(cut.header("content-length"), Some(good.body.len().to_string().as_str()));
}

#[tokio::test]
async fn a_content_length_can_promise_more_than_the_whole_body() {
    let (sandbox, good) = with(FaultKind::ContentLengthTooLong { extra: 5 }).await;
    let long = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((&long.body, long.end), (&good.body, End::Closed));
    assert_eq!(long.header("content-length"), Some((good.body.len() + 5).to_string().as_str()));
}

#[tokio::test]
async fn a_bad_chunk_follows_a_good_one() {
    let (sandbox, good) = with(FaultKind::BadChunk).await;
    let chunked = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!(chunked.header("transfer-encoding"), Some("chunked"));
    assert_eq!(chunked.header("content-length"), None);
    let half = good.body.len() / 2;
    let mut expected = format!("{half:x}\r\n").into_bytes();
    expected.extend_from_slice(&good.body[..half]);
    expected.extend_from_slice(b"\r\nno-size\r\n");
    assert!(chunked.body.starts_with(&expected));
    assert_eq!(chunked.end, End::Closed);
}

#[tokio::test]
async fn a_stalled_body_is_silent_until_the_faults_are_cleared() {
    let (sandbox, good) = with(FaultKind::StalledBody { bytes: 9 }).await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(&sent(&sandbox)).await.unwrap();
    read_head(&mut stream).await;
    let mut start = [0; 9];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(start, good.body[..9]);
    sandbox.clear_faults();
    let rest = read_all(&mut stream).await;
    assert_eq!((rest.bytes.len(), rest.end), (0, End::Closed));
}

#[tokio::test]
async fn a_stall_ends_when_the_peer_leaves() {
    for kind in [FaultKind::StalledBody { bytes: 0 }, FaultKind::NoAnswer] {
        let (sandbox, _) = with(kind).await;
        let mut stream = connect(&sandbox).await;
        stream.write_all(&sent(&sandbox)).await.unwrap();
        sandbox.journal_when(|journal| journal.attempts.len() == 2 && !journal.attempts[1].faults.is_empty()).await;
        assert!(!sandbox.journal().connections[1].closed);
        drop(stream);
        sandbox.journal_when(|journal| journal.connections[1].closed).await;
    }
}

#[tokio::test]
async fn no_answer_means_no_byte() {
    let (sandbox, _) = with(FaultKind::NoAnswer).await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(&sent(&sandbox)).await.unwrap();
    sandbox.journal_when(|journal| journal.attempts.len() == 2 && !journal.attempts[1].faults.is_empty()).await;
    sandbox.clear_faults();
    assert_eq!(read_all(&mut stream).await.bytes, b"");
    assert_eq!(outcome(&sandbox), (Outcome::Faulted, None, false));
}

#[tokio::test]
async fn a_dribbled_body_moves_one_byte_per_step_of_virtual_time() {
    let (sandbox, good) = with(FaultKind::DribbledBody { millis: 100 }).await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(&sent(&sandbox)).await.unwrap();
    read_head(&mut stream).await;
    for byte in &good.body[..20] {
        let mut one = [0; 2];
        assert_eq!(stream.read(&mut one).await.unwrap(), 1);
        assert_eq!(one[0], *byte);
        sandbox.clock().advance(Duration::from_millis(100));
    }
    drop(stream);
    sandbox.journal_when(|journal| journal.connections[1].closed).await;
}

#[tokio::test]
async fn a_dribble_without_a_pause_ends_with_the_whole_body() {
    let (sandbox, good) = with(FaultKind::DribbledBody { millis: 0 }).await;
    let whole = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((&whole.body, whole.end), (&good.body, End::Closed));
}

#[tokio::test]
async fn an_oversized_body_holds_the_answer_behind_white_space() {
    let (sandbox, good) = with(FaultKind::OversizedBody { mebibytes: 3, chunked: false }).await;
    let big = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!(big.header("content-length"), Some((3 * MIB + good.body.len()).to_string().as_str()));
    assert_eq!(big.body.len(), 3 * MIB + good.body.len());
    assert!(big.body.ends_with(&good.body));
    assert_eq!(big.json(), good.json());
}

#[tokio::test]
async fn an_oversized_body_in_chunks_gives_no_warning() {
    let (sandbox, good) = with(FaultKind::OversizedBody { mebibytes: 2, chunked: true }).await;
    let big = split(exchange(&sandbox, &sent(&sandbox)).await);
    assert_eq!((big.header("content-length"), big.header("transfer-encoding")), (None, Some("chunked")));
    let (mut rest, mut whole) = (big.body.as_slice(), Vec::new());
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        let data = &rest[line + 2..];
        if size == 0 {
            assert_eq!(data, b"\r\n");
            break;
        }
        whole.extend_from_slice(&data[..size]);
        rest = &data[size + 2..];
    }
    assert_eq!(whole.len(), 2 * MIB + good.body.len());
    assert!(whole.ends_with(&good.body));
}

#[tokio::test]
async fn reading_can_stop_in_the_middle_of_a_request() {
    let (sandbox, _) = with(FaultKind::StopReading { bytes: 1_000 }).await;
    let body = note(&"x".repeat(4 * MIB)).to_string();
    let read = exchange(&sandbox, &codify_bytes(sandbox.token(), body.as_bytes())).await;
    assert_eq!((read.bytes.len(), read.end), (0, End::Reset));
    let attempt = sandbox.journal().attempts.pop().unwrap();
    assert!((1_000..MIB as u64).contains(&attempt.body_bytes), "{}", attempt.body_bytes);
    assert_eq!((attempt.request, attempt.body_sha256), (None, None));
    assert_eq!((attempt.outcome, attempt.committed), (Outcome::Faulted, false));
}

#[tokio::test]
async fn a_connection_can_be_closed_as_soon_as_it_is_accepted() {
    let (sandbox, _) = with(FaultKind::AcceptThenClose).await;
    let mut stream = connect(&sandbox).await;
    let read = read_all(&mut stream).await;
    assert_eq!((read.bytes.len(), read.end), (0, End::Closed));
    let journal = sandbox.journal();
    assert_eq!(journal.connections[1].fault.as_deref(), Some("accept_then_close"));
    assert_eq!(journal.attempts.len(), 1);
    assert_eq!(codify(&sandbox, &note(NOTE)).await.status, 200);
}

#[tokio::test]
async fn every_head_of_a_faulted_answer_carries_the_mark() {
    let kinds = [
        FaultKind::ResetAfterHeaders,
        FaultKind::TruncatedBody { bytes: 1 },
        FaultKind::ContentLengthTooLong { extra: 1 },
        FaultKind::BadChunk,
        FaultKind::OversizedBody { mebibytes: 1, chunked: true },
    ];
    for kind in kinds {
        let (sandbox, good) = with(kind).await;
        let answer = split(exchange(&sandbox, &sent(&sandbox)).await);
        assert_eq!(answer.header("x-clinical-sandbox"), Some("1"));
        assert_eq!(answer.header("date"), good.header("date"));
    }
}
