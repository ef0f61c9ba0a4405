//! Examples at the top of the pages that most readers come to. They are written by hand and tested as documentation of the model.

/// The example of a type, in Markdown.
pub(super) fn of(name: &str) -> Option<&'static str> {
    match name {
        "Bundle" => Some(BUNDLE),
        "Observation" => Some(OBSERVATION),
        "Patient" => Some(PATIENT),
        _ => None,
    }
}

const PATIENT: &str = r##"
```
use fhir_r4b_model::codes::AdministrativeGender;
use fhir_r4b_model::{Patient, PatientDeceased, json};

let patient: Patient = json::from_str(
    r#"{"resourceType": "Patient", "gender": "female", "birthDate": "1984-02-29", "deceasedBoolean": false,
        "name": [{"family": "Huber", "given": ["Maria"]}]}"#,
)?;
assert_eq!(patient.display_name().as_deref(), Some("Maria Huber"));
assert!(patient.gender.as_ref().is_some_and(|gender| gender.is(AdministrativeGender::Female)));
assert_eq!(patient.birth_date.as_ref().and_then(|date| date.as_str()), Some("1984-02-29"));
assert!(matches!(&patient.deceased, Some(PatientDeceased::Boolean(dead)) if dead.get() == Some(false)));
# Ok::<(), json::Error>(())
```
"##;

const OBSERVATION: &str = r##"
```
use fhir_r4b_model::codes::ObservationStatus;
use fhir_r4b_model::{CodeableConcept, Observation, ObservationValue, Quantity, Reference, json};

let pulse = Observation {
    status: Some(ObservationStatus::Final.into()),
    code: Some(CodeableConcept::of("http://loinc.org", "8867-4")),
    subject: Some(Reference::to("Patient/p1")),
    value: Quantity::ucum("72", "/min").map(|pulse| ObservationValue::Quantity(pulse.into())),
    ..Default::default()
};
assert!(json::to_string(&pulse).contains(r#""valueQuantity":{"value":72,"#));
```
"##;

const BUNDLE: &str = r##"
```
use fhir_r4b_model::{Bundle, Observation, Patient, json};

let bundle: Bundle = json::from_str(
    r#"{"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "id": "p1"}},
        {"resource": {"resourceType": "Observation", "subject": {"reference": "Patient/p1"}}}]}"#,
)?;
for observation in bundle.resources::<Observation>() {
    let subject = observation.subject.as_ref().and_then(|subject| bundle.resolve(subject));
    let patient: Option<&Patient> = subject.and_then(|resource| resource.get());
    assert!(patient.is_some());
}
# Ok::<(), json::Error>(())
```
"##;
