//! No string of a note, a file, a token, a reference or an answer is in any log, `Debug`, `Display` or error chain, under any fault, at
//! TRACE. A capture that catches nothing would prove nothing: each test also shows that it caught what it should.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::BodyLimits;
use clinical_http::testing::{JumpingClock, MemoryAudit};
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use clinical_tests::capture::Capture;
use clinical_tests::clients::settings;
use clinical_tests::recorder::answer_all;
use httpmock::MockServer;
use omniscribe_codify::{Codify, CodifyBuilder, CodifyRequest, Error, Limits, Pdf};
use serde_json::json;

// What must not be seen. Lengths divisible by three, so that their base64 is part of the base64 of what holds them.
const NOTE: &str = "canarynoteaa";
const CONTENT: &str = "canarypdfbbb";
const NAME: &str = "canarynamecc";
const FOLDER: &str = "canarypathdd";
const TOKEN: &str = "canarytokene";
const DOCTOR: &str = "canarydoctor";
const PATIENT: &str = "canarypatien";
const DETAILS: &str = "canarydetail";
const REASON: &str = "canaryreason";
const CODE: &str = "canarycodehh";
const ODD: &str = "canaryoddiii";
const CANARIES: [&str; 11] = [NOTE, CONTENT, NAME, FOLDER, TOKEN, DOCTOR, PATIENT, DETAILS, REASON, CODE, ODD];

fn assert_clean(what: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for canary in CANARIES {
        let encoded = STANDARD.encode(canary);
        assert!(!lower.contains(canary), "{what} shows {canary}");
        assert!(!text.contains(&encoded), "{what} shows {canary} as base64");
    }
    // Bytes printed as a list of numbers, as `Debug` of a vector does.
    let numbers: Vec<String> = b"canary".iter().map(u8::to_string).collect();
    assert!(!text.contains(&numbers.join(", ")), "{what} shows a canary as numbers");
}

fn assert_debug_clean(value: &dyn Debug) {
    assert_clean("Debug", &format!("{value:?}"));
    assert_clean("alternate Debug", &format!("{value:#?}"));
}

fn assert_error_clean(error: &Error) {
    assert_debug_clean(error);
    assert_debug_clean(&error.attempt_log());
    assert_debug_clean(&error.details());
    assert_debug_clean(&error.body());
    let mut cause: Option<&dyn StdError> = Some(error);
    while let Some(current) = cause {
        assert_clean("Display", &current.to_string());
        cause = current.source();
    }
}

