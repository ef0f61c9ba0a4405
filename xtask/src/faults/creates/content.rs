//! What a content is in the words of the client's crate, and the call that creates it. Equal contents are equal to the last letter; contents of another
//! schedule never are.

use clinical_http::{Answer, Attempt};
use novamed_api::{
    Address, CarrierId, Date, Error, Gender, Medication, MedicationRequestId, NewMedicationOrder, NewPatient,
    NewPractitioner, NewRefill, NewWebhook, NovaMed, PatientId, PractitionerId, ServiceId,
};

use super::wire::{Content, Kind, Things};

/// The sandbox's name of the operation that creates it.
pub(crate) fn operation(content: Content) -> &'static str {
    match content.kind {
        Kind::Practitioner => "create_practitioner",
        Kind::Patient => "create_patient",
        Kind::Order if content.newer => "create_medication_order",
        Kind::Order => "create_medication_request",
        Kind::Refill => "create_refill_request",
        Kind::Webhook => "create_webhook",
    }
}

/// For people.
pub(crate) fn shown(content: Content) -> String {
    let revision = if content.newer { ", 2026-01" } else { "" };
    format!("{:?} {}{revision}", content.kind, content.number)
}

fn done<T>(answer: Answer<T>, id: impl FnOnce(&T) -> &str) -> (String, Vec<Attempt>) {
    (id(&answer.value).to_owned(), answer.attempts)
}

/// Creates it, and returns its identifier and the attempts that it took.
pub(super) async fn create(
    client: &NovaMed,
    content: Content,
    things: &Things,
) -> Result<(String, Vec<Attempt>), Error> {
    let (number, newer) = (content.number, content.newer);
    let home = || Address::new(format!("{number} Main St"), "San Antonio", "TX", "78201");
    // A life that is given a content that needs them is given them too; an empty one fails the client's own check.
    let id = |id: &Option<String>| id.clone().unwrap_or_default();
    match content.kind {
        Kind::Practitioner => {
            let email = format!("dr.{number}@clinic.example");
            let new = NewPractitioner::new("Sarah", format!("Johnson{number}"), email, "1234567890");
            let new = if newer { new.is_veterinarian(false).address(home()) } else { new.dea_number("FJ1234563") };
            Ok(done(client.create_practitioner(&new).await?, |id| id.as_str()))
        }
        Kind::Patient => {
            let new = NewPatient::new("John", format!("Smith{number}"), Date::new(1985, 3, 15)?);
            let new = new.email(format!("john.{number}@mail.example"));
            let new = if newer {
                let practitioner = PractitionerId::new(id(&things.practitioner))?;
                new.gender(Gender::Male).address(home()).practitioner(practitioner)
            } else {
                new.phone("+1-555-0199")
            };
            Ok(done(client.create_patient(&new).await?, |id| id.as_str()))
        }
        Kind::Order => {
            let (patient, practitioner) = (PatientId::new(id(&things.patient))?, id(&things.practitioner));
            let aspirin = Medication::new(format!("Aspirin {number}"), 30).dose("100mg").direction("daily").refills(3);
            let new = NewMedicationOrder::new(patient, PractitionerId::new(practitioner)?, aspirin);
            let new =
                if newer { new.shipping(CarrierId::new("se-3818360")?, ServiceId::new("fedex_ground")?) } else { new };
            Ok(done(client.create_medication_order(&new).await?, |id| id.as_str()))
        }
        Kind::Refill => {
            let new = NewRefill::new(MedicationRequestId::new(id(&things.request))?);
            let new = new.shipment_group(format!("group {number}"));
            Ok(done(client.create_refill(&new).await?, |refill| refill.refill_request.as_str()))
        }
        Kind::Webhook => {
            let new = NewWebhook::new(format!("https://events.example/{number}"));
            Ok(done(client.create_webhook(&new).await?, |webhook| webhook.id.as_str()))
        }
    }
}
