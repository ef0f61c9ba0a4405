//! What is refused, with which status, in which shape, and at which place.

use clinical_sandbox::switches::Switches;
use clinical_sandbox::{Sandbox, contract};
use serde_json::{Value, json};

use super::{bytes, post, text};
use crate::wire::{exchange, request, split, start};

async fn with(name: &str, position: &str) -> Sandbox {
    let mut switches = Switches::default();
    switches.set(name, position).unwrap();
    Sandbox::builder().manual_clock().switches(switches).start().await.unwrap()
}

fn source(source: &Value) -> Value {
    json!({"new_records": [{"source": {"type": "plain_text", "text": "good"}}, {"source": source}]})
}

fn bubble(bubble: &Value) -> Value {
    source(&json!({"type": "audio", "transcript": {"bubbles": [bubble]}}))
}

fn config(name: &str, value: &Value) -> Value {
    json!({"new_records": [], "config": {name: value}})
}

/// The places and types of a 422, as `body.new_records: value_error.missing`.
fn told(body: &Value) -> Vec<String> {
    let line = |problem: &Value| {
        let loc = problem["loc"].as_array().unwrap().iter();
        let loc: Vec<String> = loc.map(|step| step.as_str().map_or(step.to_string(), str::to_owned)).collect();
        format!("{}: {}", loc.join("."), problem["type"].as_str().unwrap())
    };
    body["detail"].as_array().unwrap().iter().map(line).collect()
}

#[tokio::test]
async fn each_broken_rule_is_told_with_its_place_and_nothing_is_processed() {
    let sandbox = start().await;
    let at = "body.new_records.1.source";
    let cases = [
        (json!({}), "body.new_records: value_error.missing".to_owned()),
        (json!([]), "body: type_error.dict".to_owned()),
        (json!({"new_records": 7}), "body.new_records: type_error.list".to_owned()),
        (json!({"new_records": [7]}), "body.new_records.0: type_error.dict".to_owned()),
        (json!({"new_records": [{}]}), "body.new_records.0.source: value_error.missing".to_owned()),
        (source(&json!(7)), format!("{at}: type_error.dict")),
        (source(&json!({"text": "x"})), format!("{at}.type: value_error.missing")),
        (source(&json!({"type": "Document", "url": "x"})), format!("{at}.type: value_error")),
        (source(&json!({"type": "plain_text"})), format!("{at}.text: value_error.missing")),
        (source(&json!({"type": "plain_text", "text": 7})), format!("{at}.text: type_error.str")),
        (source(&json!({"type": "plain_text", "text": "x", "url": "y"})), format!("{at}.url: value_error")),
        (source(&json!({"type": "document"})), format!("{at}: value_error")),
        (source(&json!({"type": "document", "url": "x", "base64": "eA=="})), format!("{at}: value_error")),
        (source(&json!({"type": "document", "text": "x"})), format!("{at}.text: value_error")),
        (source(&json!({"type": "document", "url": ""})), format!("{at}.url: value_error")),
        (source(&json!({"type": "document", "base64": ""})), format!("{at}.base64: value_error")),
        (source(&json!({"type": "document", "base64": null})), format!("{at}.base64: type_error.str")),
        (source(&json!({"type": "document", "base64": "JVBERi0"})), format!("{at}.base64: value_error")),
        (source(&json!({"type": "document", "base64": "JV\nBERi0="})), format!("{at}.base64: value_error")),
        (
            source(&json!({"type": "document", "base64": "data:application/pdf;base64,eA=="})),
            format!("{at}.base64: value_error"),
        ),
        (source(&json!({"type": "audio", "transcript": {"bubbles": []}, "url": "x"})), format!("{at}: value_error")),
        (source(&json!({"type": "audio", "transcript": []})), format!("{at}.transcript: type_error.dict")),
        (source(&json!({"type": "audio", "transcript": {}})), format!("{at}.transcript.bubbles: value_error.missing")),
        (bubble(&json!({"text": "x", "start": 0})), format!("{at}.transcript.bubbles.0.end: value_error.missing")),
        (
            bubble(&json!({"text": "x", "start": "0", "end": 1})),
            format!("{at}.transcript.bubbles.0.start: type_error.float"),
        ),
        (bubble(&json!({"text": "x", "start": -1, "end": 1})), format!("{at}.transcript.bubbles.0.start: value_error")),
        (
            json!({"new_records": [{"record_id": "7", "source": {"type": "plain_text", "text": "x"}}]}),
            "body.new_records.0.record_id: value_error".to_owned(),
        ),
        (json!({"new_records": [], "holistic_patient": []}), "body.holistic_patient: type_error.dict".to_owned()),
        (json!({"new_records": [], "config": null}), "body.config: type_error.dict".to_owned()),
        (config("output_language", &json!("es")), "body.config.output_language: value_error".to_owned()),
        (
            config("structure_engine_version", &json!("1.0")),
            "body.config.structure_engine_version: value_error".to_owned(),
        ),
        (
            config("structure_engine_version", &json!(1)),
            "body.config.structure_engine_version: type_error.str".to_owned(),
        ),
        (
            config("include_record_content", &json!("true")),
            "body.config.include_record_content: type_error.bool".to_owned(),
        ),
        (
            config("record_metadata_profiles", &json!("x")),
            "body.config.record_metadata_profiles: type_error.list".to_owned(),
        ),
    ];
    for path in ["/v2/structure", "/v2/structure/fhir"] {
        for (body, wanted) in &cases {
            let answer = post(&sandbox, path, body).await;
            assert_eq!(answer.status, 422, "{body}");
            assert_eq!(told(&answer.json()), [wanted.as_str()], "{body}");
            assert_eq!(contract::response_errors("structure", 422, &answer.json()), []);
        }
    }
    assert_eq!((sandbox.ledger().entries.len(), sandbox.tasks().len()), (0, 0));
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let sandbox = start().await;
    let body = json!({"new_records": [{"source": {"type": "document"}}, {}], "config": {"output_language": 7}});
    let answer = post(&sandbox, "/v2/structure/fhir?include_data=1", &body).await;
    let found = told(&answer.json());
    assert_eq!(found.len(), 5, "{found:?}");
    assert!(found.contains(&"query.include_data: type_error.bool".to_owned()));
    let many = json!({"new_records": vec![json!({"source": 7}); 100]});
    assert_eq!(told(&post(&sandbox, "/v2/structure", &many).await.json()).len(), 20);
}

