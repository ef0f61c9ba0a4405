//! Waiting for one task: when it is asked after, what it comes to, and that nothing is asked for twice.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Delivery, ErrorKind};
use clinical_long_tasks::{Fate, Polling, State, TaskErrorKind, Terminal, Update};

use crate::engine_support::{Broken, DONE, Failing, builder, done, engine, running, token};

#[tokio::test(start_paused = true)]
async fn a_task_is_asked_after_on_the_schedule_until_its_result_is_stored() {
    let (tasks, transport, clock) = engine([running(), running(), done()]);
    let token = token("t1");
    let claimed = tasks.wait(&token).await.unwrap();
    assert_eq!((claimed.terminal, &claimed.bytes.expose()[..]), (Terminal::Done, DONE.as_bytes()));
    assert_eq!(claimed.entry.state, State::Stored(Terminal::Done));
    assert_eq!(tasks.store().read(token.key()).unwrap(), DONE);
    let waits: Vec<f64> = clock.sleeps().iter().map(Duration::as_secs_f64).collect();
    let middle = [1.0, 1.5, 2.25];
    assert_eq!(waits.len(), 3, "{waits:?}");
    assert!(waits.iter().zip(middle).all(|(wait, middle)| (wait / middle - 1.0).abs() <= 0.2), "{waits:?}");
    assert!(transport.requests().iter().all(|request| request.fresh), "each on a connection of its own");

    // Once it is stored, nobody is asked.
    let again = tasks.wait(&token).await.unwrap();
    assert_eq!((again.bytes.expose(), transport.requests().len()), (claimed.bytes.expose(), 3));
}

