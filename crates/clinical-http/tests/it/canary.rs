//! Strings planted wherever a secret or a patient's data can be; none may come out in a log, a `Debug`, a `Display`, or a record.

use std::fmt::{Debug, Write as _};

use clinical_http::credential::{Credential, StaticCredential};
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{
    AuditId, BaseUrl, Body, BodyLimits, Call, CallContext, Client, Delivery, Error, FileSource, RetryPolicy, Sensitive,
};

use crate::capture::Log;
use crate::server::{Server, answer_and, reset};
use crate::support::{BASE, Coded, IDEMPOTENT, UNSAFE, VENDOR};

/// Every planted string contains this one, so one search finds any of them. Its base64 is looked for as well.
const CANARY: &str = "canary";
const TOKEN: &str = "canary-token";
const DOCTOR: &str = "canary-doctor";
const PATIENT: &str = "canary-patient";
const NOTE: &str = "canary-note";
const FILE: &str = "canary-file-content";
const PATH: &str = "canary-path.pdf";
const ANSWER: &str = "canary-answer";
const RUN: &str = "canary-run";
const TARGET: &str = "/canary-target?q=canary-query";

/// What was shown, and by what.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn debug(&mut self, value: &impl Debug) {
        write!(self.0, "{value:?}\n{value:#?}\n").unwrap();
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        writeln!(self.0, "{error}\n{error:#}").unwrap();
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(current) = cause {
            writeln!(self.0, "{current} {current:?}").unwrap();
            cause = current.source();
        }
    }
}

fn assert_clean(text: &str, of: &str) {
    let lower = text.to_lowercase();
    // "canary" as base64 begins differently at each of the three offsets.
    for hidden in [CANARY, "y2fuyxj5", "nhbmfye", "jyw5hcn"] {
        if let Some(at) = lower.find(hidden) {
            panic!("{of}: ...{}...", &lower[at.saturating_sub(200)..(at + 60).min(lower.len())]);
        }
    }
}

/// A call with a canary in every place, its file on disk in a folder whose name is one too.
async fn call(folder: &std::path::Path) -> Call {
    let path = folder.join(PATH);
    std::fs::write(&path, FILE.repeat(4_000)).unwrap();
    let file = FileSource::path("pdf", path).inspect().await.unwrap();
    let body = Body::json_with_file(file, |place| Body::json(&serde_json::json!({ "note": NOTE, "data": place })));
    Call::new(&IDEMPOTENT).context(context()).body(body.unwrap())
}

fn context() -> CallContext {
    CallContext::new().doctor(DOCTOR).unwrap().patient(PATIENT).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("canary-folder").tempdir().unwrap()
}

