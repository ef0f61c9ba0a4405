//! Transports that answer by what was asked, and one that holds every request until the test lets it go.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use clinical_http::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Delivery};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// A status and a body.
pub type Reply = (u16, String);

/// An answer without codes whose run is called `run_id`.
pub fn empty_answer(run_id: &str) -> Reply {
    let answer = json!({"final_code_assessments": [], "discarded_code_assessments": [], "run_id": run_id});
    (200, answer.to_string())
}

/// Answers each request by its body, and keeps the bodies. Clones share them.
#[derive(Clone)]
pub struct Answering {
    answer: Arc<dyn Fn(&Value) -> Reply + Send + Sync>,
    bodies: Arc<Mutex<Vec<Value>>>,
}

impl std::fmt::Debug for Answering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answering")
    }
}

impl Answering {
    /// Answers with what the function makes of a body.
    pub fn with(answer: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), bodies: Arc::default() }
    }

    /// The bodies so far, in order.
    pub fn bodies(&self) -> Vec<Value> {
        lock(&self.bodies).clone()
    }
}

impl Transport for Answering {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let body = read(request).await?;
            let reply = (self.answer)(&body);
            lock(&self.bodies).push(body);
            Ok(response(reply))
        })
    }
}

/// Holds every request until the test answers it. Clones share the requests.
#[derive(Debug, Clone, Default)]
pub struct Holding {
    state: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    waiting: Vec<(String, oneshot::Sender<Reply>)>,
    started: usize,
    in_flight: usize,
    most: usize,
}

impl Holding {
    /// Requests that were ever started.
    pub fn started(&self) -> usize {
        lock(&self.state).started
    }

    /// Requests on their way now.
    pub fn in_flight(&self) -> usize {
        lock(&self.state).in_flight
    }

    /// The most requests that were on their way at one moment.
    pub fn most(&self) -> usize {
        lock(&self.state).most
    }

    /// Answers the `n`th of the waiting requests, counted from 0, with what the function makes of its note.
    pub fn answer(&self, n: usize, reply: impl FnOnce(&str) -> Reply) {
        let (note, sender) = lock(&self.state).waiting.remove(n);
        let _ = sender.send(reply(&note));
    }
}

/// Counts a request out, also when its future is dropped.
struct InFlight(Arc<Mutex<Held>>);

impl Drop for InFlight {
    fn drop(&mut self) {
        lock(&self.0).in_flight -= 1;
    }
}

impl Transport for Holding {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let body = read(request).await?;
            let note = body["medical_note"].as_str().unwrap_or_default().to_owned();
            let (sender, answer) = oneshot::channel();
            let _counted = {
                let mut held = lock(&self.state);
                held.started += 1;
                held.in_flight += 1;
                held.most = held.most.max(held.in_flight);
                held.waiting.push((note, sender));
                InFlight(Arc::clone(&self.state))
            };
            let lost = TransportError { failure: Failure::Interrupted, delivery: Delivery::Unknown };
            answer.await.map(response).map_err(|_| lost)
        })
    }
}

async fn read(request: TransportRequest) -> Result<Value, TransportError> {
    let unreadable = TransportError { failure: Failure::RequestBody, delivery: Delivery::Unknown };
    let body = request.body.collect().await.map_err(|_| unreadable)?;
    Ok(serde_json::from_slice(&body.to_bytes()).unwrap_or(Value::Null))
}

fn response((status, body): Reply) -> TransportResponse {
    TransportResponse {
        status: status.try_into().unwrap(),
        headers: http::HeaderMap::new(),
        body: Box::pin(Full::new(Bytes::from(body)).map_err(|never| match never {})),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
