//! Audit records as FHIR R4B `AuditEvent`s, after IHE's Basic Audit Log Patterns (BALP 1.1.4, <https://profiles.ihe.net/ITI/BALP/>): for an audit record
//! repository that collects what all systems of a house do.
//!
//! An event says what the record says and no more. A call whose end nobody knows is no success, and an attempt that never left, or a call about nobody
//! that handed nothing over, is no disclosure. The chain of hashes stays with the file: an `AuditEvent` has no place for it.

mod parts;

use clinical_http::Delivery;
use clinical_http::audit::{AuditRecord, Outcome};
use fhir_r4b_model::codes::{AuditEventAction, AuditEventOutcome};
use fhir_r4b_model::issue::Issue;
use fhir_r4b_model::validate::Validate;
use fhir_r4b_model::{AuditEvent, AuditEventSource, CodeableConcept, Coding, Meta, Period, Reference};

use crate::entry::{ended, rfc3339};
use parts::DCM;

/// The FHIR model that this module speaks.
pub use fhir_r4b_model as model;

/// BALP's pattern for "patients' data left this system", as the side that sent it records it.
pub const DISCLOSURE: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source";

const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";

/// Makes [`AuditEvent`]s of records: what no record knows is told here once. `Debug` shows nothing of it.
///
/// ```
/// use clinical_audit::fhir::AuditEvents;
/// use clinical_audit::fhir::model::{Reference, json};
/// use clinical_http::audit::{AuditRecord, AuditSink};
///
/// struct ToTheRepository {
///     events: AuditEvents,
/// }
///
/// impl AuditSink for ToTheRepository {
///     fn record(&self, record: AuditRecord) {
///         match self.events.event(&record) {
///             Ok(event) => store(json::to_vec(&event)),
///             // Which element is wrong, never what stands in it.
///             Err(issues) => alarm(&issues[0].to_string()),
///         }
///     }
/// }
/// # fn store(_: Vec<u8>) {}
/// # fn alarm(_: &str) {}
///
/// let events = AuditEvents::new(Reference::to("Device/his-gateway"), "gateway.clinic.example")
///     .patients("https://clinic.example/patients")
///     .practitioners("https://clinic.example/staff");
/// let sink = ToTheRepository { events };
/// ```
///
/// | a call that | `type` | `action` | profile |
/// |---|---|---|---|
/// | named a patient, and was sent, or may have been | `110106` Export, subtype `disclose` | `R` | [`DISCLOSURE`] |
/// | named none, and handed a body over, or may have | the same | `R` | none: the pattern demands the patient |
/// | named none, and handed nothing over (a health check, a list) | `110100` Application Activity | `E` | none |
/// | was not sent, whether it named a patient or not: nothing left this system | `110100` Application Activity | `E` | none |
///
/// | element | what it holds |
/// |---|---|
/// | `outcome` | `0` of a success alone. Everything else is `8`: R4 has no code for "nobody knows" |
/// | `outcomeDesc` | for `8`, what is known: nothing was sent, it was refused, answered with an error, or may have been processed |
/// | `period`, `recorded` | beginning and end of the call; its end |
/// | `agent` | this system (`110153`), the vendor's server (`110152`), and the doctor, if one was named, as the one who asked |
/// | `source` | this system |
/// | `entity` | the patient, if one was named, by identifier; the call, with the vendor's reference as its identifier and everything else as `detail` |
#[derive(Debug, Clone)]
#[must_use]
pub struct AuditEvents {
    observer: Reference,
    machine: String,
    site: Option<String>,
    patients: Option<String>,
    practitioners: Option<String>,
    purpose: Vec<CodeableConcept>,
}

impl AuditEvents {
    /// Events as `observer` saw them: the system that makes the calls, such as a `Device` or an `Organization`. `machine` is its name in the network.
    pub fn new(observer: Reference, machine: impl Into<String>) -> Self {
        Self { observer, machine: machine.into(), site: None, patients: None, practitioners: None, purpose: Vec::new() }
    }

