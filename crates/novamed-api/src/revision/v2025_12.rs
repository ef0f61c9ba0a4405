//! Revision 2025-12: the guide's. Sources: the guide on authentication (its two bodies), and the vendor's interface description
//! of that time.

use clinical_http::Operation;

use super::{Event, Wire};
use crate::draft::{AddressNames, Draft, Need, email, ten_digits, two_letters};
use crate::operation::CREATE_MEDICATION_REQUEST;
use crate::{ClinicId, Gender, Medication, NewMedicationOrder, NewPatient, NewPractitioner};

pub(super) struct Revision;

const ADDRESS: AddressNames =
    AddressNames { line1: "address_line1", line2: "address_line2", line3: None, state: "state", postal_code: "zip" };

impl Wire for Revision {
    fn development_url(&self) -> &'static str {
        "https://novamed-feapidev.stackmod.info"
    }

    fn practitioner(&self, practitioner: &NewPractitioner, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("first_name", Need::Required, Some(&practitioner.first_name), &[]);
        to.text("last_name", Need::Required, Some(&practitioner.last_name), &[]);
        to.text("email", Need::Required, Some(&practitioner.email), &[email]);
        to.text("npi_number", Need::Required, Some(&practitioner.npi), &[ten_digits]);
        to.text("assigned_clinic", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("phone", Need::Optional, practitioner.phone.as_deref(), &[]);
        to.text("dea_number", Need::Optional, practitioner.dea_number.as_deref(), &[]);
        to.text("license_number", Need::Optional, practitioner.license_number.as_deref(), &[]);
        to.text("license_state", Need::Optional, practitioner.license_state.as_deref(), &[two_letters]);
        to.text("signature_image", Need::Optional, practitioner.signature_image.as_deref(), &[]);
        to.cannot_carry("is_veterinarian", practitioner.is_veterinarian.is_some());
        to.cannot_carry("address", practitioner.address.is_some());
    }

    fn patient(&self, patient: &NewPatient, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("clinic_id", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("first_name", Need::Required, Some(&patient.first_name), &[]);
        to.text("last_name", Need::Required, Some(&patient.last_name), &[]);
        to.text("email", Need::Required, patient.email.as_deref(), &[email]);
        to.date("date_of_birth", Some(patient.date_of_birth));
        to.text("phone", Need::Optional, patient.phone.as_deref(), &[]);
        to.text("gender", Need::Optional, patient.gender.as_ref().map(Gender::as_str), &[known_gender]);
        if let Some(address) = &patient.address {
            to.address(address, &ADDRESS, &[two_letters]);
        }
        to.cannot_carry("middle_name", patient.middle_name.is_some());
        to.cannot_carry("practitioner", patient.practitioner.is_some());
        to.cannot_carry("contacts", !patient.contacts.is_empty());
        to.cannot_carry("species", patient.species.is_some());
        to.cannot_carry("animal_owner_name", patient.animal_owner_name.is_some());
        to.cannot_carry("weight", patient.weight.is_some());
        to.cannot_carry("weight_recorded_date", patient.weight_recorded_date.is_some());
        to.cannot_carry("status", patient.status.is_some());
    }

    fn order_operation(&self) -> &'static Operation {
        &CREATE_MEDICATION_REQUEST
    }

    fn order(&self, order: &NewMedicationOrder, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("clinic_id", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("patient_id", Need::Required, Some(order.patient.as_str()), &[]);
        to.text("practitioner_id", Need::Required, Some(order.practitioner.as_str()), &[]);
        match order.medications.as_slice() {
            [one] => medication(one, to),
            _ => to.problem("medications", "must be exactly one in this revision; send an order for each of them"),
        }
        to.cannot_carry("carrier", order.carrier.is_some());
        to.cannot_carry("service", order.service.is_some());
        to.cannot_carry("is_refrigerated", order.is_refrigerated.is_some());
        to.cannot_carry("shipment_group", order.shipment_group.is_some());
    }

    fn event_of(&self, operation: &Operation) -> Event {
        match operation.name() {
            "create_medication_request" | "create_refill_request" => Event::Older,
            _ => Event::None,
        }
    }

    fn has_carriers(&self) -> bool {
        false
    }
}

fn medication(medication: &Medication, to: &mut Draft) {
    to.text("medication_name", Need::Required, Some(&medication.name), &[]);
    to.text("medication_strength", Need::Optional, medication.dose.as_deref(), &[]);
    to.whole("quantity", Some(medication.quantity));
    to.count("refills", medication.refills);
    to.whole("days_supply", medication.days_supply);
    to.text("instructions", Need::Optional, medication.direction.as_deref(), &[]);
    to.cannot_carry("unit_of_measure", medication.unit_of_measure.is_some());
    to.cannot_carry("flavor", medication.flavor.is_some());
    to.cannot_carry("notes", medication.notes.is_some());
    to.cannot_carry("do_not_refill", medication.do_not_refill.is_some());
    to.cannot_carry("do_not_fill", medication.do_not_fill.is_some());
    to.cannot_carry("patient_contact_requested", medication.patient_contact_requested.is_some());
    to.cannot_carry("reason_for_compounding", medication.reason_for_compounding.is_some());
    let context = &medication.reason_for_compounding_additional_context;
    to.cannot_carry("reason_for_compounding_additional_context", context.is_some());
}

/// This revision's list has no `unknown`. What no list has goes through: the vendor may know it.
fn known_gender(value: &str) -> Option<&'static str> {
    (value == Gender::Unknown.as_str())
        .then_some("must be male, female or other in this revision; leave it out if it is not known")
}
