//! A day with FHIR from end to end: a record becomes Haidy's Bundle, a note becomes Codify's proposals, the calls become audit events, and all of it one
//! valid transaction for a hospital's server.

use clinical_audit::fhir::{AuditEvents, DISCLOSURE};
use clinical_http::testing::{JumpingClock, MemoryAudit};
use clinical_tests::{clients, haidy};
use haidy_analyst::{FhirOptions, fhir};
use omniscribe_codify::fhir::{Edition, Proposals};
use omniscribe_codify::{CodifyRequest, CodifyResponse};

use fhir::codes::BundleType;
use fhir::{Bundle, BundleEntry, Condition, Patient, Reference};
use omniscribe_codify::fhir::model::validate::Validate;

const TEXT: &str = "Patient John Doe, DOB 1990-01-01. Type 2 diabetes and hypertension. Metformin 1000mg twice daily. BP 140/90, HR 85.";
const NOTE: &str =
    "Diabetes mellitus tipo 2 en tratamiento con metformina. Hipertensión arterial. Niega dolor torácico.";
const PATIENT: &str = "urn:uuid:4fd42f3c-9f1f-4b1e-a4a7-6b1b0a1d2c3e";

/// An answer of the sandbox, and the records of the calls that were made for it.
async fn coded() -> (CodifyResponse, MemoryAudit) {
    let sandbox = clinical_sandbox::Sandbox::builder().seed(7).start().await.unwrap();
    let audit = MemoryAudit::new();
    let sink = audit.clone();
    let settings = clients::for_sandbox(&sandbox, &JumpingClock::new()).http(move |http| http.audit(sink));
    let request = CodifyRequest::new().note(NOTE).doctor("dr_123").patient("pt_456");
    let answer = settings.build().unwrap().codify(&request).await.unwrap();
    (answer.value, audit)
}

#[tokio::test]
async fn every_subject_in_haidys_bundle_leads_to_its_patient() {
    let sandbox = haidy::start().await;
    let task = haidy::of_sandbox(&sandbox).structure_fhir(TEXT, FhirOptions::new()).await.unwrap();
    let bundle = task.wait().await.unwrap().typed().unwrap();
    let references = bundle.references();
    let mut followed = 0;
    for entry in &bundle.entry {
        let condition = entry.resource.as_ref().and_then(|resource| resource.get::<Condition>());
        let Some(subject) = condition.and_then(|condition| condition.subject.as_ref()) else { continue };
        let patient: &Patient = references.resolve(entry, subject).unwrap().get().unwrap();
        assert_eq!(patient.display_name_on("2026-11-22").as_deref(), Some("John Doe"));
        followed += 1;
    }
    assert_eq!(followed, bundle.resources::<Condition>().count());
    assert!(followed > 0);
}

#[tokio::test]
async fn a_note_becomes_a_valid_transaction_of_proposals_their_provenance_and_the_audit_event() {
    let (answer, audit) = coded().await;
    let proposals = Proposals::new(Edition::Icd10Cm, Reference::to(PATIENT));
    let conditions = proposals.conditions(&answer.final_code_assessments).unwrap();
    let codes: Vec<&str> = conditions
        .iter()
        .map(|one| one.code.as_ref().unwrap().coding[0].code.as_ref().unwrap().as_str().unwrap())
        .collect();
    let sent: Vec<&str> = answer.final_code_assessments.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, sent);
    assert!(!codes.is_empty());

    let places: Vec<String> =
        (1..=conditions.len()).map(|number| format!("urn:uuid:00000000-0000-4000-8000-{number:012}")).collect();
    let targets = places.iter().map(|place| Reference::to(place));
    let provenance = proposals.provenance(&answer, targets, "2026-11-22T09:30:00Z").unwrap();
    let records = audit.records();
    let events = AuditEvents::new(Reference::to("Device/gateway"), "gateway.clinic.example");
    let event = events.event(&records[0]).unwrap();
    assert_eq!(event.meta.as_ref().unwrap().profile[0].as_str(), Some(DISCLOSURE));
    let run = &event.entity[1].what.as_ref().unwrap().identifier.as_ref().unwrap().value;
    assert_eq!(
        run.as_ref().unwrap().as_str(),
        Some(answer.run_id.as_str()),
        "the run ties the event to the provenance"
    );

    let patient = Patient { name: [fhir::HumanName::new(&["John"], "Doe")].into(), ..Patient::default() };
    let stored = places.iter().zip(conditions).map(|(place, condition)| BundleEntry::create(place, condition));
    let entries = [BundleEntry::create(PATIENT, patient)]
        .into_iter()
        .chain(stored)
        .chain([BundleEntry::create("urn:uuid:00000000-0000-4000-8000-00000000000a", provenance)])
        .chain([BundleEntry::create("urn:uuid:00000000-0000-4000-8000-00000000000b", event)]);
    let bundle = Bundle::of(BundleType::Transaction, entries).build().unwrap();
    let references = bundle.references();
    for entry in &bundle.entry {
        let Some(condition) = entry.resource.as_ref().and_then(|resource| resource.get::<Condition>()) else {
            continue;
        };
        let subject = references.resolve(entry, condition.subject.as_ref().unwrap()).unwrap();
        assert!(subject.get::<Patient>().is_some());
    }
    let made = bundle.resources::<fhir::Provenance>().next().unwrap();
    for target in &made.target {
        assert!(references.resolve(&bundle.entry[0], target).unwrap().get::<Condition>().is_some());
    }
    // Read again it is the same.
    assert!(fhir::json::from_str::<Bundle>(&fhir::json::to_string(&bundle)).unwrap() == bundle);
}
