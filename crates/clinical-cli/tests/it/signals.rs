//! Ctrl-C and SIGTERM: nothing is lost, and nothing is claimed that is not known.

use std::process::{Child, Output, Stdio};

use clinical_sandbox::{Fault, FaultKind};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Folder, NOTE, Vendor, json};

/// Three inputs, one at a time. The first is coded, the second has reached the vendor and never gets an answer, and the
/// third is not begun: the journal says when that is so.
fn interrupted(signal: Signal, format: &str) -> Output {
    let vendor = Vendor::start();
    let folder = Folder::new()
        .with("a.txt", NOTE)
        .with("b.txt", "Fiebre.")
        .with("c.txt", "Tos.");
    let silent = Fault::new(FaultKind::NoAnswer).on("codify").range(2, 9);
    vendor.sandbox.inject(silent).unwrap();
    let child: Child = vendor
        .command(
            &folder,
            [
                "codify",
                "--in-flight",
                "1",
                "--output",
                format,
                "a.txt",
                "b.txt",
                "c.txt",
            ],
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    vendor.wait(
        vendor
            .sandbox
            .journal_when(|journal| journal.attempts_on("codify").len() == 2),
    );
    kill_process(Pid::from_child(&child), signal).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn ctrl_c_says_what_was_coded_what_may_have_been_and_what_was_not_sent() {
    let output = interrupted(Signal::INT, "json");
    assert_eq!(output.status.code(), Some(130));
    let items = json(std::str::from_utf8(&output.stdout).unwrap());
    assert!(items[0].get("error").is_none());
    assert_eq!(items[1]["error"]["kind"], "abandoned");
    assert_eq!(items[1]["error"]["delivery"], "unknown");
    assert_eq!(items[2]["error"]["kind"], "abandoned");
    assert_eq!(items[2]["error"]["delivery"], "not_sent");
    assert_eq!(items.as_array().unwrap().len(), 3);
}

#[test]
fn ctrl_c_names_the_inputs_on_stderr() {
    let output = interrupted(Signal::INT, "table");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: b.txt: abandoned on its way, because of the interruption (the vendor may have processed it)\n\
         error: c.txt: not tried, because of the interruption (nothing was sent)\n\
         2 of 3 inputs failed\n"
    );
}

#[test]
fn sigterm_is_treated_alike_with_its_own_code() {
    assert_eq!(interrupted(Signal::TERM, "csv").status.code(), Some(143));
}

#[test]
fn a_silent_stdin_does_not_hold_ctrl_c_up() {
    let vendor = Vendor::start();
    let folder = Folder::new().with("a.txt", NOTE);
    let mut child = vendor
        .command(&folder, ["codify", "a.txt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let open = child.stdin.take();
    vendor.wait(
        vendor
            .sandbox
            .journal_when(|journal| journal.attempts_on("codify").len() == 1),
    );
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(open);
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("error: -: not tried, because of the interruption (nothing was sent)"),
        "{stderr}"
    );
}
