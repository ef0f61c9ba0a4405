//! Runs a call: its attempts, the waits between them, and the one decision after each of them.
//!
//! "Again" takes all of these: the failure is not one that would only happen again; there are
//! attempts left; effect and delivery allow it, and the operation does not rule the status out; the
//! vendor does not ask for a longer wait than the policy covers; after the wait there is room for
//! another attempt within the total; the retry budget can pay. The budget is asked last, because
//! asking spends. One repetition is outside the budget and without a wait: the one after a 401 to a
//! credential that has been replaced since.
//!
//! A call that stops returns the failure it met and not the reason for stopping: "the vendor answered
//! 503" helps its reader more than "there was no time for a fourth attempt".

use std::time::Duration;

use http::HeaderMap;
use tokio::time::Instant;
use tracing::Instrument;

use crate::credential::Credential;
use crate::exchange::{Attempting, Failed, Success, is_unauthorized};
use crate::gate::Pass;
use crate::headers::headers;
use crate::settings::Settings;
use crate::trail::Trail;
use crate::verdict::{self, Pace};
use crate::{AnswerSink, Attempt, Call, Delivery, Error, ErrorKind};
use clinical_transport::{Progress, later, within};

/// For a hint that is longer than the policy waits for. A nonsensical one must not stop a client for ever.
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(300);

/// Makes attempts until one succeeds or the policy, the delivery, the budget or a deadline says stop.
pub(crate) async fn run(
    client: &Settings,
    call: &Call,
    trail: &mut Trail<'_>,
    sink: &mut Option<&mut (dyn AnswerSink + '_)>,
) -> Result<Success, Error> {
    trail.open().await?;
    let clock = &*client.clock;
    let mut waited = Duration::ZERO;
    let mut refreshed = false;
    let mut last: Option<Error> = None;
    loop {
        let Ready { pass, queued, credential, headers, began, limit } = ready(client, call, trail, &mut last).await?;
        if let Some(sink) = sink {
            sink.before().await?;
        }
        let number = trail.next_number();
        // Only the audit trail asks what exactly was sent.
        let progress = Progress::new(client.audit.is_some());
        let span = trail.attempt_starts(progress.clone());
        let outcome = attempting(client).run(call, headers, &progress, limit, reborrow(sink)).instrument(span).await;
        let now = clock.now();
        let elapsed = trail.spent_at(now).saturating_sub(began);
        let record = |status, failure, delivery, retry_after| {
            let mut attempt = Attempt::numbered(number);
            (attempt.waited, attempt.queued, attempt.elapsed) = (waited, queued, elapsed);
            (attempt.status, attempt.failure) = (status, failure);
            (attempt.delivery, attempt.retry_after) = (delivery, retry_after);
            attempt
        };
        let Failed { mut error, pace, is_final, remaining } = match outcome {
            Ok(success) => {
                pass.answered(now, success.remaining);
                client.tokens.earn(now);
                trail.received(success.received);
                trail.attempt_ended(record(Some(success.status), None, Delivery::Answered, None));
                return Ok(success);
            }
            Err(failed) => failed,
        };
        let hint = error.retry_after();
        let wait = |n| client.with_random(|random| client.retry.wait(n, pace, hint, random));
        let mut delay = None;
        match (pace, error.status()) {
            (Pace::Throttle, _) => pass.throttled(now, remaining, |strikes| {
                delay = wait(number.max(strikes));
                delay.unwrap_or_else(|| hint.unwrap_or_default().min(LONGEST_COOL_DOWN))
            }),
            (Pace::Transient, Some(_)) => pass.answered(now, remaining),
            (Pace::Transient, None) => drop(pass),
        }
        trail.received(error.body().map_or(0, |body| body.expose().len()));
        let renewed = is_unauthorized(&error) && renewed(client, credential.as_ref(), trail, refreshed).await;
        if renewed {
            // Turned away for a credential that has been replaced: not processed, and worth one more attempt.
            error = error.with_delivery(Delivery::Refused);
            refreshed = true;
        }
        trail.attempt_ended(record(error.status(), Some(error.kind()), error.delivery(), error.retry_after()));
        let delay = match pace {
            _ if renewed => Some(Duration::ZERO),
            Pace::Throttle => delay,
            Pace::Transient => wait(number),
        };
        let attempts = if call.is_once() { 1 } else { client.retry.attempts() };
        let may_repeat = !is_final && number < attempts && may_repeat(call, &error);
        let Some(delay) = delay.filter(|delay| may_repeat && client.deadlines.allows(trail.spent(), *delay)) else {
            return Err(error);
        };
        if !renewed && !client.tokens.pay(pace, clock.now()) {
            return Err(error.with_retry_budget_empty());
        }
        trail.repeats(delay, &error);
        if !delay.is_zero() {
            clock.sleep(delay).await;
        }
        waited = delay;
        last = Some(error);
    }
}

/// What an attempt starts with.
struct Ready<'a> {
    pass: Pass<'a>,
    queued: Duration,
    credential: Option<Credential>,
    headers: HeaderMap,
    /// Of the call's total, when the attempt begins.
    began: Duration,
    limit: Duration,
}

