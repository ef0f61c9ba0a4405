//! The transport for production: `reqwest` over HTTP/1.1, with everything that could send a request twice or elsewhere switched off.
//!
//! The errors of the libraries below carry URLs and bytes of answers. What matters of them is read off here, and they go no further.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::Frame;
use rustls::CertificateError;

use crate::deadline::Deadlines;
use crate::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use crate::{BaseUrl, BoxFuture, Delivery, Error, tls};

pub(crate) struct ReqwestTransport(reqwest::Client);

/// Long calls are silent while the vendor thinks, for up to ten minutes. Probes notice a peer that has gone and keep
/// address translators from forgetting the connection.
const KEEPALIVE: Duration = Duration::from_secs(30);

impl ReqwestTransport {
    pub(crate) fn new(base: &BaseUrl, deadlines: &Deadlines) -> Result<Self, Error> {
        let tls = if base.is_https() {
            tls::verified()?
        } else {
            tls::none()?
        };
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
            .map_err(|_| {
                Error::configuration("HTTP client", "could not be set up on this system")
            })?;
        Ok(Self(client))
    }
}

impl Transport for ReqwestTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let TransportRequest {
                method,
                url,
                headers,
                body,
            } = request;
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
                let delivery = if certain || untouched {
                    Delivery::NotSent
                } else {
                    Delivery::Unknown
                };
                TransportError {
                    failure: failure_of(&error),
                    delivery,
                }
            })?;
            let (head, body) = http::Response::from(answer).into_parts();
            let body = Box::pin(IncomingBody(body));
            Ok(TransportResponse {
                status: head.status,
                headers: head.headers,
                body,
            })
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
            TransportError {
                failure,
                delivery: Delivery::ResponseLost,
            }
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
    let mut cause = error.source();
    while let Some(current) = cause {
        let hyper = current.downcast_ref::<hyper::Error>();
        if hyper.is_some_and(hyper::Error::is_canceled) {
            return true;
        }
        cause = current.source();
    }
    false
}

/// Reads off an error chain what broke.
fn failure_of(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(tls) = tls_error_of(current) {
            return failure_of_tls(tls);
        }
        if current
            .downcast_ref::<hyper::Error>()
            .is_some_and(hyper::Error::is_parse)
        {
            return Failure::Malformed;
        }
        if current.is::<crate::transport::BodyError>() {
            return Failure::RequestBody;
        }
        cause = current.source();
    }
    match () {
        () if error.is_builder() => Failure::Setup,
        () if error.is_dns() => Failure::Resolve,
        () if error.is_connect() && error.is_timeout() => Failure::ConnectTimeout,
        () if error.is_connect() => Failure::Connect,
        () => Failure::Interrupted,
    }
}

/// `std::io::Error` hides the error it wraps from `source()`, and TLS errors arrive wrapped in one.
fn tls_error_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(io) = error.downcast_ref::<std::io::Error>() {
        return io.get_ref().and_then(|inner| inner.downcast_ref());
    }
    error.downcast_ref()
}

fn failure_of_tls(error: &rustls::Error) -> Failure {
    use CertificateError as Cert;
    let rustls::Error::InvalidCertificate(problem) = error else {
        return Failure::Tls;
    };
    match problem {
        Cert::UnknownIssuer => Failure::TlsUnknownAuthority,
        Cert::Expired
        | Cert::ExpiredContext { .. }
        | Cert::NotValidYet
        | Cert::NotValidYetContext { .. } => Failure::TlsExpired,
        Cert::NotValidForName | Cert::NotValidForNameContext { .. } => Failure::TlsWrongName,
        _ => Failure::Tls,
    }
}
