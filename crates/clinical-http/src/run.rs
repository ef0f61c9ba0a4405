//! Runs a call: its attempts, the waits between them, and the one decision after each of them.

use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::Instrument;

use crate::credential::Credential;
use crate::exchange::{Attempting, Failed, Success, is_unauthorized};
use crate::progress::Progress;
use crate::settings::Settings;
use crate::trail::Trail;
use crate::verdict::{self, Pace};
use crate::{Attempt, Call, Delivery, Error, ErrorKind};

/// Makes attempts until one succeeds or the policy, the delivery or a deadline says stop.
pub(crate) async fn run(client: &Settings, call: &Call, trail: &mut Trail<'_>) -> Result<Success, Error> {
    trail.open().await?;
    let mut waited = Duration::ZERO;
    let mut refreshed = false;
    let mut last: Option<Error> = None;
    loop {
        let number = trail.next_number();
        let credential = match credential(client, trail).await {
            Ok(credential) => credential,
            // What the vendor last answered says more than that the source was not quick enough after it.
            Err(error) if error.kind() == ErrorKind::Timeout => return Err(last.unwrap_or(error)),
            Err(error) => return Err(error),
        };
        let headers = headers(client, call, credential.as_ref())?;
        // Computed last: fetching the credential and waiting have taken their part of the total.
        let Some(limit) = client.deadlines.attempt_limit(trail.spent()) else {
            return Err(last.unwrap_or_else(used_up));
        };
        let progress = Progress::new();
        trail.attempt_starts(progress.clone());
        let began = trail.spent();
        let span = tracing::debug_span!("attempt", "http.request.resend_count" = number - 1);
        let target = (call.operation().method(), call.operation().path());
        let outcome = attempting(client).run(target, headers, call.body_ref(), &progress, limit).instrument(span).await;
        let elapsed = trail.spent().saturating_sub(began);
        let record = |status, failure, delivery, retry_after| Attempt {
            number,
            waited,
            elapsed,
            status,
            failure,
            delivery,
            retry_after,
        };
        let Failed { mut error, pace, is_final } = match outcome {
            Ok(success) => {
                trail.received(success.body.len());
                trail.attempt_ended(record(Some(success.status), None, Delivery::Answered, None));
                return Ok(success);
            }
            Err(failed) => failed,
        };
        trail.received(error.body().map_or(0, |body| body.expose().len()));
        let renewed = is_unauthorized(&error) && renewed(client, credential.as_ref(), trail, refreshed).await;
        if renewed {
            // Turned away for a credential that has been replaced: not processed, and worth one more attempt.
            error = error.with_delivery(Delivery::Refused);
            refreshed = true;
        }
        trail.attempt_ended(record(error.status(), Some(error.kind()), error.delivery(), error.retry_after()));
        let again = if is_final { None } else { wait(client, call, number, &error, pace, trail.spent(), renewed) };
        let Some(delay) = again else {
            return Err(error);
        };
        if !delay.is_zero() {
            trail.waits(delay, error.retry_after().is_some());
            client.clock.sleep(delay).await;
        }
        waited = delay;
        last = Some(error);
    }
}

/// How long to wait before the next attempt, or `None` if there must not be one.
fn wait(
    client: &Settings,
    call: &Call,
    number: u32,
    error: &Error,
    pace: Pace,
    spent: Duration,
    renewed: bool,
) -> Option<Duration> {
    let operation = call.operation();
    let allowed = number < client.retry.attempts()
        && verdict::may_repeat(operation.effect(), error.delivery())
        && !error.status().is_some_and(|status| operation.is_final(status));
    if !allowed {
        return None;
    }
    let delay = if renewed {
        Duration::ZERO
    } else {
        client.with_random(|random| client.retry.wait(number, pace, error.retry_after(), random))?
    };
    client.deadlines.allows(spent, delay).then_some(delay)
}

fn attempting(client: &Settings) -> Attempting<'_> {
    Attempting {
        transport: &*client.transport,
        base: &client.base,
        limits: &client.limits,
        stall: client.deadlines.stall_limit(),
        clock: &*client.clock,
    }
}

async fn credential(client: &Settings, trail: &Trail<'_>) -> Result<Option<Credential>, Error> {
    let Some(source) = &client.credentials else {
        return Ok(None);
    };
    let left = client.deadlines.left(trail.spent());
    match tokio::time::timeout(left, source.current()).await {
        Ok(credential) => credential.map(Some),
        Err(_) => Err(used_up()),
    }
}

/// Tells the source that a credential was refused, and finds out whether it has another one now. Tried once per call; the source is told
/// each time.
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

fn headers(client: &Settings, call: &Call, credential: Option<&Credential>) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(USER_AGENT, client.user_agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if !call.body_ref().is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(credential) = credential {
        let (name, value) = credential.header()?;
        headers.insert(name, value);
    }
    let audit = [
        (client.vendor.doctor_header(), call.context_ref().doctor_id()),
        (client.vendor.patient_header(), call.context_ref().patient_id()),
    ];
    for (name, id) in audit {
        if let (Some(name), Some(id)) = (name, id) {
            let mut value = HeaderValue::from_str(id.expose())
                .map_err(|_| Error::invalid(name, "cannot be sent as an HTTP field value"))?;
            value.set_sensitive(true);
            let header = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Error::configuration(name, "is not a valid HTTP field name"))?;
            headers.insert(header, value);
        }
    }
    Ok(headers)
}

fn used_up() -> Error {
    Error::new(ErrorKind::Timeout, "the time limit of the call is used up")
}
