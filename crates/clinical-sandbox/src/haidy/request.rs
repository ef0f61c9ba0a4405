//! Reads the bodies of the current endpoints. Sources are read by hand, everything else is held against the contract; all
//! that is wrong is told at once. A request that is read is owned: nothing of it is copied again.

use http::header;
use serde_json::{Map, Value};

use super::problem::{Kind, Problem};
use super::source::{self, Content, Record, Type};
use crate::contract;
use crate::operation::Received;
use crate::structuring::{Language, Options};

/// What is to be structured, and how. No `Debug`: it is a patient's.
pub(super) struct Request {
    pub(super) records: Vec<Record>,
    pub(super) earlier: Option<Value>,
    pub(super) language: Language,
    pub(super) options: Options,
}

/// The body as an object.
///
/// # Errors
///
/// A body that is no JSON, is not declared as such, or is no object.
pub(super) fn object(request: &mut Received) -> Result<Map<String, Value>, Problem> {
    let content_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        // The framework takes such a body as text, which is no object.
        return Err(Problem::new("body", "", Kind::Object));
    }
    match request.json.take() {
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(Problem::new("body", "", Kind::Object)),
        None => Err(Problem::new("body", "/0", Kind::NoJson)),
    }
}

/// The body of `/v2/structure` and `/v2/structure/fhir`.
pub(super) fn records(mut fields: Map<String, Value>, operation: &str) -> Result<Request, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut records = Vec::new();
    if let Some(Value::Array(list)) = fields.get_mut("new_records") {
        for (index, record) in list.iter_mut().enumerate() {
            let place = format!("/new_records/{index}/source");
            // What is left in its place keeps the contract, so that only the rest is judged by it.
            let Some(source) = record.get_mut("source") else {
                continue;
            };
            let taken = std::mem::replace(source, serde_json::json!({"type": "plain_text", "text": ""}));
            let read = source::read(taken, &place, &mut problems);
            let id = record["record_id"].as_str().map(str::to_owned);
            records.extend(read.map(|(source, content)| Record { id, source, content }));
        }
    }
    let earlier = fields.remove("holistic_patient");
    if earlier.as_ref().is_some_and(|earlier| !earlier.is_object() && !earlier.is_null()) {
        problems.push(Problem::new("body", "/holistic_patient", Kind::Object));
    }
    finish(fields, operation, records, earlier.filter(Value::is_object), problems)
}

/// The body of `/v2/structure/text`.
pub(super) fn texts(mut fields: Map<String, Value>, operation: &str) -> Result<Request, Vec<Problem>> {
    let (mut problems, mut records) = (Vec::new(), Vec::new());
    if let Some(Value::Array(list)) = fields.get_mut("inputs") {
        for (index, text) in list.iter_mut().enumerate() {
            match std::mem::replace(text, Value::String(String::new())) {
                Value::String(text) => {
                    records.push(Record { id: None, source: Type::PlainText, content: Content::Text(text) });
                }
                _ => problems.push(Problem::new("body", &format!("/inputs/{index}"), Kind::Text)),
            }
        }
    }
    finish(fields, operation, records, None, problems)
}

fn finish(
    fields: Map<String, Value>,
    operation: &str,
    records: Vec<Record>,
    earlier: Option<Value>,
    mut problems: Vec<Problem>,
) -> Result<Request, Vec<Problem>> {
    let rest = Value::Object(fields);
    problems.extend(contract::structure_errors(operation, &rest).iter().map(Problem::of));
    if !problems.is_empty() {
        return Err(problems);
    }
    let config = &rest["config"];
    let flag = |name: &str| config[name].as_bool();
    let profiles = config["record_metadata_profiles"].as_array().into_iter().flatten();
    let options = Options {
        include_record_metadata: flag("include_record_metadata"),
        include_record_content: flag("include_record_content"),
        include_record_structured: flag("include_record_structured"),
        include_patient_metadata: flag("include_patient_metadata"),
        include_patient_structured: flag("include_patient_structured"),
        profiles: profiles.filter_map(Value::as_str).map(str::to_owned).collect(),
    };
    let language = Language::of(config["output_language"].as_str());
    Ok(Request { records, earlier, language, options })
}
