//! The JSON Schemas of what goes over the wire, derived from this crate's types and kept beside them, so that a change of a type that changes the
//! wire is seen.

use std::sync::LazyLock;

use clinical_drift::{Drift, Shape};

/// What this crate reads: the name of each type and its schema (JSON Schema, draft 2020-12), as this version was released with it.
pub const READS: &[(&str, &str)] =
    &[("CodifyError", CODIFY_ERROR), ("CodifyResponse", include_str!("../schema/CodifyResponse.reads.json"))];

const CODIFY_ERROR: &str = include_str!("../schema/CodifyError.reads.json");

pub(crate) static ERROR: Known = Known(LazyLock::new(|| Shape::parse(CODIFY_ERROR).ok()));

/// A schema of this crate, read when it is first needed.
pub(crate) struct Known(LazyLock<Option<Shape>>);

impl Known {
    /// Counts what a payload has more; nothing of what cannot be looked at.
    pub(crate) fn count(&self, drift: &Drift, name: &'static str, payload: &[u8]) {
        if let Some(shape) = self.0.as_ref() {
            let _ = drift.walk(name, shape, payload);
        }
    }
}

/// The schemas as the types have them now.
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub fn derived() -> Vec<clinical_drift::Derived> {
    use clinical_drift::Derived;
    vec![
        Derived::reads::<ErrorAnswer>("CodifyError"),
        Derived::writes::<crate::wire::Wire<'_>>("CodifyRequest"),
        Derived::reads::<crate::CodifyResponse>("CodifyResponse"),
        Derived::writes::<crate::CodifyResponse>("CodifyResponse"),
    ]
}

/// An error as it is documented; of it, the details alone are read.
#[cfg(feature = "schema")]
#[derive(serde::Deserialize, clinical_drift::schemars::JsonSchema)]
#[schemars(crate = "clinical_drift::schemars")]
#[expect(dead_code, reason = "only its schema is of use")]
struct ErrorAnswer {
    #[serde(default)]
    success: serde_json::Value,
    #[serde(default)]
    error: serde_json::Value,
    details: String,
}
