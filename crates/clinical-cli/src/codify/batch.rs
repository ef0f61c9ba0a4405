//! Runs the inputs, a bounded number at a time, and hands out what became of them in the order of the command line.
//!
//! It loses nothing: after a signal every input that was not handed out yet is, coded if it was coded, otherwise with
//! what is known about its delivery. It sends nothing more once the vendor has refused the token.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::pin::pin;

use futures_util::StreamExt;
use futures_util::stream;
use omniscribe_codify::{Codify, CodifyRequest, Delivery, ErrorKind};

use crate::codify::input::Input;
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
}

/// How far an input has come, as far as its delivery goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Not one byte of it was sent.
    Before,
    /// It was handed to the client.
    OnItsWay,
}

impl Batch<'_> {
    /// Runs all inputs until they are done or `stopped` resolves; in that case its exit code is returned, too.
    pub(super) async fn run(
        &self,
        stopped: impl Future<Output = Exit>,
        progress: &Progress,
        mut emit: impl FnMut(&str, Outcome) -> io::Result<()>,
    ) -> Result<(Tally, Option<Exit>), Stop> {
        let stages: Vec<Cell<Stage>> = self
            .inputs
            .iter()
            .map(|_| Cell::new(Stage::Before))
            .collect();
        let refused = Cell::new(false);
        let mut tally = Tally::default();
        // Outcomes that wait for those of earlier inputs.
        let mut early = BTreeMap::new();
        let mut next = 0;
        let mut stopped = pin!(stopped);
        let signal = {
            let outcomes = stream::iter(self.inputs.iter().zip(&stages).enumerate())
                .map(|(number, (input, stage))| {
                    let refused = &refused;
                    async move { (number, self.one(input, stage, refused).await) }
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
                early.insert(number, outcome);
                while let Some(outcome) = early.remove(&next) {
                    count(&mut tally, &outcome);
                    emit(&self.inputs[next].name, outcome)
                        .map_err(|error| unwritten(error, self.inputs.len() - next))?;
                    next += 1;
                }
                progress.done_one();
            }
        };
        for (number, input) in self.inputs.iter().enumerate().skip(next) {
            let outcome = early
                .remove(&number)
                .unwrap_or_else(|| abandoned(stages[number].get()));
            count(&mut tally, &outcome);
            emit(&input.name, outcome)
                .map_err(|error| unwritten(error, self.inputs.len() - number))?;
        }
        Ok((tally, signal))
    }

    async fn one(&self, input: &Input, stage: &Cell<Stage>, refused: &Cell<bool>) -> Outcome {
        if refused.get() {
            return not_tried();
        }
        let request = match input.load(self.template.clone(), self.clean).await {
            Ok(request) => request,
            Err(error) => return error.into(),
        };
        // The token may have been refused while this input was read.
        if refused.get() {
            return not_tried();
        }
        stage.set(Stage::OnItsWay);
        let outcome = if self.split {
            match self.codify.codify_long(&request).await {
                Ok(long) => Outcome::from(&long),
                Err(error) => error.into(),
            }
        } else {
            match self.codify.codify(&request).await {
                Ok(answer) => Outcome::Coded(Coding::of_response(&answer)),
                Err(error) => error.into(),
            }
        };
        let is_refusal = |failure: &Failure| failure.kind == ErrorKind::Credentials.as_str();
        if outcome.failure().is_some_and(is_refusal) {
            refused.set(true);
        }
        outcome
    }
}

/// A result that cannot be written is not known to anybody, nor are those after it.
fn unwritten(error: io::Error, unreported: usize) -> Stop {
    let stop = Stop::from(error);
    let inputs = if unreported == 1 { "input" } else { "inputs" };
    Stop {
        sentence: stop.sentence.map(|sentence| {
            format!("{sentence}; the last {unreported} {inputs} may have been processed without being reported")
        }),
        ..stop
    }
}

fn count(tally: &mut Tally, outcome: &Outcome) {
    match outcome {
        Outcome::Coded(_) => tally.coded(),
        Outcome::Failed(failure, coding) => tally.failed(failure.exit, coding.is_some()),
    }
}

/// Sending more notes with a token that was refused would help nobody, and may lock the account.
fn not_tried() -> Outcome {
    let failure = Failure {
        kind: ErrorKind::Credentials.as_str(),
        delivery: Delivery::NotSent.as_str(),
        attempts: 0,
        message: "not tried, because the vendor refused the token before (nothing was sent)"
            .to_owned(),
        details: None,
        exit: Exit::Credentials,
    };
    Outcome::Failed(failure, None)
}

fn abandoned(stage: Stage) -> Outcome {
    let (delivery, message) = match stage {
        Stage::Before => (
            Delivery::NotSent,
            "not tried, because of the interruption (nothing was sent)",
        ),
        Stage::OnItsWay => (
            Delivery::Unknown,
            "abandoned on its way, because of the interruption (the vendor may have processed it)",
        ),
    };
    let failure = Failure {
        kind: "abandoned",
        delivery: delivery.as_str(),
        attempts: 0,
        message: message.to_owned(),
        details: None,
        exit: Exit::SomeFailed,
    };
    Outcome::Failed(failure, None)
}
