//! Who brings what was ordered, and what that costs.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::{CarrierId, ServiceId};

/// A carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Carrier {
    /// For [`shipping`](crate::NewMedicationOrder::shipping) and [`carrier_services`](crate::NovaMed::carrier_services).
    pub id: CarrierId,
    /// Its name, such as `FedEx`.
    pub name: String,
}

/// The services of a carrier for one patient. `Debug` does not say where the patient lives.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarrierServices {
    /// The services.
    pub services: Vec<CarrierService>,
    /// Whether shipping is free.
    pub is_free_shipment: Option<bool>,
    /// Why it is free, such as `clinic_specific`.
    pub free_shipment_type: Option<String>,
    /// The patient's state, written out (`California`).
    pub patient_state: Option<String>,
}

impl std::fmt::Debug for CarrierServices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CarrierServices").field("services", &self.services).finish_non_exhaustive()
    }
}

/// One service. Costs are exact to the digit that the vendor wrote (up to 28 digits; an answer with more is refused and not rounded); the currency is not
/// documented.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CarrierService {
    /// For [`shipping`](crate::NewMedicationOrder::shipping).
    pub id: ServiceId,
    /// Its name, such as `FedEx Ground®`.
    pub name: String,
    /// What is to be paid: 0 if shipping is free.
    pub total_cost: Option<Decimal>,
    /// The cost before a discount.
    pub original_cost: Option<Decimal>,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct CarriersBody {
    data: CarriersData,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct CarriersData {
    carriers: Vec<CarrierData>,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
pub(crate) struct CarrierData {
    id: String,
    name: String,
}

impl clinical_http::VendorReference for CarriersBody {}

impl From<CarriersBody> for Vec<Carrier> {
    fn from(body: CarriersBody) -> Self {
        let carrier = |data: CarrierData| Carrier { id: CarrierId::of_vendor(data.id), name: data.name };
        body.data.carriers.into_iter().map(carrier).collect()
    }
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicesBody {
    data: Vec<ServiceData>,
    is_free_shipment: Option<bool>,
    free_shipment_type: Option<String>,
    patient_state: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(clinical_drift::schemars::JsonSchema),
    schemars(crate = "clinical_drift::schemars")
)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceData {
    id: String,
    name: String,
    #[serde(default, deserialize_with = "crate::object::exact_if_any")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::Exact>"))]
    total_cost: Option<Decimal>,
    #[serde(default, deserialize_with = "crate::object::exact_if_any")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::Exact>"))]
    original_cost: Option<Decimal>,
}

impl clinical_http::VendorReference for ServicesBody {}

impl From<ServicesBody> for CarrierServices {
    fn from(body: ServicesBody) -> Self {
        let service = |data: ServiceData| CarrierService {
            id: ServiceId::of_vendor(data.id),
            name: data.name,
            total_cost: data.total_cost,
            original_cost: data.original_cost,
        };
        Self {
            services: body.data.into_iter().map(service).collect(),
            is_free_shipment: body.is_free_shipment,
            free_shipment_type: body.free_shipment_type,
            patient_state: body.patient_state,
        }
    }
}
