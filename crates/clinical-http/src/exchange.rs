//! One attempt: one request out, one answer in, and what it means.
//!
//! | what happened | delivery | kind |
//! |---|---|---|
//! | the file cannot be opened, or is another one | `NotSent` | `InvalidInput`, final |
//! | the transport failed | as the transport says | of the [`Failure`] |
//! | the limit passed before the body was asked for | `NotSent` | `Timeout` |
//! | the limit passed after that, or there is no body | `Unknown` | `Timeout` |
//! | a status that is no success | of the status, see `verdict` | of the status, see `classify` |
//! | a success that is longer than the cap | `ResponseLost` | `ResponseTooLarge`, final |
//! | a success that broke off, stalled or took too long | `ResponseLost` | `Interrupted`, `Timeout` |
//! | a success, whole | `Answered` | decoded by the caller |
//!
//! "Final" is not sent again whatever the effect, because the same would happen again.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header::LOCATION};
use tokio::time::Instant;

use crate::addresses::Addresses;
use crate::classify::{expired_error, failure_error, status_error};
use crate::operation::RetryHint;
use crate::rate::Remaining;
use crate::transport::{Failure, Transport, TransportRequest, TransportResponse};
use crate::verdict::{self, Pace};
use crate::{AnswerSink, BodyLimits, Call, Clock, Delivery, Effect, Error, ErrorKind, retry_after};
use clinical_transport::{End, Expired, Progress, SendBody, capped, guarded, later, pieces, within};

/// A success, its body not yet decoded.
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    /// Empty if it went into a sink.
    pub(crate) body: Bytes,
    pub(crate) received: usize,
    pub(crate) remaining: Option<Remaining>,
}

/// An attempt that did not succeed.
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) pace: Pace,
    /// The same would happen again (an answer past the cap, a file that has changed): not repeated
    /// whatever the effect.
    pub(crate) is_final: bool,
    /// What the vendor said about its rate limit.
    pub(crate) remaining: Option<Remaining>,
}

impl Failed {
    fn transient(error: Error) -> Self {
        Self { error, pace: Pace::Transient, is_final: false, remaining: None }
    }

    fn finally(error: Error) -> Self {
        Self { is_final: true, ..Self::transient(error) }
    }
}

/// What an attempt is made of; the same for every attempt of a call but for `headers` and `progress`.
pub(crate) struct Attempting<'a> {
    pub(crate) transport: &'a dyn Transport,
    pub(crate) addresses: &'a Addresses,
    pub(crate) limits: &'a BodyLimits,
    pub(crate) retry_hint: Option<RetryHint>,
    pub(crate) stall: Duration,
    pub(crate) clock: &'a dyn Clock,
}

