//! Batches that are not undisturbed: whatever breaks, no row is created twice, and what nobody knows is said and not sent again.

use std::time::Duration;

use clinical_sandbox::{Fault, FaultKind, RetryAfter};

use crate::novamed_support::{Nova, PATIENTS, ended, states};
use crate::support::{Ran, json};

const FILE: [&str; 5] = ["patient", "--file", "p.csv", "--format", "ndjson"];

fn with(more: &[&'static str]) -> Vec<&'static str> {
    [&FILE[..], more].concat()
}

fn nova() -> Nova {
    Nova::start().file("p.csv", PATIENTS)
}

/// A patient for each year.
fn born_in(years: std::ops::Range<u32>) -> String {
    let rows = years.map(|year| format!("A,Smith,{year}-03-15,a@b.c"));
    PATIENTS.lines().take(1).map(str::to_owned).chain(rows).collect::<Vec<_>>().join("\n")
}

/// What a row says of its failure.
fn error(stdout: &str, row: usize, name: &str) -> String {
    json(stdout.lines().nth(row - 1).unwrap())["error"][name].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_file_that_is_given_again_creates_nothing_a_second_time_and_tells_what_there_is() {
    let nova = nova();
    let first = nova.run(FILE).expect(0);
    let again = nova.run(FILE).expect(0);
    assert_eq!(states(&again.stdout), ["created_before"; 3]);
    assert_eq!(first.stdout.replace("created", "created_before"), again.stdout);
    assert_eq!(nova.requests(), 3);
    // It is what the rows say that counts, not where they stand.
    let turned: Vec<_> =
        PATIENTS.lines().take(1).chain(PATIENTS.lines().skip(1).collect::<Vec<_>>().into_iter().rev()).collect();
    let nova = nova.file("p.csv", turned.join("\n") + "\nNew,One,2000-01-01,new@example.com\n");
    let more = nova.run(FILE).expect(0);
    assert_eq!(states(&more.stdout), ["created_before", "created_before", "created_before", "created"]);
    assert_eq!(nova.processed("create_patient"), (4, 4));
}

#[test]
fn killed_in_the_middle_the_same_file_sends_only_what_was_not_sent() {
    for after_commit in [false, true] {
        let nova = nova();
        let silent = Fault::new(FaultKind::NoAnswer).on("create_patient").nth(2);
        nova.vendor.sandbox.inject(if after_commit { silent.after_commit() } else { silent }).unwrap();
        let mut child = nova.spawn(FILE);
        nova.until("create_patient", 2);
        child.kill().unwrap();
        let killed = ended(child);
        // Each row is written as soon as it is known.
        assert_eq!(states(&killed.stdout), ["created"]);
        let again = nova.run(FILE).expect(1);
        assert_eq!(states(&again.stdout), ["created_before", "unknown", "created"]);
        assert_eq!(error(&again.stdout, 2, "kind"), "duplicate");
        assert_eq!(error(&again.stdout, 2, "delivery"), "not_sent");
        let sentence = error(&again.stdout, 2, "message");
        assert!(sentence.contains("api@nimbus-os.com") && sentence.ends_with(". If a second one is wanted: --again"));
        let processed = if after_commit { 3 } else { 2 };
        assert_eq!(nova.processed("create_patient"), (processed, usize::try_from(processed).unwrap()));
        assert_eq!(nova.attempts("create_patient"), 3);
        // A person found out that the vendor has not got it.
        let uncertain: Vec<_> = nova.log().into_iter().filter(|(state, _)| state == "uncertain").collect();
        assert_eq!(uncertain.len(), 1);
        assert!(sentence.contains(&format!(" (on record as uncertain, key {})", &uncertain[0].1[..12])), "{sentence}");
        nova.folder.run(["novamed", "log", "remove", &uncertain[0].1[..8], "--log", "log"]).expect(0);
        let last = nova.run(FILE).expect(0);
        assert_eq!(states(&last.stdout), ["created_before", "created", "created_before"]);
    }
}

#[test]
fn an_answer_that_breaks_off_leaves_its_row_unknown_and_the_others_are_sent() {
    let faults = [
        FaultKind::ResetBeforeResponse,
        FaultKind::ResetAfterHeaders,
        FaultKind::TruncatedBody { bytes: 5 },
        FaultKind::status(503),
        FaultKind::status(500),
    ];
    for fault in faults {
        let name = fault.name();
        let nova = nova().fault(fault, "create_patient", 2);
        let ran = nova.run(FILE).expect(1);
        assert_eq!(states(&ran.stdout), ["created", "unknown", "created"], "{name}");
        assert_eq!(error(&ran.stdout, 2, "kind"), "outcome_unknown", "{name}");
        assert!(ran.stderr.starts_with("error: p.csv, row 2 (line 3): "), "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains("Do not send it again: "), "{name}: {}", ran.stderr);
        let uncertain: Vec<_> = nova.log().into_iter().filter(|(state, _)| state == "uncertain").collect();
        assert!(
            ran.stderr.contains(&format!("(on record as uncertain, key {})\n", &uncertain[0].1[..12])),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.ends_with("\n1 of 3 rows failed\n"), "{name}: {}", ran.stderr);
        let again = nova.run(FILE).expect(1);
        assert_eq!(states(&again.stdout), ["created_before", "unknown", "created_before"], "{name}");
        assert_eq!(nova.attempts("create_patient"), 3, "{name}");
        // Asked for by name, the second one is sent, and it alone is known then.
        let wanted = nova.run(with(&["--again"])).expect(0);
        assert_eq!(states(&wanted.stdout), ["created"; 3], "{name}");
    }
}

#[test]
fn a_silent_vendor_costs_the_time_out_and_a_single_row_ends_with_6() {
    let nova = nova().fault(FaultKind::NoAnswer, "create_practitioner", 1);
    let args = ["practitioner", "--first-name", "Sarah", "--last-name", "Johnson", "--email", "a@b.c"];
    let args = [&args[..], &["--npi", "1234567890", "--timeout", "1"]].concat();
    let ran = nova.run(&args).expect(6);
    assert!(ran.stdout.contains("  unknown         outcome_unknown\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("Do not send it again: no event tells of it in this revision"), "{}", ran.stderr);
    // Unknown from before is nothing that the vendor does now.
    let ran = nova.run(&args).expect(1);
    assert!(ran.stdout.contains("  unknown         duplicate\n"), "{}", ran.stdout);
    assert_eq!(nova.attempts("create_practitioner"), 1);
}

#[test]
fn after_three_rows_without_an_answer_the_rest_is_not_begun() {
    let nova = Nova::start().file("p.csv", born_in(1985..1990));
    nova.vendor.sandbox.inject(Fault::new(FaultKind::status(502)).on("create_patient").range(1, 3)).unwrap();
    let ran = nova.run(FILE).expect(6);
    assert_eq!(states(&ran.stdout), ["unknown", "unknown", "unknown", "not_begun", "not_begun"]);
    assert_eq!(error(&ran.stdout, 4, "kind"), "not_begun");
    assert_eq!(nova.attempts("create_patient"), 3);
    let ran = nova.run(FILE).expect(1);
    assert_eq!(states(&ran.stdout), ["unknown", "unknown", "unknown", "created", "created"]);
}

#[test]
fn a_vendor_that_cannot_be_reached_has_got_nothing_and_everything_is_sent_later() {
    let nova = nova();
    let mut command = nova.bare(with(&["--timeout", "1", "--synthetic-data-only", "--log", "log"]));
    // A port that nobody listens on, and that no other test is given.
    command.arg("--base-url=http://127.0.0.1:1").env("NOVAMED_API_KEY", nova.vendor.sandbox.token());
    let ran: Ran = command.output().unwrap().into();
    let ran = ran.expect(6);
    assert_eq!(states(&ran.stdout), ["not_created"; 3]);
    assert_eq!(error(&ran.stdout, 1, "delivery"), "not_sent");
    assert!(nova.log().is_empty(), "{:?}", nova.log());
    assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created"; 3]);
}

#[test]
fn a_limited_rate_is_waited_for_and_a_final_one_ends_the_batch() {
    let soon = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 1 });
    let nova = nova().fault(soon, "create_patient", 2);
    assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created"; 3]);
    assert_eq!((nova.attempts("create_patient"), nova.processed("create_patient")), (4, (3, 3)));

    let late = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 3600 });
    let nova = self::nova().fault(late, "create_patient", 2);
    let ran = nova.run(FILE).expect(1);
    assert_eq!(states(&ran.stdout), ["created", "not_created", "not_begun"]);
    assert_eq!(
        (error(&ran.stdout, 2, "kind"), error(&ran.stdout, 3, "kind")),
        ("throttled".into(), "throttled".into())
    );
    assert!(ran.stderr.contains("row 3 (line 4): not tried, because the vendor limits the rate"), "{}", ran.stderr);
    assert_eq!(nova.attempts("create_patient"), 2);
    assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created_before", "created", "created"]);

    let late = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 3600 });
    let nova = self::nova().fault(late, "create_patient", 1);
    nova.run(FILE).expect(5);
}

