//! Processes that end in the middle, by kill -9 or a signal, and processes that meet at one task: with the token on the disk no result is lost
//! and none is asked for twice.

use std::time::Duration;

use clinical_sandbox::{FaultKind, Sandbox};
use rustix::process::{Pid, Signal, kill_process};

use crate::structure_support::{Haidy, Running, has_entities};
use crate::support::json;

/// A sandbox whose time stands still: no task ends before the test says so.
fn slow() -> Haidy {
    Haidy::with(Sandbox::builder().seed(7).manual_clock())
}

fn kill(running: &Running, signal: Signal) {
    kill_process(Pid::from_child(&running.child), signal).unwrap();
}

fn finish_tasks(haidy: &Haidy) {
    haidy.vendor.sandbox.clock().advance(Duration::from_secs(60));
}

/// Waits until a request has arrived and its fault, if one is planned, is being played.
fn until_arrived(haidy: &Haidy, operation: &str) {
    let planned = !haidy.vendor.sandbox.faults().is_empty();
    haidy.vendor.wait(haidy.vendor.sandbox.journal_when(|journal| {
        let attempts = journal.attempts_on(operation);
        attempts.first().is_some_and(|attempt| !planned || !attempt.faults.is_empty())
    }));
}

/// Does this until the process has ended: a fault that is noted may not have begun to wait yet.
fn until_ended(running: &mut Running, mut act: impl FnMut()) {
    while running.child.try_wait().unwrap().is_none() {
        act();
        std::thread::yield_now();
    }
}

#[test]
fn killed_right_after_the_submission_it_goes_on_with_the_key_or_the_token_file() {
    for by_file in [false, true] {
        let haidy = slow();
        let mut running = haidy.spawn(["structure", "a.txt"]);
        let told = running.until("is submitted");
        kill(&running, Signal::KILL);
        assert_eq!(running.end().code, None);
        let (state, key) = haidy.entry();
        assert_eq!(state, "waiting");
        assert!(
            told.contains(&format!("go on with: clinical structure --resume {} --results store", &key[..12])),
            "{told}"
        );
        finish_tasks(&haidy);
        let file = format!("store/{key}/token.json");
        let ran = haidy.run(["structure", "--resume", if by_file { &file } else { &key[..12] }]).expect(0);
        assert!(has_entities(&json(&ran.stdout)));
        assert_eq!(haidy.entry().0, "done");
        assert_eq!(haidy.vendor.sandbox.tasks().len(), 1);
    }
}

#[test]
fn killed_under_a_question_the_next_one_says_so_and_asks_nothing() {
    let haidy = Haidy::start().fault(FaultKind::NoAnswer, "tasks", 1);
    let running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "tasks");
    kill(&running, Signal::KILL);
    running.end();
    let (state, key) = haidy.entry();
    assert_eq!(state, "claiming");
    // Settling needs neither an address nor a token, and sends nothing.
    let ran = haidy.folder.run(["results", "recover", "--results", "store"]).expect(1);
    assert!(ran.stdout.contains(" possibly_lost "), "{}", ran.stdout);
    assert_eq!(haidy.entry().0, "possibly_lost");
    haidy.run(["structure", "--resume", &key]).expect(6);
    assert_eq!(haidy.polls(), 1);
    let ran = haidy.run(["results", "recover", "--ask-again", &key, "--out", "o.json"]).expect(0);
    assert_eq!(ran.stdout, "");
    assert!(has_entities(&json(&std::fs::read_to_string(haidy.path("o.json")).unwrap())));
}

#[test]
fn killed_while_it_submits_it_is_on_record_that_there_may_be_a_task() {
    let haidy = Haidy::start().fault(FaultKind::NoAnswer, "structure", 1);
    let running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "structure");
    kill(&running, Signal::KILL);
    running.end();
    let (state, key) = haidy.entry();
    assert_eq!(state, "submitting");
    let ran = haidy.run(["structure", "--resume", &key]).expect(2);
    assert!(ran.stderr.contains("nobody knows whether the vendor made a task"), "{}", ran.stderr);
}

#[test]
fn signals_stop_the_wait_and_say_how_to_go_on() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129), (Signal::QUIT, 131)] {
        let haidy = slow();
        let mut running = haidy.spawn(["structure", "a.txt"]);
        running.until(": QUEUED");
        kill(&running, signal);
        let ran = running.end().expect(code);
        let (state, key) = haidy.entry();
        assert_eq!(state, "waiting");
        let next =
            format!("(result not consumed; go on with: clinical structure --resume {} --results store)\n", &key[..12]);
        assert!(ran.stderr.ends_with(&next), "{}", ran.stderr);
        finish_tasks(&haidy);
        haidy.run(["structure", "--resume", &key]).expect(0);
    }
}

