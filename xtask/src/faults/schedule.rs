//! Plays one schedule: a sandbox with its faults, life after life of the client on one store, and last a life in which nothing goes wrong. It gathers
//! what happened and judges nothing.

use std::path::Path;

use anyhow::{Context as _, Result};
use clinical_long_tasks::{DirectoryStore, ResultStore as _};
use clinical_sandbox::switches::{Switches, TaskConsumption};
use clinical_sandbox::{Sandbox, journal::Outcome};
use tokio::runtime::Handle;

use super::evidence::{Evidence, Kept, Told};
use super::plan::Plan;
use super::process;
use super::wire::{Death, Job, Line, Order, Sabotage, Submission};

/// Where schedules are played.
pub(super) struct Stage<'a> {
    /// The client's program.
    pub(super) worker: &'a Path,
    /// Where stores are made.
    pub(super) folder: &'a Path,
    /// What the sandboxes live in.
    pub(super) runtime: &'a Handle,
    /// The fault of the client, for a test of the judge.
    pub(super) sabotage: Option<Sabotage>,
}

impl Stage<'_> {
    /// Plays it.
    pub(super) fn play(&self, plan: &Plan) -> Result<Evidence> {
        let folder = tempfile::tempdir_in(self.folder).context("no room for a store")?;
        let mut switches = Switches::default();
        if plan.taken_early {
            switches.task_consumption = TaskConsumption::Processing;
        }
        let builder = Sandbox::builder().seed(plan.seed).switches(switches);
        let sandbox = self.runtime.block_on(builder.start())?;
        for fault in &plan.faults {
            sandbox.inject(fault.clone())?;
        }
        let mut lives = Lives { stage: self, plan, sandbox: &sandbox, store: folder.path(), told: Vec::new() };
        for death in &plan.deaths {
            lives.next(Some(*death), false)?;
        }
        if let Some(deaths) = plan.rivals {
            lives.rivals(deaths)?;
        }
        sandbox.clear_faults();
        lives.next(None, false)?;
        if plan.ask_again {
            lives.next(plan.death_while_asking, true)?;
            if plan.death_while_asking.is_some() {
                lives.next(None, false)?;
            }
        }
        let told = lives.told;
        self.runtime.block_on(quiet(&sandbox));
        let kept = kept(folder.path())?;
        let (journal, tasks, ledger) = (sandbox.journal(), sandbox.tasks(), sandbox.ledger());
        let rivals = plan.rivals.map(|_| plan.deaths.len() + 1);
        Ok(Evidence::new(told, rivals, journal.attempts, tasks, &ledger, kept))
    }
}

/// Waits until the sandbox is done with every connection, also with those of dead clients.
async fn quiet(sandbox: &Sandbox) {
    let done = sandbox.journal_when(|journal| {
        journal.attempts.iter().all(|attempt| attempt.outcome != Outcome::Pending)
            && journal.connections.iter().all(|connection| connection.closed)
    });
    // Whatever is still under way then is judged as it is.
    let _ = tokio::time::timeout(std::time::Duration::from_secs(5), done).await;
}

/// What a stranger finds in the store.
fn kept(folder: &Path) -> Result<Vec<Kept>> {
    let store = DirectoryStore::open(folder)?;
    let entries = store.entries()?;
    let kept = |entry: clinical_long_tasks::Entry| Kept {
        bytes: store.read(entry.key).ok().map(|bytes| bytes.to_vec()),
        entry,
    };
    Ok(entries.into_iter().map(kept).collect())
}

struct Lives<'a> {
    stage: &'a Stage<'a>,
    plan: &'a Plan,
    sandbox: &'a Sandbox,
    store: &'a Path,
    told: Vec<Told>,
}

impl Lives<'_> {
    fn next(&mut self, death: Option<Death>, ask_again: bool) -> Result<()> {
        let mut order = self.order(1, death)?;
        (order.submissions, order.ask_again) = (self.not_begun(), ask_again);
        let told = self.live(&order)?;
        self.told.push(told);
        Ok(())
    }

    /// Two at the same time. They submit nothing, so that it stays clear who did.
    fn rivals(&mut self, deaths: [Option<Death>; 2]) -> Result<()> {
        let (one, other) = (self.order(1, deaths[0])?, self.order(2, deaths[1])?);
        let this = &*self;
        let (one, other) = std::thread::scope(|scope| {
            let other = scope.spawn(|| this.live(&other));
            (this.live(&one), other.join())
        });
        let other = other.map_err(|_| anyhow::anyhow!("a life could not be heard to its end"))?;
        self.told.extend([one?, other?]);
        Ok(())
    }

    fn live(&self, order: &Order) -> Result<Told> {
        let job = Job::Tasks(Box::new(order.clone()));
        let (lines, fate) = process::live(self.stage.worker, &job, |length| self.sandbox.clock().advance(length))?;
        Ok(Told { lines, fate })
    }

    fn order(&self, next: usize, death: Option<Death>) -> Result<Order> {
        let life = u32::try_from(self.told.len() + next)?;
        Ok(Order {
            url: self.sandbox.url().to_owned(),
            token: self.sandbox.token().to_owned(),
            store: self.store.to_string_lossy().into_owned(),
            life,
            seed: self.plan.seed,
            submissions: Vec::new(),
            death,
            leave: self.plan.leave.filter(|_| life == 1),
            ask_again: false,
            sabotage: self.stage.sabotage,
        })
    }

    /// Nothing is submitted a second time, whatever became of it.
    fn not_begun(&self) -> Vec<Submission> {
        let lines = || self.told.iter().flat_map(|life| &life.lines);
        let begun = |number| lines().any(|line| *line == Line::Begin { submission: number });
        self.plan.submissions.iter().filter(|submission| !begun(submission.number)).cloned().collect()
    }
}
