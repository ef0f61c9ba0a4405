//! One life: recovers what earlier lives left, submits, waits for everything, and says how each of them ended.

use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use anyhow::Context as _;
use base64::Engine as _;
use clinical_http::{BaseUrl, Client, Connection, Deadlines, credential};
use clinical_tasks::{
    Claimed, DirectoryStore, Entry, Fate, Origin, State, TaskError, TaskErrorKind, TaskToken, Tasks, Terminal,
};
use clinical_transport::ReqwestTransport;
use xtask::faults::point::Point;
use xtask::faults::wire::{Line, Order, Sabotage};
use xtask::faults::{ATTEMPT_LIMIT, STALL_LIMIT};

use crate::calls::{self, Haidy};
use crate::clock::SharedClock;
use crate::deaths::Deaths;
use crate::pipe::Pipe;
use crate::store::WatchedStore;
use crate::transport::WatchedTransport;

/// Lives.
pub(crate) async fn live(order: Order, pipe: &Arc<Pipe>) -> anyhow::Result<()> {
    let deaths = Deaths::new(order.death, pipe.clone())?;
    let tasks = engine(&order, pipe, &deaths)?;
    let life = Life { tasks, pipe: pipe.clone(), sabotage: order.sabotage };
    let mut living = Box::pin(life.run(order));
    std::future::poll_fn(|cx| {
        deaths.pass(Point::Root);
        living.as_mut().poll(cx)
    })
    .await
}

fn engine(order: &Order, pipe: &Arc<Pipe>, deaths: &Deaths) -> anyhow::Result<Tasks> {
    let base = BaseUrl::parse(&order.url)?;
    let transport = WatchedTransport {
        inner: ReqwestTransport::new(&base, Duration::from_secs(5), &Connection::default())?,
        pipe: pipe.clone(),
        deaths: deaths.clone(),
        sabotage: order.sabotage,
        next: AtomicU64::new(u64::from(order.life) * 1_000),
    };
    let clock = SharedClock { now: Arc::new(Mutex::new(Duration::ZERO)), pipe: pipe.clone(), deaths: deaths.clone() };
    let client = Client::builder(&calls::VENDOR, base)
        .credential(credential::StaticCredential::bearer(order.token.clone())?)
        .deadlines(Deadlines::default().attempt(ATTEMPT_LIMIT).stall(STALL_LIMIT))
        .transport(transport)
        .clock(clock)
        .seed(order.seed)
        .build()?;
    let store = DirectoryStore::open(&order.store).context("the store could not be opened")?;
    let store = WatchedStore { inner: store, pipe: pipe.clone(), deaths: deaths.clone(), sabotage: order.sabotage };
    Ok(Tasks::builder(client, Haidy).store(store).seed(order.seed).build()?)
}

struct Life {
    tasks: Tasks,
    pipe: Arc<Pipe>,
    sabotage: Option<Sabotage>,
}

impl Life {
    async fn run(self, order: Order) -> anyhow::Result<()> {
        let found = self.tasks.recover().await.context("recovery failed")?;
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
            let client = self.tasks.client();
            let call = calls::submission(submission)?;
            let origin = Origin::new(client.vendor().name(), client.server(), "structure")
                .references([submission.number.to_string()]);
            let submitted = self.tasks.submit(call, origin, calls::created).await;
            let token = match &submitted {
                Ok(token) => Some(token),
                Err(error) => error.token(),
            };
            self.pipe.say(&Line::Submitted {
                submission: submission.number,
                token: token.map(|token| token.task().to_owned()),
                outcome: match &submitted {
                    Ok(token) => Ok(token.task().to_owned()),
                    Err(error) => Err(error.kind().as_str().to_owned()),
                },
            });
            tokens.extend(token.cloned());
        }
        if let Some(polls) = order.leave {
            let mut many = self.tasks.wait_many(tokens.clone());
            let leaving = async { while many.next().await.is_some() {} };
            left_after(polls, Box::pin(leaving)).await;
            drop(many);
            self.tasks.drain().await;
        }
        let mut many = self.tasks.wait_many(tokens);
        while let Some((token, ended)) = many.next().await {
            self.ended(&token, ended);
        }
        self.tasks.drain().await;
        Ok(())
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
            submission: reference.and_then(|reference| reference.parse().ok()),
        });
    }

    async fn ask_again(&self, entry: &Entry) {
        let Some(token) = &entry.token else { return };
        self.pipe.say(&Line::AsksAgain { task: token.task().to_owned() });
        if let Err(error) = self.tasks.ask_again(token).await {
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
