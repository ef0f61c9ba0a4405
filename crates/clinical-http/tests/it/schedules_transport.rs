//! A transport that is slow at every step by chance, and notes when a body last moved and who ended the exchange.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use clinical_http::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Delivery};
use http::HeaderMap;
use http_body::{Body as _, Frame};
use tokio::time::Instant;

use crate::schedules_clock::pause;
use crate::support::CODED;

/// What is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Connecting,
    Upload,
    /// All is sent: the vendor thinks, and may.
    Thinking,
    Answer,
}

/// One request.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) call: usize,
    pub(crate) began: Instant,
    /// When a body last moved.
    pub(crate) moved: Instant,
    pub(crate) phase: Phase,
    pub(crate) ended: Option<Instant>,
    /// Whether the exchange ended by itself and was not broken off.
    pub(crate) by_script: bool,
}

type Dice = Arc<Mutex<fastrand::Rng>>;
type Log = Arc<Mutex<Vec<Heard>>>;

pub(crate) struct Unreliable {
    dice: Dice,
    heard: Log,
}

impl Unreliable {
    pub(crate) fn new(dice: &Dice) -> Self {
        Self { dice: dice.clone(), heard: Arc::default() }
    }

    pub(crate) fn heard(&self) -> Log {
        self.heard.clone()
    }
}

/// A request's place in the log. Dropping it is the end of the request.
struct Place(Log, usize);

impl Place {
    fn with(&self, note: impl FnOnce(&mut Heard)) {
        note(&mut self.0.lock().unwrap()[self.1]);
    }

    fn moved(&self, phase: Phase) {
        self.with(|heard| (heard.moved, heard.phase) = (Instant::now(), phase));
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.with(|heard| heard.ended = Some(Instant::now()));
    }
}

const INTERRUPTED: TransportError = TransportError { failure: Failure::Interrupted, delivery: Delivery::Unknown };

impl Transport for Unreliable {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let began = Instant::now();
            let call = request.headers["x-doctor"].to_str().unwrap().parse().unwrap();
            let place = {
                let mut heard = self.heard.lock().unwrap();
                let phase = Phase::Connecting;
                heard.push(Heard { call, began, moved: began, phase, ended: None, by_script: false });
                Place(self.heard.clone(), heard.len() - 1)
            };
            pause(&self.dice).await;
            let mut body = request.body;
            place.moved(Phase::Upload);
            while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                frame.unwrap();
                if body.is_end_stream() {
                    break;
                }
                place.moved(Phase::Upload);
                pause(&self.dice).await;
            }
            place.moved(Phase::Thinking);
            pause(&self.dice).await;
            let (status, hint, pieces) = {
                let mut random = self.dice.lock().unwrap();
                let status = [200, 200, 200, 429, 503, 500, 0][random.usize(0..7)];
                (status, (random.u8(0..3) == 0).then(|| random.u32(0..=8)), random.usize(0..=2))
            };
            if status == 0 {
                place.with(|heard| heard.by_script = true);
                return Err(INTERRUPTED);
            }
            let mut headers = HeaderMap::new();
            if let Some(hint) = hint {
                headers.insert("retry-after", hint.into());
            }
            place.moved(Phase::Answer);
            let body = Slow { left: pieces, place, waiting: wait(&self.dice), dice: self.dice.clone() };
            Ok(TransportResponse { status: status.try_into().unwrap(), headers, body: Box::pin(body) })
        })
    }
}

fn wait(dice: &Dice) -> BoxFuture<'static, ()> {
    let dice = dice.clone();
    Box::pin(async move { pause(&dice).await })
}

/// White space, piece by piece, then the JSON.
struct Slow {
    left: usize,
    place: Place,
    waiting: BoxFuture<'static, ()>,
    dice: Dice,
}

impl http_body::Body for Slow {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        if self.left == usize::MAX {
            self.place.with(|heard| heard.by_script = true);
            return Poll::Ready(None);
        }
        ready!(self.waiting.as_mut().poll(cx));
        self.place.moved(Phase::Answer);
        let piece = if self.left == 0 { CODED } else { " " };
        self.left = self.left.wrapping_sub(1);
        if self.left != usize::MAX {
            self.waiting = wait(&self.dice);
        }
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
    }
}
