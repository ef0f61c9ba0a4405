//! Bad input: one clear sentence that names the field and the rule, on stderr, and nothing sent.

use crate::support::{Folder, NOTE, Ran, Vendor};

/// Runs against a sandbox and proves that nothing arrived there.
#[track_caller]
fn refused(folder: &Folder, args: &[&str], code: i32) -> Ran {
    let vendor = Vendor::start();
    let ran = vendor.run(folder, [&["codify"], args].concat()).expect(code);
    assert_eq!(vendor.attempts(), 0, "something was sent for {args:?}");
    assert_eq!(ran.stdout, "", "{args:?}");
    ran
}

fn folder() -> Folder {
    Folder::new()
        .with("note.txt", NOTE)
        .with("empty.txt", "")
        .with("blank.txt", " \r\n\t\u{a0}\n")
        .with("long.txt", "a".repeat(51_201))
        .with("latin1.txt", b"Hipertensi\xf3n arterial")
        .with("utf16.txt", b"\xff\xfeH\0T\0A\0")
        .with("not-a.pdf", "Jane Roe has a cold")
        .with("empty.pdf", "")
        .with("long.pdf", [b"%PDF-1.4".as_slice(), &vec![b'a'; 5 * 1024 * 1024]].concat())
}

#[test]
fn a_single_bad_input_is_one_sentence_and_exit_code_1() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("directory")).unwrap();
    let table: &[(&[&str], &str)] = &[
        (
            &["empty.txt"],
            "error: empty.txt: medical_note is empty or only white space; give the text of the note (nothing was sent)",
        ),
        (
            &["blank.txt"],
            "error: blank.txt: medical_note is empty or only white space; give the text of the note (nothing was sent)",
        ),
        (
            &["long.txt"],
            "error: long.txt: medical_note has 51201 bytes of UTF-8; at most 51200 are allowed; shorten it or have it split (nothing was sent)",
        ),
        (&["missing.txt"], "error: missing.txt: medical_note does not exist; check the path (nothing was sent)"),
        (&["directory"], "error: directory: medical_note is a directory; give the path of a file (nothing was sent)"),
        (
            &["latin1.txt"],
            "error: latin1.txt: medical_note is not UTF-8 from byte 11 on; if it is Latin-1 or Windows-1252, convert it first, for example with: iconv -f WINDOWS-1252 -t UTF-8 (nothing was sent)",
        ),
        (
            &["utf16.txt"],
            "error: utf16.txt: medical_note is UTF-16; convert it first, for example with: iconv -f UTF-16 -t UTF-8 (nothing was sent)",
        ),
        (
            &["not-a.pdf"],
            "error: not-a.pdf: pdf_file is not a PDF: there is no %PDF- header in its first 1,024 bytes; give a PDF (nothing was sent)",
        ),
        (
            &["--pdf", "not-a.pdf"],
            "error: not-a.pdf: pdf_file is not a PDF: there is no %PDF- header in its first 1,024 bytes; give a PDF (nothing was sent)",
        ),
        (
            &["note.txt", "--pdf", "not-a.pdf"],
            "error: not-a.pdf: pdf_file is not a PDF: there is no %PDF- header in its first 1,024 bytes; give a PDF (nothing was sent)",
        ),
        (&["--pdf", "empty.pdf"], "error: empty.pdf: pdf_file is empty; give a PDF (nothing was sent)"),
        (
            &["--pdf", "long.pdf"],
            "error: long.pdf: pdf_file has 5242888 bytes; at most 5242880 are allowed; make it smaller or send fewer pages (nothing was sent)",
        ),
    ];
    for (args, sentence) in table {
        let ran = refused(&folder, args, 1);
        assert_eq!(ran.stderr.trim_end(), *sentence, "{args:?}");
    }
}

