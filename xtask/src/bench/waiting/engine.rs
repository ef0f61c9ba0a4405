//! The client as it is measured: the real one with its defaults, a vendor whose tasks never end, and a note of when each question began.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Event, Observer};
use clinical_long_tasks::{Origin, Polling, TaskToken};
use haidy_analyst::{Haidy, HaidyBuilder};
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, StatusCode};
use tokio::sync::Notify;
use tokio::time::Instant;

/// What the vendor says whenever it is asked.
pub(crate) const IN_PROGRESS: &str =
    r#"{"task_id":"5f2b1c3e-0000-4000-8000-000000000000","status":"STARTED","percentage":40,"result":null}"#;

/// A task whose token is the same in each process. It looks like a real one: a UUID for the task, one record's reference.
pub(crate) fn token(authority: &str, number: usize) -> Result<TaskToken> {
    let mut origin = Origin::new("haidy", format!("http://{authority}"), "structure")
        .references([format!("9a0e8c52-1111-4222-8333-{number:012x}")]);
    origin.submission = format!("{number:032x}");
    Ok(TaskToken::new(origin, format!("5f2b1c3e-0000-4000-8000-{number:012x}"))?)
}

/// A client that asks over the network, or the vendor in this process.
pub(crate) fn haidy(authority: &str, away: bool, asked: &Arc<Asked>) -> HaidyBuilder {
    let asked = asked.clone();
    Haidy::builder()
        .base_url(format!("http://{authority}"))
        .token("not-a-real-token")
        .http(move |http| if away { http } else { http.transport(Endless) }.observer(asked))
}

/// The default polling, with another limit on all questions together if one is given.
pub(crate) fn polling(per_second: Option<u32>, in_flight: Option<usize>) -> Polling {
    let polling = Polling::default();
    let polling = per_second.map_or(polling.clone(), |most| polling.per_second(most));
    in_flight.map_or(polling.clone(), |most| polling.in_flight(most))
}

/// Answers at once, in this process: for the spread of questions, which a busy machine must not change.
struct Endless;

impl Transport for Endless {
    fn send(&self, mut request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            // The body is taken, as it is by a server: unread, the request would count as not sent.
            while let Some(Ok(_)) = request.body.frame().await {}
            let body = Full::new(Bytes::from_static(IN_PROGRESS.as_bytes())).map_err(|never| match never {});
            Ok(TransportResponse { status: StatusCode::OK, headers: HeaderMap::new(), body: Box::pin(body) })
        })
    }
}

/// Notes when each question begins, in milliseconds since the common start, and says when there were enough.
pub(crate) struct Asked {
    start: Instant,
    enough: usize,
    answered: AtomicUsize,
    times: Mutex<Vec<u32>>,
    done: Notify,
}

impl Asked {
    pub(crate) fn new(enough: usize) -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            enough,
            answered: AtomicUsize::new(0),
            times: Mutex::new(Vec::with_capacity(enough.min(1 << 20))),
            done: Notify::new(),
        })
    }

    /// Resolves when so many questions have been answered.
    pub(crate) async fn enough(&self) {
        self.done.notified().await;
    }

    pub(crate) fn times(&self) -> Vec<u32> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }
}

impl Observer for Asked {
    fn on_event(&self, event: Event<'_>) {
        match event {
            Event::AttemptStarted { .. } => {
                let time = u32::try_from(self.start.elapsed().as_millis()).unwrap_or(u32::MAX);
                self.times.lock().unwrap_or_else(PoisonError::into_inner).push(time);
            }
            Event::AttemptEnded { attempt, .. } => {
                let answered = attempt.failure.is_none();
                let before = self.answered.fetch_add(answered.into(), Ordering::Relaxed);
                if answered && before + 1 == self.enough {
                    self.done.notify_one();
                }
            }
            _ => {}
        }
    }
}
