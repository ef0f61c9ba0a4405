//! The transport for production: `reqwest` over HTTP/1.1, with everything that could send a request
//! twice or elsewhere switched off.
//!
//! The errors of the libraries below carry URLs and bytes of answers. What matters of them is read
//! off here, and they go no further.
//!
//! That a failure is `NotSent` rests on one of four observations: the request could not be built;
//! the library says it was connecting; hyper says that the connection was gone before it took the
//! request; the body was never asked for, which the HTTP/1 state machine does before it writes the
//! head. Everything else is `Unknown`.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;

use crate::connection::Connection;
use crate::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use crate::{BaseUrl, BodyError, BoxFuture, Delivery, Error, tls};

/// Sends with `reqwest`. It has one connection pool; make one for a vendor and keep it.
///
/// HTTP/1.1 only, no redirects, no retries, no `Referer`, no compression asked for, no proxy but
/// the one that was given. It has a limit for connecting and no other: whoever calls it sets those.
/// TCP keep-alive probes go out every 30 s, so that a vendor that thinks for minutes is not taken
/// for one that has gone.
pub struct ReqwestTransport {
    client: reqwest::Client,
    /// Keeps no connection open.
    fresh: reqwest::Client,
    /// Whether there is a client certificate to show.
    identified: bool,
}

/// Long calls are silent while the vendor thinks, for up to ten minutes. Probes notice a peer that
/// has gone and keep address translators from forgetting the connection.
const KEEPALIVE: Duration = Duration::from_secs(30);

impl ReqwestTransport {
    /// A transport for one vendor. `connect_limit` bounds name resolution, TCP and TLS together.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming what of `connection` cannot be
    /// used.
    pub fn new(base: &BaseUrl, connect_limit: Duration, connection: &Connection) -> Result<Self, Error> {
        let tls = if base.is_https() { tls::verified(connection)? } else { tls::none()? };
        let proxy = connection.tunnel()?;
        // Both share the verifier and the sessions of TLS.
        let client = |most_idle| {
            let mut client = reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .https_only(base.is_https())
                .http1_only()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .connect_timeout(connect_limit)
                .tcp_keepalive(KEEPALIVE)
                .pool_max_idle_per_host(most_idle);
            if let Some(proxy) = &proxy {
                client = client.proxy(proxy.clone());
            }
            client.build().map_err(|_| Error::configuration("HTTP client", "could not be set up on this system"))
        };
        let (client, fresh) = (client(usize::MAX)?, client(0)?);
        Ok(Self { client, fresh, identified: connection.identity.is_some() })
    }
}

impl std::fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

impl Transport for ReqwestTransport {
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection it uses. `Progress` of the body tells how far it had
    /// come; what the vendor does with what it got is not known.
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let TransportRequest { method, url, headers, body, fresh } = request;
        let progress = body.progress().clone();
        let has_body = body.remaining() > 0;
        let mut outgoing = reqwest::Request::new(method, url);
        *outgoing.headers_mut() = headers;
        if has_body {
            *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
        }
        let answer = if fresh { &self.fresh } else { &self.client }.execute(outgoing);
        Box::pin(async move {
            let answer = answer.await.map_err(|error| {
                let failure = failure_of(&error, self.identified);
                // A connection asks for the first piece of the body before it writes anything of the request.
                let untouched = has_body && !progress.started();
                let certain = error.is_connect() || error.is_builder() || was_never_taken(&error);
                let delivery = match failure {
                    _ if certain || untouched => Delivery::NotSent,
                    // In TLS 1.3 a server judges our certificate when we may be sending already. It reads no request before that.
                    Failure::TlsIdentityRequired | Failure::TlsIdentityRefused => Delivery::Refused,
                    _ => Delivery::Unknown,
                };
                TransportError { failure, delivery }
            })?;
            let (head, body) = http::Response::from(answer).into_parts();
            let body = Box::pin(IncomingBody(body));
            Ok(TransportResponse { status: head.status, headers: head.headers, body })
        })
    }
}

struct IncomingBody(reqwest::Body);

