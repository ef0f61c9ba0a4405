//! Every fault of the sandbox under the question that takes a result, and under the submission: what the client says of it is held against
//! what really happened.

use std::collections::BTreeMap;

use clinical_http::Delivery;
use clinical_sandbox::journal::Outcome;
use clinical_sandbox::{ErrorBody, Fault, FaultKind, Journal, RetryAfter, Sandbox, TaskFacts};
use clinical_tests::haidy::{LONG, for_sandbox, start};
use haidy_analyst::tasks::{Fate, TaskError, Terminal};
use haidy_analyst::{Haidy, HolisticPatient, Kind, Polling, State, Task};
use serde_json::{Value, json};

use crate::snapshots::snapshot;

const NOTE: &str = "Patient takes Lisinopril 10mg daily.";

/// Less than an oversized answer has, and more than any other.
const IN_MEMORY: usize = 500_000;

fn client(sandbox: &Sandbox, directory: &std::path::Path) -> Haidy {
    let polling = Polling::default().in_memory(IN_MEMORY);
    for_sandbox(sandbox).results_in(directory).polling(polling).build().unwrap()
}

/// A 503 that says when to come back, which is a promise that nothing was done.
fn unavailable(seconds: u64) -> FaultKind {
    let retry_after = RetryAfter::Seconds { seconds };
    FaultKind::Status { status: 503, body: ErrorBody::Json, headers: BTreeMap::new(), retry_after }
}

/// Every kind of fault by a name, at the place in the answer where it matters.
fn kinds() -> Vec<(String, FaultKind)> {
    let mut all = Vec::new();
    for status in [400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 500, 501, 502, 503, 504, 529] {
        all.push((format!("status {status}"), FaultKind::status(status)));
    }
    let page = FaultKind::Status {
        status: 502,
        body: ErrorBody::Html,
        headers: BTreeMap::new(),
        retry_after: RetryAfter::Absent,
    };
    all.push(("status 502 page".to_owned(), page));
    for status in [301, 307] {
        let location = "https://elsewhere.example/".to_owned();
        all.push((format!("redirect {status}"), FaultKind::Redirect { status, location }));
    }
    for bytes in [0, 1, 40] {
        all.push((format!("truncated {bytes}"), FaultKind::TruncatedBody { bytes }));
        all.push((format!("stalled {bytes}"), FaultKind::StalledBody { bytes }));
    }
    for chunked in [false, true] {
        let name = format!("oversized{}", if chunked { " chunked" } else { "" });
        all.push((name, FaultKind::OversizedBody { mebibytes: 1, chunked }));
    }
    let rest = [
        ("429 with a hint", FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 30 })),
        ("503 with a hint", unavailable(30)),
        ("429 with an odd hint", FaultKind::too_many_requests(RetryAfter::Raw { value: "soon".to_owned() })),
        ("reset before an answer", FaultKind::ResetBeforeResponse),
        ("reset after the head", FaultKind::ResetAfterHeaders),
        ("reset after 40", FaultKind::ResetAfterBody { bytes: 40 }),
        ("one byte promised too many", FaultKind::ContentLengthTooLong { extra: 1 }),
        ("bad chunk", FaultKind::BadChunk),
        ("no answer", FaultKind::NoAnswer),
        ("dribbled", FaultKind::DribbledBody { millis: 0 }),
        ("another content type", FaultKind::ContentType { value: "text/html".to_owned() }),
        ("duplicate keys", FaultKind::DuplicateKeys),
        ("invalid JSON", FaultKind::InvalidJson),
        ("stop reading", FaultKind::StopReading { bytes: 5 }),
    ];
    all.extend(rest.map(|(name, kind)| (name.to_owned(), kind)));
    all
}

