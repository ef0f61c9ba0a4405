//! Each row of the table, triggered by a prepared change, with its verdict and exit code in both directions: asked of the library, and of
//! `cargo xtask schema compare` as a process.

use std::fs;

use serde_json::{Value, json};
use xtask::schema::compare::compare;
use xtask::schema::verdict::Verdict::{Breaking, Compatible, Review};
use xtask::schema::verdict::{Direction, Kind, Verdict, worst};

use crate::pretend::xtask_in;

fn base() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "minLength": 2, "description": "Who."},
            "count": {"type": "integer"},
            "kind": {"enum": ["a", "b"]},
            "state": {"type": "string", "x-open-enum": ["new", "done"]},
            "list": {"type": "array", "items": {"$ref": "#/$defs/Item"}},
            "map": {"type": "object", "additionalProperties": {"type": "number"}}
        },
        "required": ["id"],
        "$defs": {"Item": {"type": "object", "properties": {"text": {"type": ["string", "null"]}}, "required": ["text"]}}
    })
}

struct Row {
    kind: Kind,
    at: &'static str,
    reads: Verdict,
    writes: Verdict,
    change: fn(&mut Value),
}

const fn row(kind: Kind, at: &'static str, reads: Verdict, writes: Verdict, change: fn(&mut Value)) -> Row {
    Row { kind, at, reads, writes, change }
}

fn rows() -> Vec<Row> {
    use Kind::*;
    vec![
        row(PropertyAdded, "/new", Compatible, Compatible, |s| s["properties"]["new"] = json!({"type": "string"})),
        row(PropertyRemoved, "/count", Review, Breaking, |s| {
            s["properties"].as_object_mut().unwrap().remove("count");
        }),
        row(BecameRequired, "/count", Breaking, Compatible, |s| s["required"] = json!(["count", "id"])),
        row(StoppedBeingRequired, "/id", Compatible, Breaking, |s| s["required"] = json!([])),
        row(StoppedBeingRequired, "/list/*/text", Compatible, Breaking, |s| {
            s["$defs"]["Item"]["required"] = json!([]);
        }),
        row(Widened, "/count", Compatible, Review, |s| s["properties"]["count"] = json!({"type": "number"})),
        row(Widened, "/count", Compatible, Review, |s| s["properties"]["count"] = json!({"type": ["integer", "null"]})),
        row(Widened, "/kind", Compatible, Review, |s| s["properties"]["kind"] = json!({"enum": ["a", "b", "c"]})),
        row(Widened, "/kind", Compatible, Review, |s| {
            s["properties"]["kind"] = json!({"type": "string", "x-open-enum": ["a", "b"]});
        }),
        row(Narrowed, "/list/*/text", Breaking, Compatible, |s| {
            s["$defs"]["Item"]["properties"]["text"] = json!({"type": "string"});
        }),
        row(Narrowed, "/kind", Breaking, Compatible, |s| s["properties"]["kind"] = json!({"enum": ["a"]})),
        row(Narrowed, "/state", Breaking, Compatible, |s| s["properties"]["state"] = json!({"enum": ["new", "done"]})),
        row(Narrowed, "/map/(other)", Breaking, Compatible, |s| {
            s["properties"]["map"]["additionalProperties"] = json!({"type": "integer"});
        }),
        row(Closed, "", Breaking, Compatible, |s| s["additionalProperties"] = json!(false)),
        row(Tightened, "/id", Breaking, Compatible, |s| s["properties"]["id"]["minLength"] = json!(3)),
        row(Tightened, "/id", Breaking, Compatible, |s| s["properties"]["id"]["maxLength"] = json!(3)),
        row(Tightened, "/count", Breaking, Compatible, |s| s["properties"]["count"]["minimum"] = json!(0)),
        row(Relaxed, "/id", Compatible, Review, |s| s["properties"]["id"]["minLength"] = json!(1)),
        row(Relaxed, "/id", Compatible, Review, |s| s["properties"]["id"]["minLength"] = json!(0)),
        row(Documentation, "", Compatible, Compatible, |s| s["properties"]["id"]["description"] = json!("Whom.")),
        row(Documentation, "", Compatible, Compatible, |s| s["$defs"]["Item"]["title"] = json!("An item")),
        // What follows from the rows of the design and is not in it by name.
        row(Opened, "", Breaking, Compatible, |s| s["additionalProperties"] = json!(false)),
        row(KnownValueAdded, "/state", Compatible, Compatible, |s| {
            s["properties"]["state"]["x-open-enum"] = json!(["new", "late", "done"]);
        }),
        row(KnownValueRemoved, "/state", Review, Compatible, |s| {
            s["properties"]["state"]["x-open-enum"] = json!(["new"]);
        }),
        row(Replaced, "/count", Breaking, Breaking, |s| s["properties"]["count"] = json!({"type": "string"})),
        row(Replaced, "/list/*/text", Breaking, Breaking, |s| {
            s["$defs"]["Item"]["properties"]["text"] = json!({"type": ["boolean", "null"]});
        }),
        row(PropertyForbidden, "/kind", Breaking, Breaking, |s| {
            s["properties"].as_object_mut().unwrap().remove("kind");
            s["additionalProperties"] = json!(false);
        }),
        row(NotUnderstood, "/id", Review, Review, |s| s["properties"]["id"]["not"] = json!({"const": "nobody"})),
        row(NotUnderstood, "/list/*", Review, Review, |s| {
            s["$defs"]["Item"] = json!({"allOf": [{"type": "object"}, {"$ref": "#/$defs/Other"}]});
        }),
    ]
}

