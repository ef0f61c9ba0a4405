//! What the client makes of every documented error status, in every form of body that a server or a gateway may send.

use std::collections::BTreeMap;

use clinical_http::testing::JumpingClock;
use clinical_tests::clients::client_with;
use clinical_tests::documents::NOTE;
use clinical_tests::facts;
use clinical_tests::recorder::answer_all;
use httpmock::MockServer;
use omniscribe_codify::Error;

use crate::snapshots::snapshot;

const JSON: &str = r#"{"success":false,"error":"Status","details":"Se debe proporcionar medical_note o pdf_file"}"#;
const HTML: &str = "<html><body><h1>Error</h1><p>informe de la paciente</p></body></html>";

/// The error for a status that is answered to every attempt, and how often the server was asked.
async fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> (Error, usize) {
    let server = MockServer::start_async().await;
    let (mock, _) = answer_all(&server, status, headers, body).await;
    let codify = client_with(&server.base_url(), &JumpingClock::new());
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    (error, mock.calls_async().await)
}

#[tokio::test]
async fn every_documented_status_has_its_kind_delivery_and_sentence() {
    let mut all = BTreeMap::new();
    let statuses = [400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 501, 502, 503, 504, 529];
    for status in statuses {
        for (form, body) in [("json", JSON), ("html", HTML), ("empty", "")] {
            let (error, calls) = answered(status, &[], body).await;
            assert_eq!(calls, error.attempts() as usize, "{status} {form}");
            assert!(!error.to_string().contains("paciente"), "{status} {form}");
            all.insert(format!("{status} {form}"), facts::of_error(&error));
        }
    }
    snapshot!("errors-by-status", all);
}

#[tokio::test]
async fn a_client_error_is_sent_exactly_once() {
    for status in [400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 413, 415, 422, 425, 451] {
        let (error, calls) = answered(status, &[("retry-after", "1")], JSON).await;
        assert_eq!((calls, error.attempts()), (1, 1), "{status}");
    }
}

#[tokio::test]
async fn a_server_error_or_a_429_is_sent_exactly_four_times() {
    for status in [429, 500, 502, 503, 504] {
        let (error, calls) = answered(status, &[], "").await;
        assert_eq!((calls, error.attempts()), (4, 4), "{status}");
    }
}

#[tokio::test]
async fn a_413_is_the_same_kind_as_the_local_check() {
    let (remote, _) = answered(413, &[], JSON).await;
    let codify = client_with("http://127.0.0.1:9", &JumpingClock::new());
    let local = codify.codify(&"x".repeat(51_201).into()).await.unwrap_err();
    assert_eq!(remote.kind(), local.kind());
    assert_eq!((local.attempts(), remote.attempts()), (0, 1));
}

#[tokio::test]
async fn the_vendors_words_are_kept_apart_from_the_sentence() {
    let (error, _) = answered(400, &[], JSON).await;
    let details = error.details().unwrap();
    assert_eq!(details.expose(), "Se debe proporcionar medical_note o pdf_file");
    assert!(!error.to_string().contains("proporcionar"));
    // A body in another shape has no details, and is kept as it came.
    let (error, _) = answered(400, &[], HTML).await;
    assert!(error.details().is_none());
    assert_eq!(error.body().unwrap().expose(), HTML.as_bytes());
}

#[tokio::test]
async fn a_request_id_is_kept_only_if_it_looks_like_one() {
    let (error, _) = answered(400, &[("x-request-id", "req-42")], JSON).await;
    assert_eq!(error.request_id(), Some("req-42"));
    let long = "r".repeat(129);
    for odd in ["", "two words", long.as_str()] {
        let (error, _) = answered(400, &[("x-request-id", odd)], JSON).await;
        assert_eq!(error.request_id(), None, "{odd:?}");
    }
}

#[tokio::test]
async fn of_an_error_body_eight_kib_are_kept() {
    let (error, _) = answered(400, &[], &"x".repeat(100_000)).await;
    assert_eq!(error.body().unwrap().expose().len(), 8 * 1024);
}
