//! Who gets a result, and what is kept, without a wire.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::timeline::{Contents, Timeline};
use super::*;
use crate::journal::Recorder;
use crate::reply::Reply;
use crate::switches::TaskConsumption;

const LATE: Duration = Duration::from_secs(600);

const RULES: Rules = Rules { statuses: TaskStatuses::Current, consumption: TaskConsumption::FirstByte };

fn new(fingerprint: &str, bytes: usize) -> NewTask {
    let timeline = Timeline::new(Contents::default(), 7);
    // Zeros are not touched, so that a gigabyte costs nothing.
    let result = Some(Bytes::from(vec![0; bytes]));
    NewTask {
        operation: "structure",
        fingerprint: fingerprint.to_owned(),
        attempt: 1,
        born: Duration::ZERO,
        start: SystemTime::UNIX_EPOCH,
        outcome: Outcome::Known(Arc::new(Ending { timeline, result, info: Value::Null })),
    }
}

/// A ticket for the end of the task, if there is one.
fn ticket(book: &Arc<TaskBook>, recorder: &Recorder, id: &str) -> Option<Ticket> {
    let connection = recorder.connection_opened(None);
    let attempt = recorder.attempt(connection, "tasks", LATE, &HeaderMap::new());
    let Found::Task(view) = book.look(id, LATE) else {
        return None;
    };
    let gone = Reply::empty(StatusCode::NOT_FOUND);
    Ticket::issue(book, id, attempt.handle(), Some(&view), RULES, gone).ok().flatten()
}

#[tokio::test]
async fn a_ticket_that_is_dropped_before_its_first_byte_gives_the_result_back() {
    let (book, recorder) = (Arc::new(TaskBook::default()), Recorder::new());
    let id = book.create(7, new("a", 10)).id;
    let mut first = ticket(&book, &recorder, &id).unwrap();
    let mut second = ticket(&book, &recorder, &id).unwrap();
    assert!(first.reserve().await.is_none());
    let waiting = tokio::spawn(async move { (second.reserve().await.is_none(), second) });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "a second answer went out while the first was about to");
    drop(first);
    let (free, mut second) = waiting.await.unwrap();
    assert!(free);
    second.first_byte();
    drop(second);
    assert!(book.facts(LATE, TaskStatuses::Current)[0].consumed);
    assert!(ticket(&book, &recorder, &id).is_none());
}

#[tokio::test]
async fn who_waits_behind_a_first_byte_gets_the_answer_of_a_consumed_task() {
    let (book, recorder) = (Arc::new(TaskBook::default()), Recorder::new());
    let id = book.create(7, new("a", 10)).id;
    let mut first = ticket(&book, &recorder, &id).unwrap();
    let mut second = ticket(&book, &recorder, &id).unwrap();
    assert!(first.reserve().await.is_none());
    let waiting = tokio::spawn(async move { second.reserve().await.map(|gone| gone.status) });
    tokio::task::yield_now().await;
    first.first_byte();
    assert_eq!(waiting.await.unwrap(), Some(StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn who_looked_before_the_first_byte_of_another_gets_no_ticket_after_it() {
    let (book, recorder) = (Arc::new(TaskBook::default()), Recorder::new());
    let id = book.create(7, new("a", 10)).id;
    let mut first = ticket(&book, &recorder, &id).unwrap();
    let Found::Task(stale) = book.look(&id, LATE) else { panic!("the task is gone") };
    assert!(first.reserve().await.is_none());
    first.first_byte();
    let connection = recorder.connection_opened(None);
    let attempt = recorder.attempt(connection, "tasks", LATE, &HeaderMap::new());
    let gone = Reply::empty(StatusCode::NOT_FOUND);
    let issued = Ticket::issue(&book, &id, attempt.handle(), Some(&stale), RULES, gone);
    assert_eq!(issued.err().map(|gone| gone.status), Some(StatusCode::NOT_FOUND));
    assert_eq!(book.facts(LATE, TaskStatuses::Current)[0].polls.iter().filter(|poll| poll.terminal).count(), 1);
}

#[test]
fn results_above_the_bound_push_the_oldest_task_out() {
    let book = TaskBook::default();
    let large = MOST_BYTES / 2;
    let ids = ["a", "b", "c"].map(|content| book.create(7, new(content, large)).id);
    assert!(matches!(book.look(&ids[0], LATE), Found::Nothing));
    assert!(matches!(book.look(&ids[2], LATE), Found::Task(_)));
    assert_eq!(book.facts(LATE, TaskStatuses::Current).len(), 2);
}

#[test]
fn tasks_above_the_bound_push_the_oldest_out() {
    let book = TaskBook::default();
    let first = book.create(7, new("first", 0)).id;
    for number in 0..MOST_TASKS {
        book.create(7, new(&number.to_string(), 0));
    }
    assert!(matches!(book.look(&first, LATE), Found::Nothing));
    assert_eq!(book.facts(LATE, TaskStatuses::Current).len(), MOST_TASKS);
}

#[test]
fn equal_contents_make_tasks_with_ids_of_their_own_that_are_the_same_on_every_run() {
    let ids = || {
        let book = TaskBook::default();
        ["a", "a", "b"].map(|content| book.create(7, new(content, 0)).id)
    };
    let one = ids();
    assert_eq!(one, ids());
    assert!(one[0] != one[1] && one[1] != one[2] && one[0] != one[2]);
    assert!(one.iter().all(|id| id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
}

#[test]
fn an_open_end_is_found_out_once_and_not_before_its_time() {
    let book = TaskBook::default();
    let plan = Timeline::new(Contents { urls: true, ..Contents::default() }, 7);
    let (at, asked) = (doubtful(&plan), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let (counted, timeline) = (Arc::clone(&asked), plan.clone());
    let later = Later::new(5, move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ending { timeline: timeline.failing(Status::DocumentDownloadDone), result: None, info: Value::Null }
    });
    let id = book.create(7, NewTask { outcome: Outcome::Open { plan, at, later }, ..new("a", 0) }).id;
    let status = |now| match book.look(&id, now) {
        Found::Task(view) => view.status_name(TaskStatuses::Current),
        Found::Nothing => "gone",
    };
    assert_eq!(status(at.saturating_sub(Duration::from_millis(1))), "STARTED");
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!((status(at), status(LATE)), ("FAILED", "FAILED"));
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
}
