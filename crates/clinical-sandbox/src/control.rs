//! The sandbox's own routes under `/_sandbox/`: what it simulates, what happened, and which faults are planned. They
//! are not part of any vendor's API, are never journaled, and no fault falls on them.

use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;

use crate::fault::Fault;
use crate::pipeline::Verdict;
use crate::reply::Reply;
use crate::state::State;
use crate::{SandboxError, fidelity, operation};

/// A list of faults larger than this is not a test.
const MOST_INSTRUCTION: usize = 1024 * 1024;

/// What `POST /_sandbox/faults` takes: one fault or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Instruction {
    Many(Vec<serde_json::Value>),
    One(serde_json::Value),
}

/// Answers `/_sandbox/{rest}`.
pub(crate) async fn handle(state: &State, rest: &str, request: Request<Incoming>) -> Verdict {
    let (method, body) = (request.method().clone(), request.into_body());
    let reply = match (&method, rest) {
        (&Method::GET, "fidelity") => Reply::json(StatusCode::OK, &fidelity::table(state)),
        (&Method::GET, "journal") => Reply::json(StatusCode::OK, &state.journal.copy()),
        (&Method::GET, "ledger") => Reply::json(StatusCode::OK, &state.ledger.copy()),
        (&Method::GET, "tasks") => {
            Reply::json(StatusCode::OK, &state.tasks.facts(state.clock.now(), state.switches.task_statuses))
        }
        (&Method::GET, "novamed") => Reply::json(StatusCode::OK, &state.novamed.facts(state.clock.now())),
        (&Method::GET, "faults") => Reply::json(StatusCode::OK, &state.faults.pending()),
        (&Method::POST, "faults") => match read(body).await.and_then(|body| inject(state, &body)) {
            Ok(()) => Reply::json(StatusCode::CREATED, &state.faults.pending()),
            Err(reason) => refuse(StatusCode::BAD_REQUEST, &reason),
        },
        (&Method::DELETE, "faults") => {
            state.clear_faults();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        (&Method::POST, "reset") => {
            state.reset();
            Reply::empty(StatusCode::NO_CONTENT)
        }
        (_, "fidelity" | "journal" | "ledger" | "novamed" | "tasks") => other_method("GET"),
        (_, "faults") => other_method("DELETE, GET, POST"),
        (_, "reset") => other_method("POST"),
        _ => refuse(
            StatusCode::NOT_IMPLEMENTED,
            "use fidelity, journal, ledger, novamed, tasks, faults or reset under /_sandbox/",
        ),
    };
    Verdict::Answer(reply)
}

fn other_method(allow: &str) -> Reply {
    refuse(StatusCode::METHOD_NOT_ALLOWED, "this path is known with another method").with_header(header::ALLOW, allow)
}

fn refuse(status: StatusCode, details: &str) -> Reply {
    let error = status.canonical_reason().unwrap_or_default();
    Reply::json(status, &json!({"success": false, "error": error, "details": details}))
}

async fn read(body: Incoming) -> Result<Vec<u8>, String> {
    match Limited::new(body, MOST_INSTRUCTION).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(_) => Err("the body must arrive whole and have at most 1 MiB".to_owned()),
    }
}

/// Takes all of the faults or none.
fn inject(state: &State, body: &[u8]) -> Result<(), String> {
    let faults = match serde_json::from_slice(body) {
        Ok(Instruction::Many(faults)) => faults,
        Ok(Instruction::One(fault)) => vec![fault],
        Err(error) => return Err(format!("faults: the body is no JSON ({error})")),
    };
    let faults: Vec<Fault> = faults
        .into_iter()
        .map(|fault| serde_json::from_value(fault).map_err(|error| format!("faults: {error}")))
        .collect::<Result<_, _>>()?;
    plan(state, faults).map_err(|error| error.to_string())
}

/// Checks every fault and adds them all, or none.
pub(crate) fn plan(state: &State, faults: Vec<Fault>) -> Result<(), SandboxError> {
    let operations = operation::names();
    for fault in &faults {
        fault.check(&operations)?;
    }
    if faults.into_iter().all(|fault| state.faults.add(fault)) {
        return Ok(());
    }
    Err(SandboxError::setting("faults", "at most 1000 can be planned at a time; clear some"))
}
