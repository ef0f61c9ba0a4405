//! Every fault that the sandbox can play, against the client: what the client says happened, and what the ledger says was processed.

use clinical_http::BodyLimits;
use clinical_http::testing::JumpingClock;
use clinical_sandbox::{ErrorBody, Fault, FaultKind, RetryAfter, Sandbox};
use clinical_tests::clients::{for_sandbox, of_sandbox};
use clinical_tests::documents::{NOTE, note_of};
use clinical_tests::facts;
use omniscribe_codify::{Answer, CodifyResponse, Error, ErrorKind};

async fn start() -> Sandbox {
    Sandbox::builder().seed(7).start().await.unwrap()
}

/// What a call came to under this fault, and how often the ledger says the note was processed.
async fn under(fault: Fault) -> (Result<Answer<CodifyResponse>, Error>, u64) {
    let sandbox = start().await;
    sandbox.inject(fault.on("codify")).unwrap();
    let result = of_sandbox(&sandbox, &JumpingClock::new()).codify(&NOTE.into()).await;
    (result, sandbox.ledger().processed("codify"))
}

async fn undisturbed() -> CodifyResponse {
    let sandbox = start().await;
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    codify.codify(&NOTE.into()).await.unwrap().value
}

fn status(status: u16, body: ErrorBody) -> FaultKind {
    FaultKind::Status { status, body, headers: std::collections::BTreeMap::new(), retry_after: RetryAfter::Absent }
}

/// Faults that a second attempt overcomes: the kind, and what the client has to say of the attempt that met it.
fn passing() -> Vec<(FaultKind, &'static str, &'static str)> {
    let busy = FaultKind::too_many_requests(RetryAfter::Absent);
    let lost = "response_lost";
    vec![
        (busy, "throttled", "refused"),
        (status(500, ErrorBody::Json), "unavailable", "unknown"),
        (status(502, ErrorBody::Html), "unavailable", "unknown"),
        (status(503, ErrorBody::Empty), "unavailable", "unknown"),
        (status(504, ErrorBody::Html), "timeout", "unknown"),
        (FaultKind::ResetBeforeResponse, "interrupted", "unknown"),
        (FaultKind::StopReading { bytes: 1 }, "interrupted", "unknown"),
        (FaultKind::ResetAfterHeaders, "interrupted", lost),
        (FaultKind::ResetAfterBody { bytes: 40 }, "interrupted", lost),
        (FaultKind::TruncatedBody { bytes: 0 }, "interrupted", lost),
        (FaultKind::TruncatedBody { bytes: 40 }, "interrupted", lost),
        (FaultKind::ContentLengthTooLong { extra: 1 }, "interrupted", lost),
        (FaultKind::BadChunk, "interrupted", lost),
    ]
}

#[tokio::test]
async fn a_fault_met_once_is_overcome_and_the_ledger_shows_what_the_attempt_cost() {
    let expected = undisturbed().await;
    for (kind, failure, delivery) in passing() {
        let spoils = kind.spoils_the_answer();
        for after_commit in [false, true] {
            let fault = Fault::new(kind.clone());
            let fault = if after_commit { fault.after_commit() } else { fault };
            let (result, processed) = under(fault).await;
            let answer = result.unwrap();
            assert!(answer.value == expected, "{kind:?}");
            assert_eq!(answer.attempts.len(), 2, "{kind:?}");
            let first = &answer.attempts[0];
            assert_eq!(first.failure.map(ErrorKind::as_str), Some(failure), "{kind:?}");
            assert_eq!(first.delivery.as_str(), delivery, "{kind:?}");
            // A request cut short by `StopReading` was never complete, so it cannot have been processed.
            let whole = !matches!(kind, FaultKind::StopReading { .. });
            let twice = (after_commit && whole) || spoils;
            assert_eq!(processed, if twice { 2 } else { 1 }, "{kind:?}, after commit: {after_commit}");
        }
    }
}

#[tokio::test]
async fn a_fault_that_does_not_pass_ends_after_four_attempts() {
    for (kind, failure, delivery) in passing() {
        let spoils = kind.spoils_the_answer();
        let (result, processed) = under(Fault::new(kind.clone()).every()).await;
        let error = result.unwrap_err();
        assert_eq!(facts::brief(&error), (failure, delivery, 4), "{kind:?}");
        assert_eq!(processed, if spoils { 4 } else { 0 }, "{kind:?}");
    }
}

#[tokio::test]
async fn what_came_of_a_cut_answer_is_kept() {
    let (result, _) = under(Fault::new(FaultKind::TruncatedBody { bytes: 40 }).every()).await;
    assert_eq!(result.unwrap_err().body().unwrap().expose().len(), 40);
}