/// Waits for leave to begin and for the credential. `last` is the failure before, which says more
/// than that there was no time for another attempt.
async fn ready<'a>(
    client: &'a Settings,
    call: &Call,
    trail: &Trail<'_>,
    last: &mut Option<Error>,
) -> Result<Ready<'a>, Error> {
    let clock = &*client.clock;
    let mut queued = Duration::ZERO;
    loop {
        let pass = client.gate.pass(clock, &client.deadlines, || trail.spent()).await;
        let mut pass = pass.map_err(|error| last.take().unwrap_or(error))?;
        queued = queued.saturating_add(pass.queued());
        let credential = match credential(client, trail).await {
            Ok(credential) => credential,
            Err(error) if error.kind() == ErrorKind::Timeout => return Err(last.take().unwrap_or(error)),
            Err(error) => return Err(error),
        };
        let headers = headers(client, call, credential.as_ref())?;
        // Computed last: the gate, the credential and waiting have taken their part of the total.
        let now = clock.now();
        let began = trail.spent_at(now);
        let Some(limit) = client.deadlines.attempt_limit(began) else {
            return Err(last.take().unwrap_or_else(used_up));
        };
        // While the credential was on its way, another call may have been told to slow down.
        if pass.begins(now) {
            return Ok(Ready { pass, queued, credential, headers, began, limit });
        }
    }
}

/// For one attempt.
fn reborrow<'b>(sink: &'b mut Option<&mut (dyn AnswerSink + '_)>) -> Option<&'b mut (dyn AnswerSink + 'b)> {
    match sink {
        Some(sink) => Some(&mut **sink),
        None => None,
    }
}

fn may_repeat(call: &Call, error: &Error) -> bool {
    let operation = call.operation();
    verdict::may_repeat(operation.effect(), error.delivery())
        && !error.status().is_some_and(|status| operation.is_final(status))
}

fn attempting(client: &Settings) -> Attempting<'_> {
    Attempting {
        transport: &*client.transport,
        addresses: &client.addresses,
        limits: &client.limits,
        retry_hint: client.vendor.retry_hint(),
        stall: client.deadlines.stall_limit(),
        clock: &*client.clock,
    }
}

async fn credential(client: &Settings, trail: &Trail<'_>) -> Result<Option<Credential>, Error> {
    let Some(source) = &client.credentials else {
        return Ok(None);
    };
    let until = || later(Instant::now(), client.deadlines.left(trail.spent()));
    match within(until, source.current()).await {
        Some(credential) => credential.map(Some),
        None => Err(used_up()),
    }
}

/// Tells the source that a credential was refused, and finds out whether it has another one now.
/// Tried once per call; the source is told each time.
async fn renewed(client: &Settings, sent: Option<&Credential>, trail: &Trail<'_>, refreshed: bool) -> bool {
    let (Some(source), Some(sent)) = (&client.credentials, sent) else {
        return false;
    };
    source.rejected(sent.generation());
    if refreshed {
        return false;
    }
    // A source that has nothing to offer any more leaves the vendor's 401 as the answer.
    let now = credential(client, trail).await.ok().flatten();
    now.is_some_and(|now| now.generation() != sent.generation())
}

fn used_up() -> Error {
    Error::new(ErrorKind::Timeout, "the time limit of the call is used up")
}
