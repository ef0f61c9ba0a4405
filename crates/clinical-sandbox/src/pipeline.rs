//! One request from head to answer: journal, faults, checks, processing, in that order. It decides what is sent; the
//! connection sends it.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::json;

use crate::control;
use crate::digest;
use crate::fault::plan::Drawn;
use crate::fault::play::{self, Played};
use crate::fault::script::Script;
use crate::fault::{Fault, FaultKind};
use crate::journal::{AttemptGuard, Outcome};
use crate::operation::{self, Operation, Received, Route, Work};
use crate::reply::Reply;
use crate::state::State;

/// Bodies above this are refused with 413: room for the largest note and PDF, in any JSON spelling.
pub(crate) const MOST_BODY: u64 = 8 * 1024 * 1024;
/// Bodies above [`MOST_BODY`] are read and thrown away up to this many bytes, so that the 413 can be read in peace.
const MOST_DISCARDED: u64 = 64 * 1024 * 1024;

/// What the connection has to do.
pub(crate) enum Verdict {
    /// Send this answer.
    Answer(Reply),
    /// Take the connection back and play these bytes.
    Raw(Script),
    /// The peer is gone; there is nobody to answer.
    Gone,
}

/// Handles one request.
pub(crate) async fn handle(state: &Arc<State>, connection: (u64, u64), request: Request<Incoming>) -> Verdict {
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/_sandbox/") {
        let rest = rest.to_owned();
        return control::handle(state, &rest, request).await;
    }
    let route = operation::route(request.method().as_str(), path);
    let (parts, body) = request.into_parts();
    let name = if let Route::Operation(operation) = route { operation.name } else { "unknown" };
    let mut attempt = state.journal.attempt(connection, name, state.clock.now(), &parts.headers);
    let Route::Operation(operation) = route else {
        return outside(&mut attempt_body(body, attempt, name).await, &route);
    };
    let Drawn { latencies, other } = state.faults.draw(name);
    if let Some(fault) = other.as_ref().filter(|fault| matches!(fault.kind(), FaultKind::StopReading { .. })) {
        return stop_reading(state, fault, operation, body, attempt).await;
    }
    let Some((body, too_large)) = read(body, &attempt).await else {
        return Verdict::Gone;
    };
    let json = serde_json::from_slice(&body).ok();
    let fingerprint = digest::fingerprint(name, json.as_ref(), &body);
    attempt.complete(name, &body, &fingerprint);
    let received = Received { headers: parts.headers, json, too_large, fingerprint };
    answer(state, operation, received, latencies, other, attempt).await
}

/// Reads the body of a request that leads nowhere, so that the answer can be read in peace.
async fn attempt_body(body: Incoming, mut attempt: AttemptGuard, name: &str) -> Option<AttemptGuard> {
    let (body, _) = read(body, &attempt).await?;
    attempt.complete(name, &body, &digest::fingerprint(name, None, &body));
    Some(attempt)
}

fn outside(attempt: &mut Option<AttemptGuard>, route: &Route) -> Verdict {
    let Some(attempt) = attempt.take() else {
        return Verdict::Gone;
    };
    let (status, details) = match route {
        Route::OtherMethod(_) => (StatusCode::METHOD_NOT_ALLOWED, "this path is known with another method"),
        _ => (
            StatusCode::NOT_IMPLEMENTED,
            "the sandbox does not simulate this path; GET /_sandbox/fidelity lists what it does",
        ),
    };
    let error = status.canonical_reason().unwrap_or_default();
    let mut reply = Reply::json(status, &json!({"success": false, "error": error, "details": details}));
    if let Route::OtherMethod(allow) = route {
        reply = reply.with_header(header::ALLOW, allow);
    }
    attempt.close(Some(status.as_u16()), Outcome::Answered);
    Verdict::Answer(reply)
}

