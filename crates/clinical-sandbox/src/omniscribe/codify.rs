//! `POST /v1/codify`: the checks in their order, then the coding of the note and of the PDF's text. A refusal names the
//! field and the rule; it never repeats what was sent.

use std::sync::Arc;

use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{pdf_file, refuse};
use crate::auth::admit;
use crate::coding::{self, Assessment};
use crate::contract::{self, Violation};
use crate::digest;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::{CheckOrder, InputRule, NoteLength, PdfFieldStatus, Presence, SizeUnit, Switches, Unnamed};

/// The answer, its fields in the order of the guide's sample.
#[derive(Serialize)]
struct Coded {
    final_code_assessments: Vec<Line>,
    discarded_code_assessments: Vec<Line>,
    run_id: String,
}

#[derive(Serialize)]
struct Line {
    code: String,
    description: String,
    justification: String,
    confidence_percent: f64,
}

impl From<Assessment> for Line {
    fn from(from: Assessment) -> Self {
        let Assessment { code, description, justification, confidence_percent, .. } = from;
        Self { code, description, justification, confidence_percent }
    }
}

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    let text = match state.switches.check_order {
        CheckOrder::AuthFirst => {
            admit(state, &request.headers, refuse)?;
            read(&state.switches, request)?
        }
        CheckOrder::BodyFirst => {
            let text = read(&state.switches, request)?;
            admit(state, &request.headers, refuse)?;
            text
        }
    };
    let (seed, run_id) = (state.seed, digest::run_id(state.seed, &request.fingerprint));
    Ok(Work { counts: true, run: Box::new(move || code(&text, seed, run_id)) })
}

fn code(text: &str, seed: u64, run_id: String) -> Reply {
    let found = coding::assess(text, seed);
    let lines = |from: Vec<Assessment>| from.into_iter().map(Line::from).collect();
    let (accepted, discarded) = (lines(found.accepted), lines(found.discarded));
    Reply::json(
        StatusCode::OK,
        &Coded { final_code_assessments: accepted, discarded_code_assessments: discarded, run_id },
    )
}

/// The text to code: the note, then the PDF's text.
fn read(switches: &Switches, request: &Received) -> Result<String, Reply> {
    check_headers(switches, &request.headers)?;
    if request.too_large {
        return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than any allowed note and PDF"));
    }
    let Some(json) = &request.json else {
        return Err(refuse(StatusCode::BAD_REQUEST, "the body is not valid JSON in UTF-8"));
    };
    let Some(fields) = json.as_object() else {
        return Err(refuse(StatusCode::BAD_REQUEST, "the body must be a JSON object"));
    };
    check_inputs(switches, fields)?;
    check_structure(switches, json)?;
    let mut text = String::new();
    if let Some(note) = fields.get("medical_note").and_then(Value::as_str) {
        check_length(switches, note)?;
        text.push_str(note);
    }
    if let Some(pdf) = fields.get("pdf_file") {
        let pdf = pdf_file::text(pdf, switches)?;
        if !text.is_empty() {
            // A blank line ends a section for the coder, so that neither text is read into the other.
            text.push_str("\n\n");
        }
        text.push_str(&pdf);
    }
    Ok(text)
}

fn check_headers(switches: &Switches, headers: &HeaderMap) -> Result<(), Reply> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(refuse(StatusCode::BAD_REQUEST, "Content-Type must be application/json"));
    }
    let doctor = headers.get("x-doctor").is_some_and(|value| !value.is_empty());
    if switches.doctor_header == Presence::Required && !doctor {
        return Err(refuse(StatusCode::BAD_REQUEST, "x-doctor is required"));
    }
    Ok(())
}

/// Which of note and PDF must be there. The first two texts are the vendor's own samples.
fn check_inputs(switches: &Switches, fields: &Map<String, Value>) -> Result<(), Reply> {
    let blank = |note: &Value| note.as_str().is_some_and(|text| text.trim().is_empty());
    let note = fields.get("medical_note").is_some_and(|note| switches.blank_note == Unnamed::Accept || !blank(note));
    let pdf = fields.contains_key("pdf_file");
    let details = match switches.input_rule {
        InputRule::AtLeastOne if !note && !pdf => "Se debe proporcionar medical_note o pdf_file",
        InputRule::NoteRequired if !note => "medical_note is required",
        InputRule::ExactlyOne if note == pdf => "exactly one of medical_note and pdf_file must be given",
        _ => return Ok(()),
    };
    Err(refuse(StatusCode::BAD_REQUEST, details))
}

fn check_structure(switches: &Switches, json: &Value) -> Result<(), Reply> {
    let mut refused: Option<(StatusCode, Violation)> = None;
    for violation in contract::structure_errors("codify", json) {
        let status = match (violation.path.as_str(), violation.rule.as_str()) {
            // Unknown models and blank notes are switches; a blank note beside a PDF is no note.
            ("/model", "enum") if switches.unknown_model == Unnamed::Accept => continue,
            ("/medical_note", "minLength") => continue,
            (path, _) if path.starts_with("/pdf_file/") || (path == "/pdf_file" && violation.rule == "required") => {
                pdf_status(switches, &violation)
            }
            _ => StatusCode::BAD_REQUEST,
        };
        refused.get_or_insert((status, violation));
    }
    if switches.unknown_fields == Unnamed::Refuse && refused.is_none() {
        let known = contract::known_fields("codify");
        if has_unknown(json, "", &known) {
            return Err(refuse(StatusCode::BAD_REQUEST, "the body holds a field that is not documented"));
        }
    }
    match refused {
        Some((status, violation)) => Err(refuse(status, &violation.to_string())),
        None => Ok(()),
    }
}

/// 422 is documented for a bad `mime_type`, bad base64 and a bad structure of the PDF object; 400 for any bad format.
fn pdf_status(switches: &Switches, violation: &Violation) -> StatusCode {
    if violation.path == "/pdf_file/data" {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    match switches.pdf_field_status {
        PdfFieldStatus::UnprocessableEntity => StatusCode::UNPROCESSABLE_ENTITY,
        PdfFieldStatus::BadRequest => StatusCode::BAD_REQUEST,
    }
}

fn has_unknown(value: &Value, at: &str, known: &[String]) -> bool {
    let Some(fields) = value.as_object() else {
        return false;
    };
    fields.iter().any(|(name, inner)| {
        let pointer = format!("{at}/{name}");
        !known.contains(&pointer) || has_unknown(inner, &pointer, known)
    })
}

fn check_length(switches: &Switches, note: &str) -> Result<(), Reply> {
    let (length, unit) = match switches.note_length {
        NoteLength::Bytes => (note.len(), "bytes of UTF-8"),
        NoteLength::Characters => (note.chars().count(), "characters"),
    };
    let most = match switches.size_unit {
        SizeUnit::Binary => 51_200,
        SizeUnit::Decimal => 50_000,
    };
    if length <= most {
        return Ok(());
    }
    let details = format!("medical_note must have at most {most} {unit}");
    Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, &details))
}
