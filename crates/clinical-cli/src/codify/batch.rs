//! Runs the inputs, a bounded number at a time, and hands out what became of them: each as soon as it is known, or in the
//! order of the command line where the form of output needs it.
//!
//! It loses nothing: after a signal every input that was not handed out yet is, coded if it was coded, otherwise with
//! what is known about its delivery. It begins no further input once the vendor has refused the token, or limits the rate
//! for longer than the client is ready to wait.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::stream;
use omniscribe_codify::{Codify, CodifyRequest, Delivery, Error, ErrorKind};

use crate::codify::input::Input;
use crate::codify::keep::Keep;
use crate::exit::{Exit, Stop, Tally};
use crate::output::item::{Coding, Failure, Outcome};
use crate::progress::Progress;

/// What is to be done.
pub(super) struct Batch<'a> {
    pub(super) codify: &'a Codify,
    /// The request without its input.
    pub(super) template: CodifyRequest,
    pub(super) inputs: &'a [Input],
    pub(super) split: bool,
    pub(super) clean: bool,
    pub(super) in_flight: usize,
    /// Whether an outcome waits for those of all inputs before it.
    pub(super) in_order: bool,
    pub(super) keep: &'a Keep,
}

/// What the vendor may have made of an input so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing: it is not begun, or it ended without being processed.
    Untouched,
    /// It was handed to the client, and may be processed and billed.
    MayBeProcessed,
}

/// How one input stands.
struct State {
    stage: Cell<Stage>,
    reported: Cell<bool>,
}

impl Batch<'_> {
    /// Runs all inputs until they are done or `stopped` resolves; in that case its exit code is returned, too.
    pub(super) async fn run(
        &self,
        stopped: impl Future<Output = Exit>,
        progress: &Progress,
        mut emit: impl FnMut(&str, Outcome) -> io::Result<()>,
    ) -> Result<(Tally, Option<Exit>), Stop> {
        let new = || State { stage: Cell::new(Stage::Untouched), reported: Cell::new(false) };
        let states: Vec<State> = self.inputs.iter().map(|_| new()).collect();
        let halted = Cell::new(None);
        let mut tally = Tally::default();
        let mut report = |number: usize, outcome: Outcome| {
            count(&mut tally, &outcome);
            emit(&self.inputs[number].name, outcome).map_err(|error| unwritten(error, &states))?;
            states[number].reported.set(true);
            Ok::<(), Stop>(())
        };
        // Outcomes that wait for those of earlier inputs.
        let mut early = BTreeMap::new();
        let mut next = 0;
        let mut stopped = pin!(stopped);
        let signal = {
            let outcomes = stream::iter(self.inputs.iter().zip(&states).enumerate())
                .map(|(number, (input, state))| {
                    let halted = &halted;
                    async move { (number, self.one(input, &state.stage, halted).await) }
                })
                .buffer_unordered(self.in_flight);
            let mut outcomes = pin!(outcomes);
            progress.draw();
            loop {
                let outcome = tokio::select! {
                    biased;
                    signal = &mut stopped => break Some(signal),
                    outcome = outcomes.next() => outcome,
                };
                let Some((number, outcome)) = outcome else {
                    break None;
                };
                progress.clear();
                // Before anything waits or fails to be written: it is there only once.
                let name = &self.inputs[number].name;
                self.keep.outcome(number + 1, name, &outcome);
                if self.in_order {
                    early.insert(number, outcome);
                    while let Some(outcome) = early.remove(&next) {
                        report(next, outcome)?;
                        next += 1;
                    }
                } else {
                    report(number, outcome)?;
                }
                progress.done_one();
            }
        };
        for (number, state) in states.iter().enumerate() {
            if !state.reported.get() {
                let outcome = early.remove(&number).unwrap_or_else(|| abandoned(state.stage.get()));
                report(number, outcome)?;
            }
        }
        Ok((tally, signal))
    }

    async fn one(&self, input: &Input, stage: &Cell<Stage>, halted: &Cell<Option<ErrorKind>>) -> Outcome {
        if let Some(kind) = halted.get() {
            return not_tried(kind);
        }
        let request = match input.load(self.template.clone(), self.clean).await {
            Ok(request) => request,
            Err(error) => {
                let source = input.source_of(error.field());
                return Outcome::from(error).about(source);
            }
        };
        // The vendor may have said no while this input was read.
        if let Some(kind) = halted.get() {
            return not_tried(kind);
        }
        stage.set(Stage::MayBeProcessed);
        let outcome = if self.split {
            match self.codify.codify_long(&request).await {
                Ok(long) => {
                    let errors = long.parts.iter().filter_map(|part| part.result.as_ref().err());
                    errors.for_each(|error| halt(halted, error));
                    Outcome::from(&long)
                }
                Err(error) => failed(input, halted, error),
            }
        } else {
            match self.codify.codify(&request).await {
                Ok(answer) => Outcome::Coded(Coding::of_response(&answer)),
                Err(error) => failed(input, halted, error),
            }
        };
        if outcome.was_not_processed() {
            stage.set(Stage::Untouched);
        }
        outcome
    }
}