#[test]
fn a_question_under_way_is_ended_after_a_signal_and_what_it_brought_is_written() {
    let haidy = Haidy::start().fault(FaultKind::NoAnswer, "tasks", 1);
    // Silence, then the signal, then the connection breaks: the question has an end that is known.
    let mut running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "tasks");
    kill(&running, Signal::INT);
    running.until("ending what is under way");
    until_ended(&mut running, || haidy.vendor.sandbox.clear_faults());
    let ran = running.end().expect(130);
    assert_eq!(haidy.polls(), 1);
    let state = haidy.entry().0;
    assert_eq!(state, "possibly_lost", "{}", ran.stderr);
    assert!(ran.stderr.contains("(result possibly lost; "), "{}", ran.stderr);
}

#[test]
fn a_result_that_comes_while_it_ends_is_written_all_the_same() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    finish_tasks(&haidy);
    let late = FaultKind::Latency { millis: 600_000 };
    let haidy = haidy.fault(late, "tasks", 1);
    let mut running = haidy.spawn(["structure", "a.txt"]);
    running.until("is submitted");
    until_arrived(&haidy, "tasks");
    kill(&running, Signal::INT);
    running.until("ending what is under way");
    until_ended(&mut running, || haidy.vendor.sandbox.clock().advance(Duration::from_secs(60)));
    let ran = running.end().expect(130);
    assert_eq!(haidy.entry().0, "done", "{}", ran.stderr);
    assert!(has_entities(&json(&ran.stdout)));
}

#[test]
fn a_submission_under_way_is_ended_after_a_signal_so_that_its_task_is_known() {
    let haidy = slow().fault(FaultKind::Latency { millis: 600_000 }, "structure", 1);
    let mut running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "structure");
    kill(&running, Signal::INT);
    running.until("ending what is under way");
    until_ended(&mut running, || haidy.vendor.sandbox.clock().advance(Duration::from_secs(60)));
    let ran = running.end().expect(130);
    let (state, key) = haidy.entry();
    assert_eq!(state, "waiting", "{}", ran.stderr);
    let next = format!("go on with: clinical structure --resume {} --results store)\n", &key[..12]);
    assert!(ran.stderr.ends_with(&next), "{}", ran.stderr);
    finish_tasks(&haidy);
    haidy.run(["structure", "--resume", &key]).expect(0);
}

#[test]
fn a_second_signal_under_a_submission_says_that_there_may_be_a_task() {
    let haidy = Haidy::start().fault(FaultKind::NoAnswer, "structure", 1);
    let mut running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "structure");
    kill(&running, Signal::TERM);
    running.until("ending what is under way");
    kill(&running, Signal::TERM);
    let ran = running.end().expect(143);
    assert!(ran.stderr.contains("submitting again may make a second one (result possibly lost; "), "{}", ran.stderr);
    assert_eq!(haidy.entry().0, "submitting");
}

#[test]
fn a_second_signal_ends_at_once_and_does_not_claim_what_is_not_known() {
    let haidy = Haidy::start().fault(FaultKind::NoAnswer, "tasks", 1);
    let mut running = haidy.spawn(["structure", "a.txt"]);
    until_arrived(&haidy, "tasks");
    kill(&running, Signal::INT);
    running.until("ending what is under way");
    kill(&running, Signal::INT);
    let ran = running.end().expect(130);
    assert!(
        ran.stderr.contains("(result possibly lost; settle it with: clinical results recover --results store)"),
        "{}",
        ran.stderr
    );
    let ran = haidy.folder.run(["results", "recover", "--results", "store", "--format", "json"]).expect(1);
    assert_eq!(json(&ran.stdout)[0]["state"], "possibly_lost");
    assert_eq!(haidy.polls(), 1);
}

#[test]
fn two_processes_with_one_token_both_end_with_the_result_and_it_is_taken_once() {
    let haidy = slow();
    let first = haidy.spawn(["structure", "a.txt", "--token-out", "t.json"]);
    until_arrived(&haidy, "tasks");
    let second = haidy.spawn(["structure", "--resume", "t.json"]);
    haidy.vendor.wait(haidy.vendor.sandbox.journal_when(|journal| journal.attempts_on("tasks").len() >= 3));
    finish_tasks(&haidy);
    let (first, second) = (first.end().expect(0), second.end().expect(0));
    assert_eq!(first.stdout, second.stdout);
    assert!(has_entities(&json(&first.stdout)));
    let facts = haidy.vendor.sandbox.tasks();
    let ends = facts[0].polls.iter().filter(|poll| poll.terminal).count();
    assert_eq!((facts.len(), ends), (1, 1));
    assert!(facts[0].polls.iter().all(|poll| poll.status_sent.is_some()), "a consumed task was asked for");
}
