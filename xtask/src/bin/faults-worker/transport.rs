//! The real transport, watched: what goes out, and every byte that comes, is said before it is handed on. It changes nothing of what the client sees,
//! unless it is told to be a bad transport.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use base64::Engine as _;
use bytes::Bytes;
use clinical_http::transport::{ResponseBody, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Delivery};
use clinical_transport::ReqwestTransport;
use hyper::http::HeaderValue;
use xtask::faults::EXCHANGE_HEADER;
use xtask::faults::point::Point;
use xtask::faults::wire::{Line, Sabotage};

use crate::deaths::Deaths;
use crate::pipe::Pipe;

/// The transport of the client.
pub(crate) struct WatchedTransport {
    pub(crate) inner: ReqwestTransport,
    pub(crate) pipe: Arc<Pipe>,
    pub(crate) deaths: Deaths,
    pub(crate) sabotage: Option<Sabotage>,
    /// The number of the next exchange.
    pub(crate) next: AtomicU64,
}

impl Transport for WatchedTransport {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let exchange = self.next.fetch_add(1, Ordering::Relaxed);
            request.headers.insert(EXCHANGE_HEADER, HeaderValue::from(exchange));
            let poll = request.url.path().ends_with("/tasks");
            let bad = match self.sabotage {
                Some(Sabotage::RepeatClaims) => poll,
                Some(Sabotage::Resubmit) => !poll,
                _ => false,
            };
            self.pipe.say(&Line::Sent { exchange, poll });
            self.deaths.pass(Point::SendBegins);
            let mut sending = self.inner.send(request);
            let sent = std::future::poll_fn(|cx| {
                let polled = sending.as_mut().poll(cx);
                if polled.is_pending() {
                    self.deaths.pass(Point::SendPending);
                }
                polled
            })
            .await;
            let said = match &sent {
                Ok(answer) => Line::Head {
                    exchange,
                    status: answer.status.as_u16(),
                    hinted: answer.headers.get("retry-after").is_some_and(is_time),
                },
                Err(error) => Line::Failed { exchange, delivery: error.delivery.as_str().to_owned() },
            };
            self.pipe.say(&said);
            self.deaths.pass(Point::SendEnds);
            match sent {
                Ok(answer) if bad && !answer.status.is_success() => {
                    let failure = clinical_http::transport::Failure::Connect;
                    Err(TransportError { failure, delivery: Delivery::NotSent })
                }
                Ok(answer) => {
                    let body = answer.body;
                    let body = WatchedBody { body, exchange, pipe: self.pipe.clone(), deaths: self.deaths.clone() };
                    let body: ResponseBody = Box::pin(body);
                    Ok(TransportResponse { status: answer.status, headers: answer.headers, body })
                }
                Err(error) if bad => Err(TransportError { delivery: Delivery::NotSent, ..error }),
                Err(error) => Err(error),
            }
        })
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
    pipe: Arc<Pipe>,
    deaths: Deaths,
}

impl hyper::body::Body for WatchedBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, TransportError>>> {
        let exchange = self.exchange;
        let polled = self.body.as_mut().poll_frame(cx);
        match &polled {
            Poll::Pending => self.deaths.pass(Point::BodyPending),
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    let bytes = base64::engine::general_purpose::STANDARD.encode(data);
                    self.pipe.say(&Line::Came { exchange, bytes });
                    self.deaths.pass(Point::PieceCame);
                }
            }
            Poll::Ready(ended) => {
                self.pipe.say(&Line::Over { exchange, whole: ended.is_none() });
                self.deaths.pass(Point::BodyEnds);
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
