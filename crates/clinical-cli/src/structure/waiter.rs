//! Waits for one task and writes what it comes to. Whatever happens, the result is written, kept, or its fate said: after a signal a
//! question that is under way is brought to its end first.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use clinical_long_tasks::{State, TaskToken};
use haidy_analyst::{Bundle, Error, HolisticPatient, Json, Kind, Sensitive, Task, Update};

use super::fate::{self, Place};
use super::line::Line;
use crate::connect::HaidySession;
use crate::exit::{Exit, Stop};
use crate::plain::plain;
use crate::results::meaning::short;
use crate::results::result_of;
use crate::target::Target;
use crate::{signals, style};

/// How long a question under way may take after a signal. A second signal ends it at once.
const GRACE: Duration = Duration::from_secs(10);

/// How often the line is drawn again.
const TICK: Duration = Duration::from_secs(1);

/// All that is needed to wait for tasks.
pub(crate) struct Waiter<'a> {
    pub(crate) session: &'a HaidySession,
    pub(crate) target: &'a Target,
    pub(crate) place: &'a Place,
    pub(crate) line: &'a Line,
    /// Whether the vendor's own words about failures are shown.
    pub(crate) details: bool,
}

impl Waiter<'_> {
    /// Waits for the result and writes it.
    pub(crate) async fn finish(
        &self,
        token: &TaskToken,
        stopped: Pin<&mut impl Future<Output = Exit>>,
    ) -> Result<Exit, Stop> {
        // A token of another server or vendor: nothing was sent.
        let task = self.session.haidy.resume::<Json>(token.clone()).map_err(|error| Stop::usage(error.to_string()))?;
        self.line.task(token.task());
        let ended = self.watch(&task, stopped).await;
        self.line.clear();
        match ended {
            Ok(Ok(result)) => self.deliver(token, &result),
            Ok(Err(error)) => Err(self.without_result(token, &error)),
            Err(signal) => self.interrupted(&task, signal).await,
        }
    }

    async fn watch(
        &self,
        task: &Task<Json>,
        mut stopped: Pin<&mut impl Future<Output = Exit>>,
    ) -> Result<Result<Json, Error>, Exit> {
        let mut watch = task.watch();
        let mut ticks = tokio::time::interval(TICK);
        loop {
            let update = tokio::select! {
                biased;
                signal = &mut stopped => return Err(signal),
                update = watch.next() => update,
                _ = ticks.tick() => {
                    self.line.tick();
                    continue;
                }
            };
            match update {
                Some(Ok(Update::Ended(result))) => return Ok(Ok(result)),
                Some(Ok(Update::InProgress { status, percentage, next })) => {
                    let percentage = percentage.map(|percentage| format!(", {percentage:.0} %")).unwrap_or_default();
                    self.line.tell(status.as_str(), &percentage, Some(next));
                }
                Some(Ok(Update::Delayed { cause, next })) => {
                    self.line.tell(&format!("not asked ({})", cause.as_str()), "", Some(next));
                }
                Some(Err(error)) => return Ok(Err(error)),
                // What a later version tells in between.
                Some(Ok(_)) | None => {}
            }
        }
    }

    /// Writes the result, and looks whether it has the form that it should have.
    fn deliver(&self, token: &TaskToken, result: &Json) -> Result<Exit, Stop> {
        let (key, flag) = (short(token.key()), &self.place.flag);
        let json = result.as_json();
        if let Err(error) = self.target.write(&[json.as_bytes(), b"\n"]) {
            return Err(self.unwritten(&key, error));
        }
        if self.place.durable {
            style::say(format_args!(
                "{key}: the result is written, and kept until: clinical results remove {key}{flag}"
            ));
        }
        let misfit = match token.operation() {
            "structure" => HolisticPatient::from_json(json).err(),
            "structure_text" => None,
            _ => Bundle::from_json(json).err(),
        };
        let Some(misfit) = misfit else { return Ok(Exit::Ok) };
        let pointer = misfit.pointer().filter(|pointer| !pointer.is_empty()).unwrap_or("/");
        Err(Stop::new(
            Exit::Vendor,
            format!("the result is written as it came, and does not fit the contract, see {}", plain(pointer)),
        ))
    }

    fn unwritten(&self, key: &str, error: std::io::Error) -> Stop {
        let flag = &self.place.flag;
        let stop = Stop::from(error);
        if self.place.durable && stop.exit == Exit::ClosedPipe {
            // A reader that leaves is no reason for a word while nothing is lost.
            return stop;
        }
        let what = match &stop.sentence {
            Some(sentence) => sentence.clone(),
            None => "the reader of the output went away".to_owned(),
        };
        let fate = if self.place.durable {
            format!("result kept; see it with: clinical results show {key}{flag}")
        } else {
            "result lost, because nothing is kept on this machine".to_owned()
        };
        Stop { exit: stop.exit, sentence: Some(format!("{what} ({fate})")) }
    }

    /// There is no result to be had in order. What came of it all the same, and is nowhere else, is written.
    fn without_result(&self, token: &TaskToken, error: &Error) -> Stop {
        let Some(bytes) = self.only_copy(token, error) else { return self.failed(error) };
        let (pieces, what): (&[&[u8]], _) = match result_of(&bytes) {
            Some(result) => (&[result.as_bytes(), b"\n"], "whole"),
            None => (&[&bytes], "in part, or an answer that was not understood"),
        };
        // A disk that is full for the store may be full for the output, too; stdout is not on it.
        let written = self.target.write(pieces).map(|()| "the output").or_else(|error| match self.target {
            Target::File(_) => Target::Stdout.write(pieces).map(|()| "stdout, because --out could not be written"),
            Target::Stdout | Target::Device(_) => Err(error),
        });
        let saved = match written {
            Ok(place) => format!("written to {place}, {what}; there is no other copy"),
            Err(error) => format!("lost: {} bytes of the answer came, and could not be written: {error}", bytes.len()),
        };
        self.stop(error, Some(&saved))
    }

    /// What came of a result and is not in a store that outlives this process.
    fn only_copy(&self, token: &TaskToken, error: &Error) -> Option<Bytes> {
        let in_store = || self.session.haidy.tasks().store().read(token.key()).ok();
        match error.kind() {
            Kind::Store | Kind::Partial if self.place.durable => {
                let body = error.body()?.expose();
                let is_kept = in_store().is_some_and(|kept| kept.len() >= body.len());
                (!is_kept).then(|| body.clone())
            }
            Kind::Store => Some(error.body()?.expose().clone()),
            Kind::Partial | Kind::Unread | Kind::Undecodable | Kind::TooLarge if !self.place.durable => in_store(),
            _ => None,
        }
    }

    pub(crate) fn failed(&self, error: &Error) -> Stop {
        self.stop(error, None)
    }

    fn stop(&self, error: &Error, saved: Option<&str>) -> Stop {
        if self.details {
            words(error);
        }
        Stop::new(fate::exit(error), fate::sentence(error, self.place, saved))
    }

    /// A signal: the question under way is ended, and what it brought is written.
    async fn interrupted(&self, task: &Task<Json>, signal: Exit) -> Result<Exit, Stop> {
        self.drain().await;
        let key = task.token().key();
        let state = self.session.haidy.tasks().store().entry(key).ok().flatten().map(|entry| entry.state);
        if matches!(state, Some(State::Stored(_) | State::Partial | State::PossiblyLost | State::Gone)) {
            // Nothing is asked for any more: it is in the store.
            let ended = match task.wait().await {
                Ok(result) => self.deliver(task.token(), &result),
                Err(error) => Err(self.without_result(task.token(), &error)),
            };
            return ended.map(|_| signal).map_err(|stop| Stop { exit: signal, ..stop });
        }
        let sentence = match state {
            Some(State::Claiming) => format!(
                "interrupted in the middle of a question that may have taken the result (result possibly lost; settle it with: clinical results recover{})",
                self.place.flag
            ),
            _ => format!("interrupted; the task runs on (result not consumed; {})", self.place.go_on(task.token())),
        };
        Err(Stop::new(signal, sentence))
    }

    /// Waits for what is under way, for a while.
    async fn drain(&self) {
        tokio::select! {
            () = self.session.haidy.drain() => {}
            () = self.grace() => {}
        }
    }

    /// The time that is left after a signal; another one ends it.
    pub(super) async fn grace(&self) {
        self.line.clear();
        style::say("ending what is under way; the same again ends at once");
        let Ok(again) = signals::install() else { return };
        tokio::select! {
            _ = again => {}
            () = tokio::time::sleep(GRACE) => {}
        }
    }
}

/// The vendor's own words.
fn words(error: &Error) {
    if let Some(failure) = error.failure() {
        let failure = failure.expose();
        for text in [&failure.error, &failure.details].into_iter().flatten() {
            style::say(format_args!("the vendor wrote: {}", plain(text)));
        }
    }
    for detail in error.details().iter().flat_map(Sensitive::expose) {
        let place = detail.loc.as_deref().unwrap_or_default();
        style::say(format_args!("the vendor wrote: {} {}", plain(place), plain(&detail.message)));
    }
}
