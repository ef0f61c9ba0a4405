//! `POST /v2/tasks`: how a task stands. The end of a task is given to one poll alone; which one, the first byte decides,
//! so the answer carries a ticket. What the others meet is a switch.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::problem::{Kind, Problem, refusal};
use super::{refuse, request};
use crate::auth::admit;
use crate::contract;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::{CheckOrder, ConsumedTask, Switches};
use crate::tasks::{Found, Rules, Ticket};

/// The longest id that is noted; ours have 24 characters.
const MOST_ID: usize = 64;

/// The task that a poll asks for, if what it sends can be an id of ours or of the guide's samples.
pub(super) fn task(request: &Received) -> Option<String> {
    let id = request.json.as_ref()?["task_id"].as_str()?;
    let plain = id.len() <= MOST_ID && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    plain.then(|| id.to_owned())
}

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let id = match state.switches.check_order {
        CheckOrder::AuthFirst => {
            admit(state, &request.headers, refuse)?;
            read(request, &state.switches)?
        }
        CheckOrder::BodyFirst => {
            let id = read(request, &state.switches)?;
            admit(state, &request.headers, refuse)?;
            id
        }
    };
    let (book, clock, switches) = (Arc::clone(&state.tasks), state.clock.clone(), state.switches);
    let attempt = request.attempt.clone();
    let run = move || {
        let rules = Rules { statuses: switches.task_statuses, consumption: switches.task_consumption };
        let found = book.look(&id, clock.now());
        let view = match &found {
            Found::Task(view) => Some(view),
            Found::Nothing => None,
        };
        match Ticket::issue(&book, &id, attempt, view, rules, gone(&id, &switches)) {
            Err(gone) => gone,
            Ok(ticket) => {
                let reply = match view {
                    Some(view) => Reply::json_bytes(StatusCode::OK, view.body(switches.task_statuses)),
                    None => gone(&id, &switches),
                };
                reply.with_ticket(ticket)
            }
        }
    };
    Ok(Work { counts: false, run: Box::new(run) })
}

fn read(request: &mut Received, switches: &Switches) -> Result<String, Reply> {
    if request.too_large {
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than a poll can be"));
    }
    let refused = |problems: &[Problem]| refusal(problems, switches.validation_shape);
    let body = Value::Object(request::object(request).map_err(|problem| refused(&[problem]))?);
    let problems: Vec<Problem> = contract::structure_errors("tasks", &body).iter().map(Problem::of).collect();
    match body["task_id"].as_str() {
        Some(id) if problems.is_empty() => Ok(id.to_owned()),
        _ => Err(refused(&problems)),
    }
}

/// What a poll of an unknown task, or of one that was taken, is answered with.
fn gone(id: &str, switches: &Switches) -> Reply {
    match switches.consumed_task {
        ConsumedTask::NotFound => refuse(StatusCode::NOT_FOUND, "Task not found"),
        ConsumedTask::ValidationError => {
            let problem = Problem::new("body", "/task_id", Kind::Rule("task not found".to_owned()));
            refusal(&[problem], switches.validation_shape)
        }
        ConsumedTask::NullTask => {
            let task = json!({"task_id": id, "status": "DONE", "percentage": 100, "result": null});
            Reply::json(StatusCode::OK, &task)
        }
    }
}
