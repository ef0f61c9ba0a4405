//! `clinical drift TYPE FILE`: what is new in a payload, and nothing of what is in it.

use crate::support::{Folder, clinical, run, run_with_stdin};

/// Three fields that nobody names, and a status of next year.
const PAYLOAD: &str = r#"{
    "task_id": "canary-1", "status": "CANARY_PAUSED", "percentage": 12,
    "queue": {"position": "canary-2", "people": ["canary-3"]},
    "priority": 7,
    "result": null,
    "canary 4 Jane Doe": true
}"#;

#[test]
fn three_unknown_fields_and_one_unknown_status_are_exactly_four_lines_and_no_value() {
    let folder = Folder::new().with("task.json", PAYLOAD);
    let ran = folder.run(["drift", "Task", "task.json"]).expect(1);
    let expected = "/status: unknown value (string)\n\
                    /queue: unknown field (object)\n\
                    /priority: unknown field (integer)\n\
                    /(name of 17 bytes): unknown field (boolean)\n";
    assert_eq!((&*ran.stdout, &*ran.stderr), (expected, ""));
    let piped = run_with_stdin(clinical(["drift", "Task", "-"]), PAYLOAD.as_bytes()).expect(1);
    assert_eq!(piped.stdout, expected);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.to_lowercase().contains("canary") && !text.contains("Jane"), "{text}");
    }
}

#[test]
fn a_payload_that_is_named_in_full_ends_with_0_and_prints_no_line() {
    let folder = Folder::new().with("task.json", r#"{"task_id": "a", "status": "DONE", "result": {"anything": 1}}"#);
    let ran = folder.run(["drift", "Task", "task.json"]).expect(0);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("task.json: Task names all of it"), "{}", ran.stderr);
}

#[test]
fn another_type_and_a_missing_field_are_told_because_such_a_payload_cannot_be_read() {
    let answer = r#"{"final_code_assessments": [{"code": 7}], "run_id": "canary"}"#;
    let folder = Folder::new().with("answer.json", answer);
    let ran = folder.run(["drift", "CodifyResponse", "answer.json"]).expect(1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let of_item = |name: &str| format!("/final_code_assessments/0/{name}: missing (object)");
    let mut expected = vec!["/final_code_assessments/0/code: other type (integer)".to_owned()];
    expected.extend(["confidence_percent", "description", "justification"].map(of_item));
    expected.push("/discarded_code_assessments: missing (object)".to_owned());
    assert_eq!(lines, expected);
}

#[test]
fn what_is_no_json_is_named_by_its_place_and_an_unknown_type_by_the_list() {
    let folder = Folder::new().with("bad.json", "{\"status\":\n \"canary");
    let ran = folder.run(["drift", "Task", "bad.json"]).expect(1);
    assert!(ran.stderr.contains("bad.json: the payload is not JSON at line 2"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("canary"));
    let ran = run(["drift", "Tusk", "bad.json"]).expect(2);
    assert!(ran.stderr.contains("HolisticPatient") && ran.stderr.contains("NewPatient"), "{}", ran.stderr);
    folder.run(["drift", "Task", "absent.json"]).expect(1);
}
