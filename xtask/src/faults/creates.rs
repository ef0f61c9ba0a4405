//! The suite `creates`: creates of `NovaMed` under faults of the network, by clients that may share a log, be left by their callers, renew their keys, and be
//! killed. A second create of this vendor is a second prescription, so the judge counts what the sandbox processed against what callers asked for.

mod actor;
mod content;
mod draw;
mod evidence;
mod judge;
mod keys;
mod plan;
mod record;
mod setup;
mod stage;
mod story;
mod transport;
pub mod wire;
mod witness;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};

pub use actor::act;
pub use judge::Verdict;
pub use plan::Plan;
pub use witness::Witness;

use super::SHOWN;
use super::tally::Tally;
use super::wire::Sabotage;
use stage::Stage;

/// For how long a log refuses an identical create.
const WINDOW: Duration = Duration::from_hours(1);

/// Far more than the machine has processors: schedules wait for limits to pass most of the time.
const AT_ONCE: usize = 64;

/// Plays schedules, many at a time, and adds them up. Failing ones are printed with their seeds.
///
/// # Errors
///
/// If they could not be played.
pub(super) fn play(seed: u64, schedules: u64, worker: &Path, sabotage: Option<Sabotage>) -> Result<Tally> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir_in(super::place())?;
    let stage = Stage { worker: worker.to_owned(), folder: folder.path().to_owned(), sabotage };
    let (next, shown) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    runtime.block_on(async {
        let players: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (stage, next, shown) = (stage.clone(), next.clone(), shown.clone());
                tokio::spawn(async move {
                    let mut tally = Tally::default();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= schedules {
                            return Ok(tally);
                        }
                        one(&stage, seed.wrapping_add(number), schedules == 1, &shown, &mut tally).await?;
                    }
                })
            })
            .collect();
        let mut all = Tally::default();
        for player in players {
            let played: Result<Tally> = player.await.context("the judge broke down")?;
            all.join(played?);
        }
        Ok(all)
    })
}

/// Plays and judges one.
async fn one(stage: &Stage, seed: u64, tells: bool, shown: &AtomicU64, tally: &mut Tally) -> Result<()> {
    let plan = Plan::draw(seed);
    let evidence = stage.play(&plan).await.with_context(|| format!("schedule not played: {plan}"))?;
    let verdict = judge::judge(&plan, &evidence);
    if tells {
        eprint!("{plan}");
        story::tell(&evidence);
    }
    if !verdict.is_clean() && shown.fetch_add(1, Ordering::Relaxed) < SHOWN {
        super::show("creates", seed, &verdict.lost, &verdict.duplicated, &verdict.unexplained);
    }
    story::count(&evidence, &verdict, tally);
    Ok(())
}
