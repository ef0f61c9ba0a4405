//! The vendors' contracts, embedded as `OpenAPI` documents, and the checks made from them. Requests and answers are
//! read as raw JSON, never through a client's types, so that a client's mistake is caught and not mirrored. A
//! violation names the field and the rule; it never repeats the value, which may be a patient's text.

mod limits;
mod schemas;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::SandboxError;

/// The Codify contract of Omniscribe as text (`OpenAPI` 3.1, YAML). Each field carries `x-source`: `guide`, `vendor` or
/// `inference`.
pub const OMNISCRIBE_CODIFY: &str = include_str!("../contracts/omniscribe-codify.openapi.yaml");

/// The structuring part of the Haidy-Analyst contract of 44ai as text, in the same form.
pub const HAIDY_ANALYST: &str = include_str!("../contracts/haidy-analyst.openapi.yaml");

/// The contract of the `NovaMed` Partner API at the guide's revision as text, in the same form.
pub const NOVAMED_2025_12: &str = include_str!("../contracts/novamed-api-2025-12.openapi.yaml");

/// The contract of the `NovaMed` Partner API at the newest known revision as text, in the same form.
pub const NOVAMED_2026_01: &str = include_str!("../contracts/novamed-api-2026-01.openapi.yaml");

/// One broken rule: where, which, and in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Violation {
    /// JSON pointer of the field inside the body; empty for the body itself.
    pub path: String,
    /// The JSON Schema keyword, or the `x-` limit, that was broken: `required`, `type`, `x-max-utf8-bytes`, ...
    pub rule: String,
    /// One clause that says what the rule asks for. It never contains the value.
    pub message: String,
    /// The field that is not there, where the rule is `required`.
    #[serde(skip)]
    pub(crate) missing: Option<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            write!(f, "body: {} ({})", self.message, self.rule)
        } else {
            write!(f, "{}: {} ({})", field_name(&self.path), self.message, self.rule)
        }
    }
}

/// `/pdf_file/mime_type` as people write it: `pdf_file.mime_type`.
fn field_name(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// One documented example, as it stands in the contract.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Example {
    /// The operation it belongs to.
    pub operation: String,
    /// `None` for a request body, the status for an answer.
    pub status: Option<u16>,
    /// Its name in the contract.
    pub name: String,
    /// `guide`, `vendor` or `inference`.
    pub source: String,
    /// The body.
    pub body: Value,
}

/// The whole contract that holds `operation`, with its references unresolved; `None` for an unknown operation.
pub fn document(operation: &str) -> Option<&'static Value> {
    schemas::all().ok()?.iter().find(|contract| contract.operations.contains_key(operation)).map(|c| &c.document)
}

/// The names of all operations of all contracts, sorted.
pub fn operations() -> Vec<String> {
    let Ok(contracts) = schemas::all() else {
        return Vec::new();
    };
    let mut names: Vec<String> = contracts.iter().flat_map(|c| c.operations.keys().cloned()).collect();
    names.sort();
    names
}

/// The examples the contracts give, requests first, in a fixed order.
pub fn examples() -> Vec<Example> {
    let Ok(contracts) = schemas::all() else {
        return Vec::new();
    };
    contracts.iter().flat_map(schemas::Contract::examples).collect()
}

/// What is wrong with a request body: the schema's rules and the size limits of the contract. Empty means valid.
///
/// An operation that no contract knows, or one that takes no body, is itself a violation.
pub fn request_errors(operation: &str, body: &Value) -> Vec<Violation> {
    schemas::with_request(operation, |schema| {
        let mut found = schema.structure(body);
        found.extend(schema.limits(body));
        found
    })
}

/// What is wrong with the shape of a request body, its size limits left aside (the sandbox applies its own).
pub(crate) fn structure_errors(operation: &str, body: &Value) -> Vec<Violation> {
    schemas::with_request(operation, |schema| schema.structure(body))
}

/// The field names that the request schema of `operation` knows, as JSON pointers of the whole tree.
pub(crate) fn known_fields(operation: &str) -> Vec<String> {
    let Ok(contracts) = schemas::all() else {
        return Vec::new();
    };
    contracts.iter().find_map(|c| c.operations.get(operation)).map(|o| o.fields.clone()).unwrap_or_default()
}

/// What is wrong with the body of an answer. Empty means valid; a status that the contract does not list is a violation.
pub fn response_errors(operation: &str, status: u16, body: &Value) -> Vec<Violation> {
    schemas::with_response(operation, status, |schema| schema.structure(body))
}

/// What is wrong with `body` as the named schema, for what no answer's schema can hold: `HolisticPatient` inside a task.
/// `operation` tells which contract. Empty means valid; a schema that the contract does not have is a violation.
pub fn schema_errors(operation: &str, schema: &str, body: &Value) -> Vec<Violation> {
    schemas::with_named(operation, schema, |schema| schema.structure(body))
}

