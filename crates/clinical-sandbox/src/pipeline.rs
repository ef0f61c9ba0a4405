//! One request from head to answer: journal, faults, checks, processing, in that order. It decides what is sent; the
//! connection sends it.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use serde_json::{Value, json};

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

/// A body to an address that is none is kept up to here.
const MOST_STRAY: u64 = 8 * 1024 * 1024;
/// So many bytes above the limit are read and thrown away, so that the refusal can be read in peace.
const MOST_DISCARDED: u64 = 56 * 1024 * 1024;
/// A body above this is parsed and hashed where it holds up no other connection.
const LARGE: usize = 256 * 1024;

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
    let name = if let Route::Operation(operation, _) = &route { operation.name } else { "unknown" };
    let mut attempt = state.journal.attempt(connection, name, state.clock.now(), &parts.headers);
    let Route::Operation(operation, params) = route else {
        return outside(&mut attempt_body(body, attempt, name).await, &route);
    };
    let Drawn { latencies, other } = state.faults.draw(name);
    if let Some(fault) = other.as_ref().filter(|fault| matches!(fault.kind(), FaultKind::StopReading { .. })) {
        return stop_reading(state, fault, operation, body, attempt).await;
    }
    let Some((body, too_large)) = read(body, operation.most_body, &attempt).await else {
        return Verdict::Gone;
    };
    let query = parts.uri.query().map(str::to_owned);
    // A parameter of the path is as much of the content as one of the query.
    let target = if params.is_empty() { query.clone() } else { parts.uri.path_and_query().map(ToString::to_string) };
    let Some(Parsed { json, sha256, fingerprint }) = parse(name, target, body).await else {
        return Verdict::Answer(broken(state, operation));
    };
    attempt.complete(name, sha256, &fingerprint);
    let (headers, handle) = (parts.headers, attempt.handle());
    let received = Received { headers, query, params, attempt: handle, json, too_large, fingerprint };
    if let Some(task) = (operation.task)(&received) {
        received.attempt.task(&task);
    }
    answer(state, operation, received, latencies, other, attempt).await
}

/// A body as the checks want it.
struct Parsed {
    json: Option<Value>,
    sha256: String,
    fingerprint: String,
}

/// Parses and hashes a body. `None` when that panicked.
async fn parse(name: &'static str, query: Option<String>, body: Bytes) -> Option<Parsed> {
    let large = body.len() > LARGE;
    let parse = move || {
        let json = serde_json::from_slice(&body).ok();
        let fingerprint = digest::fingerprint(name, query.as_deref(), json.as_ref(), &body);
        Parsed { json, sha256: digest::sha256_hex(&body), fingerprint }
    };
    if large { blocking(parse).await } else { Some(parse()) }
}

/// Reads the body of a request that leads nowhere, so that the answer can be read in peace.
async fn attempt_body(body: Incoming, mut attempt: AttemptGuard, name: &str) -> Option<AttemptGuard> {
    let (body, _) = read(body, MOST_STRAY, &attempt).await?;
    attempt.complete(name, digest::sha256_hex(&body), &digest::fingerprint(name, None, None, &body));
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
            blocking(work.run).await.unwrap_or_else(|| broken(state, operation))
        }
    };
    wait(state, &after, &attempt).await;
    end(state, other.as_ref(), reply, operation, attempt)
}

/// The checks read a PDF, so they run where they hold up no other connection.
async fn check(state: &Arc<State>, operation: &'static Operation, received: Received) -> Result<Work, Reply> {
    let (state, mut received) = (Arc::clone(state), received);
    let checked = Arc::clone(&state);
    let checks = blocking(move || (operation.check)(&checked, &mut received)).await;
    checks.unwrap_or_else(|| Err(broken(&state, operation)))
}

/// `None` when the work panicked: a fault of this crate that must not take the connection with it.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

fn broken(state: &State, operation: &Operation) -> Reply {
    let words = "the sandbox failed on this request; please report it";
    (operation.refuse)(&state.switches, StatusCode::INTERNAL_SERVER_ERROR, words, None)
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
        return whole(state, reply);
    };
    attempt.fault(fault.kind().name());
    let refuse = |status, details: &str, wait| (operation.refuse)(&state.switches, status, details, wait);
    match play::play(fault.kind(), reply, refuse, state.clock.calendar()) {
        Played::Whole(reply) => {
            attempt.close(Some(reply.status.as_u16()), Outcome::Answered);
            whole(state, reply)
        }
        Played::Raw(script, status) => {
            attempt.close(status.map(|status| status.as_u16()), Outcome::Faulted);
            Verdict::Raw(script)
        }
    }
}

/// An answer that destroys a task goes where its first byte is seen; every other goes through the HTTP library.
fn whole(state: &State, reply: Reply) -> Verdict {
    if reply.ends_a_task() {
        return Verdict::Raw(reply.into_script(state.clock.calendar()));
    }
    Verdict::Answer(reply)
}

/// Reads the body, at most `most` bytes of it. `None` when it never arrives whole; `true` when it was larger.
async fn read(mut body: Incoming, most: u64, attempt: &AttemptGuard) -> Option<(Bytes, bool)> {
    // What is announced is reserved at once, so that a large body is not moved while it grows.
    let announced = body.size_hint().exact().filter(|length| *length <= most).unwrap_or_default();
    let mut kept = BytesMut::with_capacity(usize::try_from(announced).unwrap_or_default());
    let mut seen = 0_u64;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        seen += data.len() as u64;
        attempt.arrived(seen);
        if seen <= most {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
        }
        if seen > most.saturating_add(MOST_DISCARDED) {
            break;
        }
    }
    Some((kept.freeze(), seen > most))
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