#[tokio::test]
async fn the_guides_sample_of_a_422_is_given_word_for_word() {
    let sandbox = start().await;
    let sample = json!({"detail": [
        {"loc": ["body", "new_records"], "msg": "field required", "type": "value_error.missing"}
    ]});
    assert_eq!(post(&sandbox, "/v2/structure", &json!({})).await.json(), sample);
}

#[tokio::test]
async fn a_422_has_the_shape_that_the_switch_says() {
    let body = json!({"new_records": [{"source": {"type": "plain_text"}}]});
    let two = post(&with("validation_shape", "pydantic-v2").await, "/v2/structure", &body).await.json();
    let loc = json!(["body", "new_records", 0, "source", "text"]);
    assert_eq!(two["detail"][0], json!({"loc": loc, "msg": "Field required", "type": "missing", "input": null}));
    let plain = post(&with("validation_shape", "text").await, "/v2/structure", &body).await;
    assert_eq!(plain.json(), json!({"detail": "body.new_records.0.source.text: field required"}));
    assert_eq!(contract::response_errors("structure", 422, &plain.json()), []);
}

#[tokio::test]
async fn a_body_that_is_no_json_or_not_declared_as_such_is_a_422() {
    let sandbox = start().await;
    let token = format!("Bearer {}", sandbox.token());
    let send = async |content_type: &str, body: &[u8]| {
        let headers = [("authorization", token.as_str()), ("content-type", content_type)];
        let answer = split(exchange(&sandbox, &request("POST", "/v2/structure", &headers, body)).await);
        (answer.status, told(&answer.json()))
    };
    assert_eq!(send("application/json", b"{\"new").await, (422, vec!["body.0: value_error.jsondecode".to_owned()]));
    let good = text("x").to_string();
    assert_eq!(send("text/plain", good.as_bytes()).await, (422, vec!["body: type_error.dict".to_owned()]));
}

