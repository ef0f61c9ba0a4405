//! Assessments as FHIR R4B: each accepted code a `Condition`, and for all of a run one `Provenance` that says what made them.
//!
//! What comes out is a proposal of a machine that no person has looked at, and says so wherever FHIR has a place for it; what a person has decided is
//! asked for by another name, and says nothing of a machine. Nothing is put in that the vendor did not say: no clinical status, no onset, no recorder, no asserter. Discarded codes become nothing by themselves, because
//! "not coded" is no finding: a reason may be a denial, a relative's disease or a mere lack of evidence.

use clinical_http::Error as HttpError;
use fhir_r4b_model::codes::ProvenanceEntityRole;
use fhir_r4b_model::primitives::Instant;
use fhir_r4b_model::validate::Validate;
use fhir_r4b_model::{
    CodeableConcept, Coding, Condition, ConditionEvidence, Extension, Identifier, Meta, OpenValue, Provenance,
    ProvenanceAgent, ProvenanceEntity, Quantity, Reference,
};

use crate::{CodeAssessment, CodifyResponse, Error};

/// The FHIR model that this module speaks.
pub use fhir_r4b_model as model;

/// The address of the extension with the vendor's confidence in a proposal. It is a name and leads to no page; no `StructureDefinition` is published under it. This is
/// what one would say: context `Condition`, cardinality 0..1, no modifier, no extension in it, value `valueQuantity` 1..1 with `value` 1..1, a decimal as the vendor
/// sent it (documented as 0 to 100), `unit` and `code` `%`, `system` `http://unitsofmeasure.org`. How the vendor comes to the number is not documented: it is for
/// sorting and for a threshold, and no probability.
pub const CONFIDENCE: &str = "https://github.com/clinical-clients/clinical-clients/fhir/StructureDefinition/confidence";

const VENDOR: &str = "Omniscribe Codify";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const SECURITY: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
const PARTICIPANT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
const OPERATION: &str = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";

/// Which ICD-10 the codes are of. The vendor's documentation does not say, so the caller has to: the same code means different things in the
/// national editions, and `E11.9` under the wrong address is another claim.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Edition {
    /// ICD-10-CM of the United States, `http://hl7.org/fhir/sid/icd-10-cm`. The vendor's samples look like it (`Z79.84` is in no other large edition), which is an
    /// inference and no promise.
    Icd10Cm,
    /// ICD-10 of the WHO, `http://hl7.org/fhir/sid/icd-10`.
    Icd10,
    /// Another edition by the address of its code system, such as `http://fhir.de/CodeSystem/bfarm/icd-10-gm`.
    Other(String),
}

impl Edition {
    /// The address of the code system.
    pub fn system(&self) -> &str {
        match self {
            Self::Icd10Cm => "http://hl7.org/fhir/sid/icd-10-cm",
            Self::Icd10 => "http://hl7.org/fhir/sid/icd-10",
            Self::Other(address) => address,
        }
    }
}

