//! What validation finds, where, and by which rule; and that nothing is found where nothing is wrong.

use fhir_r4b_model::issue::{Issue, Rule, Severity};
use fhir_r4b_model::json::{self, ErrorKind, ReadOptions};
use fhir_r4b_model::validate::{NOT_EVALUATED, NOT_LISTED, Validate};
use fhir_r4b_model::{Patient, Resource};

fn found(text: &str) -> Vec<(String, Severity, Rule)> {
    let issues = json::from_str::<Resource>(text).unwrap().validate();
    let mut found: Vec<_> = issues.into_iter().map(|issue| (issue.path, issue.severity, issue.rule)).collect();
    // Hardly any text below is for people.
    found.retain(|(_, _, rule)| *rule != Rule::Invariant("dom-6"));
    found
}

#[track_caller]
fn one(text: &str, path: &str, severity: Severity, rule: Rule) {
    assert_eq!(found(text), [(path.to_owned(), severity, rule)], "{text}");
}

const CODE: &str = r#""code":{"text":"x"}"#;

#[test]
fn each_rule_is_told_at_its_path() {
    let patient = |fields: &str| format!(r#"{{"resourceType":"Patient",{fields}}}"#);
    let error = Severity::Error;
    one(&format!(r#"{{"resourceType":"Observation",{CODE}}}"#), "Observation.status", error, Rule::Required);
    one(r#"{"resourceType":"Observation","status":"final"}"#, "Observation.code", error, Rule::Required);
    one(&patient(r#""gender":"Female""#), "Patient.gender", error, Rule::Code);
    one(&patient(r#""birthDate":"1984-2-29""#), "Patient.birthDate", error, Rule::Format);
    one(&patient(r#""name":[{"family":"a"},{"given":["a",""]}]"#), "Patient.name[1].given[1]", error, Rule::Format);
    one(&patient(r#""deceasedDateTime":"yesterday""#), "Patient.deceased", error, Rule::Format);
    one(&patient(r#""multipleBirthInteger":3000000000"#), "Patient.multipleBirth", error, Rule::Format);
    one(&patient(r#""colour":"red""#), "Patient", error, Rule::Unknown);
    one(&patient(r#""contact":[{"colour":"red"}]"#), "Patient.contact[0]", error, Rule::Unknown);
    one(&patient(r#""maritalStatus":{}"#), "Patient.maritalStatus", error, Rule::Invariant("ele-1"));
    one(&patient(r#""maritalStatus":{"id":"x"}"#), "Patient.maritalStatus", error, Rule::Invariant("ele-1"));
    one(&patient(r#""_birthDate":{"id":"x"}"#), "Patient.birthDate", error, Rule::Invariant("ele-1"));
    one(&patient(r#""extension":[{"url":"u"}]"#), "Patient.extension[0]", error, Rule::Invariant("ext-1"));
    one(
        &patient(r#""extension":[{"url":"u","valueCode":"a","extension":[{"url":"v","valueCode":"b"}]}]"#),
        "Patient.extension[0]",
        error,
        Rule::Invariant("ext-1"),
    );
    one(&patient(r#""link":[{"type":"refer"}]"#), "Patient.link[0].other", error, Rule::Required);
    one(
        &patient(r#""_birthDate":{"extension":[{"url":"u","valueDate":"x"}]}"#),
        "Patient.birthDate.extension[0].value",
        error,
        Rule::Format,
    );
    let to_a_device =
        patient(r#""generalPractitioner":[{"reference":"Practitioner/1"},{"reference":"https://a.example/Device/1"}]"#);
    one(&to_a_device, "Patient.generalPractitioner[1]", Severity::Warning, Rule::Target);
    one(&patient(&format!(r#""id":"{}""#, "x".repeat(65))), "Patient.id", Severity::Warning, Rule::Format);
    one(&patient(r#""id":"a b""#), "Patient.id", error, Rule::Format);
    let concept = |code: &str| {
        format!(
            r#"{{"resourceType":"Condition","subject":{{"reference":"Patient/1"}},"clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"{code}"}}]}}}}"#
        )
    };
    assert_eq!(found(&concept("active")), []);
    one(&concept("over"), "Condition.clinicalStatus", error, Rule::Code);
}

#[test]
fn contained_resources_have_rules_of_their_own() {
    let request = |contained: &str, reference: &str| {
        format!(
            r#"{{"resourceType":"MedicationRequest","contained":[{contained}],"status":"active","intent":"order","subject":{{"reference":"Patient/1"}},"medicationReference":{{"reference":"{reference}"}}}}"#
        )
    };
    let at = "MedicationRequest.contained[0]";
    let error = Severity::Error;
    assert_eq!(found(&request(r#"{"resourceType":"Medication","id":"m"}"#, "#m")), []);
    // One contained resource may name another.
    assert_eq!(
        found(&request(
            r##"{"resourceType":"Medication","id":"m","manufacturer":{"reference":"#o"}},{"resourceType":"Organization","id":"o"}"##,
            "#m"
        )),
        []
    );
    one(&request(r#"{"resourceType":"Medication","id":"m"}"#, "Medication/1"), at, error, Rule::Invariant("dom-3"));
    let nested = r#"{"resourceType":"Medication","id":"m","contained":[{"resourceType":"Patient"}]}"#;
    assert!(found(&request(nested, "#m")).contains(&(at.to_owned(), error, Rule::Invariant("dom-2"))));
    let meta = |meta: &str| request(&format!(r#"{{"resourceType":"Medication","id":"m","meta":{{{meta}}}}}"#), "#m");
    one(&meta(r#""versionId":"1""#), at, error, Rule::Invariant("dom-4"));
    one(&meta(r#""security":[{"code":"R"}]"#), at, error, Rule::Invariant("dom-5"));
    let nowhere =
        request(r##"{"resourceType":"Patient","id":"p","link":[{"other":{"reference":"#"},"type":"refer"}]}"##, "#m");
    one(&nowhere, "MedicationRequest.medication", error, Rule::Invariant("ref-1"));
}

#[test]
fn an_element_that_is_there_by_an_extension_alone_is_there() {
    let text = format!(
        r#"{{"resourceType":"Observation","_status":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}}]}},{CODE}}}"#
    );
    assert_eq!(found(&text), []);
}

#[test]
fn a_bundle_is_looked_at_with_all_its_entries() {
    let text = r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}},{"resource":{"resourceType":"Patient","gender":"f"}},{"resource":{"resourceType":"Unheard"}}]}"#;
    assert_eq!(
        found(text),
        [
            ("Bundle.entry[1].resource.gender".to_owned(), Severity::Error, Rule::Code),
            ("Bundle.entry[2].resource".to_owned(), Severity::Error, Rule::Unknown),
        ]
    );
}

#[test]
fn strict_reading_refuses_the_first_error_and_no_warning() {
    let strict = ReadOptions::new().strict();
    let error = strict.from_str::<Patient>(r#"{"resourceType":"Patient","gender":"SECRET"}"#).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Invalid, "Patient.gender"));
    assert_eq!(error.to_string(), "Patient.gender: this code is none of those that the element takes");
    assert!(strict.from_str::<Resource>(r#"{"resourceType":"Patient","id":"p"}"#).is_ok());
    assert!(strict.from_str::<Resource>(r#"{"resourceType":"Unheard"}"#).is_err());
}

#[test]
fn issues_become_an_operation_outcome_that_is_valid() {
    let issues = json::from_str::<Patient>(r#"{"resourceType":"Patient","gender":"f"}"#).unwrap().validate();
    for issues in [issues.as_slice(), &[]] {
        let outcome = Issue::outcome(issues);
        assert_eq!(outcome.issue.len(), issues.len().max(1));
        assert!(outcome.validate().iter().all(|issue| issue.severity == Severity::Warning));
    }
    let outcome = Issue::outcome(&issues);
    // A choice has the name of its element in an expression of `FHIRPath`.
    let observation = r#"{"resourceType":"Observation","valueQuantity":{"comparator":"=="}}"#;
    let outcome_of_choice = Issue::outcome(&json::from_str::<Resource>(observation).unwrap().validate());
    let mut expressions = outcome_of_choice.issue.iter().filter_map(|issue| issue.expression[0].as_str());
    assert!(expressions.any(|expression| expression == "Observation.value.comparator"));
    let code = outcome.issue.iter().find(|issue| issue.expression[0].as_str() == Some("Patient.gender")).unwrap();
    assert_eq!(code.code.as_ref().and_then(|code| code.as_str()), Some("code-invalid"));
}

#[test]
fn what_is_left_out_is_listed() {
    assert!(NOT_EVALUATED.iter().any(|(key, path)| (*key, *path) == ("obs-7", "Observation")));
    assert!(NOT_EVALUATED.iter().any(|(key, _)| *key == "txt-1"));
    assert!(!NOT_EVALUATED.iter().any(|(key, _)| ["ele-1", "dom-3", "txt-2"].contains(key)));
    assert!(NOT_LISTED.contains(&"http://hl7.org/fhir/ValueSet/mimetypes"));
}
