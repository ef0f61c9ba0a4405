//! The settings of an engine, checked once, and what its clones share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clinical_http::{Client, Clock, Error};
use clinical_transport::Random;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinError;

use crate::line::{Line, Want};
use crate::tracker::Tracker;
use crate::{
    DirectoryStore, Entry, Key, Polling, Protocol, ResultStore, StoreError, TaskError, TaskToken, VolatileStore,
};
use crate::{TaskErrorKind, Watch};

/// Submits tasks, asks after them, and takes their results into a store. Cloning is cheap, and clones share everything.
///
/// Needs a tokio runtime, one at a time: a question is asked by a task of its own, so that it is finished, and its answer stored, also if whoever
/// waits for it goes away. End a program with [`drain`](Self::drain).
#[derive(Clone)]
pub struct Tasks {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) client: Client,
    pub(crate) protocol: Box<dyn Protocol>,
    pub(crate) store: Arc<dyn ResultStore>,
    pub(crate) polling: Polling,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) in_flight: Arc<Semaphore>,
    pub(crate) tracker: Tracker,
    looks: Line,
    questions: Line,
    /// When each task was asked after last (so long before that time of the clock), and how often: one who waits anew keeps the pace.
    asked: Mutex<HashMap<Key, (Duration, Duration, u32)>>,
    random: Mutex<Random>,
    unknown: AtomicU64,
}

impl std::fmt::Debug for Tasks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tasks")
            .field("client", &self.inner.client)
            .field("polling", &self.inner.polling)
            .field("place", &self.inner.store.place().is_some())
            .finish_non_exhaustive()
    }
}

/// The settings of [`Tasks`].
#[must_use]
pub struct TasksBuilder {
    client: Client,
    protocol: Box<dyn Protocol>,
    store: Option<Arc<dyn ResultStore>>,
    polling: Polling,
    seed: Option<u64>,
}

impl std::fmt::Debug for TasksBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TasksBuilder").field("polling", &self.polling).finish_non_exhaustive()
    }
}

impl TasksBuilder {
    /// Where results are kept.
    pub fn store(mut self, store: impl ResultStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Keeps results in memory only: what is not handed over when the process ends is lost, and after a crash nobody knows of it.
    pub fn accept_loss(self) -> Self {
        self.store(VolatileStore::new())
    }

    /// When to ask.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Makes the jitter the same on every run, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Checks the settings. Without a store, the directory of [`DirectoryStore::open_default`] is used.
    ///
    /// # Errors
    ///
    /// [`Configuration`](clinical_http::ErrorKind::Configuration), naming the setting: a polling that makes no sense, or a store that cannot be
    /// opened. Whoever wants no store says [`accept_loss`](Self::accept_loss).
    pub fn build(self) -> Result<Tasks, Error> {
        self.polling.check()?;
        let store = match self.store {
            Some(store) => store,
            None => Arc::new(DirectoryStore::open_default().map_err(|error| {
                Error::configuration("result store", format!("cannot be used by default ({error}); name a directory"))
            })?),
        };
        let random = self.seed.map_or_else(Random::seeded_by_chance, Random::with_seed);
        let clock = self.client.clock();
        Ok(Tasks {
            inner: Arc::new(Inner {
                client: self.client,
                protocol: self.protocol,
                store,
                in_flight: Arc::new(Semaphore::new(self.polling.most_in_flight())),
                polling: self.polling,
                looks: Line::default(),
                questions: Line::default(),
                asked: Mutex::default(),
                clock,
                tracker: Tracker::default(),
                random: Mutex::new(random),
                unknown: AtomicU64::new(0),
            }),
        })
    }
}

impl Tasks {
    /// Starts the settings of an engine for the tasks of one vendor.
    pub fn builder(client: Client, protocol: impl Protocol) -> TasksBuilder {
        TasksBuilder { client, protocol: Box::new(protocol), store: None, polling: Polling::default(), seed: None }
    }

    /// Where results are kept.
    pub fn store(&self) -> &dyn ResultStore {
        &*self.inner.store
    }

    /// The client that everything is sent by.
    pub fn client(&self) -> &Client {
        &self.inner.client
    }

    /// Watches a task to its end, status by status.
    pub fn watch(&self, token: &TaskToken) -> Watch {
        Watch::new(self.inner.clone(), token.clone())
    }

    /// How many answers had a status that the vendor's crate does not know. They count as "in progress".
    pub fn unknown_statuses(&self) -> u64 {
        self.inner.unknown.load(Ordering::Relaxed)
    }

