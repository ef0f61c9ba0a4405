//! The result of structuring: kept as it came, with typed views beside it. It goes back into a later request byte for byte.

use std::sync::Arc;

use clinical_drift::Finding;
use clinical_http::Error as HttpError;
use serde_json::value::RawValue;

use crate::json::{decode, open_object};
use crate::schema;
use crate::{Entities, Entity, EntityKind, Error, Fields, Json, PatientMetadata};

/// What the vendor knows of a patient after a task, and what a later request may be given to add to.
///
/// The views are typed as far as the vendor's guide goes, and everything may be missing. [`as_json`](Self::as_json) is the result as it
/// came, byte for byte, with all that no view shows: store that. Cloning is cheap. `Debug` shows numbers only.
///
/// ```
/// use haidy_analyst::HolisticPatient;
///
/// let patient = HolisticPatient::from_json(r#"{
///     "clinical_records": [{
///         "record_id": "123e4567-e89b-12d3-a456-426614174000",
///         "record_structured": { "structured_output": { "medications": [{
///             "identity_fields": { "name": "Lisinopril", "dose": "10mg" },
///             "instantiations": [{ "display_str": "Lisinopril 10mg daily", "tagging_certainty": 0.95 }]
///         }] } }
///     }],
///     "patient_metadata": { "name": "John Doe", "birthday": "1990-01-01T00:00:00Z" },
///     "a_field_of_next_year": 1.00
/// }"#)?;
/// for medication in patient.medications() {
///     assert_eq!(medication.identity("dose").as_deref(), Some("10mg"));
///     assert_eq!(medication.display_str(), Some("Lisinopril 10mg daily"));
///     assert_eq!(medication.record_id, Some("123e4567-e89b-12d3-a456-426614174000"));
/// }
/// assert_eq!(patient.metadata().and_then(|metadata| metadata.birth_date()), Some("1990-01-01"));
/// assert_eq!(patient.other().get("a_field_of_next_year").map(|field| field.as_json()), Some("1.00"));
/// # Ok::<(), haidy_analyst::Error>(())
/// ```
#[derive(Clone)]
pub struct HolisticPatient {
    inner: Arc<Inner>,
}

struct Inner {
    raw: Box<RawValue>,
    typed: Typed,
    structured: Option<Entities>,
}

open_object!(
    /// The typed part.
    pub(crate) Typed {
        patient_id: String = "patient_id",
        holistic_patient_id: String = "holistic_patient_id",
        created_at: String = "created_at",
        last_modified: String = "last_modified",
        clinical_records: Vec<ClinicalRecord> = "clinical_records",
        patient_metadata: PatientMetadata = "patient_metadata",
    }
);

/// The name of the aggregation over all records is not documented; this is the one that its switch suggests.
const PATIENT_STRUCTURED: &str = "patient_structured";

#[cfg(feature = "schema")]
impl clinical_drift::schemars::JsonSchema for HolisticPatient {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HolisticPatient".into()
    }

    fn json_schema(make: &mut clinical_drift::schemars::SchemaGenerator) -> clinical_drift::schemars::Schema {
        let mut schema = <Typed as clinical_drift::schemars::JsonSchema>::json_schema(make);
        // It has a view and no shape is demanded of it.
        if let Some(properties) = schema.get_mut("properties").and_then(serde_json::Value::as_object_mut) {
            properties.insert(PATIENT_STRUCTURED.to_owned(), true.into());
        }
        schema
    }
}

impl HolisticPatient {
    /// A result that was kept as JSON, such as [`as_json`](Self::as_json) of an earlier day.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput): the text is no JSON, or does not fit the contract; [`Error::pointer`] says where.
    pub fn from_json(json: impl Into<String>) -> Result<Self, Error> {
        let refuse = |rule: String| Error::from(HttpError::invalid("holistic_patient", rule));
        let raw = RawValue::from_string(json.into())
            .map_err(|_| refuse("is not valid JSON; give a result as it came from the vendor".to_owned()))?;
        Self::new(raw).map_err(|pointer| {
            let place = if pointer.is_empty() { "/" } else { &pointer };
            let rule = format!("does not fit the contract at {place}; give a result as it came from the vendor");
            refuse(rule).at(pointer)
        })
    }

    /// An error is the JSON pointer of what does not fit.
    pub(crate) fn new(raw: Box<RawValue>) -> Result<Self, String> {
        let typed: Typed = decode(raw.get())?;
        let structured = typed.other.get(PATIENT_STRUCTURED).and_then(aggregation);
        Ok(Self { inner: Arc::new(Inner { raw, typed, structured }) })
    }

    /// The result as it came, byte for byte. May hold patients' data.
    pub fn as_json(&self) -> &str {
        self.inner.raw.get()
    }

    /// What the result has that this version does not know: places and JSON types, never values. Everything of it is in the views'
    /// `other` and in [`as_json`](Self::as_json). Looked for at each call.
    ///
    /// # Errors
    ///
    /// If the result has a number beyond the range of `f64`, which cannot be looked past.
    pub fn drift(&self) -> Result<Vec<Finding>, clinical_drift::Error> {
        schema::PATIENT.drift(self.as_json())
    }

    pub(crate) fn raw(&self) -> &RawValue {
        &self.inner.raw
    }

    /// The vendor's identifier of the patient.
    pub fn patient_id(&self) -> Option<&str> {
        self.inner.typed.patient_id.as_deref()
    }

