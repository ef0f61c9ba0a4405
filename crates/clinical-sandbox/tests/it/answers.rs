//! What codify and health answer, and that it keeps the contract.

use clinical_sandbox::{Sandbox, contract};
use serde_json::{Value, json};

use crate::wire::{End, NOTE, call, codify, codify_raw, connect, exchange, note, read_all, request, split, start};

fn assert_keeps_contract(status: u16, body: &Value) {
    let found = contract::response_errors("codify", status, body);
    assert!(found.is_empty(), "{status}: {found:?}");
}

#[tokio::test]
async fn a_note_is_answered_with_assessments_that_keep_the_contract() {
    let sandbox = start().await;
    let answer = codify(&sandbox, &note(NOTE)).await;
    assert_eq!((answer.status, answer.end), (200, End::Closed));
    assert_keeps_contract(200, &answer.json());
    let codes: Vec<String> = answer.json()["final_code_assessments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    assert!(codes.contains(&"E11.9".to_owned()), "{codes:?}");
}

#[tokio::test]
async fn an_answer_carries_the_mark_and_no_header_that_is_not_documented() {
    let sandbox = start().await;
    let answer = codify(&sandbox, &note(NOTE)).await;
    let mut names: Vec<&str> = answer.head.lines().skip(1).filter_map(|line| line.split(": ").next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["connection", "content-length", "content-type", "date", "x-clinical-sandbox"]);
    assert_eq!(answer.header("x-clinical-sandbox"), Some("1"));
    assert_eq!(answer.header("date"), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
}

#[tokio::test]
async fn the_same_seed_and_input_give_the_same_bytes_and_another_seed_another_run_id() {
    let (one, two) = (start().await, start().await);
    let other = Sandbox::builder().seed(8).manual_clock().start().await.unwrap();
    let body = note(NOTE).to_string();
    let bytes = |sandbox: &Sandbox| crate::wire::codify_bytes(sandbox.token(), body.as_bytes());
    let first = exchange(&one, &bytes(&one)).await.bytes;
    assert_eq!(first, exchange(&one, &bytes(&one)).await.bytes);
    assert_eq!(first, exchange(&two, &bytes(&two)).await.bytes);
    let run_id = |answer: Value| answer["run_id"].as_str().unwrap().to_owned();
    assert_ne!(run_id(codify(&one, &note(NOTE)).await.json()), run_id(codify(&other, &note(NOTE)).await.json()));
    assert_ne!(run_id(codify(&one, &note(NOTE)).await.json()), run_id(codify(&one, &note("Neumonía.")).await.json()));
}

#[tokio::test]
async fn every_refusal_has_the_vendors_shape_and_its_documented_status() {
    let sandbox = start().await;
    let with = |field: &str, value: Value| {
        let mut body = crate::wire::pdf(b"%PDF-1.4");
        body["pdf_file"][field] = value;
        body
    };
    let cases = [
        (400, json!({})),
        (400, json!([])),
        (400, json!({"medical_note": 7})),
        (400, json!({"medical_note": null})),
        (400, note("")),
        (400, note(" \n\t ")),
        (400, json!({"medical_note": NOTE, "model": "best"})),
        (400, json!({"medical_note": NOTE, "model": null})),
        (400, json!({"pdf_file": "JVBERi0="})),
        (422, json!({"pdf_file": {}})),
        (422, with("mime_type", json!("image/png"))),
        (422, with("type", json!("image"))),
        (422, with("source_type", json!("url"))),
        (422, with("filename", json!(7))),
        (422, with("data", json!("%%%"))),
        (422, with("data", json!("JVBERi0"))),
        (422, with("data", json!("JVBE_-0="))),
        (422, with("data", json!("bm90IGEgcGRm"))),
    ];
    for (status, body) in cases {
        let answer = codify(&sandbox, &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.details());
        assert_keeps_contract(status, &answer.json());
    }
    for bytes in [&b"{\"medical_note\":"[..], b"", b"\xff\xfe", b"not json"] {
        let answer = codify_raw(&sandbox, bytes).await;
        assert_eq!(answer.status, 400);
        assert_keeps_contract(400, &answer.json());
    }
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[tokio::test]
async fn a_refusal_never_repeats_what_was_sent() {
    let sandbox = start().await;
    let body = json!({"medical_note": ["CANARY"], "model": "CANARY", "CANARY": 1,
        "pdf_file": {"type": "CANARY", "data": "CANARY"}});
    let answer = codify(&sandbox, &body).await;
    assert_eq!(answer.status, 400);
    assert!(!String::from_utf8_lossy(&answer.body).contains("CANARY"), "{}", answer.details());
}

#[tokio::test]
async fn the_documented_text_stands_in_a_refusal_of_an_empty_body() {
    let sandbox = start().await;
    assert_eq!(codify(&sandbox, &json!({})).await.details(), "Se debe proporcionar medical_note o pdf_file");
}

#[tokio::test]
async fn only_a_known_bearer_token_opens_codify() {
    let sandbox = Sandbox::builder().token("first").token("second").start().await.unwrap();
    assert_eq!(sandbox.token(), "first");
    let body = note(NOTE).to_string();
    let cases: [(&[(&str, &str)], u16); 7] = [
        (&[("authorization", "Bearer first")], 200),
        (&[("authorization", "bearer second")], 200),
        (&[], 401),
        (&[("authorization", "Bearer third")], 401),
        (&[("authorization", "Basic first")], 401),
        (&[("authorization", "first")], 401),
        (&[("x-api-key", "first")], 401),
    ];
    for (headers, status) in cases {
        let answer = split(exchange(&sandbox, &request("POST", "/v1/codify", headers, body.as_bytes())).await);
        assert_eq!(answer.status, status, "{headers:?}");
        assert_keeps_contract(status, &answer.json());
    }
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_refused() {
    let sandbox = start().await;
    let token = format!("Bearer {}", sandbox.token());
    let send = async |content_type: &str| {
        let headers = [("authorization", token.as_str()), ("content-type", content_type)];
        split(exchange(&sandbox, &request("POST", "/v1/codify", &headers, note(NOTE).to_string().as_bytes())).await)
    };
    assert_eq!(send("text/plain").await.status, 400);
    assert_eq!(send("application/json; charset=utf-8").await.status, 200);
}

#[tokio::test]
async fn health_answers_without_a_token() {
    let sandbox = start().await;
    let answer = call(&sandbox, "GET", "/v1/health", b"").await;
    assert_eq!(answer.status, 200);
    assert!(contract::response_errors("health", 200, &answer.json()).is_empty());
    assert_eq!(sandbox.ledger().entries, []);
}

#[tokio::test]
async fn an_unknown_path_is_501_with_a_pointer_and_another_method_405_with_allow() {
    let sandbox = start().await;
    for path in ["/", "/v1/codify/", "/v1/transcriptions/create", "/v2/codify"] {
        let answer = call(&sandbox, "POST", path, b"{}").await;
        assert_eq!((answer.status, answer.header("x-clinical-sandbox")), (501, Some("1")));
        assert!(answer.details().contains("/_sandbox/fidelity"));
    }
    let answer = call(&sandbox, "GET", "/v1/codify", b"").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    let answer = call(&sandbox, "DELETE", "/v1/health", b"").await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    assert_eq!(answer.json()["success"], false);
}

#[tokio::test]
async fn a_connection_serves_many_calls_and_chunked_bodies() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let sandbox = start().await;
    let mut stream = connect(&sandbox).await;
    let body = note(NOTE).to_string();
    let chunked = format!(
        "POST /v1/codify HTTP/1.1\r\nhost: l\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        sandbox.token(),
        body.len()
    );
    stream.write_all(chunked.as_bytes()).await.unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    stream.write_all(&crate::wire::codify_bytes(sandbox.token(), body.as_bytes())).await.unwrap();
    let rest = read_all(&mut stream).await;
    assert_eq!(String::from_utf8_lossy(&rest.bytes).matches("x-clinical-sandbox: 1").count(), 2);
    let journal = sandbox.journal();
    assert_eq!((journal.connections.len(), journal.attempts.len(), journal.requests.len()), (1, 2, 1));
}