impl Attempting<'_> {
    /// Sends one request and reads its answer, within `limit`.
    pub(crate) async fn run(
        &self,
        call: &Call,
        headers: HeaderMap,
        progress: &Arc<Progress>,
        limit: Duration,
        sink: Option<&mut (dyn AnswerSink + '_)>,
    ) -> Result<Success, Failed> {
        let (operation, body) = (call.operation(), call.body_ref());
        let read_once = operation.effect() == Effect::ReadOnce;
        let end = later(progress.origin(), limit);
        let Some(opened) = within(|| end, SendBody::open(body, progress.clone())).await else {
            let error = expired_error(Expired::Attempt, limit, Delivery::NotSent);
            return Err(Failed::transient(error));
        };
        let request = TransportRequest {
            method: operation.method().to_http(),
            url: self.addresses.of(call),
            headers,
            body: opened.map_err(Failed::finally)?,
            fresh: read_once,
        };
        let sent = guarded(self.transport.send(request), end, self.stall, progress).await;
        let response = match sent {
            Ok(Ok(response)) => response,
            Ok(Err(failed)) => {
                if let (Some(problem), Some(field)) = (progress.problem(), body.file_field()) {
                    let error = problem.into_error(field).with_delivery(failed.delivery);
                    return Err(Failed::finally(error));
                }
                let error = failure_error(failed.failure, failed.delivery);
                // A request that cannot be built cannot be built a second time either. Nor do the same name
                // and password become right, and many directories lock an account after a few.
                return Err(match failed.failure {
                    Failure::Setup | Failure::ProxyCredentials => Failed::finally(error),
                    _ => Failed::transient(error),
                });
            }
            Err(expired) => {
                let untouched = !body.is_empty() && !progress.started();
                let delivery = if untouched { Delivery::NotSent } else { Delivery::Unknown };
                return Err(Failed::transient(expired_error(expired, limit, delivery)));
            }
        };
        progress.answered(response.status.as_u16());
        if response.status.is_success() {
            // What can be had once is read for as long as it keeps coming.
            let end = if read_once { later(end, Duration::MAX) } else { end };
            self.success(response, end, sink).await
        } else {
            Err(self.refusal(response, end, read_once).await)
        }
    }

    async fn success(
        &self,
        response: TransportResponse,
        end: Instant,
        sink: Option<&mut (dyn AnswerSink + '_)>,
    ) -> Result<Success, Failed> {
        let TransportResponse { status, headers, body } = response;
        let cap = self.limits.of(true);
        let has_sink = sink.is_some();
        let remaining = Remaining::read(&headers, || self.clock.wall());
        let (body, received, ended) = if let Some(sink) = sink {
            sink.begins(status.as_u16(), request_id(&headers).as_deref(), body.size_hint().exact());
            let mut received = 0;
            let take = |piece: Bytes| {
                received += piece.len();
                sink.piece(piece)
            };
            let ended = pieces(body, take, end, self.stall).await;
            (Bytes::new(), received, ended)
        } else {
            let (body, ended) = capped(body, cap, end, self.stall).await;
            let received = body.len();
            (body, received, ended)
        };
        let (kind, message) = match ended {
            End::Whole => {
                let request_id = request_id(&headers);
                return Ok(Success { status: status.as_u16(), request_id, body, received, remaining });
            }
            End::Capped if has_sink => {
                (ErrorKind::ResponseTooLarge, "the answer is longer than what is taken of one, and was cut".to_owned())
            }
            End::Capped => (
                ErrorKind::ResponseTooLarge,
                format!("the answer is longer than the cap of {cap} bytes and was cut there"),
            ),
            End::Lost(_) => (ErrorKind::Interrupted, "the connection broke off in the middle of the answer".to_owned()),
            End::Expired(Expired::Stall) => {
                (ErrorKind::Timeout, "the answer stalled: no byte came within the stall limit".to_owned())
            }
            End::Expired(Expired::Attempt) => {
                (ErrorKind::Timeout, "the answer was not complete within the time limit of an attempt".to_owned())
            }
        };
        let error = Error::new(kind, message)
            .with_delivery(Delivery::ResponseLost)
            .with_status(status.as_u16(), request_id(&headers))
            .with_body(body);
        Err(Failed { error, pace: Pace::Transient, is_final: ended == End::Capped, remaining })
    }

    /// `read_once`: somebody in between may have changed the status of what cannot be had again.
    async fn refusal(&self, response: TransportResponse, end: Instant, read_once: bool) -> Failed {
        let TransportResponse { status, headers, body } = response;
        let hint = retry_after::hint(&headers, self.clock.wall());
        let hinted = hint.is_some();
        let remaining = Remaining::read(&headers, || self.clock.wall());
        // The status decides; an error body that breaks off or takes too long changes nothing.
        let (body, _) = capped(body, self.limits.of(read_once), end, self.stall).await;
        let hint = hint.max(self.retry_hint.and_then(|find| find(&body)));
        let origin =
            headers.get(LOCATION).and_then(|to| to.to_str().ok()).and_then(|to| self.addresses.base().origin_of(to));
        let code = status.as_u16();
        let error = status_error(status, hinted, hint, origin.as_deref())
            .with_delivery(verdict::delivery_of_status(code, hinted))
            .with_status(code, request_id(&headers))
            .with_retry_after(hint)
            .with_body(body);
        Failed { error, pace: verdict::pace_of_status(code, hinted), is_final: false, remaining }
    }
}

/// The vendor's id of the request, if it looks like one.
fn request_id(headers: &HeaderMap) -> Option<String> {
    const LONGEST: usize = 128;
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let value = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = !value.is_empty() && value.len() <= LONGEST && value.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| value.to_owned())
}

/// Whether a status means that the credential was refused.
pub(crate) fn is_unauthorized(error: &Error) -> bool {
    error.status() == Some(StatusCode::UNAUTHORIZED.as_u16())
}
