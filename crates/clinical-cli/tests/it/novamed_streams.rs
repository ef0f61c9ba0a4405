//! What goes to which stream, to the audit trail and to the log, and what happens when a stream is gone. A patient's data are on stdout of
//! `--dry-run` alone.

use std::io::Read;

use crate::novamed_support::{Nova, PATIENTS, states};
use crate::support::{Ran, json};

const FORMATS: [&str; 4] = ["table", "json", "ndjson", "csv"];

#[test]
fn a_reader_that_leaves_ends_the_batch_after_one_row() {
    for format in FORMATS {
        let nova = Nova::start().file("p.csv", PATIENTS);
        let mut child = nova.spawn(["patient", "--file", "p.csv", "--format", format]);
        // Gone before the first byte is written.
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(141), "{stderr}");
        assert_eq!(
            stderr,
            "error: the reader of the output went away; row 1 was created without being reported, and no later row was sent; \
             run it again to see what became of each\n"
        );
        assert_eq!(nova.requests(), 1);
        let again = nova.run(["patient", "--file", "p.csv", "--format", "ndjson"]).expect(0);
        assert_eq!(states(&again.stdout), ["created_before", "created", "created"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_batch_after_one_row() {
    for format in FORMATS {
        let nova = Nova::start().file("p.csv", PATIENTS);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = nova.command(["patient", "--file", "p.csv", "--format", format]);
        let output = command.stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("could not be written: No space left"), "{stderr}");
        assert!(stderr.contains("row 1 was created without being reported"), "{stderr}");
        assert_eq!(nova.requests(), 1);
    }
}

#[test]
fn the_forms_of_the_output() {
    let csv = format!("{PATIENTS}{}\n", PATIENTS.lines().nth(1).unwrap());
    let fault = clinical_sandbox::FaultKind::status(400);
    let run = |format| {
        let nova = Nova::start().file("p.csv", &csv).fault(fault.clone(), "create_patient", 2);
        nova.run(["patient", "--file", "p.csv", "--format", format]).expect(1).stdout
    };
    insta::assert_snapshot!("novamed_table", run("table"));
    insta::assert_snapshot!("novamed_ndjson", run("ndjson"));
    insta::assert_snapshot!("novamed_csv", run("csv"));
    let rows: Vec<_> = run("ndjson").lines().map(json).collect();
    assert_eq!(json(&run("json")), serde_json::Value::Array(rows));
}

#[test]
fn every_create_is_in_the_audit_trail_and_the_trail_verifies() {
    let nova =
        Nova::start().file("p.csv", PATIENTS).fault(clinical_sandbox::FaultKind::status(500), "create_patient", 2);
    nova.run(["patient", "--file", "p.csv", "--audit", "trail"]).expect(1);
    let ran = nova.folder.run(["audit", "verify", "trail", "--format", "json"]).expect(0);
    let report = json(&ran.stdout);
    assert_eq!(report["intact"], true, "{report}");
    let trail = std::fs::read_to_string(nova.folder.path().join("trail")).unwrap();
    assert_eq!(trail.matches("create_patient").count(), 6, "{trail}");
    // Those that are not sent are no calls.
    nova.run(["patient", "--file", "p.csv", "--audit", "trail"]).expect(1);
    for patients in ["John", "Smith", "1985", "example.com", nova.vendor.sandbox.token()] {
        assert!(!trail.contains(patients), "{patients}: {trail}");
    }
    // A folder in its place: nothing is sent.
    let before = nova.requests();
    let ran = nova.run(["patient", "--file", "p.csv", "--again", "--audit", "log"]).expect(2);
    assert!(ran.stderr.contains("--audit: "), "{}", ran.stderr);
    assert_eq!(nova.requests(), before);
}

#[test]
fn neither_logs_nor_the_submission_log_nor_sentences_hold_anything_of_a_patient_or_the_key() {
    let nova = Nova::start().file("p.csv", PATIENTS);
    let faults = [clinical_sandbox::FaultKind::status(422), clinical_sandbox::FaultKind::ResetBeforeResponse];
    let nova = faults.into_iter().zip(2..).fold(nova, |nova, (fault, nth)| nova.fault(fault, "create_patient", nth));
    let mut stderr = String::new();
    for args in [["patient", "--file", "p.csv"], ["patient", "--file=p.csv", "--again"]] {
        let output = nova.command(args).env("CLINICAL_LOG", "trace").output().unwrap();
        stderr += &String::from_utf8(output.stderr).unwrap();
    }
    assert!(stderr.contains(" clinical_http") && stderr.contains("error: p.csv, row "), "{stderr}");
    let key = nova.vendor.sandbox.token();
    let mut kept = String::new();
    for part in std::fs::read_dir(nova.folder.path().join("log")).unwrap() {
        for entry in std::fs::read_dir(part.unwrap().path()).into_iter().flatten() {
            let path = entry.unwrap().path();
            kept += path.to_str().unwrap();
            kept += &String::from_utf8_lossy(&std::fs::read(path).unwrap());
        }
    }
    assert!(kept.contains("create_patient"), "{kept}");
    for patient in nova.vendor.sandbox.novamed().patients {
        assert!(!stderr.contains(&patient.patient_id), "{stderr}");
    }
    let cells = PATIENTS.lines().skip(1).flat_map(|row| row.split(',')).chain([key]);
    for secret in cells {
        assert!(!stderr.contains(secret), "{secret}: {stderr}");
        assert!(!kept.contains(secret), "{secret}: {kept}");
    }
}

#[test]
fn the_log_is_listed_and_an_entry_is_removed_by_the_beginning_of_its_key() {
    let nova =
        Nova::start().file("p.csv", PATIENTS).fault(clinical_sandbox::FaultKind::status(500), "create_patient", 2);
    let log = |args: &[&str]| -> Ran {
        nova.folder.run(["novamed", "log"].into_iter().chain(args.iter().copied()).chain(["--log", "log"]))
    };
    log(&["list"]).expect(2);
    nova.run(["patient", "--file", "p.csv"]).expect(1);
    let listed = json(&log(&["list", "--format", "json"]).expect(0).stdout);
    let listed = listed.as_array().unwrap().clone();
    assert_eq!(listed.len(), 3);
    let uncertain = json(&log(&["list", "--uncertain", "--format", "json"]).expect(0).stdout);
    assert_eq!(uncertain.as_array().unwrap().len(), 1);
    assert_eq!(uncertain[0]["operation"], "create_patient");
    let table = log(&["list"]).expect(0).stdout;
    for entry in &listed {
        assert!(table.contains(&entry["key"].as_str().unwrap()[..12]), "{table}");
        let id = entry["id"].as_str();
        let patients = nova.vendor.sandbox.novamed().patients;
        assert!(id.is_none() || patients.iter().any(|patient| Some(patient.patient_id.as_str()) == id), "{entry}");
    }
    for wrong in ["abc", "XYZT", &"0".repeat(64)] {
        assert!(log(&["remove", wrong]).expect(2).stderr.starts_with("error: KEY: "));
    }
    let key = uncertain[0]["key"].as_str().unwrap();
    let ran = log(&["remove", &key[..6]]).expect(0);
    assert_eq!(ran.stderr, format!("{}: removed.\n", &key[..12]));
    assert_eq!(json(&log(&["list", "--format", "json"]).expect(0).stdout).as_array().unwrap().len(), 2);
    log(&["remove", key]).expect(2);
}
