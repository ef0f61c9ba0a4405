//! Everything that a call waits for, made to wait: each wait is pending once and then goes on. So a call can be dropped at its n-th wait, and the
//! names of the waits tell where that is.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use clinical_http::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink, CallId, Outcome};
use clinical_http::credential::{Credential, CredentialSource};
use clinical_http::testing::JumpingClock;
use clinical_http::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Clock, Delivery, Error, Event, Observer};
use http_body::{Body as _, Frame};

/// Polls a future until it ends, but at most `times` times (at least once), and drops it then: at once, while it waits.
pub(crate) async fn dropped_after<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polls >= times => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls a future until it ends or has begun its `nth` wait, and drops it then. What it waits for besides is waited for.
pub(crate) async fn dropped_at<F: Future>(nth: usize, waits: &Waits, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if waits.names().len() >= nth => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    })
    .await
}

/// The names of the waits so far. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Waits(Arc<Mutex<Vec<&'static str>>>);

impl Waits {
    /// Pending the first time.
    fn poll(&self, waited: &mut bool, name: &'static str, cx: &mut Context<'_>) -> Poll<()> {
        if *waited {
            return Poll::Ready(());
        }
        *waited = true;
        self.0.lock().unwrap().push(name);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    pub(crate) fn once(&self, name: &'static str) -> impl Future<Output = ()> + Send + use<> {
        let (waits, mut waited) = (self.clone(), false);
        poll_fn(move |cx| waits.poll(&mut waited, name, cx))
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().clone()
    }
}

/// How far one request has come, as the vendor's side knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Connecting,
    Sending,
    /// The client has the head of an answer.
    Head(u16),
    /// The client has all that will come.
    Over,
}

/// What the transport does with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Unreachable,
    Answer(u16, &'static [(&'static str, &'static str)], &'static [&'static str]),
    /// An answer that breaks off after its pieces.
    Broken(u16, &'static [&'static str]),
}

/// Plays replies, the last one for ever. Clones share them.
#[derive(Clone)]
pub(crate) struct Playing {
    waits: Waits,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    stages: Arc<Mutex<Vec<Stage>>>,
}

impl Playing {
    pub(crate) fn new(waits: &Waits, replies: &[Reply]) -> Self {
        let replies = Arc::new(Mutex::new(replies.iter().copied().collect()));
        Self { waits: waits.clone(), replies, stages: Arc::default() }
    }

    /// From now on only this.
    pub(crate) fn always(&self, reply: Reply) {
        *self.replies.lock().unwrap() = [reply].into();
    }

    /// Of every request so far.
    pub(crate) fn stages(&self) -> Vec<Stage> {
        self.stages.lock().unwrap().clone()
    }

    fn next(&self) -> Reply {
        let mut replies = self.replies.lock().unwrap();
        if replies.len() > 1 { replies.pop_front().unwrap() } else { replies[0] }
    }
}

/// One request's place among the stages.
#[derive(Clone)]
struct Place(Arc<Mutex<Vec<Stage>>>, usize);

impl Place {
    fn is(&self, stage: Stage) {
        self.0.lock().unwrap()[self.1] = stage;
    }
}

impl Transport for Playing {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let reply = self.next();
            let number = {
                let mut stages = self.stages.lock().unwrap();
                stages.push(Stage::Connecting);
                stages.len() - 1
            };
            let place = Place(self.stages.clone(), number);
            self.waits.once("connect").await;
            let (status, fields, pieces, breaks) = match reply {
                Reply::Unreachable => {
                    place.is(Stage::Over);
                    return Err(TransportError { failure: Failure::Connect, delivery: Delivery::NotSent });
                }
                Reply::Answer(status, fields, pieces) => (status, fields, pieces, false),
                Reply::Broken(status, pieces) => (status, &[][..], pieces, true),
            };
            let mut body = request.body;
            place.is(Stage::Sending);
            while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                frame.map_err(|_| TransportError { failure: Failure::RequestBody, delivery: Delivery::Unknown })?;
                self.waits.once("piece").await;
            }
            self.waits.once("head").await;
            place.is(Stage::Head(status));
            let headers = fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            let body = Pieces { waits: self.waits.clone(), waited: false, place, left: pieces.iter(), breaks };
            Ok(TransportResponse { status: status.try_into().unwrap(), headers, body: Box::pin(body) })
        })
    }
}

