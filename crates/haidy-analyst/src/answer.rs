//! A task as the vendor describes it in an answer. While it is polled only its status is read, so that a result of a new shape is still
//! a result; the result itself is cut out by its text.

use std::borrow::Cow;

use bytes::Bytes;
use clinical_drift::{Drift, Finding};
use clinical_http::{Call, Effect, Error as HttpError, ErrorKind, Method, Operation};
use clinical_long_tasks::{Protocol, Reading, Status, TaskToken};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Json, TaskFailure, TaskStatus};

/// Each of these may be the one that takes the result.
pub(crate) const TASKS: Operation = Operation::new("tasks", Method::Post, "/v2/tasks", Effect::ReadOnce);

/// The vendor's way to ask for a task and to answer.
#[derive(Debug, Default)]
pub(crate) struct Haidys {
    pub(crate) drift: Drift,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Ask<'a> {
    task_id: &'a str,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Created<'a> {
    #[serde(borrow)]
    task_id: Cow<'a, str>,
}

/// What polling looks at.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Head<'a> {
    #[serde(borrow)]
    #[cfg_attr(feature = "schema", schemars(with = "TaskStatus"))]
    status: Cow<'a, str>,
    /// By its text: a percentage in a new form must not hide the status.
    #[serde(borrow, default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Json>"))]
    percentage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Json>"))]
    result: Option<&'a RawValue>,
}

/// What a last answer holds.
#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Last {
    #[serde(default)]
    pub(crate) task_id: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Json>"))]
    pub(crate) result: Option<Box<RawValue>>,
    #[serde(default)]
    pub(crate) additional_info: Option<Json>,
}

impl Protocol for Haidys {
    fn ask(&self, token: &TaskToken) -> Result<Call, HttpError> {
        // That the token is of this vendor and server, the engine has seen to.
        Ok(Call::new(&TASKS).body(clinical_http::Body::json(&Ask { task_id: token.task() })?))
    }

    fn read(&self, body: &[u8]) -> Reading {
        let head = match serde_json::from_slice::<Head<'_>>(body) {
            Ok(head) => head,
            Err(error) if error.is_eof() => return Reading::Incomplete,
            Err(_) => return Reading::Unreadable,
        };
        let status = TaskStatus::from(&*head.status);
        if !status.is_known() {
            self.drift.record("Task", [Finding::unknown_value("/status")]);
        }
        let percentage = head.percentage.and_then(|percentage| percentage.get().parse().ok());
        let told = Status::new(status.as_str(), percentage, status.is_known());
        match status {
            TaskStatus::Done => Reading::Done(told),
            TaskStatus::Failed => Reading::Failed(told),
            // A status of next year that brings a result may be an end, and then this is the only copy: to be kept, and looked at.
            TaskStatus::Other(_) if head.result.is_some() => Reading::Unreadable,
            _ => Reading::InProgress(told),
        }
    }
}

/// The identifier of a task that was just made.
pub(crate) fn read_created(body: &[u8]) -> Result<String, HttpError> {
    match serde_json::from_slice::<Created<'_>>(body) {
        Ok(created) => Ok(created.task_id.into_owned()),
        Err(_) => Err(HttpError::new(
            ErrorKind::Decode,
            "the answer to a new task has no task_id that could be read; the vendor may have made the task",
        )),
    }
}

/// Takes a last answer apart.
pub(crate) fn read_last(body: &Bytes) -> Result<Last, String> {
    let text = std::str::from_utf8(body).map_err(|_| String::new())?;
    crate::json::decode(text)
}

impl Last {
    /// Why the task failed, in the vendor's words.
    pub(crate) fn into_failure(self) -> TaskFailure {
        TaskFailure::new(self.additional_info)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        let told = |status: Status| format!("{} {:?} {}", status.name, status.percentage, status.known);
        match Haidys::default().read(body.as_bytes()) {
            Reading::InProgress(status) => format!("in progress {}", told(status)),
            Reading::Done(status) => format!("done {}", told(status)),
            Reading::Failed(status) => format!("failed {}", told(status)),
            Reading::Incomplete => "incomplete".to_owned(),
            _ => "unreadable".to_owned(),
        }
    }

    #[test]
    fn only_status_and_percentage_are_looked_at() {
        let table = [
            (r#"{"task_id":"a","status":"QUEUED","percentage":0,"result":null}"#, "in progress QUEUED Some(0.0) true"),
            (r#"{"status":"RUNNING"}"#, "in progress RUNNING None true"),
            (r#"{"status":"SERVICE_DONE","percentage":99.5,"result":{}}"#, "in progress SERVICE_DONE Some(99.5) true"),
            (r#"{"status":"LINKING","percentage":"12"}"#, "in progress LINKING None false"),
            (r#"{"status":"QUEUED","percentage":[1e999]}"#, "in progress QUEUED None true"),
            (r#"{"status":"QUEUED","percentage":1e999}"#, "in progress QUEUED None true"),
            (r#"{"status":"DONE","percentage":100,"result":{"x":1e999,"x":[[]]}}"#, "done DONE Some(100.0) true"),
            (r#"{"status":"D\u004fNE"}"#, "done DONE None true"),
            (r#"{"status":"FAILED","percentage":0,"additional_info":7}"#, "failed FAILED Some(0.0) true"),
        ];
        for (body, reading) in table {
            assert_eq!(read(body), reading, "{body}");
        }
    }

    #[test]
    fn a_result_however_deep_does_not_hide_the_status() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let body = format!(r#"{{"x":{deep},"result":{deep},"status":"DONE"}}"#);
        assert_eq!(read(&body), "done DONE None true");
        assert_eq!(read_last(&body.into()).unwrap().result.unwrap().get(), deep);
    }

    #[test]
    fn what_may_be_a_result_under_an_unknown_name_is_not_taken_for_progress() {
        assert_eq!(read(r#"{"status":"COMPLETED","result":{}}"#), "unreadable");
        assert_eq!(read(r#"{"status":"COMPLETED","result":null}"#), "in progress COMPLETED None false");
    }

    #[test]
    fn what_is_no_task_is_unreadable() {
        for body in ["", "{", r#"{"status":"DONE""#, r#"{"task_id":"a","status":"DONE","result":{"x":[1,"#] {
            assert_eq!(read(body), "incomplete", "{body}");
        }
        for body in [
            "null",
            "[]",
            "{}",
            r#"{"status":null}"#,
            r#"{"status":7}"#,
            "<html>",
            r#"{"status":"DONE","status":"QUEUED"}"#,
        ] {
            assert_eq!(read(body), "unreadable", "{body}");
        }
        assert_eq!(Haidys::default().read(b"{\"status\":\"D\xffNE\"}"), Reading::Unreadable);
    }

    #[test]
    fn a_new_task_has_an_id_that_is_a_string() {
        assert_eq!(read_created(br#"{"status":"QUEUED","task_id":"abc\u0031"}"#).unwrap(), "abc1");
        for body in ["", "{}", r#"{"task_id":7}"#, r#"{"task_id":null}"#, r#"{"task_id":"a","task_id":"b"}"#] {
            assert_eq!(read_created(body.as_bytes()).unwrap_err().kind(), ErrorKind::Decode, "{body}");
        }
    }
}
