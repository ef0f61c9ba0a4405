//! The two calls that are made, and how their answers are read.

use clinical_http::{Body, Call, Effect, Error, ErrorKind, Method, Operation, Vendor};
use clinical_tasks::{Protocol, Reading, Status, TaskToken};
use serde_json::{Value, json};
use xtask::faults::wire::Submission;

pub(crate) const VENDOR: Vendor = Vendor::new("haidy");
const STRUCTURE: Operation = Operation::new("structure", Method::Post, "/v2/structure", Effect::Unsafe);
const STRUCTURE_FHIR: Operation = Operation::new("structure_fhir", Method::Post, "/v2/structure/fhir", Effect::Unsafe);
const TASKS: Operation = Operation::new("tasks", Method::Post, "/v2/tasks", Effect::ReadOnce);

/// The call that submits it.
pub(crate) fn submission(submission: &Submission) -> Result<Call, Error> {
    let operation = if submission.fhir { &STRUCTURE_FHIR } else { &STRUCTURE };
    let record = json!({"source": {"type": "plain_text", "text": submission.text}});
    Ok(Call::new(operation).body(Body::json(&json!({"new_records": [record]}))?))
}

/// The task of an answer to a submission.
pub(crate) fn created(body: &[u8]) -> Result<String, Error> {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let task = body.as_ref().and_then(|body| body["task_id"].as_str());
    task.map(str::to_owned).ok_or_else(|| Error::new(ErrorKind::Decode, "the answer names no task"))
}

/// How tasks are asked after.
pub(crate) struct Haidy;

impl Protocol for Haidy {
    fn ask(&self, token: &TaskToken) -> Result<Call, Error> {
        Ok(Call::new(&TASKS).body(Body::json(&json!({"task_id": token.task()}))?))
    }

    fn read(&self, body: &[u8]) -> Reading {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        let Some(status) = body.as_ref().and_then(|body| body["status"].as_str()) else {
            return Reading::Unreadable;
        };
        let reading = match status {
            "DONE" => Reading::Done,
            "FAILED" => Reading::Failed,
            _ => Reading::InProgress,
        };
        reading(Status::new(status, None, true))
    }
}
