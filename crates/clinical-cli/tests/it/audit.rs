//! `clinical codify --audit FILE` and `clinical audit verify FILE`.

use std::process::{Child, Stdio};

use clinical_sandbox::{Fault, FaultKind};

use crate::support::{Folder, NOTE, Ran, Vendor, json, run};

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE).with("b.txt", NOTE)
}

/// Codes two notes with a trail.
fn coded() -> Folder {
    coded_by(&Vendor::start())
}

fn coded_by(vendor: &Vendor) -> Folder {
    let folder = folder();
    let who = ["--doctor", "canary_doctor", "--patient", "canary_patient"];
    let args = ["codify", "--in-flight", "1", "--audit", "trail.jsonl", "a.txt", "b.txt"];
    vendor.run(&folder, args.into_iter().chain(who)).expect(0);
    folder
}

fn trail(folder: &Folder) -> Vec<u8> {
    std::fs::read(folder.path().join("trail.jsonl")).unwrap()
}

fn verified(folder: &Folder, more: &[&str], code: i32) -> Ran {
    folder.run([&["audit", "verify", "trail.jsonl"], more].concat()).expect(code)
}

/// The head, as the report shows it.
fn head(ran: &Ran) -> String {
    ran.stdout.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned()
}

#[test]
fn a_run_leaves_a_trail_that_is_intact_and_names_who_it_was_about_and_where_it_went() {
    let vendor = Vendor::start();
    let folder = coded_by(&vendor);
    let text = String::from_utf8(trail(&folder)).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(text.lines().all(|line| line.contains(r#""doctor":"canary_doctor","patient":"canary_patient""#)), "{text}");
    let went_to = format!(r#""vendor":"omniscribe","server":"{}","operation":"codify""#, vendor.sandbox.url());
    assert!(text.lines().all(|line| line.contains(&went_to)), "{text}");
    let ran = verified(&folder, &[], 0);
    let first = "trail.jsonl: intact, 4 lines, 2 calls begun, 2 recorded";
    assert_eq!(ran.stdout.lines().next(), Some(first));
    assert_eq!((ran.stdout.lines().count(), &*ran.stderr), (3, ""), "{}", ran.stdout);
    assert!(!ran.stdout.contains("canary"));
    // A second run goes on where the first ended, and the head of the first still holds.
    Vendor::start().run(&folder, ["codify", "--audit", "trail.jsonl", "a.txt"]).expect(0);
    let later = verified(&folder, &["--head", &head(&ran)], 0);
    assert!(later.stdout.starts_with("trail.jsonl: intact, 6 lines"), "{}", later.stdout);
}

#[test]
fn a_changed_line_and_a_cut_off_end_are_named_and_end_with_1() {
    let folder = coded();
    let (whole, head) = (trail(&folder), head(&verified(&folder, &[], 0)));
    let mut changed = whole.clone();
    let at = changed.windows(13).position(|bytes| bytes == b"canary_doctor").unwrap();
    changed[at] = b'C';
    let folder = folder.with("trail.jsonl", changed);
    let ran = verified(&folder, &[], 1);
    assert!(ran.stdout.starts_with("trail.jsonl: NOT INTACT, "), "{}", ran.stdout);
    // What the rest of the trail says depends on the line that cannot be trusted, and is said with less certainty.
    let rest: Vec<_> = ran.stdout.lines().skip(3).collect();
    assert_eq!(rest, ["line 1 was changed", "1 record without an opening"]);
    for flag in ["--format", "--output"] {
        let report = json(&verified(&folder, &[flag, "json"], 1).stdout);
        assert_eq!((&report["intact"], &report["lines"]), (&false.into(), &4.into()));
        assert_eq!(report["findings"], json(r#"[{"kind":"changed","line":1,"message":"line 1 was changed"}]"#));
    }

    let lines: Vec<_> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let folder = folder.with("trail.jsonl", lines[..3].concat());
    verified(&folder, &[], 0);
    let ran = verified(&folder, &["--head", &head], 1);
    assert!(
        ran.stdout.contains("the last line has the number 3, and the expected head 4: the end was cut off"),
        "{}",
        ran.stdout
    );
}

/// A run whose second request is on its way and gets no answer.
fn hanging(vendor: &Vendor, folder: &Folder) -> Child {
    vendor.sandbox.inject(Fault::new(FaultKind::NoAnswer).on("codify").nth(2)).unwrap();
    let args = ["codify", "--in-flight", "1", "--audit", "trail.jsonl", "a.txt", "b.txt"];
    let mut command = vendor.command(folder, args);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    vendor.wait(vendor.sandbox.journal_when(|journal| journal.attempts_on("codify").len() == 2));
    child
}

#[test]
fn after_kill_9_the_call_that_was_begun_is_shown() {
    let (vendor, folder) = (Vendor::start(), folder());
    let mut child = hanging(&vendor, &folder);
    let ran = folder.run(["codify", "--sandbox", "--audit", "trail.jsonl", "a.txt"]).expect(2);
    assert!(
        ran.stderr.contains("error: --audit: the audit trail is in use by another process; stop that one, or"),
        "{}",
        ran.stderr
    );
    child.kill().unwrap();
    child.wait().unwrap();
    let ran = verified(&folder, &[], 0);
    let mut lines = ran.stdout.lines().skip(3);
    assert_eq!(lines.next(), Some("1 call was begun and has no record; it may have been processed:"));
    let call = lines.next().unwrap();
    let begun = format!("  line 3: omniscribe codify at {}, begun 20", vendor.sandbox.url());
    assert!(call.starts_with(&begun) && call.contains("Z, call "), "{call}");
    assert_eq!(lines.next(), None);
    let report = json(&verified(&folder, &["--format", "json"], 0).stdout);
    assert_eq!((&report["unfinished"][0]["line"], &report["records"]), (&3.into(), &1.into()));
    assert_eq!(report["unfinished"][0]["server"], vendor.sandbox.url());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_records_what_it_abandoned() {
    use rustix::process::{Pid, Signal, kill_process};
    let (vendor, folder) = (Vendor::start(), folder());
    let mut child = hanging(&vendor, &folder);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let ran = verified(&folder, &[], 0);
    assert!(ran.stdout.starts_with("trail.jsonl: intact, 4 lines, 2 calls begun, 2 recorded\n"), "{}", ran.stdout);
    let text = String::from_utf8(trail(&folder)).unwrap();
    assert!(
        text.lines().last().unwrap().contains(r#""outcome":"abandoned","error":null,"delivery":"unknown""#),
        "{text}"
    );
}

#[test]
fn a_trail_that_cannot_be_opened_is_a_usage_error_and_nothing_is_sent() {
    let vendor = Vendor::start();
    let folder = folder().with("not-a-trail", "a note of somebody");
    for (file, reason) in [
        (".", "is not a regular file; give the path of a file"),
        ("no/folder/trail", "could not be opened: No such file"),
        ("not-a-trail", "does not verify at its end, or is not an audit trail; "),
    ] {
        let ran = vendor.run(&folder, ["codify", "--audit", file, "a.txt"]).expect(2);
        assert!(ran.stderr.starts_with(&format!("error: --audit: the audit trail {reason}")), "{}", ran.stderr);
        assert!(ran.stderr.ends_with(" (nothing was sent)\n"), "{}", ran.stderr);
    }
    assert_eq!(vendor.attempts(), 0);
}

#[test]
fn a_run_that_anything_else_stops_leaves_no_trail() {
    let vendor = Vendor::start();
    let folder = folder().with("folder", "a file");
    let table = [
        (vec!["--doctor", "dr_josé"], 2),
        (vec!["--model", ""], 2),
        (vec!["--keep-answers", "folder"], 2),
        (vec!["--base-url", "http://somewhere.example"], 2),
        (vec!["--pdf", "a.pdf", "b.txt"], 2),
        (vec!["--ca-file", "missing.pem"], 2),
    ];
    for (flags, code) in table {
        let args = [&["codify", "--audit", "trail.jsonl", "a.txt"], &flags[..]].concat();
        let ran = vendor.run(&folder, args).expect(code);
        assert!(!folder.path().join("trail.jsonl").exists(), "{flags:?}: {}", ran.stderr);
    }
    folder.run(["codify", "--audit", "trail.jsonl", "a.txt"]).expect(4);
    assert!(!folder.path().join("trail.jsonl").exists(), "no credentials");
    assert_eq!(vendor.attempts(), 0);
}

#[cfg(unix)]
#[test]
fn when_the_trail_cannot_be_written_any_more_no_further_input_is_sent() {
    let (vendor, folder) = (Vendor::start(), folder());
    let args = ["codify", "--in-flight", "1", "--output", "json", "--audit", "trail.jsonl", "a.txt", "b.txt"];
    let coding = vendor.command(&folder, args);
    // No file may grow beyond 512 bytes; the signal of that limit ends a program that does nothing about it.
    let mut limited = std::process::Command::new("/bin/sh");
    limited
        .args(["-c", "ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(coding.get_program())
        .args(coding.get_args())
        .env_clear()
        .envs(coding.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(folder.path());
    let ran = Ran::from(limited.output().unwrap()).expect(1);
    let items = json(&ran.stdout);
    assert!(items[0].get("error").is_none(), "{}", ran.stdout);
    assert_eq!((&items[1]["error"]["kind"], &items[1]["error"]["delivery"]), (&"audit".into(), &"not_sent".into()));
    assert!(
        ran.stderr.contains("error: --audit: the audit trail could not be written: File too large"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("; its last lines are missing\n"), "{}", ran.stderr);
    assert_eq!(vendor.attempts(), 1);
    let ran = verified(&folder, &[], 0);
    assert!(ran.stdout.contains("is unfinished ("), "{}", ran.stdout);
}

#[test]
fn of_very_many_unfinished_lines_people_are_shown_twenty_and_programs_a_thousand() {
    let sha256 = |text: &str| {
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        format!("{digest:?}").strip_prefix("SHA256:").unwrap().to_owned()
    };
    let (mut trail, mut prev) = (String::new(), "0".repeat(64));
    for seq in 1..=1_001 {
        // What a crash in the middle of a line leaves, and what the next start adds.
        let torn = format!(r#"{{"v":1,"seq":{seq},"#);
        let (bytes, hash) = (torn.len(), sha256(&torn));
        let head = format!(r#"{{"v":1,"seq":{seq},"kind":"torn","bytes":{bytes},"sha256":"{hash}","prev":"{prev}""#);
        prev = sha256(&head);
        trail = [&*trail, &torn, "\n", &head, ",\"hash\":\"", &prev, "\"}\n"].concat();
    }
    let folder = folder().with("trail.jsonl", trail);
    let ran = verified(&folder, &[], 0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), 2 + 20 + 1, "{}", ran.stdout);
    assert!(lines[21].starts_with("line 39 is unfinished (") && lines[22].starts_with("  and 981 more; "), "{lines:?}");
    let report = json(&verified(&folder, &["--format", "json"], 0).stdout);
    assert_eq!((report["torn"].as_array().unwrap().len(), &report["torn_left_out"]), (1_000, &1.into()));
}

#[test]
fn what_cannot_be_read_ends_with_1_and_a_wrong_head_with_2() {
    let ran = folder().run(["audit", "verify", "missing.jsonl"]).expect(1);
    assert!(
        ran.stderr.starts_with("error: missing.jsonl: the audit trail could not be read: No such file"),
        "{}",
        ran.stderr
    );
    let ran = coded().run(["audit", "verify", "--head", "7", "trail.jsonl"]).expect(2);
    assert!(
        ran.stderr.contains("give the head as NUMBER:HASH, with the 64 hexadecimal digits of the hash"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_empty_trail_is_not_taken_for_an_intact_one_unless_it_is_expected() {
    let folder = folder().with("trail.jsonl", "");
    let ran = verified(&folder, &[], 1);
    assert!(ran.stdout.starts_with("trail.jsonl: EMPTY, 0 lines, "), "{}", ran.stdout);
    assert!(ran.stdout.contains("never used, or all of it was removed"), "{}", ran.stdout);
    let report = json(&verified(&folder, &["--format", "json"], 1).stdout);
    assert_eq!((&report["intact"], &report["empty"]), (&false.into(), &true.into()));
    let expected = verified(&folder, &["--head", &head(&ran)], 0);
    assert!(expected.stdout.starts_with("trail.jsonl: intact, 0 lines, "), "{}", expected.stdout);
    verified(&folder, &["--head", &format!("4:{}", "5a".repeat(32))], 1);
    let report = json(&verified(&coded(), &["--format", "json"], 0).stdout);
    assert_eq!((&report["intact"], &report["empty"]), (&true.into(), &false.into()));
}

#[cfg(unix)]
#[test]
fn what_is_not_a_regular_file_is_no_trail() {
    for place in ["/dev/null", "."] {
        let ran = folder().run(["audit", "verify", place]).expect(1);
        let sentence = format!("error: {place}: the audit trail is not a regular file; give the path of a file\n");
        assert_eq!((&*ran.stdout, &*ran.stderr), ("", &*sentence));
    }
}

#[test]
fn the_help_page() {
    insta::assert_snapshot!("help_audit_verify", run(["audit", "verify", "--help"]).expect(0).stdout);
}
