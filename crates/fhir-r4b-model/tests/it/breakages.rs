//! One valid document, broken in one way at a time: what a strict reading finds, at which path, by which rule; and what it lets pass on purpose.

use fhir_r4b_model::issue::{Rule, Severity};
use fhir_r4b_model::json::{self, ErrorKind, ReadOptions};
use fhir_r4b_model::validate::Validate;
use fhir_r4b_model::{Observation, Resource};
use serde_json::{Value, json};

/// An observation with something of every type that can be broken.
fn valid() -> Value {
    json!({
        "resourceType": "Observation",
        "id": "o-1",
        "meta": {"lastUpdated": "2024-02-29T10:00:00Z", "profile": ["http://example.org/p"]},
        "language": "en",
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"},
        "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1984-02-29", "photo": [{"data": "QUJD", "size": 3}]}],
        "extension": [{"url": "http://example.org/e", "valueOid": "urn:oid:1.2.3"}, {"url": "http://example.org/f", "valueUuid": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}],
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "#p"},
        "effectiveDateTime": "2024-02-29T10:00:00+01:00",
        "issued": "2024-02-29T10:00:00.5Z",
        "performer": [{"reference": "Practitioner/1"}],
        "valueQuantity": {"value": 72, "comparator": "<", "system": "http://unitsofmeasure.org", "code": "/min"},
        "note": [{"text": "a"}],
        "component": [{"code": {"text": "b"}, "valueTime": "10:30:00"}]
    })
}

fn errors(value: &Value) -> Vec<(String, Rule)> {
    let issues = json::from_str::<Resource>(&value.to_string()).unwrap().validate();
    issues.into_iter().filter(|it| it.severity == Severity::Error).map(|it| (it.path, it.rule)).collect()
}

/// The document with another value at a JSON pointer; without it if that is `null`.
fn with(pointer: &str, value: Value) -> Value {
    let mut document = valid();
    let (above, name) = pointer.rsplit_once('/').unwrap();
    let above = document.pointer_mut(above).unwrap();
    match above {
        Value::Array(members) => members[name.parse::<usize>().unwrap()] = value,
        above if value.is_null() => drop(above.as_object_mut().unwrap().remove(name).unwrap()),
        above => above[name] = value,
    }
    document
}

#[test]
fn the_document_is_valid_before_it_is_broken() {
    assert_eq!(errors(&valid()), []);
    assert!(ReadOptions::new().strict().from_str::<Observation>(&valid().to_string()).is_ok());
}

