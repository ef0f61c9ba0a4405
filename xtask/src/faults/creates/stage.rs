//! Plays one schedule: a sandbox with its faults, and the clients' side against it, in this process or in processes that are killed. It gathers what
//! happened and judges nothing.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clinical_http::BoxFuture;
use clinical_sandbox::switches::Switches;
use clinical_sandbox::{NOVAMED_CLINIC, Sandbox, SandboxBuilder, journal::Outcome};
use tokio::sync::OnceCell;

use super::evidence::Evidence;
use super::plan::{Log, Plan};
use super::wire::{Event, LogOrder, Order, Things};
use super::witness::Witness;
use super::{act, setup};
use crate::faults::point::Point;
use crate::faults::process::{self, Fate};
use crate::faults::wire::Sabotage;

/// Keys that a sandbox takes.
const KEYS: [&str; 4] = ["dev_key-one", "dev_key-two", "dev_key-three", "dev_key-four"];

/// A schedule that takes longer hangs: the limits of its clients are fractions of a second.
const HANGS: Duration = Duration::from_mins(1);

/// Where schedules are played.
#[derive(Clone)]
pub(super) struct Stage {
    /// The client's program, for the schedules in which it is killed.
    pub(super) worker: PathBuf,
    /// Where logs are made.
    pub(super) folder: PathBuf,
    /// The fault of the client, for a test of the judge.
    pub(super) sabotage: Option<Sabotage>,
}

impl Stage {
    /// Plays it.
    pub(super) async fn play(&self, plan: &Plan) -> Result<Evidence> {
        let folder = tempfile::tempdir_in(&self.folder).context("no room for a log")?;
        let house = Arc::new(House::new(plan)?);
        let mut things = Things::default();
        let mut passed = 0;
        if plan.late.is_none() {
            let sandbox = house.sandbox().await?;
            (things, passed) = setup::set_up(sandbox, plan).await?;
        }
        let already = house.open.get().map_or(0, |sandbox| sandbox.journal().attempts.len() as u64);
        for fault in &plan.faults {
            if let Some(sandbox) = house.open.get() {
                sandbox.inject(fault.clone())?;
            }
        }
        let mut told: Vec<(Vec<Event>, Fate)> = Vec::new();
        let mut lives = plan.lives.len();
        if plan.rivals {
            let order = |life| self.order(plan, life, &things, folder.path(), passed, &house);
            let (one, other) = tokio::join!(self.live(order(1), house.clone()), self.live(order(2), house.clone()));
            for (events, fate, later) in [one?, other?] {
                told.push((events, fate));
                passed = passed.max(later);
            }
            lives -= 2;
        }
        for life in plan.lives.len() - lives + 1..=plan.lives.len() {
            if plan.is_process && life == plan.lives.len() {
                house.open.get().into_iter().for_each(Sandbox::clear_faults);
            }
            let order = self.order(plan, life, &things, folder.path(), passed, &house);
            let (events, fate, later) = if plan.is_process {
                self.live(order, house.clone()).await?
            } else {
                act_here(order, house.clone(), plan.late).await?
            };
            told.push((events, fate));
            passed = later;
        }
        let Some(sandbox) = house.open.get() else {
            return Ok(Evidence::new(plan, told, None, 0));
        };
        quiet(sandbox).await;
        Ok(Evidence::new(plan, told, Some(seen(sandbox).await), already))
    }

    fn order(&self, plan: &Plan, life: usize, things: &Things, folder: &Path, passed: u64, house: &House) -> Order {
        Order {
            url: house.open.get().map_or(house.url.as_str(), Sandbox::url).to_owned(),
            keys: KEYS.map(str::to_owned).to_vec(),
            clinic: NOVAMED_CLINIC.to_owned(),
            things: things.clone(),
            log: log(plan, folder),
            log_fails: plan.log_fails,
            clients: plan.clients.clone(),
            rounds: plan.lives[life - 1].rounds.clone(),
            seed: plan.seed,
            life,
            passed,
            death: plan.lives[life - 1].death,
            sabotage: self.sabotage,
        }
    }

    /// In a process of its own.
    async fn live(&self, order: Order, house: Arc<House>) -> Result<(Vec<Event>, Fate, u64)> {
        let (worker, mut passed) = (self.worker.clone(), order.passed);
        let lived = tokio::task::spawn_blocking(move || {
            let job = crate::faults::wire::Job::Creates(Box::new(order));
            let (lines, fate) = process::live(&worker, &job, |length| {
                passed += u64::try_from(length.as_millis()).unwrap_or_default();
                house.open.get().into_iter().for_each(|sandbox| sandbox.clock().advance(length));
            })?;
            let events = lines.into_iter().filter_map(|line| match line {
                crate::faults::wire::Line::Creates(event) => Some(*event),
                crate::faults::wire::Line::Dies { point, .. } => Some(Event::Dies { point }),
                crate::faults::wire::Line::Broken { why } => Some(Event::Broken { why }),
                _ => None,
            });
            anyhow::Ok((events.collect(), fate, passed))
        });
        lived.await.context("a life could not be heard to its end")?
    }
}

