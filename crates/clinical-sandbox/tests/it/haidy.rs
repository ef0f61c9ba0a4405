//! The structuring endpoints of Haidy-Analyst and their tasks.

mod basics;
mod download;
mod once;
mod refusals;
mod results;

use clinical_sandbox::Sandbox;
use serde_json::{Value, json};
use std::time::Duration;

use crate::wire::{Answer, exchange, request, split};

/// Longer than any task takes.
pub(crate) const LONG: Duration = Duration::from_secs(600);

pub(crate) fn text(text: &str) -> Value {
    json!({"new_records": [{"source": {"type": "plain_text", "text": text}}]})
}

/// The bytes of a call with the sandbox's token, on a connection that ends after it.
pub(crate) fn bytes(sandbox: &Sandbox, path: &str, body: &Value) -> Vec<u8> {
    let token = format!("Bearer {}", sandbox.token());
    request("POST", path, &[("authorization", token.as_str())], body.to_string().as_bytes())
}

pub(crate) async fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    split(exchange(sandbox, &bytes(sandbox, path, body)).await)
}

/// Makes a task and gives its id.
pub(crate) async fn create(sandbox: &Sandbox, path: &str, body: &Value) -> String {
    let answer = post(sandbox, path, body).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["task_id"].as_str().unwrap().to_owned()
}

pub(crate) fn poll_of(id: &str) -> Value {
    json!({ "task_id": id })
}

pub(crate) async fn poll(sandbox: &Sandbox, id: &str) -> Answer {
    post(sandbox, "/v2/tasks", &poll_of(id)).await
}

/// Makes a task, lets its time pass and takes its end.
pub(crate) async fn finish(sandbox: &Sandbox, path: &str, body: &Value) -> Value {
    let id = create(sandbox, path, body).await;
    sandbox.clock().advance(LONG);
    let answer = poll(sandbox, &id).await;
    assert_eq!(answer.status, 200);
    answer.json()
}
