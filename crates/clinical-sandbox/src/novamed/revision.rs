//! Which revision of the vendor's API a request speaks. Two paths have one revision each; a practitioner and a patient are
//! told apart by the names in the body. A name of the newer revision decides, because a body with both would otherwise
//! pass as the older one with half of it ignored.

use serde_json::Value;

use crate::switches::NovamedRevision;

/// A revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revision {
    V2025_12,
    V2026_01,
}

impl Revision {
    /// The revision of a body by the names that only one of them has.
    pub(super) fn of_body(served: NovamedRevision, body: &Value, older: &[&str], newer: &[&str]) -> Self {
        let has = |names: &[&str]| names.iter().any(|name| body.get(name).is_some());
        match served {
            NovamedRevision::Both if !has(older) || has(newer) => Self::V2026_01,
            NovamedRevision::V2026_01 => Self::V2026_01,
            NovamedRevision::Both | NovamedRevision::V2025_12 => Self::V2025_12,
        }
    }

    /// The revision of what both have in the same form.
    pub(super) fn shared(served: NovamedRevision) -> Self {
        Self::of_body(served, &Value::Null, &[], &[])
    }

    /// Whether it is served.
    pub(super) fn is_served(self, served: NovamedRevision) -> bool {
        match served {
            NovamedRevision::Both => true,
            NovamedRevision::V2025_12 => self == Self::V2025_12,
            NovamedRevision::V2026_01 => self == Self::V2026_01,
        }
    }

    /// The name of an operation in the contracts.
    pub(super) fn in_contract(self, operation: &str) -> String {
        match self {
            Self::V2025_12 => format!("{operation}_2025_12"),
            Self::V2026_01 => format!("{operation}_2026_01"),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V2025_12 => "2025-12",
            Self::V2026_01 => "2026-01",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_decide_and_the_newer_ones_win() {
        let of = |body: Value| Revision::of_body(NovamedRevision::Both, &body, &["npi_number"], &["npi"]);
        assert_eq!(of(json!({"npi_number": "1"})), Revision::V2025_12);
        assert_eq!(of(json!({"npi": "1"})), Revision::V2026_01);
        assert_eq!(of(json!({"npi": null, "npi_number": "1"})), Revision::V2026_01);
        assert_eq!(of(json!({"first_name": "A"})), Revision::V2026_01);
    }

    #[test]
    fn a_sandbox_of_one_revision_reads_nothing_else() {
        let body = json!({"npi": "1"});
        let of = |served| Revision::of_body(served, &body, &["npi_number"], &["npi"]);
        assert_eq!(of(NovamedRevision::V2025_12), Revision::V2025_12);
        assert!(!Revision::V2026_01.is_served(NovamedRevision::V2025_12));
        assert_eq!(Revision::shared(NovamedRevision::V2025_12).in_contract("a"), "a_2025_12");
    }
}
