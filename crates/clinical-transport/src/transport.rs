//! What carries one request and brings back one answer, and says of every failure what it means for
//! delivery.
//!
//! The trait exists so that the rules of this crate can be tested without a network. The one
//! implementation for production sends with `reqwest`. A transport never repeats a request and
//! never follows a redirect.

use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::{BoxFuture, Delivery, ErrorKind, SendBody};

/// One request, complete but for its framing.
pub struct TransportRequest {
    /// The method.
    pub method: Method,
    /// The whole address. May hold identifiers: never log it.
    pub url: Url,
    /// All header fields but `Host` and `Content-Length`. Secrets and references among them are
    /// marked sensitive.
    pub headers: HeaderMap,
    /// The body, of exact length; one with nothing in it is no body.
    pub body: SendBody,
    /// Must go out on a connection of its own that no request has used before. On one that is kept
    /// open the server may be hanging up at this very moment, and nobody could tell whether it read
    /// the request.
    pub fresh: bool,
}

impl std::fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransportRequest")
            .field("method", &self.method)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// The body of an answer as it arrives. It has no cap of its own; a failure in it is a lost answer
/// ([`ResponseLost`](Delivery::ResponseLost)) if the status was a success.
pub type ResponseBody = Pin<Box<dyn http_body::Body<Data = Bytes, Error = TransportError> + Send>>;

/// One answer: the head, and a body still to be read. Dropping it unread closes the connection.
pub struct TransportResponse {
    /// The status.
    pub status: StatusCode,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: ResponseBody,
}

impl std::fmt::Debug for TransportResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransportResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What broke.
///
/// Its `Display` is a whole sentence with what to do, in fixed words: it becomes the message of the
/// [`Error`](crate::Error) and holds no address and no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The host's name could not be resolved.
    #[error("the host name could not be resolved")]
    Resolve,
    /// No connection could be made.
    #[error("the connection could not be made")]
    Connect,
    /// No connection could be made in time.
    #[error("the connection was not ready in time")]
    ConnectTimeout,
    /// The proxy could not be reached.
    #[error("the proxy could not be reached; check its address and that it is up")]
    Proxy,
    /// The proxy wants credentials, or other ones (407).
    #[error("the proxy did not accept the credentials, or there were none (407); set the proxy's user and password")]
    ProxyCredentials,
    /// The proxy did not open a tunnel to the vendor.
    #[error("the proxy opened no tunnel to the vendor; ask its operator to allow this host and port")]
    ProxyRefused,
    /// The server's certificate is not signed by a known authority.
    #[error(
        "the server's certificate is from an unknown authority; if you trust it, install that authority on this system or add it to the connection"
    )]
    TlsUnknownAuthority,
    /// The server's certificate has expired.
    #[error("the server's certificate has expired; check this machine's clock, then ask the server's operator")]
    TlsExpired,
    /// The server's certificate is not valid yet.
    #[error("the server's certificate is not valid yet; check this machine's clock, then ask the server's operator")]
    TlsNotYetValid,
    /// The server's certificate is for another name.
    #[error("the server's certificate is for another name; check the address, then ask the server's operator")]
    TlsWrongName,
    /// The server's certificate is refused for another reason.
    #[error("the server's certificate is not valid for a server; ask its operator for a proper one")]
    TlsCertificate,
    /// The server speaks neither TLS 1.2 nor 1.3.
    #[error(
        "the server speaks only a TLS version older than 1.2, which is not safe; ask its operator for TLS 1.2 or 1.3"
    )]
    TlsVersion,
    /// The server demands a client certificate, and the connection has none.
    #[error("the server demands a client certificate; give the connection an identity")]
    TlsIdentityRequired,
    /// The server refused our client certificate.
    #[error(
        "the server refused the client certificate; check its dates, and ask the server's operator which authority must issue it"
    )]
    TlsIdentityRefused,
    /// The server refused the handshake and said no more.
    #[error(
        "the server refused the TLS handshake; it may demand a client certificate or share no cipher suite with this client"
    )]
    TlsRefused,
    /// What came back is not TLS.
    #[error("the server does not speak TLS on this port; check the address")]
    TlsNotSpoken,
    /// The TLS handshake failed otherwise.
    #[error("the TLS handshake failed")]
    Tls,
    /// The connection broke after the request had been started.
    #[error("the connection broke off")]
    Interrupted,
    /// What came back is not HTTP.
    #[error("the answer is not valid HTTP")]
    Malformed,
    /// The request's own body could not be read.
    #[error("the request's body could not be read")]
    RequestBody,
    /// The request could not be built.
    #[error("the request could not be built")]
    Setup,
}

impl Failure {
    /// The kind of error that it is for a caller.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Resolve | Self::Connect | Self::Proxy | Self::ProxyCredentials | Self::ProxyRefused => {
                ErrorKind::Connect
            }
            Self::ConnectTimeout => ErrorKind::Timeout,
            Self::TlsUnknownAuthority
            | Self::TlsExpired
            | Self::TlsNotYetValid
            | Self::TlsWrongName
            | Self::TlsCertificate
            | Self::TlsVersion
            | Self::TlsIdentityRequired
            | Self::TlsIdentityRefused
            | Self::TlsRefused
            | Self::TlsNotSpoken
            | Self::Tls => ErrorKind::Tls,
            Self::RequestBody => ErrorKind::InvalidInput,
            Self::Setup => ErrorKind::Configuration,
            Self::Interrupted | Self::Malformed => ErrorKind::Interrupted,
        }
    }
}

/// A failure, and whether bytes of the request may have left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct TransportError {
    /// What broke.
    pub failure: Failure,
    /// What that means for the request. A transport says [`NotSent`](Delivery::NotSent) only if it
    /// is certain.
    pub delivery: Delivery,
}

/// Sends requests, one connection attempt and one request each.
///
/// What an implementation owes to the rules above it, which trust it blindly:
///
/// - It sends a request at most once: no retry, no redirect, no second address after bytes were
///   written.
/// - It polls the body only when it is about to write. That the body was never polled is taken as
///   proof that nothing was sent.
/// - It adds `Host` and `Content-Length`, and no other field that means anything to the vendor.
/// - It sets no limit on how long an answer may take: attempt and stall limits are kept outside, by
///   dropping the future.
/// - It logs no address, field value or body.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and returns the answer once its head is there.
    ///
    /// # Delivery
    ///
    /// With an answer, the vendor has received the request; the rules above judge its status. On a
    /// failure it is what [`TransportError::delivery`] says: `NotSent` only if no byte of the
    /// request can have left, `Refused` only if the vendor is certain not to have read it,
    /// otherwise `Unknown`. A failure of the answer's body comes from that body, later.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] with what broke and what that means for delivery. An answer with a
    /// status that is not a success is no error here.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future abandons the request; its delivery is then unknown unless the body was
    /// never polled. An implementation must stop sending and must not put that connection back into
    /// a pool, where the late answer would be taken for that of the next request. The same holds
    /// for dropping the answer's body.
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>>;
}