/// Makes [`Condition`]s of assessments for one patient. `Debug` shows nothing of whom it is about.
///
/// ```
/// use omniscribe_codify::fhir::model::{Reference, json};
/// use omniscribe_codify::fhir::{Edition, Proposals};
///
/// # fn example(answer: &omniscribe_codify::CodifyResponse) -> Result<(), omniscribe_codify::Error> {
/// let proposals = Proposals::new(Edition::Icd10Cm, Reference::to("Patient/4711"))
///     .encounter(Reference::to("Encounter/12"))
///     .source(Reference::to("DocumentReference/discharge-letter"));
/// for condition in proposals.conditions(answer.with_confidence_at_least(80.0))? {
///     println!("{}", json::to_string(&condition));
/// }
/// # Ok(())
/// # }
/// ```
///
/// | element | what it holds |
/// |---|---|
/// | `meta.security` | `AIAST`: asserted by artificial intelligence; not of what a person has decided |
/// | `extension` | [`CONFIDENCE`] in percent; not of what a person has decided |
/// | `verificationStatus` | `unconfirmed`; `confirmed` or `refuted` of what a person has decided |
/// | `category` | `encounter-diagnosis` |
/// | `code` | the code in its [`Edition`]; the description as `text`, because a `display` would claim to be the code system's own words |
/// | `subject`, `encounter` | as given |
/// | `evidence.code.text` | the justification, which often quotes the note |
/// | `evidence.detail` | the [`source`](Self::source)s |
///
/// `clinicalStatus`, `recorder`, `asserter` and dates are left to whoever confirms the proposal. All fields of the outcome are public.
///
/// [`confirmed`](Self::confirmed) and [`refuted`](Self::refuted) are for what a person has decided. Label and confidence are about the machine's assertion and would be
/// taken for the person's; that a machine proposed it is still said by the [`provenance`](Self::provenance). Who decides on a proposal that is stored already
/// takes both out of it when changing its `verificationStatus`.
#[derive(Debug, Clone)]
#[must_use]
pub struct Proposals {
    edition: Edition,
    subject: Reference,
    encounter: Option<Reference>,
    sources: Vec<Reference>,
}

impl Proposals {
    /// Proposals for this patient.
    pub fn new(edition: Edition, subject: Reference) -> Self {
        Self { edition, subject, encounter: None, sources: Vec::new() }
    }

    /// The encounter that the note is of.
    pub fn encounter(mut self, encounter: Reference) -> Self {
        self.encounter = Some(encounter);
        self
    }

    /// A document that was coded, such as the `DocumentReference` of the note. May be called several times.
    pub fn source(mut self, document: Reference) -> Self {
        self.sources.push(document);
        self
    }

