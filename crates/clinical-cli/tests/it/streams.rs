//! stdout and stderr: which says what, and what happens when one of them is gone.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use crate::support::{Folder, NOTE, Vendor};

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE).with("b.txt", NOTE)
}

/// The second input is not begun before the first is written, so that it is known how many are lost.
fn one_at_a_time(format: &str) -> Vec<&str> {
    let mut args = vec!["codify", "--sandbox", "--in-flight", "1", "--output"];
    args.extend([format, "a.txt", "b.txt"]);
    args
}

#[test]
fn simulated_answers_are_called_so_on_stderr_and_in_every_table() {
    let ran = folder().run(["codify", "--sandbox", "a.txt"]).expect(0);
    assert!(ran.stderr.starts_with("SIMULATED: "), "{}", ran.stderr);
    assert!(ran.stdout.starts_with("a.txt (SIMULATED): "), "{}", ran.stdout);
    let ran = Vendor::start().run(&folder(), ["codify", "a.txt"]).expect(0);
    assert_eq!(ran.stderr, "");
    assert!(!ran.stdout.contains("SIMULATED"), "{}", ran.stdout);
}

#[test]
fn a_reader_that_leaves_ends_the_run_with_one_word_about_what_is_lost() {
    for format in ["table", "json", "ndjson", "csv"] {
        let folder = folder();
        let mut child =
            folder.command(one_at_a_time(format)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // Gone before the first byte is written.
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(141), "{stderr}");
        let (_simulated, rest) = stderr.split_once('\n').unwrap();
        assert_eq!(
            rest,
            "error: the reader of the output went away; 1 of 2 inputs may have been processed, and billed, without being reported\n"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    for format in ["table", "json", "ndjson", "csv"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = folder().command(one_at_a_time(format)).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}: {stderr}");
        assert!(stderr.contains("error: the output could not be written: No space left"), "{stderr}");
        let unreported = "1 of 2 inputs may have been processed, and billed, without being reported\n";
        assert!(stderr.ends_with(unreported), "{stderr}");
    }
}

#[test]
fn each_result_is_written_as_soon_as_it_is_known() {
    let vendor = Vendor::start();
    let silent = clinical_sandbox::Fault::new(clinical_sandbox::FaultKind::NoAnswer);
    vendor.sandbox.inject(silent.on("codify").nth(2)).unwrap();
    let folder = folder();
    let mut child = vendor
        .command(&folder, ["codify", "--in-flight", "1", "--output", "ndjson", "a.txt", "b.txt"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    // The second input has no answer and never gets one.
    assert!(first.starts_with("{\"input\":\"a.txt\""), "{first}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_line_or_row_does_not_wait_for_a_slower_input_before_it() {
    for (format, head) in [("ndjson", 0), ("csv", 1)] {
        let vendor = Vendor::start();
        let silent = clinical_sandbox::Fault::new(clinical_sandbox::FaultKind::NoAnswer);
        vendor.sandbox.inject(silent.on("codify").nth(1)).unwrap();
        let folder = folder();
        let mut child = vendor
            .command(&folder, ["codify", "--output", format, "a.txt", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The second input begins when the first is at the vendor, which never answers it.
        vendor.wait(vendor.sandbox.journal_when(|journal| journal.attempts_on("codify").len() == 1));
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(NOTE.as_bytes()).unwrap();
        drop(stdin);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.nth(head).unwrap().unwrap();
        assert!(first.contains("E11.9"), "{first}");
        assert!(first.starts_with("{\"input\":\"-\",") || first.starts_with("-,final,"), "{first}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn without_a_terminal_there_is_neither_colour_nor_progress() {
    let ran = folder().run(["codify", "--sandbox", "a.txt", "missing.txt"]).expect(1);
    assert!(!(ran.stdout + &ran.stderr).contains(['\u{1b}', '\r']));
}

#[test]
fn logs_are_off_unless_asked_for_and_hold_no_text_token_or_reference() {
    let vendor = Vendor::start();
    let folder = folder();
    let args = ["codify", "--doctor", "canary_doctor", "--patient", "canary_patient", "a.txt"];
    let quiet = vendor.run(&folder, args).expect(0);
    assert_eq!(quiet.stderr, "");
    let output = vendor.command(&folder, args).env("CLINICAL_LOG", "trace").output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("clinical_http"), "{log}");
    for secret in ["canary_doctor", "canary_patient", vendor.sandbox.token(), "diabetes", "E11.9"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    for line in log.lines() {
        assert!(line.contains(" clinical_http") || line.contains(" omniscribe_codify"), "not from our crates: {line}");
    }
}

#[test]
fn a_wrong_log_filter_is_a_usage_error() {
    for filter in ["a=b=c", "verbose", "clinical_http=verbose"] {
        let folder = folder();
        let mut command = folder.command(["codify", "--sandbox", "a.txt"]);
        let output = command.env("CLINICAL_LOG", filter).output().unwrap();
        let ran = crate::support::Ran::from(output).expect(2);
        assert!(
            ran.stderr.starts_with("error: CLINICAL_LOG is not a log filter; use a level (off, error, "),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}