/// A PDF with the canary at an offset divisible by three, in a folder and under a name with canaries.
fn file(folder: &Path) -> PathBuf {
    let folder = folder.join(FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{NAME}.pdf"));
    std::fs::write(&path, format!("%PDF-1.4\n{}", CONTENT.repeat(2_000))).unwrap();
    path
}

fn requests(path: &Path) -> Vec<CodifyRequest> {
    let content = std::fs::read(path).unwrap();
    let about = || CodifyRequest::new().doctor(DOCTOR).patient(PATIENT);
    let note = format!("{NOTE} Paciente con diabetes mellitus tipo 2 {NOTE}.");
    vec![
        about().note(note.clone()),
        about().pdf(Pdf::from_path(path)),
        about().note(note).pdf(Pdf::from_bytes(content).filename(format!("{NAME}.pdf"))),
    ]
}

fn watched(url: &str, audit: &MemoryAudit) -> CodifyBuilder {
    let audit = audit.clone();
    settings(url, &JumpingClock::new())
        .token(TOKEN)
        .http(|http| http.audit(audit).limits(BodyLimits::default().response(200_000)))
}

/// Sends everything in every way and checks what comes out of it. Returns how many calls succeeded and failed.
async fn exercise(codify: &Codify, path: &Path) -> (usize, usize) {
    assert_debug_clean(codify);
    let (mut good, mut bad) = (0, 0);
    for request in requests(path) {
        assert_debug_clean(&request);
        match codify.codify(&request).await {
            Ok(answer) => {
                good += 1;
                assert_debug_clean(&answer);
                assert_debug_clean(&answer.value);
                assert_debug_clean(&answer.final_code_assessments);
                assert_debug_clean(&answer.attempts);
            }
            Err(error) => {
                bad += 1;
                assert_error_clean(&error);
            }
        }
    }
    let mut outcomes = codify.codify_many(requests(path).into_iter().enumerate(), 2);
    assert_debug_clean(&outcomes);
    while let Some(outcome) = outcomes.next().await {
        assert_debug_clean(&outcome);
    }
    let coding = codify.codify_long(&requests(path).remove(0)).await.unwrap();
    assert_debug_clean(&coding);
    assert_debug_clean(&coding.merged());
    match codify.health().await {
        Ok(health) => assert_debug_clean(&health),
        Err(error) => assert_error_clean(&error),
    }
    (good, bad)
}

fn assert_log(capture: &Capture, at_least: &[&str]) {
    let log = capture.text();
    for expected in at_least {
        assert!(log.contains(expected), "the capture has caught nothing of {expected}");
    }
    assert_clean("the log", &log);
}

/// All faults; `odd` is what a server may put where it likes, `read` how much of a request it reads before it resets the connection.
pub(crate) fn every_fault(odd: &str, read: u64) -> Vec<FaultKind> {
    vec![
        FaultKind::Latency { millis: 0 },
        FaultKind::status(400),
        FaultKind::status(404),
        FaultKind::status(500),
        FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 2 }),
        FaultKind::too_many_requests(RetryAfter::Raw { value: odd.to_owned() }),
        FaultKind::Redirect { status: 307, location: format!("/{odd}?{odd}#{odd}") },
        FaultKind::ResetBeforeResponse,
        FaultKind::ResetAfterHeaders,
        FaultKind::ResetAfterBody { bytes: 100 },
        FaultKind::TruncatedBody { bytes: 100 },
        FaultKind::ContentLengthTooLong { extra: 5 },
        FaultKind::BadChunk,
        FaultKind::DribbledBody { millis: 0 },
        FaultKind::ContentType { value: format!("text/{odd}") },
        FaultKind::DuplicateKeys,
        FaultKind::InvalidJson,
        FaultKind::OversizedBody { mebibytes: 1, chunked: true },
        FaultKind::OversizedBody { mebibytes: 1, chunked: false },
        FaultKind::StopReading { bytes: read },
        FaultKind::AcceptThenClose,
    ]
}

#[tokio::test]
async fn nothing_shows_under_any_fault_of_the_sandbox() {
    let capture = Capture::start();
    let audit = MemoryAudit::new();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let (mut good, mut bad) = (0, 0);
    for kind in every_fault(ODD, 1_000) {
        let sandbox = Sandbox::builder().token(TOKEN).start().await.unwrap();
        sandbox.inject(Fault::new(kind).every()).unwrap();
        let builder = watched(sandbox.url(), &audit);
        assert_debug_clean(&builder);
        let counts = exercise(&builder.build().unwrap(), &path).await;
        good += counts.0;
        bad += counts.1;
    }
    assert!(good >= 3 && bad >= 30, "{good} calls succeeded, {bad} failed");
    let records = audit.records();
    assert!(records.len() >= 100, "{} audit records", records.len());
    for record in &records {
        assert_debug_clean(record);
    }
    // The record does hold whom the call was about, for the sink that asks by name.
    assert!(records.iter().any(|record| { record.doctor.as_ref().is_some_and(|id| id.expose() == DOCTOR) }));
    assert_log(&capture, &["clinical_http", "hyper_util", "reqwest", "call failed", "delay_ms"]);
}

