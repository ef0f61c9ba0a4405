//! What the measuring program does for `cargo xtask bench waiting`: waits for many tasks and says what that took, or claims again and again.

use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use clinical_long_tasks::{AnswerHead, ClaimEnd, Claiming, DirectoryStore, ResultStore as _, TaskToken};
use haidy_analyst::{Haidy, HaidyBuilder};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::engine::{Asked, IN_PROGRESS, haidy, polling, token};
use crate::bench::memory::{Resident, stay_on_one_core};

/// How many wait, how, and where the record is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wait {
    /// `many`: with `wait_many`. `each`: each with `wait`, in a task of the runtime of its own.
    pub(crate) way: String,
    /// The folder of a [`DirectoryStore`] that knows the tasks; `None`: in memory.
    pub(crate) folder: Option<String>,
    pub(crate) authority: String,
    pub(crate) tasks: usize,
    /// It ends when so many questions have been answered; 0: it ends with the time.
    pub(crate) questions: usize,
    /// At most so long; over a scripted vendor, virtual seconds.
    pub(crate) seconds: u64,
    /// Another limit on all questions than the default.
    pub(crate) per_second: Option<u32>,
    /// Another limit on the questions on their way than the default.
    pub(crate) in_flight: Option<usize>,
    /// Virtual time and a vendor in the process, or real time and a server.
    pub(crate) scripted: bool,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Waited {
    pub(crate) resident: Resident,
    /// When each question began, in milliseconds since the common start.
    pub(crate) times: Vec<u32>,
    pub(crate) answered: usize,
    pub(crate) seconds: f64,
}

/// How often a claim could be made and ended, and a file of the same size be synced.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claimed {
    pub(crate) claims_per_second: f64,
    pub(crate) syncs_per_second: f64,
}

/// Waits on one core, and says what it took.
pub(crate) fn wait(wait: &Wait) -> Result<Waited> {
    stay_on_one_core()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(wait.scripted).build()?;
    let waited = runtime.block_on(run(wait));
    // What still waits is not waited for.
    runtime.shutdown_background();
    waited
}

async fn run(wait: &Wait) -> Result<Waited> {
    let start = Instant::now();
    let asked = Asked::new(wait.questions);
    let builder = haidy(&wait.authority, !wait.scripted, &asked).polling(polling(wait.per_second, wait.in_flight));
    let haidy = stored(wait, builder).build()?;
    let Waiting { ended, running } = waiting(wait, &haidy)?;
    let limit = tokio::time::sleep(Duration::from_secs(wait.seconds));
    tokio::select! {
        ended = ended => return Err(ended.context("a task that never ends has ended")),
        () = asked.enough() => {}
        () = limit => ensure!(wait.questions == 0, "only {} of {} questions in time", asked.answered(), wait.questions),
    }
    let resident = Resident::here()?;
    running.iter().for_each(JoinHandle::abort);
    // A question that is cut off counts as a result that may be lost, and the next process would rightly refuse to ask again.
    haidy.drain().await;
    Ok(Waited { resident, times: asked.times(), answered: asked.answered(), seconds: start.elapsed().as_secs_f64() })
}

fn stored(wait: &Wait, builder: HaidyBuilder) -> HaidyBuilder {
    // The jitter is the same on every run where time is virtual, so that what is counted then is the same.
    let builder = if wait.scripted { builder.seed(1) } else { builder };
    match &wait.folder {
        Some(folder) => builder.results_in(folder),
        None => builder.accept_loss(),
    }
}

/// What waits.
struct Waiting {
    /// Resolves only if a wait ends.
    ended: Pin<Box<dyn Future<Output = anyhow::Error>>>,
    /// What runs by itself.
    running: Vec<JoinHandle<()>>,
}