#[tokio::test(start_paused = true)]
async fn a_watch_tells_before_it_waits_and_ends_once() {
    let busy = Step::answer(429, "").header("retry-after", "30");
    let (tasks, _, clock) = engine([running(), busy, Step::answer(200, r#"{"status":"FAILED","why":"Jane"}"#)]);
    let mut watch = tasks.watch(&token("t1"));
    let Some(Ok(Update::InProgress { status, next })) = watch.next().await else { panic!() };
    assert_eq!((status.name.as_str(), status.percentage, status.known), ("RUNNING", Some(40.0), true));
    assert_eq!(clock.sleeps().len(), 1, "told before the second wait");
    assert!((1.2..=1.8).contains(&next.as_secs_f64()), "{next:?}");
    let Some(Ok(Update::Delayed { cause, next })) = watch.next().await else { panic!() };
    assert_eq!((cause, next), (ErrorKind::Throttled, Duration::from_secs(30)));
    let Some(Ok(Update::Ended(claimed))) = watch.next().await else { panic!() };
    assert_eq!(claimed.terminal, Terminal::Failed);
    assert!(watch.next().await.is_none() && watch.next().await.is_none());
}

/// What one question comes to: what is played, the kind and fate of the error, the state of the entry, and the bytes kept.
type Row = (&'static str, fn() -> Step, TaskErrorKind, Fate, State, &'static str);

const UNCERTAIN: [Row; 17] = [
    ("empty", || Step::answer(200, ""), TaskErrorKind::PossiblyLost, Fate::PossiblyLost, State::PossiblyLost, ""),
    ("204", || Step::answer(204, ""), TaskErrorKind::PossiblyLost, Fate::PossiblyLost, State::PossiblyLost, ""),
    (
        "cut, and said to be whole",
        || Step::answer(200, "{\"status\":\"DONE\",\"re"),
        TaskErrorKind::Partial,
        Fate::Partial,
        State::Partial,
        "{\"status\":\"DONE\",\"re",
    ),
    (
        "reset",
        || Step::fail(Failure::Interrupted, Delivery::Unknown),
        TaskErrorKind::PossiblyLost,
        Fate::PossiblyLost,
        State::PossiblyLost,
        "",
    ),
    ("500", || Step::answer(500, "Jane"), TaskErrorKind::PossiblyLost, Fate::PossiblyLost, State::PossiblyLost, ""),
    ("502", || Step::answer(502, "Jane"), TaskErrorKind::PossiblyLost, Fate::PossiblyLost, State::PossiblyLost, ""),
    (
        "503 without a hint",
        || Step::answer(503, ""),
        TaskErrorKind::PossiblyLost,
        Fate::PossiblyLost,
        State::PossiblyLost,
        "",
    ),
    (
        "redirect",
        || Step::answer(307, "").header("location", "https://elsewhere.example/"),
        TaskErrorKind::PossiblyLost,
        Fate::PossiblyLost,
        State::PossiblyLost,
        "",
    ),
    ("silence", Step::silence, TaskErrorKind::PossiblyLost, Fate::PossiblyLost, State::PossiblyLost, ""),
    (
        "head only",
        || Step::answer(200, "").then_break(),
        TaskErrorKind::PossiblyLost,
        Fate::PossiblyLost,
        State::PossiblyLost,
        "",
    ),
    (
        "broken off",
        || Step::answer(200, &DONE[..20]).then_break(),
        TaskErrorKind::Partial,
        Fate::Partial,
        State::Partial,
        "{\"status\":\"DONE\",\"re",
    ),
    (
        "stalled",
        || Step::answer(200, "{\"st").chunk("atus\"").then_silence(),
        TaskErrorKind::Partial,
        Fate::Partial,
        State::Partial,
        "{\"status\"",
    ),
    ("404", || Step::answer(404, "Jane"), TaskErrorKind::Gone, Fate::PossiblyLost, State::Gone, ""),
    ("410", || Step::answer(410, ""), TaskErrorKind::Gone, Fate::PossiblyLost, State::Gone, ""),
    ("401", || Step::answer(401, ""), TaskErrorKind::NotConsumed, Fate::NotConsumed, State::Waiting, ""),
    ("403", || Step::answer(403, ""), TaskErrorKind::NotConsumed, Fate::NotConsumed, State::Waiting, ""),
    ("422", || Step::answer(422, "Jane"), TaskErrorKind::NotConsumed, Fate::NotConsumed, State::Waiting, ""),
];

#[tokio::test(start_paused = true)]
async fn whatever_a_question_meets_is_named_and_an_uncertain_one_is_not_asked_again() {
    for (name, step, kind, fate, state, kept) in UNCERTAIN {
        let (tasks, transport, _) = engine([step(), done()]);
        let token = token("t1");
        let error = tasks.wait(&token).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (kind, fate), "{name}");
        assert_eq!(error.token(), Some(&token), "{name}");
        assert!(!format!("{error} {error:?}").contains("Jane"), "{name}");
        let entry = tasks.store().entry(token.key()).unwrap().unwrap();
        assert_eq!((entry.state, entry.bytes), (state, kept.len() as u64), "{name}");
        assert_eq!(error.received_bytes(), kept.len() as u64, "{name}");
        if !kept.is_empty() {
            assert_eq!(tasks.store().read(token.key()).unwrap(), kept, "{name}");
        }
        assert_eq!(transport.requests().len(), 1, "{name}");
        if state == State::Waiting {
            assert!(tasks.wait(&token).await.is_ok(), "{name}");
            continue;
        }
        // Whoever waits again is told the same, and nobody is asked,
        let again = tasks.wait(&token).await.unwrap_err();
        assert_eq!((again.kind(), again.fate(), transport.requests().len()), (kind, fate, 1), "{name}");
        // unless a person decides it.
        tasks.ask_again(&token).await.unwrap();
        assert_eq!(tasks.wait(&token).await.unwrap().bytes.expose(), DONE, "{name}");
        assert_eq!(transport.requests().len(), 2, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_did_not_get_there_or_was_turned_away_is_asked_again() {
    let turned_away: [fn() -> Step; 5] = [
        || Step::fail(Failure::Connect, Delivery::NotSent),
        || Step::fail(Failure::Resolve, Delivery::NotSent),
        || Step::answer(429, ""),
        || Step::answer(503, "").header("retry-after", "1"),
        || Step::answer(408, ""),
    ];
    for step in turned_away {
        let (tasks, transport, _) = engine([step(), step(), running(), step(), done()]);
        assert_eq!(tasks.wait(&token("t1")).await.unwrap().terminal, Terminal::Done);
        assert_eq!(transport.requests().len(), 5);
    }
}

#[tokio::test(start_paused = true)]
async fn whole_json_in_a_broken_frame_is_a_result() {
    let (tasks, transport, _) = engine([done().then_break()]);
    assert_eq!(tasks.wait(&token("t1")).await.unwrap().bytes.expose(), DONE);
    // And an account of a running task is one, too: the next question may be asked.
    let (tasks, _, _) = engine([running().then_break(), done()]);
    assert_eq!(tasks.wait(&token("t1")).await.unwrap().bytes.expose(), DONE);
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_understands_is_kept_and_is_the_last() {
    for strange in ["<html>Jane</html>", "{}", "[1]", "null", "{\"status\":7}"] {
        let (tasks, transport, _) = engine([Step::answer(200, strange), done()]);
        let claimed = tasks.wait(&token("t1")).await.unwrap();
        assert_eq!((claimed.terminal, &claimed.bytes.expose()[..]), (Terminal::Unread, strange.as_bytes()));
        let token = claimed.token;
        assert!(tasks.wait(&token).await.is_ok());
        assert_eq!(transport.requests().len(), 1);
        // If a person finds that it was somebody's page in between, the task is not lost by it.
        tasks.ask_again(&token).await.unwrap();
        assert_eq!(tasks.store().read(token.key()).unwrap(), strange, "kept until something newer comes");
        assert_eq!(tasks.wait(&token).await.unwrap().bytes.expose(), DONE);
        assert_eq!(tasks.store().read(token.key()).unwrap(), DONE);
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_of_this_very_task_counts_whatever_status_a_gateway_gave_it() {
    let result = r#"{"id":"t1","status":"DONE","result":"Jane"}"#;
    for status in [500, 404, 401, 302, 429] {
        let (tasks, transport, _) = engine([Step::answer(status, result)]);
        let claimed = tasks.wait(&token("t1")).await.unwrap();
        assert_eq!(
            (claimed.terminal, claimed.bytes.expose().as_ref()),
            (Terminal::Done, result.as_bytes()),
            "{status}"
        );
        assert_eq!(tasks.store().read(token("t1").key()).unwrap(), result, "{status}");
        // Of another task, or of none, it says nothing.
        let (tasks, _, _) = engine([Step::answer(status, result)]);
        assert!(status == 429 || tasks.wait(&token("t2")).await.is_err(), "{status}");
        assert_eq!(transport.requests().len(), 1);
    }
    // A large one is not cut where other errors are,
    let large = format!(r#"{{"id":"t1","status":"DONE","result":"{}"}}"#, "x".repeat(100_000));
    let (tasks, _, _) = engine([Step::answer(502, large.clone())]);
    assert_eq!(tasks.wait(&token("t1")).await.unwrap().bytes.expose(), &large);
    // and what came of a cut one is kept.
    let (tasks, _, _) = engine([Step::answer(502, large[..5_000].to_owned()).then_break()]);
    let error = tasks.wait(&token("t1")).await.unwrap_err();
    assert_eq!((error.kind(), error.received_bytes()), (TaskErrorKind::Partial, 5_000));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_end_does_not_fill_the_disk() {
    let (transport, clock) = (ScriptedTransport::new([done().chunk("     ")]), JumpingClock::new());
    let polling = Polling::default().in_store(DONE.len() as u64);
    let tasks = builder(&transport, &clock).accept_loss().polling(polling).build().unwrap();
    // What is behind a whole answer is not needed.
    assert_eq!(tasks.wait(&token("t1")).await.unwrap().bytes.expose(), DONE);
    let (transport, clock) = (ScriptedTransport::new([done()]), JumpingClock::new());
    let tasks = builder(&transport, &clock).accept_loss().polling(Polling::default().in_store(9)).build().unwrap();
    assert_eq!(tasks.wait(&token("t1")).await.unwrap_err().kind(), TaskErrorKind::Partial);
}

#[tokio::test(start_paused = true)]
async fn a_status_that_is_not_known_counts_as_running() {
    let (tasks, _, _) = engine([Step::answer(200, r#"{"status":"REVIEWED_BY_A_PERSON"}"#), running(), done()]);
    tasks.wait(&token("t1")).await.unwrap();
    assert_eq!(tasks.unknown_statuses(), 1);
    let (tasks, _, _) = engine([running(), done()]);
    tasks.wait(&token("t1")).await.unwrap();
    assert_eq!(tasks.unknown_statuses(), 0);
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_over_a_running_task_runs_and_one_that_was_never_reached_was_not_consumed() {
    let table: [(fn() -> Step, TaskErrorKind); 3] = [
        (running, TaskErrorKind::StillRunning),
        (|| Step::fail(Failure::Connect, Delivery::NotSent), TaskErrorKind::NotConsumed),
        (|| Step::answer(429, "").header("retry-after", "99999"), TaskErrorKind::NotConsumed),
    ];
    for (step, kind) in table {
        let (transport, clock) = (ScriptedTransport::always(step()), JumpingClock::new());
        let tasks = builder(&transport, &clock).accept_loss().build().unwrap();
        let error = tasks.wait(&token("t1")).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (kind, Fate::NotConsumed));
        assert_eq!(error.cause().is_some(), kind == TaskErrorKind::NotConsumed);
        assert_eq!(tasks.store().entry(token("t1").key()).unwrap().unwrap().state, State::Waiting);
        let waited: Duration = clock.sleeps().iter().sum();
        // A hint that reaches beyond the end is not waited for, and nobody asks before it is over.
        let whole = error.retry_after().is_none();
        assert_eq!(waited >= Duration::from_secs(30 * 60), whole, "{waited:?}");
        assert!(whole || transport.requests().len() == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_too_large_for_memory_is_stored_whole() {
    let (transport, clock) =
        (ScriptedTransport::new([Step::answer(200, &DONE[..7]).chunk(&DONE[7..])]), JumpingClock::new());
    let small = Polling::default().in_memory(10);
    let tasks = builder(&transport, &clock).accept_loss().polling(small).build().unwrap();
    for _ in 0..2 {
        let error = tasks.wait(&token("t1")).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (TaskErrorKind::TooLarge, Fate::Kept));
        assert_eq!(error.received_bytes(), DONE.len() as u64);
    }
    assert_eq!(tasks.store().read(token("t1").key()).unwrap(), DONE);
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_before_the_question_stops_it_and_afterwards_hands_the_bytes_to_the_caller() {
    let table = [
        (Broken::Entry, 0, Fate::PossiblyLost, None),
        (Broken::Claim, 0, Fate::NotConsumed, None),
        (Broken::Write, 1, Fate::Kept, Some(DONE)),
        (Broken::End, 1, Fate::Kept, Some(DONE)),
    ];
    for (broken, requests, fate, bytes) in table {
        let (transport, clock) = (ScriptedTransport::new([done()]), JumpingClock::new());
        let store = Failing::new(broken);
        let tasks = builder(&transport, &clock).store(store.clone()).build().unwrap();
        let error = tasks.wait(&token("t1")).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (TaskErrorKind::Store, fate), "{broken:?}");
        assert_eq!(error.bytes().map(|bytes| &bytes.expose()[..]), bytes.map(str::as_bytes), "{broken:?}");
        assert!(!format!("{error} {error:?}").contains("Jane"), "{broken:?}");
        assert!(error.to_string().contains("make room"), "{error}");
        assert_eq!(transport.requests().len(), requests, "{broken:?}");
        // The result was taken: even with the store mended nobody asks a second time by himself.
        store.mend();
        if requests == 1 {
            let again = tasks.wait(&token("t1")).await;
            assert_eq!(transport.requests().len(), 1, "{broken:?} {again:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_task_goes_on_though_the_store_could_not_write_its_account() {
    let (transport, clock) = (ScriptedTransport::new([running(), done()]), JumpingClock::new());
    let store = Failing::new(Broken::Write);
    let tasks = builder(&transport, &clock).store(store.clone()).build().unwrap();
    let mut watch = tasks.watch(&token("t1"));
    assert!(matches!(watch.next().await, Some(Ok(Update::InProgress { .. }))));
    store.mend();
    assert!(matches!(watch.next().await, Some(Ok(Update::Ended(_)))));
}

#[tokio::test(start_paused = true)]
async fn a_token_of_another_server_or_vendor_is_refused_and_nothing_is_sent() {
    let (tasks, transport, _) = engine([done()]);
    for (vendor, server) in [("vendor", "https://other.example:443"), ("other", crate::engine_support::SERVER)] {
        let origin = clinical_long_tasks::Origin::new(vendor, server, "create");
        let token = clinical_long_tasks::TaskToken::new(origin, "t1").unwrap();
        let error = tasks.wait(&token).await.unwrap_err();
        assert_eq!((error.kind(), error.cause_kind()), (TaskErrorKind::NotConsumed, Some(ErrorKind::InvalidInput)));
    }
    assert!(transport.requests().is_empty());
}
