//! Who took part in a call and what it was about, as the parts of an `AuditEvent`.

use clinical_http::audit::{AuditRecord, Outcome};
use clinical_http::{AuditId, ErrorKind};
use fhir_r4b_model::codes::AuditEventAgentNetworkType;
use fhir_r4b_model::primitives::Boolean;
use fhir_r4b_model::{
    AuditEventAgent, AuditEventAgentNetwork, AuditEventEntity, AuditEventEntityDetail, AuditEventEntityDetailValue,
    CodeableConcept, Coding, Identifier, Many, Reference,
};

use super::AuditEvents;
use crate::entry::cut;
use crate::line::hex;

/// The codes of DICOM, by which FHIR names kinds of events and roles.
pub(super) const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ROLE: &str = "http://terminology.hl7.org/CodeSystem/extra-security-role-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// This system, the vendor's server, and the doctor.
pub(super) fn agents(events: &AuditEvents, record: &AuditRecord) -> Many<AuditEventAgent> {
    let here = AuditEventAgent {
        r#type: Some(role(DCM, "110153", "Source Role ID")),
        who: Some(events.observer.clone()),
        requestor: Some(Boolean::new(record.doctor.is_none())),
        network: Some(network(&events.machine, AuditEventAgentNetworkType::V1)),
        ..AuditEventAgent::default()
    };
    let there = AuditEventAgent {
        r#type: Some(role(DCM, "110152", "Destination Role ID")),
        who: Some(Reference::default().with_display(record.vendor)),
        requestor: Some(Boolean::new(false)),
        network: Some(network(&record.server, AuditEventAgentNetworkType::V5)),
        ..AuditEventAgent::default()
    };
    let doctor = record.doctor.as_ref().map(|doctor| AuditEventAgent {
        r#type: Some(role(ROLE, "humanuser", "human user")),
        who: Some(identified(doctor, events.practitioners.as_deref(), "Practitioner")),
        requestor: Some(Boolean::new(true)),
        ..AuditEventAgent::default()
    });
    [here, there].into_iter().chain(doctor).collect()
}

/// The patient, and the call.
pub(super) fn entities(events: &AuditEvents, record: &AuditRecord) -> Many<AuditEventEntity> {
    let patient = record.patient.as_ref().map(|patient| AuditEventEntity {
        what: Some(identified(patient, events.patients.as_deref(), "Patient")),
        r#type: Some(Coding::new(ENTITY_TYPE, "1").with_display("Person").into()),
        role: Some(Coding::new(OBJECT_ROLE, "1").with_display("Patient").into()),
        ..AuditEventEntity::default()
    });
    let work = record
        .vendor_reference
        .as_ref()
        .and_then(|reference| vendors(reference.expose()))
        .map(|value| Reference::to_identified(Identifier { value: Some(value.into()), ..Identifier::default() }));
    let call = AuditEventEntity {
        what: work,
        r#type: Some(Coding::new(ENTITY_TYPE, "2").with_display("System Object").into()),
        role: Some(Coding::new(OBJECT_ROLE, "20").with_display("Job").into()),
        name: Some(format!("{} {}", record.vendor, record.operation).into()),
        detail: details(record),
        ..AuditEventEntity::default()
    };
    patient.into_iter().chain([call]).collect()
}

/// What the audit file's line says too, under the same names.
fn details(record: &AuditRecord) -> Many<AuditEventEntityDetail> {
    let (outcome, error) = match record.outcome {
        Outcome::Succeeded => ("succeeded", None),
        Outcome::Failed(kind) => ("failed", Some(kind)),
        Outcome::Abandoned => ("abandoned", None),
        _ => ("unknown", None),
    };
    let all = [
        ("call", Some(record.call.to_string())),
        ("outcome", Some(outcome.to_owned())),
        ("error", error.map(ErrorKind::as_str).map(str::to_owned)),
        ("delivery", Some(record.delivery.as_str().to_owned())),
        ("status", record.status.map(|status| status.to_string())),
        ("attempts_made", Some(record.attempts.len().to_string())),
        ("request_bytes", Some(record.request_bytes.to_string())),
        ("request_sha256", record.request_sha256.map(|hash| hex(&hash))),
        ("response_bytes", Some(record.response_bytes.to_string())),
    ];
    all.into_iter()
        .filter_map(|(name, value)| {
            let value = Some(AuditEventEntityDetailValue::String(value?.into()));
            Some(AuditEventEntityDetail { r#type: Some(name.into()), value, ..AuditEventEntityDetail::default() })
        })
        .collect()
}

/// A vendor's reference as FHIR can hold it: what a vendor sends must not cost the event. `None` of an empty one.
fn vendors(reference: &str) -> Option<String> {
    let text = cut(reference).replace(['\u{b}', '\u{c}'], " ");
    (!text.trim().is_empty()).then_some(text)
}

/// A person by the identifier that the call had: it is no address, so it is no literal reference.
fn identified(id: &AuditId, system: Option<&str>, type_name: &str) -> Reference {
    let identifier =
        Identifier { system: system.map(Into::into), value: Some(id.expose().into()), ..Identifier::default() };
    Reference { r#type: Some(type_name.into()), ..Reference::to_identified(identifier) }
}

fn role(system: &str, code: &str, display: &str) -> CodeableConcept {
    CodeableConcept::from(Coding::new(system, code).with_display(display))
}

fn network(address: &str, kind: AuditEventAgentNetworkType) -> fhir_r4b_model::One<AuditEventAgentNetwork> {
    let address = Some(address.into());
    AuditEventAgentNetwork { address, r#type: Some(kind.into()), ..AuditEventAgentNetwork::default() }.into()
}
