//! The plainest HTTP client there is: one connection, one request, the whole answer in memory. For loopback only. It
//! knows no retry, limit or type of ours, so that it can be compared with the clients of this workspace.

use anyhow::{Context as _, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: Bytes,
}

/// Sends a JSON body and waits for the answer.
///
/// # Errors
///
/// If the connection, the request or the answer fails on the wire. Any status is an answer.
pub async fn post(authority: &str, path: &str, token: &str, body: Bytes) -> Result<Answer> {
    let stream = TcpStream::connect(authority).await.with_context(|| format!("nobody listens at {authority}"))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let request = Request::post(path)
        .header("host", authority)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Full::new(body))?;
    let answer = sender.send_request(request).await?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await?.to_bytes();
    drop(sender);
    driver.await??;
    Ok(Answer { status, body })
}
