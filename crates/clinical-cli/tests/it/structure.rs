//! `clinical structure`, where all goes well: what comes out is what the vendor sent, and it is kept.

use std::io::Write;
use std::process::Stdio;

use clinical_sandbox::Sandbox;
use std::time::Duration;

use crate::structure_support::{Haidy, RECORD, fast, has_entities};
use crate::support::{Folder, Ran, examples, json, run_with_stdin};

#[test]
fn a_text_becomes_a_patient_on_stdout_and_the_same_bytes_are_kept() {
    let haidy = Haidy::start();
    let ran = haidy.run(["structure", "a.txt"]).expect(0);
    assert!(has_entities(&json(&ran.stdout)), "{}", ran.stdout);
    let (state, key) = haidy.entry();
    assert_eq!(state, "done");
    let shown = haidy.run(["results", "show", &key[..6]]).expect(0);
    assert_eq!(shown.stdout, ran.stdout);
    assert!(shown.stderr.contains("Treat it as patients' data."), "{}", shown.stderr);
    assert_eq!(haidy.polls(), 1);
    assert!(haidy.vendor.sandbox.tasks()[0].consumed);
}

#[test]
fn documents_and_texts_become_one_bundle_in_a_file_that_only_the_user_may_read() {
    let haidy = Haidy::start();
    let pdf = examples().join("informe-alta.pdf");
    let args = ["structure", "--fhir", "--out", "bundle.json", "a.txt", pdf.to_str().unwrap()];
    let ran = haidy.run(args).expect(0);
    assert_eq!(ran.stdout, "");
    let bundle = json(&std::fs::read_to_string(haidy.path("bundle.json")).unwrap());
    assert_eq!(bundle["resourceType"], "Bundle");
    let is = |kind: &str| {
        bundle["entry"].as_array().unwrap().iter().filter(|it| it["resource"]["resourceType"] == kind).count()
    };
    assert_eq!((is("Patient"), is("DocumentReference")), (1, 2));
    assert!(is("Condition") > 0 && is("MedicationStatement") > 0, "{bundle}");
    assert_eq!(haidy.entries()[0]["operation"], "structure_fhir");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = haidy.path("bundle.json").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn stdin_is_a_text_and_record_ids_are_those_of_the_result_in_the_order_of_the_inputs() {
    let haidy = Haidy::start();
    let ids = ["123e4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174001"];
    let command = haidy.command(["structure", "-", "a.txt", "--record-id", ids[0], "--record-id", ids[1]]);
    let ran = run_with_stdin(command, b"Asthma.").expect(0);
    let records = &json(&ran.stdout)["clinical_records"];
    for (number, (id, text)) in [(ids[0], "sthma"), (ids[1], "Metformin")].into_iter().enumerate() {
        assert_eq!(records[number]["record_id"], id);
        assert!(records[number].to_string().contains(text), "{records}");
    }
    assert_eq!(haidy.entries()[0]["references"], serde_json::json!(ids));
}

#[test]
fn a_recording_and_a_transcript_are_sent_as_what_they_are() {
    let wave = [b"RIFF\x24\0\0\0WAVEfmt ".as_slice(), &[0; 32]].concat();
    let haidy = Haidy::start();
    std::fs::write(haidy.path("by-content"), &wave).unwrap();
    std::fs::write(haidy.path("a.wav"), [wave, vec![1]].concat()).unwrap();
    let transcript = r#"{"bubbles":[{"text":"Patient has hypertension","start":0,"end":2.5}]}"#;
    std::fs::write(haidy.path("t.json"), transcript).unwrap();
    let ran = haidy.run(["structure", "by-content", "--audio", "a.wav", "--transcript", "t.json"]).expect(0);
    let records = &json(&ran.stdout)["clinical_records"];
    assert_eq!(records.as_array().unwrap().len(), 3);
    assert!(records[2].to_string().contains("ypertension"), "{records}");
}

#[test]
fn an_earlier_result_is_added_to() {
    let haidy = Haidy::start();
    haidy.run(["structure", "a.txt", "--out", "patient.json"]).expect(0);
    std::fs::write(haidy.path("b.txt"), "Asthma since childhood.").unwrap();
    let ran = haidy.run(["structure", "b.txt", "--update", "patient.json"]).expect(0);
    let patient = json(&ran.stdout);
    assert_eq!(patient["clinical_records"].as_array().unwrap().len(), 2, "{patient}");
    assert!(has_entities(&patient) && patient.to_string().contains("sthma"), "{patient}");
}

#[test]
fn the_embedded_sandbox_says_so_and_leaves_nothing_behind() {
    let folder = Folder::new().with("a.txt", RECORD);
    let mut command = folder.command(["structure", "--sandbox", "a.txt"]);
    command.env("HOME", folder.path());
    let ran = Ran::from(command.output().unwrap()).expect(0);
    assert!(has_entities(&json(&ran.stdout)));
    assert!(ran.stderr.starts_with("SIMULATED: "), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the input");
    // Whoever names a store has it used.
    folder.run(["structure", "--sandbox", "a.txt", "--results", "store"]).expect(0);
    let list = folder.run(["results", "list", "--results", "store"]).expect(0);
    assert!(list.stdout.contains(" done "), "{}", list.stdout);
}

#[test]
fn the_store_of_this_user_is_the_default_and_is_found_again() {
    let haidy = Haidy::start();
    let mut command = haidy.folder.command(["structure", "a.txt"]);
    let sandbox = &haidy.vendor.sandbox;
    command.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
    command.env("HOME", haidy.folder.path()).env("XDG_STATE_HOME", haidy.path("state"));
    Ran::from(command.output().unwrap()).expect(0);
    let mut list = haidy.folder.command(["results", "list"]);
    list.env("HOME", haidy.folder.path()).env("XDG_STATE_HOME", haidy.path("state"));
    let list = Ran::from(list.output().unwrap()).expect(0);
    assert!(list.stdout.contains(" done "), "{}", list.stdout);
    #[cfg(target_os = "linux")]
    assert!(haidy.path("state/clinical-clients/results").is_dir());
}

#[test]
fn each_change_of_status_is_a_line_where_there_is_no_terminal() {
    let haidy = Haidy::with(Sandbox::builder().seed(7).manual_clock());
    let mut running = haidy.spawn(["structure", "a.txt"]);
    let clock = haidy.vendor.sandbox.clock().clone();
    assert!(running.until(": QUEUED").starts_with("task "));
    clock.advance(Duration::from_secs(1));
    running.until(": STARTED");
    clock.advance(Duration::from_secs(9));
    let ran = running.end().expect(0);
    assert_eq!(ran.stderr.matches(": QUEUED").count(), 1, "{}", ran.stderr);
    assert!(
        ran.stderr.lines().last().unwrap().contains("the result is written, and kept until: clinical results remove ")
    );
}

#[test]
fn an_audit_trail_has_the_submission_and_every_question_and_verifies() {
    let haidy = Haidy::start();
    let args = ["structure", "a.txt", "--audit", "trail.jsonl", "--doctor", "dr_1", "--patient", "pt_1"];
    haidy.run(args).expect(0);
    haidy.folder.run(["audit", "verify", "trail.jsonl"]).expect(0);
    let trail = std::fs::read_to_string(haidy.path("trail.jsonl")).unwrap();
    for part in ["\"structure\"", "\"tasks\"", "dr_1", "pt_1"] {
        assert!(trail.contains(part), "{part}: {trail}");
    }
    assert!(!trail.contains("Metformin") && !trail.contains("diabetes"), "{trail}");
}

#[test]
fn without_a_store_the_token_goes_where_it_was_asked_for_and_the_result_only_to_the_output() {
    let haidy = Haidy::with(fast());
    let mut command = haidy.folder.command(["structure", "a.txt", "--accept-loss", "--token-out", "t.json"]);
    let sandbox = &haidy.vendor.sandbox;
    command.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
    command.env("HOME", haidy.folder.path());
    let ran = Ran::from(command.output().unwrap()).expect(0);
    assert!(has_entities(&json(&ran.stdout)));
    let token = json(&std::fs::read_to_string(haidy.path("t.json")).unwrap());
    assert_eq!(token["task"], sandbox.tasks()[0].id);
    assert_eq!(std::fs::read_dir(haidy.folder.path()).unwrap().count(), 2, "the input and the token");
}

#[test]
fn a_pipe_is_read_as_a_file_is() {
    let haidy = Haidy::start();
    let mut child =
        haidy.command(["structure", "/dev/stdin"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(RECORD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(has_entities(&json(std::str::from_utf8(&output.stdout).unwrap())));
}
