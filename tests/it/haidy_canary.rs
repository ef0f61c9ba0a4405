//! No string of a record, a file, an address, a token, a reference or a result is in any log, `Debug`, `Display`, error chain, audit record's
//! `Debug`, task token or file name of the store, under any fault, at TRACE. Each test shows that its capture catches what it should.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::{JumpingClock, MemoryAudit};
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use clinical_tests::capture::Capture;
use clinical_tests::haidy::{LONG, Together, start_with};
use clinical_tests::recorder::answer_all;
use haidy_analyst::legacy::{LegacyFile, UrlsEndpoint};
use haidy_analyst::tasks::Origin;
use haidy_analyst::{
    Bubble, Bundle, Config, Error, FhirOptions, Haidy, HaidyBuilder, HolisticPatient, Json, Language, Polling, Record,
    Structure, StructureText, Task, TaskResult, TaskToken, Transcript, Update,
};
use httpmock::MockServer;
use serde_json::json;

// What must not be seen. Lengths divisible by three, so that their base64 is part of the base64 of what holds them.
const NOTE: &str = "canarynoteaa";
const CONTENT: &str = "canarypdfbbb";
const NAME: &str = "canarynamecc";
const FOLDER: &str = "canarypathdd";
const TOKEN: &str = "canarytokene";
const DOCTOR: &str = "canarydoctor";
const PATIENT: &str = "canarypatien";
const ADDRESS: &str = "canaryurlfff";
const SPEECH: &str = "canaryspeech";
const EARLIER: &str = "canaryearlie";
const RESULT: &str = "canaryresult";
const REASON: &str = "canaryreason";
const ODD: &str = "canaryoddiii";
const CANARIES: [&str; 13] =
    [NOTE, CONTENT, NAME, FOLDER, TOKEN, DOCTOR, PATIENT, ADDRESS, SPEECH, EARLIER, RESULT, REASON, ODD];

/// A caller's reference, which a token holds on purpose.
const ID: &str = "123e4567-e89b-12d3-a456-426614174000";