    /// One `Condition` for each assessment, in their order: of [`final_code_assessments`](CodifyResponse::final_code_assessments), of
    /// [`with_confidence_at_least`](CodifyResponse::with_confidence_at_least), or of a [`Merged`](crate::Merged) result.
    ///
    /// # Errors
    ///
    /// Of the first that [`condition`](Self::condition) refuses.
    pub fn conditions<'a>(
        &self,
        accepted: impl IntoIterator<Item = &'a CodeAssessment>,
    ) -> Result<Vec<Condition>, Error> {
        accepted.into_iter().map(|assessment| self.condition(assessment)).collect()
    }

    /// An accepted assessment as a `Condition` that nobody has confirmed.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): FHIR does not allow what came or was given, such as a code that is empty. The sentence has the FHIR
    /// path and the rule, and never a value.
    pub fn condition(&self, assessment: &CodeAssessment) -> Result<Condition, Error> {
        let label = Coding::new(SECURITY, "AIAST").with_display("Artificial Intelligence asserted");
        built(Condition {
            meta: Some(Meta { security: [label].into(), ..Meta::default() }),
            extension: confidence(assessment.confidence_percent).into_iter().collect(),
            ..self.with_status(assessment, "unconfirmed")
        })
    }

    /// An assessment that a person has confirmed, as a `Condition` without the marks of a machine's assertion. Who confirmed it is not known here: set
    /// `asserter`, `recorder` and `clinicalStatus`.
    ///
    /// # Errors
    ///
    /// As [`condition`](Self::condition).
    pub fn confirmed(&self, assessment: &CodeAssessment) -> Result<Condition, Error> {
        built(self.with_status(assessment, "confirmed"))
    }

    /// A discarded assessment as a `Condition` that was ruled out, without the marks of a machine's assertion. That is more than the vendor says: only
    /// for one whose justification a person has read and found to rule it out.
    ///
    /// # Errors
    ///
    /// As [`condition`](Self::condition).
    pub fn refuted(&self, assessment: &CodeAssessment) -> Result<Condition, Error> {
        built(self.with_status(assessment, "refuted"))
    }

    fn with_status(&self, assessment: &CodeAssessment, status: &str) -> Condition {
        let mut code = CodeableConcept::of(self.edition.system(), &assessment.code);
        if let Some(text) = said(&assessment.description) {
            code = code.with_text(&text);
        }
        Condition {
            verification_status: Some(CodeableConcept::of(VERIFICATION, status)),
            category: [CodeableConcept::of(CATEGORY, "encounter-diagnosis")].into(),
            code: Some(code),
            subject: Some(self.subject.clone()),
            encounter: self.encounter.clone(),
            evidence: self.evidence(assessment).into_iter().collect(),
            ..Condition::default()
        }
    }

    /// Nothing if there is neither a justification nor a document: evidence must hold something (con-2).
    fn evidence(&self, assessment: &CodeAssessment) -> Option<ConditionEvidence> {
        let why = said(&assessment.justification).map(|why| CodeableConcept::of_text(&why));
        if why.is_none() && self.sources.is_empty() {
            return None;
        }
        let detail = self.sources.iter().cloned().collect();
        Some(ConditionEvidence { code: why.into_iter().collect(), detail, ..ConditionEvidence::default() })
    }

    /// Which run of the vendor's made some resources, from which documents: the agent is software, an `assembler`, and no person. `targets` are the places
    /// where the [`Condition`]s were stored, or their `urn:uuid:` in a transaction.
    ///
    /// ```
    /// # use omniscribe_codify::fhir::model::{Reference, json};
    /// # use omniscribe_codify::fhir::{Edition, Proposals};
    /// # fn example(answer: &omniscribe_codify::CodifyResponse) -> Result<(), omniscribe_codify::Error> {
    /// # let proposals = Proposals::new(Edition::Icd10Cm, Reference::to("Patient/4711"));
    /// let provenance = proposals.provenance(answer, [Reference::to("Condition/81")], "2026-03-01T09:30:00Z")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): there is no target, or `recorded` is no instant (a date, a time with seconds, and a time zone).
    pub fn provenance(
        &self,
        answer: &CodifyResponse,
        targets: impl IntoIterator<Item = Reference>,
        recorded: impl Into<Instant>,
    ) -> Result<Provenance, Error> {
        let agent = ProvenanceAgent {
            r#type: Some(CodeableConcept::of(PARTICIPANT, "assembler")),
            who: Some(Reference::default().with_display(VENDOR)),
            ..ProvenanceAgent::default()
        };
        let run = said(&answer.run_id).map(|run| {
            let run = Identifier { value: Some(run.into()), ..Identifier::default() };
            Reference::to_identified(run).with_display("Omniscribe Codify run")
        });
        let entity = self.sources.iter().cloned().chain(run).map(|what| ProvenanceEntity {
            role: Some(ProvenanceEntityRole::Source.into()),
            what: Some(what),
            ..ProvenanceEntity::default()
        });
        built(Provenance {
            target: targets.into_iter().collect(),
            recorded: Some(recorded.into()),
            activity: Some(CodeableConcept::of(OPERATION, "CREATE")),
            agent: [agent].into(),
            entity: entity.collect(),
            ..Provenance::default()
        })
    }
}

/// A text of the vendor's as FHIR can hold it: there are no empty ones, and of control characters only tabs and ends of lines. Text out of a PDF has form
/// feeds, and one of them must not cost the assessments of a run.
fn said(text: &str) -> Option<String> {
    let kept = |c: char| if c.is_control() && !matches!(c, '\t' | '\r' | '\n') { ' ' } else { c };
    (!text.trim().is_empty()).then(|| text.chars().map(kept).collect())
}

/// `None` of a number that JSON cannot write.
fn confidence(percent: f64) -> Option<Extension> {
    let percent = Quantity::ucum(&percent.to_string(), "%")?;
    let value = Some(OpenValue::Quantity(percent.into()));
    Some(Extension { url: Some(CONFIDENCE.into()), value, ..Extension::default() })
}

fn built<T: Validate>(resource: T) -> Result<T, Error> {
    resource.build().map_err(|issues| {
        let first = issues.first().map(ToString::to_string).unwrap_or_default();
        HttpError::invalid("fhir", format!("cannot be written: {first}; correct it, or leave this assessment out"))
            .into()
    })
}

#[cfg(test)]
mod tests;