fn log(plan: &Plan, folder: &Path) -> LogOrder {
    match plan.log {
        Log::None => LogOrder::None,
        Log::Memory => LogOrder::Memory,
        Log::Directory => LogOrder::Directory(folder.join("log").to_string_lossy().into_owned()),
    }
}

/// In this process.
async fn act_here(order: Order, house: Arc<House>, late: Option<u32>) -> Result<(Vec<Event>, Fate, u64)> {
    let ear = Arc::new(Ear { house, late, heard: Mutex::default() });
    let passed = order.passed;
    let acted = tokio::time::timeout(HANGS, act(order, ear.clone())).await;
    let fate = match acted {
        Ok(acted) => acted.map(|()| Fate::Lived)?,
        Err(_) => Fate::Hung,
    };
    let mut heard = ear.heard.lock().unwrap_or_else(PoisonError::into_inner);
    let later = passed + u64::try_from(heard.slept.as_millis()).unwrap_or_default();
    Ok((std::mem::take(&mut heard.events), fate, later))
}

/// Waits until the sandbox is done with every connection.
async fn quiet(sandbox: &Sandbox) {
    let done = sandbox.journal_when(|journal| {
        journal.attempts.iter().all(|attempt| attempt.outcome != Outcome::Pending)
            && journal.connections.iter().all(|connection| connection.closed)
    });
    // Whatever is still under way then is judged as it is.
    let _ = tokio::time::timeout(Duration::from_secs(5), done).await;
}

/// The journal, and the ledger of the same moment. What was given up may still be counted for a little while.
async fn seen(sandbox: &Sandbox) -> (clinical_sandbox::journal::Journal, clinical_sandbox::Ledger) {
    loop {
        let (before, journal, ledger) = (sandbox.ledger(), sandbox.journal(), sandbox.ledger());
        if before == ledger {
            return (journal, ledger);
        }
        tokio::task::yield_now().await;
    }
}

/// Where the sandbox is, or will be.
struct House {
    url: String,
    builder: SandboxBuilder,
    open: OnceCell<Sandbox>,
}

impl House {
    fn new(plan: &Plan) -> Result<Self> {
        let mut switches = Switches::default();
        for (bit, (name, other)) in SHAPES.into_iter().enumerate() {
            if plan.shapes >> bit & 1 == 1 {
                switches.set(name, other)?;
            }
        }
        let builder = Sandbox::builder().seed(plan.seed).switches(switches);
        let builder = KEYS.into_iter().fold(builder, SandboxBuilder::token);
        let mut builder = match plan.limit {
            Some((calls, seconds)) => builder.rate_limit(calls, Duration::from_secs(seconds)),
            None => builder,
        };
        let mut url = String::new();
        if plan.late.is_some() {
            let port = free_port()?;
            builder = builder.port(port);
            url = format!("http://127.0.0.1:{port}");
        }
        Ok(Self { url, builder, open: OnceCell::new() })
    }

    async fn sandbox(&self) -> Result<&Sandbox> {
        let open = || async { Ok(self.builder.clone().start().await?) };
        self.open.get_or_try_init(open).await
    }
}

/// Switches for what the documents leave open about creates, and their other position.
const SHAPES: [(&str, &str); 4] = [
    ("novamed_errors", "e2"),
    ("novamed_create_status", "201"),
    ("novamed_webhook_answer", "guide"),
    ("novamed_missing_person", "400"),
];

/// A port where nobody listens. Not one of those that the system gives out, so that no other schedule gets it meanwhile.
fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..1_000 {
        let port = 12_000 + NEXT.fetch_add(1, Ordering::Relaxed) % 18_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    anyhow::bail!("there is no free port below those that the system gives out")
}

/// Hears the clients in this process.
struct Ear {
    house: Arc<House>,
    late: Option<u32>,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    events: Vec<Event>,
    slept: Duration,
    waits: u32,
}

impl Witness for Ear {
    fn say(&self, event: Event) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).events.push(event);
    }

    fn pass(&self, _: Point) {}

    fn sleeps(&self, length: Duration) -> BoxFuture<'static, ()> {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.slept += length;
        heard.waits += 1;
        let begins = self.late.is_some_and(|late| heard.waits >= late);
        drop(heard);
        let house = self.house.clone();
        Box::pin(async move {
            // A port that was taken meanwhile is one where the sandbox never begins.
            let sandbox = if begins { house.sandbox().await.ok() } else { house.open.get() };
            if let Some(sandbox) = sandbox {
                sandbox.clock().advance(length);
            }
        })
    }
}
