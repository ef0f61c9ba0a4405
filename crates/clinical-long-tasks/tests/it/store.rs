//! The rules of a result store, which both stores keep.

use clinical_long_tasks::{AnswerHead, ClaimEnd, Claiming, Key, State, TaskToken, Terminal};

use crate::store_support::{claimed, entry, granted, named, origin, orphan, state, submitted, token, wish, with_both};

const ANSWER: &[u8] = b"{\"status\":\"DONE\",\"result\":\"canary-patient\"}";

fn head() -> AnswerHead {
    AnswerHead::new(200, Some("request-1".to_owned()), Some(ANSWER.len() as u64))
}

#[test]
fn each_end_of_a_claim_leads_to_its_state_and_only_a_task_that_waits_is_granted_again() {
    let table = [
        (ClaimEnd::InProgress, State::Waiting, "waiting", "granted", false),
        (ClaimEnd::NotConsumed, State::Waiting, "waiting", "granted", false),
        (ClaimEnd::Stored(Terminal::Done), State::Stored(Terminal::Done), "done", "ended", false),
        (ClaimEnd::Stored(Terminal::Failed), State::Stored(Terminal::Failed), "failed", "ended", false),
        (ClaimEnd::Stored(Terminal::Unread), State::Stored(Terminal::Unread), "unread", "ended", true),
        (ClaimEnd::Partial, State::Partial, "partial", "ended", true),
        (ClaimEnd::PossiblyLost, State::PossiblyLost, "possibly_lost", "ended", true),
        (ClaimEnd::Gone, State::Gone, "gone", "ended", true),
    ];
    with_both(|store| {
        for (end, left, name, next, reopens) in table {
            for taken_over in [false, true] {
                let token = submitted(store, &format!("task-{name}-{next}-{taken_over}-{end:?}"));
                let key = token.key();
                assert_eq!((state(store, key), entry(store, key).busy), (State::Waiting, false));
                let mut claim = granted(store, &token);
                assert_eq!((state(store, key), entry(store, key).busy), (State::Claiming, true));
                claim.begins(&head()).unwrap();
                claim.write(&ANSWER[..10]).unwrap();
                claim.write(&ANSWER[10..]).unwrap();
                if taken_over {
                    drop(claim);
                    let orphan = orphan(store, key);
                    assert_eq!((&*orphan.bytes, &orphan.head, &orphan.token), (ANSWER, &Some(head()), &token));
                    claim = orphan.claim;
                }
                let ended = claim.end(end).unwrap();
                assert_eq!(ended, entry(store, key), "{name}");
                assert_eq!((ended.state, ended.state.as_str(), ended.busy), (left, name, false));
                assert_eq!((ended.origin.as_ref(), ended.token.as_ref()), (Some(token.origin()), Some(&token)));
                let kept = if left == State::Waiting { None } else { Some(ANSWER) };
                assert_eq!(store.read(key).ok().as_deref(), kept, "{name}");
                assert_eq!(ended.bytes, kept.map_or(0, |kept| kept.len() as u64));
                assert_eq!(ended.request_id.as_deref(), kept.map(|_| "request-1"));
                assert!(store.take_over(key).unwrap().is_none());
                match store.claim(&token).unwrap() {
                    Claiming::Ended(found) => assert_eq!(*found, ended),
                    other => assert_eq!(named(&other), next, "{name}"),
                }
                // The claim that was granted there was dropped: what it asked for may be lost.
                if next == "granted" {
                    assert_eq!((state(store, key), wish(store, &token)), (State::Claiming, "orphaned"));
                }
                let reopened = store.reopen(key);
                assert_eq!(reopened.is_ok(), reopens, "{name}");
                assert_eq!(state(store, key) == State::Waiting, reopens);
            }
        }
    });
}

