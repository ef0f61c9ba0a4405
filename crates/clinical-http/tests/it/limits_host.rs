//! A vendor for the tests of the limits: its mood can change while calls are under way, and it notes who came when and how many were there
//! at the same time.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use clinical_http::credential::{Credential, CredentialSource, StaticCredential};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{
    Answer, BaseUrl, Body, BoxFuture, Call, CallContext, Client, ClientBuilder, Error, Operation, Vendor,
};
use http_body::Frame;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::support::{BASE, Coded, TOKEN, VENDOR};

/// How a call ended.
pub(crate) type Ended = Result<Answer<Coded>, Error>;

#[derive(Clone)]
pub(crate) struct Host {
    inner: Arc<Mutex<Inner>>,
    opened: Instant,
}

struct Inner {
    script: VecDeque<Step>,
    mood: Step,
    /// When each request came, and the doctor it named.
    came: Vec<(Duration, String)>,
    present: usize,
    most: usize,
}

impl Host {
    /// Answers every request with `mood`.
    pub(crate) fn new(mood: Step) -> Self {
        let inner = Inner { script: VecDeque::new(), mood, came: Vec::new(), present: 0, most: 0 };
        Self { inner: Arc::new(Mutex::new(inner)), opened: Instant::now() }
    }

    /// Answers the next requests with these steps, then as before.
    pub(crate) fn first(self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.inner().script.extend(steps);
        self
    }

    pub(crate) fn turns_to(&self, mood: Step) {
        self.inner().mood = mood;
    }

    /// Forgets the steps that are left.
    pub(crate) fn clear(&self) {
        self.inner().script.clear();
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        self.builder_of(&VENDOR)
    }

    pub(crate) fn builder_of(&self, vendor: &'static Vendor) -> ClientBuilder {
        Client::builder(vendor, BaseUrl::parse(BASE).unwrap())
            .credential(StaticCredential::bearer(TOKEN).unwrap())
            .transport(self.clone())
            .seed(7)
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// When the requests came, since the host was opened.
    pub(crate) fn times(&self) -> Vec<Duration> {
        self.inner().came.iter().map(|(at, _)| *at).collect()
    }

    /// From each request to the next.
    pub(crate) fn gaps(&self) -> Vec<Duration> {
        self.times().windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
    }

    /// The doctors that the requests named, in order.
    pub(crate) fn doctors(&self) -> Vec<String> {
        self.inner().came.iter().map(|(_, doctor)| doctor.clone()).collect()
    }

    pub(crate) fn requests(&self) -> usize {
        self.inner().came.len()
    }

    /// How many requests are here, and how many were at most.
    pub(crate) fn present(&self) -> (usize, usize) {
        let inner = self.inner();
        (inner.present, inner.most)
    }

    /// How much virtual time has passed.
    pub(crate) fn elapsed(&self) -> Duration {
        self.opened.elapsed()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

impl Transport for Host {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let (step, here) = {
                let mut inner = self.inner();
                let doctor = request.headers.get("x-doctor").map_or("", |id| id.to_str().unwrap()).to_owned();
                inner.came.push((self.opened.elapsed(), doctor));
                inner.present += 1;
                inner.most = inner.most.max(inner.present);
                let step = inner.script.pop_front().unwrap_or_else(|| inner.mood.clone());
                (step, Here(self.inner.clone()))
            };
            let transport = ScriptedTransport::new([step]);
            let mut response = transport.send(request).await?;
            response.body = Box::pin(Staying { body: response.body, _here: here });
            Ok(response)
        })
    }
}

/// A request that is here until its answer has been read or dropped.
struct Here(Arc<Mutex<Inner>>);

impl Drop for Here {
    fn drop(&mut self) {
        self.0.lock().unwrap().present -= 1;
    }
}

struct Staying<B> {
    body: B,
    _here: Here,
}

impl<B: http_body::Body<Data = Bytes, Error = TransportError> + Unpin> http_body::Body for Staying<B> {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }
}

/// Takes this long (none: not a moment) to hand out a credential, and has another one after every rejection.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) takes: Option<Duration>,
    pub(crate) asked: AtomicU64,
    generation: AtomicU64,
}

impl Source {
    pub(crate) fn taking(time: Duration) -> Self {
        Self { takes: Some(time), ..Self::default() }
    }
}

impl CredentialSource for Source {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            if let Some(time) = self.takes {
                tokio::time::sleep(time).await;
            }
            Ok(Credential::bearer(TOKEN)?.with_generation(self.generation.load(Ordering::SeqCst)))
        })
    }

    fn rejected(&self, generation: u64) {
        self.generation.store(generation + 1, Ordering::SeqCst);
    }
}

/// A call that names this doctor.
pub(crate) fn of_doctor(operation: &'static Operation, doctor: &str) -> Call {
    let context = CallContext::new().doctor(doctor).unwrap();
    let body = Body::json(&serde_json::json!({ "note": "text" })).unwrap();
    Call::new(operation).context(context).body(body)
}

/// Makes a call in a task of its own.
pub(crate) fn start(client: &Client, call: Call) -> JoinHandle<Ended> {
    let client = client.clone();
    tokio::spawn(async move { client.send(call).await })
}

/// Lets every task run until it waits for time or for another.
pub(crate) async fn settled() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Lets this much virtual time pass.
pub(crate) async fn pass(time: Duration) {
    settled().await;
    tokio::time::sleep(time).await;
    settled().await;
}

pub(crate) async fn all(tasks: Vec<JoinHandle<Ended>>) -> Vec<Ended> {
    let mut ended = Vec::with_capacity(tasks.len());
    for task in tasks {
        ended.push(task.await.unwrap());
    }
    ended
}
