//! What the tests of the submission log share: clients over a script, keys and creates.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use novamed_api::log::{Begun, DirectoryLog, MemoryLog, Submission, SubmissionKey, SubmissionLog, SubmissionState};
use novamed_api::{MedicationRequestId, NewRefill, NovaMed, NovaMedBuilder, Revision};
use tempfile::TempDir;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) const CREATED: &str = "4b1c6a52-6c1f-4c0b-9a57-0d5f7a1b2c3d";

/// The vendor's answer to a refill.
pub(crate) fn success() -> Step {
    let body = format!("{{\"success\":true,\"data\":{{\"refill_request_id\":\"{CREATED}\"}},\"message\":\"ok\"}}");
    Step::answer(200, body)
}

/// One request that both revisions carry, and another one.
pub(crate) fn refill() -> NewRefill {
    NewRefill::new(MedicationRequestId::new("550e8400-e29b-41d4-a716-446655440000").unwrap())
}

pub(crate) fn other_refill() -> NewRefill {
    refill().shipment_group("group-2")
}

pub(crate) fn builder(transport: &ScriptedTransport, clock: &JumpingClock) -> NovaMedBuilder {
    let (transport, clock) = (transport.clone(), clock.clone());
    NovaMed::builder()
        .revision(Revision::V2026_01)
        .base_url("http://127.0.0.1:9")
        .synthetic_data_only()
        .api_key("dev_key")
        .http(move |http| http.transport(transport).clock(clock).seed(1))
}

/// A client with a log, a script and a clock of its own.
pub(crate) fn client(log: impl SubmissionLog, transport: &ScriptedTransport) -> NovaMed {
    builder(transport, &JumpingClock::new()).submission_log(log).build().unwrap()
}

pub(crate) struct Logs {
    _folder: TempDir,
    pub(crate) all: [Arc<dyn SubmissionLog>; 2],
}

/// Each log there is, empty.
pub(crate) fn logs() -> Logs {
    let folder = tempfile::tempdir().unwrap();
    let directory = DirectoryLog::open(folder.path().join("log")).unwrap();
    Logs { _folder: folder, all: [Arc::new(MemoryLog::new()), Arc::new(directory)] }
}

/// Different keys, in all parts of a directory.
pub(crate) fn key(number: u64) -> SubmissionKey {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    SubmissionKey::parse(&format!("{mixed:016x}{number:048x}")).unwrap()
}

pub(crate) fn submission(number: u64, at: SystemTime) -> Submission {
    Submission::begun(key(number), "create_patient", at)
}

#[track_caller]
pub(crate) fn begin(log: &impl SubmissionLog, number: u64, at: SystemTime) -> Begun {
    log.begin(&submission(number, at), HOUR, false).unwrap()
}

pub(crate) fn created(id: &str) -> SubmissionState {
    SubmissionState::Created { id: id.to_owned() }
}

#[track_caller]
pub(crate) fn state(log: &impl SubmissionLog, number: u64) -> Option<SubmissionState> {
    log.find(&key(number)).unwrap().map(|submission| submission.state)
}

/// Runs one test of this binary in a process of its own.
pub(crate) fn again(test: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"]).envs(variables.iter().copied());
    command
}
