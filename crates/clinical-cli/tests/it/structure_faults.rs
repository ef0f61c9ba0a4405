//! When the vendor, the network or the output fails: an exit code, one sentence with the result's fate, and a way to go on that works.

use std::process::Stdio;
use std::time::Duration;

use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};

use crate::structure_support::{Haidy, has_entities};
use crate::support::{Ran, json};

#[test]
fn a_connection_lost_under_a_question_is_possibly_lost_and_only_a_person_asks_again() {
    let haidy = Haidy::start().fault(FaultKind::ResetBeforeResponse, "tasks", 1);
    let ran = haidy.run(["structure", "a.txt"]).expect(6);
    let (state, key) = haidy.entry();
    assert_eq!((state.as_str(), haidy.polls()), ("possibly_lost", 1));
    let next = format!("clinical results recover --ask-again {} --results store)\n", &key[..12]);
    assert!(
        ran.stderr.contains("(result possibly lost; submit again, or ask once more on purpose with: "),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with(&next), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    // Going on with it asks nothing.
    haidy.run(["structure", "--resume", &key[..12]]).expect(6);
    assert_eq!(haidy.polls(), 1);
    let ran = haidy.run(["results", "recover", "--ask-again", &key[..12]]).expect(0);
    assert!(has_entities(&json(&ran.stdout)));
    assert_eq!((haidy.entry().0.as_str(), haidy.polls()), ("done", 2));
}

#[test]
fn of_a_result_that_is_cut_the_part_is_kept_and_shown() {
    let haidy = Haidy::start().fault(FaultKind::ResetAfterBody { bytes: 60 }, "tasks", 1);
    let ran = haidy.run(["structure", "a.txt", "--out", "o.json"]).expect(6);
    assert!(ran.stderr.contains("(result partial; see what came with: clinical results show "), "{}", ran.stderr);
    assert!(!haidy.path("o.json").exists());
    let (state, key) = haidy.entry();
    assert_eq!(state, "partial");
    let shown = haidy.run(["results", "show", &key]).expect(0);
    assert_eq!(shown.stdout.len(), 60);
    assert!(shown.stdout.starts_with('{'), "{}", shown.stdout);
    assert!(
        shown.stderr.contains("only the first 60 bytes of the answer with the result; the rest is lost"),
        "{}",
        shown.stderr
    );
}

#[test]
fn an_answer_that_is_not_understood_is_kept_whole() {
    let haidy = Haidy::start().fault(FaultKind::InvalidJson, "tasks", 1);
    let ran = haidy.run(["structure", "a.txt"]).expect(6);
    assert!(ran.stderr.contains("(result kept; see it with: clinical results show "), "{}", ran.stderr);
    let (state, key) = haidy.entry();
    assert_eq!(state, "unread");
    let shown = haidy.run(["results", "show", &key]).expect(0);
    assert!(shown.stderr.contains("an answer that was not understood"), "{}", shown.stderr);
    assert!(!shown.stdout.is_empty());
}

#[test]
fn without_a_store_what_came_of_a_result_goes_to_the_output() {
    let haidy = Haidy::start().fault(FaultKind::ResetAfterBody { bytes: 60 }, "tasks", 1);
    let mut command = haidy.folder.command(["structure", "a.txt", "--accept-loss"]);
    let sandbox = &haidy.vendor.sandbox;
    command.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
    let ran = Ran::from(command.output().unwrap()).expect(6);
    assert_eq!(ran.stdout.len(), 60);
    assert!(
        ran.stderr.contains(
            "(result written to the output, in part, or an answer that was not understood; there is no other copy)"
        ),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_refused_token_under_a_question_is_4_and_nothing_is_taken() {
    let haidy = Haidy::start().fault(FaultKind::status(401), "tasks", 1);
    let ran = haidy.run(["structure", "a.txt"]).expect(4);
    assert!(ran.stderr.contains("(result not consumed; go on with: clinical structure --resume "), "{}", ran.stderr);
    let (state, key) = haidy.entry();
    assert_eq!(state, "waiting");
    let ran = haidy.run(["structure", "--resume", &key[..8]]).expect(0);
    assert!(has_entities(&json(&ran.stdout)));
}

#[test]
fn a_submission_that_was_turned_away_leaves_nothing() {
    let hour = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 3600 });
    for (fault, code) in
        [(FaultKind::status(401), 4), (FaultKind::status(403), 4), (hour, 5), (FaultKind::status(422), 1)]
    {
        let haidy = Haidy::start().fault(fault, "structure", 1);
        let ran = haidy.run(["structure", "a.txt"]).expect(code);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert_eq!(haidy.entries(), Vec::<serde_json::Value>::new());
    }
}

#[test]
fn a_submission_without_an_answer_is_never_repeated_and_stays_on_record() {
    let haidy = Haidy::start().fault(FaultKind::ResetBeforeResponse, "structure", 1);
    let ran = haidy.run(["structure", "a.txt"]).expect(6);
    assert!(ran.stderr.contains("it is not known whether the vendor made a task"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("(result possibly lost; `clinical results list --results store` shows it as submitting)"),
        "{}",
        ran.stderr
    );
    assert_eq!(haidy.attempts(), 1);
    assert_eq!(haidy.entries()[0]["state"], "submitting");
    let ran = haidy.run(["results", "recover"]).expect(1);
    assert!(ran.stderr.contains("1 of 1 entries have to be looked at by a person"), "{}", ran.stderr);
}

#[test]
fn nobody_listening_is_6_and_nothing_is_left_to_go_on_with() {
    let haidy = Haidy::start();
    let mut command = haidy.command(["structure", "a.txt", "--timeout", "1"]);
    let folder = haidy.folder;
    drop(haidy.vendor);
    let ran = Ran::from(command.output().unwrap()).expect(6);
    assert!(ran.stderr.contains("the connection could not be made (nothing was sent; "), "{}", ran.stderr);
    let list = folder.run(["results", "list", "--results", "store"]).expect(0);
    assert_eq!(list.stdout, "The store is empty.\n");
}

#[test]
fn a_vendor_that_is_gone_while_it_is_waited_for_is_6_and_nothing_is_taken() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    haidy.run(["structure", "a.txt", "--timeout", "1"]).expect(6);
    let (_, key) = haidy.entry();
    let mut command = haidy.command(["structure", "--timeout", "5", "--resume", &key]);
    let folder = haidy.folder;
    drop(haidy.vendor);
    let ran = Ran::from(command.output().unwrap()).expect(6);
    assert!(ran.stderr.contains("not asked (connect)"), "{}", ran.stderr);
    assert!(ran.stderr.contains("(result not consumed; go on with: clinical structure --resume "), "{}", ran.stderr);
    let list = folder.run(["results", "list", "--results", "store"]).expect(0);
    assert!(list.stdout.contains(" waiting "), "{}", list.stdout);
}

#[test]
fn a_task_that_takes_longer_than_is_waited_for_has_not_failed() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    let ran = haidy.run(["structure", "a.txt", "--timeout", "1"]).expect(6);
    assert!(
        ran.stderr.contains("the task still runs") && ran.stderr.contains("(result not consumed; go on with: "),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("failed"), "{}", ran.stderr);
    haidy.vendor.sandbox.clock().advance(Duration::from_secs(60));
    let ran = haidy.run(["structure", "--resume", &haidy.entry().1]).expect(0);
    assert!(has_entities(&json(&ran.stdout)));
}

