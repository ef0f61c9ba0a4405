//! `cargo xtask schema` as a process, with the schemas that the types of this workspace really have, in a workspace in a temporary folder. What
//! was released is changed there, so that what the types have now is the change: no type has to be spoilt and built again.

use serde_json::{Value, json};

use crate::pretend::Pretend;

const RELEASED: [&str; 2] = [
    "crates/omniscribe-codify/schema/released/CodifyResponse.reads.json",
    "crates/omniscribe-codify/schema/released/CodifyResponse.writes.json",
];

/// A workspace whose schemas are written and whose first release has just been made.
fn released() -> Pretend {
    let workspace = Pretend::new();
    for arguments in [&["schema"][..], &["schema", "--check"], &["schema", "--release"], &["schema"]] {
        let told = workspace.xtask(arguments);
        assert_eq!(told.code, Some(0), "{arguments:?} {}", told.text);
    }
    workspace
}

/// A change between the release and now, made by changing the release.
struct Prepared {
    words: &'static str,
    at: &'static str,
    verdicts: [&'static str; 2],
    release: fn(&mut Value),
}

const fn prepared(
    words: &'static str,
    at: &'static str,
    verdicts: [&'static str; 2],
    release: fn(&mut Value),
) -> Prepared {
    Prepared { words, at, verdicts, release }
}

fn required(schema: &mut Value) -> &mut Vec<Value> {
    schema["required"].as_array_mut().unwrap()
}

/// The table of the design, row by row, for what we read and what we write.
fn table() -> Vec<Prepared> {
    const SCORE: &str = "/$defs/CodeAssessment/properties/confidence_percent";
    let in_lists = "/discarded_code_assessments/*/confidence_percent";
    vec![
        prepared("property added", "/run_id", ["compatible", "compatible"], |then| {
            then["properties"].as_object_mut().unwrap().remove("run_id");
        }),
        prepared("property removed", "/gone", ["review", "breaking"], |then| then["properties"]["gone"] = json!({})),
        prepared("became required", "/run_id", ["breaking", "compatible"], |then| {
            required(then).retain(|name| name != "run_id");
        }),
        prepared("stopped being required", "/note", ["compatible", "breaking"], |then| {
            required(then).push(json!("note"));
        }),
        prepared("widened", in_lists, ["compatible", "review"], |then| {
            then.pointer_mut(SCORE).unwrap()["type"] = json!("integer");
        }),
        prepared("narrowed", "/run_id", ["breaking", "compatible"], |then| {
            then["properties"]["run_id"]["type"] = json!(["null", "string"]);
        }),
        prepared("opened to unknown properties", "", ["compatible", "review"], |then| {
            then["additionalProperties"] = json!(false);
        }),
        prepared("constraint tightened", in_lists, ["breaking", "compatible"], |then| {
            then.pointer_mut(SCORE).unwrap().as_object_mut().unwrap().remove("format");
        }),
        prepared("constraint relaxed", "/run_id", ["compatible", "review"], |then| {
            then["properties"]["run_id"]["maxLength"] = json!(64);
        }),
        prepared("documentation changed", "", ["compatible", "compatible"], |then| then["x-words-sha256"] = json!("0")),
    ]
}

fn code(verdict: &str) -> Option<i32> {
    [("compatible", 0), ("review", 3), ("breaking", 4)]
        .into_iter()
        .find(|(name, _)| *name == verdict)
        .map(|(_, code)| code)
}

#[test]
fn each_change_since_a_release_gives_its_verdict_its_exit_code_and_its_line_in_the_changelog() {
    let workspace = released();
    for (way, file) in RELEASED.into_iter().enumerate() {
        let text = workspace.read(file);
        for Prepared { words, at, verdicts, release } in table() {
            let (verdict, direction) = (verdicts[way], ["reads", "writes"][way]);
            let mut then: Value = serde_json::from_str(&text).unwrap();
            release(&mut then);
            workspace.write(file, &then.to_string());
            let told = workspace.xtask(&["schema", "--check"]);
            assert!(told.code == Some(1), "the changelog says nothing of it yet: {}", told.text);
            assert!(told.text.contains("the section Wire of CHANGELOG.md is not current: run `cargo xtask schema`"));
            for arguments in [&["schema"][..], &["schema", "--check"]] {
                let told = workspace.xtask(arguments);
                assert_eq!(told.code, code(verdict), "{words} {direction} {}", told.text);
                assert!(told.text.contains(&format!("verdict since the last release: {verdict}\n")), "{}", told.text);
            }
            let place = if at.is_empty() { String::new() } else { format!(" at `{at}`") };
            let line = format!("- `omniscribe-codify`, `CodifyResponse` {direction}: {words}{place}");
            let changelog = workspace.read("CHANGELOG.md");
            let entries: Vec<&str> = changelog.lines().filter(|line| line.starts_with("- `")).collect();
            assert!(entries.len() == 1 && entries[0].starts_with(&line), "{line}\n{entries:?}");
            assert!(entries[0].ends_with(&format!(": {verdict}.")), "{entries:?}");
        }
        workspace.write(file, &text);
    }
    assert_eq!(workspace.xtask(&["schema"]).code, Some(0));
    assert!(workspace.read("CHANGELOG.md").contains("### Wire\n\nNothing changed.\n\n### Added\n"));
}

#[test]
fn a_type_that_is_closed_since_a_release_is_breaking_to_read_and_compatible_to_write() {
    let workspace = released();
    for (file, expected) in [("NewPatient.reads", 4), ("NewPatient@2026-01.writes", 0)] {
        let file = format!("crates/novamed-api/schema/released/{file}.json");
        let text = workspace.read(&file);
        let mut then: Value = serde_json::from_str(&text).unwrap();
        then.as_object_mut().unwrap().remove("additionalProperties").unwrap();
        workspace.write(&file, &then.to_string());
        let told = workspace.xtask(&["schema"]);
        assert_eq!(told.code, Some(expected), "{}", told.text);
        assert!(told.text.contains(": closed to unknown properties\n"), "{}", told.text);
        workspace.write(&file, &text);
    }
}

#[test]
fn the_worst_of_several_changes_is_the_exit_code() {
    let workspace = released();
    for (file, (_, release)) in RELEASED.iter().zip([("review", table()[1].release), ("breaking", table()[3].release)])
    {
        let mut then: Value = serde_json::from_str(&workspace.read(file)).unwrap();
        release(&mut then);
        workspace.write(file, &then.to_string());
    }
    let told = workspace.xtask(&["schema"]);
    assert!(told.code == Some(4) && told.text.contains("review") && told.text.contains("breaking"), "{}", told.text);
}

#[test]
fn a_schema_that_comes_with_a_release_is_compatible_and_one_that_goes_is_breaking() {
    let workspace = released();
    workspace.write("crates/omniscribe-codify/schema/released/Gone.writes.json", "{}\n");
    let told = workspace.xtask(&["schema"]);
    assert!(
        told.code == Some(4) && told.text.contains("omniscribe-codify Gone (writes) /: schema removed"),
        "{}",
        told.text
    );
    std::fs::remove_file(workspace.path("crates/omniscribe-codify/schema/released/Gone.writes.json")).unwrap();
    std::fs::remove_file(workspace.path(RELEASED[0])).unwrap();
    let told = workspace.xtask(&["schema"]);
    assert!(told.code == Some(0) && told.text.contains("CodifyResponse (reads) /: new schema"), "{}", told.text);
}

#[test]
fn a_schema_that_is_not_what_its_type_says_is_refused_and_so_is_a_release_of_it() {
    let workspace = released();
    let file = "crates/omniscribe-codify/schema/CodifyResponse.reads.json";
    workspace.edit(file, "\"run_id\": {\n      \"type\": \"string\"", "\"run_id\": {\n      \"type\": \"integer\"");
    let told = workspace.xtask(&["schema", "--check"]);
    assert_eq!(told.code, Some(1), "{}", told.text);
    assert!(told.text.contains("differs: omniscribe-codify CodifyResponse (reads)\n"), "{}", told.text);
    assert!(
        told.text.contains("1 schema(s) are not what the types say: run `cargo xtask schema` and read what it changes")
    );
    let told = workspace.xtask(&["schema", "--release"]);
    assert!(told.code == Some(1) && told.text.contains("run `cargo xtask schema` first"), "{}", told.text);
    assert_eq!(workspace.xtask(&["schema"]).code, Some(0));
    assert_eq!(workspace.xtask(&["schema", "--check"]).code, Some(0));
}

#[test]
fn three_unknown_fields_and_one_unknown_status_are_four_lines_without_a_value() {
    let workspace = Pretend::new();
    let payload = r#"{"status": "CANARY", "one": "canary", "two": {"canary": 1}, "result": null, "canary 3": true}"#;
    workspace.write("task.json", payload);
    let told = workspace.xtask(&["schema", "drift", "Task", "task.json"]);
    let expected = "/status: unknown value (string)\n/one: unknown field (string)\n/two: unknown field (object)\n\
                    /(name of 8 bytes): unknown field (boolean)\n";
    assert_eq!((told.code, told.text.as_str()), (Some(3), expected));
    workspace.write("task.json", r#"{"status": "DONE", "result": {"anything": 1}}"#);
    let told = workspace.xtask(&["schema", "drift", "Task", "task.json"]);
    assert_eq!((told.code, told.text.as_str()), (Some(0), ""));
    let told = workspace.xtask(&["schema", "drift", "Tusk", "task.json"]);
    assert!(
        told.code == Some(1) && told.text.contains("there is no type 'Tusk' that is read: choose from"),
        "{}",
        told.text
    );
    workspace.write("task.json", "{\"status\":\n \"canary");
    let told = workspace.xtask(&["schema", "drift", "Task", "task.json"]);
    assert!(
        told.code == Some(1) && told.text.contains("task.json: the payload is not JSON at line 2"),
        "{}",
        told.text
    );
}