/// The schemas before and after; the way back of a closing is an opening.
fn pair(row: &Row) -> (Value, Value) {
    let mut after = base();
    (row.change)(&mut after);
    if row.kind == Kind::Opened { (after, base()) } else { (base(), after) }
}

/// What is expected of a row, by direction.
fn expected(row: &Row) -> [(Direction, Verdict); 2] {
    let (reads, writes) = if row.kind == Kind::Opened { (Compatible, Review) } else { (row.reads, row.writes) };
    [(Direction::Reads, reads), (Direction::Writes, writes)]
}

/// A prepared change is one change, but for those that cannot come alone.
fn is_alone(row: &Row) -> bool {
    ![Kind::PropertyForbidden, Kind::NotUnderstood].contains(&row.kind)
}

#[test]
fn each_row_of_the_table_has_its_verdict_in_both_directions() {
    for row in rows() {
        let (old, new) = pair(&row);
        let changes = compare(&old, &new);
        let Row { kind, at, .. } = row;
        assert!(changes.iter().any(|it| it.kind == kind && it.at == at), "{kind:?} at {at:?}: {changes:?}");
        for (direction, verdict) in expected(&row) {
            assert_eq!(kind.verdict(direction), verdict, "{kind:?}");
            if is_alone(&row) {
                assert_eq!(changes.len(), 1, "{kind:?}: {changes:?}");
                assert_eq!(worst(&changes, direction), verdict);
            }
        }
    }
    let covered: Vec<Kind> = rows().iter().map(|row| row.kind).collect();
    let whole_files = [Kind::SchemaAdded, Kind::SchemaRemoved];
    for kind in Kind::ALL {
        assert!(covered.contains(&kind) || whole_files.contains(&kind), "no prepared change for {kind:?}");
    }
}

/// The codes are written here once more, because scripts rely on them.
fn code(verdict: Verdict) -> i32 {
    match verdict {
        Compatible => 0,
        Review => 3,
        Breaking => 4,
    }
}

#[test]
fn the_command_prints_each_row_and_ends_with_its_exit_code_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let mut ends = Vec::new();
    for row in rows() {
        let (old, new) = pair(&row);
        fs::write(folder.path().join("old.json"), old.to_string()).unwrap();
        fs::write(folder.path().join("new.json"), new.to_string()).unwrap();
        for (direction, verdict) in expected(&row) {
            let way = direction.name();
            let told = xtask_in(folder.path(), &["schema", "compare", "old.json", "new.json", "--direction", way]);
            let at = if row.at.is_empty() { "/" } else { row.at };
            let line = format!("{:<10} {at}: {}", verdict.name(), row.kind.words());
            assert!(told.text.lines().any(|told| told.starts_with(&line)), "{line}\n{}", told.text);
            if is_alone(&row) {
                assert_eq!(told.code, Some(code(verdict)), "{way} {}", told.text);
            }
            ends.push(told.code);
        }
    }
    for end in [0, 3, 4] {
        assert!(ends.iter().filter(|code| **code == Some(end)).count() > 10, "{end}: {ends:?}");
    }
}

