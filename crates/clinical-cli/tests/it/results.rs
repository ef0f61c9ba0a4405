//! `clinical results`: what is kept is found by its key, shown as it came, and not removed by accident. Nothing is sent.

use std::time::Duration;

use clinical_sandbox::{FaultKind, Sandbox};

use crate::structure_support::{Haidy, has_entities};
use crate::support::{Folder, json};

#[test]
fn a_list_has_what_is_known_of_a_task_and_nothing_of_its_result() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt", "--record-id", "123e4567-e89b-12d3-a456-426614174000"]).expect(0);
    let entry = &haidy.entries()[0];
    let task = haidy.vendor.sandbox.tasks()[0].id.clone();
    for (name, value) in [
        ("state", "done"),
        ("vendor", "haidy"),
        ("operation", "structure"),
        ("server", haidy.vendor.sandbox.url()),
        ("task", &task),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
    assert_eq!(entry["references"], serde_json::json!(["123e4567-e89b-12d3-a456-426614174000"]));
    assert_eq!(entry["busy"], false);
    assert!(entry["bytes"].as_u64().unwrap() > 100);
    assert!(entry["submitted"].as_str().unwrap().ends_with('Z'));
    let table = haidy.run(["results", "list"]).expect(0).stdout;
    let key = entry["key"].as_str().unwrap();
    for part in [&key[..12], " done ", "123e4567-e89b-12d3-a456-426614174000"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(!table.contains("Metformin") && !entry.to_string().contains("Metformin"), "{table}");
}

#[test]
fn raw_is_the_whole_answer_and_otherwise_only_the_result_in_it() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt"]).expect(0);
    let (_, key) = haidy.entry();
    let result = haidy.run(["results", "show", &key]).expect(0).stdout;
    let answer = haidy.run(["results", "show", &key, "--raw"]).expect(0);
    assert!(
        answer.stderr.contains("on stdout is the vendor's answer. Treat it as patients' data."),
        "{}",
        answer.stderr
    );
    assert!(answer.stdout.contains(result.trim_end()) && answer.stdout.len() > result.len());
    assert_eq!(json(&answer.stdout)["status"], "DONE");
    assert!(has_entities(&json(&result)));
}

#[test]
fn a_key_is_named_by_its_first_digits_if_they_are_enough_and_no_others() {
    let haidy = Haidy::start();
    // Two entries whose keys begin alike, which no two tasks of a test would have.
    haidy.run(["structure", "a.txt"]).expect(0);
    let (_, key) = haidy.entry();
    let other = if key.as_bytes()[20] == b'0' { "1" } else { "0" };
    let twin = key[..20].to_owned() + &other.repeat(12);
    std::fs::create_dir(haidy.path("store").join(&twin)).unwrap();
    let table: [(&str, i32, &str); 8] = [
        (&key, 0, ""),
        (&key[..21], 0, ""),
        (&key[..20], 2, "KEY: 2 entries begin with it; give more digits"),
        (&key[..3], 2, "KEY: is none; give 4 to 32 hexadecimal digits"),
        (&key[1..9], 2, "KEY: no entry of this store has it"),
        ("0123456789", 2, "KEY: no entry of this store has it"),
        ("../../etc", 2, "KEY: is none;"),
        ("ABCDEF", 2, "KEY: is none;"),
    ];
    for (given, code, sentence) in table {
        let ran = haidy.run(["results", "show", given]).expect(code);
        assert!(code == 0 || ran.stderr.starts_with(&format!("error: {sentence}")), "{given}: {}", ran.stderr);
    }
}

#[test]
fn an_entry_without_an_answer_says_what_to_do_instead() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    haidy.run(["structure", "a.txt", "--timeout", "1"]).expect(6);
    let (state, key) = haidy.entry();
    assert_eq!(state, "waiting");
    let ran = haidy.run(["results", "show", &key]).expect(1);
    let next = format!("go on with: clinical structure --resume {} --results store\n", &key[..12]);
    assert!(ran.stderr.contains("nothing is kept of an answer") && ran.stderr.ends_with(&next), "{}", ran.stderr);
    // What waits is nothing to worry about.
    haidy.run(["results", "recover"]).expect(0);
}

#[test]
fn a_task_whose_result_can_still_be_had_is_removed_by_force_alone() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    haidy.run(["structure", "a.txt", "--timeout", "1"]).expect(6);
    let (_, key) = haidy.entry();
    let ran = haidy.run(["results", "remove", &key]).expect(2);
    assert!(ran.stderr.contains("Without its token nobody can take the result any more"), "{}", ran.stderr);
    haidy.run(["results", "remove", &key, "--force"]).expect(0);
    assert!(haidy.entries().is_empty());
    haidy.vendor.sandbox.clock().advance(Duration::from_secs(60));
}

#[test]
fn what_has_ended_is_removed_with_all_that_is_kept_of_it() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt"]).expect(0);
    let (_, key) = haidy.entry();
    haidy.run(["results", "remove", &key[..4]]).expect(0);
    assert_eq!(std::fs::read_dir(haidy.path("store")).unwrap().count(), 0);
    let ran = haidy.run(["results", "remove", &key]).expect(2);
    assert!(ran.stderr.contains("no entry of this store has it"), "{}", ran.stderr);
}

#[test]
fn only_what_is_uncertain_is_asked_for_again() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt"]).expect(0);
    let (_, key) = haidy.entry();
    let ran = haidy.run(["results", "recover", "--ask-again", &key]).expect(2);
    assert!(ran.stderr.contains("nothing is uncertain about this entry: result kept; see it with: "), "{}", ran.stderr);
    assert_eq!(haidy.polls(), 1);
    haidy.folder.run(["results", "recover", "--results", "store"]).expect(0);
}

#[test]
fn asking_again_for_a_result_that_is_destroyed_says_that_it_is_gone_and_keeps_the_part() {
    let haidy = Haidy::start().fault(FaultKind::ResetAfterBody { bytes: 60 }, "tasks", 1);
    haidy.run(["structure", "a.txt"]).expect(6);
    let (_, key) = haidy.entry();
    let ran = haidy.run(["results", "recover", "--ask-again", &key]).expect(6);
    assert!(ran.stderr.contains("the vendor does not know the task"), "{}", ran.stderr);
    assert_eq!(haidy.entry().0, "gone");
    assert_eq!(haidy.run(["results", "show", &key]).expect(0).stdout.len(), 60);
}

#[test]
fn a_directory_that_is_not_there_is_not_made_by_looking() {
    let folder = Folder::new();
    for command in ["list", "recover"] {
        let ran = folder.run(["results", command, "--results", "typo"]).expect(2);
        assert_eq!(ran.stderr, "error: --results: there is no such directory; give that of a store\n");
    }
    assert!(!folder.path().join("typo").exists());
}

#[test]
fn an_entry_that_cannot_be_read_hides_no_other_and_is_for_a_person() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt"]).expect(0);
    std::fs::create_dir(haidy.path("store").join("0".repeat(32))).unwrap();
    let states: Vec<_> = haidy.entries().iter().map(|entry| entry["state"].clone()).collect();
    assert!(states.contains(&"done".into()) && states.contains(&"damaged".into()), "{states:?}");
    haidy.run(["results", "recover"]).expect(1);
}
