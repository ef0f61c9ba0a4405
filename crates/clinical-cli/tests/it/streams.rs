//! stdout and stderr: which says what, and what happens when one of them is gone.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use crate::support::{Folder, NOTE, Vendor};

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE).with("b.txt", NOTE)
}

#[test]
fn simulated_answers_are_called_so_on_stderr_and_in_every_table() {
    let ran = folder().run(["codify", "--sandbox", "a.txt"]).expect(0);
    assert!(ran.stderr.starts_with("SIMULATED: "), "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with("a.txt (SIMULATED): "),
        "{}",
        ran.stdout
    );
    let ran = Vendor::start()
        .run(&folder(), ["codify", "a.txt"])
        .expect(0);
    assert_eq!(ran.stderr, "");
    assert!(!ran.stdout.contains("SIMULATED"), "{}", ran.stdout);
}

#[test]
fn a_reader_that_leaves_ends_the_run_quietly() {
    for format in ["table", "json", "ndjson", "csv"] {
        let folder = folder();
        let mut child = folder
            .command(["codify", "--sandbox", "--output", format, "a.txt", "b.txt"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Gone before the first byte is written.
        drop(child.stdout.take());
        let mut stderr = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(141), "{stderr}");
        assert_eq!(
            stderr.lines().count(),
            1,
            "only the word about simulation: {stderr}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    for format in ["table", "json", "ndjson", "csv"] {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = folder()
            .command(["codify", "--sandbox", "--output", format, "a.txt", "b.txt"])
            .stdout(full)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}: {stderr}");
        assert!(
            stderr.contains("error: the output could not be written: No space left"),
            "{stderr}"
        );
        let unreported = "the last 2 inputs may have been processed without being reported\n";
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
        .command(
            &folder,
            [
                "codify",
                "--in-flight",
                "1",
                "--output",
                "ndjson",
                "a.txt",
                "b.txt",
            ],
        )
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    // The second input has no answer and never gets one.
    assert!(first.starts_with("{\"input\":\"a.txt\""), "{first}");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn without_a_terminal_there_is_neither_colour_nor_progress() {
    let ran = folder()
        .run(["codify", "--sandbox", "a.txt", "missing.txt"])
        .expect(1);
    assert!(!(ran.stdout + &ran.stderr).contains(['\u{1b}', '\r']));
}

#[test]
fn logs_are_off_unless_asked_for_and_hold_no_text_token_or_reference() {
    let vendor = Vendor::start();
    let folder = folder();
    let args = [
        "codify",
        "--doctor",
        "canary_doctor",
        "--patient",
        "canary_patient",
        "a.txt",
    ];
    let quiet = vendor.run(&folder, args).expect(0);
    assert_eq!(quiet.stderr, "");
    let output = vendor
        .command(&folder, args)
        .env("CLINICAL_LOG", "trace")
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.contains("clinical_http"), "{log}");
    for secret in [
        "canary_doctor",
        "canary_patient",
        vendor.sandbox.token(),
        "diabetes",
        "E11.9",
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    for line in log.lines() {
        assert!(
            line.contains(" clinical_http") || line.contains(" omniscribe_codify"),
            "not from our crates: {line}"
        );
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
            ran.stderr
                .starts_with("error: CLINICAL_LOG is not a log filter; use a level (off, error, "),
            "{}",
            ran.stderr
        );
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}
