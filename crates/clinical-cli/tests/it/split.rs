//! Notes that are too long, split and merged.

use clinical_sandbox::{Fault, FaultKind, RetryAfter};

use crate::support::{Folder, NOTE, Vendor, json};

/// More than the vendor takes, in paragraphs, with something to code at both ends.
fn long() -> Folder {
    let filler = "Se mantiene la misma pauta y se cita a revisión.\n\n".repeat(1_200);
    Folder::new().with("long.txt", format!("{NOTE}\n\n{filler}{NOTE} Asma bronquial.\n"))
}

#[test]
fn each_assessment_knows_its_part_and_each_part_its_run() {
    let vendor = Vendor::start();
    let folder = long();
    vendor.run(&folder, ["codify", "long.txt"]).expect(1);
    let ran = vendor.run(&folder, ["codify", "--split", "--output", "json", "long.txt"]).expect(0);
    let item = &json(&ran.stdout)[0];
    let runs = item["run_ids"].as_array().unwrap();
    assert_eq!(runs.len(), vendor.attempts());
    assert!(runs.len() > 1 && runs.iter().all(serde_json::Value::is_string));
    assert!(item.get("run_id").is_none());
    let codes = item["final_code_assessments"].as_array().unwrap();
    let diabetes = codes.iter().find(|found| found["code"] == "E11.9").unwrap();
    assert_eq!(diabetes["parts"], serde_json::json!([0, runs.len() - 1]));
    assert!(diabetes["part"].is_u64());
}

#[test]
fn a_part_that_fails_takes_no_other_with_it_and_the_code_is_1() {
    let vendor = Vendor::start();
    let giving_up = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 1000 });
    vendor.sandbox.inject(Fault::new(giving_up).on("codify").nth(1)).unwrap();
    let ran = vendor.run(&long(), ["codify", "--split", "--output", "json", "long.txt"]).expect(1);
    let item = &json(&ran.stdout)[0];
    assert_eq!(item["error"]["kind"], "throttled");
    let runs = item["run_ids"].as_array().unwrap();
    assert_eq!(runs.iter().filter(|run| run.is_null()).count(), 1);
    assert!(!item["final_code_assessments"].as_array().unwrap().is_empty());
    let sentence = format!("{} of {} parts were coded", runs.len() - 1, runs.len());
    assert!(ran.stderr.contains(&sentence), "{}", ran.stderr);
}

#[test]
fn a_short_note_is_one_part() {
    let folder = Folder::new().with("note.txt", NOTE);
    let ran = folder.run(["codify", "--sandbox", "--split", "--output", "csv", "note.txt"]).expect(0);
    assert!(ran.stdout.lines().skip(1).all(|row| row.ends_with(",0")), "{}", ran.stdout);
}