fn failed(input: &Input, halted: &Cell<Option<ErrorKind>>, error: Error) -> Outcome {
    halt(halted, &error);
    let source = input.source_of(error.field());
    Outcome::from(error).about(source)
}

/// Remembers an error after which no other input can fare better. A refused token outweighs a limited rate.
fn halt(halted: &Cell<Option<ErrorKind>>, error: &Error) {
    match error.kind() {
        ErrorKind::Credentials => halted.set(Some(ErrorKind::Credentials)),
        ErrorKind::Throttled if halted.get().is_none() => halted.set(Some(ErrorKind::Throttled)),
        _ => {}
    }
}

/// A result that cannot be written is not known to anybody, nor are those that wait for it or are on their way.
fn unwritten(error: io::Error, states: &[State]) -> Stop {
    let is_unknown = |state: &&State| !state.reported.get() && state.stage.get() == Stage::MayBeProcessed;
    let unknown = states.iter().filter(is_unknown).count();
    let stop = Stop::from(error);
    if unknown == 0 {
        return stop;
    }
    // A reader that leaves is no reason for a word, unless something was lost.
    let sentence = stop.sentence.unwrap_or_else(|| "the reader of the output went away".to_owned());
    let total = states.len();
    Stop {
        sentence: Some(format!(
            "{sentence}; {unknown} of {total} inputs may have been processed, and billed, without being reported"
        )),
        exit: stop.exit,
    }
}

fn count(tally: &mut Tally, outcome: &Outcome) {
    match outcome {
        Outcome::Coded(_) => tally.coded(),
        Outcome::Failed(failure, coding) => tally.failed(failure.exit, coding.is_some()),
    }
}

/// Sending more notes with a token that was refused, or before the vendor takes more, would help nobody, and may lock the
/// account.
fn not_tried(kind: ErrorKind) -> Outcome {
    let message = match kind {
        ErrorKind::Throttled => {
            "not tried, because the vendor limits the rate for longer than is waited for here; run it again later (nothing was sent)"
        }
        _ => "not tried, because the vendor refused the token before (nothing was sent)",
    };
    let failure = Failure {
        kind: kind.as_str(),
        delivery: Delivery::NotSent.as_str(),
        attempts: 0,
        message: message.to_owned(),
        details: None,
        about: None,
        unusable: Vec::new(),
        exit: Exit::of(kind),
    };
    Outcome::Failed(failure, None)
}

fn abandoned(stage: Stage) -> Outcome {
    let (delivery, message) = match stage {
        Stage::Untouched => (Delivery::NotSent, "not tried, because of the interruption (nothing was sent)"),
        Stage::MayBeProcessed => {
            (Delivery::Unknown, "abandoned on its way, because of the interruption (the vendor may have processed it)")
        }
    };
    let failure = Failure {
        kind: "abandoned",
        delivery: delivery.as_str(),
        attempts: 0,
        message: message.to_owned(),
        details: None,
        about: None,
        unusable: Vec::new(),
        exit: Exit::SomeFailed,
    };
    Outcome::Failed(failure, None)
}
