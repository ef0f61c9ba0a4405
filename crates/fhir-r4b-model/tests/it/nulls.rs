//! Fields that are there as `null` or as an empty list: nothing of them is lost, and they are in nobody's way.

use fhir_r4b_model::codes::AdministrativeGender;
use fhir_r4b_model::json::{self, ErrorKind, ReadOptions};
use fhir_r4b_model::{ContactPoint, Observation, Patient, PatientDeceased, Resource};
use serde_json::Value;

#[track_caller]
fn kept(text: &str) {
    let resource: Resource = json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let again = json::to_string(&resource.clone());
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(parse(&again), parse(text));
    assert_eq!(again.len(), text.len(), "{again}");
    assert!(json::from_str::<Resource>(&again).unwrap() == resource);
}

#[test]
fn a_null_beside_the_type_of_a_choice_that_is_there_is_kept() {
    for fields in [
        r#""valueString":null,"valueQuantity":{"value":1.0}"#,
        r#""valueQuantity":{"value":1.0},"valueString":null"#,
        r#""valueBoolean":null,"valueString":null,"valueInteger":[],"valueDateTime":"2024""#,
        r#""valueBoolean":null,"valueString":null"#,
        r#""_valueString":null,"valueQuantity":{}"#,
        r#""_valueString":null,"valueString":null,"valueInteger":1,"_valueInteger":{"id":"a"}"#,
        r#""valueString":"a","_valueString":null"#,
        r#""valueString":null,"_valueString":{"id":"a"}"#,
        r#""valueInteger":null,"_valueString":{"id":"a"}"#,
        r#""component":[{"valueString":null,"valueTime":"10:00:00"}]"#,
    ] {
        kept(&format!(r#"{{"resourceType":"Observation",{fields}}}"#));
    }
}

#[test]
fn a_name_that_is_there_both_as_null_and_with_a_value_is_refused() {
    for fields in [
        r#""valueString":null,"valueString":"SECRET""#,
        r#""valueString":"SECRET","valueString":null"#,
        r#""valueString":null,"valueString":null"#,
        r#""valueQuantity":null,"valueQuantity":{}"#,
        r#""_valueString":{},"_valueString":null"#,
        r#""valueString":null,"valueQuantity":{},"valueInteger":1"#,
    ] {
        let text = format!(r#"{{"resourceType":"Observation",{fields}}}"#);
        let error = json::from_str::<Observation>(&text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Duplicate, "{text}");
    }
}

#[test]
fn a_null_goes_away_once_its_field_has_a_value() {
    let text = r#"{"resourceType":"Patient","telecom":[],"gender":null,"_gender":null,"deceasedBoolean":null,"_deceasedDateTime":null}"#;
    kept(text);
    let mut patient: Patient = json::from_str(text).unwrap();
    patient.gender = Some(AdministrativeGender::Female.into());
    patient.telecom.push(ContactPoint { value: Some("1".into()), ..Default::default() });
    patient.deceased = Some(PatientDeceased::DateTime("2024".into()));
    assert_eq!(
        json::to_string(&patient),
        r#"{"resourceType":"Patient","telecom":[{"value":"1"}],"gender":"female","deceasedDateTime":"2024"}"#
    );
}

#[test]
fn a_null_that_was_beside_a_value_never_has_the_name_of_another() {
    let mut patient: Patient =
        json::from_str(r#"{"resourceType":"Patient","deceasedBoolean":null,"deceasedDateTime":"2024"}"#).unwrap();
    patient.deceased = Some(PatientDeceased::Boolean(true.into()));
    assert_eq!(json::to_string(&patient), r#"{"resourceType":"Patient","deceasedBoolean":true}"#);
}

#[test]
fn a_null_among_elements_is_refused_where_it_stands() {
    let error = json::from_str::<Patient>(r#"{"resourceType":"Patient","name":[{},null]}"#).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Type, "Patient.name[1]"));
}

#[test]
fn a_null_is_told_by_its_own_rule_and_by_the_name_in_the_definition() {
    let text = r#"{"resourceType":"Patient","gender":null,"_active":null,"contact":[{"name":null}],"SECRET":null}"#;
    let (_, issues) = ReadOptions::new().from_slice_with_issues::<Patient>(text.as_bytes()).unwrap();
    let told: Vec<String> = issues.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "Patient.contact[0].name: null or an empty list is not allowed here (null)",
            "Patient.gender: null or an empty list is not allowed here (null)",
            "Patient.active: null or an empty list is not allowed here (null)",
            "Patient: the definition has no such field or resource (unknown)",
        ]
    );
}

#[cfg(feature = "validate")]
#[test]
fn a_resource_whose_nulls_were_filled_can_be_built() {
    use fhir_r4b_model::issue::Rule;
    use fhir_r4b_model::validate::Validate;
    let text = r#"{"resourceType":"Patient","gender":null,"telecom":[],"deceasedBoolean":null}"#;
    let mut patient: Patient = json::from_str(text).unwrap();
    let found: Vec<_> = patient.clone().build().unwrap_err().into_iter().map(|it| (it.path, it.rule)).collect();
    let null = |path: &str| (path.to_owned(), Rule::Null);
    assert_eq!(found, [null("Patient.gender"), null("Patient.telecom"), null("Patient.deceased")]);
    assert_eq!(ReadOptions::new().strict().from_str::<Patient>(text).unwrap_err().path(), "Patient.gender");
    patient.gender = Some(AdministrativeGender::Female.into());
    patient.telecom.push(ContactPoint { value: Some("1".into()), ..Default::default() });
    patient.deceased = Some(PatientDeceased::DateTime("2024".into()));
    assert!(patient.build().is_ok());
    // What was read beside a value is there until it is removed.
    let text = r#"{"resourceType":"Patient","deceasedBoolean":null,"deceasedDateTime":"2024"}"#;
    let mut patient: Patient = json::from_str(text).unwrap();
    assert_eq!(patient.clone().build().unwrap_err()[0].path, "Patient.deceased");
    patient.unknown.remove("deceasedBoolean");
    assert!(patient.build().is_ok());
}
