//! What can be created: the fields of each, by the names of the client's types, and the call that creates it.

use novamed_api::{Error, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed, Request};
use serde::de::DeserializeOwned;

use super::field::{Field, Form, Shape};

/// The vendor's identifiers of what was created, by their names on the wire, the main one first.
pub(crate) type Ids = Vec<(&'static str, String)>;

/// Something that can be created.
pub(crate) trait Resource: Request + DeserializeOwned + Send + 'static {
    /// In sentences.
    const NAME: &'static str;
    /// The name of its identifier.
    const ID: &'static str;
    const FIELDS: &'static [Field];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error>;
}

const CLINIC: Field = Field::of("clinic", Form::Uuid, "The clinic, if it is not that of --clinic");

const ADDRESS: Shape = Shape::Object(&[
    Field::text("line1", "Street and number").required(),
    Field::text("line2", "Apartment, suite, floor"),
    Field::text("line3", "A third line; patients in 2026-01 only"),
    Field::text("city", "City").required(),
    Field::text("state", "State, by its two letters").required(),
    Field::text("postal_code", "Postal code").required(),
]);

impl Resource for NewPractitioner {
    const NAME: &'static str = "practitioner";
    const ID: &'static str = "practitioner_id";
    const FIELDS: &'static [Field] = &[
        Field::text("first_name", "First name").required(),
        Field::text("last_name", "Last name").required(),
        Field::text("email", "Email address").required(),
        Field::text("npi", "National Provider Identifier, ten digits").required(),
        CLINIC,
        Field::of("is_veterinarian", Form::Flag, "Whether animals are treated; 2026-01 requires it"),
        Field::text("phone", "Telephone number"),
        Field::new("address", ADDRESS, "2026-01 requires an address, 2025-12 cannot carry one"),
        Field::text("dea_number", "Registration with the Drug Enforcement Administration; 2025-12 only"),
        Field::text("license_number", "Licence; 2025-12 only"),
        Field::text("license_state", "State that gave the licence, by its two letters; 2025-12 only"),
        Field::text("signature_image", "Picture of the signature in base64; 2025-12 only"),
    ];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error> {
        let answer = novamed.create_practitioner(self).await?;
        Ok(vec![(Self::ID, answer.value.as_str().to_owned())])
    }
}

impl Resource for NewPatient {
    const NAME: &'static str = "patient";
    const ID: &'static str = "patient_id";
    const FIELDS: &'static [Field] = &[
        Field::text("first_name", "First name").required(),
        Field::text("last_name", "Last name").required(),
        Field::of("date_of_birth", Form::Date, "Date of birth").required(),
        CLINIC,
        Field::of("practitioner", Form::Uuid, "Who treats the patient; 2026-01 requires it, 2025-12 cannot carry it"),
        Field::text("middle_name", "Middle name; 2026-01 only"),
        Field::text("gender", "male, female, other or (2026-01 only) unknown; 2026-01 requires it"),
        Field::text("email", "Email address; 2025-12 requires it"),
        Field::text("phone", "Telephone number"),
        Field::new(
            "contacts",
            Shape::Contacts(&[Field::text("kind", "").required(), Field::text("value", "").required()]),
            "A further contact; 2026-01 only",
        ),
        Field::new("address", ADDRESS, "2026-01 requires an address"),
        Field::text("species", "human, canine, feline, equine, avian, ...; 2026-01 only"),
        Field::text("animal_owner_name", "Whose animal it is; 2026-01 only"),
        Field::of("weight", Form::Number, "Weight, in the unit agreed with the vendor; 2026-01 only"),
        Field::of("weight_recorded_date", Form::Date, "When the weight was taken; 2026-01 only"),
        Field::text("status", "active or inactive; 2026-01 only"),
    ];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error> {
        let answer = novamed.create_patient(self).await?;
        Ok(vec![(Self::ID, answer.value.as_str().to_owned())])
    }
}

const MEDICATION: &[Field] = &[
    Field::text("name", "Name of the drug").required(),
    Field::of("quantity", Form::Number, "How much of it, above zero; 2025-12 takes whole numbers").required(),
    Field::text("dose", "Strength, such as 100mg or 200mg/ml; 2026-01 requires it"),
    Field::text("unit_of_measure", "Unit of the dose, such as mg; 2026-01 only"),
    Field::text("direction", "How it is taken; 2026-01 requires it"),
    Field::of("refills", Form::Count, "How often it may be refilled"),
    Field::of("days_supply", Form::Number, "For how many days it is"),
    Field::text("flavor", "Flavor; 2026-01 only"),
    Field::text("notes", "Notes; 2026-01 only"),
    Field::of("do_not_refill", Form::Flag, "2026-01 only"),
    Field::of("do_not_fill", Form::Flag, "2026-01 only"),
    Field::of("patient_contact_requested", Form::Flag, "2026-01 only"),
    Field::text("reason_for_compounding", "2026-01 only"),
    Field::text("reason_for_compounding_additional_context", "2026-01 only"),
];

