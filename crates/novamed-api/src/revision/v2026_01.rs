//! Revision 2026-01: the newest known. Source: the vendor's interface description (`openapi-partner`) of January 2026.

use clinical_http::Operation;

use super::{Event, Wire};
use crate::draft::{AddressNames, Draft, Need, email, two_characters};
use crate::operation::CREATE_MEDICATION_ORDER;
use crate::patient::Contact;
use crate::{
    CarrierId, ClinicId, ContactKind, Gender, Medication, NewMedicationOrder, NewPatient, NewPractitioner,
    PatientStatus, PractitionerId, ServiceId, Species,
};

pub(super) struct Revision;

const PRACTICE: AddressNames = AddressNames {
    line1: "address_line_1",
    line2: "address_line_2",
    line3: None,
    state: "state_code",
    postal_code: "zip_code",
};

const HOME: AddressNames = AddressNames {
    line1: "addressLine1",
    line2: "addressLine2",
    line3: Some("addressLine3"),
    state: "state",
    postal_code: "postalCode",
};

impl Wire for Revision {
    fn development_url(&self) -> &'static str {
        "https://novamed-feapidev.nimbushealthcaretest.com"
    }

    fn practitioner(&self, practitioner: &NewPractitioner, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("first_name", Need::Required, Some(&practitioner.first_name), &[two_characters]);
        to.text("last_name", Need::Required, Some(&practitioner.last_name), &[two_characters]);
        to.text("email", Need::Required, Some(&practitioner.email), &[email]);
        to.text("npi", Need::Required, Some(&practitioner.npi), &[]);
        to.flag("is_veterinarian", Need::Required, practitioner.is_veterinarian);
        to.text("assigned_clinic", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("phone", Need::Optional, practitioner.phone.as_deref(), &[]);
        match &practitioner.address {
            Some(address) => to.address(address, &PRACTICE, &[]),
            None => to.no_address(&["address_line_1", "city", "state_code", "zip_code"]),
        }
        to.cannot_carry("dea_number", practitioner.dea_number.is_some());
        to.cannot_carry("license_number", practitioner.license_number.is_some());
        to.cannot_carry("license_state", practitioner.license_state.is_some());
        to.cannot_carry("signature_image", practitioner.signature_image.is_some());
    }

    fn patient(&self, patient: &NewPatient, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("first_name", Need::Required, Some(&patient.first_name), &[two_characters]);
        to.text("middle_name", Need::Optional, patient.middle_name.as_deref(), &[]);
        to.text("last_name", Need::Required, Some(&patient.last_name), &[]);
        to.text("gender", Need::Required, patient.gender.as_ref().map(Gender::as_str), &[]);
        to.date("dob", Some(patient.date_of_birth));
        to.text("species", Need::Optional, patient.species.as_ref().map(Species::as_str), &[]);
        to.text("animal_owner_name", Need::Optional, patient.animal_owner_name.as_deref(), &[]);
        // A number on our side and a text on the vendor's.
        to.number_text("weight", patient.weight);
        to.date("weight_recorded_date", patient.weight_recorded_date);
        to.text("status", Need::Optional, patient.status.as_ref().map(PatientStatus::as_str), &[]);
        let practitioner = patient.practitioner.as_ref().map(PractitionerId::as_str);
        to.text("practitioner_id", Need::Required, practitioner, &[]);
        to.text("assigned_clinic", Need::Required, clinic.map(ClinicId::as_str), &[]);
        let contacts = contacts(patient);
        if !contacts.is_empty() {
            to.list("contacts", &contacts, |contact, to| {
                let rules: &[crate::draft::Rule] = if contact.kind == ContactKind::Email { &[email] } else { &[] };
                to.text("key", Need::Required, Some(contact.kind.as_str()), &[]);
                to.text("value", Need::Required, Some(&contact.value), rules);
            });
        }
        match &patient.address {
            Some(address) => to.list("addresses", &[address], |address, to| to.address(address, &HOME, &[])),
            None => to.no_address(&["addresses"]),
        }
    }

    fn order_operation(&self) -> &'static Operation {
        &CREATE_MEDICATION_ORDER
    }

    fn order(&self, order: &NewMedicationOrder, clinic: Option<&ClinicId>, to: &mut Draft) {
        to.text("patient_id", Need::Required, Some(order.patient.as_str()), &[]);
        to.text("practitioner_id", Need::Required, Some(order.practitioner.as_str()), &[]);
        to.text("clinic_id", Need::Required, clinic.map(ClinicId::as_str), &[]);
        to.text("carrier_id", Need::Required, order.carrier.as_ref().map(CarrierId::as_str), &[]);
        to.text("service_id", Need::Required, order.service.as_ref().map(ServiceId::as_str), &[]);
        to.flag("is_refrigerated", Need::Optional, order.is_refrigerated);
        to.text("shipment_group_id", Need::Optional, order.shipment_group.as_deref(), &[]);
        if order.medications.is_empty() {
            to.problem("medication_requests", "is empty; an order has at least one medication");
        }
        to.list("medication_requests", &order.medications, medication);
    }

    fn event_of(&self, operation: &Operation) -> Event {
        match operation.name() {
            "create_practitioner" => Event::PractitionerActivated,
            "create_medication_order" | "create_refill_request" => Event::MedicationOrder,
            _ => Event::None,
        }
    }

    fn has_carriers(&self) -> bool {
        true
    }
}

/// Email and telephone have a place among the contacts here.
fn contacts(patient: &NewPatient) -> Vec<Contact> {
    let own = [(ContactKind::Email, &patient.email), (ContactKind::Phone, &patient.phone)];
    let own = own.into_iter().filter_map(|(kind, value)| Some(Contact { kind, value: value.clone()? }));
    own.chain(patient.contacts.iter().cloned()).collect()
}

fn medication(medication: &Medication, to: &mut Draft) {
    to.text("medication", Need::Required, Some(&medication.name), &[]);
    to.text("dose", Need::Required, medication.dose.as_deref(), &[]);
    to.text("unit_of_measure", Need::Optional, medication.unit_of_measure.as_deref(), &[]);
    to.number("quantity", Some(medication.quantity));
    // A number on our side and a text on the vendor's.
    to.text("refills", Need::Optional, medication.refills.map(|refills| refills.to_string()).as_deref(), &[]);
    to.text("direction", Need::Required, medication.direction.as_deref(), &[]);
    to.number("days_supply", medication.days_supply);
    to.text("flavor", Need::Optional, medication.flavor.as_deref(), &[]);
    to.text("notes", Need::Optional, medication.notes.as_deref(), &[]);
    to.flag("do_not_refill", Need::Optional, medication.do_not_refill);
    to.flag("do_not_fill", Need::Optional, medication.do_not_fill);
    to.flag("patient_contact_requested", Need::Optional, medication.patient_contact_requested);
    to.text("reason_for_compounding", Need::Optional, medication.reason_for_compounding.as_deref(), &[]);
    let context = medication.reason_for_compounding_additional_context.as_deref();
    to.text("reason_for_compounding_additional_context", Need::Optional, context, &[]);
}