#[test]
fn a_claim_excludes_every_other_until_it_ends_and_a_submission_too() {
    with_both(|store| {
        let token = submitted(store, "task");
        let claim = granted(store, &token);
        assert_eq!((wish(store, &token), wish(store, &token)), ("busy", "busy"));
        assert!(store.take_over(token.key()).unwrap().is_none());
        store.reopen(token.key()).unwrap_err();
        let error = store.remove(token.key()).unwrap_err().to_string();
        assert_eq!(error, "the result store has this entry in use; wait until it is not");
        claim.end(ClaimEnd::NotConsumed).unwrap();
        granted(store, &token).end(ClaimEnd::InProgress).unwrap();

        let origin = origin();
        let key = {
            let submission = store.intend(&origin).unwrap();
            let listed = store.entries().unwrap();
            let found = listed.iter().find(|entry| entry.state == State::Submitting).unwrap();
            assert_eq!((found.busy, found.origin.as_ref(), &found.token), (true, Some(&origin), &None));
            store.remove(found.key).unwrap_err();
            assert!(store.intend(&origin).is_err());
            drop(submission);
            found.key
        };
        // Nobody knows what became of it, and nobody takes it for a task.
        assert_eq!((state(store, key), entry(store, key).busy), (State::Submitting, false));
        assert!(store.intend(&origin).is_err());
        assert!(store.take_over(key).unwrap().is_none());
        store.reopen(key).unwrap_err();
        store.remove(key).unwrap();
        assert_eq!(store.entry(key).unwrap(), None);
    });
}

#[test]
fn a_submission_becomes_its_task_or_is_forgotten() {
    with_both(|store| {
        let origin = origin();
        let submission = store.intend(&origin).unwrap();
        let token = TaskToken::new(origin.clone(), "task").unwrap();
        submission.created(&token).unwrap();
        let [entry] = &store.entries().unwrap()[..] else { panic!("not one entry") };
        assert_eq!((entry.key, entry.state, entry.token.as_ref()), (token.key(), State::Waiting, Some(&token)));
        store.remove(token.key()).unwrap();
        store.remove(token.key()).unwrap();
        store.intend(&origin).unwrap().not_created().unwrap();
        assert_eq!(store.entries().unwrap(), []);
    });
}

#[test]
fn a_token_from_elsewhere_gets_an_entry_and_an_unknown_key_has_none() {
    with_both(|store| {
        let token = token("from-elsewhere");
        assert_eq!(store.entry(token.key()).unwrap(), None);
        assert!(store.take_over(token.key()).unwrap().is_none());
        store.read(token.key()).unwrap_err();
        store.reopen(token.key()).unwrap_err();
        store.remove(token.key()).unwrap();
        granted(store, &token).end(ClaimEnd::Stored(Terminal::Done)).unwrap();
        assert_eq!(entry(store, token.key()).token, Some(token.clone()));
        // An answer of no bytes is an answer.
        assert_eq!(&*store.read(token.key()).unwrap(), b"");
    });
}

#[test]
fn a_task_id_that_comes_again_is_not_taken_for_the_task_of_another_submission() {
    with_both(|store| {
        let first = claimed(store, "task", ANSWER, ClaimEnd::Stored(Terminal::Done));
        let origin = origin();
        let submission = store.intend(&origin).unwrap();
        let second = TaskToken::new(origin, "task").unwrap();
        assert_eq!(first.key(), second.key());
        let error = submission.created(&second).unwrap_err().to_string();
        assert!(error.contains("has an entry of another submission with the same task id"), "{error}");
        assert_eq!(store.claim(&second).err().map(|error| error.to_string()), Some(error));
        // Neither is lost.
        assert_eq!(&*store.read(first.key()).unwrap(), ANSWER);
        let states: Vec<State> = store.entries().unwrap().iter().map(|entry| entry.state).collect();
        assert_eq!(states, [State::Stored(Terminal::Done), State::Submitting]);
    });
}

#[test]
fn what_came_before_an_entry_was_reopened_is_found_until_a_result_replaces_it() {
    with_both(|store| {
        let token = claimed(store, "task", b"first part", ClaimEnd::Partial);
        let key = token.key();
        let found = |text: &[u8]| {
            assert_eq!(&*store.read(key).unwrap(), text);
            assert_eq!(entry(store, key).bytes, text.len() as u64);
        };
        store.reopen(key).unwrap();
        assert_eq!(state(store, key), State::Waiting);
        found(b"first part");
        // A claim that ends without a byte leaves the first.
        granted(store, &token).end(ClaimEnd::PossiblyLost).unwrap();
        found(b"first part");
        store.reopen(key).unwrap();
        let mut claim = granted(store, &token);
        claim.write(b"in progress").unwrap();
        claim.end(ClaimEnd::InProgress).unwrap();
        found(b"first part");
        drop(granted(store, &token));
        orphan(store, key).claim.end(ClaimEnd::InProgress).unwrap();
        found(b"first part");
        let mut claim = granted(store, &token);
        claim.write(b"second").unwrap();
        claim.end(ClaimEnd::Partial).unwrap();
        found(b"second");
        store.reopen(key).unwrap();
        let mut claim = granted(store, &token);
        claim.write(ANSWER).unwrap();
        claim.end(ClaimEnd::Stored(Terminal::Done)).unwrap();
        found(ANSWER);
        // Also an empty result is the result.
        let token = claimed(store, "empty", b"part", ClaimEnd::Partial);
        store.reopen(token.key()).unwrap();
        granted(store, &token).end(ClaimEnd::Stored(Terminal::Done)).unwrap();
        assert_eq!((&*store.read(token.key()).unwrap(), entry(store, token.key()).bytes), (&b""[..], 0));
    });
}

