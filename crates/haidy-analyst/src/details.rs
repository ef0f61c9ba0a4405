//! What the vendor says about an error in the body of the answer: the forms of `FastAPI` with both major versions of pydantic, a plain
//! string, and a failed task's account. All of it may quote the request.

use clinical_http::Sensitive;
use serde::Deserialize;

use crate::Json;

/// One complaint of the vendor's about a request. `Debug` does not show the message.
#[derive(Clone)]
#[non_exhaustive]
pub struct Detail {
    /// What it is about, as a JSON pointer (RFC 6901) that begins with the part of the request: `/body/new_records/0/source`. `None` for
    /// a plain text.
    pub loc: Option<String>,
    /// The vendor's words.
    pub message: String,
    /// The vendor's name of the rule (`missing`, `value_error.missing`), which differs between its versions.
    pub kind: Option<String>,
}

impl std::fmt::Debug for Detail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Detail([redacted])")
    }
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Body {
    detail: Said,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(untagged)]
pub(crate) enum Said {
    Text(String),
    List(Vec<Item>),
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct Item {
    #[serde(default)]
    loc: Vec<Step>,
    #[serde(default)]
    msg: String,
    r#type: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(untagged)]
pub(crate) enum Step {
    Index(u64),
    Name(String),
}

/// The details in the body of an error, if it is of a known form.
pub(crate) fn read(body: &[u8]) -> Option<Vec<Detail>> {
    let body: Body = serde_json::from_slice(body).ok()?;
    Some(match body.detail {
        Said::Text(message) => vec![Detail { loc: None, message, kind: None }],
        Said::List(items) => items
            .into_iter()
            .map(|item| Detail { loc: Some(pointer(&item.loc)), message: item.msg, kind: item.r#type })
            .collect(),
    })
}

fn pointer(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Index(index) => format!("/{index}"),
        Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
    };
    steps.iter().map(step).collect()
}

/// Why a task failed, in the vendor's words. `Debug` shows nothing of it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct TaskFailure {
    /// What happened, such as a document that could not be downloaded.
    pub error: Option<String>,
    /// More about it.
    pub details: Option<String>,
    /// All that the vendor sent in `additional_info`, as it came.
    pub additional_info: Option<Json>,
}

impl TaskFailure {
    pub(crate) fn new(additional_info: Option<Json>) -> Self {
        let fields =
            additional_info.as_ref().and_then(|info| crate::json::decode::<crate::Fields>(info.as_json()).ok());
        let text = |name: &str| Some(fields.as_ref()?.text(name)?.into_owned());
        // What is a text as a whole is the error.
        let whole = || Some(additional_info.as_ref()?.as_text()?.into_owned());
        Self { error: text("error").or_else(whole), details: text("details"), additional_info }
    }
}

impl std::fmt::Debug for TaskFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TaskFailure([redacted])")
    }
}

pub(crate) type Details = Sensitive<Vec<Detail>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> Option<Vec<String>> {
        let details = read(body.as_bytes())?;
        Some(details.into_iter().map(|it| format!("{:?} {} {:?}", it.loc, it.message, it.kind)).collect())
    }

    #[test]
    fn both_forms_of_pydantic_and_a_plain_text_are_understood() {
        let table = [
            (
                r#"{"detail":[{"loc":["body","new_records"],"msg":"field required","type":"value_error.missing"}]}"#,
                vec![r#"Some("/body/new_records") field required Some("value_error.missing")"#],
            ),
            (
                r#"{"detail":[{"type":"missing","loc":["body","new_records",0,"a/b~"],"msg":"Field required","input":{"x":"canary"}},{"type":"t","loc":[],"msg":"m","ctx":{},"url":"u"}]}"#,
                vec![r#"Some("/body/new_records/0/a~1b~0") Field required Some("missing")"#, r#"Some("") m Some("t")"#],
            ),
            (r#"{"detail":"Task not found"}"#, vec!["None Task not found None"]),
            (r#"{"detail":[]}"#, vec![]),
            (r#"{"detail":[{}]}"#, vec![r#"Some("")  None"#]),
        ];
        for (body, details) in table {
            assert_eq!(shown(body).unwrap(), details, "{body}");
        }
    }

    #[test]
    fn what_is_of_another_form_or_cut_off_has_no_details() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"detail":7}"#,
            r#"{"detail":{"a":1}}"#,
            r#"{"detail":[{"loc":["bo"#,
            r#"{"detail":[7]}"#,
        ] {
            assert_eq!(shown(body), None, "{body}");
        }
    }

    fn failure(info: &str) -> TaskFailure {
        TaskFailure::new(Some(crate::json::decode(info).unwrap()))
    }

    #[test]
    fn a_failed_tasks_account_is_read_as_far_as_it_is_text() {
        let table = [
            (r#"{"error":"e","details":"d","more":1}"#, Some("e"), Some("d")),
            (r#"{"error":{"code":7},"details":null}"#, None, None),
            (r#""all of it""#, Some("all of it"), None),
            ("[1]", None, None),
        ];
        for (info, error, details) in table {
            let failure = failure(info);
            assert_eq!((failure.error.as_deref(), failure.details.as_deref()), (error, details), "{info}");
            assert_eq!(failure.additional_info.unwrap().as_json(), info);
        }
        assert!(TaskFailure::new(None).error.is_none());
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let details = read(br#"{"detail":"canary"}"#).unwrap();
        assert!(!format!("{details:?} {:?}", failure(r#"{"error":"canary"}"#)).contains("canary"));
    }
}
