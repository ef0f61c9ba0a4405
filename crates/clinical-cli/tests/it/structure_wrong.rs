//! Wrong input and wrong flags: one clear sentence, the right exit code, and nothing sent.

use crate::structure_support::{Haidy, RECORD};
use crate::support::{Folder, Ran, run_with_stdin};

#[track_caller]
fn refused(haidy: &Haidy, args: &[&str], code: i32) -> Ran {
    let ran = haidy.run([&["structure"], args].concat()).expect(code);
    assert_eq!(haidy.attempts(), 0, "something was sent for {args:?}");
    assert_eq!(ran.stdout, "", "{args:?}");
    ran
}

fn haidy() -> Haidy {
    let haidy = Haidy::start();
    let files: [(&str, &[u8]); 9] = [
        ("empty.txt", b""),
        ("latin1.txt", b"Hipertensi\xf3n"),
        ("not-a.pdf", b"Jane Roe has a cold"),
        ("not-a.wav", b"Jane Roe has a cold"),
        ("bad.json", br#"{"bubbles": [{"text": "Jane Roe"}]}"#),
        ("none.json", br#"{"bubbles": []}"#),
        ("backwards.json", br#"{"bubbles": [{"text": "Jane Roe", "start": 2, "end": 1}]}"#),
        ("not-json.json", b"Jane Roe"),
        ("token.json", br#"{"version": 9}"#),
    ];
    for (name, content) in files {
        std::fs::write(haidy.path(name), content).unwrap();
    }
    std::fs::create_dir(haidy.path("directory")).unwrap();
    haidy
}

#[test]
fn a_wrong_input_is_named_with_its_rule_and_exit_code_1() {
    let haidy = haidy();
    let table: &[(&[&str], &str)] = &[
        (
            &["empty.txt"],
            "error: empty.txt: new_records[].source.text of record 1 is empty or only white space; give a text",
        ),
        (
            &["missing.txt"],
            "error: missing.txt: new_records[].source does not exist; check the path (nothing was sent)",
        ),
        (
            &["directory"],
            "error: directory: new_records[].source is a directory; give the path of a file (nothing was sent)",
        ),
        (
            &["latin1.txt"],
            "error: latin1.txt: new_records[].source.text is not UTF-8 from byte 11 on; if it is Latin-1",
        ),
        (&["not-a.pdf"], "error: not-a.pdf: new_records[].source.base64 of record 1 is no PDF, PNG or JPEG; give"),
        (
            &["not-a.wav"],
            "error: not-a.wav: new_records[].source.base64 of record 1 is no MP3, WAV, WebM, MP4 or M4A; give",
        ),
        (&["--audio", "a.txt"], "error: a.txt: new_records[].source.base64 of record 1 is no MP3, WAV,"),
        (&["a.txt", "not-a.pdf"], "error: not-a.pdf: new_records[].source.base64 of record 2 is no PDF,"),
        (&["--transcript", "missing.json"], "error: missing.json: new_records[].source.transcript does not exist"),
        (
            &["--transcript", "bad.json"],
            "error: bad.json: new_records[].source.transcript is no transcript, see line 1, column 33",
        ),
        (
            &["--transcript", "none.json"],
            "error: none.json: new_records[].source.transcript.bubbles of record 1 has no bubble",
        ),
        (
            &["--transcript", "backwards.json"],
            "error: backwards.json: new_records[].source.transcript.bubbles of record 1: bubble 1",
        ),
        (&["a.txt", "--update", "missing.json"], "error: --update: missing.json: could not be read (entity not found)"),
        (&["a.txt", "--update", "not-json.json"], "error: --update: not-json.json: holistic_patient is not valid JSON"),
    ];
    for (args, sentence) in table {
        let ran = refused(&haidy, args, 1);
        assert!(ran.stderr.starts_with(sentence), "{args:?}: {}", ran.stderr);
        assert!(
            ran.stderr.ends_with("(nothing was sent)\n") && ran.stderr.lines().count() == 1,
            "{args:?}: {}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("Jane Roe"), "{args:?}: {}", ran.stderr);
    }
    assert!(!haidy.path("store").exists() || haidy.entries().is_empty());
}

#[test]
fn a_wrong_flag_is_named_with_its_rule_and_exit_code_2() {
    let haidy = haidy();
    let table: &[(&[&str], &str)] = &[
        (
            &[],
            "error: FILE is missing: give at least one file, `-` for stdin, --audio or --transcript; or --resume (nothing was sent)",
        ),
        (&["-", "a.txt", "--audio", "-"], "error: FILE: `-` (stdin) can be given only once (nothing was sent)"),
        (
            &["a.txt", "--engine-version", "1.0"],
            "error: --engine-version: config.structure_engine_version is not of the form MAJOR.MINOR.PATCH",
        ),
        (&["a.txt", "--language", " "], "error: --language: config.output_language is empty"),
        (
            &["a.txt", "--metadata-profile", ""],
            "error: --metadata-profile: config.record_metadata_profiles has an empty name",
        ),
        (&["a.txt", "--record-id", "1"], "error: --record-id: new_records[].record_id of record 1 is not a UUID"),
        (
            &["a.txt", "empty.txt", "--record-id", "1"],
            "error: --record-id: is given 1 times for 2 inputs; give it once for each",
        ),
        (&["a.txt", "--doctor", "dr\n1"], "error: --doctor: x-doctor contains a line break"),
        (&["a.txt", "--patient", "Muñoz"], "error: --patient: x-patient contains a control or non-ASCII character"),
        (&["a.txt", "--out", "directory"], "error: --out: is a directory; give the path of a file (nothing was sent)"),
        (&["a.txt", "--out", "missing/o.json"], "error: --out: no file can be made there (entity not found)"),
        (&["a.txt", "--out", "a.txt"], "error: --out: is one of the inputs; give another file (nothing was sent)"),
        (
            &["a.txt", "--token-out", "token.json"],
            "error: --token-out: token.json is there already, and may be the only way to a task",
        ),
        (&["a.txt", "--token-out", "missing/t"], "error: --token-out: missing/t cannot be made (entity not found)"),
        (&["--resume", "token.json"], "error: --resume: token.json: holds no task token, or one of another version"),
        (&["--resume", "missing.json"], "error: --resume: missing.json: does not exist, and is no key"),
        (&["--resume", "directory"], "error: --resume: directory: could not be read"),
        (
            &["a.txt", "--base-url", "http://haidy.example"],
            "error: base URL uses plain HTTP to a host that is not this machine",
        ),
        (&["a.txt", "--audit", "directory"], "error: --audit: "),
    ];
    for (args, sentence) in table {
        let ran = refused(&haidy, args, 2);
        assert!(ran.stderr.starts_with(sentence), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{args:?}: {}", ran.stderr);
    }
    assert_eq!(std::fs::read(haidy.path("a.txt")).unwrap(), RECORD.as_bytes());
    assert_eq!(std::fs::read(haidy.path("token.json")).unwrap(), br#"{"version": 9}"#);
}

#[test]
fn flags_that_exclude_each_other_or_need_another_are_refused_by_name() {
    let haidy = haidy();
    let table: &[(&[&str], &str)] = &[
        (&["a.txt", "--include-data"], "--fhir"),
        (&["a.txt", "--include-patient-metadata=perhaps"], "--include-patient-metadata"),
        (&["a.txt", "--timeout", "0"], "0 is not in 1..=86400"),
        (&["a.txt", "--accept-loss"], "--accept-loss"),
        (&["a.txt", "--resume", "t"], "--resume"),
        (&["--fhir", "--resume", "t"], "--fhir"),
        (&["--resume", "t", "--language", "de"], "--language"),
        (&["--resume", "t", "--include-patient"], "--include-patient"),
        (&["--resume", "t", "--sandbox"], "--sandbox"),
        (&["a.txt", "--token", "secret"], "--token"),
        (&["a.txt", "--sandbox", "--base-url", "http://127.0.0.1:9"], "--base-url"),
    ];
    for (args, word) in table {
        let ran = refused(&haidy, args, 2);
        assert!(ran.stderr.contains(word), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn a_store_that_cannot_be_used_stops_everything_before_it_is_sent() {
    let haidy = haidy();
    let mut command = haidy.folder.command(["structure", "a.txt", "--results", "a.txt"]);
    let sandbox = &haidy.vendor.sandbox;
    command.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
    let ran = Ran::from(command.output().unwrap()).expect(2);
    assert!(ran.stderr.starts_with("error: --results: the result store "), "{}", ran.stderr);
    assert_eq!(haidy.attempts(), 0);
}

#[test]
fn without_credentials_it_names_the_variables_and_never_simulates() {
    let folder = Folder::new().with("a.txt", RECORD);
    let ran = folder.run(["structure", "a.txt", "--results", "store"]).expect(4);
    assert_eq!(
        ran.stderr,
        "error: no credentials: set HAIDY_API_URL to the address that the vendor gave you and HAIDY_API_TOKEN to the token that the vendor \
         gave you, or add --sandbox for simulated answers from this machine (nothing was sent)\n"
    );
    assert_eq!(ran.stdout, "");
}

#[test]
fn two_tokens_are_one_too_many() {
    let haidy = haidy();
    std::fs::write(haidy.path("secret"), "other").unwrap();
    let ran = refused(&haidy, &["a.txt", "--token-file", "secret"], 2);
    assert!(ran.stderr.contains("--token-file and HAIDY_API_TOKEN both give a token"), "{}", ran.stderr);
}

#[test]
fn a_pdf_on_stdin_is_a_document_and_an_empty_stdin_is_named() {
    let haidy = haidy();
    let ran = run_with_stdin(haidy.command(["structure", "-"]), b"").expect(1);
    assert!(ran.stderr.starts_with("error: -: new_records[].source.text of record 1 is empty"), "{}", ran.stderr);
    assert_eq!(haidy.attempts(), 0);
    let pdf = std::fs::read(crate::support::examples().join("informe-alta.pdf")).unwrap();
    let ran = run_with_stdin(haidy.command(["structure", "-"]), &pdf).expect(0);
    assert!(ran.stdout.contains("enicilin"), "{}", ran.stdout);
}
