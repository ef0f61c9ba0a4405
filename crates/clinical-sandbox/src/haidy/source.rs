//! The source of a record: one of three types with exactly one content. Each rule is checked here by hand, because the
//! contract can only say that none of the forms fits. Contents are moved out of the request, never copied; base64 is
//! decoded once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::problem::{Kind, Problem};

/// What kind of record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    PlainText,
    Document,
    Audio,
}

/// Its one content. No `Debug`: it is a patient's.
pub(super) enum Content {
    /// A text, or a transcript's bubbles, one a line.
    Text(String),
    Url(String),
    Bytes {
        base64: String,
        bytes: Vec<u8>,
    },
}

/// One record to structure.
pub(super) struct Record {
    pub(super) id: Option<String>,
    pub(super) source: Type,
    pub(super) content: Content,
}

const CONTENTS: [&str; 4] = ["text", "url", "base64", "transcript"];

impl Type {
    fn contents(self) -> &'static [&'static str] {
        match self {
            Self::PlainText => &["text"],
            Self::Document => &["url", "base64"],
            Self::Audio => &["url", "base64", "transcript"],
        }
    }
}

/// Reads the source at `place`. Whatever is wrong is added to `problems`.
pub(super) fn read(source: Value, place: &str, problems: &mut Vec<Problem>) -> Option<(Type, Content)> {
    let mut say = |at: &str, kind: Kind| problems.push(Problem::new("body", &format!("{place}{at}"), kind));
    let Value::Object(mut fields) = source else {
        say("", Kind::Object);
        return None;
    };
    let kind = match fields.get("type") {
        None => {
            say("/type", Kind::Missing);
            return None;
        }
        Some(Value::String(name)) => match name.as_str() {
            "plain_text" => Type::PlainText,
            "document" => Type::Document,
            "audio" => Type::Audio,
            _ => {
                say("/type", Kind::Rule("must be one of plain_text, document, audio".to_owned()));
                return None;
            }
        },
        Some(_) => {
            say("/type", Kind::Text);
            return None;
        }
    };
    let allowed = kind.contents();
    let present: Vec<&str> = CONTENTS.into_iter().filter(|name| fields.contains_key(*name)).collect();
    if let Some(stranger) = present.iter().find(|name| !allowed.contains(name)) {
        say(&format!("/{stranger}"), Kind::Rule(format!("this type takes {} alone", allowed.join(" or "))));
        return None;
    }
    let name = match (present.as_slice(), allowed) {
        ([one], _) => *one,
        ([], [only]) => {
            say(&format!("/{only}"), Kind::Missing);
            return None;
        }
        _ => {
            say("", Kind::Rule(format!("exactly one of {} must be given", allowed.join(", "))));
            return None;
        }
    };
    let content = content(&mut fields, name, &format!("{place}/{name}"), problems)?;
    Some((kind, content))
}

fn content(fields: &mut Map<String, Value>, name: &str, place: &str, problems: &mut Vec<Problem>) -> Option<Content> {
    let value = fields.remove(name).unwrap_or_default();
    if name == "transcript" {
        return transcript(&value, place, problems).map(Content::Text);
    }
    let Value::String(text) = value else {
        problems.push(Problem::new("body", place, Kind::Text));
        return None;
    };
    match name {
        "text" => Some(Content::Text(text)),
        "url" if text.is_empty() => {
            problems.push(Problem::new("body", place, Kind::Rule("must not be empty".to_owned())));
            None
        }
        "url" => Some(Content::Url(text)),
        _ => match decode(&text) {
            Ok(bytes) => Some(Content::Bytes { base64: text, bytes }),
            Err(rule) => {
                problems.push(Problem::new("body", place, Kind::Rule(rule.to_owned())));
                None
            }
        },
    }
}

/// The bytes of a base64 text.
///
/// # Errors
///
/// The broken rule.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    if text.starts_with("data:") {
        return Err("must be base64 without a data: prefix");
    }
    if text.is_empty() {
        return Err("must not be empty");
    }
    STANDARD.decode(text).map_err(|_| {
        if text.bytes().any(|byte| byte == b'\n' || byte == b'\r') {
            "must be base64 without line breaks"
        } else {
            "must be standard base64 with padding"
        }
    })
}

fn transcript(value: &Value, place: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let mut say = |at: &str, kind: Kind| problems.push(Problem::new("body", &format!("{place}{at}"), kind));
    let Some(fields) = value.as_object() else {
        say("", Kind::Object);
        return None;
    };
    let Some(bubbles) = fields.get("bubbles") else {
        say("/bubbles", Kind::Missing);
        return None;
    };
    let Some(bubbles) = bubbles.as_array() else {
        say("/bubbles", Kind::List);
        return None;
    };
    let mut lines = Vec::new();
    let mut good = true;
    for (index, bubble) in bubbles.iter().enumerate() {
        let Some(fields) = bubble.as_object() else {
            say(&format!("/bubbles/{index}"), Kind::Object);
            good = false;
            continue;
        };
        for name in ["text", "start", "end"] {
            let kind = match (name, fields.get(name)) {
                (_, None) => Kind::Missing,
                ("text", Some(Value::String(text))) => {
                    lines.push(text.as_str());
                    continue;
                }
                ("text", Some(_)) => Kind::Text,
                (_, Some(Value::Number(seconds))) if seconds.as_f64().is_some_and(|s| s >= 0.0) => continue,
                (_, Some(Value::Number(_))) => Kind::Rule("must be at least 0".to_owned()),
                (_, Some(_)) => Kind::Number,
            };
            say(&format!("/bubbles/{index}/{name}"), kind);
            good = false;
        }
    }
    good.then(|| lines.join("\n"))
}