/// Each fault before the vendor's side has done its work and, where that is another thing, after it.
fn faults() -> Vec<(String, Fault)> {
    let mut all = Vec::new();
    for (name, kind) in kinds() {
        let spoils = kind.spoils_the_answer();
        all.push((name.clone(), Fault::new(kind.clone())));
        if !spoils && !matches!(kind, FaultKind::StopReading { .. }) {
            all.push((format!("{name}, after commit"), Fault::new(kind).after_commit()));
        }
    }
    all
}

/// Runs a call that may meet a silence, which is ended once it is played.
async fn through_silence<T: Send + 'static>(
    sandbox: &Sandbox,
    fault: &Fault,
    call: impl Future<Output = T> + Send + 'static,
) -> T {
    let call = tokio::spawn(call);
    if matches!(fault.kind(), FaultKind::NoAnswer | FaultKind::StalledBody { .. }) {
        let played = |journal: &Journal| journal.attempts.iter().any(|attempt| !attempt.faults.is_empty());
        sandbox.journal_when(played).await;
        sandbox.clear_faults();
    }
    call.await.unwrap()
}

/// Waits until no attempt is under way on the vendor's side any more. Idle connections may stay.
async fn settled(sandbox: &Sandbox) {
    let over = |journal: &Journal| {
        let closed = |number| journal.connections.iter().any(|it| it.number == number && it.closed);
        journal.attempts.iter().all(|it| it.outcome == Outcome::Answered || closed(it.connection))
    };
    sandbox.journal_when(over).await;
}

/// What is known when every question is over.
async fn truth(sandbox: &Sandbox) -> TaskFacts {
    settled(sandbox).await;
    let mut all = sandbox.tasks();
    assert_eq!(all.len(), 1, "one submission, one task");
    all.remove(0)
}

fn asked(sandbox: &Sandbox) -> usize {
    sandbox.journal().attempts_on("tasks").len()
}

fn done() -> State {
    State::Stored(Terminal::Done)
}

/// A task that has ended at the vendor's.
async fn ended(sandbox: &Sandbox, haidy: &Haidy) -> Task<HolisticPatient> {
    let task = haidy.structure(NOTE).await.unwrap();
    sandbox.clock().advance(LONG);
    task
}

/// The answer as it is without a fault.
async fn undisturbed() -> Vec<u8> {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let haidy = client(&sandbox, folder.path());
    let task = ended(&sandbox, &haidy).await;
    haidy.tasks().wait(task.token()).await.unwrap().bytes.expose().to_vec()
}

fn fate(outcome: &Result<(), TaskError>) -> Fate {
    outcome.as_ref().map_or_else(TaskError::fate, |()| Fate::Kept)
}

/// What must hold whatever the fault was.
fn judge(name: &str, outcome: &Result<(), TaskError>, state: State, asked: usize, facts: &TaskFacts) {
    let fate = fate(outcome);
    let last = facts.polls.iter().rfind(|poll| poll.terminal && poll.first_byte_sent);
    match fate {
        Fate::NotConsumed => assert!(!facts.consumed && state == State::Waiting, "{name}"),
        Fate::Kept => assert!(facts.consumed && matches!(state, State::Stored(_)), "{name}"),
        Fate::Partial => assert!(facts.consumed && asked == 1 && state == State::Partial, "{name}"),
        // Not to know is allowed both ways; to ask a second time is not.
        _ => assert!(asked == 1 && [State::PossiblyLost, State::Gone].contains(&state), "{name}"),
    }
    assert_eq!(facts.consumed, last.is_some(), "{name}");
    assert!(facts.polls.iter().filter(|poll| poll.terminal && poll.first_byte_sent).count() <= 1, "{name}");
}

