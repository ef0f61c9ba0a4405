//! What a report may hold and how much of it: no value, no name that is somebody's, and no more places than are counted apart.

#![allow(clippy::unwrap_used)]

use clinical_drift::{Drift, Error, Shape};

fn shape(schema: &str) -> Shape {
    Shape::parse(schema).unwrap()
}

#[test]
fn a_name_that_looks_like_no_fields_is_not_repeated_and_what_is_in_unknown_fields_is_not_looked_at() {
    let shape = shape(r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#);
    let found = shape.drift(r#"{"Jane Doe":1,"b":{"c":{"d":"Jane"}},"":2,"Jos\u00e9":[],"a":1}"#.as_bytes()).unwrap();
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    let expected = [
        "/(name of 8 bytes): unknown field (integer)",
        "/b: unknown field (object)",
        "/(name of 0 bytes): unknown field (integer)",
        "/(name of 5 bytes): unknown field (array)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn at_most_256_places_are_told_apart_and_the_rest_is_a_number() {
    let shape = shape(r#"{"type":"object","properties":{"a":{}}}"#);
    let fields: Vec<String> = (0..300).map(|number| format!(r#""x{number}":0"#)).collect();
    let payload = format!("{{{}}}", fields.join(","));
    let drift = Drift::new();
    for _ in 0..2 {
        drift.clone().record("Thing", shape.drift(payload.as_bytes()).unwrap());
    }
    let counts = drift.counts();
    assert_eq!((counts.len(), drift.beyond()), (256, 88));
    assert!(counts.iter().all(|count| count.count == 2));
}

#[test]
fn of_one_payload_1024_findings_are_told_apart_and_the_rest_is_a_number_whoever_walks() {
    let shape = shape(r#"{"type":"array","items":{"type":"object","properties":{"a":{}}}}"#);
    let payload = format!("[{}]", vec![r#"{"x":0}"#; 1_500].join(","));
    let (walked, recorded) = (Drift::new(), Drift::new());
    walked.walk("Thing", &shape, payload.as_bytes()).unwrap();
    recorded.record("Thing", shape.drift(payload.as_bytes()).unwrap());
    for drift in [&walked, &recorded] {
        assert_eq!((drift.counts()[0].count, drift.beyond()), (1_024, 476));
    }
    // The next payload begins anew.
    walked.walk("Thing", &shape, br#"[{"x":0}]"#).unwrap();
    assert_eq!((walked.counts()[0].count, walked.beyond()), (1_025, 476));
    // What broke off is not counted at all.
    assert!(walked.walk("Thing", &shape, br#"[{"x":0}"#).is_err());
    assert_eq!(walked.counts()[0].count, 1_025);
}

#[test]
fn what_the_schema_says_nothing_of_is_passed_over_however_deep_and_whatever_its_numbers_are() {
    let shape = shape(r#"{"type":"object","properties":{"result":{},"status":{"enum":["DONE"]}}}"#);
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let payload = format!(r#"{{"result":[{deep},1e999],"status":"NEW"}}"#);
    let lines: Vec<String> = shape.drift(payload.as_bytes()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["/status: unknown value (string)"]);
}

#[test]
fn lists_maps_unions_references_and_recursion_are_followed() {
    let shape = shape(
        r##"{"$ref":"#/$defs/Tree","$defs":{"Tree":{"type":"object","required":["leaf"],"properties":{
            "leaf":{"anyOf":[{"type":"string","enum":["x"]},{"type":"null"}]},
            "more":{"type":"array","items":{"$ref":"#/$defs/Tree"}},
            "map":{"type":"object","additionalProperties":{"$ref":"#/$defs/Tree"}},
            "free":{"type":"object"}}}}}"##,
    );
    let payload =
        br#"{"leaf":null,"free":{"any":1},"more":[{"leaf":"x"},{"leaf":"y"},{"new":1,"leaf":7}],"map":{"k":{}}}"#;
    let lines: Vec<String> = shape.drift(payload).unwrap().iter().map(ToString::to_string).collect();
    let expected = [
        "/more/1/leaf: unknown value (string)",
        "/more/2/new: unknown field (integer)",
        "/more/2/leaf: other type (integer)",
        "/map/k/leaf: missing (object)",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_cannot_be_followed_is_refused_and_what_is_no_json_is_named_by_its_place() {
    for schema in ["", r#"{"allOf":[{}]}"#, r#"{"not":{}}"#, r##"{"$ref":"#/$defs/None"}"##, r#"{"type":"text"}"#] {
        assert_eq!(Shape::parse(schema).unwrap_err(), Error::Schema, "{schema}");
    }
    let deep = "[".repeat(200);
    for payload in ["", "{", r#"{"a":1}}"#, &deep, "1e400"] {
        assert!(matches!(shape("true").drift(payload.as_bytes()), Err(Error::NotJson { .. })), "{payload}");
    }
}

#[test]
fn debug_shows_no_name_that_only_the_payload_has_and_a_report_does() {
    let shape = r#"{"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object", "properties": {"id": {}}}},
        "by_name": {"type": "object", "additionalProperties": {"type": "object", "properties": {"id": {"type": "string"}}}}}}"#;
    let shape = Shape::parse(shape).unwrap();
    let payload = br#"{"items": [{"id": 1}, {"jane": 1}], "by_name": {"doe": {"id": 2, "smith": 3}}}"#;
    let found = shape.drift(payload).unwrap();
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "/items/1/jane: unknown field (integer)",
            "/by_name/doe/id: other type (integer)",
            "/by_name/doe/smith: unknown field (integer)",
        ]
    );
    let drift = Drift::new();
    drift.record("Answer", found.clone());
    assert_eq!(drift.counts()[0].to_string(), "Answer /by_name/doe/id: other type (integer), 1 time");
    for shown in [format!("{found:?}"), format!("{drift:?}"), format!("{:?}", drift.counts())] {
        assert!(shown.contains("/items/") && shown.contains("/by_name/(name not shown)"), "{shown}");
        assert!(!["jane", "doe", "smith"].iter().any(|name| shown.contains(name)), "{shown}");
    }
}

#[test]
fn a_schema_that_names_no_type_still_says_what_else_it_says() {
    for (schema, payload, line) in [
        (r#"{"x-open-enum":["a"]}"#, r#""b""#, "/: unknown value (string)"),
        (r#"{"properties":{"a":{}}}"#, r#"{"b":1}"#, "/b: unknown field (integer)"),
        (r#"{"required":["a"]}"#, r#"{"b":1}"#, "/a: missing (object)"),
        (r#"{"additionalProperties":{"type":"string"}}"#, r#"{"b":1}"#, "/b: other type (integer)"),
        (r#"{"items":{"type":"string"}}"#, "[1]", "/0: other type (integer)"),
    ] {
        let found = shape(schema).drift(payload.as_bytes()).unwrap();
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(lines, [line], "{schema}");
    }
}