fn faults() -> Vec<Step> {
    let answer = |status| Step::answer(status, ANSWER).header("x-vendor", ANSWER);
    vec![
        Step::answer(200, format!("{{\"run_id\":7,\"text\":\"{ANSWER}\"}}")),
        answer(200),
        answer(200).then_break(),
        answer(200).then_silence(),
        Step::answer(200, ANSWER.repeat(1_000)),
        answer(302).header("location", TARGET),
        answer(307).header("location", &format!("https://elsewhere.example{TARGET}")),
        answer(302).header("location", "http://[canary"),
        answer(400),
        answer(401).header("www-authenticate", ANSWER),
        answer(403),
        answer(413),
        answer(429).header("retry-after", ANSWER),
        answer(500),
        answer(503).header("retry-after", "1"),
        Step::silence(),
        Step::fail(Failure::Connect, Delivery::NotSent),
        Step::fail(Failure::Interrupted, Delivery::Unknown),
        Step::fail(Failure::Malformed, Delivery::Unknown),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_canary_comes_out_under_any_fault_of_the_script() {
    let log = Log::default();
    let _capture = log.start();
    let mut shown = Shown::default();
    let folder = folder();
    for step in faults() {
        let audit = MemoryAudit::new();
        let transport = ScriptedTransport::always(step);
        let builder = Client::builder(&VENDOR, BaseUrl::parse(BASE).unwrap())
            .credential(StaticCredential::bearer(TOKEN).unwrap())
            .limits(BodyLimits::default().response(1_000))
            .audit(audit.clone())
            .transport(transport);
        shown.debug(&builder);
        let client = builder.build().unwrap();
        let call = call(folder.path()).await;
        shown.debug(&call);
        shown.debug(&client);
        match client.send::<Coded>(call.clone()).await {
            Ok(answer) => shown.debug(&answer),
            Err(error) => shown.error(&error),
        }
        match client.send_raw(call).await {
            Ok(answer) => shown.debug(&answer),
            Err(error) => shown.error(&error),
        }
        assert_eq!(audit.records().len(), 2);
        shown.debug(&audit.records());
        shown.debug(&audit);
    }
    let log = log.text();
    assert!(log.contains("attempt starts") && log.contains("retry"));
    assert!(log.contains("server.address=\"vendor.example\""), "spans are captured");
    assert_clean(&log, "log");
    assert_clean(&shown.0, "shown");
}

#[tokio::test]
async fn no_canary_comes_out_of_a_real_connection() {
    let log = Log::default();
    let _capture = log.start();
    let mut shown = Shown::default();
    let folder = folder();
    let answers = [
        format!("HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{{\"run_id\":\"{RUN}\"}}"),
        format!("HTTP/1.1 200 OK\r\nx-a: {ANSWER}\r\ncontent-length: 99\r\n\r\n{ANSWER}"),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{ANSWER}\r\n"),
        format!("HTTP/1.1 302 Found\r\nlocation: {TARGET}\r\ncontent-length: 0\r\n\r\n"),
        format!("HTTP/1.1 422 {ANSWER}\r\ncontent-length: 13\r\n\r\n{ANSWER}"),
        format!("HTTP/1.1 200 OK\r\n{ANSWER} {ANSWER}\r\n\r\n"),
        format!("{ANSWER}\r\n\r\n"),
        String::new(),
    ];
    for (answer, end) in answers.iter().flat_map(|a| [(a, drop as fn(_)), (a, reset)]) {
        let server = Server::start().await;
        let audit = MemoryAudit::new();
        let client = server
            .builder()
            .credential(StaticCredential::header_key("x-api-key", TOKEN).unwrap())
            .retry(RetryPolicy::never())
            .audit(audit.clone())
            .build()
            .unwrap();
        let peer = answer_and(&server, answer.as_bytes(), end);
        let call = call(folder.path()).await;
        let (outcome, ()) = tokio::join!(client.send_raw(call), peer);
        match outcome {
            Ok(answer) => shown.debug(&answer),
            Err(error) => shown.error(&error),
        }
        let records = audit.records();
        assert_eq!(records.len(), 1);
        shown.debug(&records);
    }
    let log = log.text();
    assert!(log.contains("reqwest::connect"), "records of the libraries below are captured: {log}");
    assert!(log.contains("attempt starts"));
    assert_clean(&log, "log");
    assert_clean(&shown.0, "shown");
}

#[tokio::test]
async fn no_canary_comes_out_of_a_failed_local_check() {
    let mut shown = Shown::default();
    let folder = folder();
    let split = format!("{PATIENT}\r\nx-admin: 1");
    shown.error(&CallContext::new().patient(split.clone()).unwrap_err());
    shown.error(&AuditId::new("x-doctor", format!("{DOCTOR}\0")).unwrap_err());
    shown.error(&Credential::bearer(format!("{TOKEN} {TOKEN}")).unwrap_err());
    shown.error(&Credential::header_key("canary header", TOKEN).unwrap_err());
    for address in
        ["http://canary.example", "canary", "https://canary:canary@host.example", "https://h.example/?canary"]
    {
        shown.error(&BaseUrl::parse(address).unwrap_err());
    }
    for missing in [folder.path().join(PATH), folder.path().to_owned()] {
        let source = FileSource::path("pdf", missing);
        shown.debug(&source);
        shown.error(&source.inspect().await.unwrap_err());
    }
    let reader = FileSource::reader("pdf", FILE.as_bytes(), 3).await;
    shown.error(&reader.unwrap_err());
    let facts = FileSource::bytes("pdf", FILE).inspect().await.unwrap();
    shown.debug(&facts);
    let misplaced = Body::json_with_file(facts, |_| Body::json(NOTE));
    shown.error(&misplaced.unwrap_err());
    shown.debug(&Body::json(NOTE).unwrap());
    shown.debug(&Sensitive::new(NOTE));
    shown.debug(&context());
    shown.debug(&Credential::bearer(TOKEN).unwrap());
    shown.debug(&StaticCredential::bearer(TOKEN).unwrap());
    assert_clean(&shown.0, "shown");
    assert!(shown.0.matches("pdf").count() > 5, "the sentences are there");
}

#[tokio::test(start_paused = true)]
async fn no_canary_comes_out_when_a_call_is_dropped() {
    let log = Log::default();
    let _capture = log.start();
    let mut shown = Shown::default();
    let audit = MemoryAudit::new();
    let transport = ScriptedTransport::always(Step::answer(200, ANSWER).then_silence());
    let client = Client::builder(&VENDOR, BaseUrl::parse(BASE).unwrap())
        .credential(StaticCredential::bearer(TOKEN).unwrap())
        .audit(audit.clone())
        .transport(transport)
        .build()
        .unwrap();
    let call = Call::new(&UNSAFE).context(context()).body(Body::json(NOTE).unwrap());
    let limit = std::time::Duration::from_secs(1);
    let dropped = tokio::time::timeout(limit, client.send_raw(call)).await;
    assert!(dropped.is_err());
    shown.debug(&audit.records());
    assert_eq!(audit.records()[0].patient.as_ref().unwrap().expose(), PATIENT);
    assert_clean(&log.text(), "log");
    assert_clean(&shown.0, "shown");
}

#[test]
#[should_panic(expected = "log: ")]
fn the_search_finds_a_canary_where_there_is_one() {
    let log = Log::default();
    let _capture = log.start();
    tracing::trace!(note = NOTE, "something careless");
    assert_clean(&log.text(), "log");
}

#[test]
#[should_panic(expected = "encoded: ")]
fn the_search_finds_an_encoded_canary() {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(format!("a{NOTE}"));
    assert_clean(&encoded, "encoded");
}
