//! The Bundle of the sandbox, typed: the model finds in it what the JSON holds, and writes it back without loss.

use clinical_tests::haidy::{of_sandbox, start};
use haidy_analyst::{Bundle, FhirOptions, fhir};
use serde_json::Value;

const TEXT: &str = "Patient John Doe, DOB 1990-01-01. Type 2 diabetes and hypertension. Metformin 1000mg twice daily. BP 140/90, HR 85.";

async fn bundle() -> Bundle {
    let sandbox = start().await;
    of_sandbox(&sandbox).structure_fhir(TEXT, FhirOptions::new()).await.unwrap().wait().await.unwrap()
}

#[tokio::test]
async fn the_typed_bundle_has_what_the_json_has_and_is_written_back_without_loss() {
    let bundle = bundle().await;
    let typed = bundle.typed().unwrap();
    let counts = [
        (typed.resources::<fhir::Patient>().count(), "Patient"),
        (typed.resources::<fhir::DocumentReference>().count(), "DocumentReference"),
        (typed.resources::<fhir::Condition>().count(), "Condition"),
        (typed.resources::<fhir::MedicationStatement>().count(), "MedicationStatement"),
        (typed.resources::<fhir::Observation>().count(), "Observation"),
    ];
    for (count, resource_type) in counts {
        assert_eq!(count, bundle.resources(resource_type).count(), "{resource_type}");
        assert!(count > 0, "{resource_type}");
    }
    let read = |json: &str| serde_json::from_str::<Value>(json).unwrap();
    assert_eq!(read(&fhir::json::to_string(&typed)), read(bundle.as_json()));
}

#[tokio::test]
async fn the_subject_of_a_condition_is_found_by_its_relative_reference() {
    let typed = bundle().await.typed().unwrap();
    let condition = typed.resources::<fhir::Condition>().next().unwrap();
    let subject = condition.subject.as_ref().and_then(|subject| typed.resolve(subject)).unwrap();
    let patient: &fhir::Patient = subject.get().unwrap();
    assert_eq!(patient.display_name().as_deref(), Some("John Doe"));
}