impl http_body::Body for IncomingBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Pin::new(&mut self.0).poll_frame(cx).map_err(|error| {
            let failure = failure_of(&error, false);
            TransportError { failure, delivery: Delivery::ResponseLost }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}

/// Whether the connection was gone before it took the request: hyper calls that, and only that,
/// "canceled".
fn was_never_taken(error: &reqwest::Error) -> bool {
    causes(error).filter_map(|cause| cause.downcast_ref::<hyper::Error>()).any(hyper::Error::is_canceled)
}

/// Reads off an error chain what broke.
fn failure_of(error: &reqwest::Error, identified: bool) -> Failure {
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref() {
            return tls::failure(error, identified);
        }
        let hyper = cause.downcast_ref::<hyper::Error>();
        if hyper.is_some_and(hyper::Error::is_parse) {
            return Failure::Malformed;
        }
        if cause.is::<BodyError>() {
            return Failure::RequestBody;
        }
        if let Some(failure) = failure_of_tunnel(&cause.to_string()) {
            return failure;
        }
        let io = cause.downcast_ref::<io::Error>();
        if error.is_connect() && io.is_some_and(|io| io.kind() == io::ErrorKind::UnexpectedEof) {
            // Only a handshake expects bytes before there is a connection.
            return Failure::TlsRefused;
        }
    }
    match () {
        () if error.is_builder() => Failure::Setup,
        () if error.is_dns() => Failure::Resolve,
        () if error.is_connect() && error.is_timeout() => Failure::ConnectTimeout,
        () if error.is_connect() => Failure::Connect,
        () => Failure::Interrupted,
    }
}

/// What went wrong with a proxy. The library keeps the type of this error to itself, so its text
/// has to do; a text it does not know yet makes the failure one of connecting, which is true as
/// well.
fn failure_of_tunnel(text: &str) -> Option<Failure> {
    Some(match text.strip_prefix("tunnel error: ")? {
        "proxy authorization required" => Failure::ProxyCredentials,
        "unsuccessful" | "unexpected end of file" | "proxy response headers too long" => Failure::ProxyRefused,
        _ => Failure::Proxy,
    })
}

/// An error and all that caused it. `std::io::Error` hides what it wraps from `source()`, and the
/// errors of TLS arrive wrapped in two of them.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| wrapped(*error))
}

fn wrapped<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::Body;
    use crate::{Progress, SendBody};

    #[tokio::test]
    async fn an_answer_that_is_reset_after_its_head_is_lost() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = BaseUrl::parse(&format!("http://{address}")).unwrap();
        let transport = ReqwestTransport::new(&base, Duration::from_secs(10), &Connection::default()).unwrap();
        let body = Body::json("text").unwrap();
        let request = TransportRequest {
            method: Method::POST,
            url: base.join("/v1/work"),
            headers: HeaderMap::new(),
            body: SendBody::open(&body, Progress::new(true)).await.unwrap(),
            fresh: false,
        };
        let peer = async {
            let mut socket = listener.accept().await.unwrap().0;
            let mut request = Vec::new();
            while !request.ends_with(b"\"text\"") {
                request.push(socket.read_u8().await.unwrap());
            }
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
            socket.write_all(head).await.unwrap();
            socket
        };
        let (answer, socket) = tokio::join!(transport.send(request), peer);
        let mut answer = answer.unwrap();
        assert_eq!(answer.status, 200);
        // The head is in the client's hands: only now the connection is reset.
        socket.set_zero_linger().unwrap();
        drop(socket);
        let frame = std::future::poll_fn(|cx| answer.body.as_mut().poll_frame(cx)).await;
        let error = frame.unwrap().unwrap_err();
        assert_eq!(error.delivery, Delivery::ResponseLost);
        assert_eq!(error.failure, Failure::Interrupted);
    }

    #[test]
    fn an_error_of_tls_is_found_though_it_is_wrapped_twice() {
        let error = rustls::Error::DecryptError;
        let wrapped = io::Error::other(io::Error::other(error.clone()));
        let found: Vec<_> = causes(&wrapped).filter_map(|cause| cause.downcast_ref::<rustls::Error>()).collect();
        assert_eq!(found, [&error]);
    }
}
