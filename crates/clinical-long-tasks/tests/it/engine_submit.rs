//! Making a task: on record before it is asked for, and certain or named as uncertain afterwards.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, MemoryAudit, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Delivery, ErrorKind};
use clinical_long_tasks::{DirectoryStore, Fate, ResultStore as _, State, TaskErrorKind, Tasks};

use crate::engine_support::{
    Broken, Failing, TestProtocol, builder, client, create, done, engine, origin, read_created, running,
};

fn created() -> Step {
    Step::answer(200, r#"{"task":"t1"}"#)
}

#[tokio::test(start_paused = true)]
async fn a_task_is_on_record_with_its_token_when_submit_returns() {
    let (transport, clock) = (ScriptedTransport::new([created(), running(), done()]), JumpingClock::new());
    let audit = MemoryAudit::new();
    let client = client(&transport, &clock).audit(audit.clone()).build().unwrap();
    let tasks = Tasks::builder(client, TestProtocol).accept_loss().build().unwrap();
    let token = tasks.submit(create(), origin(), &read_created).await.unwrap();
    assert_eq!((token.task(), token.references()), ("t1", &["record-1".to_owned()][..]));
    let entries = tasks.store().entries().unwrap();
    assert_eq!((entries.len(), entries[0].state, entries[0].token.as_ref()), (1, State::Waiting, Some(&token)));
    tasks.wait(&token).await.unwrap();
    // The audit trail names the task for the submission and for every question.
    let named: Vec<_> =
        audit.records().iter().map(|r| r.vendor_reference.as_ref().map(|id| id.expose().clone())).collect();
    assert_eq!(named, vec![Some("t1".to_owned()); 3]);
}

#[tokio::test(start_paused = true)]
async fn a_submission_is_certain_or_on_record_as_uncertain_and_never_made_twice() {
    use TaskErrorKind::{NotSubmitted, SubmissionUnknown};
    type Row = (&'static str, fn() -> Step, TaskErrorKind, ErrorKind);
    let table: [Row; 12] = [
        ("refused connection", || Step::fail(Failure::Connect, Delivery::NotSent), NotSubmitted, ErrorKind::Connect),
        ("400", || Step::answer(400, "Jane"), NotSubmitted, ErrorKind::Rejected),
        ("401", || Step::answer(401, ""), NotSubmitted, ErrorKind::Credentials),
        ("422", || Step::answer(422, "Jane"), NotSubmitted, ErrorKind::Rejected),
        ("429", || Step::answer(429, ""), NotSubmitted, ErrorKind::Throttled),
        ("reset", || Step::fail(Failure::Interrupted, Delivery::Unknown), SubmissionUnknown, ErrorKind::Interrupted),
        ("500", || Step::answer(500, ""), SubmissionUnknown, ErrorKind::Unavailable),
        ("broken answer", || Step::answer(200, r#"{"ta"#).then_break(), SubmissionUnknown, ErrorKind::Interrupted),
        ("silence", Step::silence, SubmissionUnknown, ErrorKind::Timeout),
        ("no task in it", || Step::answer(200, r#"{"name":"Jane"}"#), SubmissionUnknown, ErrorKind::Decode),
        ("strange task", || Step::answer(200, r#"{"task":"a b"}"#), SubmissionUnknown, ErrorKind::Decode),
        ("redirect", || Step::answer(302, "").header("location", "/login"), SubmissionUnknown, ErrorKind::Redirect),
    ];
    for (name, step, kind, cause) in table {
        let (transport, clock) = (ScriptedTransport::always(step()), JumpingClock::new());
        let tasks = builder(&transport, &clock).accept_loss().build().unwrap();
        let error = tasks.submit(create(), origin(), &read_created).await.unwrap_err();
        assert_eq!((error.kind(), error.cause_kind()), (kind, Some(cause)), "{name}");
        assert!(error.token().is_none() && !format!("{error} {error:?}").contains("Jane"), "{name}");
        let entries = tasks.store().entries().unwrap();
        if kind == NotSubmitted {
            assert!(entries.is_empty(), "{name}: nothing was made, nothing is left");
            assert_eq!(error.fate(), Fate::NotConsumed, "{name}");
        } else {
            assert_eq!((entries.len(), entries[0].state), (1, State::Submitting), "{name}");
            assert_eq!(entries[0].origin.as_ref().unwrap().references, ["record-1"], "{name}");
            assert_eq!(transport.requests().len(), 1, "{name}: never sent twice");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_frame_around_a_whole_account_of_the_new_task_is_still_unknown_but_the_body_is_kept() {
    let (tasks, _, _) = engine([Step::answer(200, "not a task")]);
    let error = tasks.submit(create(), origin(), &read_created).await.unwrap_err();
    assert_eq!(error.cause().unwrap().body().unwrap().expose(), "not a task");
    let entry = &tasks.store().entries().unwrap()[0];
    assert_eq!((entry.state, entry.bytes), (State::Submitting, 10));
    assert_eq!(tasks.store().read(entry.key).unwrap(), "not a task");
    // The same on a disk.
    let folder = tempfile::tempdir().unwrap();
    let (transport, clock) = (ScriptedTransport::new([Step::answer(200, "not a task")]), JumpingClock::new());
    let store = DirectoryStore::open(folder.path()).unwrap();
    let tasks = builder(&transport, &clock).store(store.clone()).build().unwrap();
    tasks.submit(create(), origin(), &read_created).await.unwrap_err();
    let entry = &store.entries().unwrap()[0];
    assert_eq!((entry.state, store.read(entry.key).unwrap()), (State::Submitting, "not a task".into()));
    store.remove(entry.key).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_record_the_intention_stops_the_submission() {
    let (transport, clock) = (ScriptedTransport::always(created()), JumpingClock::new());
    let tasks = builder(&transport, &clock).store(Failing::new(Broken::Intend)).build().unwrap();
    let error = tasks.submit(create(), origin(), &read_created).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (TaskErrorKind::Store, Fate::NotConsumed));
    assert!(transport.requests().is_empty());

    // A token that cannot be recorded is handed over all the same.
    let tasks = builder(&transport, &clock).store(Failing::new(Broken::Created)).build().unwrap();
    let error = tasks.submit(create(), origin(), &read_created).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.token().map(clinical_long_tasks::TaskToken::task)),
        (TaskErrorKind::Store, Some("t1"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_submission_that_is_dropped_leaves_nothing_or_says_perhaps_or_has_its_token() {
    for moment in 0..60_u64 {
        let slow = Step::answer(200, r#"{"ta"#)
            .after(Duration::from_millis(70))
            .chunk_after(Duration::from_millis(130), r#"sk":"t1"}"#);
        let (tasks, transport, _) = engine([slow]);
        let submitting = tasks.submit(create(), origin(), &read_created);
        let ended = tokio::time::timeout(Duration::from_millis(moment * 5), submitting).await;
        tasks.drain().await;
        let entries = tasks.store().entries().unwrap();
        match (ended, &entries[..]) {
            (Ok(Ok(token)), [entry]) => assert_eq!((entry.state, entry.token.as_ref()), (State::Waiting, Some(&token))),
            // An answer that had arrived is recorded to its end.
            (Err(_), [entry]) => assert_eq!(entry.state == State::Waiting, entry.token.is_some(), "{moment}"),
            (Err(_), []) => assert!(transport.requests().is_empty(), "{moment}: sent and not on record"),
            other => panic!("{moment}: {other:?}"),
        }
    }
}