/// Reads and compiles every contract once.
///
/// # Errors
///
/// [`SandboxError::Contract`] when an embedded document cannot be read, which a test of this crate rules out.
pub(crate) fn load() -> Result<(), SandboxError> {
    schemas::all().map(|_| ()).map_err(|reason| SandboxError::Contract { reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rules(found: &[Violation]) -> Vec<(&str, &str)> {
        found.iter().map(|v| (v.path.as_str(), v.rule.as_str())).collect()
    }

    #[test]
    fn the_embedded_contracts_load() {
        load().unwrap();
        let names = [
            "codify",
            "create_medication_order_2026_01",
            "create_medication_request_2025_12",
            "create_patient_2025_12",
            "create_patient_2026_01",
            "create_practitioner_2025_12",
            "create_practitioner_2026_01",
            "create_refill_request_2025_12",
            "create_refill_request_2026_01",
            "create_webhook_2025_12",
            "create_webhook_2026_01",
            "delete_webhook_2025_12",
            "delete_webhook_2026_01",
            "get_carrier_services_2026_01",
            "get_carriers_2026_01",
            "health",
            "structure",
            "structure_documents_fhir_base64",
            "structure_fhir",
            "structure_text",
            "tasks",
        ];
        assert_eq!(operations(), names);
    }

    #[test]
    fn every_documented_example_keeps_its_own_contract() {
        let examples = examples();
        assert!(examples.len() >= 8, "only {} examples were found", examples.len());
        for example in examples {
            let found = match example.status {
                None => request_errors(&example.operation, &example.body),
                Some(status) => response_errors(&example.operation, status, &example.body),
            };
            // The guide cuts its PDF sample short with dots: it is the one example that is no whole base64.
            if example.name == "pdf" {
                assert_eq!(rules(&found), [("/pdf_file/data", "contentEncoding")]);
            } else {
                assert_eq!(found, [], "{}", example.name);
            }
        }
    }

    #[test]
    fn a_violation_names_the_field_and_the_rule_and_never_the_value() {
        let body = json!({"medical_note": 7, "model": "CANARY", "pdf_file": {"type": "CANARY", "data": "CANARY"}});
        let found = request_errors("codify", &body);
        assert!(rules(&found).contains(&("/medical_note", "type")));
        assert!(rules(&found).contains(&("/model", "enum")));
        assert!(rules(&found).contains(&("/pdf_file/type", "const")));
        assert!(rules(&found).contains(&("/pdf_file", "required")));
        for violation in found {
            assert!(!violation.to_string().contains("CANARY"), "{violation}");
        }
    }

    #[test]
    fn a_body_with_neither_note_nor_pdf_is_refused() {
        assert_eq!(rules(&request_errors("codify", &json!({}))), [("", "anyOf")]);
        assert_eq!(rules(&request_errors("codify", &json!([]))), [("", "type")]);
    }

    #[test]
    fn the_note_limit_counts_bytes_of_utf8() {
        let fits = json!({"medical_note": "ñ".repeat(25_600)});
        let over = json!({"medical_note": format!("{}x", "ñ".repeat(25_600))});
        assert_eq!(request_errors("codify", &fits), []);
        assert_eq!(rules(&request_errors("codify", &over)), [("/medical_note", "x-max-utf8-bytes")]);
    }

    #[test]
    fn unknown_operations_and_undocumented_statuses_are_violations() {
        assert_eq!(rules(&request_errors("nothing", &json!({}))), [("", "operation")]);
        assert_eq!(rules(&request_errors("health", &json!({}))), [("", "operation")]);
        assert_eq!(rules(&response_errors("codify", 418, &json!({}))), [("", "status")]);
    }

    /// The places below `value` that must say where they come from, and do not.
    fn unmarked(value: &Value, at: &str, missing: &mut Vec<String>) {
        let mut check = |name: &str, part: &Value| {
            let source = part["x-source"].as_str().unwrap_or_default();
            let known = ["guide", "vendor", "inference"].contains(&source);
            if part.get("$ref").is_none() && !(known && part["x-reference"].is_string()) {
                missing.push(format!("{at}/{name}"));
            }
        };
        let methods = ["post", "get", "delete"];
        let lists = ["properties", "responses", "schemas", "securitySchemes", "headers", "examples"];
        for list in lists.into_iter().chain(methods) {
            match value.get(list).and_then(Value::as_object) {
                Some(operation) if methods.contains(&list) => {
                    check(list, &Value::Object(operation.clone()));
                }
                Some(parts) => parts.iter().for_each(|(name, part)| check(name, part)),
                None => {}
            }
        }
        for parameter in value.get("parameters").and_then(Value::as_array).into_iter().flatten() {
            check(parameter["name"].as_str().unwrap_or_default(), parameter);
        }
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(name, inner)| unmarked(inner, &format!("{at}/{name}"), missing));
            }
            Value::Array(list) => list.iter().for_each(|inner| unmarked(inner, at, missing)),
            _ => {}
        }
    }

    #[test]
    fn every_operation_header_field_and_answer_says_where_it_comes_from() {
        let mut missing = Vec::new();
        for operation in operations() {
            unmarked(document(&operation).unwrap(), "", &mut missing);
        }
        assert_eq!(missing, Vec::<String>::new());
        let mut found = Vec::new();
        unmarked(&json!({"properties": {"a": {"type": "string"}}}), "", &mut found);
        assert_eq!(found, ["/a"]);
    }
}
