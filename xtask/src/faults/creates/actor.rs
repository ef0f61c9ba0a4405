//! The client's side: real clients over real connections do what an order says, and everything that happens is said. It judges nothing, and nothing in it
//! knows what goes wrong on the network.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::Poll;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clinical_http::{Attempt, BaseUrl, Connection, Deadlines};
use clinical_transport::ReqwestTransport;
use novamed_api::log::{DirectoryLog, MemoryLog, SubmissionKey, SubmissionLog, SubmissionState};
use novamed_api::{ClinicId, Error, Kind, NovaMed, Revision};
use tokio::task::JoinSet;

use super::WINDOW;
use super::content;
use super::keys::Keys;
use super::record::{KeyProbe, WatchedLog};
use super::transport::{CALL, Nowhere, WatchedTransport};
use super::wire::{CallOrder, ClientLog, ClientOrder, Content, Event, LogOrder, Order, Outcome};
use super::witness::{StepClock, Witness};
use crate::faults::point::Point;
use crate::faults::wire::Sabotage;

/// Does what the order says, and tells at last what is on record.
///
/// # Errors
///
/// The clients or the log could not be made.
pub async fn act(order: Order, witness: Arc<dyn Witness>) -> Result<()> {
    let actor = Actor::new(order, witness)?;
    actor.rounds().await?;
    actor.records().await
}

/// Shared by the calls.
#[derive(Clone)]
struct Actor {
    order: Arc<Order>,
    witness: Arc<dyn Witness>,
    clock: StepClock,
    log: Option<WatchedLog>,
    clients: Vec<NovaMed>,
    keys: Keys,
}

impl Actor {
    fn new(order: Order, witness: Arc<dyn Witness>) -> Result<Self> {
        let clock = StepClock::new(Duration::from_millis(order.passed), witness.clone());
        let inner: Option<Arc<dyn SubmissionLog>> = match &order.log {
            LogOrder::None => None,
            LogOrder::Memory => Some(Arc::new(MemoryLog::new())),
            LogOrder::Directory(path) => Some(opened(path)?),
        };
        let (sabotage, fails, count) = (order.sabotage, order.log_fails, Arc::default());
        let log = inner.map(|inner| WatchedLog { inner, witness: witness.clone(), sabotage, fails, count });
        let keys = Keys::new(order.keys.clone());
        let actor = Self { order: Arc::new(order), witness, clock, log, clients: Vec::new(), keys };
        let next = Arc::new(AtomicU64::new(actor.order.life as u64 * 10_000));
        let clients: Result<_> = actor.order.clients.iter().map(|client| actor.client(client, &next)).collect();
        Ok(Self { clients: clients?, ..actor })
    }

    fn client(&self, client: &ClientOrder, next: &Arc<AtomicU64>) -> Result<NovaMed> {
        let base = BaseUrl::parse(&self.order.url)?;
        let transport = WatchedTransport {
            inner: ReqwestTransport::new(&base, Duration::from_secs(5), &Connection::default())?,
            witness: self.witness.clone(),
            clock: self.clock.clone(),
            sabotage: self.order.sabotage,
            next: next.clone(),
        };
        let limits = Deadlines::default()
            .attempt(Duration::from_millis(client.attempt))
            .stall(Duration::from_millis(client.stall));
        let (clock, seed, at_once) = (self.clock.clone(), self.order.seed, client.at_once);
        let (keys, renews) = (self.keys.clone(), client.renews);
        let builder = NovaMed::builder()
            .revision(if client.newer { Revision::V2026_01 } else { Revision::V2025_12 })
            .synthetic_data_only()
            .base_url(&self.order.url)
            .clinic(ClinicId::new(&self.order.clinic)?)
            .credential(move |scheme| keys.source(scheme, renews))
            .window(WINDOW)
            .http(move |http| {
                http.transport(transport).clock(clock).deadlines(limits).seed(seed).max_in_flight(at_once)
            });
        let builder = match (&self.log, &self.order.log) {
            (Some(log), LogOrder::Directory(path)) if client.log == ClientLog::Own => {
                builder.submission_log(WatchedLog { inner: opened(path)?, ..log.clone() })
            }
            (Some(log), _) if client.log != ClientLog::None => builder.submission_log(log.clone()),
            _ => builder,
        };
        Ok(builder.build()?)
    }

    async fn rounds(&self) -> Result<()> {
        for round in &self.order.rounds {
            if round.after > 0 {
                clinical_http::Clock::sleep(&self.clock, Duration::from_secs(round.after)).await;
            }
            let mut calls = JoinSet::new();
            for call in &round.calls {
                calls.spawn(CALL.scope(call.number, self.clone().call(call.clone())));
            }
            if round.rotates {
                let keys = self.keys.clone();
                calls.spawn(async move { keys.rotate().await });
            }
            while let Some(ended) = calls.join_next().await {
                ended.context("a call broke down")?;
            }
        }
        Ok(())
    }

