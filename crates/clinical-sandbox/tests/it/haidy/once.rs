//! A result is given once: which fault destroys it, which leaves it, and who gets it of several that ask.

use clinical_sandbox::journal::Outcome;
use clinical_sandbox::switches::Switches;
use clinical_sandbox::{Fault, FaultKind, PollFacts, RetryAfter, Sandbox, TaskFacts};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

use super::{LONG, bytes, create, poll, poll_of, text};
use crate::wire::{End, connect, exchange, read_all, start};

/// A sandbox with a task that has ended, which nobody has asked for.
async fn ended_in(sandbox: Sandbox) -> (Sandbox, String) {
    let id = create(&sandbox, "/v2/structure", &text("Lisinopril 10mg daily.")).await;
    sandbox.clock().advance(LONG);
    (sandbox, id)
}

async fn ended() -> (Sandbox, String) {
    ended_in(start().await).await
}

async fn with(name: &str, position: &str) -> Sandbox {
    let mut switches = Switches::default();
    switches.set(name, position).unwrap();
    Sandbox::builder().seed(7).manual_clock().switches(switches).start().await.unwrap()
}

fn facts(sandbox: &Sandbox) -> TaskFacts {
    let mut all = sandbox.tasks();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn sent(poll: &PollFacts) -> (Option<&str>, bool, bool) {
    (poll.status_sent.as_deref(), poll.first_byte_sent, poll.whole_body_sent)
}

/// Plays a fault on the poll of an ended task; tells what left of the answer, and what the next poll meets.
async fn after(fault: Fault) -> (Vec<(bool, bool)>, bool, u16) {
    let (sandbox, id) = ended().await;
    sandbox.inject(fault.on("tasks")).unwrap();
    exchange(&sandbox, &bytes(&sandbox, "/v2/tasks", &poll_of(&id))).await;
    // What was sent is noted by the time the connection is over; the peer may see its end a moment before that.
    sandbox.journal_when(|journal| journal.connections.iter().all(|connection| connection.closed)).await;
    let facts = facts(&sandbox);
    let consumed = sandbox.journal().attempts.last().unwrap().consumed;
    assert_eq!(consumed, facts.consumed, "the journal and the facts differ");
    let sent = facts.polls.iter().map(|poll| (poll.first_byte_sent, poll.whole_body_sent)).collect();
    (sent, facts.consumed, poll(&sandbox, &id).await.status)
}

#[tokio::test]
async fn a_fault_before_the_first_byte_leaves_the_result_for_the_next_poll() {
    let not_processed = [
        FaultKind::ResetBeforeResponse,
        FaultKind::status(500),
        FaultKind::too_many_requests(RetryAfter::Absent),
        FaultKind::StopReading { bytes: 5 },
    ];
    for kind in not_processed {
        let name = kind.name();
        assert_eq!(after(Fault::new(kind)).await, (vec![], false, 200), "{name}");
    }
    let processed = [FaultKind::ResetBeforeResponse, FaultKind::status(500)];
    for kind in processed {
        let name = kind.name();
        assert_eq!(after(Fault::new(kind).after_commit()).await, (vec![(false, false)], false, 200), "{name}");
    }
}

#[tokio::test]
async fn the_first_byte_destroys_the_result_whatever_becomes_of_the_rest() {
    let cases = [
        (FaultKind::ResetAfterHeaders, false),
        (FaultKind::ResetAfterBody { bytes: 1 }, false),
        (FaultKind::ResetAfterBody { bytes: u64::MAX }, true),
        (FaultKind::TruncatedBody { bytes: 0 }, false),
        (FaultKind::TruncatedBody { bytes: 40 }, false),
        (FaultKind::ContentLengthTooLong { extra: 1 }, true),
        (FaultKind::BadChunk, false),
        (FaultKind::DribbledBody { millis: 0 }, true),
        (FaultKind::ContentType { value: "text/html".to_owned() }, true),
        (FaultKind::DuplicateKeys, true),
        (FaultKind::InvalidJson, true),
        (FaultKind::OversizedBody { mebibytes: 1, chunked: true }, true),
        (FaultKind::OversizedBody { mebibytes: 1, chunked: false }, true),
    ];
    for (kind, whole) in cases {
        let name = format!("{kind:?}");
        assert_eq!(after(Fault::new(kind)).await, (vec![(true, whole)], true, 404), "{name}");
    }
}

#[tokio::test]
async fn a_stalled_answer_has_destroyed_the_result_before_it_ends() {
    let (sandbox, id) = ended().await;
    sandbox.inject(Fault::new(FaultKind::StalledBody { bytes: 3 }).on("tasks")).unwrap();
    let mut stalled = connect(&sandbox).await;
    stalled.write_all(&bytes(&sandbox, "/v2/tasks", &poll_of(&id))).await.unwrap();
    crate::wire::read_head(&mut stalled).await;
    assert_eq!(poll(&sandbox, &id).await.status, 404);
    assert_eq!(sent(&facts(&sandbox).polls[0]), (Some("DONE"), true, false));
    drop(stalled);
}

#[tokio::test]
async fn a_whole_answer_destroys_a_done_task_and_says_so_in_the_journal() {
    let (sandbox, id) = ended().await;
    let answer = poll(&sandbox, &id).await;
    assert_eq!((answer.status, answer.end), (200, End::Closed));
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    let journal = sandbox.journal();
    let attempt = &journal.attempts[1];
    assert_eq!((attempt.outcome, attempt.status, attempt.consumed), (Outcome::Answered, Some(200), true));
    assert_eq!((attempt.task.as_deref(), journal.attempts[0].task.as_deref()), (Some(&*id), Some(&*id)));
    assert!(!journal.attempts[0].consumed);
    let facts = facts(&sandbox);
    assert_eq!((facts.created_by_attempt, facts.consumed, facts.status.as_str()), (1, true, "DONE"));
    assert_eq!((facts.polls[0].attempt, sent(&facts.polls[0])), (2, (Some("DONE"), true, true)));
}

#[tokio::test]
async fn a_failed_task_is_destroyed_too() {
    let sandbox = start().await;
    let body = serde_json::json!({"new_records": [{"source": {"type": "document", "base64": "bm8="}}]});
    let id = create(&sandbox, "/v2/structure", &body).await;
    sandbox.clock().advance(LONG);
    assert_eq!(poll(&sandbox, &id).await.json()["status"], "FAILED");
    assert_eq!(poll(&sandbox, &id).await.status, 404);
    assert_eq!(facts(&sandbox).status, "FAILED");
}

#[tokio::test]
async fn a_task_that_is_not_ended_can_be_polled_for_ever() {
    let sandbox = start().await;
    let id = create(&sandbox, "/v2/structure", &text("x")).await;
    for _ in 0..300 {
        assert_eq!(poll(&sandbox, &id).await.json()["status"], "QUEUED");
    }
    sandbox.clock().advance(LONG);
    assert_eq!(poll(&sandbox, &id).await.json()["status"], "DONE");
    let facts = facts(&sandbox);
    assert_eq!((facts.polls.len(), facts.polls_left_out), (256, 45));
    assert!(facts.polls.last().unwrap().terminal);
}

#[tokio::test]
async fn a_client_that_leaves_during_a_latency_destroys_nothing() {
    let (sandbox, id) = ended().await;
    for fault in [
        Fault::new(FaultKind::Latency { millis: 1_000 }),
        Fault::new(FaultKind::Latency { millis: 1_000 }).after_commit(),
    ] {
        sandbox.inject(fault.on("tasks")).unwrap();
        let mut stream = connect(&sandbox).await;
        stream.write_all(&bytes(&sandbox, "/v2/tasks", &poll_of(&id))).await.unwrap();
        sandbox.journal_when(|j| j.attempts.last().is_some_and(|attempt| !attempt.faults.is_empty())).await;
        drop(stream);
        let left = |j: &clinical_sandbox::Journal| j.attempts.last().is_some_and(|a| a.outcome == Outcome::Abandoned);
        sandbox.journal_when(left).await;
    }
    assert!(!facts(&sandbox).consumed);
    assert_eq!(poll(&sandbox, &id).await.json()["status"], "DONE");
}

#[tokio::test]
async fn of_two_polls_in_hand_at_once_exactly_one_gets_the_result() {
    let (sandbox, id) = ended().await;
    // Both are processed, and wait for the same moment with the result in hand.
    sandbox.inject(Fault::new(FaultKind::latency(Duration::from_secs(5))).on("tasks").first(2).after_commit()).unwrap();
    let call = bytes(&sandbox, "/v2/tasks", &poll_of(&id));
    let (mut one, mut two) = (connect(&sandbox).await, connect(&sandbox).await);
    one.write_all(&call).await.unwrap();
    two.write_all(&call).await.unwrap();
    let both = |j: &clinical_sandbox::Journal| {
        j.attempts_on("tasks").iter().filter(|attempt| !attempt.faults.is_empty()).count() == 2
    };
    sandbox.journal_when(both).await;
    assert!(facts(&sandbox).polls.iter().all(|poll| poll.terminal && !poll.first_byte_sent));
    sandbox.clock().advance(Duration::from_secs(5));
    let (one, two) = tokio::join!(read_all(&mut one), read_all(&mut two));
    let mut statuses = [one, two].map(|read| crate::wire::split(read).status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
    let facts = facts(&sandbox);
    let winners = facts.polls.iter().filter(|poll| poll.terminal).count();
    assert_eq!((winners, facts.consumed), (1, true));
    let journal = sandbox.journal();
    let mut seen: Vec<_> = journal.attempts_on("tasks").iter().map(|a| (a.consumed, a.status)).collect();
    seen.sort_unstable();
    assert_eq!(seen, [(false, Some(404)), (true, Some(200))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_polls_at_once_exactly_one_gets_each_result() {
    let sandbox = start().await;
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(create(&sandbox, "/v2/structure", &text(&format!("Metformin {number} mg."))).await);
    }
    sandbox.clock().advance(LONG);
    let sandbox = std::sync::Arc::new(sandbox);
    let mut polls = tokio::task::JoinSet::new();
    for id in ids.iter().flat_map(|id| std::iter::repeat_n(id.clone(), 8)) {
        while polls.len() >= 48 {
            polls.join_next().await;
        }
        let sandbox = std::sync::Arc::clone(&sandbox);
        polls.spawn(async move { poll(&sandbox, &id).await.status });
    }
    polls.join_all().await;
    for task in sandbox.tasks() {
        assert_eq!(task.polls.len(), 8);
        assert_eq!(task.polls.iter().filter(|poll| poll.terminal && poll.whole_body_sent).count(), 1);
    }
}

#[tokio::test]
async fn processing_destroys_the_result_when_told_to() {
    for (fault, status) in [
        (Fault::new(FaultKind::ResetBeforeResponse).after_commit(), 404),
        (Fault::new(FaultKind::status(500)).after_commit(), 404),
        (Fault::new(FaultKind::ResetBeforeResponse), 200),
    ] {
        let (sandbox, id) = ended_in(with("task_consumption", "processing").await).await;
        sandbox.inject(fault.on("tasks")).unwrap();
        exchange(&sandbox, &bytes(&sandbox, "/v2/tasks", &poll_of(&id))).await;
        assert_eq!(poll(&sandbox, &id).await.status, status);
        assert_eq!(poll(&sandbox, &id).await.status, 404);
        assert_eq!(
            facts(&sandbox).polls.iter().filter(|poll| poll.whole_body_sent && poll.terminal).count(),
            usize::from(status == 200)
        );
    }
}

#[tokio::test]
async fn a_task_that_is_gone_or_never_was_is_answered_as_the_switch_says() {
    let null = "null-task";
    for (position, status) in [("not-found", 404), ("validation-error", 422), (null, 200)] {
        let (sandbox, id) = ended_in(with("consumed_task", position).await).await;
        assert_eq!(poll(&sandbox, &id).await.json()["status"], "DONE");
        for id in [id.as_str(), "abc123def456"] {
            let answer = poll(&sandbox, id).await;
            assert_eq!(answer.status, status, "{position}");
            let body = answer.json();
            assert_eq!(clinical_sandbox::contract::response_errors("tasks", status, &body), []);
            assert_eq!(position == null, body.get("result").is_some_and(serde_json::Value::is_null));
        }
        let facts = facts(&sandbox);
        assert_eq!(sent(&facts.polls[1]), (None, true, true));
    }
}

#[tokio::test]
async fn the_older_statuses_are_four() {
    let sandbox = with("task_statuses", "older").await;
    let made = super::post(&sandbox, "/v2/structure", &text("x")).await.json();
    assert_eq!(made["status"], "CREATED");
    let id = made["task_id"].as_str().unwrap();
    sandbox.clock().advance(Duration::from_secs(2));
    assert_eq!(poll(&sandbox, id).await.json()["status"], "RUNNING");
    sandbox.clock().advance(LONG);
    let done = poll(&sandbox, id).await.json();
    let names: Vec<&str> = done["status_changes_at"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((done["status"].as_str(), names), (Some("DONE"), vec!["CREATED", "DONE", "RUNNING"]));
}

#[tokio::test]
async fn a_reset_forgets_the_tasks_and_the_control_route_tells_them() {
    let (sandbox, id) = ended().await;
    poll(&sandbox, &id).await;
    let told = crate::wire::call(&sandbox, "GET", "/_sandbox/tasks", b"").await;
    assert_eq!(told.json(), serde_json::to_value(sandbox.tasks()).unwrap());
    assert!(!String::from_utf8_lossy(&told.body).contains("isinopril"));
    sandbox.reset();
    assert_eq!(sandbox.tasks(), []);
    assert_eq!(poll(&sandbox, &id).await.status, 404);
}