#[tokio::test]
async fn nothing_shows_of_what_the_vendor_writes() {
    let capture = Capture::start();
    let audit = MemoryAudit::new();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let assessment = json!({"code": CODE, "description": REASON, "justification": format!("{REASON}: {NOTE}"), "confidence_percent": 50});
    let answer =
        json!({"final_code_assessments": [assessment], "discarded_code_assessments": [assessment], "run_id": "run-1"});
    let mut odd = answer.clone();
    odd[ODD] = json!({ODD: [ODD]});
    let wrong_type = json!({"final_code_assessments": ODD, "discarded_code_assessments": [], "run_id": "run-1"});
    let wrong_field =
        json!({"final_code_assessments": [{ODD: 1}], "discarded_code_assessments": [], "run_id": "run-1"});
    let details = json!({"success": false, "error": DETAILS, "details": format!("{DETAILS}: {NOTE}")});
    let cases = [
        (200, answer.to_string()),
        (200, odd.to_string()),
        (200, wrong_type.to_string()),
        (200, wrong_field.to_string()),
        (200, format!("{{\"{ODD}")),
        (200, ODD.to_owned()),
        (400, details.to_string()),
        (401, details.to_string()),
        (422, format!("<html>{DETAILS}</html>")),
        (503, DETAILS.to_owned()),
    ];
    for (status, body) in cases {
        let server = MockServer::start_async().await;
        // A request id of the vendor's is shown on purpose, so there is no canary in it.
        let headers =
            [("x-request-id", "req-1"), ("x-odd", ODD), ("set-cookie", ODD), ("server", ODD), ("retry-after", "1")];
        let (mock, _) = answer_all(&server, status, &headers, &body).await;
        let codify = watched(&server.base_url(), &audit).build().unwrap();
        let (good, bad) = exercise(&codify, &path).await;
        assert_eq!(good + bad, 3);
        assert!(mock.calls_async().await >= 7);
    }
    for record in audit.records() {
        assert_debug_clean(&record);
    }
    assert_log(&capture, &["clinical_http", "hyper_util", "attempt ended"]);
}

#[tokio::test]
async fn nothing_shows_of_what_is_refused_before_it_is_sent() {
    let capture = Capture::start();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let audit = MemoryAudit::new();
    let strict = Limits::default().note(10).pdf(100);
    let codify = watched("http://127.0.0.1:9", &audit).limits(strict).build().unwrap();
    let missing = path.with_file_name(format!("{NAME}-missing.pdf"));
    let wrong = [
        CodifyRequest::new().note(format!("{NOTE} and more")),
        CodifyRequest::new().pdf(Pdf::from_path(&path)),
        CodifyRequest::new().pdf(Pdf::from_path(missing)),
        CodifyRequest::new().pdf(Pdf::from_path(path.parent().unwrap())),
        CodifyRequest::new().pdf(Pdf::from_bytes(CONTENT)),
        CodifyRequest::new().pdf(Pdf::from_bytes("%PDF-").filename(format!("{NAME}\n"))),
        CodifyRequest::new().note("tos").doctor(format!("{DOCTOR}\r\n")),
        CodifyRequest::new().note("tos").patient(format!("{PATIENT}ñ")),
    ];
    for request in wrong {
        assert_debug_clean(&request);
        assert_error_clean(&codify.codify(&request).await.unwrap_err());
    }
    let builders = [
        Codify::builder().base_url("https://codify.hospital.example").token(format!("{TOKEN}\n{TOKEN}")),
        Codify::builder().base_url(format!("http://{TOKEN}.example/{TOKEN}")).token(TOKEN),
        Codify::builder().base_url(format!("https://{TOKEN}:{TOKEN}@host.example/")).token(TOKEN),
        Codify::builder().base_url(format!("https://host.example/?{TOKEN}")).token(TOKEN),
    ];
    for builder in builders {
        assert_debug_clean(&builder);
        assert_error_clean(&builder.build().unwrap_err());
    }
    let reader = Pdf::from_reader(CONTENT.as_bytes(), &Limits::default().pdf(5)).await;
    assert_error_clean(&reader.unwrap_err());
    assert_clean("the log", &capture.text());
}

#[test]
fn a_canary_in_a_span_an_event_or_a_log_record_is_caught() {
    let capture = Capture::start();
    let span = tracing::trace_span!("call", note = NOTE);
    span.in_scope(|| tracing::trace!(token = TOKEN, "an event"));
    log::trace!("a record of {DOCTOR}");
    let log = capture.text();
    for canary in [NOTE, TOKEN, DOCTOR] {
        assert!(log.contains(canary), "{canary}");
    }
    let caught = |text: &str| std::panic::catch_unwind(|| assert_clean("this", text)).is_err();
    assert!(caught(&log) && caught(&STANDARD.encode(CONTENT)) && caught(&format!("{:?}", b"canary")));
    assert!(!caught("nothing to see"));
}