#[test]
fn what_cannot_be_compared_has_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.json"), "{}").unwrap();
    fs::write(folder.path().join("new.json"), "{").unwrap();
    let compare = |arguments: &[&str]| xtask_in(folder.path(), &[&["schema", "compare"], arguments].concat());
    let told = compare(&["old.json", "new.json", "--direction", "reads"]);
    assert!(told.code == Some(1) && told.text.contains("new.json is not JSON"), "{}", told.text);
    let told = compare(&["old.json", "gone.json", "--direction", "reads"]);
    assert!(told.code == Some(1) && told.text.contains("cannot read gone.json"), "{}", told.text);
    assert_eq!(compare(&["old.json", "old.json"]).code, Some(2));
}

#[test]
fn a_property_that_is_added_as_required_is_breaking_to_read_and_compatible_to_write() {
    let mut after = base();
    after["properties"]["new"] = json!({});
    after["required"] = json!(["id", "new"]);
    let changes = compare(&base(), &after);
    assert_eq!((worst(&changes, Direction::Reads), worst(&changes, Direction::Writes)), (Breaking, Compatible));
}

#[test]
fn how_a_schema_is_written_is_no_change() {
    let spellings = [
        (json!({"anyOf": [{"type": "string"}, {"type": "null"}]}), json!({"type": ["null", "string"]})),
        (json!({"oneOf": [{"const": "a", "title": "x"}, {"const": "b"}]}), json!({"enum": ["b", "a"]})),
        (json!({"$ref": "#/$defs/X", "$defs": {"X": {"type": "string"}}}), json!({"type": "string"})),
        (json!({"allOf": [{"type": "string"}]}), json!({"type": "string", "minLength": 0})),
        (json!(true), json!({})),
    ];
    for (one, other) in spellings {
        for (old, new) in [(&one, &other), (&other, &one)] {
            let changes = compare(old, new);
            let real: Vec<_> = changes.iter().filter(|change| change.kind != Kind::Documentation).collect();
            assert!(real.is_empty(), "{old} {new}: {real:?}");
        }
    }
}

#[test]
fn a_recursive_type_ends_and_its_change_is_found() {
    let tree = |leaf: &str| {
        json!({"$ref": "#/$defs/Tree", "$defs": {"Tree": {"type": "object", "properties": {
            "leaf": {"type": leaf}, "more": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}}})
    };
    assert_eq!(compare(&tree("string"), &tree("string")), []);
    let changes = compare(&tree("string"), &tree("integer"));
    assert_eq!(
        changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["/leaf: type replaced (string to integer)"]
    );
    let circle = json!({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}});
    assert_eq!(worst(&compare(&circle, &json!({"type": "string"})), Direction::Reads), Breaking);
}

/// For the second opinion: each row as two `OpenAPI` documents, in which what we read is a request and what we write an answer.
#[test]
#[ignore = "writes files below target/ for a program that is run by hand; see docs/schema-changes.md"]
fn write_the_documents_for_the_second_opinion() {
    let folder = xtask::workspace::target_dir().join("second-opinion");
    fs::create_dir_all(&folder).unwrap();
    for (number, row) in rows().into_iter().enumerate() {
        let (old, new) = pair(&row);
        for (version, schema) in [("base", old), ("revision", new)] {
            let schemas = serde_json::from_str(&schema.to_string().replace("#/$defs/", "#/components/schemas/"));
            let mut schema: Value = schemas.unwrap();
            let mut components = schema.as_object_mut().unwrap().remove("$defs").unwrap();
            components["Whole"] = schema;
            let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Whole"}}});
            for direction in Direction::ALL {
                let operation = match direction {
                    Direction::Reads => {
                        json!({"requestBody": {"content": content}, "responses": {"200": {"description": "ok"}}})
                    }
                    Direction::Writes => json!({"responses": {"200": {"description": "ok", "content": content}}}),
                };
                let document = json!({
                    "openapi": "3.1.0", "info": {"title": "row", "version": "1.0.0"},
                    "paths": {"/row": {"post": operation}}, "components": {"schemas": components},
                });
                let name = format!("{number:02}-{:?}-{}-{version}.json", row.kind, direction.name());
                fs::write(folder.join(name), document.to_string()).unwrap();
            }
        }
    }
}