fn assert_clean(what: &str, text: &str) {
    let lower = text.to_ascii_lowercase();
    for canary in CANARIES {
        assert!(!lower.contains(canary), "{what} shows {canary}");
        assert!(!text.contains(&STANDARD.encode(canary)), "{what} shows {canary} as base64");
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
    assert_debug_clean(&error.failure());
    assert_debug_clean(&error.body());
    assert_clean("the pointer", error.pointer().unwrap_or_default());
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

fn records(path: &Path) -> Vec<Record> {
    let content = std::fs::read(path).unwrap();
    let url = format!("http://127.0.0.1:9/{ADDRESS}?{ADDRESS}=1#{ADDRESS}");
    vec![
        Record::text(format!("{NOTE} Patient takes Lisinopril 10mg daily. {NOTE}")).id(ID),
        Record::document_path(path),
        Record::document_base64(&STANDARD.encode(&content)),
        Record::document_bytes(content),
        Record::audio_bytes(format!("ID3{SPEECH}")),
        Record::transcript(Transcript::new([Bubble::new(format!("{SPEECH} asthma"), 0.0, 1.0)])),
        Record::document_url(url),
    ]
}

fn earlier() -> HolisticPatient {
    let record = json!({"record_id": EARLIER, EARLIER: EARLIER, "record_structured": {"input_text": EARLIER}});
    let metadata = json!({"name": EARLIER, "gender": EARLIER, "birthday": EARLIER});
    let patient = json!({"patient_id": EARLIER, "clinical_records": [record], "patient_metadata": metadata});
    HolisticPatient::from_json(patient.to_string()).unwrap()
}

/// All but what is fetched, so that a task can end well, and with it.
fn requests(path: &Path) -> [Structure; 2] {
    let about = |records: Vec<Record>| Structure::new(records).doctor(DOCTOR).patient(PATIENT);
    let config = Config::new().output_language(Language::German).include_record_content(true);
    let mut few = records(path);
    few.truncate(1);
    [about(few).config(config), about(records(path)).holistic_patient(&earlier())]
}

fn watched(url: &str, audit: &MemoryAudit, store: &Path) -> HaidyBuilder {
    let audit = audit.clone();
    let (first, longest) = (Duration::from_secs(20), Duration::from_mins(1));
    let polling = Polling::default().first(first).longest(longest).deadline(LONG).in_memory(300_000);
    let builder = Haidy::builder()
        .base_url(url)
        .token(TOKEN)
        .results_in(store.join("results").join(FOLDER))
        .polling(polling)
        .seed(7);
    builder.http(|http| http.audit(audit).clock(JumpingClock::new()).seed(7))
}

/// Waits in every way, and looks at what comes out. Whether there was a result.
async fn follow<R: TaskResult + Debug>(haidy: &Haidy, task: Result<Task<R>, Error>) -> bool {
    let task = match task {
        Ok(task) => task,
        Err(error) => {
            assert_error_clean(&error);
            return false;
        }
    };
    assert_debug_clean(&task);
    assert_clean("the token", &serde_json::to_string(task.token()).unwrap());
    let mut watch = task.watch();
    assert_debug_clean(&watch);
    while let Some(update) = watch.next().await {
        assert_debug_clean(&update);
        match &update {
            Ok(Update::InProgress { status, .. }) => assert_clean("a status", status.as_str()),
            Err(error) => assert_error_clean(error),
            _ => {}
        }
    }
    let mut many = haidy.wait_many::<Json>([task.token().clone()]);
    assert_debug_clean(&many);
    assert_debug_clean(&many.next().await);
    match task.wait().await {
        Ok(result) => {
            assert_debug_clean(&result);
            true
        }
        Err(error) => {
            assert_error_clean(&error);
            if let Err(error) = haidy.ask_again(task.token()).await {
                assert_error_clean(&error);
            }
            false
        }
    }
}

/// Does everything that the client can. How many results there were.
#[allow(deprecated)]
async fn exercise(haidy: &Haidy, path: &Path) -> usize {
    static URLS: UrlsEndpoint = UrlsEndpoint::new("/v2/structure/documents/fhir/base64");
    assert_debug_clean(haidy);
    let mut good = 0;
    for request in requests(path) {
        assert_debug_clean(&request);
        good += usize::from(follow(haidy, haidy.structure(&request).await).await);
        good += usize::from(follow(haidy, haidy.structure_fhir(&request, FhirOptions::new()).await).await);
    }
    let text = StructureText::new([format!("{NOTE} asthma")]).doctor(DOCTOR);
    assert_debug_clean(&text);
    good += usize::from(follow(haidy, haidy.structure_text(text).await).await);
    let files = || [LegacyFile::path(format!("{NAME}.pdf"), path), LegacyFile::bytes(NAME, CONTENT)];
    assert_debug_clean(&files());
    let task = haidy_analyst::legacy::files_to_fhir_base64(haidy, files()).await;
    good += usize::from(follow(haidy, task).await);
    let urls = [format!("http://127.0.0.1:9/{ADDRESS}")];
    let bundle = Bundle::from_json(format!(r#"{{"resourceType":"Bundle","{EARLIER}":1}}"#)).unwrap();
    let task = haidy_analyst::legacy::urls_to_fhir(haidy, &URLS, &urls, Some(&bundle)).await;
    good += usize::from(follow(haidy, task).await);
    for entry in haidy.recover().await.unwrap() {
        assert_debug_clean(&entry);
    }
    haidy.drain().await;
    assert_debug_clean(haidy.tasks());
    good
}

/// The names below a store, and that what is in the files is what a caller may look for there.
fn assert_names_clean(root: &Path) -> usize {
    let mut count = 0;
    for item in std::fs::read_dir(root).unwrap() {
        let path = item.unwrap().path();
        assert_clean("a file name", path.file_name().unwrap().to_str().unwrap());
        count += 1;
        if path.is_dir() {
            count += assert_names_clean(&path);
        } else if ["journal", "token.json", "origin.json"].iter().any(|name| path.ends_with(name)) {
            assert_clean("what the store notes", &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    count
}

fn assert_log(capture: &Capture, at_least: &[&str]) {
    let log = capture.text();
    for expected in at_least {
        assert!(log.contains(expected), "the capture has caught nothing of {expected}");
    }
    assert_clean("the log", &log);
}

fn every_fault() -> Vec<FaultKind> {
    vec![
        FaultKind::Latency { millis: 0 },
        FaultKind::status(400),
        FaultKind::status(404),
        FaultKind::status(500),
        FaultKind::too_many_requests(RetryAfter::Raw { value: ODD.to_owned() }),
        FaultKind::Redirect { status: 307, location: format!("/{ODD}?{ODD}#{ODD}") },
        FaultKind::ResetBeforeResponse,
        FaultKind::ResetAfterHeaders,
        FaultKind::ResetAfterBody { bytes: 100 },
        FaultKind::TruncatedBody { bytes: 100 },
        FaultKind::ContentLengthTooLong { extra: 5 },
        FaultKind::BadChunk,
        FaultKind::ContentType { value: ODD.to_owned() },
        FaultKind::DuplicateKeys,
        FaultKind::InvalidJson,
        FaultKind::OversizedBody { mebibytes: 1, chunked: true },
        FaultKind::StopReading { bytes: 5 },
    ]
}

#[tokio::test]
async fn nothing_shows_under_any_fault_of_the_sandbox() {
    let capture = Capture::start();
    let audit = MemoryAudit::new();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let (mut good, mut rounds) = (0, 0);
    for kind in every_fault() {
        for on in ["tasks", "any"] {
            let sandbox = Sandbox::builder().token(TOKEN).manual_clock().start().await.unwrap();
            sandbox.inject(Fault::new(kind.clone()).on(on).every()).unwrap();
            let clock = Together::with(&sandbox);
            let builder = watched(sandbox.url(), &audit, folder.path()).http(|http| http.clock(clock));
            assert_debug_clean(&builder);
            good += exercise(&builder.build().unwrap(), &path).await;
            rounds += 1;
        }
    }
    assert!(good >= 10, "{good} results in {rounds} rounds");
    let records = audit.records();
    assert!(records.len() >= 300, "{} audit records", records.len());
    for record in &records {
        assert_debug_clean(record);
    }
    // The record does hold whom the call was about, for the sink that asks by name.
    assert!(records.iter().any(|record| record.doctor.as_ref().is_some_and(|id| id.expose() == DOCTOR)));
    assert!(assert_names_clean(&folder.path().join("results").join(FOLDER)) > 100);
    assert_log(&capture, &["clinical_http", "clinical_tasks", "hyper_util", "call failed"]);
}

#[tokio::test]
async fn nothing_shows_of_a_422_in_any_shape() {
    let capture = Capture::start();
    let folder = tempfile::tempdir().unwrap();
    for shape in ["pydantic-v1", "pydantic-v2", "text"] {
        let sandbox = start_with("validation_shape", shape).await;
        let haidy = watched(sandbox.url(), &MemoryAudit::new(), folder.path()).token(sandbox.token().to_owned());
        let haidy = haidy.build().unwrap();
        // The older form of pydantic and the newer one repeat what was sent.
        let config = Config::new().output_language(Language::Other(ODD.to_owned()));
        let error = haidy.structure(Structure::new([Record::text(NOTE)]).config(config)).await.unwrap_err();
        assert_eq!(error.status(), Some(422));
        assert_error_clean(&error);
    }
    assert_log(&capture, &["clinical_http", "call failed"]);
}

#[tokio::test]
async fn nothing_shows_of_what_the_vendor_writes() {
    let capture = Capture::start();
    let audit = MemoryAudit::new();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let detail = json!([{"loc": ["body", ODD, 0], "msg": format!("{REASON} {NOTE}"), "type": ODD, "input": NOTE}]);
    let failed = json!({"error": REASON, "details": format!("{REASON} {NOTE}"), ODD: ODD});
    let patient = json!({"patient_id": RESULT, "clinical_records": [{ODD: RESULT, "content": RESULT}], ODD: RESULT});
    let task = |status: &str, result: serde_json::Value| {
        json!({"task_id": "abc123", "status": status, "result": result, "additional_info": failed}).to_string()
    };
    let answers = [
        (200, task("DONE", patient)),
        (200, task("DONE", json!({"resourceType": "Bundle", "type": RESULT, "entry": [{"fullUrl": RESULT}]}))),
        (200, task("DONE", json!({"patient_id": {ODD: RESULT}}))),
        (200, task("DONE", json!({"clinical_records": [{"content_hash": [RESULT]}]}))),
        (200, task("DONE", json!({"clinical_records": {ODD: RESULT}, "resourceType": RESULT}))),
        (200, task("FAILED", json!(RESULT))),
        (200, json!({"task_id": "another", "status": "DONE", "result": {"patient_id": RESULT}}).to_string()),
        (200, json!({"status": format!("{ODD} {ODD}"), "result": RESULT}).to_string()),
        (200, json!({"status": ["DONE"], "result": RESULT}).to_string()),
        (200, format!("{{\"{RESULT}")),
        (200, format!("{RESULT}\n")),
        (400, json!({"detail": format!("{REASON} {NOTE}")}).to_string()),
        (404, json!({ "detail": detail }).to_string()),
        (422, json!({ "detail": detail }).to_string()),
        (422, format!("<html>{REASON}</html>")),
        (503, REASON.to_owned()),
    ];
    let mut results = 0;
    for (number, (status, body)) in answers.into_iter().enumerate() {
        let server = MockServer::start_async().await;
        let headers = [("x-odd", ODD), ("set-cookie", ODD), ("server", ODD), ("retry-after", "1")];
        let (mock, _) = answer_all(&server, status, &headers, &body).await;
        // As the answer to a new task, and then to all else.
        let store = folder.path().join(number.to_string());
        exercise(&watched(&server.base_url(), &audit, &store).build().unwrap(), &path).await;
        // As the first answer to a question.
        for operation in ["structure", "structure_fhir"] {
            let store = folder.path().join(format!("{number} {operation}"));
            let haidy = watched(&server.base_url(), &audit, &store).build().unwrap();
            let origin = Origin::new("haidy", haidy.tasks().client().server(), operation);
            let token = TaskToken::new(origin, "abc123").unwrap();
            let good = match operation {
                "structure" => follow(&haidy, haidy.resume::<HolisticPatient>(token)).await,
                _ => follow(&haidy, haidy.resume::<Bundle>(token)).await,
            };
            results += usize::from(good);
            assert!(assert_names_clean(&store.join("results").join(FOLDER)) >= 3);
        }
        assert!(mock.calls_async().await >= 2);
    }
    assert!(results >= 2, "{results} results were looked at");
    for record in audit.records() {
        assert_debug_clean(&record);
    }
    assert_log(&capture, &["clinical_http", "hyper_util", "attempt ended"]);
}

#[tokio::test]
async fn the_audit_file_holds_whom_it_was_about_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (path, trail) = (file(folder.path()), folder.path().join("audit.jsonl"));
    let sandbox = Sandbox::builder().token(TOKEN).manual_clock().start().await.unwrap();
    let (clock, audit) = (Together::with(&sandbox), clinical_audit::FileAudit::open(&trail).unwrap());
    let builder = watched(sandbox.url(), &MemoryAudit::new(), folder.path());
    let haidy = builder.http(|http| http.clock(clock).audit(audit)).build().unwrap();
    assert!(exercise(&haidy, &path).await >= 3);
    drop(haidy);
    let text = std::fs::read_to_string(&trail).unwrap();
    assert!(text.contains(DOCTOR) && text.contains(PATIENT) && text.lines().count() > 20);
    assert_clean("the audit file", &text.replace(DOCTOR, "").replace(PATIENT, ""));
}

#[tokio::test]
async fn nothing_shows_of_what_is_refused_before_it_is_sent() {
    let capture = Capture::start();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let haidy = watched("http://127.0.0.1:9", &MemoryAudit::new(), folder.path()).build().unwrap();
    let text = || Record::text(NOTE);
    let wrong = [
        Structure::new([Record::text(" ")]),
        Structure::new([text().id(NAME)]),
        Structure::new([Record::document_url(format!("ftp://{ADDRESS}/{ADDRESS}"))]),
        Structure::new([Record::document_url(format!("https://{ADDRESS}:{ADDRESS}@host.example/"))]),
        Structure::new([Record::audio_url(format!("{ADDRESS} {ADDRESS}"))]),
        Structure::new([Record::document_bytes(CONTENT)]),
        Structure::new([Record::document_base64(&format!("data:{CONTENT}"))]),
        Structure::new([Record::document_base64(&format!("{CONTENT}!"))]),
        Structure::new([Record::audio_path(&path)]),
        Structure::new([Record::document_path(path.with_file_name(format!("{NAME}-missing.pdf")))]),
        Structure::new([Record::document_path(path.parent().unwrap())]),
        Structure::new([Record::transcript(Transcript::new([Bubble::new(SPEECH, 2.0, 1.0)]))]),
        Structure::new([text()]).config(Config::new().structure_engine_version(ODD)),
        Structure::new([text()]).config(Config::new().output_language(Language::Other(format!("{ODD}\n")))),
        Structure::new([text()]).doctor(format!("{DOCTOR}\r\n")),
        Structure::new([text()]).patient(format!("{PATIENT}ñ")),
    ];
    for request in wrong {
        let error = haidy.structure(&request).await.unwrap_err();
        assert!(error.attempts() == 0 && error.field().is_some(), "{error}");
        assert_error_clean(&error);
    }
    assert_error_clean(&HolisticPatient::from_json(format!("{{\"patient_id\":[\"{EARLIER}\"]}}")).unwrap_err());
    assert_error_clean(&HolisticPatient::from_json(EARLIER).unwrap_err());
    assert_error_clean(&Bundle::from_json(format!("{{\"resourceType\":\"{EARLIER}\"}}")).unwrap_err());
    let builders = [
        Haidy::builder().base_url("https://haidy.example").token(format!("{TOKEN}\n{TOKEN}")),
        Haidy::builder().base_url(format!("http://{TOKEN}.example/{TOKEN}")).token(TOKEN),
        Haidy::builder().base_url(format!("https://{TOKEN}:{TOKEN}@host.example/")).token(TOKEN),
        Haidy::builder().base_url("https://host.example").token(TOKEN).results_in(&path),
    ];
    for builder in builders {
        assert_debug_clean(&builder);
        assert_error_clean(&builder.build().unwrap_err());
    }
    assert_clean("the log", &capture.text());
}

#[test]
fn a_canary_in_an_event_or_a_file_name_is_caught() {
    let capture = Capture::start();
    tracing::trace!(token = TOKEN, "an event");
    log::trace!("a record of {DOCTOR}");
    let log = capture.text();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(NAME), "").unwrap();
    let caught = |text: &str| std::panic::catch_unwind(|| assert_clean("this", text)).is_err();
    assert!(log.contains(TOKEN) && log.contains(DOCTOR) && caught(&log));
    assert!(caught(&STANDARD.encode(CONTENT)) && caught(&format!("{:?}", b"canary")) && !caught("nothing to see"));
    let names = std::panic::catch_unwind(|| assert_names_clean(folder.path()));
    assert!(names.is_err());
}
