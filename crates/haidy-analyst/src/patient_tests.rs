//! A result goes back as it came, and its views show what the guide documents.

use super::*;
use crate::{Record, Structure, wire};

/// With all that a decoder would change: numbers, escapes, white space, the order and doubles of what is not known.
const RESULT: &str = r#"{ "z" : 1.00,"patient_id":"p\u0031","a":[1e400,-0,12345678901234567890123456789],
  "clinical_records":[
    {"record_id":"r1","content":{"b":null,"a":"\u00e9\ud83d\ude00\/"},"content_hash":"sha256:ab","meta":{},"record_structured":{
      "input_text":"canary","x":1,"structured_output":{
        "medications":[
          {"identity_signature":"s","identity_fields":{"name":"Lisinopril","dose":null,"n":1.0},"extra":0.10,"instantiations":[
            {"span":{"start":45,"end":65,"unit":"?"},"tagging_certainty":1,"time_references":[ 1.0 ],"status":{"k":"v"},"q":7},
            {"display_str":"Lisinopril 10mg daily","tagging_certainty":0.95}]},
          {}],
        "conditions":[{"identity_fields":{"name":"c"}}],"procedures":[{"identity_fields":{"name":"p"}}],
        "allergies":[{"identity_fields":{"name":"a"}}],"immunizations":[{"identity_fields":{"name":"i"}}],
        "observations":[{"identity_fields":{"name":"o"}}],"devices":[{}]}}},
    {"record_structured":{"structured_output":{"conditions":[{"identity_fields":{"name":"c2"}}],"medications":null}}},
    {"record_structured":null},{}],
  "patient_metadata":{"name":"John canary","gender":"unknown","birthday":"1990-01-01T00:00:00Z","ahv":"756"},
  "holistic_patient_id":"h","created_at":"2024-12-22T10:30:00Z","last_modified":"2024-12-22T10:32:15Z",
  "patient_structured":{"conditions":[{"identity_fields":{"name":"all"}}]},"z":"again" }"#;

fn patient() -> HolisticPatient {
    HolisticPatient::from_json(RESULT).unwrap()
}

#[tokio::test]
async fn a_result_goes_back_byte_for_byte() {
    assert_eq!(patient().as_json(), RESULT);
    let body = wire::structure(&Structure::new([Record::text("x")]).holistic_patient(&patient())).await.unwrap();
    let around = r#"{"new_records":[{"source":{"type":"plain_text","text":"x"}}],"holistic_patient":"#;
    assert_eq!(wire::tests::sent_bytes(body).await, format!("{around}{RESULT}}}"));
}

#[test]
fn every_documented_field_has_a_view() {
    let patient = patient();
    assert_eq!((patient.patient_id(), patient.holistic_patient_id()), (Some("p1"), Some("h")));
    assert_eq!(patient.created_at(), Some("2024-12-22T10:30:00Z"));
    assert_eq!(patient.last_modified(), Some("2024-12-22T10:32:15Z"));
    let record = &patient.records()[0];
    assert_eq!((record.record_id(), record.content_hash()), (Some("r1"), Some("sha256:ab")));
    assert_eq!(record.input_text(), Some("canary"));
    let medication = &record.entities(EntityKind::Medications)[0];
    assert_eq!(medication.identity_signature(), Some("s"));
    assert_eq!(medication.identity("name").unwrap(), "Lisinopril");
    assert_eq!(
        (medication.identity("dose"), medication.identity("n"), medication.identity("none")),
        (None, None, None)
    );
    assert_eq!(medication.identity_fields().unwrap().len(), 3);
    assert_eq!(medication.display_str(), Some("Lisinopril 10mg daily"));
    let [first, second] = medication.instantiations() else { panic!() };
    let span = first.span().unwrap();
    assert_eq!((span.start(), span.end()), (Some(45), Some(65)));
    assert_eq!((first.tagging_certainty(), second.tagging_certainty()), (Some(1.0), Some(0.95)));
    assert!(first.display_str().is_none() && second.span().is_none() && second.status().is_none());
    let metadata = patient.metadata().unwrap();
    assert_eq!((metadata.name(), metadata.gender()), (Some("John canary"), Some(crate::Gender::Unknown)));
    assert_eq!((metadata.birthday(), metadata.birth_date()), (Some("1990-01-01T00:00:00Z"), Some("1990-01-01")));
}

