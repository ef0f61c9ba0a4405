//! The deprecated `POST /v2/structure/documents/fhir/base64`. What it takes and refuses comes from the older page, whose
//! "Base64 upload" we read as this path: 400 for malformed JSON, missing `files` and bad base64, 422 for a file that
//! cannot be used. It has no configuration, and its Bundle holds everything.

use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::create;
use super::ending::{Wanted, document_type};
use super::problem::{Kind, Problem, refusal};
use super::query::Include;
use super::refuse;
use super::request::{self, Request};
use super::source::{self, Content, Record, Type};
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::structuring::{Language, Options};

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let shape = state.switches.validation_shape;
    let unreadable = |index: usize| {
        let place = format!("/files/{index}/file_base64");
        let rule = "file type not supported or content unreadable".to_owned();
        refusal(&[Problem::new("body", &place, Kind::Rule(rule))], shape)
    };
    create::check(state, request, "structure_documents_fhir_base64", |request| {
        let bad = |details: &str| refuse(StatusCode::BAD_REQUEST, details);
        let mut fields = request::object(request).map_err(|_| bad("the body is not a JSON object"))?;
        let Some(Value::Array(files)) = fields.remove("files") else {
            return Err(bad("files is required and must be a list"));
        };
        let mut records = Vec::new();
        for (index, mut file) in files.into_iter().enumerate() {
            if !file["file_name"].is_string() {
                return Err(bad(&format!("files.{index}.file_name must be a string")));
            }
            let Some(Value::String(base64)) = file.get_mut("file_base64").map(Value::take) else {
                return Err(bad(&format!("files.{index}.file_base64 must be a string")));
            };
            let bytes = source::decode(&base64).map_err(|rule| bad(&format!("files.{index}.file_base64 {rule}")))?;
            if document_type(&bytes).is_none() {
                return Err(unreadable(index));
            }
            let content = Content::Bytes { base64, bytes };
            records.push(Record { id: None, source: Type::Document, content });
        }
        let (language, options) = (Language::default(), Options::default());
        Ok((Request { records, earlier: None, language, options }, Wanted::Bundle(Include::ALL)))
    })
}