#[test]
fn a_missing_pdf_names_its_field() {
    let ran = refused(&folder(), &["--pdf", "missing.pdf"], 1);
    assert!(ran.stderr.starts_with("error: missing.pdf: pdf_file "), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
}

#[test]
fn a_missing_pdf_of_a_note_is_named_whether_it_is_split_or_not() {
    for args in [["note.txt", "--pdf", "missing.pdf"].as_slice(), &["--split", "note.txt", "--pdf", "missing.pdf"]] {
        let ran = refused(&folder(), args, 1);
        let head = "error: missing.pdf: pdf_file ";
        assert!(ran.stderr.starts_with(head), "{}", ran.stderr);
    }
}

#[test]
fn a_bad_note_beside_a_pdf_is_named_as_the_note() {
    let ran = refused(&folder(), &["empty.txt", "--pdf", "long.pdf"], 1);
    let head = "error: empty.txt: medical_note is empty";
    assert!(ran.stderr.starts_with(head), "{}", ran.stderr);
}

#[test]
fn a_wrong_reference_or_setting_is_one_sentence_and_exit_code_2() {
    let folder = folder();
    let long_id = "x".repeat(257);
    let table: &[(&[&str], &str)] = &[
        (
            &["--doctor", "dr\r\nx-admin: 1"],
            "error: --doctor: x-doctor contains a line break (CR or LF); use visible ASCII characters only (nothing was sent)",
        ),
        (
            &["--patient", "pt\n1"],
            "error: --patient: x-patient contains a line break (CR or LF); use visible ASCII characters only (nothing was sent)",
        ),
        (
            &["--doctor", ""],
            "error: --doctor: x-doctor is empty; leave it out or give 1 to 256 characters (nothing was sent)",
        ),
        (
            &["--doctor", "Muñoz"],
            "error: --doctor: x-doctor contains a control or non-ASCII character; use visible ASCII characters only (nothing was sent)",
        ),
        (
            &["--patient", &long_id],
            "error: --patient: x-patient has 257 characters; at most 256 are allowed (nothing was sent)",
        ),
        (
            &["--environment", "production"],
            "error: --doctor: x-doctor is missing; the production environment asks for the doctor's reference (nothing was sent)",
        ),
        (
            &["--model", " "],
            "error: --model: model is empty; leave it out or give fast, balanced or high-quality (nothing was sent)",
        ),
        (
            &["--base-url", "http://codify.example"],
            "error: base URL uses plain HTTP to a host that is not this machine; use https:// (nothing was sent)",
        ),
    ];
    for (args, sentence) in table {
        let ran = refused(&folder, &[&["note.txt"], *args].concat(), 2);
        assert_eq!(ran.stderr.trim_end(), *sentence, "{args:?}");
    }
}

#[test]
fn a_wrong_flag_is_named_with_its_rule_and_exit_code_2() {
    let folder = folder();
    let table: &[(&[&str], &str, &str)] = &[
        (&["--output", "xml"], "--output <FORMAT>", "[possible values: table, json, ndjson, csv]"),
        (&["--min-confidence", "NaN"], "--min-confidence <N>", "give a number from 0 to 100"),
        (&["--min-confidence", "-1"], "--min-confidence <N>", "give a number from 0 to 100"),
        (&["--min-confidence", "100.5"], "--min-confidence <N>", "give a number from 0 to 100"),
        (&["--in-flight", "0"], "--in-flight <N>", "0 is not in 1..=32"),
        (&["--in-flight", "33"], "--in-flight <N>", "33 is not in 1..=32"),
        (&["--timeout", "0"], "--timeout <SECONDS>", "0 is not in 1..=7200"),
        (&["--environment", "test"], "--environment <ENV>", "[possible values: development, production]"),
        (&["--sandbox", "--base-url", "http://127.0.0.1"], "--sandbox", "cannot be used with '--base-url <URL>'"),
    ];
    for (args, flag, rule) in table {
        let ran = refused(&folder, &[&["note.txt"], *args].concat(), 2);
        assert!(ran.stderr.contains(flag) && ran.stderr.contains(rule), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn a_token_cannot_be_given_by_flag() {
    let ran = refused(&folder(), &["note.txt", "--token", "abc"], 2);
    assert!(ran.stderr.contains("unexpected argument '--token'"), "{}", ran.stderr);
}

#[test]
fn a_combination_without_a_meaning_is_refused_as_a_whole() {
    let folder = folder().with("other.txt", NOTE);
    let table: &[(&[&str], &str)] = &[
        (&[], "FILE is missing"),
        (&["note.txt", "other.txt", "--pdf", "a.pdf"], "--pdf goes with exactly one note or none"),
        (&["b.pdf", "--pdf", "a.pdf"], "--pdf and FILE are both PDFs"),
        (&["-", "note.txt", "-"], "stdin) can be given only once"),
    ];
    for (args, rule) in table {
        let ran = refused(&folder, args, 2);
        assert!(ran.stderr.contains(rule), "{args:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    }
}

#[test]
fn a_bad_input_among_good_ones_fails_alone() {
    let vendor = Vendor::start();
    let folder = folder();
    let ran = vendor.run(&folder, ["codify", "--output", "csv", "empty.txt", "note.txt", "missing.txt"]).expect(1);
    assert_eq!(vendor.attempts(), 1);
    assert!(ran.stdout.contains("note.txt,final,E11.9,"), "{}", ran.stdout);
    let mut errors: Vec<_> = ran.stderr.lines().collect();
    errors[..2].sort_unstable();
    assert!(errors[0].starts_with("error: empty.txt: medical_note is empty"), "{errors:?}");
    assert!(errors[1].starts_with("error: missing.txt: medical_note does not exist"), "{errors:?}");
    assert_eq!(errors[2..], ["2 of 3 inputs failed"]);
}
