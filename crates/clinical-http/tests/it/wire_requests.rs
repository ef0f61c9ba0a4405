//! What is on the wire, byte for byte.

use base64::Engine;
use clinical_http::{Call, Effect, Method, Operation};
use tokio::io::AsyncWriteExt;

use crate::files::{call_with, content};
use crate::server::{Heard, OK, Server, answer_and, read_request};
use crate::support::{Coded, IDEMPOTENT, TOKEN, UNSAFE, call};

async fn heard(call: Call) -> Heard {
    let server = Server::start().await;
    let client = server.builder().build().unwrap();
    let peer = async {
        let mut socket = server.accept().await;
        let heard = read_request(&mut socket).await;
        socket.write_all(OK).await.unwrap();
        heard
    };
    let (outcome, heard) = tokio::join!(client.send::<Coded>(call), peer);
    outcome.unwrap();
    heard
}

#[tokio::test]
async fn a_json_request_has_an_exact_length_and_no_surprises() {
    let heard = heard(call(&UNSAFE)).await;
    assert!(heard.head.starts_with("POST /v1/work HTTP/1.1\r\n"), "{}", heard.head);
    assert_eq!(heard.body, br#"{"note":"text"}"#);
    let token = format!("Bearer {TOKEN}");
    for (name, value) in [
        ("content-length", "15"),
        ("content-type", "application/json"),
        ("authorization", token.as_str()),
        ("x-doctor", "dr_1"),
        ("x-patient", "pt_1"),
        ("accept", "application/json"),
    ] {
        assert_eq!(heard.field(name), Some(value), "{name}");
    }
    assert!(heard.field("host").unwrap().starts_with("127.0.0.1:"));
    for absent in ["expect", "transfer-encoding", "accept-encoding", "cookie", "referer", "te"] {
        assert_eq!(heard.field(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn a_request_without_a_body_says_so() {
    static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
    static EMPTY: Operation = Operation::new("empty", Method::Post, "/v1/empty", Effect::Safe);
    let read = heard(Call::new(&READ)).await;
    assert!(read.head.starts_with("GET /v1/read HTTP/1.1\r\n"));
    assert_eq!((read.field("content-length"), read.field("transfer-encoding")), (None, None));
    let empty = heard(Call::new(&EMPTY)).await;
    assert_eq!(empty.field("transfer-encoding"), None);
}

#[tokio::test]
async fn a_file_from_disk_goes_out_whole_with_an_exact_length_and_again_for_a_retry() {
    let content = content(1_000_001);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    let facts = clinical_http::FileSource::path("pdf", file.path()).inspect().await.unwrap();
    let server = Server::start().await;
    let client = server.builder().build().unwrap();
    let peer = async {
        let mut socket = server.accept().await;
        let first = read_request(&mut socket).await;
        let busy = b"HTTP/1.1 429 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
        socket.write_all(busy).await.unwrap();
        let second = read_request(&mut socket).await;
        socket.write_all(OK).await.unwrap();
        (first, second)
    };
    let (outcome, (first, second)) = tokio::join!(client.send::<Coded>(call_with(&IDEMPOTENT, facts)), peer);
    assert_eq!(outcome.unwrap().attempts.len(), 2);
    assert_eq!(first.body, second.body);
    assert_eq!(first.field("content-length"), Some(first.body.len().to_string().as_str()));
    assert_eq!(first.field("transfer-encoding"), None);
    let json: serde_json::Value = serde_json::from_slice(&first.body).unwrap();
    let data = json["data"].as_str().unwrap();
    let decoded = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
    assert!(decoded == content);
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start().await;
    let client = server.builder().build().unwrap();
    let peer = async {
        let mut socket = server.accept().await;
        for _ in 0..3 {
            read_request(&mut socket).await;
            socket.write_all(OK).await.unwrap();
        }
    };
    let calls = async {
        for _ in 0..3 {
            client.send::<Coded>(call(&UNSAFE)).await.unwrap();
        }
    };
    tokio::join!(calls, peer);
    assert!(!server.has_a_visitor());
}

#[tokio::test]
async fn plain_http_to_another_host_is_refused_before_there_is_a_client() {
    // The documentation address 192.0.2.1 (RFC 5737), and names that only look like this machine.
    for address in ["http://192.0.2.1", "http://vendor.example", "http://localhost.vendor.example"] {
        let error = clinical_http::BaseUrl::parse(address).unwrap_err();
        assert_eq!(error.delivery(), clinical_http::Delivery::NotSent);
        assert!(error.to_string().contains("plain HTTP"), "{error}");
    }
    // What is accepted is exactly what does reach this machine.
    let server = Server::start().await;
    let client = server.builder().build().unwrap();
    let peer = answer_and(&server, OK, drop);
    let (outcome, ()) = tokio::join!(client.send::<Coded>(call(&UNSAFE)), peer);
    assert!(outcome.is_ok());
}
