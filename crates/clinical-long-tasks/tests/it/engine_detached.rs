//! What is under way goes on without whoever waits for it, and processes and waiters that share a store do not ask twice.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_long_tasks::{
    ClaimEnd, Claiming, DirectoryStore, Fate, ResultStore, State, TaskErrorKind, TaskToken, Terminal, VolatileStore,
};

use crate::engine_support::{DONE, builder, done, engine, on_tokio_clock, running, token};

#[tokio::test(start_paused = true)]
async fn a_question_whose_asker_goes_away_is_finished_and_its_answer_stored() {
    let slow =
        Step::answer(200, &DONE[..9]).after(Duration::from_secs(3)).chunk_after(Duration::from_secs(3), &DONE[9..]);
    let (tasks, transport, _) = engine([slow]);
    let token = token("t1");
    let waiting = tasks.wait(&token);
    // Dropped in the middle of the answer.
    assert!(tokio::time::timeout(Duration::from_secs(4), waiting).await.is_err());
    assert_eq!(tasks.store().entry(token.key()).unwrap().unwrap().state, State::Claiming);
    tasks.drain().await;
    assert_eq!(tasks.store().read(token.key()).unwrap(), DONE);
    assert_eq!(tasks.wait(&token).await.unwrap().terminal, Terminal::Done);
    assert_eq!(transport.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn dropped_at_every_moment_a_wait_loses_nothing() {
    for moment in 0..100_u64 {
        let answer = |body: &'static str| {
            let (first, last) = body.split_at(5);
            Step::answer(200, first).after(Duration::from_millis(70)).chunk_after(Duration::from_millis(130), last)
        };
        let transport = ScriptedTransport::new([answer(r#"{"status":"RUNNING"}"#), answer(DONE)]);
        let tasks = on_tokio_clock(&transport).accept_loss().seed(moment).build().unwrap();
        let token = token("t1");
        let dropped = tokio::time::timeout(Duration::from_millis(700 + moment * 37), tasks.wait(&token)).await;
        if let Ok(claimed) = dropped {
            assert_eq!(claimed.unwrap().bytes.expose(), DONE);
        }
        assert_eq!(tasks.wait(&token).await.unwrap().bytes.expose(), DONE, "{moment}");
        assert_eq!(transport.requests().len(), 2, "{moment}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_wait_for_one_task_take_its_result_once_and_all_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let transport = ScriptedTransport::new([running(), running(), running(), done()]);
    // Two stores of one directory are what two processes have.
    let engines: Vec<_> = (0..2)
        .map(|_| {
            let store = DirectoryStore::open(folder.path()).unwrap();
            on_tokio_clock(&transport).store(store).build().unwrap()
        })
        .collect();
    let token = token("t1");
    let waits = engines.iter().flat_map(|tasks| [tasks.wait(&token), tasks.wait(&token), tasks.wait(&token)]);
    for claimed in futures_util::future::join_all(waits).await {
        assert_eq!(claimed.unwrap().bytes.expose(), DONE);
    }
    assert_eq!(transport.requests().len(), 4);
}

/// A store with a claim that its process did not end.
fn orphaned(bytes: &[u8], length: Option<u64>) -> (VolatileStore, TaskToken) {
    let (store, token) = (VolatileStore::new(), token("t1"));
    let Ok(Claiming::Granted(mut claim)) = store.claim(&token) else { panic!() };
    if !bytes.is_empty() {
        claim.begins(&clinical_long_tasks::AnswerHead::new(200, None, length)).unwrap();
        claim.write(bytes).unwrap();
    }
    drop(claim);
    (store, token)
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_left_is_settled_by_what_it_had_stored_and_nothing_is_sent() {
    let table: [(&[u8], Option<u64>, State); 7] = [
        (b"", None, State::PossiblyLost),
        (DONE.as_bytes(), None, State::Stored(Terminal::Done)),
        (br#"{"status":"FAILED"}"#, Some(99), State::Stored(Terminal::Failed)),
        (br#"{"status":"RUNNING"}"#, None, State::Waiting),
        (&DONE.as_bytes()[..30], Some(48), State::Partial),
        (b"<html>", Some(6), State::Stored(Terminal::Unread)),
        (b"<html>", None, State::Partial),
    ];
    for (bytes, length, state) in table {
        for by_waiting in [false, true] {
            let (store, token) = orphaned(bytes, length);
            let (transport, clock) = (ScriptedTransport::new([done()]), JumpingClock::new());
            let tasks = builder(&transport, &clock).store(store).build().unwrap();
            if by_waiting {
                let waited = tasks.wait(&token).await;
                assert_eq!(waited.is_ok(), matches!(state, State::Stored(_) | State::Waiting), "{waited:?}");
                assert_eq!(transport.requests().len(), usize::from(state == State::Waiting));
                continue;
            }
            let entries = tasks.recover().await.unwrap();
            assert_eq!((entries.len(), entries[0].state), (1, state), "{bytes:?}");
            assert_eq!(entries[0].token.as_ref(), Some(&token));
            let kept = matches!(state, State::Stored(_) | State::Partial);
            assert_eq!(entries[0].bytes, if kept { bytes.len() as u64 } else { 0 });
            assert!(transport.requests().is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_tasks_are_waited_for_together_and_each_ends_by_itself() {
    let transport = ScriptedTransport::always(done());
    let clock = JumpingClock::new();
    let tasks = builder(&transport, &clock).accept_loss().build().unwrap();
    let all: Vec<_> = (0..100).map(|number| token(&format!("t{number}"))).collect();
    // One of them is uncertain already; it must not hold up the others.
    let Ok(Claiming::Granted(claim)) = tasks.store().claim(&all[50]) else { panic!() };
    claim.end(ClaimEnd::PossiblyLost).unwrap();
    let mut many = tasks.wait_many(all.clone());
    let (mut ended, mut lost) = (0, 0);
    while let Some((token, claimed)) = many.next().await {
        match claimed {
            Ok(claimed) => {
                assert_eq!((claimed.token, claimed.bytes.expose().as_ref()), (token, DONE.as_bytes()));
                ended += 1;
            }
            Err(error) => {
                assert_eq!((error.kind(), error.fate()), (TaskErrorKind::PossiblyLost, Fate::PossiblyLost));
                assert_eq!(token, all[50]);
                lost += 1;
            }
        }
    }
    assert_eq!((ended, lost, transport.requests().len()), (99, 1, 99));
}
