//! An HTTP server that gives one answer and keeps every request as it came.

use std::sync::{Arc, Mutex, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse, Mock, MockServer};

/// The requests that arrived at a mock.
#[derive(Clone, Default)]
pub struct Requests(Arc<Mutex<Vec<HttpMockRequest>>>);

impl std::fmt::Debug for Requests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} requests", self.all().len())
    }
}

impl Requests {
    /// All of them, in order.
    pub fn all(&self) -> Vec<HttpMockRequest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The only one.
    pub fn only(&self) -> HttpMockRequest {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "requests");
        all.remove(0)
    }
}

/// Answers every request of any method and path in the same way, and keeps the requests.
pub async fn answer_all<'a>(
    server: &'a MockServer,
    status: u16,
    headers: &[(&str, &str)],
    body: &str,
) -> (Mock<'a>, Requests) {
    let requests = Requests::default();
    let kept = requests.clone();
    let mut answer = HttpMockResponse::builder().status(status).body(body.to_owned());
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    let answer = answer.build();
    let mock = server
        .mock_async(move |when, then| {
            when.any_request();
            then.respond_with(move |request: &HttpMockRequest| {
                kept.0.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                answer.clone()
            });
        })
        .await;
    (mock, requests)
}

/// Name and value of every header field, sorted by name.
pub fn headers(request: &HttpMockRequest) -> Vec<(String, String)> {
    let mut headers = request.headers_vec().clone();
    headers.sort();
    headers
}
