//! `--token-file`: where the token comes from if not from the variable, and what is said of a file that cannot be used.

use crate::support::{Folder, NOTE, Ran, Vendor, json};

fn folder() -> Folder {
    Folder::new().with("a.txt", NOTE).with("b.txt", "Fiebre y tos.")
}

/// Runs with the vendor's address and without its token.
fn run(vendor: &Vendor, folder: &Folder, args: &[&str]) -> Ran {
    let mut command = vendor.command(folder, args);
    command.env_remove("OMNISCRIBE_API_TOKEN").output().unwrap().into()
}

#[test]
fn the_token_in_the_file_is_sent() {
    let vendor = Vendor::start();
    let folder = folder().with("token", format!("{}\n", vendor.sandbox.token()));
    run(&vendor, &folder, &["codify", "--token-file", "token", "a.txt", "b.txt"]).expect(0);
    run(&vendor, &folder, &["health", "--token-file", "token"]).expect(0);
    let mut blank = vendor.command(&folder, ["codify", "--token-file", "token", "a.txt"]);
    Ran::from(blank.env("OMNISCRIBE_API_TOKEN", " ").output().unwrap()).expect(0);
}

#[test]
fn a_token_from_two_places_is_2_and_neither_is_sent_or_shown() {
    let vendor = Vendor::start();
    let folder = folder().with("token", vendor.sandbox.token());
    let ran = vendor.run(&folder, ["codify", "--token-file", "token", "a.txt"]).expect(2);
    let sentence =
        "error: --token-file and OMNISCRIBE_API_TOKEN both give a token; use one of them (nothing was sent)\n";
    assert_eq!((ran.stderr.as_str(), ran.stdout.as_str(), vendor.attempts()), (sentence, "", 0));
    let ran = run(&vendor, &folder, &["codify", "--sandbox", "--token-file", "token", "a.txt"]).expect(2);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
}

#[test]
fn a_file_that_cannot_be_used_is_4_and_neither_its_content_nor_what_was_given_as_its_name_is_shown() {
    let vendor = Vendor::start();
    let folder = folder().with("empty", "").with("words", "canary-token in words").with("long", "c".repeat(20_000));
    let table = [
        ("canary-token", "token file does not exist; give the path of the file that holds the token"),
        (".", "token file is not a regular file; give the path of a file"),
        ("empty", "token file is empty; write the token that the vendor issued into it"),
        (
            "words",
            "token file contains a space, line break or non-ASCII character; copy the token again, without quotes",
        ),
        ("long", "token file is longer than 16 KiB, which no token is; give the right file"),
    ];
    for (path, rule) in table {
        let ran = run(&vendor, &folder, &["codify", "--token-file", path, "a.txt"]).expect(4);
        assert_eq!(ran.stderr, format!("error: {rule} (nothing was sent)\n"));
        assert_eq!((ran.stdout.as_str(), vendor.attempts()), ("", 0));
    }
}

#[test]
fn a_refused_token_is_sent_once_if_the_file_still_holds_it() {
    let vendor = Vendor::start();
    let folder = folder().with("token", "another-token");
    let args = ["codify", "--in-flight", "1", "--output", "ndjson", "--token-file", "token", "a.txt", "b.txt"];
    let ran = run(&vendor, &folder, &args).expect(4);
    assert_eq!(vendor.attempts(), 1);
    let item = json(ran.stdout.lines().next().unwrap());
    assert_eq!((&item["error"]["kind"], &item["error"]["attempts"]), (&"credentials".into(), &1.into()));
    assert!(!(ran.stdout + &ran.stderr).contains("another-token"));
}

#[test]
fn only_the_address_is_asked_for_when_there_is_a_token_file() {
    let ran = folder().with("token", "token").run(["codify", "--token-file", "token", "a.txt"]).expect(4);
    assert!(ran.stderr.contains("set OMNISCRIBE_API_URL") && !ran.stderr.contains("API_TOKEN"), "{}", ran.stderr);
}
