//! The JSON Schemas of what goes over the wire, derived from this crate's types and kept beside them, so that a change of a type that changes the
//! wire is seen.

use std::sync::LazyLock;

use clinical_drift::{Drift, Error, Finding, Shape};

/// What this crate reads: the name of each type and its schema (JSON Schema, draft 2020-12), as this version was released with it.
pub const READS: &[(&str, &str)] = &[
    ("Bundle", include_str!("../schema/Bundle.reads.json")),
    ("ErrorDetail", ERROR_DETAIL),
    ("HolisticPatient", HOLISTIC_PATIENT),
    ("Task", TASK_ANSWER),
    ("TaskCreated", TASK_CREATED),
];

const ERROR_DETAIL: &str = include_str!("../schema/ErrorDetail.reads.json");
const HOLISTIC_PATIENT: &str = include_str!("../schema/HolisticPatient.reads.json");
const TASK_ANSWER: &str = include_str!("../schema/Task.reads.json");
const TASK_CREATED: &str = include_str!("../schema/TaskCreated.reads.json");

pub(crate) static DETAIL: Known = Known(LazyLock::new(|| Shape::parse(ERROR_DETAIL)));
pub(crate) static PATIENT: Known = Known(LazyLock::new(|| Shape::parse(HOLISTIC_PATIENT)));
pub(crate) static CREATED: Known = Known(LazyLock::new(|| Shape::parse(TASK_CREATED)));
pub(crate) static TASK: Known = Known(LazyLock::new(|| Shape::parse(TASK_ANSWER)));

/// A schema of this crate, read when it is first needed.
pub(crate) struct Known(LazyLock<Result<Shape, Error>>);

impl Known {
    /// Counts what it has more; nothing of what cannot be looked at.
    pub(crate) fn count(&self, drift: &Drift, name: &'static str, json: &[u8]) {
        if let Ok(shape) = self.0.as_ref() {
            // A payload that is not JSON has been refused before, and one with a number beyond all bounds is not counted.
            let _ = drift.walk(name, shape, json);
        }
    }

    pub(crate) fn drift(&self, json: &str) -> Result<Vec<Finding>, Error> {
        self.0.as_ref().map_err(|error| *error)?.drift(json.as_bytes())
    }
}

/// The schemas as the types have them now.
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub fn derived() -> Vec<clinical_drift::Derived> {
    use crate::{answer, details, legacy, wire};
    use clinical_drift::Derived;
    vec![
        Derived::reads::<crate::Bundle>("Bundle"),
        Derived::reads::<details::Body>("ErrorDetail"),
        Derived::writes::<legacy::WireFiles<'_>>("FilesRequest"),
        Derived::reads::<crate::HolisticPatient>("HolisticPatient"),
        Derived::writes::<wire::WireStructure<'_>>("StructureRequest"),
        Derived::reads::<Answer>("Task"),
        Derived::reads::<answer::Created<'_>>("TaskCreated"),
        Derived::writes::<answer::Ask<'_>>("TaskRequest"),
        Derived::writes::<wire::WireText<'_>>("TextRequest"),
        Derived::writes::<legacy::WireUrls<'_>>("UrlsRequest"),
    ]
}

/// An answer about a task is read twice: what polling looks at, and what a last answer holds. The times are documented and nobody reads them.
#[cfg(feature = "schema")]
#[derive(serde::Deserialize, clinical_drift::schemars::JsonSchema)]
#[schemars(crate = "clinical_drift::schemars")]
#[expect(dead_code, reason = "only its schema is of use")]
struct Answer {
    #[serde(flatten)]
    #[schemars(with = "crate::answer::Head<'static>")]
    head: serde::de::IgnoredAny,
    #[serde(flatten)]
    #[schemars(with = "crate::answer::Last")]
    last: serde::de::IgnoredAny,
    #[serde(default)]
    started_at: serde_json::Value,
    #[serde(default)]
    completed_at: serde_json::Value,
    #[serde(default)]
    status_changes_at: serde_json::Value,
}
