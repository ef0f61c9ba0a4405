//! Makes what a schedule orders for, before anything goes wrong: a practitioner, a patient, and a medication request that was shipped.

use std::time::Duration;

use anyhow::Result;
use clinical_sandbox::{NOVAMED_CLINIC, Sandbox};
use novamed_api::{ClinicId, Date, Medication, NewMedicationOrder, NewPatient, NewPractitioner, NovaMed, Revision};

use super::plan::Plan;
use super::wire::Things;

/// An order is shipped after six minutes at the latest.
const SHIPPED: Duration = Duration::from_mins(7);

/// Makes it, and says how much virtual time it took in milliseconds.
pub(super) async fn set_up(sandbox: &Sandbox, plan: &Plan) -> Result<(Things, u64)> {
    let (people, request) = plan.needs();
    if !people {
        return Ok((Things::default(), 0));
    }
    let novamed = NovaMed::builder()
        .revision(Revision::V2025_12)
        .synthetic_data_only()
        .base_url(sandbox.url())
        .api_key(sandbox.token().to_owned())
        .clinic(ClinicId::new(NOVAMED_CLINIC)?)
        .build()?;
    let practitioner = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.example", "1234567890");
    let practitioner = novamed.create_practitioner(&practitioner).await?.value;
    let patient = NewPatient::new("John", "Smith", Date::new(1985, 3, 15)?).email("john.smith@mail.example");
    let patient = novamed.create_patient(&patient).await?.value;
    let mut things = Things {
        practitioner: Some(practitioner.as_str().to_owned()),
        patient: Some(patient.as_str().to_owned()),
        request: None,
    };
    if !request {
        return Ok((things, 0));
    }
    let ibuprofen = Medication::new("Ibuprofen", 30).dose("200mg").direction("daily").refills(9);
    let order = novamed.create_medication_order(&NewMedicationOrder::new(patient, practitioner, ibuprofen)).await?;
    things.request = Some(order.value.as_str().to_owned());
    sandbox.clock().advance(SHIPPED);
    Ok((things, u64::try_from(SHIPPED.as_millis())?))
}
