//! A client whose vendor plays a script, for the tests of this crate.

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};

use crate::Haidy;

pub(crate) const CREATED: &str = r#"{"task_id":"abc123","status":"QUEUED","percentage":0,"result":null}"#;
pub(crate) const CREATED_2: &str = r#"{"task_id":"abc124"}"#;
pub(crate) const CREATED_3: &str = r#"{"task_id":"abc125"}"#;
pub(crate) const RUNNING: &str = r#"{"task_id":"abc123","status":"STARTED","percentage":12.5}"#;
pub(crate) const DONE: &str = r#"{"task_id":"abc123","status":"DONE","result":{"patient_id":"p1","x":1.00}}"#;
pub(crate) const BUNDLE: &str = r#"{"task_id":"abc123","status":"DONE","result":{"resourceType":"Bundle"}}"#;

pub(crate) fn haidy(transport: &ScriptedTransport) -> Haidy {
    let transport = transport.clone();
    let builder = Haidy::builder().base_url("https://haidy.example").token("secret").accept_loss().seed(1);
    builder.http(|http| http.transport(transport).clock(JumpingClock::new()).seed(1)).build().unwrap()
}

pub(crate) fn script(answers: &[&'static str]) -> ScriptedTransport {
    ScriptedTransport::new(answers.iter().map(|body| Step::answer(200, *body)))
}

pub(crate) fn sent(transport: &ScriptedTransport) -> Vec<(String, serde_json::Value)> {
    let requests = transport.requests().into_iter();
    requests
        .map(|it| (it.url.replace("https://haidy.example", ""), serde_json::from_slice(&it.body).unwrap()))
        .collect()
}