async fn under_a_question(name: &str, fault: Fault, whole: &[u8]) -> Value {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let haidy = client(&sandbox, folder.path());
    let task = ended(&sandbox, &haidy).await;
    let (token, key) = (task.token().clone(), task.token().key());
    sandbox.inject(fault.clone().on("tasks")).unwrap();
    let (tasks, waited) = (haidy.tasks().clone(), token.clone());
    let call = async move { tasks.wait(&waited).await.map(drop) };
    let outcome = through_silence(&sandbox, &fault, call).await;
    let facts = truth(&sandbox).await;
    let entry = haidy.tasks().store().entry(key).unwrap().unwrap();
    let kept = haidy.tasks().store().read(key).unwrap_or_default();
    let (requests, fate) = (asked(&sandbox), fate(&outcome));
    judge(name, &outcome, entry.state, requests, &facts);
    assert_eq!(entry.bytes, kept.len() as u64, "{name}");
    if entry.state == done() || fate == Fate::Partial {
        let spoilt = matches!(fault.kind(), FaultKind::DuplicateKeys | FaultKind::BadChunk);
        assert!(spoilt || whole.starts_with(&kept), "{name}: what is kept is what was sent");
        assert_eq!(!spoilt && kept.len() < whole.len(), !spoilt && fate == Fate::Partial, "{name}");
    }
    let row = json!({
        "error": outcome.as_ref().err().map(|error| error.kind().as_str()),
        "cause": outcome.as_ref().err().and_then(TaskError::cause_kind).map(haidy_analyst::ErrorKind::as_str),
        "fate": fate.as_str(),
        "state": entry.state.as_str(),
        "kept_bytes": if kept.len() == whole.len() { json!("all") } else { json!(kept.len()) },
        "questions": requests,
        "consumed": facts.consumed,
        "then": afterwards(name, &sandbox, &haidy, &task, fate).await,
    });
    assert_eq!(sandbox.journal().attempts_on("structure").len(), 1, "{name}");
    row
}

/// Waits again, once as a program would, and once after a person has decided to ask again.
async fn afterwards(name: &str, sandbox: &Sandbox, haidy: &Haidy, task: &Task<HolisticPatient>, fate: Fate) -> Value {
    let (requests, consumed) = (asked(sandbox), sandbox.tasks()[0].consumed);
    let again = task.wait().await.map(|patient| patient.medications().count());
    let kind = |outcome: &Result<usize, haidy_analyst::Error>| match outcome {
        Ok(medications) => json!(format!("{medications} medication")),
        Err(error) => json!(error.kind().as_str()),
    };
    let mut then = vec![kind(&again)];
    if fate == Fate::NotConsumed {
        assert!(again.is_ok(), "{name}: not consumed means that it can be had");
        return json!(then);
    }
    assert_eq!(asked(sandbox), requests, "{name}: a second question went out");
    if fate == Fate::Kept {
        // What says neither "done" nor "failed" a person may ask for once more; what is a result nobody.
        let entry = haidy.tasks().store().entry(task.token().key()).unwrap().unwrap();
        if entry.state == done() {
            assert!(haidy.ask_again(task.token()).await.is_err(), "{name}: what is kept is not asked for again");
        }
        return json!(then);
    }
    haidy.ask_again(task.token()).await.unwrap();
    let again = task.wait().await.map(|patient| patient.medications().count());
    match &again {
        Ok(_) => assert!(!consumed, "{name}"),
        Err(error) => assert!(consumed && error.kind() == Kind::Gone, "{name}: {error}"),
    }
    then.push(kind(&again));
    json!(then)
}

#[tokio::test]
async fn under_every_fault_of_a_question_the_fate_is_named_and_the_result_is_asked_for_once() {
    let whole = undisturbed().await;
    let mut all = serde_json::Map::new();
    for (name, fault) in faults() {
        all.insert(name.clone(), under_a_question(&name, fault, &whole).await);
    }
    snapshot!("haidy-faults-tasks", all);
}

/// Whether the answer says that nothing was done.
fn says_not_done(kind: &FaultKind) -> bool {
    match kind {
        FaultKind::Status { status, retry_after, .. } => {
            *status < 500 || *status == 501 || (*status == 503 && *retry_after != RetryAfter::Absent)
        }
        _ => false,
    }
}