/// Begins to wait.
fn waiting(wait: &Wait, haidy: &Haidy) -> Result<Waiting> {
    let tasks = haidy.tasks().clone();
    let tokens = (0..wait.tasks).map(|number| token(&wait.authority, number));
    match wait.way.as_str() {
        "many" => {
            // Handed over as they are made: a list of tokens beside them would be the caller's memory.
            let mut failed = None;
            let mut many = tasks.wait_many(tokens.map_while(|token| token.map_err(|error| failed = Some(error)).ok()));
            if let Some(error) = failed {
                return Err(error);
            }
            let ended = Box::pin(async move {
                match many.next().await {
                    Some((_, Err(error))) => error.into(),
                    Some((_, Ok(_))) | None => anyhow::anyhow!("an answer that nobody gave"),
                }
            });
            Ok(Waiting { ended, running: Vec::new() })
        }
        "each" => {
            let (say, mut hear) = tokio::sync::mpsc::channel(1);
            let mut running = Vec::with_capacity(wait.tasks);
            for token in tokens {
                let (token, tasks, say) = (token?, tasks.clone(), say.clone());
                running.push(tokio::spawn(async move {
                    let ended = tasks.wait(&token).await;
                    let _ = say
                        .send(ended.err().map_or_else(|| anyhow::anyhow!("an answer that nobody gave"), Into::into))
                        .await;
                }));
            }
            let ended = Box::pin(async move { hear.recv().await.unwrap_or_else(|| anyhow::anyhow!("nobody waits")) });
            Ok(Waiting { ended, running })
        }
        other => bail!("there is no way called '{other}'"),
    }
}

/// Puts tasks on record as a submission does: the intention, then the token. In several threads, because the disk is what is waited for.
pub(crate) fn prepare(folder: &str, authority: &str, count: usize) -> Result<()> {
    const THREADS: usize = 16;
    let store = DirectoryStore::open(folder)?;
    let part = &|first| -> Result<()> {
        for number in (first..count).step_by(THREADS) {
            let token = token(authority, number)?;
            store.intend(token.origin())?.created(&token)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || part(first))).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| bail!("a thread broke down")))
    })
}

/// Claims as questions do whose tasks run, in so many threads for so long; then writes and syncs files of the size of a claim's line alone.
pub(crate) fn claim(folder: &str, authority: &str, threads: usize, seconds: u64) -> Result<Claimed> {
    let store = DirectoryStore::open(folder)?;
    let limit = Duration::from_secs(seconds);
    let claims_per_second = rate(threads, limit, |thread, round| {
        // Each thread has tasks of its own, ten of them: one lock is never in the way of another thread.
        claim_once(&store, &token(authority, thread * 10 + round % 10)?)
    })?;
    let syncs_per_second = rate(threads, limit, |thread, round| sync_once(Path::new(folder), thread, round))?;
    Ok(Claimed { claims_per_second, syncs_per_second })
}

/// How often `work` is done in a second, by all threads together.
fn rate(threads: usize, limit: Duration, work: impl Fn(usize, usize) -> Result<()> + Sync) -> Result<f64> {
    let start = Instant::now();
    let counts = std::thread::scope(|scope| {
        let each = |thread| {
            let work = &work;
            scope.spawn(move || {
                let mut count = 0_u32;
                while start.elapsed() < limit {
                    work(thread, count as usize)?;
                    count += 1;
                }
                anyhow::Ok(count)
            })
        };
        let running: Vec<_> = (0..threads).map(each).collect();
        let joined = running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| bail!("a thread broke down")));
        joined.sum::<Result<u32>>()
    })?;
    Ok(f64::from(counts) / start.elapsed().as_secs_f64())
}

fn claim_once(store: &DirectoryStore, token: &TaskToken) -> Result<()> {
    let Claiming::Granted(mut claim) = store.claim(token)? else { bail!("a task that nobody claims was not granted") };
    claim.begins(&AnswerHead::new(200, None, Some(IN_PROGRESS.len() as u64)))?;
    claim.write(IN_PROGRESS.as_bytes())?;
    claim.end(ClaimEnd::InProgress)?;
    Ok(())
}

fn sync_once(folder: &Path, thread: usize, round: usize) -> Result<()> {
    let path = folder.join(format!("sync-{thread}"));
    let mut file = OpenOptions::new().create(true).write(true).truncate(round == 0).open(path)?;
    file.seek(SeekFrom::End(0))?;
    file.write_all(&[b'x'; 100])?;
    Ok(file.sync_data()?)
}
