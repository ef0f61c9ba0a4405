//! The FHIR R4B Bundle: a projection of the `HolisticPatient`, so that both answers say the same. The shape of Bundle,
//! Patient and `DocumentReference` is that of the guide, relative `fullUrl` included; the clinical resources are our
//! inference. It leaves out what the text denies, doubts, plans for a case, or says of somebody else.

mod resource;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::entity::Class;
use super::holistic::{self, content_type, title};
use super::{Input, Options, Source};

/// The subject of every resource.
pub(super) struct Subject {
    id: String,
    /// The Patient is in the Bundle, so that a reference leads somewhere.
    included: bool,
}

impl Subject {
    /// For an element that must be there: without the Patient, an identifier instead of a reference that leads nowhere.
    pub(super) fn required(&self) -> Value {
        self.optional().unwrap_or_else(|| json!({ "identifier": { "value": self.id } }))
    }

    /// For an element that may be left out.
    pub(super) fn optional(&self) -> Option<Value> {
        self.included.then(|| json!({ "reference": format!("Patient/{}", self.id) }))
    }
}

/// The Bundle.
pub(super) fn build(input: &Input<'_>, patient: bool, document_references: bool, data: bool) -> Value {
    let whole = holistic::with(input, &Options::default());
    let id = whole["patient_id"].as_str().filter(|id| is_id(id)).map_or_else(|| input.id("patient"), str::to_owned);
    let subject = Subject { id, included: patient };
    let mut entries: Vec<Value> = Vec::new();
    if patient {
        entries.push(entry(person(&subject.id, &whole["patient_metadata"])));
    }
    if document_references {
        let sources: HashMap<&str, &Source<'_>> = input.sources.iter().map(|s| (s.record_id.as_str(), s)).collect();
        for record in whole["clinical_records"].as_array().into_iter().flatten() {
            let Some(id) = record["record_id"].as_str().filter(|id| is_id(id)) else {
                continue;
            };
            entries.push(entry(document(id, sources.get(id).copied(), &subject, data)));
        }
    }
    let classes = [
        Class::Condition,
        Class::Medication,
        Class::Observation,
        Class::Allergy,
        Class::Procedure,
        Class::Immunization,
    ];
    for class in classes {
        for (index, entity) in whole["patient_structured"][class.array()].as_array().into_iter().flatten().enumerate() {
            let signature = entity["identity_signature"].as_str().unwrap_or_default();
            let id = input.id(&format!("{}/{index}/{signature}", class.array()));
            entries.extend(resource::of(class, entity, id, &subject).map(entry));
        }
    }
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

/// `[A-Za-z0-9\-\.]{1,64}`, the type `id` of FHIR.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

fn entry(resource: Map<String, Value>) -> Value {
    let part = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = format!("{}/{}", part("resourceType"), part("id"));
    [("fullUrl".to_owned(), Value::from(url)), ("resource".to_owned(), Value::Object(resource))].into_iter().collect()
}

fn person(id: &str, metadata: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert("resourceType".to_owned(), "Patient".into());
    out.insert("id".to_owned(), id.into());
    out.insert("active".to_owned(), true.into());
    if let Some(text) = metadata["name"].as_str().map(str::trim).filter(|text| !text.is_empty()) {
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let family = words.pop();
        let mut name = json!({ "text": text, "family": family });
        if !words.is_empty() {
            name["given"] = words.into();
        }
        out.insert("name".to_owned(), json!([name]));
    }
    if let Some(gender) = metadata["gender"].as_str().filter(|g| ["male", "female", "other", "unknown"].contains(g)) {
        out.insert("gender".to_owned(), gender.into());
    }
    let day = |text: &str| {
        text.get(..10).filter(|day| day.bytes().all(|b| b.is_ascii_digit() || b == b'-')).map(str::to_owned)
    };
    if let Some(day) = metadata["birthday"].as_str().and_then(day) {
        out.insert("birthDate".to_owned(), day.into());
    }
    out
}

/// `source` is none for a record of an earlier answer: its content is not here any more.
fn document(id: &str, source: Option<&Source<'_>>, subject: &Subject, data: bool) -> Map<String, Value> {
    let mut attachment = Map::new();
    if let Some(source) = source {
        if let Some(content_type) = content_type(source) {
            attachment.insert("contentType".to_owned(), content_type.into());
        }
        if let (true, Some(url)) = (data, source.url) {
            attachment.insert("url".to_owned(), url.into());
        } else if let (true, Some(base64)) = (data, source.base64) {
            attachment.insert("data".to_owned(), base64.into());
        } else if let (true, Some(text)) = (data, source.text) {
            attachment.insert("data".to_owned(), base64(text).into());
        }
    }
    attachment.insert("title".to_owned(), source.map_or_else(|| "Earlier record".to_owned(), title).into());
    let mut out = Map::new();
    out.insert("resourceType".to_owned(), "DocumentReference".into());
    out.insert("id".to_owned(), id.into());
    out.insert("status".to_owned(), "current".into());
    if let Some(subject) = subject.optional() {
        out.insert("subject".to_owned(), subject);
    }
    out.insert("content".to_owned(), json!([{ "attachment": attachment }]));
    out
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
