//! Reads the embedded documents and compiles one validator per request body and per answer, once per process. It
//! resolves references inside a document only; nothing is ever fetched.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use super::limits::{self, Limit};
use super::{Example, HAIDY_ANALYST, NOVAMED_2025_12, NOVAMED_2026_01, OMNISCRIBE_CODIFY, Violation};

/// More than this many violations in one body help nobody and would make an answer of unbounded size.
const MOST_VIOLATIONS: usize = 20;

/// A contract read from its document.
pub(super) struct Contract {
    pub(super) document: Value,
    pub(super) operations: BTreeMap<String, Operation>,
}

/// What a contract says about one operation.
pub(super) struct Operation {
    request: Option<Schema>,
    responses: BTreeMap<u16, Schema>,
    examples: Vec<Example>,
    pub(super) fields: Vec<String>,
}

/// A compiled schema and the limits beside it.
pub(super) struct Schema {
    validator: Validator,
    limits: Vec<Limit>,
}

static CONTRACTS: LazyLock<Result<Vec<Contract>, String>> = LazyLock::new(|| {
    [OMNISCRIBE_CODIFY, HAIDY_ANALYST, NOVAMED_2025_12, NOVAMED_2026_01].into_iter().map(read).collect()
});

/// All contracts, or why one of them cannot be read.
pub(super) fn all() -> Result<&'static [Contract], &'static str> {
    CONTRACTS.as_deref().map_err(String::as_str)
}

/// Runs `check` with the request schema of `operation`.
pub(super) fn with_request(operation: &str, check: impl FnOnce(&Schema) -> Vec<Violation>) -> Vec<Violation> {
    match find(operation).map(|found| found.request.as_ref()) {
        Ok(Some(schema)) => check(schema),
        Ok(None) => vec![outside("operation", "this operation takes no body")],
        Err(violation) => vec![violation],
    }
}

/// Runs `check` with the schema of one answer of `operation`.
pub(super) fn with_response(
    operation: &str,
    status: u16,
    check: impl FnOnce(&Schema) -> Vec<Violation>,
) -> Vec<Violation> {
    match find(operation).map(|found| found.responses.get(&status)) {
        Ok(Some(schema)) => check(schema),
        Ok(None) => vec![outside("status", "the contract does not list this status for the operation")],
        Err(violation) => vec![violation],
    }
}

/// Runs `check` with a schema by its name in the contract of `operation`. It is compiled for this call alone.
pub(super) fn with_named(operation: &str, name: &str, check: impl FnOnce(&Schema) -> Vec<Violation>) -> Vec<Violation> {
    let contracts = all().unwrap_or_default();
    let found = contracts.iter().find(|contract| contract.operations.contains_key(operation));
    let document = found.map(|contract| &contract.document);
    let Some(document) = document.filter(|document| document["components"]["schemas"][name].is_object()) else {
        return vec![outside("schema", "no contract knows this schema")];
    };
    match compile(document, &json!({"$ref": format!("#/components/schemas/{name}")})) {
        Ok(schema) => check(&schema),
        Err(_) => vec![outside("schema", "the contract's schema cannot be read")],
    }
}

fn find(operation: &str) -> Result<&'static Operation, Violation> {
    let contracts = all().map_err(|reason| outside("contract", reason))?;
    let found = contracts.iter().find_map(|contract| contract.operations.get(operation));
    found.ok_or_else(|| outside("operation", "no contract knows this operation"))
}

fn outside(rule: &str, message: &str) -> Violation {
    Violation { path: String::new(), rule: rule.to_owned(), message: message.to_owned(), missing: None }
}

fn read(text: &str) -> Result<Contract, String> {
    let document: Value = serde_saphyr::from_str(text).map_err(|error| format!("not YAML: {error}"))?;
    let mut operations = BTreeMap::new();
    let paths = document["paths"].as_object().ok_or("no paths")?;
    for methods in paths.values().filter_map(Value::as_object) {
        for operation in methods.values() {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            operations.insert(name.to_owned(), read_operation(&document, name, operation)?);
        }
    }
    Ok(Contract { document, operations })
}

