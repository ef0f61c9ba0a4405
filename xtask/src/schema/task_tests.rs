//! The task as a whole, on a workspace of its own in a temporary folder: what it writes, what it refuses, and with which exit code it ends.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::derived::{Schemas, Subject};
use super::verdict::{Direction, Verdict};
use super::{check, files, normal, release, write};

fn workspace() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("crates/vendor/schema")).unwrap();
    fs::write(folder.path().join("CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n")
        .unwrap();
    folder
}

fn types(direction: Direction, order: &Value) -> Schemas {
    let subject = Subject { package: "vendor".to_owned(), name: "Order".to_owned(), direction };
    Schemas::from([(subject, normal::schema(order))])
}

fn order() -> Value {
    json!({"type": "object", "properties": {"id": {"type": "string"}, "count": {"type": "integer"}}, "required": ["id"]})
}

fn sentence(result: anyhow::Result<Verdict>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_schema_that_changed_without_its_file_stops_the_check_with_the_command_to_run() {
    let folder = workspace();
    let now = types(Direction::Reads, &order());
    assert!(sentence(check(folder.path(), &now)).ends_with("run `cargo xtask schema` and read what it changes"));
    assert_eq!(write(folder.path(), &now).unwrap(), Verdict::Compatible);
    assert_eq!(check(folder.path(), &now).unwrap(), Verdict::Compatible);

    let mut more = order();
    more["properties"]["note"] = json!({"type": "string"});
    let error = sentence(check(folder.path(), &types(Direction::Reads, &more)));
    assert!(error.starts_with("1 schema(s) are not what the types say"), "{error}");
}

#[test]
fn a_file_that_was_edited_by_hand_or_belongs_to_no_type_stops_the_check() {
    let folder = workspace();
    let now = types(Direction::Reads, &order());
    write(folder.path(), &now).unwrap();
    let file = folder.path().join("crates/vendor/schema/Order.reads.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("integer", "number")).unwrap();
    assert!(sentence(check(folder.path(), &now)).contains("cargo xtask schema"));
    fs::write(&file, &text).unwrap();
    let left_over = folder.path().join("crates/vendor/schema/Gone.writes.json");
    fs::write(&left_over, "{}\n").unwrap();
    assert!(sentence(check(folder.path(), &now)).contains("cargo xtask schema"));
    write(folder.path(), &now).unwrap();
    assert!(!left_over.exists());
    fs::write(folder.path().join("crates/vendor/schema/Order.json"), "{}\n").unwrap();
    assert!(sentence(check(folder.path(), &now)).contains("rename or delete it"));
}

#[test]
fn a_changelog_without_its_section_stops_the_check() {
    let folder = workspace();
    let now = types(Direction::Reads, &order());
    write(folder.path(), &now).unwrap();
    let changelog = folder.path().join("CHANGELOG.md");
    let text = fs::read_to_string(&changelog).unwrap();
    fs::write(&changelog, text.replace("From the next release on", "At some time")).unwrap();
    assert!(sentence(check(folder.path(), &now)).contains("section Wire of CHANGELOG.md"));
    fs::write(&changelog, "# Changelog\n").unwrap();
    assert!(sentence(check(folder.path(), &now)).contains("## [Unreleased]"));
}

#[test]
fn after_a_release_each_change_is_judged_by_its_direction_and_stands_in_the_changelog() {
    let mut fewer = order();
    fewer["properties"].as_object_mut().unwrap().remove("count");
    for (direction, expected) in [(Direction::Reads, Verdict::Review), (Direction::Writes, Verdict::Breaking)] {
        let folder = workspace();
        let first = types(direction, &order());
        write(folder.path(), &first).unwrap();
        let stale = sentence(release(folder.path(), &types(direction, &fewer)));
        assert!(stale.contains("run `cargo xtask schema` first"), "{stale}");
        release(folder.path(), &first).unwrap();
        assert!(folder.path().join(format!("crates/vendor/schema/released/Order.{}.json", direction.name())).exists());
        // The section says so from now on.
        assert_eq!(write(folder.path(), &first).unwrap(), Verdict::Compatible);
        assert_eq!(check(folder.path(), &first).unwrap(), Verdict::Compatible);

        let second = types(direction, &fewer);
        assert_eq!(write(folder.path(), &second).unwrap(), expected);
        assert_eq!(check(folder.path(), &second).unwrap(), expected);
        let changelog = fs::read_to_string(folder.path().join("CHANGELOG.md")).unwrap();
        let line =
            format!("- `vendor`, `Order` {}: property removed at `/count`: {}.\n", direction.name(), expected.name());
        assert!(changelog.contains(&line), "{changelog}");
        release(folder.path(), &second).unwrap();
        assert_eq!(write(folder.path(), &second).unwrap(), Verdict::Compatible);
    }
}

#[test]
fn two_files_are_compared_in_the_direction_that_is_named() {
    let folder = workspace();
    let mut more = order();
    more["required"] = json!(["count", "id"]);
    let (old, new) = (folder.path().join("old.json"), folder.path().join("new.json"));
    fs::write(&old, order().to_string()).unwrap();
    fs::write(&new, more.to_string()).unwrap();
    assert_eq!(files(&old, &new, Direction::Reads).unwrap(), Verdict::Breaking);
    assert_eq!(files(&old, &new, Direction::Writes).unwrap(), Verdict::Compatible);
    assert_eq!(files(&new, &old, Direction::Writes).unwrap(), Verdict::Breaking);
    assert!(files(Path::new("nowhere"), &new, Direction::Reads).is_err());
}

/// The types of this workspace as they are.
#[test]
fn every_schema_is_one_that_a_drift_report_can_follow_and_that_a_validator_takes() {
    let now = super::derived::now().unwrap();
    assert!(now.len() > 30, "{}", now.len());
    for (subject, schema) in &now {
        assert!(clinical_drift::Shape::parse(&schema.to_string()).is_ok(), "{subject}");
        assert!(jsonschema::meta::is_valid(schema), "{subject}");
        assert_eq!(&normal::schema(schema), schema, "{subject}");
    }
}

#[test]
fn what_a_revision_writes_is_found_out_by_writing() {
    let now = super::derived::now().unwrap();
    let schema = |name: &str| {
        let found = now.iter().find(|(subject, _)| subject.name == name && subject.direction == Direction::Writes);
        found.unwrap().1.clone()
    };
    let (old, new) = (schema("NewMedicationOrder@2025-12"), schema("NewMedicationOrder@2026-01"));
    assert_eq!(old["properties"]["quantity"]["type"], "integer");
    let item = &new["properties"]["medication_requests"]["items"];
    assert_eq!(
        (&item["properties"]["quantity"]["type"], &item["properties"]["refills"]["type"]),
        (&json!("number"), &json!("string"))
    );
    assert_eq!(item["required"], json!(["direction", "dose", "medication", "quantity"]));
    let genders =
        |revision: &str| schema(&format!("NewPatient@{revision}"))["properties"]["gender"]["x-open-enum"].clone();
    assert_eq!(genders("2025-12"), json!(["female", "male", "other"]));
    assert_eq!(genders("2026-01"), json!(["female", "male", "other", "unknown"]));
    let kinds = &schema("NewPatient@2026-01")["properties"]["contacts"]["items"]["properties"]["key"]["x-open-enum"];
    // Several fields become contacts: only without any of them there are none.
    let required = &schema("NewPatient@2026-01")["required"];
    let expected = ["addresses", "assigned_clinic", "dob", "first_name", "gender", "last_name", "practitioner_id"];
    assert_eq!(required, &json!(expected));
    assert_eq!(kinds, &json!(["email", "fax", "phone", "sms", "url"]));
}
