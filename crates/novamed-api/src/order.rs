//! A prescription that is ordered, and its repetition.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{CarrierId, ClinicId, MedicationRequestId, PatientId, PractitionerId, ServiceId};

/// An order of one or more medications for a patient: the "medication request" of 2025-12, which has one medication and no choice of shipping,
/// and the "medication order" of 2026-01.
///
/// ```
/// use novamed_api::{CarrierId, Medication, NewMedicationOrder, PatientId, PractitionerId, ServiceId};
///
/// # fn main() -> Result<(), novamed_api::Error> {
/// let patient = PatientId::new("6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01")?;
/// let practitioner = PractitionerId::new("0c9a7d5b-2f64-4c2f-8f9e-5b1d3c7a9e02")?;
/// let aspirin = Medication::new("Aspirin", 30).dose("100mg").direction("one tablet a day").refills(3);
/// let order = NewMedicationOrder::new(patient, practitioner, aspirin)
///     .shipping(CarrierId::new("se-3818360")?, ServiceId::new("fedex_ground")?);
/// # let _ = order;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct NewMedicationOrder {
    pub(crate) patient: PatientId,
    pub(crate) practitioner: PractitionerId,
    pub(crate) medications: Vec<Medication>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) clinic: Option<ClinicId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) carrier: Option<CarrierId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<ServiceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) is_refrigerated: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_group: Option<String>,
}

impl NewMedicationOrder {
    /// What every revision requires.
    pub fn new(patient: PatientId, practitioner: PractitionerId, medication: Medication) -> Self {
        Self {
            patient,
            practitioner,
            medications: vec![medication],
            clinic: None,
            carrier: None,
            service: None,
            is_refrigerated: None,
            shipment_group: None,
        }
    }

    /// Adds a further medication. 2025-12 carries one.
    #[must_use]
    pub fn medication(mut self, medication: Medication) -> Self {
        self.medications.push(medication);
        self
    }

    /// Who brings it, and how: from [`carriers`](crate::NovaMed::carriers) and
    /// [`carrier_services`](crate::NovaMed::carrier_services). 2026-01 requires it, 2025-12 cannot carry it.
    #[must_use]
    pub fn shipping(mut self, carrier: CarrierId, service: ServiceId) -> Self {
        (self.carrier, self.service) = (Some(carrier), Some(service));
        self
    }
}

setters! { NewMedicationOrder {
    /// What is to be shipped together. Only 2026-01 has it; its form is not documented.
    shipment_group: String;
    /// The clinic that orders. Without it the client's.
    clinic: ClinicId,
    /// Whether it must be kept cold. Only 2026-01 has it.
    is_refrigerated: bool,
}}

/// One medication of an order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct Medication {
    pub(crate) name: String,
    #[serde(serialize_with = "crate::object::shortest", deserialize_with = "crate::object::exact")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::Exact"))]
    pub(crate) quantity: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dose: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unit_of_measure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refills: Option<u32>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::object::shortest_if_any",
        deserialize_with = "crate::object::exact_if_any"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::Exact>"))]
    pub(crate) days_supply: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) flavor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) do_not_refill: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) do_not_fill: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) patient_contact_requested: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason_for_compounding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason_for_compounding_additional_context: Option<String>,
}

impl Medication {
    /// The name of the drug and how much of it, above zero; 2025-12 takes whole numbers only.
    pub fn new(name: impl Into<String>, quantity: impl Into<Decimal>) -> Self {
        Self {
            name: name.into(),
            quantity: quantity.into(),
            dose: None,
            unit_of_measure: None,
            direction: None,
            refills: None,
            days_supply: None,
            flavor: None,
            notes: None,
            do_not_refill: None,
            do_not_fill: None,
            patient_contact_requested: None,
            reason_for_compounding: None,
            reason_for_compounding_additional_context: None,
        }
    }
}

setters! { Medication {
    /// Only 2026-01 has it.
    reason_for_compounding_additional_context: String,
    /// The strength, such as `100mg` or `200mg/ml`. 2026-01 requires it.
    dose: String,
    /// The unit of the dose, such as `mg`. Without it the vendor tries to read it off the dose. Only 2026-01 has it.
    unit_of_measure: String,
    /// How to take it. 2026-01 requires it.
    direction: String,
    /// For how many days it lasts; 2025-12 takes whole numbers only.
    days_supply: Decimal,
    /// Only 2026-01 has it.
    flavor: String,
    /// Only 2026-01 has it.
    notes: String,
    /// Only 2026-01 has it.
    reason_for_compounding: String;
    /// How often it may be filled again.
    refills: u32,
    /// Only 2026-01 has it.
    do_not_refill: bool,
    /// Only 2026-01 has it.
    do_not_fill: bool,
    /// Only 2026-01 has it.
    patient_contact_requested: bool,
}}

/// A refill: a new prescription and a new order of what was shipped before. The vendor takes it if the medication was shipped or delivered, the
/// prescription authorises refills, and no refill of it is pending.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(deny_unknown_fields)]
pub struct NewRefill {
    pub(crate) medication_request: MedicationRequestId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_group: Option<String>,
}

impl NewRefill {
    /// A refill of this medication request.
    pub fn new(medication_request: MedicationRequestId) -> Self {
        Self { medication_request, shipment_group: None }
    }
}

setters! { NewRefill {
    /// What is to be shipped together.
    shipment_group: String,
}}
