//! From a call to a task, against scripted answers: what is sent, how often, and what an error says.

use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Delivery, ErrorKind};
use clinical_long_tasks::{Origin, State};

use super::*;
use crate::scripted::{BUNDLE, CREATED, CREATED_2, CREATED_3, DONE, RUNNING, haidy, script, sent};
use crate::{Json, Kind, Record};

#[tokio::test]
async fn the_simple_case_submits_asks_and_returns_the_result() {
    let transport = script(&[CREATED, RUNNING, DONE]);
    let haidy = haidy(&transport);
    let patient = haidy.structure("note").await.unwrap().wait().await.unwrap();
    assert_eq!((patient.patient_id(), patient.as_json()), (Some("p1"), r#"{"patient_id":"p1","x":1.00}"#));
    let ask = ("/v2/tasks".to_owned(), serde_json::json!({"task_id": "abc123"}));
    let create = serde_json::json!({"new_records": [{"source": {"type": "plain_text", "text": "note"}}]});
    assert_eq!(sent(&transport), [("/v2/structure".to_owned(), create), ask.clone(), ask]);
    for request in transport.requests() {
        assert_eq!(
            (request.method.as_str(), &request.headers["authorization"]),
            ("POST", &"Bearer secret".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn each_operation_has_its_path_and_its_result() {
    let transport = script(&[CREATED, BUNDLE]);
    let options = FhirOptions::new().include_patient(false).include_data(true);
    let bundle = haidy(&transport).structure_fhir("note", options).await.unwrap().wait().await.unwrap();
    assert_eq!(bundle.as_json(), r#"{"resourceType":"Bundle"}"#);
    assert_eq!(sent(&transport)[0].0, "/v2/structure/fhir?include_patient=false&include_data=true");

    let transport = script(&[CREATED_2, CREATED, DONE]);
    let haidy = haidy(&transport);
    let _ = haidy.structure_fhir("note", FhirOptions::new()).await.unwrap();
    let task = haidy.structure_text(["a", "b"]).await.unwrap();
    assert_eq!(task.wait().await.unwrap().patient_id(), Some("p1"));
    assert_eq!(sent(&transport)[0].0, "/v2/structure/fhir");
    assert_eq!(sent(&transport)[1], ("/v2/structure/text".to_owned(), serde_json::json!({"inputs": ["a", "b"]})));
}

#[tokio::test]
async fn a_token_tells_where_the_task_is_and_which_records_it_was() {
    let id = "123e4567-e89b-12d3-a456-426614174000";
    let haidy = haidy(&script(&[CREATED]));
    let task = haidy.structure([Record::text("a"), Record::text("b").id(id)]).await.unwrap();
    let token = task.token();
    assert_eq!((token.task(), token.vendor(), token.operation()), ("abc123", "haidy", "structure"));
    assert_eq!((token.server(), token.references()), ("https://haidy.example:443", &[id.to_owned()][..]));
    assert!(!format!("{haidy:?} {task:?}").contains("secret"));
    let haidy = self::haidy(&script(&[CREATED]));
    let task = haidy.structure_fhir(Record::text("b").id(id), FhirOptions::new()).await.unwrap();
    assert_eq!((task.token().operation(), task.token().references()), ("structure_fhir", &[id.to_owned()][..]));
}

#[tokio::test]
async fn who_asked_is_in_the_audit_record_and_not_in_the_request() {
    let (transport, audit) = (script(&[CREATED, CREATED_2, CREATED_3]), MemoryAudit::new());
    let (plays, sink) = (transport.clone(), audit.clone());
    let builder = Haidy::builder().base_url("http://127.0.0.1:9").token("t").accept_loss();
    let haidy = builder.http(|http| http.transport(plays).audit(sink)).build().unwrap();
    let _ = haidy.structure(Structure::from("note").doctor("dr_123").patient("pt_456")).await.unwrap();
    let _ = haidy.structure_text(StructureText::from("note").doctor("dr_123").patient("pt_456")).await.unwrap();
    let named = Structure::from("note").doctor("dr_123").patient("pt_456");
    let _ = haidy.structure_fhir(&named, FhirOptions::new()).await.unwrap();
    for record in audit.records() {
        assert_eq!(record.vendor_reference.as_ref().unwrap().expose().len(), 6);
        assert!(format!("{:?}", record.doctor).contains("Some") && format!("{:?}", record.patient).contains("Some"));
    }
    for request in transport.requests() {
        assert!(!format!("{request:?}").contains("dr_123") && !format!("{request:?}").contains("pt_456"));
    }
    assert_eq!(haidy.structure(Structure::from("n").doctor("a\nb")).await.unwrap_err().field(), Some("x-doctor"));
    assert_eq!(audit.records().len(), 3);
}

#[tokio::test]
async fn a_create_is_repeated_only_if_no_task_can_have_come_of_it() {
    let transport = ScriptedTransport::new([
        Step::fail(Failure::Connect, Delivery::NotSent),
        Step::answer(429, "").header("retry-after", "1"),
        Step::answer(200, CREATED),
    ]);
    let _ = haidy(&transport).structure("note").await.unwrap();
    assert_eq!(transport.requests().len(), 3);

    for unclear in [
        Step::answer(500, ""),
        Step::fail(Failure::Interrupted, Delivery::Unknown),
        Step::answer(200, "{").then_break(),
    ] {
        let transport = ScriptedTransport::always(unclear);
        let haidy = haidy(&transport);
        let error = haidy.structure("note").await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::SubmissionUnknown, true), "{error}");
        assert_eq!((transport.requests().len(), error.attempts()), (1, 1));
        // It is on record, for a person to look at.
        assert_eq!(haidy.recover().await.unwrap()[0].state, State::Submitting);
    }
}

#[tokio::test]
async fn a_create_that_is_refused_made_nothing_and_says_why() {
    let detail = r#"{"detail":[{"loc":["body","new_records",0],"msg":"canary","type":"missing"}]}"#;
    let table = [
        (400, ErrorKind::Rejected),
        (401, ErrorKind::Credentials),
        (403, ErrorKind::Forbidden),
        (413, ErrorKind::TooLarge),
        (422, ErrorKind::Rejected),
    ];
    for (status, kind) in table {
        let step = Step::answer(status, detail).header("x-request-id", "req-1");
        let haidy = haidy(&ScriptedTransport::always(step));
        let error = haidy.structure("note").await.unwrap_err();
        assert_eq!((error.kind(), error.cause_kind(), error.status()), (Kind::Call(kind), Some(kind), Some(status)));
        assert_eq!((error.may_have_been_processed(), error.delivery()), (false, Delivery::Answered));
        assert_eq!((error.attempts(), error.attempt_log().len(), error.request_id()), (1, 1, Some("req-1")));
        assert!(error.token().is_none() && error.failure().is_none() && error.call().is_some());
        let details = error.details().unwrap();
        assert_eq!(details.expose()[0].loc.as_deref(), Some("/body/new_records/0"));
        assert_eq!(error.body().unwrap().expose(), detail);
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert!(haidy.recover().await.unwrap().is_empty());
    }
    let throttled = ScriptedTransport::always(Step::answer(429, "").header("retry-after", "3000"));
    let error = haidy(&throttled).structure("note").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Call(ErrorKind::Throttled));
    assert_eq!(error.retry_after().unwrap().as_secs(), 3000);
}

#[tokio::test]
async fn a_bad_record_is_refused_before_anything_is_sent_or_put_on_record() {
    let transport = script(&[]);
    let haidy = haidy(&transport);
    let error = haidy.structure(Record::document_bytes("canary")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (Kind::Call(ErrorKind::InvalidInput), Some("new_records[].source.base64"))
    );
    assert_eq!((error.attempts(), error.delivery(), error.may_have_been_processed()), (0, Delivery::NotSent, false));
    let fhir = haidy.structure_fhir(vec![], FhirOptions::new()).await.unwrap_err();
    let text = haidy.structure_text(" ").await.unwrap_err();
    assert_eq!((fhir.field(), text.field()), (Some("new_records"), Some("inputs")));
    assert!(transport.requests().is_empty() && haidy.recover().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_created_task_without_a_usable_id_is_an_unclear_submission() {
    for body in ["{}", "", r#"{"task_id":""}"#, r#"{"task_id":7}"#] {
        let error = haidy(&script(&[body])).structure("note").await.unwrap_err();
        assert_eq!((error.kind(), error.cause_kind()), (Kind::SubmissionUnknown, Some(ErrorKind::Decode)), "{body}");
        assert!(error.may_have_been_processed());
    }
}

#[tokio::test]
async fn a_token_is_resumed_only_where_it_belongs() {
    let transport = script(&[BUNDLE]);
    let haidy = haidy(&transport);
    let token = |vendor, server, operation| TaskToken::new(Origin::new(vendor, server, operation), "abc123").unwrap();
    let here = "https://haidy.example:443";
    for (vendor, server, rule) in
        [("novamed", here, "another vendor"), ("haidy", "https://other.example:443", "another server")]
    {
        let error = haidy.resume::<Json>(token(vendor, server, "structure")).unwrap_err();
        assert!(error.to_string().contains(rule) && error.field() == Some("task token"), "{error}");
    }
    for operation in ["structure", "structure_text"] {
        assert!(haidy.resume::<HolisticPatient>(token("haidy", here, operation)).is_ok());
        assert!(
            haidy.resume::<Bundle>(token("haidy", here, operation)).unwrap_err().to_string().contains("another kind")
        );
    }
    for operation in ["structure_fhir", "structure_documents_fhir_base64", "structure_documents_fhir_urls"] {
        assert!(haidy.resume::<Bundle>(token("haidy", here, operation)).is_ok());
        assert!(haidy.resume::<HolisticPatient>(token("haidy", here, operation)).is_err());
        assert!(haidy.resume::<Json>(token("haidy", here, operation)).is_ok());
    }
    let json = haidy.resume::<Json>(token("haidy", here, "of next year")).unwrap().wait().await.unwrap();
    assert_eq!(json.as_json(), r#"{"resourceType":"Bundle"}"#);
}

#[test]
fn a_create_is_never_repeated_blindly_and_a_question_may_destroy_what_it_reads() {
    static URLS: crate::legacy::UrlsEndpoint = crate::legacy::UrlsEndpoint::new("/v2/x");
    for create in [&STRUCTURE, &STRUCTURE_FHIR, &STRUCTURE_TEXT, &crate::legacy::FILES, URLS.operation()] {
        assert_eq!((create.effect(), create.method()), (Effect::Unsafe, Method::Post), "{}", create.name());
    }
    // Which also gives it a connection of its own, and no limit of time while the result comes.
    assert_eq!((answer::TASKS.effect(), answer::TASKS.path()), (Effect::ReadOnce, "/v2/tasks"));
}

#[tokio::test]
async fn a_task_that_was_made_is_not_denied_because_its_record_failed() {
    // The store has another submission's entry under that name.
    let haidy = haidy(&script(&[CREATED, CREATED]));
    let first = haidy.structure("note").await.unwrap();
    let error = haidy.structure("note").await.unwrap_err();
    assert_eq!((error.kind(), error.token().unwrap().task()), (Kind::Store, first.token().task()));
    assert_eq!((error.may_have_been_processed(), error.delivery()), (true, Delivery::Answered));
}

#[test]
fn what_waits_can_move_between_threads() {
    fn movable<T: Send>(_: &T) {}
    fn shared<T: Send + Sync + 'static>() {}
    shared::<(Error, Haidy, HolisticPatient, Bundle, Json, Structure, StructureText, Task<Bundle>)>();
    let haidy = haidy(&script(&[]));
    movable(&haidy.structure("note"));
    movable(&haidy.structure_fhir(vec![Record::document_path("x")], FhirOptions::new()));
    movable(&haidy.wait_many::<Json>([]));
    let token = TaskToken::new(Origin::new("haidy", "https://haidy.example:443", "structure"), "1").unwrap();
    let task = haidy.resume::<HolisticPatient>(token).unwrap();
    movable(&task.wait());
    movable(&task.watch());
}