fn read_operation(document: &Value, name: &str, operation: &Value) -> Result<Operation, String> {
    let mut read = Operation { request: None, responses: BTreeMap::new(), examples: Vec::new(), fields: Vec::new() };
    let body = &operation["requestBody"]["content"]["application/json"];
    if let Some(schema) = body.get("schema") {
        read.fields = limits::collect(document, schema).1;
        read.request = Some(compile(document, schema)?);
        read.examples.extend(named_examples(name, None, body));
    }
    for (status, answer) in operation["responses"].as_object().ok_or("an operation without responses")? {
        let status: u16 = status.parse().map_err(|_| format!("{name}: {status} is not a status"))?;
        let target = answer["$ref"].as_str().and_then(|to| document.pointer(to.trim_start_matches('#')));
        let media = &target.unwrap_or(answer)["content"]["application/json"];
        let schema = media.get("schema").ok_or_else(|| format!("{name}: {status} has no schema"))?;
        read.responses.insert(status, compile(document, schema)?);
        read.examples.extend(named_examples(name, Some(status), media));
    }
    Ok(read)
}

fn named_examples(operation: &str, status: Option<u16>, media: &Value) -> Vec<Example> {
    let Some(examples) = media["examples"].as_object() else {
        return Vec::new();
    };
    let example = |(name, example): (&String, &Value)| Example {
        operation: operation.to_owned(),
        status,
        name: name.clone(),
        source: example["x-source"].as_str().unwrap_or_default().to_owned(),
        body: example["value"].clone(),
    };
    examples.iter().map(example).collect()
}

fn compile(document: &Value, schema: &Value) -> Result<Schema, String> {
    // The references point to `#/components/...`, so the components travel with each schema that is compiled.
    let whole = json!({"allOf": [schema], "components": document["components"]});
    // The draft makes `format` a remark; a contract may ask for more.
    let formats = document["x-assert-formats"].as_bool().unwrap_or_default();
    let options = jsonschema::draft202012::options().should_validate_formats(formats);
    let validator = options.build(&whole).map_err(|error| format!("not a schema: {}", error.masked()))?;
    Ok(Schema { validator, limits: limits::collect(document, schema).0 })
}

impl Contract {
    pub(super) fn examples(&self) -> Vec<Example> {
        let mut all: Vec<Example> = self.operations.values().flat_map(|o| o.examples.iter().cloned()).collect();
        all.sort_by(|a, b| (&a.operation, a.status, &a.name).cmp(&(&b.operation, b.status, &b.name)));
        all
    }
}

impl Schema {
    /// The broken schema rules, in the order of the schema, at most [`MOST_VIOLATIONS`].
    pub(super) fn structure(&self, body: &Value) -> Vec<Violation> {
        self.validator.iter_errors(body).take(MOST_VIOLATIONS).map(|error| violation(&error)).collect()
    }

    /// The broken `x-` limits.
    pub(super) fn limits(&self, body: &Value) -> Vec<Violation> {
        self.limits.iter().filter_map(|limit| limit.check(body)).collect()
    }
}

fn violation(error: &ValidationError<'_>) -> Violation {
    Violation {
        path: error.instance_path().as_str().to_owned(),
        rule: error.kind().keyword().to_owned(),
        message: message(error.kind()),
        missing: match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        },
    }
}

/// The rule in words, built from the schema's side alone: what the schema says is public, what the body says is not.
fn message(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Required { property } => {
            format!("{} is required", property.as_str().unwrap_or("a field"))
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(expected) } => format!("must be of type {expected}"),
        ValidationErrorKind::Enum { options } => format!("must be one of {options}"),
        ValidationErrorKind::Constant { expected_value } => format!("must be {expected_value}"),
        ValidationErrorKind::Pattern { pattern } => format!("must match {pattern}"),
        ValidationErrorKind::Format { format } => format!("must have the form of {format}"),
        ValidationErrorKind::AnyOf { .. } => "none of the allowed combinations of fields is complete".to_owned(),
        ValidationErrorKind::MinLength { limit } => {
            format!("must have at least {limit} character(s)")
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("must have at most {limit} character(s)")
        }
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        other => format!("breaks the rule {} of the contract", other.keyword()),
    }
}