    async fn call(self, call: CallOrder) {
        let client = &self.clients[call.client];
        let client = if call.again { client.repeating() } else { client.clone() };
        let number = call.number;
        self.witness.say(Event::Begins { call: number, at: self.clock.millis() });
        let creating = Box::pin(content::create(&client, call.content, &self.order.things));
        let Some(ended) = self.left_after(call.leave, creating).await else {
            self.witness.say(Event::Left { call: number });
            return;
        };
        if let (Err(error), Some(Sabotage::ReleaseUnknown)) = (&ended, self.order.sabotage) {
            self.release(&call, error).await;
        }
        self.witness.say(Event::Ended { call: number, outcome: outcome(ended) });
    }

    /// `None` if the caller left. The real caller's own task dies there as well: every poll is a point of it.
    async fn left_after<T>(&self, polls: Option<u32>, mut future: Pin<Box<impl Future<Output = T>>>) -> Option<T> {
        let mut polled = 0;
        std::future::poll_fn(|cx| {
            if polls.is_some_and(|most| polled >= most) {
                return Poll::Ready(None);
            }
            polled += 1;
            self.witness.pass(Point::Root);
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }

    /// The sabotage of a client that takes an unknown outcome off the record.
    async fn release(&self, call: &CallOrder, error: &Error) {
        let is_logged = self.order.clients[call.client].log != ClientLog::None;
        if let (true, true, Some(log)) = (error.may_have_been_processed(), is_logged, &self.log)
            && let Ok(key) = self.key_of(call.content, self.order.clients[call.client].newer).await
        {
            // What a bad log cannot write is one fault less to find.
            let _ = log.not_created(&key);
        }
    }

    /// Under which key a content is on record: learnt from the client itself, which sends nothing.
    async fn key_of(&self, content: Content, newer: bool) -> Result<SubmissionKey> {
        let probe = KeyProbe::default();
        let client = NovaMed::builder()
            .revision(if newer { Revision::V2026_01 } else { Revision::V2025_12 })
            .synthetic_data_only()
            .base_url(&self.order.url)
            .clinic(ClinicId::new(&self.order.clinic)?)
            .api_key("dev_key-that-is-never-sent")
            .submission_log(probe.clone())
            .http(|http| http.transport(Nowhere))
            .build()?;
        match content::create(&client, content, &self.order.things).await {
            Err(error) if error.kind() == Kind::Log => {}
            _ => anyhow::bail!("a log that lets nothing pass was not heard"),
        }
        probe.take().context("the client asked its log for nothing")
    }

    async fn records(&self) -> Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let calls = self.order.rounds.iter().flat_map(|round| &round.calls);
        let contents: BTreeSet<(Content, bool)> =
            calls.map(|call| (call.content, self.order.clients[call.client].newer)).collect();
        let mut keys: Vec<(Content, SubmissionKey)> = Vec::new();
        for (content, newer) in contents {
            let key = self.key_of(content, newer).await?;
            if let Some((_, known)) = keys.iter().find(|(known, _)| *known == content) {
                anyhow::ensure!(*known == key, "one content has a key for each revision");
                continue;
            }
            let state = log.find(&key).context("the log could not be read")?.map(|submission| shown(&submission.state));
            self.witness.say(Event::OnRecord { content, state });
            keys.push((content, key));
        }
        Ok(())
    }
}

fn opened(path: &str) -> Result<Arc<dyn SubmissionLog>> {
    Ok(Arc::new(DirectoryLog::open(path).context("the log could not be opened")?))
}

/// How a state is written in events.
fn shown(state: &SubmissionState) -> String {
    match state {
        SubmissionState::Created { id } => id.clone(),
        _ => "uncertain".to_owned(),
    }
}

fn outcome(ended: Result<(String, Vec<Attempt>), Error>) -> Outcome {
    let attempts = |attempts: &[Attempt]| {
        let told = |attempt: &Attempt| (attempt.status, attempt.delivery.as_str().to_owned());
        attempts.iter().map(told).collect()
    };
    match ended {
        Ok((id, tried)) => Outcome {
            id: Some(id),
            kind: "created".to_owned(),
            cause: None,
            perhaps: false,
            advice: false,
            status: tried.last().and_then(|attempt| attempt.status),
            attempts: attempts(&tried),
            earlier: None,
        },
        Err(error) => Outcome {
            id: None,
            kind: error.kind().as_str().to_owned(),
            cause: error.cause_kind().map(|kind| kind.as_str().to_owned()),
            perhaps: error.may_have_been_processed(),
            advice: error.advice().is_some(),
            status: error.status(),
            attempts: attempts(error.attempt_log()),
            earlier: error.earlier().map(|earlier| shown(&earlier.state)),
        },
    }
}