#[tokio::test]
async fn a_refusal_never_repeats_what_was_sent() {
    for position in ["pydantic-v1", "pydantic-v2", "text"] {
        let sandbox = with("validation_shape", position).await;
        let body = json!({"new_records": [
            {"record_id": "CANARY", "source": {"type": "CANARY", "CANARY": 1}},
            {"source": {"type": "document", "base64": "CANARY!", "CANARY": "CANARY"}},
        ], "config": {"output_language": "CANARY", "structure_engine_version": "CANARY"}, "CANARY": 1});
        let answer = post(&sandbox, "/v2/structure/fhir?include_data=CANARY", &body).await;
        assert_eq!(answer.status, 422);
        assert!(!String::from_utf8_lossy(&answer.body).contains("CANARY"));
    }
}

#[tokio::test]
async fn only_a_known_bearer_token_opens_any_of_the_endpoints() {
    let sandbox = start().await;
    let paths = ["/v2/structure", "/v2/structure/fhir", "/v2/structure/text", "/v2/tasks"];
    for path in paths.into_iter().chain(["/v2/structure/documents/fhir/base64"]) {
        for headers in [&[][..], &[("authorization", "Bearer another")]] {
            let answer = split(exchange(&sandbox, &request("POST", path, headers, b"{}")).await);
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(contract::response_errors("tasks", 401, &answer.json()), []);
        }
    }
    let body_first = with("check_order", "body-first").await;
    let unnamed = request("POST", "/v2/structure", &[], b"{}");
    assert_eq!(split(exchange(&body_first, &unnamed).await).status, 422);
}

#[tokio::test]
async fn a_poll_without_a_task_id_is_refused_and_takes_nothing() {
    let sandbox = start().await;
    for (body, wanted) in [
        (json!({}), "body.task_id: value_error.missing"),
        (json!({"task_id": 7}), "body.task_id: type_error.str"),
        (json!({"task_id": ""}), "body.task_id: value_error"),
    ] {
        let answer = post(&sandbox, "/v2/tasks", &body).await;
        assert_eq!((answer.status, told(&answer.json())), (422, vec![wanted.to_owned()]));
    }
    let large = json!({"task_id": "x".repeat(70_000)});
    assert_eq!(post(&sandbox, "/v2/tasks", &large).await.status, 413);
}

#[tokio::test]
async fn texts_are_a_list_of_strings() {
    let sandbox = start().await;
    for (body, wanted) in [
        (json!({}), "body.inputs: value_error.missing"),
        (json!({"inputs": "x"}), "body.inputs: type_error.list"),
        (json!({"inputs": ["x", 7]}), "body.inputs.1: type_error.str"),
        (json!({"inputs": [], "config": {"output_language": "es"}}), "body.config.output_language: value_error"),
    ] {
        let answer = post(&sandbox, "/v2/structure/text", &body).await;
        assert_eq!((answer.status, told(&answer.json())), (422, vec![wanted.to_owned()]));
    }
}

#[tokio::test]
async fn the_deprecated_endpoint_refuses_with_400_and_unreadable_files_with_422() {
    let sandbox = start().await;
    let path = "/v2/structure/documents/fhir/base64";
    let file = |name: Value, data: Value| json!({"files": [{"file_name": name, "file_base64": data}]});
    for (body, status) in [
        (json!({}), 400),
        (json!({"files": "x"}), 400),
        (json!({"files": [7]}), 400),
        (file(json!(7), json!("JVBERi0=")), 400),
        (file(json!("a.pdf"), json!(7)), 400),
        (file(json!("a.pdf"), json!("JVBERi0")), 400),
        (file(json!("a.pdf"), json!("data:x;base64,eA==")), 400),
        (file(json!("a.doc"), json!("bm8gZG9jdW1lbnQ=")), 422),
    ] {
        let answer = post(&sandbox, path, &body).await;
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(contract::response_errors("structure_documents_fhir_base64", status, &answer.json()), []);
    }
    let token = format!("Bearer {}", sandbox.token());
    let broken = request("POST", path, &[("authorization", token.as_str())], b"{");
    assert_eq!(split(exchange(&sandbox, &broken).await).status, 400);
    assert_eq!(post(&sandbox, path, &file(json!("a.png"), json!("iVBORw0KGgo="))).await.status, 200);
    assert_eq!(sandbox.ledger().processed("structure_documents_fhir_base64"), 1);
}

#[tokio::test]
async fn another_method_is_405_and_another_path_501() {
    let sandbox = start().await;
    let get = crate::wire::call(&sandbox, "GET", "/v2/tasks", b"").await;
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    assert_eq!(split(exchange(&sandbox, &bytes(&sandbox, "/v2/patient-contexts/", &json!({}))).await).status, 501);
}
