//! The way to the collector: plain HTTP/1.1 by `hyper`. It speaks no TLS, so that a program which already has one TLS does not get a
//! second: a collector on the same machine or in the same pod takes the data and carries it on.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The longest that one export may take.
const LIMIT: Duration = Duration::from_secs(10);
/// The most bytes of a collector's answer; it has nothing long to say.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Exporters run on threads of their own and know no runtime; requests are made as tasks on the program's.
#[derive(Debug, Clone)]
pub(crate) struct OtlpHttp {
    client: Client<HttpConnector, Full<Bytes>>,
    runtime: Handle,
}

impl OtlpHttp {
    pub(crate) fn on(runtime: Handle) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), runtime }
    }
}

#[async_trait]
impl HttpClient for OtlpHttp {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let exchange = async move {
            let (head, body) = client.request(request.map(Full::new)).await?.into_parts();
            let body = Limited::new(body, LONGEST_ANSWER).collect().await?.to_bytes();
            Ok(Response::from_parts(head, body))
        };
        self.runtime.spawn(async { timeout(LIMIT, exchange).await? }).await?
    }
}
