//! What the client puts on the wire: every byte of the body and every header field, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clinical_http::testing::JumpingClock;
use clinical_tests::clients::{TOKEN, client, settings};
use clinical_tests::documents::{ANSWER, NOTE, pdf_of};
use clinical_tests::gate::Gate;
use clinical_tests::recorder::{self, answer_all};
use httpmock::{HttpMockRequest, MockServer};
use omniscribe_codify::{CodifyRequest, Limits, Model, Pdf};
use serde_json::json;

use crate::snapshots::snapshot;

/// One request to a server that answers it, as it arrived there.
async fn sent(request: &CodifyRequest) -> HttpMockRequest {
    let server = MockServer::start_async().await;
    let (mock, requests) = answer_all(&server, 200, &[], ANSWER).await;
    client(&server.base_url()).codify(request).await.unwrap();
    mock.assert_calls_async(1).await;
    requests.only()
}

/// A request as a snapshot holds it. The port is another one each time.
fn shown(request: &HttpMockRequest) -> serde_json::Value {
    let headers: Vec<String> = recorder::headers(request)
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "host" => format!("host: {}", value.split(':').next().unwrap()),
            "user-agent" => format!("user-agent: {}", value.replace(version(), "VERSION")),
            _ => format!("{name}: {value}"),
        })
        .collect();
    json!({
        "request": format!("{} {}", request.method_str(), request.uri().path()),
        "headers": headers,
        "body": request.body_string(),
    })
}

fn pdf_json(content: &[u8], name: &str) -> String {
    let data = STANDARD.encode(content);
    format!(
        r#"{{"type":"file","source_type":"base64","data":"{data}","mime_type":"application/pdf","filename":"{name}"}}"#
    )
}

#[tokio::test]
async fn a_note_is_sent_with_exactly_these_headers_and_bytes() {
    let request = CodifyRequest::new().note(NOTE).model(Model::HighQuality).doctor("dr_123").patient("pt_456");
    let sent = sent(&request).await;
    let body = format!(r#"{{"medical_note":"{NOTE}","model":"high-quality"}}"#);
    assert_eq!(sent.body_string(), body);
    let expected = [
        ("accept", "application/json".to_owned()),
        ("authorization", format!("Bearer {TOKEN}")),
        ("content-length", body.len().to_string()),
        ("content-type", "application/json".to_owned()),
        ("user-agent", format!("omniscribe-codify/{}", version())),
        ("x-doctor", "dr_123".to_owned()),
        ("x-patient", "pt_456".to_owned()),
    ];
    let headers = recorder::headers(&sent);
    let without_host: Vec<_> =
        headers.iter().filter(|(name, _)| name != "host").map(|(name, value)| (name.as_str(), value.clone())).collect();
    assert_eq!(without_host, expected);
    assert_eq!(headers.len(), expected.len() + 1, "and one Host");
    snapshot!("request-note", shown(&sent));
}

/// The crates of the workspace share one version.
fn version() -> &'static str {
    let manifest = include_str!("../../Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix("version = \""));
    line.unwrap().trim_end_matches('"')
}

