//! Text to clinical entities, a `HolisticPatient` and a FHIR Bundle, computed by small published rules.
mod bundle;
mod condition;
mod context;
mod dosing;
mod entity;
mod event;
mod holistic;
mod medication;
mod observation;
mod patient;
mod reader;
mod recognise;
mod table;
mod time;

use serde_json::Value;

use crate::digest;

/// What a record was sent as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind<'a> {
    /// `plain_text`.
    Text,
    /// `document`, with its media type as found in its bytes, for example `application/pdf`.
    Document { content_type: &'a str },
    /// `audio`; its text is that of the transcript's bubbles, one a line.
    Audio,
}

/// One new record. `Debug` is left out: it holds patients' text.
pub(crate) struct Source<'a> {
    /// The caller's UUID, or one that the sandbox gave.
    pub(crate) record_id: String,
    pub(crate) kind: Kind<'a>,
    /// What could be read; none where nothing could be (a picture, a recording without a transcript).
    pub(crate) text: Option<&'a str>,
    /// Where the content was fetched from, if by URL.
    pub(crate) url: Option<&'a str>,
    /// The content as it was sent, in base64, if by bytes.
    pub(crate) base64: Option<&'a str>,
    /// `sha256:` and 64 hexadecimal digits, see [`content_hash`].
    pub(crate) content_hash: String,
}

/// The language of names in the answer, `config.output_language`. Unset or another one: English.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    French,
    Italian,
}

impl Language {
    /// `en`, `de`, `fr`, `it`, also with a region (`de-CH`); anything else is English.
    pub(crate) fn of(code: Option<&str>) -> Self {
        match code.and_then(|code| code.get(..2)) {
            Some("de") => Self::German,
            Some("fr") => Self::French,
            Some("it") => Self::Italian,
            _ => Self::English,
        }
    }
}

/// The switches of `config`; `None` is "not sent". The defaults are the sandbox's choice, see the module's page.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// Default false.
    pub(crate) include_record_metadata: Option<bool>,
    /// Default false.
    pub(crate) include_record_content: Option<bool>,
    /// Default true.
    pub(crate) include_record_structured: Option<bool>,
    /// Default true.
    pub(crate) include_patient_metadata: Option<bool>,
    /// Default true.
    pub(crate) include_patient_structured: Option<bool>,
    /// `record_metadata_profiles`, for example `EPDMetaData_v1`.
    pub(crate) profiles: Vec<String>,
}

/// All that an answer is computed from.
pub(crate) struct Input<'a> {
    pub(crate) sources: Vec<Source<'a>>,
    pub(crate) language: Language,
    pub(crate) options: Options,
    /// `holistic_patient` of the request. `null` and everything that is not an object count as none.
    pub(crate) earlier: Option<&'a Value>,
    /// RFC 3339.
    pub(crate) created_at: &'a str,
    /// RFC 3339.
    pub(crate) modified_at: &'a str,
    /// The sandbox's seed and anything that tells this request from others (its fingerprint): all ids come from both.
    pub(crate) seed: u64,
    pub(crate) key: &'a str,
}

impl Input<'_> {
    /// A UUID that depends on the seed, the request and `what` only.
    fn id(&self, what: &str) -> String {
        digest::run_id(self.seed, &format!("{}\0{what}", self.key))
    }
}

/// `content_hash` of a record: over the bytes of the document or recording, of the text, or of the transcript's text.
pub(crate) fn content_hash(content: &[u8]) -> String {
    format!("sha256:{}", digest::sha256_hex(content))
}

/// The `HolisticPatient` of section 5 of the contract. Same input, same JSON.
pub(crate) fn holistic_patient(input: &Input<'_>) -> Value {
    holistic::with(input, &input.options)
}

/// The FHIR R4B Bundle (`collection`) of section 6 of the contract: Patient, a DocumentReference for each record, then
/// what was recognised. `include_data` also decides about `url`.
pub(crate) fn bundle(
    input: &Input<'_>,
    include_patient: bool,
    include_document_references: bool,
    include_data: bool,
) -> Value {
    bundle::build(input, include_patient, include_document_references, include_data)
}

#[cfg(test)]
mod tests;
