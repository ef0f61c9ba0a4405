//! The limits that JSON Schema has no keyword for: bytes of UTF-8, and bytes after base64 decoding. They stand in the
//! contract as `x-max-utf8-bytes` and `x-max-decoded-bytes` beside the field; this module collects and applies them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Violation;

/// One limit of one field.
#[derive(Clone, Debug)]
pub(super) struct Limit {
    pointer: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Utf8Bytes(u64),
    DecodedBytes(u64),
}

/// The limits and the field names of a schema, references followed inside `document`.
pub(super) fn collect(document: &Value, schema: &Value) -> (Vec<Limit>, Vec<String>) {
    let (mut limits, mut fields) = (Vec::new(), Vec::new());
    walk(document, schema, "", &mut limits, &mut fields);
    (limits, fields)
}

fn walk(document: &Value, schema: &Value, at: &str, limits: &mut Vec<Limit>, fields: &mut Vec<String>) {
    let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| document.pointer(to.trim_start_matches('#')));
    let schema = target.unwrap_or(schema);
    if let Some(most) = schema.get("x-max-utf8-bytes").and_then(Value::as_u64) {
        limits.push(Limit { pointer: at.to_owned(), kind: Kind::Utf8Bytes(most) });
    }
    if let Some(most) = schema.get("x-max-decoded-bytes").and_then(Value::as_u64) {
        limits.push(Limit { pointer: at.to_owned(), kind: Kind::DecodedBytes(most) });
    }
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    for (name, inner) in properties {
        let pointer = format!("{at}/{name}");
        fields.push(pointer.clone());
        walk(document, inner, &pointer, limits, fields);
    }
}

impl Limit {
    /// The violation of this limit in `body`, if any. A missing field or one of another type breaks other rules.
    pub(super) fn check(&self, body: &Value) -> Option<Violation> {
        let text = body.pointer(&self.pointer)?.as_str()?;
        let (rule, message) = match self.kind {
            Kind::Utf8Bytes(most) => {
                if text.len() as u64 <= most {
                    return None;
                }
                ("x-max-utf8-bytes", format!("must have at most {most} bytes of UTF-8"))
            }
            Kind::DecodedBytes(most) => match STANDARD.decode(text) {
                Err(_) => ("contentEncoding", "must be standard base64 with padding".to_owned()),
                Ok(bytes) if bytes.len() as u64 <= most => return None,
                Ok(_) => ("x-max-decoded-bytes", format!("must have at most {most} bytes after decoding")),
            },
        };
        Some(Violation { path: self.pointer.clone(), rule: rule.to_owned(), message, missing: None })
    }
}