struct Pieces {
    waits: Waits,
    waited: bool,
    place: Place,
    left: std::slice::Iter<'static, &'static str>,
    breaks: bool,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = &mut *self;
        std::task::ready!(this.waits.poll(&mut this.waited, "answer", cx));
        this.waited = false;
        if let Some(piece) = this.left.next() {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece.as_bytes())))));
        }
        this.place.is(Stage::Over);
        let broken = TransportError { failure: Failure::Interrupted, delivery: Delivery::ResponseLost };
        Poll::Ready(this.breaks.then_some(Err(broken)))
    }
}

/// Hands out a new credential after every rejection.
pub(crate) struct Renewing(pub(crate) Waits, AtomicU64);

impl Renewing {
    pub(crate) fn new(waits: &Waits) -> Self {
        Self(waits.clone(), AtomicU64::new(0))
    }
}

impl CredentialSource for Renewing {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            self.0.once("credential").await;
            Ok(Credential::bearer("token")?.with_generation(self.1.load(Ordering::SeqCst)))
        })
    }

    fn rejected(&self, generation: u64) {
        self.1.store(generation + 1, Ordering::SeqCst);
    }
}

/// Remembers who was announced and what was recorded. Clones share both.
#[derive(Clone, Default)]
pub(crate) struct Remembering {
    waits: Waits,
    opened: Arc<Mutex<Vec<CallId>>>,
    records: Arc<Mutex<Vec<AuditRecord>>>,
}

impl Remembering {
    pub(crate) fn new(waits: &Waits) -> Self {
        Self { waits: waits.clone(), ..Self::default() }
    }

    pub(crate) fn opened(&self) -> Vec<CallId> {
        self.opened.lock().unwrap().clone()
    }

    pub(crate) fn records(&self) -> Vec<AuditRecord> {
        self.records.lock().unwrap().clone()
    }
}

impl AuditSink for Remembering {
    fn open<'a>(&'a self, opening: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        self.opened.lock().unwrap().push(opening.call);
        Box::pin(async {
            self.waits.once("open").await;
            Ok(())
        })
    }

    fn record(&self, record: AuditRecord) {
        self.records.lock().unwrap().push(record);
    }
}

/// A clock that jumps, after a wait.
#[derive(Clone)]
pub(crate) struct Jumping(Waits, JumpingClock);

impl Jumping {
    pub(crate) fn new(waits: &Waits) -> Self {
        Self(waits.clone(), JumpingClock::new())
    }
}

impl Clock for Jumping {
    fn now(&self) -> Duration {
        self.1.now()
    }

    fn wall(&self) -> SystemTime {
        self.1.wall()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let (waits, clock) = (self.0.clone(), self.1.clone());
        Box::pin(async move {
            waits.once("sleep").await;
            clock.sleep(duration).await;
        })
    }
}

/// Remembers what an observer is told. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Told {
    started: Arc<Mutex<usize>>,
    ended: Arc<Mutex<Vec<(Outcome, Delivery)>>>,
    end_was_last: Arc<Mutex<bool>>,
}

impl Told {
    /// How many attempts began.
    pub(crate) fn started(&self) -> usize {
        *self.started.lock().unwrap()
    }

    /// Whether the latest event was the end of a call.
    pub(crate) fn end_was_last(&self) -> bool {
        *self.end_was_last.lock().unwrap()
    }

    /// The calls that ended.
    pub(crate) fn ended(&self) -> Vec<(Outcome, Delivery)> {
        self.ended.lock().unwrap().clone()
    }
}

impl Observer for Told {
    fn on_event(&self, event: Event<'_>) {
        *self.end_was_last.lock().unwrap() = matches!(event, Event::CallEnded { .. });
        match event {
            Event::CallEnded { outcome, delivery, .. } => self.ended.lock().unwrap().push((outcome, delivery)),
            Event::AttemptStarted { .. } => *self.started.lock().unwrap() += 1,
            _ => {}
        }
    }
}