    /// Where in the house the system stands: `source.site`.
    pub fn site(mut self, site: impl Into<String>) -> Self {
        self.site = Some(site.into());
        self
    }

    /// The system of the identifiers by which calls name patients, as an address. Without it a reader of the event has to know it.
    pub fn patients(mut self, system: impl Into<String>) -> Self {
        self.patients = Some(system.into());
        self
    }

    /// The system of the identifiers by which calls name doctors.
    pub fn practitioners(mut self, system: impl Into<String>) -> Self {
        self.practitioners = Some(system.into());
        self
    }

    /// What the calls are made for, such as `TREAT` or `HPAYMT` of `http://terminology.hl7.org/CodeSystem/v3-ActReason`. May be called several times.
    pub fn purpose(mut self, purpose: CodeableConcept) -> Self {
        self.purpose.push(purpose);
        self
    }

    /// The event of one call.
    ///
    /// # Errors
    ///
    /// What FHIR does not allow in the event: an empty `observer`, an identifier without a letter. Paths and rules, never a value.
    pub fn event(&self, record: &AuditRecord) -> Result<AuditEvent, Vec<Issue>> {
        let disclosed = may_have_disclosed(record);
        let (code, display, action) = if disclosed {
            ("110106", "Export", AuditEventAction::R)
        } else {
            ("110100", "Application Activity", AuditEventAction::E)
        };
        let subtype = disclosed.then(|| Coding::new(LIFECYCLE, "disclose"));
        let profile = (disclosed && record.patient.is_some())
            .then(|| Meta { profile: [DISCLOSURE.into()].into(), ..Meta::default() });
        let (start, end) = (rfc3339(record.started), ended(record));
        let source = AuditEventSource {
            site: self.site.as_deref().map(Into::into),
            observer: Some(self.observer.clone()),
            ..AuditEventSource::default()
        };
        AuditEvent {
            meta: profile,
            r#type: Some(Coding::new(DCM, code).with_display(display)),
            subtype: subtype.into_iter().collect(),
            action: Some(action.into()),
            period: Some(Period { start: Some(start.into()), end: Some(end.as_str().into()), ..Period::default() }),
            recorded: Some(end.into()),
            outcome: Some(if succeeded(record) { AuditEventOutcome::V0 } else { AuditEventOutcome::V8 }.into()),
            outcome_desc: (!succeeded(record)).then(|| what_is_known(record.delivery).into()),
            purpose_of_event: self.purpose.iter().cloned().collect(),
            agent: parts::agents(self, record),
            source: Some(source.into()),
            entity: parts::entities(self, record),
            ..AuditEvent::default()
        }
        .build()
    }
}

fn succeeded(record: &AuditRecord) -> bool {
    record.outcome == Outcome::Succeeded
}

/// Whether patients' data may have left: of a call about a patient unless not one byte of it did, because its path may name the patient. Otherwise a record
/// does not say what an operation is for, so the bytes decide; of several attempts only the last one's are counted, and an uncertain one before it may have
/// handed some over.
fn may_have_disclosed(record: &AuditRecord) -> bool {
    let begun = record.attempts.len() + usize::from(record.outcome == Outcome::Abandoned);
    let uncertain = matches!(record.delivery, Delivery::Unknown | Delivery::ResponseLost);
    let sent = record.delivery != Delivery::NotSent;
    (sent && record.patient.is_some())
        || record.request_bytes > 0
        || record.request_sha256.is_some()
        || (begun > 1 && uncertain)
}

fn what_is_known(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "failed: nothing was sent",
        Delivery::Refused => "failed: the vendor refused the request and did not process it",
        Delivery::Answered => "failed: the vendor answered, and the answer was an error or not understood",
        Delivery::ResponseLost => "outcome unknown here: the vendor processed the request, and its answer was lost",
        _ => "outcome unknown: the vendor may have processed the request",
    }
}

#[cfg(test)]
mod tests;