#[test]
fn a_task_that_fails_at_the_vendor_is_1_and_its_reason_is_shown_on_request_only() {
    let haidy = Haidy::start();
    std::fs::write(haidy.path("broken.pdf"), b"%PDF-1.7\nnothing of it can be read").unwrap();
    let ran = haidy.run(["structure", "broken.pdf"]).expect(1);
    assert!(ran.stderr.contains("the vendor could not do the task"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("the vendor wrote"), "{}", ran.stderr);
    let (state, key) = haidy.entry();
    assert_eq!(state, "failed");
    let ran = haidy.run(["structure", "--details", "--resume", &key]).expect(1);
    assert!(ran.stderr.contains("the vendor wrote: "), "{}", ran.stderr);
    assert_eq!(haidy.polls(), 1);
    let shown = haidy.run(["results", "show", &key]).expect(0);
    assert!(shown.stderr.contains("why the task failed; there is no result"), "{}", shown.stderr);
    assert_eq!(json(&shown.stdout)["status"], "FAILED");
}

#[test]
fn a_task_that_somebody_else_took_is_gone() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt", "--token-out", "t.json"]).expect(0);
    let mut elsewhere = haidy.folder.command(["structure", "--resume", "t.json", "--results", "another"]);
    let sandbox = &haidy.vendor.sandbox;
    elsewhere.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
    let ran = Ran::from(elsewhere.output().unwrap()).expect(6);
    assert!(
        ran.stderr.contains("the vendor does not know the task") && ran.stderr.contains("possibly lost"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_token_of_another_server_is_refused_before_anything_is_sent() {
    let (haidy, other) = (Haidy::start(), Haidy::start());
    haidy.run(["structure", "a.txt", "--token-out", "t.json"]).expect(0);
    let token = haidy.path("t.json");
    let ran = other.run(["structure", "--resume", token.to_str().unwrap()]);
    assert!(ran.stderr.contains("is of another server"), "{}", ran.stderr);
    assert_eq!((ran.expect(2).stdout.as_str(), other.attempts()), ("", 0));
}

#[test]
fn a_file_is_not_touched_before_there_is_a_result() {
    let haidy = Haidy::start().fault(FaultKind::status(401), "tasks", 1);
    std::fs::write(haidy.path("o.json"), "of an earlier run").unwrap();
    haidy.run(["structure", "a.txt", "--out", "o.json"]).expect(4);
    assert_eq!(std::fs::read(haidy.path("o.json")).unwrap(), b"of an earlier run");
    let (_, key) = haidy.entry();
    haidy.run(["structure", "--resume", &key, "--out", "o.json"]).expect(0);
    assert!(has_entities(&json(&std::fs::read_to_string(haidy.path("o.json")).unwrap())));
    let left = std::fs::read_dir(haidy.folder.path()).unwrap().count();
    assert_eq!(left, 3, "the input, the store and the output");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_loses_nothing() {
    for as_stdout in [false, true] {
        let haidy = Haidy::start();
        let mut command = haidy.command(["structure", "a.txt"]);
        if as_stdout {
            command.stdout(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
            command.stderr(Stdio::piped());
        } else {
            command.args(["--out", "/dev/full"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        let ran = Ran::from(command.spawn().unwrap().wait_with_output().unwrap()).expect(1);
        let (state, key) = haidy.entry();
        assert_eq!(state, "done");
        let next = format!("(result kept; see it with: clinical results show {} --results store)\n", &key[..12]);
        assert!(ran.stderr.contains("could not be written") && ran.stderr.ends_with(&next), "{}", ran.stderr);
        let shown = haidy.run(["results", "show", &key]).expect(0);
        assert!(has_entities(&json(&shown.stdout)));
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_is_full_loses_nothing_either() {
    // The store's files may have 1 KiB at most: the token has room in one, the result has not.
    let haidy = Haidy::start();
    std::fs::write(
        haidy.path("long.txt"),
        format!("{} {}", crate::structure_support::RECORD, "No change. ".repeat(500)),
    )
    .unwrap();
    let unlimited = haidy.command(["structure", "long.txt"]);
    let mut command = std::process::Command::new("/bin/sh");
    command
        .args(["-c", "ulimit -f 2; exec \"$0\" \"$@\""])
        .arg(unlimited.get_program())
        .args(unlimited.get_args())
        .env_clear()
        .envs(unlimited.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(haidy.folder.path());
    let ran = Ran::from(command.output().unwrap()).expect(1);
    assert!(has_entities(&json(&ran.stdout)));
    assert!(ran.stderr.contains("the result store could not write a piece of an answer"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("(result written to the output, whole; there is no other copy)\n"), "{}", ran.stderr);
    assert_eq!(haidy.entry().0, "partial");
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_loses_nothing_either() {
    let haidy = Haidy::start();
    let mut child = haidy.command(["structure", "a.txt"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(141));
    assert_eq!(haidy.entry().0, "done");
}

#[test]
fn a_result_that_does_not_fit_the_contract_is_written_as_it_came_and_named_by_its_place() {
    // The store's files are the vendor's answers, so one of them stands in for a vendor of another version.
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt"]).expect(0);
    let (_, key) = haidy.entry();
    let folder = haidy.path("store").join(&key);
    let answer = std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    let answer =
        answer.into_iter().find(|path| path.file_name().unwrap().to_string_lossy().starts_with("answer-")).unwrap();
    let task = haidy.vendor.sandbox.tasks()[0].id.clone();
    let odd = format!(
        r#"{{"task_id":"{task}","status":"DONE","result":{{"clinical_records":[{{"record_id":"canary"}},7]}}}}"#
    );
    // As long as before, or the store would take the entry for damaged.
    let length = answer.metadata().unwrap().len().try_into().unwrap();
    std::fs::write(&answer, format!("{odd:<length$}")).unwrap();
    let ran = haidy.run(["structure", "--resume", &key]).expect(6);
    assert_eq!(ran.stdout, "{\"clinical_records\":[{\"record_id\":\"canary\"},7]}\n");
    assert!(ran.stderr.contains("does not fit the contract, see /clinical_records/1"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
}

#[test]
fn a_limited_rate_under_a_question_is_waited_out() {
    let haidy = Haidy::start();
    let limit = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 1 });
    haidy.vendor.sandbox.inject(Fault::new(limit).on("tasks").nth(1)).unwrap();
    let ran = haidy.run(["structure", "a.txt"]).expect(0);
    assert!(ran.stderr.contains(": not asked (throttled)\n"), "{}", ran.stderr);
    assert_eq!(haidy.polls(), 2);
}
