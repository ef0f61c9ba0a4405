//! A practitioner to be registered.

use serde::{Deserialize, Serialize};

use crate::{Address, ClinicId};

/// A practitioner to be registered. What only one revision has is optional here; the revision of the client says what it requires.
///
/// ```
/// use novamed_api::{Address, NewPractitioner};
///
/// // Enough for 2025-12 ...
/// let practitioner = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.com", "1234567890");
/// // ... and for 2026-01.
/// let practitioner =
///     practitioner.is_veterinarian(false).address(Address::new("123 Main St", "San Antonio", "TX", "78201"));
/// # let _ = practitioner;
/// ```
///
/// As JSON (for files) it has the names of these methods; a name that is not among them is refused.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct NewPractitioner {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) npi: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clinic: Option<ClinicId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is_veterinarian: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dea_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) license_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) license_state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signature_image: Option<String>,
}

impl NewPractitioner {
    /// What every revision requires. The NPI (National Provider Identifier) has ten digits.
    pub fn new(
        first_name: impl Into<String>,
        last_name: impl Into<String>,
        email: impl Into<String>,
        npi: impl Into<String>,
    ) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            email: email.into(),
            npi: npi.into(),
            clinic: None,
            is_veterinarian: None,
            phone: None,
            address: None,
            dea_number: None,
            license_number: None,
            license_state: None,
            signature_image: None,
        }
    }
}

setters! { NewPractitioner {
    /// A picture of the signature, in base64. Only 2025-12 has it.
    signature_image: String,
    /// A telephone number; no form is documented.
    phone: String,
    /// Where the practice is. 2026-01 requires it, 2025-12 cannot carry it.
    address: Address,
    /// The registration with the Drug Enforcement Administration. Only 2025-12 has it.
    dea_number: String,
    /// The licence. Only 2025-12 has it.
    license_number: String,
    /// The state that gave the licence, by its two letters. Only 2025-12 has it.
    license_state: String;
    /// The clinic to work for. Without it the client's.
    clinic: ClinicId,
    /// Whether animals are treated. 2026-01 requires it, 2025-12 cannot carry it.
    is_veterinarian: bool,
}}
