//! One life: recovers what earlier lives left, submits, waits for everything, and says how each of them ended.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use clinical_http::{BaseUrl, Connection, Deadlines};
use clinical_long_tasks::{Claimed, DirectoryStore, Entry, Fate, State, TaskError, TaskErrorKind, TaskToken, Terminal};
use clinical_transport::ReqwestTransport;
use haidy_analyst::{FhirOptions, Haidy, Kind, Record, Structure};
use xtask::faults::point::Point;
use xtask::faults::wire::{Line, Order, Sabotage, Submission};
use xtask::faults::{ATTEMPT_LIMIT, STALL_LIMIT, record_id, submission_of};

use crate::clock::SharedClock;
use crate::deaths::Deaths;
use crate::pipe::Pipe;
use crate::store::WatchedStore;
use crate::transport::WatchedTransport;

/// Lives.
pub(crate) async fn live(order: Order, pipe: &Arc<Pipe>) -> anyhow::Result<()> {
    let deaths = Deaths::new(order.death, pipe.clone())?;
    let haidy = client(&order, pipe, &deaths)?;
    let life = Life { haidy, pipe: pipe.clone(), sabotage: order.sabotage };
    let mut living = Box::pin(life.run(order));
    std::future::poll_fn(|cx| {
        deaths.pass(Point::Root);
        living.as_mut().poll(cx)
    })
    .await
}

fn client(order: &Order, pipe: &Arc<Pipe>, deaths: &Deaths) -> anyhow::Result<Haidy> {
    let transport = WatchedTransport {
        inner: ReqwestTransport::new(&BaseUrl::parse(&order.url)?, Duration::from_secs(5), &Connection::default())?,
        pipe: pipe.clone(),
        deaths: deaths.clone(),
        sabotage: order.sabotage,
        next: AtomicU64::new(u64::from(order.life) * 1_000),
    };
    let clock = SharedClock { now: Arc::default(), pipe: pipe.clone(), deaths: deaths.clone() };
    let limits = Deadlines::default().attempt(ATTEMPT_LIMIT).stall(STALL_LIMIT);
    let seed = order.seed;
    let store = DirectoryStore::open(&order.store).context("the store could not be opened")?;
    let store = WatchedStore { inner: store, pipe: pipe.clone(), deaths: deaths.clone(), sabotage: order.sabotage };
    let haidy = Haidy::builder()
        .base_url(&order.url)
        .token(order.token.clone())
        .store(store)
        .seed(seed)
        .http(move |http| http.transport(transport).clock(clock).deadlines(limits).seed(seed));
    Ok(haidy.build()?)
}

struct Life {
    haidy: Haidy,
    pipe: Arc<Pipe>,
    sabotage: Option<Sabotage>,
}

impl Life {
    async fn run(self, order: Order) -> anyhow::Result<()> {
        let found = self.haidy.recover().await.context("recovery failed")?;
        let mut tokens: Vec<TaskToken> = found.iter().filter_map(|entry| entry.token.clone()).collect();
        for entry in &found {
            self.found(entry);
        }
        if order.ask_again {
            for entry in found.iter().filter(|entry| matches!(entry.state, State::PossiblyLost | State::Partial)) {
                self.ask_again(entry).await;
            }
        }
        for submission in &order.submissions {
            self.pipe.say(&Line::Begin { submission: submission.number });
            let submitted = self.submit(submission).await;
            let token = match &submitted {
                Ok(token) => Some(token),
                Err(error) => error.token(),
            };
            self.pipe.say(&Line::Submitted {
                submission: submission.number,
                token: token.map(|token| token.task().to_owned()),
                outcome: match &submitted {
                    Ok(token) => Ok(token.task().to_owned()),
                    // A call that made no task.
                    Err(error) if matches!(error.kind(), Kind::Call(_)) => Err("not_submitted".to_owned()),
                    Err(error) => Err(error.kind().as_str().to_owned()),
                },
            });
            tokens.extend(token.cloned());
        }
        if let Some(polls) = order.leave {
            let mut many = self.haidy.tasks().wait_many(tokens.clone());
            let leaving = async { while many.next().await.is_some() {} };
            left_after(polls, Box::pin(leaving)).await;
            drop(many);
            self.haidy.drain().await;
        }
        let mut many = self.haidy.tasks().wait_many(tokens);
        while let Some((token, ended)) = many.next().await {
            self.ended(&token, ended);
        }
        self.haidy.drain().await;
        Ok(())
    }

    async fn submit(&self, submission: &Submission) -> Result<TaskToken, haidy_analyst::Error> {
        let records = Structure::new([Record::text(&submission.text).id(record_id(submission.number))]);
        if submission.fhir {
            let task = self.haidy.structure_fhir(records, FhirOptions::new()).await?;
            return Ok(task.token().clone());
        }
        Ok(self.haidy.structure(records).await?.token().clone())
    }

    fn found(&self, entry: &Entry) {
        let uncertain = !matches!(entry.state, State::Waiting | State::Stored(_));
        if uncertain && self.sabotage == Some(Sabotage::Silence) {
            return;
        }
        let reference = entry.origin.as_ref().and_then(|origin| origin.references.first());
        self.pipe.say(&Line::Found {
            key: entry.key.to_string(),
            state: entry.state.as_str().to_owned(),
            task: entry.token.as_ref().map(|token| token.task().to_owned()),
            submission: reference.and_then(|reference| submission_of(reference)),
        });
    }

    async fn ask_again(&self, entry: &Entry) {
        let Some(token) = &entry.token else { return };
        self.pipe.say(&Line::AsksAgain { task: token.task().to_owned() });
        if let Err(error) = self.haidy.ask_again(token).await {
            self.pipe.say(&Line::Broken { why: format!("nobody may ask again: {error}") });
        }
    }

    fn ended(&self, token: &TaskToken, ended: Result<Claimed, TaskError>) {
        let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let task = token.task().to_owned();
        let line = match ended {
            Ok(claimed) => {
                let outcome = match claimed.terminal {
                    Terminal::Done => "done",
                    Terminal::Failed => "failed",
                    Terminal::Unread => "unread",
                    _ => "other",
                };
                let (token, bytes) = (claimed.token == *token, Some(encode(claimed.bytes.expose())));
                Line::Ended { task, outcome: outcome.to_owned(), fate: Fate::Kept.as_str().to_owned(), token, bytes }
            }
            Err(error) => {
                let (mut kind, mut fate) = (error.kind(), error.fate());
                if self.sabotage == Some(Sabotage::Lie) && fate != Fate::Kept {
                    (kind, fate) = (TaskErrorKind::NotConsumed, Fate::NotConsumed);
                }
                let bytes = error.bytes().map(|bytes| encode(bytes.expose()));
                let token = error.token() == Some(token);
                Line::Ended { task, outcome: kind.as_str().to_owned(), fate: fate.as_str().to_owned(), token, bytes }
            }
        };
        if self.sabotage == Some(Sabotage::Silence) && !matches!(&line, Line::Ended { fate, .. } if fate == "kept") {
            return;
        }
        self.pipe.say(&line);
    }
}

/// Polls a future so many times, and drops it if it is not done by then.
async fn left_after(polls: u32, mut future: Pin<Box<dyn Future<Output = ()> + '_>>) {
    let mut polled = 0;
    std::future::poll_fn(|cx| {
        if polled >= polls || future.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        polled += 1;
        Poll::Pending
    })
    .await;
}
