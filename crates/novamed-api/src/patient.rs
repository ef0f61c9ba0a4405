//! A patient to be registered.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Address, ClinicId, ContactKind, Date, Gender, PatientStatus, PractitionerId, Species};

/// A patient to be registered. What only one revision has is optional here; the revision of the client says what it requires.
///
/// ```
/// use novamed_api::{Date, Gender, NewPatient};
///
/// let patient = NewPatient::new("John", "Smith", Date::new(1985, 3, 15)?)
///     .email("john.smith@email.com")
///     .gender(Gender::Male);
/// # let _ = patient;
/// # Ok::<(), novamed_api::Error>(())
/// ```
///
/// As JSON (for files) it has the names of these methods, with `contacts` as a list of `{"kind", "value"}`; a name that is not among them is
/// refused.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct NewPatient {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) date_of_birth: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clinic: Option<ClinicId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) practitioner: Option<PractitionerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) middle_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gender: Option<Gender>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) contacts: Vec<Contact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) species: Option<Species>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) animal_owner_name: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::object::shortest_if_any",
        deserialize_with = "crate::object::exact_if_any"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::Exact>"))]
    pub(crate) weight: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) weight_recorded_date: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<PatientStatus>,
}

/// One further way to reach a patient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    pub(crate) kind: ContactKind,
    pub(crate) value: String,
}

impl NewPatient {
    /// What every revision requires.
    pub fn new(first_name: impl Into<String>, last_name: impl Into<String>, date_of_birth: Date) -> Self {
        Self {
            first_name: first_name.into(),
            last_name: last_name.into(),
            date_of_birth,
            clinic: None,
            practitioner: None,
            middle_name: None,
            gender: None,
            email: None,
            phone: None,
            contacts: Vec::new(),
            address: None,
            species: None,
            animal_owner_name: None,
            weight: None,
            weight_recorded_date: None,
            status: None,
        }
    }

    /// Adds a way to reach the patient, besides [`email`](Self::email) and [`phone`](Self::phone). 2025-12 carries those two alone.
    #[must_use]
    pub fn contact(mut self, kind: impl Into<ContactKind>, value: impl Into<String>) -> Self {
        self.contacts.push(Contact { kind: kind.into(), value: value.into() });
        self
    }
}

setters! { NewPatient {
    /// Only 2026-01 has it.
    status: PatientStatus,
    /// Only 2026-01 has it.
    middle_name: String,
    /// The sex. 2026-01 requires it; 2025-12 has no `unknown`.
    gender: Gender,
    /// 2025-12 requires it; 2026-01 carries it as a contact.
    email: String,
    /// In 2026-01 it is carried as a contact.
    phone: String,
    /// Where the patient lives. 2026-01 requires it.
    address: Address,
    /// Only 2026-01 has it.
    species: Species,
    /// Only 2026-01 has it.
    animal_owner_name: String,
    /// The weight, in the unit that is agreed with the vendor: it documents none. Only 2026-01 has it.
    weight: Decimal;
    /// The clinic of the patient. Without it the client's.
    clinic: ClinicId,
    /// Who treats the patient. 2026-01 requires it, 2025-12 cannot carry it.
    practitioner: PractitionerId,
    /// When the weight was taken. Only 2026-01 has it.
    weight_recorded_date: Date,
}}
