//! Ctrl-C and the signals that mean to end a program: nothing is lost, and nothing is claimed that is not known.

use std::process::{Child, Output, Stdio};

use clinical_sandbox::{Fault, FaultKind};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Folder, NOTE, Vendor, json};

/// Three inputs, one at a time. The first is coded, the second has reached the vendor and never gets an answer, and the
/// third is not begun: the journal says when that is so.
fn interrupted(signal: Signal, format: &str) -> Output {
    let vendor = Vendor::start();
    let folder = Folder::new().with("a.txt", NOTE).with("b.txt", "Fiebre.").with("c.txt", "Tos.");
    let silent = Fault::new(FaultKind::NoAnswer).on("codify").range(2, 9);
    vendor.sandbox.inject(silent).unwrap();
    let child: Child = vendor
        .command(&folder, ["codify", "--in-flight", "1", "--output", format, "a.txt", "b.txt", "c.txt"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    vendor.wait(vendor.sandbox.journal_when(|journal| journal.attempts_on("codify").len() == 2));
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
fn a_lost_terminal_quit_and_termination_are_treated_alike_with_their_own_codes() {
    for (signal, code) in [(Signal::HUP, 129), (Signal::QUIT, 131), (Signal::TERM, 143)] {
        let output = interrupted(signal, "json");
        assert_eq!(output.status.code(), Some(code));
        let items = json(std::str::from_utf8(&output.stdout).unwrap());
        assert!(items[0].get("error").is_none());
        assert_eq!(items[1]["error"]["delivery"], "unknown");
        assert_eq!(items[2]["error"]["delivery"], "not_sent");
        assert_eq!(items.as_array().unwrap().len(), 3);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_was_ignored_at_the_start_stays_ignored() {
    let vendor = Vendor::start();
    let folder = Folder::new().with("a.txt", NOTE);
    let silent = Fault::new(FaultKind::NoAnswer).on("codify").every();
    vendor.sandbox.inject(silent).unwrap();
    let coding = vendor.command(&folder, ["codify", "a.txt"]);
    // What `nohup` does.
    let mut ignoring = std::process::Command::new("/bin/sh");
    ignoring
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(coding.get_program())
        .args(coding.get_args())
        .env_clear()
        .envs(coding.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = ignoring.spawn().unwrap();
    vendor.wait(vendor.sandbox.journal_when(|journal| journal.attempts_on("codify").len() == 1));
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
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
    vendor.wait(vendor.sandbox.journal_when(|journal| journal.attempts_on("codify").len() == 1));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    drop(open);
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("error: -: not tried, because of the interruption (nothing was sent)"), "{stderr}");
}
