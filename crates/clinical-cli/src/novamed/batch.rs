//! Sends rows one after the other and hands out what became of each as soon as it is known.
//!
//! It begins no row after a signal, nor when none could fare better. A request that is under way at a signal is brought to its end first, for
//! a while: what is cut off is a prescription that nobody knows about.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use novamed_api::NovaMed;
use novamed_api::http_core::{Event, Observer};

use super::input::Row;
use super::outcome::{Halt, Outcome};
use super::resource::{Ids, Resource};
use crate::exit::{Exit, Stop, Tally};
use crate::progress::Progress;
use crate::{signals, style};

/// How long a request under way may take after a signal. A second signal ends it at once.
const GRACE: Duration = Duration::from_secs(10);

/// After so many rows in a row that the vendor did not answer the rest is not begun: each may be one that nobody knows about.
const FAILING: usize = 3;

/// Tells whether the bytes of the present row may have gone out, and drives the status line.
#[derive(Clone)]
pub(super) struct Watch {
    progress: Progress,
    begun: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn new(progress: Progress) -> Self {
        Self { progress, begun: Arc::default() }
    }
}

impl Observer for Watch {
    fn on_event(&self, event: Event<'_>) {
        if matches!(event, Event::AttemptStarted { .. }) {
            self.begun.store(true, Ordering::SeqCst);
        }
        self.progress.on_event(event);
    }
}

/// What is to be done.
pub(super) struct Batch<'a, T> {
    pub(super) novamed: &'a NovaMed,
    pub(super) rows: &'a [Row<T>],
    pub(super) watch: Watch,
    /// Whether there is a submission log that outlives the process.
    pub(super) is_recorded: bool,
}

impl<T: Resource> Batch<'_, T> {
    /// Sends all rows until they are done or `stopped` resolves; in that case its exit code is returned, too.
    pub(super) async fn run(
        &self,
        stopped: impl Future<Output = Exit>,
        mut emit: impl FnMut(&Row<T>, &Outcome) -> io::Result<()>,
    ) -> Result<(Tally, Option<Exit>), Stop> {
        let mut stopped = pin!(stopped);
        let mut tally = Tally::default();
        let (mut signal, mut halt, mut failing) = (None, None, 0);
        self.watch.progress.draw();
        for row in self.rows {
            let Ok(request) = &row.request else { continue };
            let outcome = match (signal, halt) {
                (Some(_), _) => Outcome::interrupted(),
                (None, Some(halt)) => Outcome::not_begun(halt),
                (None, None) => self.one(request, stopped.as_mut(), &mut signal).await,
            };
            if let Some(failure) = outcome.failure() {
                let is_vendor = failure.exit == Exit::Vendor && halt.is_none();
                failing = if is_vendor { failing + 1 } else { 0 };
                halt = halt.or(failure.halt).or((failing == FAILING).then_some(Halt::Failing));
                tally.failed(failure.exit, false);
            } else {
                failing = 0;
                tally.coded();
            }
            self.watch.progress.clear();
            emit(row, &outcome).map_err(|error| self.unwritten(error, row, &outcome))?;
            self.watch.progress.done_one();
        }
        self.watch.progress.clear();
        Ok((tally, signal))
    }

    async fn one(
        &self,
        request: &T,
        stopped: std::pin::Pin<&mut impl Future<Output = Exit>>,
        signal: &mut Option<Exit>,
    ) -> Outcome {
        self.watch.begun.store(false, Ordering::SeqCst);
        let mut created = pin!(request.create(self.novamed));
        let result = tokio::select! {
            biased;
            exit = stopped => {
                *signal = Some(exit);
                if !self.watch.begun.load(Ordering::SeqCst) {
                    return Outcome::interrupted();
                }
                match self.grace(created).await {
                    Some(result) => result,
                    None => return Outcome::abandoned(self.is_recorded),
                }
            }
            result = &mut created => result,
        };
        Outcome::of::<T>(result)
    }

    /// Waits for what is under way, for a while; another signal ends that.
    async fn grace(
        &self,
        created: impl Future<Output = Result<Ids, novamed_api::Error>>,
    ) -> Option<Result<Ids, novamed_api::Error>> {
        self.watch.progress.clear();
        style::say("ending what is under way; the same again ends at once");
        let again = signals::install().ok()?;
        tokio::select! {
            biased;
            _ = again => None,
            result = created => Some(result),
            () = tokio::time::sleep(GRACE) => None,
        }
    }

    /// A result that cannot be written is not known to anybody: nothing more is sent.
    fn unwritten(&self, error: io::Error, row: &Row<T>, outcome: &Outcome) -> Stop {
        let stop = Stop::from(error);
        // A reader that leaves is no reason for a word, unless something was lost.
        let sentence = stop.sentence.unwrap_or_else(|| "the reader of the output went away".to_owned());
        let number = row.number;
        let what = match outcome {
            Outcome::Created(_) => format!("row {number} was created without being reported"),
            Outcome::Unknown(_) => format!("row {number} may have been created, and was not reported"),
            Outcome::CreatedBefore(_) | Outcome::NotCreated(_) => format!("row {number} was not reported"),
        };
        let then = if self.is_recorded { "; run it again to see what became of each" } else { "" };
        Stop { exit: stop.exit, sentence: Some(format!("{sentence}; {what}, and no later row was sent{then}")) }
    }
}
