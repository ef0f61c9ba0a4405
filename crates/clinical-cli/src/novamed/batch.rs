//! Sends rows one after the other and hands out what became of each as soon as it is known.
//!
//! It begins no row after a signal, nor when none could fare better. A request that is under way at a signal is brought to its end first, for
//! a while: what is cut off is a prescription that nobody knows about.

use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use novamed_api::NovaMed;
use novamed_api::http_core::{Event, Observer};
use novamed_api::log::SubmissionKey;
use tokio::sync::watch;

use super::input::Row;
use super::outcome::{Halt, Outcome};
use super::record::Record;
use super::resource::{Ids, Resource};
use crate::exit::{Exit, Stop, Tally};
use crate::progress::Progress;
use crate::{signals, style};

/// How long a request under way may take after a signal. A second signal ends it at once.
const GRACE: Duration = Duration::from_secs(10);

/// After so many rows in a row that the vendor did not answer the rest is not begun: each may be one that nobody knows about.
const FAILING: usize = 3;

/// How far the present row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its bytes have not gone out.
    Begins,
    /// They may have.
    UnderWay,
    /// They have, were refused, and go out again later: a create is repeated only when it is certain that the vendor has not got it.
    Waits,
}

/// Follows the present row, and drives the status line.
#[derive(Clone)]
pub(super) struct Watch {
    progress: Progress,
    stage: watch::Sender<Stage>,
}

impl Watch {
    pub(super) fn new(progress: Progress) -> Self {
        Self { progress, stage: watch::Sender::new(Stage::Begins) }
    }

    /// Resolves as soon as nothing of the present row is on its way.
    async fn rests(&self) {
        // The sender is here, so that it cannot end before.
        let _ = self.stage.subscribe().wait_for(|stage| *stage != Stage::UnderWay).await;
    }
}

impl Observer for Watch {
    fn on_event(&self, event: Event<'_>) {
        match event {
            Event::AttemptStarted { .. } => drop(self.stage.send_replace(Stage::UnderWay)),
            Event::Waiting { .. } => drop(self.stage.send_replace(Stage::Waits)),
            _ => {}
        }
        self.progress.on_event(event);
    }
}

/// What is to be done.
pub(super) struct Batch<'a, T> {
    pub(super) novamed: &'a NovaMed,
    pub(super) rows: &'a [Row<T>],
    pub(super) watch: Watch,
    pub(super) record: Option<&'a Record>,
    /// Whether the record outlives the process.
    pub(super) is_durable: bool,
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
        stopped: Pin<&mut impl Future<Output = Exit>>,
        signal: &mut Option<Exit>,
    ) -> Outcome {
        self.watch.stage.send_replace(Stage::Begins);
        let mut created = Box::pin(request.create(self.novamed));
        let exit = tokio::select! {
            biased;
            exit = stopped => exit,
            result = &mut created => return Outcome::of::<T>(result).recorded(self.key().as_ref()),
        };
        *signal = Some(exit);
        if let Some(result) = self.grace(&mut created).await {
            return Outcome::of::<T>(result).recorded(self.key().as_ref());
        }
        drop(created);
        let stage = *self.watch.stage.borrow();
        if stage == Stage::UnderWay {
            return Outcome::abandoned().recorded(self.key().as_ref());
        }
        // What cannot be taken off the record stays uncertain: a false alarm and no loss.
        let _ = self.record.map(Record::give_up);
        if stage == Stage::Waits { Outcome::refused() } else { Outcome::interrupted() }
    }

    /// The key of a create under way, or whose end is not known, if somebody can look it up later.
    fn key(&self) -> Option<SubmissionKey> {
        self.record.filter(|_| self.is_durable)?.under_way()
    }

    /// Waits for what is on its way, for a while; another signal ends that.
    async fn grace(
        &self,
        created: impl Future<Output = Result<Ids, novamed_api::Error>>,
    ) -> Option<Result<Ids, novamed_api::Error>> {
        if *self.watch.stage.borrow() != Stage::UnderWay {
            return None;
        }
        self.watch.progress.clear();
        let again = signals::install().ok()?;
        style::say("ending what is under way; the same again ends at once");
        tokio::select! {
            biased;
            _ = again => None,
            result = created => Some(result),
            () = self.watch.rests() => None,
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
            Outcome::CreatedBefore(_) | Outcome::NotCreated(_) | Outcome::NotBegun(_) => {
                format!("row {number} was not reported")
            }
        };
        let then = if self.is_durable { "; run it again to see what became of each" } else { "" };
        Stop { exit: stop.exit, sentence: Some(format!("{sentence}; {what}, and no later row was sent{then}")) }
    }
}
