//! The real transport, watched: every request is numbered, and what becomes of it is said before it is handed on. It changes nothing of what the client
//! sees, unless it is told to be a bad transport.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use clinical_http::transport::{Failure, ResponseBody, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Delivery};
use clinical_transport::{Progress, ReqwestTransport};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::http::HeaderValue;

use super::wire::Event;
use super::witness::{StepClock, Witness};
use crate::faults::EXCHANGE_HEADER;
use crate::faults::point::Point;
use crate::faults::wire::Sabotage;

tokio::task_local! {
    /// The call that is being made by this task.
    pub(super) static CALL: u32;
}

/// The transport of a client.
pub(super) struct WatchedTransport {
    pub(super) inner: ReqwestTransport,
    pub(super) witness: Arc<dyn Witness>,
    pub(super) clock: StepClock,
    pub(super) sabotage: Option<Sabotage>,
    /// The number of the next request, of all clients of a life.
    pub(super) next: Arc<AtomicU64>,
}

impl Transport for WatchedTransport {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            use clinical_http::Clock as _;
            let exchange = self.next.fetch_add(1, Ordering::Relaxed);
            request.headers.insert(EXCHANGE_HEADER, HeaderValue::from(exchange));
            let call = CALL.try_with(|call| *call).ok();
            let at = u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX);
            self.witness.say(Event::Sent { exchange, call, at });
            self.witness.pass(Point::SendBegins);
            let progress = request.body.progress().clone();
            let mut open = Open { witness: self.witness.clone(), exchange, progress, is_over: false };
            let mut sending = self.inner.send(request);
            let sent = std::future::poll_fn(|cx| {
                let polled = sending.as_mut().poll(cx);
                if polled.is_pending() {
                    self.witness.pass(Point::SendPending);
                }
                polled
            })
            .await;
            open.ends(&sent);
            self.witness.pass(Point::SendEnds);
            let answer = self.spoil(sent)?;
            let (witness, body) = (self.witness.clone(), answer.body);
            let body = WatchedBody { body, exchange, witness, text: Vec::new(), is_over: false };
            Ok(TransportResponse { body: Box::pin(body), ..answer })
        })
    }
}

impl WatchedTransport {
    /// What a bad transport makes of it.
    fn spoil(&self, sent: Result<TransportResponse, TransportError>) -> Result<TransportResponse, TransportError> {
        let nobody_knows = match &sent {
            Ok(answer) => matches!(answer.status.as_u16(), 500 | 502..=504),
            Err(error) => error.delivery == Delivery::Unknown,
        };
        match self.sabotage {
            Some(Sabotage::RepeatUnknown) if nobody_knows => {
                Err(TransportError { failure: Failure::Connect, delivery: Delivery::NotSent })
            }
            Some(Sabotage::DenyUnknown) if nobody_knows => {
                let body: ResponseBody = Box::pin(http_body_util::Empty::new().map_err(|never| match never {}));
                Ok(TransportResponse { status: StatusCode::BAD_REQUEST, headers: hyper::HeaderMap::new(), body })
            }
            Some(Sabotage::RepeatRefused) => sent.map(|mut answer| {
                if matches!(answer.status.as_u16(), 408 | 425 | 503) {
                    answer.status = StatusCode::TOO_MANY_REQUESTS;
                }
                answer
            }),
            _ => sent,
        }
    }
}

/// For a client that is not to send.
pub(super) struct Nowhere;

impl Transport for Nowhere {
    fn send(&self, _: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let error = TransportError { failure: Failure::Setup, delivery: Delivery::NotSent };
        Box::pin(std::future::ready(Err(error)))
    }
}

/// A request whose answer has not begun. If it is dropped so, the client gave it up.
struct Open {
    witness: Arc<dyn Witness>,
    exchange: u64,
    progress: Arc<Progress>,
    is_over: bool,
}

impl Open {
    fn ends(&mut self, sent: &Result<TransportResponse, TransportError>) {
        self.is_over = true;
        let exchange = self.exchange;
        self.witness.say(match sent {
            Ok(answer) => {
                let hinted = answer.headers.get("retry-after").is_some_and(is_time);
                Event::Head { exchange, status: answer.status.as_u16(), hinted }
            }
            Err(error) => {
                let (delivery, started) = (error.delivery.as_str().to_owned(), self.progress.started());
                Event::Failed { exchange, delivery, started }
            }
        });
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if !self.is_over {
            self.witness.say(Event::GivenUp { exchange: self.exchange, started: self.progress.started() });
        }
    }
}

/// A number of seconds, or a date, which begins with the name of a day. Anything else says nothing.
fn is_time(value: &HeaderValue) -> bool {
    let value = value.as_bytes();
    let days: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    (!value.is_empty() && value.iter().all(u8::is_ascii_digit)) || days.iter().any(|day| value.starts_with(day))
}

struct WatchedBody {
    body: ResponseBody,
    exchange: u64,
    witness: Arc<dyn Witness>,
    text: Vec<u8>,
    is_over: bool,
}

impl WatchedBody {
    fn over(&mut self, whole: bool) {
        if !std::mem::replace(&mut self.is_over, true) {
            let text = String::from_utf8_lossy(&self.text).into_owned();
            self.witness.say(Event::Over { exchange: self.exchange, whole, text });
            self.witness.pass(Point::BodyEnds);
        }
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        // A reader may know from the length that nothing more will come, and not ask for it.
        self.over(self.body.is_end_stream());
    }
}

/// More of an answer than this is not remembered: none that is made of identifiers is as long.
const MOST: usize = 4_096;

impl hyper::body::Body for WatchedBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, TransportError>>> {
        let polled = self.body.as_mut().poll_frame(cx);
        match &polled {
            Poll::Pending => self.witness.pass(Point::BodyPending),
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    let room = MOST.saturating_sub(self.text.len());
                    self.text.extend_from_slice(&data[..data.len().min(room)]);
                    self.witness.pass(Point::PieceCame);
                }
            }
            Poll::Ready(ended) => {
                let whole = ended.is_none();
                self.over(whole);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}
