//! The transport for production: `reqwest` over HTTP/1.1, with everything that could send a request twice or elsewhere switched off.
//!
//! The errors of the libraries below carry URLs and bytes of answers. What matters of them is read off here, and they go no further.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use rustls::CertificateError;

use crate::connection::Connection;
use crate::deadline::Deadlines;
use crate::transport::{BodyError, Failure, Transport, TransportError, TransportRequest, TransportResponse};
use crate::{BaseUrl, BoxFuture, Delivery, Error, tls};

pub(crate) struct ReqwestTransport(reqwest::Client);

/// Long calls are silent while the vendor thinks, for up to ten minutes. Probes notice a peer that has gone and keep
/// address translators from forgetting the connection.
const KEEPALIVE: Duration = Duration::from_secs(30);

impl ReqwestTransport {
    pub(crate) fn new(base: &BaseUrl, deadlines: &Deadlines, _connection: &Connection) -> Result<Self, Error> {
        let tls = if base.is_https() { tls::verified()? } else { tls::none()? };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(base.is_https())
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(deadlines.connect_limit())
            .tcp_keepalive(KEEPALIVE)
            .build()
            .map_err(|_| Error::configuration("HTTP client", "could not be set up on this system"))?;
        Ok(Self(client))
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let TransportRequest { method, url, headers, body } = request;
            let progress = body.progress().clone();
            let has_body = body.remaining() > 0;
            let mut outgoing = self.0.request(method, url).headers(headers);
            if has_body {
                outgoing = outgoing.body(reqwest::Body::wrap(body));
            }
            let answer = outgoing.send().await.map_err(|error| {
                // A connection asks for the first piece of the body before it writes anything of the request.
                let untouched = has_body && !progress.started();
                let certain = error.is_connect() || error.is_builder() || was_never_taken(&error);
                let delivery = if certain || untouched { Delivery::NotSent } else { Delivery::Unknown };
                TransportError { failure: failure_of(&error), delivery }
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
            let failure = failure_of(&error);
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

/// Whether the connection was gone before it took the request: hyper calls that, and only that, "canceled".
fn was_never_taken(error: &reqwest::Error) -> bool {
    causes(error).filter_map(|cause| cause.downcast_ref::<hyper::Error>()).any(hyper::Error::is_canceled)
}

/// Reads off an error chain what broke.
fn failure_of(error: &reqwest::Error) -> Failure {
    for cause in causes(error) {
        if let Some(tls) = cause.downcast_ref() {
            return failure_of_tls(tls);
        }
        let hyper = cause.downcast_ref::<hyper::Error>();
        if hyper.is_some_and(hyper::Error::is_parse) {
            return Failure::Malformed;
        }
        if cause.is::<BodyError>() {
            return Failure::RequestBody;
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

/// An error and all that caused it. `std::io::Error` hides what it wraps from `source()`, and the errors of TLS arrive wrapped in two of them.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| wrapped(*error))
}

fn wrapped<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

fn failure_of_tls(error: &rustls::Error) -> Failure {
    use CertificateError as Cert;
    let rustls::Error::InvalidCertificate(problem) = error else {
        return Failure::Tls;
    };
    match problem {
        Cert::UnknownIssuer => Failure::TlsUnknownAuthority,
        Cert::Expired | Cert::ExpiredContext { .. } | Cert::NotValidYet | Cert::NotValidYetContext { .. } => {
            Failure::TlsExpired
        }
        Cert::NotValidForName | Cert::NotValidForNameContext { .. } => Failure::TlsWrongName,
        _ => Failure::TlsCertificate,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::Body;
    use crate::progress::Progress;
    use crate::request::SendBody;

    #[tokio::test]
    async fn an_answer_that_is_reset_after_its_head_is_lost() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let base = BaseUrl::parse(&format!("http://{address}")).unwrap();
        let transport = ReqwestTransport::new(&base, &Deadlines::default(), &Connection::default()).unwrap();
        let body = Body::json("text").unwrap();
        let request = TransportRequest {
            method: Method::POST,
            url: base.join("/v1/work"),
            headers: HeaderMap::new(),
            body: SendBody::open(&body, Progress::new()).await.unwrap(),
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
    fn a_certificates_fault_is_named() {
        use CertificateError as Cert;
        let table = [
            (Cert::UnknownIssuer, Failure::TlsUnknownAuthority),
            (Cert::Expired, Failure::TlsExpired),
            (Cert::NotValidYet, Failure::TlsExpired),
            (Cert::NotValidForName, Failure::TlsWrongName),
            (Cert::Revoked, Failure::TlsCertificate),
            (Cert::BadEncoding, Failure::TlsCertificate),
        ];
        for (problem, expected) in table {
            let error = rustls::Error::InvalidCertificate(problem);
            // Wrapped twice, as a connector hands it on.
            let wrapped = io::Error::other(io::Error::other(error.clone()));
            let found: Vec<_> = causes(&wrapped).filter_map(|cause| cause.downcast_ref::<rustls::Error>()).collect();
            assert_eq!(found, [&error]);
            assert_eq!(failure_of_tls(&error), expected, "{error}");
        }
        assert_eq!(failure_of_tls(&rustls::Error::DecryptError), Failure::Tls);
    }
}