    /// The vendor's identifier of this object.
    pub fn holistic_patient_id(&self) -> Option<&str> {
        self.inner.typed.holistic_patient_id.as_deref()
    }

    /// When it was made, as the vendor wrote it (ISO 8601).
    pub fn created_at(&self) -> Option<&str> {
        self.inner.typed.created_at.as_deref()
    }

    /// When it was last changed, as the vendor wrote it (ISO 8601).
    pub fn last_modified(&self) -> Option<&str> {
        self.inner.typed.last_modified.as_deref()
    }

    /// The records, those of earlier requests included.
    pub fn records(&self) -> &[ClinicalRecord] {
        self.inner.typed.clinical_records.as_deref().unwrap_or_default()
    }

    /// Who the patient is, if the records tell it.
    pub fn metadata(&self) -> Option<&PatientMetadata> {
        self.inner.typed.patient_metadata.as_ref()
    }

    /// The entities over all records, if they were asked for
    /// ([`include_patient_structured`](crate::Config::include_patient_structured)). The vendor documents neither the field's name nor its
    /// shape: `None` may also mean that they are in [`other`](Self::other) in a shape that this version does not know.
    pub fn patient_structured(&self) -> Option<&Entities> {
        self.inner.structured.as_ref()
    }

    /// The entities of a kind in all records, each with its record. One that is in two records comes twice.
    pub fn entities(&self, kind: EntityKind) -> impl Iterator<Item = Found<'_>> {
        self.records().iter().flat_map(move |record| {
            let record_id = record.record_id();
            record.entities(kind).iter().map(move |entity| Found { record_id, entity })
        })
    }

    /// The medications in all records.
    pub fn medications(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Medications)
    }

    /// The conditions in all records.
    pub fn conditions(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Conditions)
    }

    /// The procedures in all records.
    pub fn procedures(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Procedures)
    }

    /// The allergies in all records.
    pub fn allergies(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Allergies)
    }

    /// The immunizations in all records.
    pub fn immunizations(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Immunizations)
    }

    /// The observations in all records.
    pub fn observations(&self) -> impl Iterator<Item = Found<'_>> {
        self.entities(EntityKind::Observations)
    }

    /// What else the vendor sent.
    pub fn other(&self) -> &Fields {
        &self.inner.typed.other
    }
}

impl std::fmt::Debug for HolisticPatient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (records, bytes) = (self.records().len(), self.as_json().len());
        f.debug_struct("HolisticPatient").field("records", &records).field("bytes", &bytes).finish_non_exhaustive()
    }
}

/// As in a record, or the six lists by themselves. Of an inferred field nothing is demanded.
fn aggregation(json: &Json) -> Option<Entities> {
    let wrapped = decode::<Structured>(json.as_json()).ok()?;
    wrapped.entities.or_else(|| decode(json.as_json()).ok())
}

open_object!(
    /// One record and what was found in it. `Debug` shows numbers only.
    pub ClinicalRecord {
        record_id: String = "record_id",
        content: Json = "content",
        content_hash: String = "content_hash",
        record_structured: Structured = "record_structured",
    }
);

open_object!(
    /// What was found in a record.
    pub(crate) Structured {
        input_text: String = "input_text",
        entities: Entities = "structured_output",
    }
);

impl ClinicalRecord {
    /// The caller's identifier, or one that the vendor gave.
    pub fn record_id(&self) -> Option<&str> {
        self.record_id.as_deref()
    }

    /// The content, if it was asked for ([`include_record_content`](crate::Config::include_record_content)). The vendor documents text, a
    /// transcript or binary, and no shape.
    pub fn content(&self) -> Option<&Json> {
        self.content.as_ref()
    }

    /// A hash of the content, such as `sha256:...`, to find duplicates by.
    pub fn content_hash(&self) -> Option<&str> {
        self.content_hash.as_deref()
    }

    /// The text that the entities were found in.
    pub fn input_text(&self) -> Option<&str> {
        self.record_structured.as_ref()?.input_text.as_deref()
    }

    /// All that was found, if it was asked for ([`include_record_structured`](crate::Config::include_record_structured)).
    pub fn structured_output(&self) -> Option<&Entities> {
        self.record_structured.as_ref()?.entities.as_ref()
    }

    /// What else the vendor sent beside text and entities.
    pub fn structured_other(&self) -> Option<&Fields> {
        Some(&self.record_structured.as_ref()?.other)
    }

    /// The entities of a kind.
    pub fn entities(&self, kind: EntityKind) -> &[Entity] {
        self.structured_output().map(|entities| entities.of(kind)).unwrap_or_default()
    }

    /// What else the vendor sent, such as the metadata of a document, whose field is not documented.
    pub fn other(&self) -> &Fields {
        &self.other
    }
}

impl std::fmt::Debug for ClinicalRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClinicalRecord").field("entities", &self.structured_output()).finish_non_exhaustive()
    }
}

/// An entity and the record that it was found in. It can be used as the [`Entity`] itself.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Found<'a> {
    /// The record.
    pub record_id: Option<&'a str>,
    /// The entity.
    pub entity: &'a Entity,
}

impl std::ops::Deref for Found<'_> {
    type Target = Entity;

    fn deref(&self) -> &Entity {
        self.entity
    }
}

impl std::fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.entity.fmt(f)
    }
}

#[cfg(test)]
#[path = "patient_tests.rs"]
mod tests;
