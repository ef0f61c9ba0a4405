//! A redirect is an error that names where it points, and nothing follows it.

use clinical_tests::clients::client;
use clinical_tests::documents::{ANSWER, NOTE};
use clinical_tests::facts;
use clinical_tests::gate::Gate;
use clinical_tests::recorder::answer_all;
use httpmock::MockServer;
use omniscribe_codify::CodifyRequest;

#[tokio::test]
async fn no_redirect_is_followed_and_no_credential_leaves() {
    for status in [301, 302, 303, 307, 308] {
        let first = MockServer::start_async().await;
        let second = MockServer::start_async().await;
        let (elsewhere, _) = answer_all(&second, 200, &[], ANSWER).await;
        let target = format!("{}/v1/codify?token=secret", second.base_url());
        let (mock, _) = answer_all(&first, status, &[("location", &target)], "").await;
        let request = CodifyRequest::new().note(NOTE).doctor("dr_123").patient("pt_456");
        let error = client(&first.base_url()).codify(&request).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("redirect", "answered", 1), "{status}");
        let text = error.to_string();
        assert!(text.contains(&second.base_url()), "names the origin: {text}");
        assert!(!text.contains("secret") && !text.contains("codify"), "and nothing more: {text}");
        mock.assert_calls_async(1).await;
        elsewhere.assert_calls_async(0).await;
    }
}

#[tokio::test]
async fn not_even_a_connection_is_made_to_where_a_redirect_points() {
    let mut second = Gate::start().await;
    for status in [301, 302, 303, 307, 308] {
        let first = MockServer::start_async().await;
        let location = second.url().to_owned();
        let (_mock, _) = answer_all(&first, status, &[("location", &location)], "").await;
        let codify = client(&first.base_url());
        let result = second.unasked(codify.codify(&NOTE.into())).await;
        assert!(result.is_err());
    }
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_redirect_to_a_path_or_to_nonsense_is_not_followed_either() {
    for location in ["/v2/codify", "//", "::not a url::", "javascript:alert(1)", ""] {
        let server = MockServer::start_async().await;
        let (mock, _) = answer_all(&server, 308, &[("location", location)], ANSWER).await;
        let error = client(&server.base_url()).codify(&NOTE.into()).await.unwrap_err();
        assert_eq!(facts::brief(&error), ("redirect", "answered", 1), "{location:?}");
        mock.assert_calls_async(1).await;
    }
}