    /// Waits until all questions and submissions that are under way are ended and what they brought is stored. Call it before a program
    /// ends, and after the last call that starts something.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn drain(&self) {
        self.inner.tracker.idle().await;
    }

    /// Opens a task to one more question, although its result may have been taken: because a person decided it. If the result is gone the
    /// vendor says so; if it was never taken, waiting goes on. What came of it before stays in the store.
    ///
    /// # Errors
    ///
    /// [`Store`](TaskErrorKind::Store) if the store has no such task, or its last question did not end uncertain.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the task may be open or not; asking again does no harm.
    pub async fn ask_again(&self, token: &TaskToken) -> Result<(), TaskError> {
        self.inner.check(token)?;
        let key = token.key();
        let uncertain = |error| TaskError::unsettled(error, token);
        // A question that a dead process left behind is brought to its end first.
        crate::recovery::settle(&self.inner, key).await.map_err(uncertain)?;
        self.inner.blocking(move |store| store.reopen(key)).await.map_err(uncertain)
    }

    /// Brings the questions to an end that dead processes left behind in the store, and returns every entry that nobody works on: what waits
    /// to be waited for, what is kept, and what is uncertain. Sends nothing. Call it at start.
    ///
    /// # Errors
    ///
    /// The store as a whole cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe: what has not been settled is settled by the next call.
    pub async fn recover(&self) -> Result<Vec<Entry>, StoreError> {
        crate::recovery::recover(&self.inner).await
    }
}

impl Inner {
    /// Runs what blocks off the async threads. It is brought to its end also if nobody waits for it any more.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn ResultStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (store, busy) = (self.store.clone(), self.tracker.enter());
        let done = runtime()?.spawn_blocking(move || {
            let done = work(&*store);
            drop(busy);
            done
        });
        done.await.unwrap_or_else(|error| Err(ended(&error)))
    }

    /// From 0 to 1, in steps of a millionth.
    pub(crate) fn chance(&self) -> f64 {
        let drawn = self.random.lock().unwrap_or_else(PoisonError::into_inner).within(0..=1_000_000);
        f64::from(u32::try_from(drawn).unwrap_or_default()) / 1e6
    }

    pub(crate) fn line(&self, want: Want) -> &Line {
        match want {
            Want::Look => &self.looks,
            Want::Ask => &self.questions,
        }
    }

    /// How long to wait before the next question after a task, and how many were asked before.
    pub(crate) fn due(&self, token: &TaskToken) -> (Duration, u32) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        // Asked after by nobody here: the pace counts from the submission, so a task of yesterday is asked after at once.
        let submitted = || self.clock.wall().duration_since(token.submitted()).unwrap_or_default();
        let (age, at, number) = *asked.entry(token.key()).or_insert_with(|| (submitted(), now, 0));
        let since = age.saturating_add(now.saturating_sub(at));
        drop(asked);
        (self.polling.wait(number, self.chance()).saturating_sub(since), number)
    }

    /// A task was asked after; or, with `None`, will not be any more.
    pub(crate) fn asked(&self, token: &TaskToken, number: Option<u32>) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match number {
            Some(number) => drop(asked.insert(token.key(), (Duration::ZERO, self.clock.now(), number))),
            None => drop(asked.remove(&token.key())),
        }
    }

    pub(crate) fn count(&self, status: &crate::Status) {
        if !status.known {
            self.unknown.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A token is good at its own vendor and server alone: elsewhere its task is unknown, or somebody else's.
    pub(crate) fn check(&self, token: &TaskToken) -> Result<(), TaskError> {
        let of_vendor = token.vendor() == self.client.vendor().name();
        if of_vendor && token.server() == self.client.server() {
            return Ok(());
        }
        let rule = if of_vendor { "is of another server; use a client for that one" } else { "is of another vendor" };
        let cause = Error::invalid("task token", rule);
        Err(TaskError::new(TaskErrorKind::NotConsumed, Some(token.clone())).caused_by(cause))
    }
}

/// The runtime that this is called in.
pub(crate) fn runtime() -> Result<Handle, StoreError> {
    Handle::try_current().map_err(|_| StoreError::new("works only within a tokio runtime; call this from one"))
}

/// The runtime is shutting down, or a store panicked.
fn ended(error: &JoinError) -> StoreError {
    StoreError::new(if error.is_panic() { "broke down; report this" } else { "was cut off because the program ends" })
}