impl Resource for NewMedicationOrder {
    const NAME: &'static str = "medication order";
    const ID: &'static str = "medication_request_id";
    const FIELDS: &'static [Field] = &[
        Field::of("patient", Form::Uuid, "For whom").required(),
        Field::of("practitioner", Form::Uuid, "Who prescribes").required(),
        Field::new("medications", Shape::List("medication", MEDICATION), "").required(),
        CLINIC,
        Field::of("carrier", Form::Code, "Who brings it, see `clinical novamed carriers`; 2026-01 requires it"),
        Field::of("service", Form::Code, "Which service of the carrier; 2026-01 requires it"),
        Field::of("is_refrigerated", Form::Flag, "Whether it must be kept cold; 2026-01 only"),
        Field::text("shipment_group", "What is to be shipped together; 2026-01 only"),
    ];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error> {
        let answer = novamed.create_medication_order(self).await?;
        Ok(vec![(Self::ID, answer.value.as_str().to_owned())])
    }
}

impl Resource for NewRefill {
    const NAME: &'static str = "refill";
    const ID: &'static str = "refill_request_id";
    const FIELDS: &'static [Field] = &[
        Field::of("medication_request", Form::Uuid, "What was ordered before").required(),
        Field::text("shipment_group", "What is to be shipped together"),
    ];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error> {
        let refill = novamed.create_refill(self).await?.value;
        let order = refill.medication_order.map(|order| ("medication_order_id", order.as_str().to_owned()));
        Ok([(Self::ID, refill.refill_request.as_str().to_owned())].into_iter().chain(order).collect())
    }
}

impl Resource for NewWebhook {
    const NAME: &'static str = "webhook";
    const ID: &'static str = "webhook_id";
    const FIELDS: &'static [Field] =
        &[Field::text("url", "Where the events go: an https address that the vendor can reach").required(), CLINIC];

    async fn create(&self, novamed: &NovaMed) -> Result<Ids, Error> {
        let answer = novamed.create_webhook(self).await?;
        Ok(vec![(Self::ID, answer.value.id.as_str().to_owned())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::novamed::field::{Column, columns};
    use crate::novamed::object;

    fn cell(form: Form) -> &'static str {
        match form {
            Form::Text => "text",
            Form::Flag => "true",
            Form::Count => "3",
            Form::Number => "70.5",
            Form::Date => "1985-03-15",
            Form::Uuid => "550e8400-e29b-41d4-a716-446655440000",
            Form::Code => "se-3818360",
        }
    }

    /// Every column filled: what the client's type makes of it has as many values, so none is missing or taken for another.
    fn holds_them_all<T: Resource>() {
        let columns = columns(T::FIELDS);
        let cells: Vec<(&Column, &str)> = columns.iter().map(|column| (column, cell(column.form))).collect();
        let request = object::of_cells::<T>(&cells).unwrap_or_else(|problems| panic!("{}: {problems:?}", T::NAME));
        let written = serde_json::to_value(&request).unwrap();
        let contacts = columns.iter().filter(|column| column.name.starts_with("contacts.")).count();
        // A contact names its kind besides its value.
        assert_eq!(leaves(&written), columns.len() + contacts, "{}", T::NAME);
        let required: Vec<_> = T::FIELDS.iter().filter(|field| field.required).collect();
        let missing = object::of_cells::<T>(&[]).err().unwrap();
        assert!(missing.len() >= required.len(), "{}: {missing:?}", T::NAME);
    }

    fn leaves(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Object(fields) => fields.values().map(leaves).sum(),
            serde_json::Value::Array(items) => items.iter().map(leaves).sum(),
            _ => 1,
        }
    }

    #[test]
    fn the_fields_are_those_of_the_clients_types_all_of_them_and_no_others() {
        holds_them_all::<NewPractitioner>();
        holds_them_all::<NewPatient>();
        holds_them_all::<NewMedicationOrder>();
        holds_them_all::<NewRefill>();
        holds_them_all::<NewWebhook>();
    }
}