#[tokio::test]
async fn what_was_not_given_is_not_sent() {
    let sent = sent(&CodifyRequest::new().note("tos")).await;
    assert_eq!(sent.body_string(), r#"{"medical_note":"tos"}"#);
    snapshot!("request-note-alone", shown(&sent));
}

#[tokio::test]
async fn a_pdf_is_the_same_on_the_wire_from_path_bytes_and_reader() {
    // Lengths around the borders of base64 (3 bytes) and of the pieces a file is read in (12 KiB).
    for len in [9, 10, 11, 12_287, 12_288, 12_289, 40_000] {
        let content = pdf_of(len);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("informe_medico.pdf");
        std::fs::write(&path, &content).unwrap();
        let reader = Pdf::from_reader(content.as_slice(), &Limits::default()).await.unwrap();
        let pdfs = [
            Pdf::from_path(&path),
            Pdf::from_bytes(content.clone()).filename("informe_medico.pdf"),
            reader.filename("informe_medico.pdf"),
        ];
        let body = format!(r#"{{"pdf_file":{}}}"#, pdf_json(&content, "informe_medico.pdf"));
        for pdf in pdfs {
            let sent = sent(&CodifyRequest::new().pdf(pdf)).await;
            assert!(sent.body_string() == body, "{len} bytes");
            let headers = sent.headers();
            assert_eq!(headers["content-length"], body.len().to_string());
            assert!(!headers.contains_key("transfer-encoding"));
        }
    }
}

#[tokio::test]
async fn a_pdf_request_is_as_the_contract_writes_it() {
    let pdf = Pdf::from_bytes(pdf_of(20)).filename("informe \"médico\".pdf");
    snapshot!("request-pdf", shown(&sent(&CodifyRequest::new().pdf(pdf)).await));
}

#[tokio::test]
async fn note_and_pdf_go_in_one_request_in_the_contracts_order() {
    let content = pdf_of(5_000);
    let request =
        CodifyRequest::new().model(Model::Fast).pdf(Pdf::from_bytes(content.clone())).note("tos \"seca\"\n\tde 3 días");
    let body = format!(
        r#"{{"medical_note":"tos \"seca\"\n\tde 3 días","pdf_file":{},"model":"fast"}}"#,
        pdf_json(&content, "document.pdf")
    );
    assert_eq!(sent(&request).await.body_string(), body);
}

#[tokio::test]
async fn health_is_a_get_without_a_body_and_its_answer_is_handed_out_as_it_came() {
    let server = MockServer::start_async().await;
    let (mock, requests) = answer_all(&server, 204, &[], "").await;
    let health = client(&server.base_url()).health().await.unwrap();
    assert_eq!((health.status, health.body.expose().len()), (204, 0));
    mock.assert_calls_async(1).await;
    let sent = requests.only();
    for absent in ["content-type", "content-length", "transfer-encoding", "x-doctor", "x-patient"] {
        assert!(!sent.headers().contains_key(absent), "{absent}");
    }
    snapshot!("request-health", shown(&sent));
}

#[tokio::test]
async fn the_address_may_end_in_a_slash_or_in_v1_and_neither_is_doubled() {
    let server = MockServer::start_async().await;
    let (_mock, requests) = answer_all(&server, 200, &[], ANSWER).await;
    let table = [
        ("", "/v1/codify"),
        ("/", "/v1/codify"),
        ("/v1", "/v1/codify"),
        ("/v1/", "/v1/codify"),
        ("/clinic", "/clinic/v1/codify"),
        ("/clinic/v1/", "/clinic/v1/codify"),
    ];
    for (ending, path) in table {
        let codify = client(&format!("{}{ending}", server.base_url()));
        codify.codify(&"tos".into()).await.unwrap();
        assert_eq!(requests.all().last().unwrap().uri().path(), path, "{ending:?}");
    }
}

#[tokio::test]
async fn a_user_agent_of_the_callers_own_replaces_ours() {
    let server = MockServer::start_async().await;
    let (_mock, requests) = answer_all(&server, 200, &[], ANSWER).await;
    let codify = settings(&server.base_url(), &JumpingClock::new())
        .http(|http| http.user_agent("MyHIS/1.0 (XYZ Hospital)"))
        .build()
        .unwrap();
    codify.codify(&"tos".into()).await.unwrap();
    assert_eq!(requests.only().headers()["user-agent"], "MyHIS/1.0 (XYZ Hospital)");
}

#[tokio::test]
async fn the_raw_bytes_are_one_plain_http_1_1_request() {
    let mut gate = Gate::start().await;
    let codify = client(gate.url());
    let mut call = tokio::spawn(async move { codify.codify(&"tos".into()).await });
    let arrival = gate.next_of(&mut call).await;
    let mut lines = arrival.head.lines();
    assert_eq!(lines.next(), Some("POST /v1/codify HTTP/1.1"));
    let mut names: Vec<_> =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    let expected = ["accept", "authorization", "content-length", "content-type", "host", "user-agent"];
    assert_eq!(names, expected);
    assert_eq!(arrival.body, br#"{"medical_note":"tos"}"#);
    arrival.answer("200 OK", ANSWER);
    assert_eq!(call.await.unwrap().unwrap().attempts.len(), 1);
}