#[tokio::test]
async fn an_answer_that_was_complete_and_not_understood_is_not_asked_for_again() {
    for kind in [FaultKind::DuplicateKeys, FaultKind::InvalidJson] {
        let (result, processed) = under(Fault::new(kind.clone()).every()).await;
        let error = result.unwrap_err();
        assert_eq!(facts::brief(&error), ("decode", "answered", 1), "{kind:?}");
        assert!(error.body().is_some_and(|body| !body.expose().is_empty()));
        assert_eq!(processed, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn what_is_odd_but_harmless_is_accepted_at_once() {
    let expected = undisturbed().await;
    let harmless = [FaultKind::ContentType { value: "text/plain".to_owned() }, FaultKind::DribbledBody { millis: 0 }];
    for kind in harmless {
        let (result, processed) = under(Fault::new(kind.clone()).every()).await;
        let answer = result.unwrap();
        assert!(answer.value == expected, "{kind:?}");
        assert_eq!((answer.attempts.len(), processed), (1, 1), "{kind:?}");
    }
}

#[tokio::test]
async fn a_client_error_or_a_redirect_is_final_and_nothing_was_processed() {
    let location = "https://elsewhere.example/v1/codify".to_owned();
    let table = [
        (FaultKind::status(400), "rejected"),
        (FaultKind::status(401), "credentials"),
        (FaultKind::status(403), "forbidden"),
        (FaultKind::status(408), "timeout"),
        (FaultKind::status(413), "too_large"),
        (FaultKind::status(422), "rejected"),
        (FaultKind::Redirect { status: 307, location }, "redirect"),
    ];
    for (kind, expected) in table {
        let (result, processed) = under(Fault::new(kind.clone()).every()).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind().as_str(), error.attempts()), (expected, 1), "{kind:?}");
        assert_eq!(processed, 0, "{kind:?}");
    }
}

#[tokio::test]
async fn a_body_past_the_cap_is_cut_at_the_cap_and_not_asked_for_again() {
    const CAP: usize = 100_000;
    for chunked in [false, true] {
        let sandbox = start().await;
        let kind = FaultKind::OversizedBody { mebibytes: 2, chunked };
        sandbox.inject(Fault::new(kind).every()).unwrap();
        let codify = for_sandbox(&sandbox, &JumpingClock::new())
            .http(|http| http.limits(BodyLimits::default().response(CAP)))
            .build()
            .unwrap();
        let error = codify.codify(&NOTE.into()).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("response_too_large", "response_lost", 1));
        assert_eq!(error.body().unwrap().expose().len(), CAP);
        assert_eq!(sandbox.ledger().processed("codify"), 1);
    }
}

#[tokio::test]
async fn the_default_cap_is_16_mib() {
    let kind = FaultKind::OversizedBody { mebibytes: 16, chunked: true };
    let (result, _) = under(Fault::new(kind)).await;
    assert_eq!(result.unwrap_err().body().unwrap().expose().len(), 16 * 1024 * 1024);
}

#[tokio::test]
async fn a_connection_closed_at_once_costs_an_attempt_and_nothing_else() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::AcceptThenClose)).unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let answer = codify.codify(&NOTE.into()).await.unwrap();
    assert_eq!(answer.attempts.len(), 2);
    // Whether bytes had left by then is a race that the client settles carefully; it must not claim an answer.
    let claim = answer.attempts[0].delivery.as_str();
    assert!(["not_sent", "unknown"].contains(&claim), "{claim}");
    assert_eq!(sandbox.ledger().processed("codify"), 1);
}

#[tokio::test]
async fn a_silent_server_that_gives_up_is_asked_again() {
    let silences = [(FaultKind::NoAnswer, "unknown", 1), (FaultKind::StalledBody { bytes: 10 }, "response_lost", 2)];
    for (kind, delivery, processed) in silences {
        let sandbox = start().await;
        sandbox.inject(Fault::new(kind.clone())).unwrap();
        let codify = of_sandbox(&sandbox, &JumpingClock::new());
        let call = tokio::spawn(async move { codify.codify(&NOTE.into()).await });
        let played =
            |journal: &clinical_sandbox::Journal| journal.attempts.iter().any(|attempt| !attempt.faults.is_empty());
        sandbox.journal_when(played).await;
        // Ends the silence: the sandbox closes the connection.
        sandbox.clear_faults();
        let answer = call.await.unwrap().unwrap();
        assert_eq!(facts::deliveries(&answer.attempts), [delivery, "answered"], "{kind:?}");
        assert_eq!(sandbox.ledger().processed("codify"), processed, "{kind:?}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_waited_for_and_asked_for_once() {
    let latency = Fault::new(FaultKind::Latency { millis: 590_000 });
    let sandbox = Sandbox::builder().manual_clock().fault(latency).start().await.unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let call = tokio::spawn(async move { codify.codify(&NOTE.into()).await });
    let waiting =
        |journal: &clinical_sandbox::Journal| journal.attempts.iter().any(|attempt| !attempt.faults.is_empty());
    sandbox.journal_when(waiting).await;
    sandbox.clock().advance(std::time::Duration::from_secs(590));
    assert_eq!(call.await.unwrap().unwrap().attempts.len(), 1);
    assert_eq!(sandbox.journal().attempts.len(), 1);
}

#[tokio::test]
async fn a_large_note_survives_a_server_that_stops_reading() {
    let note = note_of(51_200);
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::StopReading { bytes: 1_000 })).unwrap();
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let answer = codify.codify(&note.into()).await.unwrap();
    assert_eq!(facts::deliveries(&answer.attempts), ["unknown", "answered"]);
    assert_eq!(sandbox.ledger().processed("codify"), 1);
}

#[tokio::test]
async fn health_is_asked_again_after_a_fault_and_counts_as_no_work() {
    let sandbox = start().await;
    sandbox.inject(Fault::new(FaultKind::ResetBeforeResponse).on("health").first(2)).unwrap();
    let health = of_sandbox(&sandbox, &JumpingClock::new()).health().await.unwrap();
    assert_eq!(health.status, 200);
    assert_eq!(sandbox.journal().attempts_on("health").len(), 3);
    assert_eq!(sandbox.ledger().entries.len(), 0);
}
