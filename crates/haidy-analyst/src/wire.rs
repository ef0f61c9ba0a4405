//! Requests as the vendor's contract writes them.

use clinical_http::{Body, Error as HttpError, FileFacts, Sensitive};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::record::Source;
use crate::{Config, HolisticPatient, Record, Structure, StructureText, Transcript};

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireStructure<'a> {
    new_records: Vec<WireRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<HolisticPatient>"))]
    holistic_patient: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Config::is_empty")]
    config: &'a Config,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<&'a str>,
    source: WireSource<'a>,
}

#[derive(Serialize, Default)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireSource<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<&'a Transcript>,
}

#[derive(Serialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct WireText<'a> {
    inputs: Vec<&'a str>,
    #[serde(skip_serializing_if = "Config::is_empty")]
    config: &'a Config,
}

/// The body of a request, after all checks that need no vendor.
pub(crate) async fn structure(request: &Structure) -> Result<Body, HttpError> {
    if request.records.is_empty() {
        return Err(HttpError::invalid("new_records", "is empty; give at least one record"));
    }
    request.config.check()?;
    let mut files: Vec<FileFacts> = Vec::new();
    for (number, record) in (1..).zip(&request.records) {
        files.extend(record.check(number).await?);
    }
    with_files(files, |places| {
        let mut places = places.iter().map(String::as_str);
        Body::json(&WireStructure {
            new_records: request.records.iter().map(|record| wire_record(record, &mut places)).collect(),
            holistic_patient: request.holistic_patient.as_ref().map(HolisticPatient::raw),
            config: &request.config,
        })
    })
}

/// The body of the short way for texts, after all checks that need no vendor.
pub(crate) fn structure_text(request: &StructureText) -> Result<Body, HttpError> {
    if request.inputs.is_empty() {
        return Err(HttpError::invalid("inputs", "is empty; give at least one text"));
    }
    request.config.check()?;
    for (number, input) in (1..).zip(&request.inputs) {
        if input.expose().trim().is_empty() {
            let rule = format!("has a text {number} that is empty or only white space; leave it out");
            return Err(HttpError::invalid("inputs", rule));
        }
    }
    let inputs = request.inputs.iter().map(Sensitive::expose).map(String::as_str).collect();
    Body::json(&WireText { inputs, config: &request.config })
}

/// JSON with a place for each file, or without any.
pub(crate) fn with_files(
    files: Vec<FileFacts>,
    make: impl Fn(&[String]) -> Result<Body, HttpError>,
) -> Result<Body, HttpError> {
    if files.is_empty() { make(&[]) } else { Body::json_with_files(files, make) }
}

fn wire_record<'a>(record: &'a Record, places: &mut impl Iterator<Item = &'a str>) -> WireRecord<'a> {
    let source = match record.source() {
        Source::Text(text) => WireSource { r#type: "plain_text", text: Some(text.expose()), ..WireSource::default() },
        Source::Url(kind, url) => {
            WireSource { r#type: kind.as_str(), url: Some(url.expose()), ..WireSource::default() }
        }
        // What is broken has no file and does not get this far: the check before says so.
        Source::File(kind, _) => WireSource { r#type: kind.as_str(), base64: places.next(), ..WireSource::default() },
        Source::Broken(_) => WireSource::default(),
        Source::Transcript(transcript) => {
            WireSource { r#type: "audio", transcript: Some(transcript), ..WireSource::default() }
        }
    };
    WireRecord { record_id: record.id_ref(), source }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
pub(crate) mod tests;