#[test]
fn entries_are_listed_by_the_time_of_their_submission() {
    with_both(|store| {
        let mut keys: Vec<Key> = Vec::new();
        for (task, age) in [("b", 2), ("c", 1), ("a", 3), ("now", 0)] {
            let mut origin = origin();
            origin.started -= std::time::Duration::from_secs(age);
            let token = TaskToken::new(origin, task).unwrap();
            granted(store, &token).end(ClaimEnd::InProgress).unwrap();
            keys.push(token.key());
        }
        let listed: Vec<Key> = store.entries().unwrap().iter().map(|entry| entry.key).collect();
        assert_eq!(listed, [keys[2], keys[0], keys[1], keys[3]]);
    });
}

#[test]
fn the_beginning_of_an_answer_is_told_once_and_never_of_a_claim_that_was_taken_over() {
    with_both(|store| {
        let token = submitted(store, "task");
        let mut claim = granted(store, &token);
        claim.begins(&head()).unwrap();
        claim.begins(&AnswerHead::new(202, None, None)).unwrap_err();
        claim.write(b"came").unwrap();
        drop(claim);
        let mut orphan = orphan(store, token.key());
        orphan.claim.begins(&head()).unwrap_err();
        orphan.claim.write(b", and more").unwrap_err();
        assert_eq!((orphan.head, &*orphan.bytes), (Some(head()), &b"came"[..]));
        // While it is taken over, it is in use.
        assert_eq!(wish(store, &token), "busy");
        orphan.claim.end(ClaimEnd::Partial).unwrap();
        assert_eq!(&*store.read(token.key()).unwrap(), b"came");
    });
}

#[test]
fn an_orphan_that_is_dropped_is_an_orphan_again() {
    with_both(|store| {
        let token = submitted(store, "task");
        drop(granted(store, &token));
        for _ in 0..3 {
            let orphan = orphan(store, token.key());
            assert_eq!((orphan.head, orphan.bytes.len()), (None, 0));
            drop(orphan.claim);
            assert_eq!((state(store, token.key()), wish(store, &token)), (State::Claiming, "orphaned"));
        }
    });
}

#[test]
fn of_many_threads_that_claim_one_task_exactly_one_is_granted() {
    with_both(|store| {
        for round in 0..20 {
            let token = token(&format!("task-{round}"));
            let barrier = std::sync::Barrier::new(4);
            let outcomes: Vec<Claiming> = std::thread::scope(|scope| {
                let claim = || {
                    barrier.wait();
                    store.claim(&token).unwrap()
                };
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(claim)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let mut names: Vec<_> = outcomes.iter().map(named).collect();
            names.sort_unstable();
            assert_eq!(names, ["busy", "busy", "busy", "granted"]);
        }
    });
}

#[test]
fn looking_on_never_makes_a_claim_fail() {
    with_both(|store| {
        let token = submitted(store, "task");
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(std::sync::atomic::Ordering::Relaxed) {
                        for entry in store.entries().unwrap() {
                            assert_ne!(entry.state, State::Damaged);
                            // A claim on record without an owner would be reported as one whose process died.
                            assert!(entry.state != State::Claiming || entry.busy);
                        }
                    }
                });
            }
            for _ in 0..100 {
                granted(store, &token).end(ClaimEnd::InProgress).unwrap();
            }
            over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    });
}

#[test]
fn debug_shows_no_content_and_no_path() {
    let kept = crate::store_support::Kept::new();
    let store = kept.open();
    let volatile = clinical_long_tasks::VolatileStore::new();
    claimed(&store, "task", ANSWER, ClaimEnd::Stored(Terminal::Done));
    claimed(&volatile, "task", ANSWER, ClaimEnd::Stored(Terminal::Done));
    let shown = format!("{store:?} {volatile:?} {:?}", clinical_long_tasks::ResultStore::entries(&store).unwrap());
    assert!(!shown.contains("canary") && !shown.contains("results"), "{shown}");
    assert!(shown.starts_with("DirectoryStore { .. } VolatileStore { entries: 1, .. } [Entry {"), "{shown}");
}