#[test]
fn a_refused_key_ends_the_batch() {
    for status in [401, 403] {
        let nova = nova().fault(FaultKind::status(status), "create_patient", 2);
        let ran = nova.run(FILE).expect(4);
        assert_eq!(states(&ran.stdout), ["created", "not_created", "not_begun"]);
        assert_eq!(nova.attempts("create_patient"), 2);
        assert!(ran.stderr.contains("row 3 (line 4): not tried, because the vendor refused the key before"));
        assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created_before", "created", "created"]);
    }
}

#[test]
fn a_rejected_row_stops_no_other_and_the_vendors_words_are_shown_on_request_alone() {
    let clinic = "6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01";
    let csv = PATIENTS
        .replace(",email\n", ",email,clinic\n")
        .replace("john@example.com", &format!("john@example.com,{clinic}"));
    let nova = Nova::start().file(
        "p.csv",
        csv.replace("mary@example.com", "mary@example.com,").replace("anna@example.com", "anna@example.com,"),
    );
    let ran = nova.run(FILE).expect(1);
    assert_eq!(states(&ran.stdout), ["not_created", "created", "created"]);
    assert_eq!(error(&ran.stdout, 1, "delivery"), "answered");
    assert!(!ran.stderr.contains("Clinic not found"), "{}", ran.stderr);
    let ran = nova.run(with(&["--details"])).expect(1);
    assert!(ran.stderr.contains("p.csv, row 1 (line 2): the vendor wrote: Clinic not found\n"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("Clinic not found"), "{}", ran.stdout);
}

#[test]
fn without_a_log_a_second_run_is_a_second_creation_as_the_help_says() {
    let nova = nova();
    for _ in 0..2 {
        let mut command = nova.at(FILE);
        let ran: Ran = command.arg("--no-log").output().unwrap().into();
        assert_eq!(states(&ran.expect(0).stdout), ["created"; 3]);
    }
    assert_eq!(nova.processed("create_patient"), (6, 3));
}

#[test]
fn nothing_is_sent_without_a_log_that_can_be_written() {
    let nova = nova().file("log", "a file");
    let ran = nova.run(FILE).expect(2);
    assert!(ran.stderr.starts_with("error: --log: "), "{}", ran.stderr);
    if cfg!(target_os = "linux") {
        let mut command = nova.at(FILE);
        command.env("HOME", nova.folder.path()).env("XDG_STATE_HOME", nova.folder.path().join("log"));
        let ran: Ran = command.output().unwrap().into();
        assert!(ran.expect(2).stderr.contains("--log DIR names another one"));
    }
    assert_eq!(nova.requests(), 0);
}

#[test]
fn the_log_of_this_user_is_the_default() {
    let nova = nova();
    for expected in ["created", "created_before"] {
        let mut command = nova.at(FILE);
        command.env("HOME", nova.folder.path()).env("XDG_STATE_HOME", nova.folder.path().join("state"));
        let ran: Ran = command.output().unwrap().into();
        assert_eq!(states(&ran.expect(0).stdout), [expected; 3]);
    }
    if cfg!(target_os = "linux") {
        assert!(nova.folder.path().join("state/clinical-clients/novamed-submissions").is_dir());
    }
}

#[test]
fn two_processes_with_the_same_file_create_each_row_once() {
    let nova = Nova::start().file("p.csv", born_in(1970..1990));
    let both = [nova.spawn(FILE), nova.spawn(FILE)];
    let both = both.map(ended);
    assert_eq!(nova.processed("create_patient"), (20, 20));
    let created = both.iter().flat_map(|ran| states(&ran.stdout)).filter(|state| state == "created").count();
    assert_eq!(created, 20);
    // What the other process has under way at that moment is uncertain then, and certain afterwards.
    assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created_before"; 20]);
}

#[test]
fn a_slow_answer_is_waited_for() {
    let nova = nova().fault(FaultKind::latency(Duration::from_millis(300)), "create_patient", 1);
    assert_eq!(states(&nova.run(FILE).expect(0).stdout), ["created"; 3]);
}
