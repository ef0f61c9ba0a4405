//! Text to clinical entities, a `HolisticPatient` and a FHIR Bundle, computed by small published rules. It stands in for
//! a vendor's model in tests and demonstrations: same input, seed and key, same answer, and every answer can be
//! predicted from this page. It refuses to be used for care, to invent, and to reach out: it reads no file and no URL.
//!
//! # What is recognised
//!
//! 1. **Text.** Words, numbers and marks as in [`coding`](crate::coding), without regard to case and accents. The
//!    language of a record (en, de, fr, it, es) is the one with the most small words; a tie gives the output language.
//!    Tables are in `data/structuring/`, longest term first; a term in capitals needs capitals.
//! 2. **Spans** are `start` and `end` in Unicode scalar values of the record's text, the end not included (the guide's
//!    sample does not say, and does not fit its own text). `display_str` is exactly the text between them. The text of a
//!    transcript is that of its bubbles, one a line. Of a text longer than 4 MiB the first 4 MiB are read.
//! 3. **Medications**: generic names (WHO INN, one ATC code each) and brands, then dose, frequency and route as long as
//!    every word is known; the first unknown word ends the order. A dose may stand right before the name. `1,000 mg` is
//!    a thousand, `2,5 mg` two and a half. One mistake in a name of seven letters or more is read where a dose follows.
//! 4. **Conditions**: English and Spanish by the ICD-10-CM coder of this crate, German, French and Italian by a table of
//!    common ones. Allergies, medicines and body mass are not conditions here.
//! 5. **Observations**: name, at most three small words, number, unit (LOINC, UCUM). A value out of the range of its unit
//!    is none; without a unit the first one whose range fits. A blood pressure is two numbers, the higher first.
//! 6. **Allergies** need a word for allergy, a heading or a compound; **immunizations** a word for vaccine within eight
//!    words, a brand or a compound; **procedures** are a table. "NKDA" gives nothing.
//! 7. **Status**, the word in `status.value`, with the words that decided in `status.cue`: `family`, `negated`,
//!    `hypothetical`, `uncertain`, `stopped` (medications), `planned` (procedures, immunizations), `historical`, in this
//!    order, else `active`. A word reaches 25 words forward or 8 back, not over "but", a verb or a comma; over commas
//!    only in a list, and never to a medication with a dose. A lasting condition in "history of" is `active`.
//! 8. **Times**: dates, and durations with a word that makes them one ("for", "seit", "ago"), at most four of a sentence,
//!    given to all mentions in it. `05/03/2024` is May in English, March elsewhere. A birthday is no time of a mention.
//! 9. **Certainty**: medication with dose and frequency 0.95, with dose 0.93, name 0.88, brand 0.02 less, misspelt 0.70;
//!    condition 0.95 as in the table, 0.92 otherwise, abbreviation 0.91 (from the German, French and Italian table 0.94
//!    and 0.92); allergy 0.93; procedure 0.92, 0.90; immunization 0.91; observation with unit 0.96, without 0.90.
//! 10. **Identity**: mentions with one `identity_signature` are one entity. It is made of English words and codes, so it
//!     does not depend on the language of the answer; the `name` does, as far as the tables go.
//! 11. **Patient**: a name behind a label or a title, a gender that nothing contradicts, a date behind a word for birth.
//!
//! # `HolisticPatient`
//!
//! Defaults: patient metadata, record and patient entities are included; content and record metadata are not (the guide's
//! sample has them so). The keys `record_metadata` and `patient_structured` are our inference, as is `record_id` in
//! the mentions of the latter. Content that could not be read is given as the base64 it came in. An earlier patient is
//! kept with everything unknown; a record with a known `content_hash` is not added again; metadata only fills gaps.
//!
//! # Bundle
//!
//! A projection of the `HolisticPatient`: active and past conditions (`inactive`), active and stopped medications,
//! observations, allergies, procedures (planned: `preparation`) and immunizations given. What is denied, doubtful,
//! hypothetical or a relative's is left out. Without the Patient, a subject that R4B requires is an identifier, and
//! others are left out. `include_data` decides about `url` and `data`.

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

/// The FHIR R4B Bundle (`collection`) of section 6 of the contract: Patient, a `DocumentReference` for each record, then
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