#[test]
fn each_breakage_is_found_at_its_path_and_by_its_rule() {
    let (form, code, required) = (Rule::Format, Rule::Code, Rule::Required);
    let empty = Rule::Invariant("ele-1");
    let cases = [
        // What has to be there.
        ("/status", json!(null), "Observation.status", required),
        ("/code", json!(null), "Observation.code", required),
        ("/component/0/code", json!(null), "Observation.component[0].code", required),
        ("/note/0", json!({"time": "2024"}), "Observation.note[0].text", required),
        ("/extension/0/url", json!(null), "Observation.extension[0].url", required),
        ("/text/div", json!(null), "Observation.text.div", required),
        // Codes of required bindings.
        ("/status", json!("done"), "Observation.status", code),
        ("/status", json!("Final"), "Observation.status", code),
        ("/text/status", json!("made"), "Observation.text.status", code),
        ("/valueQuantity/comparator", json!("=="), "Observation.value.comparator", code),
        ("/contained/0/gender", json!("f"), "Observation.contained[0].gender", code),
        // Dates and times.
        ("/effectiveDateTime", json!("2024-2-29"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-13"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-02-30"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2100-02-29"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2023-02-29"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-04-31T10:00:00Z"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-02-29T10:00:00"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-02-29T10:00Z"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-02-29T24:00:00Z"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024-02-29T10:00:00+15:00"), "Observation.effective", form),
        ("/effectiveDateTime", json!(""), "Observation.effective", form),
        ("/effectiveDateTime", json!(" 2024"), "Observation.effective", form),
        ("/effectiveDateTime", json!("2024 "), "Observation.effective", form),
        ("/issued", json!("2024-02-29"), "Observation.issued", form),
        ("/issued", json!("2024-02-29T10:00:00.Z"), "Observation.issued", form),
        ("/meta/lastUpdated", json!("now"), "Observation.meta.lastUpdated", form),
        ("/component/0/valueTime", json!("10:30"), "Observation.component[0].value", form),
        ("/component/0/valueTime", json!("10:30:00Z"), "Observation.component[0].value", form),
        ("/component/0/valueTime", json!("24:00:00"), "Observation.component[0].value", form),
        ("/contained/0/birthDate", json!("29.02.1984"), "Observation.contained[0].birthDate", form),
        ("/contained/0/birthDate", json!("1984-02-29T00:00:00Z"), "Observation.contained[0].birthDate", form),
        // Names, addresses, bytes, numbers.
        ("/id", json!("o 1"), "Observation.id", form),
        ("/id", json!("o_1"), "Observation.id", form),
        ("/id", json!(""), "Observation.id", form),
        ("/language", json!(" en"), "Observation.language", form),
        ("/language", json!("e  n"), "Observation.language", form),
        ("/meta/profile/0", json!("http://example.org/a b"), "Observation.meta.profile[0]", form),
        ("/extension/0/url", json!("a b"), "Observation.extension[0].url", form),
        ("/extension/0/valueOid", json!("1.2.3"), "Observation.extension[0].value", form),
        ("/extension/0/valueOid", json!("urn:oid:3.2"), "Observation.extension[0].value", form),
        ("/extension/0/valueOid", json!("urn:oid:1.02"), "Observation.extension[0].value", form),
        (
            "/extension/1/valueUuid",
            json!("0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"),
            "Observation.extension[1].value",
            form,
        ),
        (
            "/extension/1/valueUuid",
            json!("urn:uuid:0C3151BD-1cbf-4d64-b04d-cd9187a4c6e0"),
            "Observation.extension[1].value",
            form,
        ),
        ("/contained/0/photo/0/data", json!("QUJ"), "Observation.contained[0].photo[0].data", form),
        ("/contained/0/photo/0/data", json!("QUI!"), "Observation.contained[0].photo[0].data", form),
        ("/contained/0/photo/0/size", json!(-1), "Observation.contained[0].photo[0].size", form),
        ("/contained/0/photo/0/size", json!(1.5), "Observation.contained[0].photo[0].size", form),
        ("/note/0/text", json!(""), "Observation.note[0].text", form),
        ("/valueQuantity/code", json!("a\tb "), "Observation.value.code", form),
        // Nothing in it, and what nobody knows.
        ("/note/0", json!({"id": "n"}), "Observation.note[0].text", required),
        ("/performer/0", json!({}), "Observation.performer[0]", empty),
        ("/_issued", json!({}), "Observation.issued", empty),
        ("/_language", json!({}), "Observation.language", empty),
        ("/component/0/valueTime", json!(null), "", empty),
        ("/colour", json!("red"), "Observation", Rule::Unknown),
        ("/component/0/colour", json!("red"), "Observation.component[0]", Rule::Unknown),
        ("/extension/0/valueOid", json!(null), "Observation.extension[0]", Rule::Invariant("ext-1")),
        ("/subject/reference", json!("#q"), "Observation.subject", Rule::Invariant("ref-1")),
    ];
    for (pointer, value, path, rule) in cases {
        if path.is_empty() {
            // The value of a component may be missing: no error.
            assert_eq!(errors(&with(pointer, value)), []);
            continue;
        }
        let document = with(pointer, value.clone());
        let found = errors(&document);
        assert!(found.contains(&(path.to_owned(), rule)), "{pointer} = {value}: {found:?}");
        // Nothing else is wrong but what follows from it: an element with nothing in it, a contained resource nobody names any more.
        let others = found
            .iter()
            .filter(|it| **it != (path.to_owned(), rule) && !matches!(it.1, Rule::Invariant("ele-1" | "dom-3")))
            .count();
        assert_eq!(others, 0, "{pointer} = {value}: {found:?}");
        let error = ReadOptions::new().strict().from_str::<Resource>(&document.to_string()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(json::from_str::<Resource>(&document.to_string()).is_ok());
    }
}

#[test]
fn empty_addresses_and_narratives_that_are_none_are_found() {
    let open = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
    let form = Rule::Format;
    for (pointer, value, path, rule) in [
        // The expressions let these be empty; the specification has no empty primitive.
        ("/extension/0/url", String::new(), "extension[0].url", form),
        ("/implicitRules", String::new(), "implicitRules", form),
        ("/meta/profile/0", String::new(), "meta.profile[0]", form),
        ("/contained/0/photo/0/url", String::new(), "contained[0].photo[0].url", form),
        ("/text/div", String::new(), "text.div", form),
        ("/text/div", "a".to_owned(), "text.div", form),
        ("/text/div", "<div>a</div>".to_owned(), "text.div", form),
        ("/text/div", format!("{open} <p/></div>"), "text.div", Rule::Invariant("txt-2")),
    ] {
        assert_eq!(errors(&with(pointer, value.into())), [(format!("Observation.{path}"), rule)], "{pointer}");
    }
}

#[test]
fn what_the_types_cannot_hold_is_refused_by_every_reading() {
    for (pointer, value, path, kind) in [
        ("/valueString", json!("two values"), "valueString", ErrorKind::Duplicate),
        ("/component/0/valueInteger", json!(1), "component[0].valueTime", ErrorKind::Duplicate),
        ("/status", json!(["final", "final"]), "status", ErrorKind::Type),
        ("/code", json!([{"text": "a"}, {"text": "b"}]), "code", ErrorKind::Type),
        ("/note", json!({"text": "a"}), "note", ErrorKind::Type),
        ("/valueQuantity/value", json!("72"), "valueQuantity.value", ErrorKind::Type),
        ("/issued", json!(2024), "issued", ErrorKind::Type),
    ] {
        for options in [ReadOptions::new(), ReadOptions::new().strict()] {
            let error = options.from_str::<Observation>(&with(pointer, value.clone()).to_string()).unwrap_err();
            assert_eq!((error.path(), error.kind()), (format!("Observation.{path}").as_str(), kind));
        }
    }
}

#[test]
fn a_wrong_target_and_an_id_that_is_only_too_long_are_warnings() {
    for (pointer, value, path, rule) in [
        ("/performer/0/reference", json!("Device/1"), "Observation.performer[0]", Rule::Target),
        ("/performer/0/reference", json!("http://example.org/fhir/Device/1"), "Observation.performer[0]", Rule::Target),
        ("/performer/0/type", json!("Device"), "Observation.performer[0]", Rule::Target),
        ("/id", json!("x".repeat(65)), "Observation.id", Rule::Format),
    ] {
        let document = with(pointer, value);
        assert_eq!(errors(&document), []);
        let issues = json::from_str::<Resource>(&document.to_string()).unwrap().validate();
        assert!(
            issues.iter().any(|it| (it.path.as_str(), it.rule, it.severity) == (path, rule, Severity::Warning)),
            "{issues:?}"
        );
    }
}

#[test]
fn a_leap_day_is_valid_where_the_calendar_has_one() {
    for day in ["2024-02-29", "2000-02-29", "2400-02-29", "2023-01-31", "2023-12-31", "2023-04-30"] {
        assert_eq!(errors(&with("/effectiveDateTime", json!(day))), [], "{day}");
    }
}
