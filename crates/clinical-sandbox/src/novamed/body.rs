//! Reads the body of a call and holds it against the contract of its revision. All that is wrong is told at once, by the
//! names of the fields alone.

use http::{StatusCode, header};
use serde_json::Value;

use super::answer::{Problem, invalid, refuse};
use super::revision::Revision;
use crate::contract::{self, Violation};
use crate::operation::Received;
use crate::reply::Reply;
use crate::switches::Switches;

/// The documented words for a clinic id of another form.
const CLINIC_ID: &str = "Clinic ID must be a valid UUID.";

/// The body as an object.
///
/// # Errors
///
/// A body that is too large, is not declared as JSON, or is no object.
pub(super) fn object(switches: &Switches, request: &mut Received) -> Result<Value, Reply> {
    if request.too_large {
        let words = "the body is larger than the sandbox takes";
        return Err(refuse(switches, StatusCode::PAYLOAD_TOO_LARGE, words, None));
    }
    let content_type = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let problem = |field: &str, rule: &str| invalid(switches, &[(field.to_owned(), rule.to_owned())]);
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(problem("Content-Type", "must be application/json"));
    }
    match request.json.take() {
        Some(object @ Value::Object(_)) => Ok(object),
        Some(_) => Err(problem("body", "must be an object")),
        None => Err(problem("body", "must be JSON")),
    }
}

/// Holds a body against the contract.
///
/// # Errors
///
/// The refusal that names every field.
pub(super) fn keeps(switches: &Switches, operation: &str, revision: Revision, body: &Value) -> Result<(), Reply> {
    let violations = contract::structure_errors(&revision.in_contract(operation), body);
    if violations.is_empty() {
        return Ok(());
    }
    let clinic = |violation: &Violation| {
        violation.rule == "format" && ["/clinic_id", "/assigned_clinic"].contains(&violation.path.as_str())
    };
    if violations.iter().all(clinic) {
        return Err(refuse(switches, StatusCode::BAD_REQUEST, CLINIC_ID, None));
    }
    Err(invalid(switches, &violations.iter().map(problem).collect::<Vec<_>>()))
}

fn problem(violation: &Violation) -> Problem {
    let missing = violation.missing.as_deref().map(|name| format!("/{name}")).unwrap_or_default();
    let place = format!("{}{missing}", violation.path);
    let field = place.trim_start_matches('/').replace('/', ".");
    let field = if field.is_empty() { "body".to_owned() } else { field };
    (field, violation.message.clone())
}

/// A field as a text; empty where it is missing, null or something else.
pub(super) fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

/// An id as the book keeps it. Digits of a UUID are the same in either case.
pub(super) fn id(body: &Value, name: &str) -> String {
    text(body, name).to_ascii_lowercase()
}

/// Whether a parameter has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}