async fn answer(
    state: &Arc<State>,
    operation: &'static Operation,
    received: Received,
    latencies: Vec<Fault>,
    other: Option<Fault>,
    attempt: AttemptGuard,
) -> Verdict {
    let (after, before): (Vec<Fault>, Vec<Fault>) = latencies.into_iter().partition(Fault::is_after_commit);
    wait(state, &before, &attempt).await;
    if let Some(fault) = other.as_ref().filter(|fault| !fault.is_after_commit()) {
        wait(state, &after, &attempt).await;
        return end(state, Some(fault), Reply::empty(StatusCode::OK), operation, attempt);
    }
    let fingerprint = received.fingerprint.clone();
    let reply = match check(state, operation, received).await {
        Err(refusal) => refusal,
        Ok(work) => {
            if work.counts {
                state.ledger.commit(operation.name, &fingerprint, attempt.number());
                attempt.committed();
            }
            blocking(work.run).await.unwrap_or_else(|| broken(operation))
        }
    };
    wait(state, &after, &attempt).await;
    end(state, other.as_ref(), reply, operation, attempt)
}

/// The checks read a PDF, so they run where they hold up no other connection.
async fn check(state: &Arc<State>, operation: &'static Operation, received: Received) -> Result<Work, Reply> {
    let state = Arc::clone(state);
    blocking(move || (operation.check)(&state, &received)).await.unwrap_or_else(|| Err(broken(operation)))
}

/// `None` when the work panicked: a fault of this crate that must not take the connection with it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

fn broken(operation: &Operation) -> Reply {
    (operation.refuse)(StatusCode::INTERNAL_SERVER_ERROR, "the sandbox failed on this request; please report it")
}

/// Plays latency. It ends early when the faults are cleared or the sandbox stops.
async fn wait(state: &State, latencies: &[Fault], attempt: &AttemptGuard) {
    for fault in latencies {
        if let FaultKind::Latency { millis } = fault.kind() {
            let release = state.release();
            attempt.fault(fault.kind().name());
            tokio::select! {
                () = state.clock.sleep(Duration::from_millis(*millis)) => {}
                () = release => {}
            }
        }
    }
}

/// Plays the fault, if any, on the answer and closes the attempt.
fn end(state: &State, fault: Option<&Fault>, reply: Reply, operation: &Operation, attempt: AttemptGuard) -> Verdict {
    let Some(fault) = fault else {
        attempt.close(Some(reply.status.as_u16()), Outcome::Answered);
        return Verdict::Answer(reply);
    };
    attempt.fault(fault.kind().name());
    match play::play(fault.kind(), reply, operation.refuse, state.clock.calendar()) {
        Played::Whole(reply) => {
            attempt.close(Some(reply.status.as_u16()), Outcome::Answered);
            Verdict::Answer(reply)
        }
        Played::Raw(script, status) => {
            attempt.close(status.map(|status| status.as_u16()), Outcome::Faulted);
            Verdict::Raw(script)
        }
    }
}

/// Reads the body, at most [`MOST_BODY`] of it. `None` when it never arrives whole; `true` when it was larger.
async fn read(mut body: Incoming, attempt: &AttemptGuard) -> Option<(Bytes, bool)> {
    let mut kept = BytesMut::new();
    let mut seen = 0_u64;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        seen += data.len() as u64;
        attempt.arrived(seen);
        if seen <= MOST_BODY {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
        }
        if seen > MOST_DISCARDED {
            break;
        }
    }
    Some((kept.freeze(), seen > MOST_BODY))
}

/// Reads only so many bytes of the body and resets the connection.
async fn stop_reading(
    state: &State,
    fault: &Fault,
    operation: &Operation,
    mut body: Incoming,
    attempt: AttemptGuard,
) -> Verdict {
    let FaultKind::StopReading { bytes } = *fault.kind() else {
        return Verdict::Gone;
    };
    let mut seen = 0_u64;
    while seen < bytes {
        let Some(frame) = body.frame().await else {
            break;
        };
        let Ok(frame) = frame else {
            return Verdict::Gone;
        };
        seen += frame.data_ref().map_or(0, |data| data.len() as u64);
        attempt.arrived(seen);
    }
    end(state, Some(fault), Reply::empty(StatusCode::OK), operation, attempt)
}
