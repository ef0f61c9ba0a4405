//! For tests of crates built on this one: a transport that plays a script, a clock that does not
//! wait, and a sink that remembers.
//!
//! Behind the feature `testing`. Nothing here sends anything anywhere.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body::{Body as _, Frame};

use crate::audit::{AuditRecord, AuditSink};
use crate::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use crate::{BoxFuture, Clock, Delivery};

/// What the scripted transport does with one request: an answer, a failure or silence, with what
/// comes before and after.
///
/// ```
/// use clinical_http::Delivery;
/// use clinical_http::testing::Step;
/// use clinical_http::transport::Failure;
/// use std::time::Duration;
///
/// let busy = Step::answer(429, "").header("retry-after", "2");
/// let unreachable = Step::fail(Failure::Connect, Delivery::NotSent);
/// // Two pieces of an answer, the first after a minute, and then the connection breaks.
/// let cut = Step::answer(200, "{\"run").chunk("_id\":").after(Duration::from_secs(60)).then_break();
/// # let _ = (busy, unreachable, cut);
/// ```
#[derive(Debug, Clone)]
pub struct Step {
    before: Act,
    outcome: Result<Head, TransportError>,
    /// Each with the time that it lets pass first.
    chunks: Vec<(Duration, Bytes)>,
    after: Act,
}

#[derive(Debug, Clone)]
struct Head {
    status: StatusCode,
    headers: HeaderMap,
}

/// What happens before an answer's head, or after its last chunk.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Go on.
    Proceed,
    /// Wait (tokio's clock), then go on.
    Delay(Duration),
    /// Never go on.
    Hang,
    /// Break off.
    Break,
}

impl Step {
    /// Takes the whole request, then answers.
    ///
    /// # Panics
    ///
    /// If `status` is not a status.
    pub fn answer(status: u16, body: impl Into<Bytes>) -> Self {
        #[allow(clippy::expect_used)] // a mistake in a test's own script
        let status = StatusCode::from_u16(status).expect("a status from 100 to 999");
        Self {
            before: Act::Proceed,
            outcome: Ok(Head { status, headers: HeaderMap::new() }),
            chunks: vec![(Duration::ZERO, body.into())],
            after: Act::Proceed,
        }
    }

    /// Takes the whole request unless it was `NotSent`, then fails.
    pub fn fail(failure: Failure, delivery: Delivery) -> Self {
        Self {
            before: Act::Proceed,
            outcome: Err(TransportError { failure, delivery }),
            chunks: Vec::new(),
            after: Act::Proceed,
        }
    }

    /// Takes the whole request and never answers.
    pub fn silence() -> Self {
        Self { before: Act::Hang, ..Self::answer(200, Bytes::new()) }
    }

    /// Adds a header field to the answer.
    ///
    /// # Panics
    ///
    /// If name or value cannot be in a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(head) = &mut self.outcome {
            #[allow(clippy::expect_used)] // a mistake in a test's own script
            head.headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a field value"));
        }
        self
    }

    /// Adds a chunk to the answer's body.
    #[must_use]
    pub fn chunk(self, chunk: impl Into<Bytes>) -> Self {
        self.chunk_after(Duration::ZERO, chunk)
    }

    /// Adds a chunk that comes so much later than the one before, by tokio's timer.
    #[must_use]
    pub fn chunk_after(mut self, delay: Duration, chunk: impl Into<Bytes>) -> Self {
        self.chunks.push((delay, chunk.into()));
        self
    }

    /// Answers only after this long, by tokio's clock.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.before = Act::Delay(delay);
        self
    }

    /// Breaks the connection after the last chunk of the body.
    #[must_use]
    pub fn then_break(mut self) -> Self {
        self.after = Act::Break;
        self
    }

    /// Falls silent after the last chunk of the body.
    #[must_use]
    pub fn then_silence(mut self) -> Self {
        self.after = Act::Hang;
        self
    }
}

/// A request as the scripted transport received it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: String,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body, as far as it was taken.
    pub body: Bytes,
    /// Whether a connection of its own was asked for.
    pub fresh: bool,
}

