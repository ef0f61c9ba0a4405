//! What is downloaded: loopback alone, whatever a URL is dressed up as, in bounded size and time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{LONG, create, finish, poll};
use crate::wire::start;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

fn document(url: &str) -> Value {
    json!({"new_records": [{"source": {"type": "document", "url": url}}]})
}

/// A server that answers every request with these bytes, and counts its connections.
async fn server(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            assert!(!head.windows(13).any(|part| part.eq_ignore_ascii_case(b"authorization")), "a token was sent");
            let _ = stream.write_all(&answer).await;
        }
    });
    (port, count)
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

#[tokio::test]
async fn a_document_on_loopback_is_downloaded_once_and_not_before_its_time() {
    let sandbox = start().await;
    let (port, count) = server(ok(PNG)).await;
    let id = create(&sandbox, "/v2/structure/fhir", &document(&format!("http://localhost:{port}/a.png?b=c"))).await;
    poll(&sandbox, &id).await;
    assert_eq!(count.load(Ordering::SeqCst), 0);
    sandbox.clock().advance(LONG);
    let (one, two) = tokio::join!(poll(&sandbox, &id), poll(&sandbox, &id));
    let done = if one.status == 200 { one } else { two };
    assert_eq!(done.json()["status"], "DONE");
    let changes = done.json()["status_changes_at"].clone();
    assert!(changes["DOCUMENT_DOWNLOAD_DONE"].is_string() && changes["DOCUMENT_PARSING_DONE"].is_string());
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nothing_outside_loopback_is_asked_whatever_the_url_looks_like() {
    let sandbox = start().await;
    let (port, count) = server(ok(PNG)).await;
    let urls = [
        "https://example.com/report1.pdf".to_owned(),
        "http://example.com/a.pdf".to_owned(),
        format!("https://127.0.0.1:{port}/a.pdf"),
        format!("ftp://127.0.0.1:{port}/a.pdf"),
        "file:///etc/hostname".to_owned(),
        "/etc/hostname".to_owned(),
        "127.0.0.1".to_owned(),
        "not a url".to_owned(),
        format!("http://localhost.:{port}/"),
        format!("http://localhost.example.com:{port}/"),
        format!("http://a.localhost:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://0:{port}/"),
        format!("http://[::]:{port}/"),
        format!("http://[::ffff:10.0.0.1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://10.0.0.1:{port}/"),
        format!("http://169.254.169.254:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0x7f.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://127.0.0.1:{port}@example.com/"),
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://127.0.0.1.:{port}/"),
        "http://127.0.0.1:99999/".to_owned(),
    ];
    for url in urls {
        let failed = finish(&sandbox, "/v2/structure", &document(&url)).await;
        assert_eq!(failed["status"], "FAILED", "{url}");
        let info = failed["additional_info"].clone();
        assert_eq!(info["error"], "Unable to download document from URL", "{url}");
        assert!(!info["details"].as_str().unwrap().contains("example"), "the URL is repeated");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn one_url_that_is_refused_keeps_the_others_from_being_asked() {
    let sandbox = start().await;
    let (port, count) = server(ok(PNG)).await;
    let source = |url: &str| json!({"source": {"type": "document", "url": url}});
    let near = format!("http://127.0.0.1:{port}/");
    let body = json!({"new_records": [source(&near), source("http://10.0.0.1/")]});
    assert_eq!(finish(&sandbox, "/v2/structure", &body).await["status"], "FAILED");
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_other_answers_fail_the_task() {
    let sandbox = start().await;
    let (target, followed) = server(ok(PNG)).await;
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{target}/\r\ncontent-length: 0\r\n\r\n");
    let answers = [
        (redirect.into_bytes(), "the server answered 302"),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(), "the server answered 404"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n\x89PNG".to_vec(), "did not arrive whole"),
        (b"nonsense\r\n\r\n".to_vec(), "the connection broke"),
        (Vec::new(), "the connection broke"),
    ];
    for (answer, details) in answers {
        let (port, count) = server(answer).await;
        let failed = finish(&sandbox, "/v2/structure", &document(&format!("http://127.0.0.1:{port}/"))).await;
        assert_eq!(failed["status"], "FAILED");
        let told = failed["additional_info"]["details"].as_str().unwrap().to_owned();
        assert!(told.contains(details), "{told}");
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_fails_the_task_at_the_time_of_the_download() {
    let sandbox = start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let failed = finish(&sandbox, "/v2/structure", &document(&format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!((&failed["status"], &failed["result"]), (&json!("FAILED"), &Value::Null));
    let changes = failed["status_changes_at"].as_object().unwrap();
    let names: Vec<&str> = changes.keys().map(String::as_str).collect();
    assert_eq!(names, ["CREATED", "FAILED", "QUEUED", "STARTED"]);
}

#[tokio::test]
async fn a_recording_by_url_is_downloaded_too() {
    let sandbox = start().await;
    let (port, count) = server(ok(b"ID3")).await;
    let body = json!({"new_records": [{"source": {"type": "audio", "url": format!("http://127.0.0.1:{port}/")}}]});
    let done = finish(&sandbox, "/v2/structure", &body).await;
    assert_eq!((done["status"].as_str(), count.load(Ordering::SeqCst)), (Some("DONE"), 1));
    let changes = &done["status_changes_at"];
    assert!(changes["DOCUMENT_DOWNLOAD_DONE"].is_string() && changes["AUDIO_PROCESSING_DONE"].is_string());
    assert!(changes["DOCUMENT_PARSING_DONE"].is_null());
}
