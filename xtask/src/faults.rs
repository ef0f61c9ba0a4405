//! `cargo xtask faults`: seeded schedules of faults and deaths against the sandbox, and a judge who knows the truth. The client is the real one, in a
//! process of its own that is killed and started again on the same store; the network's faults are the sandbox's. A seed decides everything that is drawn.
//! What it cannot decide is how the kernel cuts a stream into pieces and which of two ready futures comes first, so a replay is as exact as sockets allow.

pub mod creates;
mod draw;
mod evidence;
mod judge;
mod plan;
pub mod point;
mod process;
mod schedule;
mod tally;
pub mod wire;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::args::FaultsOptions;
use crate::workspace;
use schedule::Stage;

pub use judge::Verdict;
pub use plan::Plan;
pub use tally::Tally;

/// The header in which each request carries its number: one whose value the sandbox's journal keeps.
pub const EXCHANGE_HEADER: &str = "x-patient";
/// How long the client waits for an answer to begin, in real time.
pub const ATTEMPT_LIMIT: Duration = Duration::from_millis(600);
/// How long it waits for the next byte, in real time.
pub const STALL_LIMIT: Duration = Duration::from_millis(300);

/// The caller's name of a submission's record, from which its number can be read again.
pub fn record_id(submission: usize) -> String {
    format!("00000000-0000-4000-8000-{submission:012}")
}

/// The number of the submission of a record.
pub fn submission_of(record: &str) -> Option<usize> {
    record.rsplit_once('-')?.1.parse().ok()
}

/// What is put to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Asking Haidy after tasks, and taking their results.
    Claims,
    /// Making Haidy's tasks.
    Submissions,
    /// Creating at `NovaMed`.
    Creates,
}

impl Suite {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Claims, Self::Submissions, Self::Creates];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Submissions => "submissions",
            Self::Creates => "creates",
        }
    }
}

/// The client's program.
const WORKER: &str = "faults-worker";
/// More than the machine has processors: many schedules only wait for a limit to pass.
const AT_ONCE: usize = 4;
/// So many failing schedules are shown; the others are only counted.
const SHOWN: u64 = 20;

/// Runs the suites, prints the table and, last, the line with the counts.
///
/// # Errors
///
/// If something is lost, duplicated or unexplained, or the schedules could not be played.
pub fn run(options: &FaultsOptions) -> Result<()> {
    let folder = tempfile::tempdir()?;
    // A copy, for others may build while this runs.
    let worker = folder.path().join(WORKER);
    std::fs::copy(build()?, &worker)?;
    let began = Instant::now();
    let mut all = Tally::default();
    for suite in &options.suites {
        let tally = play(*suite, options.seed, options.schedules, &worker, options.sabotage)?;
        all.join(tally);
    }
    eprintln!("{:.1} s", began.elapsed().as_secs_f64());
    let never = all.never();
    if !never.is_empty() && options.suites != [Suite::Creates] {
        println!("no process died at: {}", never.join(", "));
    }
    print!("{all}");
    if all.is_clean() {
        return Ok(());
    }
    bail!("the schedules above failed; replay one with --suite SUITE --schedules 1 --seed SEED");
}

/// Plays schedules of one suite, several at a time, and adds them up. Failing ones are printed with their seeds.
///
/// # Errors
///
/// If they could not be played.
pub fn play(suite: Suite, seed: u64, schedules: u64, worker: &Path, sabotage: Option<wire::Sabotage>) -> Result<Tally> {
    if suite == Suite::Creates {
        return creates::play(seed, schedules, worker, sabotage);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir_in(place())?;
    let stage = Stage { worker, folder: folder.path(), runtime: runtime.handle(), sabotage };
    // What the sandbox does once in a process must not take the time of a schedule.
    for _ in 0..2 {
        stage.play(&Plan::without_faults(suite))?;
    }
    let (next, shown, tally) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(Tally::default()));
    let one_thread = || -> Result<()> {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= schedules {
                return Ok(());
            }
            let plan = Plan::draw(suite, seed.wrapping_add(number));
            let evidence = stage.play(&plan).with_context(|| format!("schedule not played: {plan}"))?;
            let verdict = judge::judge(&plan, &evidence);
            if schedules == 1 {
                eprint!("{plan}");
                tell(&evidence);
            }
            if !verdict.is_clean() && shown.fetch_add(1, Ordering::Relaxed) < SHOWN {
                show(suite.name(), plan.seed, &verdict.lost, &verdict.duplicated, &verdict.unexplained);
            }
            tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(&evidence, &verdict);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(one_thread)).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(played) => played,
            Err(_) => bail!("the judge broke down"),
        })
    })?;
    Ok(tally.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// A schedule that failed, and how to see it again.
fn show(suite: &str, seed: u64, lost: &[String], duplicated: &[String], unexplained: &[String]) {
    let mut text = format!("FAILED --suite {suite} --schedules 1 --seed {seed}\n");
    for (kind, found) in [("lost", lost), ("duplicated", duplicated), ("unexplained", unexplained)] {
        for found in found {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {kind}: {found}");
        }
    }
    eprint!("{text}");
}

/// The story of one schedule. Contents are not shown.
fn tell(evidence: &evidence::Evidence) {
    for (life, line) in &evidence.story {
        match line {
            wire::Line::Came { exchange, bytes } => {
                eprintln!("  {life}: came {} bytes of exchange {exchange}", bytes.len() / 4 * 3);
            }
            wire::Line::Ended { task, outcome, fate, .. } => eprintln!("  {life}: task {task} ended {outcome}, {fate}"),
            line => eprintln!("  {life}: {line:?}"),
        }
    }
    for attempt in &evidence.attempts {
        eprintln!(
            "  sandbox: exchange {} {} {:?} {:?} {:?} consumed {} committed {}",
            attempt.patient().unwrap_or("?"),
            attempt.operation,
            attempt.status,
            attempt.outcome,
            attempt.faults,
            attempt.consumed,
            attempt.committed
        );
    }
    for kept in &evidence.kept {
        eprintln!("  store: {} {:?} {} bytes", kept.entry.key, kept.entry.state, kept.entry.bytes);
    }
}

/// Where stores are: in memory if there is such a place. Processes are killed here and not machines, so nothing depends on the disk.
fn place() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    if tempfile::tempfile_in(&memory).is_ok() { memory } else { std::env::temp_dir() }
}

/// Builds the client's program.
fn build() -> Result<PathBuf> {
    workspace::run(workspace::cargo().args(["build", "--quiet", "--package", "xtask", "--bin", WORKER]))?;
    Ok(workspace::target_dir().join("debug").join(format!("{WORKER}{}", std::env::consts::EXE_SUFFIX)))
}