#[test]
fn what_the_contract_leaves_open_is_there_by_its_text() {
    let patient = patient();
    let record = &patient.records()[0];
    let mention = &record.entities(EntityKind::Medications)[0].instantiations()[0];
    let table = [
        (patient.other().get("a"), "[1e400,-0,12345678901234567890123456789]"),
        (patient.other().get("z"), r#""again""#),
        (record.content(), r#"{"b":null,"a":"\u00e9\ud83d\ude00\/"}"#),
        (record.other().get("meta"), "{}"),
        (record.structured_other().unwrap().get("x"), "1"),
        (record.structured_output().unwrap().other().get("devices"), "[{}]"),
        (record.entities(EntityKind::Medications)[0].other().get("extra"), "0.10"),
        (mention.time_references(), "[ 1.0 ]"),
        (mention.status(), r#"{"k":"v"}"#),
        (mention.other().get("q"), "7"),
        (mention.span().unwrap().other().get("unit"), r#""?""#),
        (patient.metadata().unwrap().other().get("ahv"), r#""756""#),
    ];
    for (number, (json, text)) in table.into_iter().enumerate() {
        assert_eq!(json.unwrap().as_json(), text, "{number}");
    }
}

#[test]
fn entities_of_a_kind_come_from_all_records_each_with_its_record() {
    fn names<'a>(found: impl Iterator<Item = Found<'a>>) -> Vec<(Option<&'a str>, Option<String>)> {
        found.map(|it| (it.record_id, it.entity.identity("name").map(Into::into))).collect()
    }
    let one = |name: &str| vec![(Some("r1"), Some(name.to_owned()))];
    let patient = patient();
    assert_eq!(names(patient.medications()), [(Some("r1"), Some("Lisinopril".into())), (Some("r1"), None)]);
    assert_eq!(names(patient.conditions()), [(Some("r1"), Some("c".into())), (None, Some("c2".into()))]);
    assert_eq!(names(patient.procedures()), one("p"));
    assert_eq!(names(patient.allergies()), one("a"));
    assert_eq!(names(patient.immunizations()), one("i"));
    assert_eq!(names(patient.observations()), one("o"));
    let kinds: Vec<_> = EntityKind::ALL.iter().map(|kind| patient.entities(*kind).count()).collect();
    assert_eq!(kinds, [2, 2, 1, 1, 1, 1]);
}

#[test]
fn the_aggregation_is_read_in_either_shape_and_never_demanded() {
    let table = [
        (r#"{"conditions":[{}]}"#, Some(1)),
        (r#"{"structured_output":{"conditions":[{},{}]}}"#, Some(2)),
        ("{}", Some(0)),
        ("[]", None),
        ("7", None),
        (r#"{"conditions":7}"#, None),
    ];
    for (aggregation, conditions) in table {
        let json = format!(r#"{{"patient_structured":{aggregation}}}"#);
        let patient = HolisticPatient::from_json(json).unwrap();
        let found = patient.patient_structured().map(|entities| entities.of(EntityKind::Conditions).len());
        assert_eq!(found, conditions, "{aggregation}");
        assert_eq!(patient.other().get("patient_structured").unwrap().as_json(), aggregation);
    }
    assert!(HolisticPatient::from_json("{}").unwrap().patient_structured().is_none());
}

#[test]
fn what_does_not_fit_is_named_by_its_place_and_not_by_its_value() {
    let table = [
        ("[]", ""),
        ("7", ""),
        (r#"{"patient_id":7}"#, "/patient_id"),
        (r#"{"clinical_records":{"canary":1}}"#, "/clinical_records"),
        (
            r#"{"clinical_records":[{},{"record_structured":{"structured_output":{"medications":[{"instantiations":[{"span":{"start":"canary"}}]}]}}}]}"#,
            "/clinical_records/1/record_structured/structured_output/medications/0/instantiations/0/span/start",
        ),
        (r#"{"patient_metadata":{"gender":["canary"]}}"#, "/patient_metadata/gender"),
    ];
    for (json, pointer) in table {
        let error = HolisticPatient::from_json(json).unwrap_err();
        assert_eq!(error.pointer(), Some(pointer), "{json}");
        let text = format!("{error} {error:?}");
        assert!(text.contains("holistic_patient does not fit the contract at /") && !text.contains("canary"), "{text}");
    }
    let error = HolisticPatient::from_json("{").unwrap_err();
    assert!(error.pointer().is_none() && error.to_string().contains("is not valid JSON"), "{error}");
}

#[test]
fn a_result_that_is_nested_deep_is_still_a_result() {
    let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(HolisticPatient::from_json(deep.clone()).unwrap().as_json(), deep);
}

#[test]
fn debug_tells_numbers_only() {
    let patient = patient();
    let record = &patient.records()[0];
    let medication = patient.medications().next().unwrap();
    let shown = format!(
        "{patient:?} {record:?} {medication:?} {:?} {:?} {:?} {:?}",
        medication.instantiations(),
        patient.metadata(),
        patient.other(),
        record.content(),
    );
    for hidden in ["canary", "John", "Lisinopril", "756", "r1", "again"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
    assert!(shown.contains("HolisticPatient { records: 4, ") && shown.contains("\"medications\": 2"), "{shown}");
}
