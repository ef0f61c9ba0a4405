//! Where inputs come from, and what is sent of them.

use crate::support::{Folder, MINIMAL_PDF, NOTE, Vendor, clinical, json, run_with_stdin};

#[test]
fn stdin_is_a_note() {
    let ran = run_with_stdin(clinical(["codify", "--sandbox", "--output", "json", "-"]), NOTE.as_bytes()).expect(0);
    let item = &json(&ran.stdout)[0];
    assert_eq!(item["input"], "-");
    assert_eq!(item["final_code_assessments"][0]["code"], "E11.9");
}

#[test]
fn stdin_that_is_a_pdf_is_sent_as_one() {
    let ran = run_with_stdin(clinical(["codify", "--sandbox", "--output", "json", "-"]), MINIMAL_PDF).expect(0);
    let by_flag =
        run_with_stdin(clinical(["codify", "--sandbox", "--output", "json", "--pdf", "-"]), MINIMAL_PDF).expect(0);
    assert_eq!(ran.stdout, by_flag.stdout);
}

#[test]
fn a_pdf_goes_alone_or_with_its_note_in_one_request() {
    let vendor = Vendor::start();
    let folder = Folder::new().with("a.pdf", MINIMAL_PDF).with("unnamed", MINIMAL_PDF).with("note.txt", NOTE);
    for args in [["--pdf", "a.pdf"].as_slice(), &["a.pdf"], &["unnamed"], &["note.txt", "--pdf", "a.pdf"]] {
        vendor.sandbox.reset();
        vendor.run(&folder, [&["codify"], args].concat()).expect(0);
        assert_eq!(vendor.attempts(), 1, "{args:?}");
    }
    vendor.sandbox.reset();
    vendor.run(&folder, ["codify", "note.txt", "a.pdf"]).expect(0);
    assert_eq!(vendor.attempts(), 2);
}

#[test]
fn doctor_and_patient_travel_as_headers() {
    let vendor = Vendor::start();
    let folder = Folder::new().with("note.txt", NOTE);
    let args = ["codify", "--doctor", "dr_123", "--patient", "pt 456", "--model", "fast", "note.txt"];
    let ran = vendor.run(&folder, args).expect(0);
    let journal = vendor.sandbox.journal();
    let attempt = journal.attempts_on("codify")[0];
    assert_eq!((attempt.doctor(), attempt.patient()), (Some("dr_123"), Some("pt 456")));
    let printed = ran.stdout + &ran.stderr;
    assert!(!printed.contains("dr_123") && !printed.contains("pt 456"), "{printed}");
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let vendor = Vendor::start();
    let folder = Folder::new().with("with.txt", format!("\u{feff}{NOTE}")).with("without.txt", NOTE);
    vendor.run(&folder, ["codify", "with.txt", "without.txt"]).expect(0);
    assert_eq!(vendor.sandbox.journal().requests_on("codify").len(), 1);
}

#[test]
fn clean_is_applied_before_the_size_is_checked() {
    let folder = Folder::new().with("padded.txt", format!("{NOTE}{}", " ".repeat(60_000)));
    folder.run(["codify", "--sandbox", "padded.txt"]).expect(1);
    folder.run(["codify", "--sandbox", "--clean", "padded.txt"]).expect(0);
}

#[test]
fn the_whole_folder_of_examples_can_be_coded_by_hand() {
    let mut files: Vec<_> = std::fs::read_dir(crate::support::examples())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt" || end == "pdf"))
        .collect();
    files.sort();
    let mut command = clinical(["codify", "--sandbox", "--output", "ndjson"]);
    command.args(&files);
    let ran = crate::support::Ran::from(command.output().unwrap()).expect(0);
    assert_eq!(ran.stdout.lines().count(), files.len());
}

#[cfg(unix)]
#[test]
fn a_control_character_in_the_name_of_a_pdf_is_no_reason_to_refuse_it() {
    let vendor = Vendor::start();
    for name in ["a\u{7}\n.pdf", "b\u{1b}[2J"] {
        let folder = Folder::new().with(name, MINIMAL_PDF);
        let ran = vendor.run(&folder, ["codify", name]).expect(0);
        assert!(!ran.stdout.contains(['\u{7}', '\u{1b}']), "{}", ran.stdout);
    }
    assert_eq!(vendor.attempts(), 2);
}
