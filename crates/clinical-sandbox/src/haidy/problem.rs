//! What is wrong with a request, in the vendor's form: a place, a message and a type. The guide's sample is pydantic 1's;
//! a switch gives pydantic 2's, or a plain string. A message never repeats what was sent.

use std::fmt::Write as _;

use http::StatusCode;
use serde_json::{Value, json};

use crate::contract::Violation;
use crate::reply::Reply;
use crate::switches::ValidationShape;

/// More problems than this in one answer help nobody.
const MOST: usize = 20;

/// One problem.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    loc: Vec<Value>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Missing,
    Object,
    List,
    Text,
    Number,
    Boolean,
    /// The body is no JSON.
    NoJson,
    /// Any other rule, in words.
    Rule(String),
}

impl Kind {
    /// Message and type.
    fn words(&self, two: bool) -> (String, &'static str) {
        let (one_text, one, two_text, two_type) = match self {
            Self::Missing => ("field required", "value_error.missing", "Field required", "missing"),
            Self::Object => {
                ("value is not a valid dict", "type_error.dict", "Input should be a valid dictionary", "dict_type")
            }
            Self::List => ("value is not a valid list", "type_error.list", "Input should be a valid list", "list_type"),
            Self::Text => ("str type expected", "type_error.str", "Input should be a valid string", "string_type"),
            Self::Number => {
                ("value is not a valid float", "type_error.float", "Input should be a valid number", "float_type")
            }
            Self::Boolean => (
                "value could not be parsed to a boolean",
                "type_error.bool",
                "Input should be a valid boolean, unable to interpret input",
                "bool_parsing",
            ),
            Self::NoJson => ("Expecting value", "value_error.jsondecode", "JSON decode error", "json_invalid"),
            Self::Rule(rule) if two => return (format!("Value error, {rule}"), "value_error"),
            Self::Rule(rule) => return (rule.clone(), "value_error"),
        };
        if two { (two_text.to_owned(), two_type) } else { (one_text.to_owned(), one) }
    }
}

impl Problem {
    /// `place` is a JSON pointer inside `part`, which is `body` or `query`.
    pub(super) fn new(part: &str, place: &str, kind: Kind) -> Self {
        let step = |step: &str| step.parse::<u64>().map_or_else(|_| json!(step), |index| json!(index));
        let loc = [json!(part)].into_iter().chain(place.split('/').skip(1).map(step)).collect();
        Self { loc, kind }
    }

    /// A broken rule of the contract.
    pub(super) fn of(violation: &Violation) -> Self {
        let kind = match (violation.rule.as_str(), violation.message.strip_prefix("must be of type ")) {
            ("required", _) => {
                let place = format!("{}/{}", violation.path, violation.missing.as_deref().unwrap_or_default());
                return Self::new("body", &place, Kind::Missing);
            }
            ("type", Some("object")) => Kind::Object,
            ("type", Some("array")) => Kind::List,
            ("type", Some("string")) => Kind::Text,
            ("type", Some("number")) => Kind::Number,
            ("type", Some("boolean")) => Kind::Boolean,
            _ => Kind::Rule(violation.message.clone()),
        };
        Self::new("body", &violation.path, kind)
    }

    fn json(&self, two: bool) -> Value {
        let (msg, kind) = self.kind.words(two);
        let mut problem = json!({"loc": self.loc, "msg": msg, "type": kind});
        if two {
            // The real one repeats what was sent; a double must not put a patient's text into an error.
            problem["input"] = Value::Null;
        }
        problem
    }

    fn line(&self) -> String {
        let mut line = String::new();
        for step in &self.loc {
            let text = step.as_str().map_or_else(|| step.to_string(), str::to_owned);
            let _ = write!(line, "{}{text}", if line.is_empty() { "" } else { "." });
        }
        let _ = write!(line, ": {}", self.kind.words(false).0);
        line
    }
}

/// The answer to a request with these problems.
pub(super) fn refusal(problems: &[Problem], shape: ValidationShape) -> Reply {
    let problems = &problems[..problems.len().min(MOST)];
    let detail = match shape {
        ValidationShape::PydanticV1 => json!(problems.iter().map(|p| p.json(false)).collect::<Vec<_>>()),
        ValidationShape::PydanticV2 => json!(problems.iter().map(|p| p.json(true)).collect::<Vec<_>>()),
        ValidationShape::Text => json!(problems.iter().map(Problem::line).collect::<Vec<_>>().join("; ")),
    };
    Reply::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": detail }))
}
