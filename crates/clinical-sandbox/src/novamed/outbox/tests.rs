use super::*;
use crate::loopback;

const SECOND: Duration = Duration::from_secs(1);

fn letter(webhook: &str) -> Letter {
    Letter {
        webhook: webhook.to_owned(),
        event: "an:event",
        subject: "subject".to_owned(),
        body: Bytes::from_static(b"{}"),
        key: "key".to_owned(),
        place: loopback::place("http://127.0.0.1:1/").map_err(|_| "nowhere"),
    }
}

fn went(began: Duration, answer: Result<u16, &'static str>) -> Went {
    Went { began, answer }
}

fn numbers(calls: &[Call]) -> Vec<u64> {
    calls.iter().map(|call| call.number).collect()
}

#[test]
fn one_registration_is_called_once_at_a_time_and_others_beside_it() {
    let mut outbox = Outbox::default();
    for webhook in ["a", "a", "b"] {
        outbox.send(SECOND, letter(webhook));
    }
    assert!(outbox.begin(Duration::ZERO, 9).is_empty(), "before its time");
    assert_eq!(numbers(&outbox.begin(SECOND, 9)), [1, 3]);
    assert!(outbox.begin(SECOND, 9).is_empty());
    assert_eq!(outbox.under_way(), 2);
    outbox.end(1, "a", went(SECOND, Ok(200)), WebhookSchedule::FromPrevious);
    assert_eq!(numbers(&outbox.begin(SECOND, 9)), [2]);
}

#[test]
fn no_more_calls_begin_than_there_is_room_for() {
    let mut outbox = Outbox::default();
    for webhook in ["a", "b", "c"] {
        outbox.send(SECOND, letter(webhook));
    }
    assert_eq!(numbers(&outbox.begin(SECOND, 2)), [1, 2]);
    assert_eq!(numbers(&outbox.begin(SECOND, 0)), [] as [u64; 0]);
    assert_eq!(numbers(&outbox.begin(SECOND, 1)), [3]);
}

#[test]
fn what_was_cancelled_during_a_call_is_not_called_again_whatever_was_answered() {
    for answer in [Ok(200), Ok(500), Err("broken")] {
        let mut outbox = Outbox::default();
        outbox.send(SECOND, letter("a"));
        outbox.send(SECOND, letter("a"));
        assert_eq!(outbox.begin(SECOND, 9).len(), 1);
        outbox.cancel("a");
        outbox.end(1, "a", went(SECOND, answer), WebhookSchedule::FromPrevious);
        assert_eq!((outbox.next_due(), outbox.under_way()), (None, 0));
        let deliveries = outbox.deliveries();
        assert!(deliveries.iter().all(|delivery| delivery.outcome == DeliveryOutcome::Cancelled));
        assert_eq!((deliveries[0].tries.len(), deliveries[1].tries.len()), (1, 0));
    }
}

#[test]
fn events_come_in_the_order_of_their_times_and_not_before() {
    let mut outbox = Outbox::default();
    let event = |name| Event { name, clinic: String::new(), subject: String::new() };
    outbox.plan(2 * SECOND, event("second"));
    outbox.plan(SECOND, event("first"));
    outbox.plan(2 * SECOND, event("third"));
    assert_eq!(outbox.take_due(Duration::ZERO), None);
    let mut names = Vec::new();
    while let Some((_, event)) = outbox.take_due(2 * SECOND) {
        names.push(event.name);
    }
    assert_eq!(names, ["first", "second", "third"]);
    assert_eq!(outbox.happened().len(), 3);
}

#[test]
fn what_is_planned_and_what_was_sent_are_bounded() {
    let mut outbox = Outbox::default();
    for number in 0..=MOST_PLANNED {
        let at = Duration::from_secs(number as u64);
        outbox.plan(at, Event { name: "", clinic: String::new(), subject: String::new() });
    }
    assert_eq!((outbox.planned.len(), outbox.next_due()), (MOST_PLANNED, Some(SECOND)));
    let mut outbox = Outbox::default();
    for _ in 0..=MOST {
        outbox.send(SECOND, letter("a"));
    }
    assert_eq!(outbox.deliveries().len(), MOST);
    // The one that made room is not called, and holds up nobody.
    assert_eq!(numbers(&outbox.begin(SECOND, 1)), [2]);
}
