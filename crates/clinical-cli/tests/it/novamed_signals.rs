//! Ctrl-C in the middle of a batch: the request under way is brought to its end or called unknown, and the rest is not begun.

use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::Duration;

use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use rustix::process::{Pid, Signal, kill_process};

use crate::novamed_support::{Nova, PATIENTS, ended, states};

const FILE: [&str; 5] = ["patient", "--file", "p.csv", "--format", "ndjson"];

fn kill(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Reads stderr until the command has heard the signal.
fn heard(child: &mut Child) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert_eq!(line, "ending what is under way; the same again ends at once");
    // Left open, so that it can go on writing.
    std::mem::forget(lines);
}

#[test]
fn the_request_under_way_is_finished_and_the_rest_is_not_begun() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let nova = Nova::with(Sandbox::builder().seed(7).manual_clock()).file("p.csv", PATIENTS);
        let slow = Fault::new(FaultKind::latency(Duration::from_secs(60)));
        nova.vendor.sandbox.inject(slow.on("create_patient").nth(2)).unwrap();
        let mut child = nova.spawn(FILE);
        nova.until("create_patient", 2);
        kill(&child, signal);
        heard(&mut child);
        // The answer comes now; a fault that is noted may not have begun to wait yet.
        while child.try_wait().unwrap().is_none() {
            nova.vendor.sandbox.clock().advance(Duration::from_secs(60));
            std::thread::yield_now();
        }
        let ran = ended(child).expect(code);
        assert_eq!(states(&ran.stdout), ["created", "created", "not_begun"]);
        assert_eq!(nova.attempts("create_patient"), 2);
        let again = nova.run(FILE).expect(0);
        assert_eq!(states(&again.stdout), ["created_before", "created_before", "created"]);
        assert_eq!(nova.processed("create_patient"), (3, 3));
    }
}

#[test]
fn a_second_signal_ends_at_once_and_the_row_is_unknown() {
    let nova = Nova::start().file("p.csv", PATIENTS).fault(FaultKind::NoAnswer, "create_patient", 2);
    let mut child = nova.spawn(FILE);
    nova.until("create_patient", 2);
    kill(&child, Signal::INT);
    heard(&mut child);
    // The first may still be the one that is heard.
    while child.try_wait().unwrap().is_none() {
        kill(&child, Signal::INT);
        std::thread::yield_now();
    }
    let ran = ended(child).expect(130);
    assert_eq!(states(&ran.stdout), ["created", "unknown", "not_begun"]);
    assert!(ran.stdout.contains("the vendor may have created it) (on record as uncertain, key "), "{}", ran.stdout);
    let uncertain = nova.log().iter().filter(|(state, _)| state == "uncertain").count();
    assert_eq!(uncertain, 1);
    let again = nova.run(FILE).expect(1);
    assert_eq!(states(&again.stdout), ["created_before", "unknown", "created"]);
}

#[test]
fn a_row_that_was_refused_and_waits_to_be_sent_again_is_given_up_at_once_and_is_not_called_uncertain() {
    let late = RetryAfter::Seconds { seconds: 100 };
    let nova = Nova::start().file("p.csv", PATIENTS).fault(FaultKind::too_many_requests(late), "create_patient", 2);
    let child = nova.spawn(FILE);
    nova.until("create_patient", 2);
    // One signal: whether the answer has come by then or not, nothing is waited for.
    kill(&child, Signal::INT);
    let ran = ended(child).expect(130);
    assert_eq!(states(&ran.stdout), ["created", "not_created", "not_begun"]);
    assert_eq!(nova.attempts("create_patient"), 2);
    assert_eq!(nova.log().len(), 1);
    let again = nova.run(FILE).expect(0);
    assert_eq!(states(&again.stdout), ["created_before", "created", "created"]);
}

#[test]
fn a_silent_stdin_does_not_hold_ctrl_c_up() {
    let nova = Nova::start();
    let mut command = nova.command(["patient", "--file", "-", "--input", "csv"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    let open = child.stdin.take();
    // Before its handler is there the signal ends it without one, with no exit code.
    let code = loop {
        kill(&child, Signal::INT);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::yield_now();
    };
    drop(open);
    assert!(matches!(code, Some(130) | None), "{code:?}");
    assert_eq!(nova.requests(), 0);
}
