//! No string of a record, a file, an address, a token, a reference or a result is in any log, `Debug`, `Display`, error chain, audit record's
//! `Debug`, task token or file name of the store, under any fault, at TRACE. Each test shows that its capture catches what it should.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::MemoryAudit;
use clinical_sandbox::{Fault, Sandbox};
use clinical_tests::capture::Capture;
use clinical_tests::haidy::{Together, start_with};
use clinical_tests::recorder::answer_all;
use haidy_analyst::tasks::Origin;
use haidy_analyst::{
    Bubble, Bundle, Config, Haidy, HolisticPatient, Language, Record, Structure, TaskToken, Transcript,
};
use httpmock::MockServer;
use serde_json::json;

use crate::canary::every_fault;
use crate::haidy_exercise::{
    ADDRESS, CONTENT, DOCTOR, EARLIER, FOLDER, NAME, NOTE, ODD, PATIENT, REASON, RESULT, SPEECH, TOKEN, assert_clean,
    assert_debug_clean, assert_error_clean, assert_log, assert_names_clean, exercise, file, follow, watched,
};

#[tokio::test]
async fn nothing_shows_under_any_fault_of_the_sandbox() {
    let capture = Capture::start();
    let audit = MemoryAudit::new();
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path());
    let (mut good, mut rounds) = (0, 0);
    for kind in every_fault(ODD, 5) {
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
    assert_log(&capture, &["clinical_http", "clinical_long_tasks", "hyper_util", "call failed"]);
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
