//! Answers that are billed and cannot be used: kept where the user asked for it, and never printed.

use clinical_sandbox::{Fault, FaultKind};

use crate::support::{Folder, NOTE, Ran, Vendor, json};

/// Codes one note, with this fault in every answer, and no time for a second attempt.
fn spoiled(fault: FaultKind, folder: &Folder, more: &[&str]) -> Ran {
    let vendor = Vendor::start();
    vendor.sandbox.inject(Fault::new(fault).on("codify").every()).unwrap();
    let args = ["codify", "--timeout", "1", "--output", "json", "note.txt"];
    vendor.run(folder, [&args, more].concat()).expect(6)
}

fn folder() -> Folder {
    Folder::new().with("note.txt", NOTE)
}

#[test]
fn an_answer_that_is_not_understood_or_cut_is_kept_as_it_came() {
    for (fault, kind) in [(FaultKind::InvalidJson, "decode"), (FaultKind::TruncatedBody { bytes: 40 }, "interrupted")] {
        let folder = folder();
        let ran = spoiled(fault, &folder, &["--keep-answers", "kept/here"]);
        assert_eq!(json(&ran.stdout)[0]["error"]["kind"], kind);
        let path = folder.path().join("kept/here/1-note.txt.answer");
        let kept = std::fs::read(&path).unwrap();
        let size = kept.len();
        assert!(size > 0 && (kind == "decode" || size == 40), "{size}");
        let sentence = format!(
            "note.txt: {size} bytes of an answer that cannot be used are kept in kept/here/1-note.txt.answer\n"
        );
        assert!(ran.stderr.contains(&sentence), "{}", ran.stderr);
        let printed = ran.stdout + &ran.stderr;
        let start = String::from_utf8_lossy(&kept[..30.min(size)]).into_owned();
        assert!(!printed.contains(&start), "{printed}");
        let files = std::fs::read_dir(path.parent().unwrap()).unwrap();
        assert_eq!(files.count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&path), 0o600);
            assert_eq!(mode(path.parent().unwrap()), 0o700);
        }
    }
}

#[test]
fn a_second_run_leaves_what_the_first_one_kept() {
    let folder = folder();
    for _ in 0..2 {
        spoiled(FaultKind::InvalidJson, &folder, &["--keep-answers", "kept"]);
    }
    let kept = |name: &str| std::fs::read(folder.path().join("kept").join(name)).unwrap();
    assert_eq!(kept("1-note.txt.answer"), kept("1-note.txt.2.answer"));
}

#[test]
fn without_the_flag_the_user_is_told_of_it_and_nothing_is_written() {
    let folder = folder();
    let ran = spoiled(FaultKind::InvalidJson, &folder, &[]);
    assert!(ran.stderr.contains("are gone; --keep-answers DIR would keep them on the next run\n"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_vendors_words_about_a_failure_are_no_answer_to_keep() {
    let folder = folder();
    let args = ["--keep-answers", "kept"];
    let ran = spoiled(FaultKind::status(501), &folder, &args);
    assert!(!ran.stderr.contains("kept"), "{}", ran.stderr);
    let files = std::fs::read_dir(folder.path().join("kept")).unwrap();
    assert_eq!(files.count(), 0);
}

#[test]
fn a_folder_that_cannot_be_used_is_a_usage_error_and_nothing_is_sent() {
    let vendor = Vendor::start();
    let folder = folder();
    let args = ["codify", "--keep-answers", "note.txt", "note.txt"];
    let ran = vendor.run(&folder, args).expect(2);
    assert!(ran.stderr.starts_with("error: --keep-answers: no file"), "{}", ran.stderr);
    assert_eq!(vendor.attempts(), 0);
}