async fn under_a_submission(name: &str, fault: Fault) -> Value {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let haidy = client(&sandbox, folder.path());
    sandbox.inject(fault.clone().on("structure")).unwrap();
    let submitting = haidy.clone();
    let call = async move { submitting.structure(NOTE).await };
    let outcome = through_silence(&sandbox, &fault, call).await;
    settled(&sandbox).await;
    let (made, requests) = (sandbox.tasks().len(), sandbox.journal().attempts_on("structure").len());
    assert!(made <= 1, "{name}: two tasks of one submission");
    let entries = haidy.recover().await.unwrap();
    let states: Vec<_> = entries.iter().map(|entry| entry.state.as_str()).collect();
    match &outcome {
        Ok(task) => {
            assert_eq!((made, &*states), (1, &["waiting"][..]), "{name}");
            assert_eq!(task.wait().await.unwrap().medications().count(), 1, "{name}");
        }
        Err(error) if error.kind() == Kind::SubmissionUnknown => {
            assert_eq!((requests, &*states), (1, &["submitting"][..]), "{name}");
            assert!(error.may_have_been_processed() && error.token().is_none(), "{name}");
        }
        Err(error) => {
            assert_eq!((made, states.len()), (0, 0), "{name}: {error}");
            assert!(matches!(error.kind(), Kind::Call(_)) && !error.may_have_been_processed(), "{name}");
            assert!(error.delivery() <= Delivery::Answered, "{name}: {}", error.delivery());
        }
    }
    json!({
        "error": outcome.as_ref().err().map(|error| error.kind().as_str()),
        "cause": outcome.as_ref().err().and_then(haidy_analyst::Error::cause_kind).map(haidy_analyst::ErrorKind::as_str),
        "store": states,
        "requests": requests,
        "tasks": made,
    })
}

#[tokio::test]
async fn under_every_fault_of_a_submission_there_is_at_most_one_task_and_a_record_of_it() {
    let mut all = serde_json::Map::new();
    for (name, fault) in faults() {
        // A vendor that makes a task and says that it made none is beyond any client.
        if fault.is_after_commit() && says_not_done(fault.kind()) {
            continue;
        }
        all.insert(name.clone(), under_a_submission(&name, fault).await);
    }
    snapshot!("haidy-faults-structure", all);
}

#[tokio::test]
async fn a_fault_that_stays_while_nothing_is_taken_ends_at_the_deadline_and_the_result_can_still_be_had() {
    for kind in [FaultKind::too_many_requests(RetryAfter::Absent), unavailable(20)] {
        let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
        let polling = Polling::default().deadline(LONG);
        let haidy = for_sandbox(&sandbox).results_in(folder.path()).polling(polling).build().unwrap();
        let task = ended(&sandbox, &haidy).await;
        sandbox.inject(Fault::new(kind).on("tasks").every()).unwrap();
        let error = task.wait().await.unwrap_err();
        assert!([Kind::StillRunning, Kind::NotConsumed].contains(&error.kind()), "{error}");
        assert!(asked(&sandbox) > 10 && !truth(&sandbox).await.consumed);
        sandbox.clear_faults();
        task.wait().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_closed_at_once_is_never_called_an_answer() {
    let (sandbox, folder) = (start().await, tempfile::tempdir().unwrap());
    let haidy = client(&sandbox, folder.path());
    let task = ended(&sandbox, &haidy).await;
    sandbox.inject(Fault::new(FaultKind::AcceptThenClose)).unwrap();
    // Whether bytes had left by then is a race; both ends are careful, and in neither was anything taken.
    match haidy.tasks().wait(task.token()).await {
        Ok(_) => assert!(truth(&sandbox).await.consumed),
        Err(error) => {
            assert_eq!((error.fate(), truth(&sandbox).await.consumed), (Fate::PossiblyLost, false));
            haidy.ask_again(task.token()).await.unwrap();
            task.wait().await.unwrap();
        }
    }
    assert_eq!(asked(&sandbox), 1);
}
