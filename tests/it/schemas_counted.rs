//! What clients count while they run: every client type, answers and the vendor's errors, and nothing of what is not the vendor's. The values of
//! the payloads here are canaries, of which no count and no event says a word.

use clinical_drift::Drift;
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::capture::Capture;
use clinical_tests::novamed::Work;
use clinical_tests::{clients, haidy, novamed};
use novamed_api::Revision;
use omniscribe_codify::CodifyRequest;

fn shown(drift: &Drift) -> Vec<String> {
    drift.counts().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_answers_have_and_types_do_not_name_is_counted_while_a_client_runs() {
    let answer = r#"{"final_code_assessments": [], "discarded_code_assessments": [], "run_id": "r", "canary_units": {"canary": 1}}"#;
    let transport = ScriptedTransport::always(Step::answer(200, answer));
    let codify = clients::scripted(&transport);
    for _ in 0..3 {
        codify.codify(&CodifyRequest::from("note")).await.unwrap();
    }
    assert_eq!(shown(codify.clone().drift()), ["CodifyResponse /canary_units: unknown field (object), 3 times"]);

    let created = r#"{"task_id":"abc123","queue":"canary"} "#;
    let transport = ScriptedTransport::new([
        Step::answer(200, created),
        Step::answer(200, r#"{"status":"CANARY_LINKING","percentage":5}"#),
        Step::answer(
            200,
            r#"{"status":"DONE","engine":"canary","result":{"clinical_records":[{"canary":1},{"canary":2}],"patient_metadata":{"gender":"canary"}}}"#,
        ),
    ]);
    let haidy = haidy::scripted(&transport).build().unwrap();
    haidy.structure("note").await.unwrap().wait().await.unwrap();
    let expected = [
        "HolisticPatient /clinical_records/*/canary: unknown field (integer), 2 times",
        "HolisticPatient /patient_metadata/gender: unknown value (string), 1 time",
        "Task /engine: unknown field (string), 1 time",
        "Task /status: unknown value (string), 1 time",
        "TaskCreated /queue: unknown field (string), 1 time",
    ];
    assert_eq!(shown(haidy.drift()), expected);

    let answer = format!(
        r#"{{"success":true,"data":{{"patient_id":"{}","canary":[]}},"message":"m","trace":"canary"}}"#,
        novamed::PATIENT
    );
    let transport = ScriptedTransport::always(Step::answer(200, answer));
    let client = novamed::scripted(&transport, Revision::V2026_01).build().unwrap();
    client.create_patient(&novamed::new_patient(Revision::V2026_01)).await.unwrap();
    let expected = [
        "PatientCreated /data/canary: unknown field (array), 1 time",
        "PatientCreated /trace: unknown field (string), 1 time",
    ];
    assert_eq!(shown(client.drift()), expected);
}

/// Nothing of ours, whatever it looks like: a proxy's page, and an error of somebody else's.
const STRANGERS: [&str; 3] = ["<html>canary</html>", r#"{"fault":{"canary":"canary"}}"#, r#"[{"canary":1}]"#];

#[tokio::test]
async fn what_a_vendors_error_has_more_is_counted_and_what_is_no_error_of_the_vendors_is_not() {
    let capture = Capture::start();
    let error = r#"{"success":false,"error":"Bad Request","details":"canary","canary_trace":["canary"]}"#;
    let codify = |body: &'static str| clients::scripted(&ScriptedTransport::always(Step::answer(400, body)));
    let client = codify(error);
    for _ in 0..2 {
        client.codify(&CodifyRequest::from("note")).await.unwrap_err();
    }
    assert_eq!(shown(client.drift()), ["CodifyError /canary_trace: unknown field (array), 2 times"]);

    let error = r#"{"detail":[{"loc":["body"],"msg":"canary","type":"missing","input":{"canary":1}}],"canary":7}"#;
    let transport = ScriptedTransport::new([
        Step::answer(422, error),
        Step::answer(200, r#"{"task_id":"abc123"}"#),
        Step::answer(404, r#"{"detail":"canary","canary":null}"#),
    ]);
    let client = haidy::scripted(&transport).build().unwrap();
    client.structure("note").await.unwrap_err();
    client.structure("note").await.unwrap().wait().await.unwrap_err();
    let expected = [
        "ErrorDetail /canary: unknown field (null), 1 time",
        "ErrorDetail /canary: unknown field (integer), 1 time",
        "ErrorDetail /detail/*/input: unknown field (object), 1 time",
    ];
    assert_eq!(shown(client.drift()), expected);

    let error = r#"{"success":false,"error":{"code":"canary","message":"canary","canary_id":"canary"},"canary":{}}"#;
    for revision in Revision::ALL.iter().copied() {
        for work in Work::all(revision) {
            let client = novamed::scripted(&ScriptedTransport::always(Step::answer(400, error)), revision).build();
            let client = client.unwrap();
            work.run(&client).await.unwrap_err();
            let expected = [
                "Error /canary: unknown field (object), 1 time",
                "Error /error/canary_id: unknown field (string), 1 time",
            ];
            assert_eq!(shown(client.drift()), expected, "{work:?} in {revision}");
        }
    }
    for body in STRANGERS {
        let client = codify(body);
        client.codify(&CodifyRequest::from("note")).await.unwrap_err();
        assert_eq!(shown(client.drift()), [""; 0], "{body}");
        let always = ScriptedTransport::always(Step::answer(422, body));
        let client = haidy::scripted(&always).build().unwrap();
        client.structure("note").await.unwrap_err();
        assert_eq!(shown(client.drift()), [""; 0], "{body}");
        let client = novamed::scripted(&always, Revision::V2026_01).build().unwrap();
        Work::Patient.run(&client).await.unwrap_err();
        assert_eq!(shown(client.drift()), [""; 0], "{body}");
    }
    let log = capture.text();
    let events: Vec<&str> = log.lines().filter(|line| line.contains("clinical_drift")).collect();
    assert!(events.len() >= 6 && !events.iter().any(|line| line.contains("canary")), "{events:?}");
}

#[test]
fn clients_without_async_count_as_the_others_do() {
    let error = r#"{"success":false,"error":"Bad Request","details":"canary","canary_trace":["canary"]}"#;
    let answer =
        r#"{"final_code_assessments": [], "discarded_code_assessments": [], "run_id": "r", "canary_units": 1}"#;
    let transport = ScriptedTransport::new([Step::answer(200, answer), Step::answer(400, error)]);
    let codify = clients::over(transport).build_blocking().unwrap();
    codify.codify(&CodifyRequest::from("note")).unwrap();
    codify.clone().codify(&CodifyRequest::from("note")).unwrap_err();
    let expected = [
        "CodifyError /canary_trace: unknown field (array), 1 time",
        "CodifyResponse /canary_units: unknown field (integer), 1 time",
    ];
    assert_eq!(shown(codify.drift()), expected);

    let answer = format!(r#"{{"success":true,"data":{{"patient_id":"{}","canary":[]}}}}"#, novamed::PATIENT);
    let transport = ScriptedTransport::always(Step::answer(200, answer));
    let client = novamed::scripted(&transport, Revision::V2026_01).build_blocking().unwrap();
    client.create_patient(&novamed::new_patient(Revision::V2026_01)).unwrap();
    assert_eq!(shown(client.clone().drift()), ["PatientCreated /data/canary: unknown field (array), 1 time"]);
}