/// A transport that plays steps, one per request, and remembers the requests. Clones share both.
///
/// Everything above the transport is the real thing: retries, limits, credentials, audit. What only
/// a network shows (TLS, proxies, half-written requests) needs a server; `clinical-sandbox` is one.
///
/// ```
/// use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
/// use std::time::Duration;
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// let transport = ScriptedTransport::new([Step::answer(500, ""), Step::answer(200, "{}")]);
/// let clock = JumpingClock::new();
/// let client = Client::builder(&VENDOR, BaseUrl::parse("https://codify.example")?)
///     .transport(transport.clone())
///     .clock(clock.clone())
///     .seed(1)
///     .build()?;
/// client.send_raw(Call::new(&READ)).await?;
///
/// // One retry after at most 100 ms, which the test did not wait for.
/// assert_eq!(transport.requests().len(), 2);
/// assert!(clock.sleeps().iter().all(|slept| *slept <= Duration::from_millis(100)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScriptedTransport {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<VecDeque<Step>>,
    forever: Mutex<Option<Step>>,
    requests: Mutex<Vec<Recorded>>,
}

impl ScriptedTransport {
    /// Plays these steps in order. A request beyond the last one fails as not sent.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let transport = Self::default();
        lock(&transport.shared.script).extend(steps);
        transport
    }

    /// Plays one step for every request.
    pub fn always(step: Step) -> Self {
        let transport = Self::default();
        *lock(&transport.shared.forever) = Some(step);
        transport
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared.requests).clone()
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let step = lock(&self.shared.script).pop_front().or_else(|| lock(&self.shared.forever).clone());
            let step = step.unwrap_or_else(|| Step::fail(Failure::Connect, Delivery::NotSent));
            let TransportRequest { method, url, headers, mut body, fresh } = request;
            let mut taken = Vec::new();
            if !matches!(step.outcome, Err(TransportError { delivery: Delivery::NotSent, .. })) {
                while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                    let broken = |_| TransportError { failure: Failure::RequestBody, delivery: Delivery::Unknown };
                    taken.extend_from_slice(&frame.map_err(broken)?.into_data().unwrap_or_default());
                }
            }
            let url = url.to_string();
            lock(&self.shared.requests).push(Recorded { method, url, headers, body: taken.into(), fresh });
            act(step.before).await?;
            let Head { status, headers } = step.outcome?;
            let body =
                Box::pin(ScriptedBody { chunks: step.chunks.into(), pause: None, after: Box::pin(act(step.after)) });
            Ok(TransportResponse { status, headers, body })
        })
    }
}

async fn act(act: Act) -> Result<(), TransportError> {
    match act {
        Act::Proceed => Ok(()),
        Act::Delay(delay) => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
        Act::Hang => std::future::pending().await,
        Act::Break => Err(TransportError { failure: Failure::Interrupted, delivery: Delivery::ResponseLost }),
    }
}

struct ScriptedBody {
    chunks: VecDeque<(Duration, Bytes)>,
    /// Before the first of the chunks.
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
    after: BoxFuture<'static, Result<(), TransportError>>,
}

impl http_body::Body for ScriptedBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let this = &mut *self;
        if let Some((delay, _)) = this.chunks.front().filter(|(delay, _)| !delay.is_zero()) {
            ready!(this.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(*delay))).as_mut().poll(cx));
            this.pause = None;
        }
        if let Some((_, chunk)) = this.chunks.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        self.after.as_mut().poll(cx).map(|ended| ended.err().map(Err))
    }
}

/// A clock that jumps: a sleep ends at once and moves the clock by its length. Clones share the time.
#[derive(Debug, Clone)]
pub struct JumpingClock {
    state: Arc<Mutex<Jumps>>,
    epoch: SystemTime,
}

#[derive(Debug, Default)]
struct Jumps {
    now: Duration,
    sleeps: Vec<Duration>,
}

impl JumpingClock {
    /// A clock that starts at 2026-01-01T00:00:00Z.
    pub fn new() -> Self {
        let epoch = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        Self { state: Arc::default(), epoch }
    }

    /// Every sleep so far.
    pub fn sleeps(&self) -> Vec<Duration> {
        lock(&self.state).sleeps.clone()
    }
}

impl Default for JumpingClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> Duration {
        lock(&self.state).now
    }

    fn wall(&self) -> SystemTime {
        self.epoch + self.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut state = lock(&self.state);
        state.now = state.now.saturating_add(duration);
        state.sleeps.push(duration);
        Box::pin(std::future::ready(()))
    }
}

/// A sink that keeps the records. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct MemoryAudit {
    records: Arc<Mutex<Vec<AuditRecord>>>,
}

impl MemoryAudit {
    /// An empty sink.
    pub fn new() -> Self {
        Self::default()
    }

    /// The records so far.
    pub fn records(&self) -> Vec<AuditRecord> {
        lock(&self.records).clone()
    }
}

impl AuditSink for MemoryAudit {
    fn record(&self, record: AuditRecord) {
        lock(&self.records).push(record);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
