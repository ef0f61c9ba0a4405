//! Where somebody lives or works.

use serde::{Deserialize, Serialize};

/// A postal address in the United States. Which of its parts a revision requires, and what it calls them, is the revision's.
///
/// ```
/// use novamed_api::Address;
///
/// let address = Address::new("123 Main Street", "New York", "NY", "10001").line2("Apt 4B");
/// # let _ = address;
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct Address {
    pub(crate) line1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) line2: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) line3: Option<String>,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postal_code: String,
}

impl Address {
    /// Street and number, city, state by its two letters (`NY`) and postal code (`10001`).
    pub fn new(
        line1: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        postal_code: impl Into<String>,
    ) -> Self {
        let (line1, city, state, postal_code) = (line1.into(), city.into(), state.into(), postal_code.into());
        Self { line1, line2: None, line3: None, city, state, postal_code }
    }
}

setters! { Address {
    /// Apartment, suite, floor.
    line2: String,
    /// A third line; only 2026-01 has it, for patients.
    line3: String,
}}
