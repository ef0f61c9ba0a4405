//! What goes on the wire, per revision: the guide's bodies and the vendor's, and what a revision cannot carry.

use serde_json::{Value, json};

use crate::{
    Address, CarrierId, ClinicId, ContactKind, Date, Decimal, Error, Gender, Medication, NewMedicationOrder,
    NewPatient, NewPractitioner, NovaMed, PatientId, PatientStatus, PractitionerId, Request, Revision, ServiceId,
    Species,
};

const CLINIC: &str = "550e8400-e29b-41d4-a716-446655440000";

fn client(revision: Revision) -> NovaMed {
    let builder = NovaMed::builder().revision(revision).base_url("http://127.0.0.1:9").synthetic_data_only();
    builder.api_key("dev_key").clinic(ClinicId::new(CLINIC).unwrap()).build().unwrap()
}

fn body(revision: Revision, request: &impl Request) -> Value {
    let preview = client(revision).preview(request).unwrap();
    serde_json::from_slice(preview.body.unwrap().expose()).unwrap()
}

fn problems(revision: Revision, request: &impl Request) -> Vec<String> {
    let error: Error = client(revision).preview(request).unwrap_err();
    error.problems().iter().map(|problem| problem.field.clone()).collect()
}

fn patient() -> NewPatient {
    NewPatient::new("John", "Smith", Date::new(1985, 3, 15).unwrap()).email("john.smith@email.com")
}

#[test]
fn the_two_bodies_of_the_guide_are_written_byte_for_byte_but_for_the_order_of_names() {
    let sarah = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.com", "1234567890");
    let guide = r#"{
    "first_name": "Sarah",
    "last_name": "Johnson",
    "email": "dr.johnson@clinic.com",
    "npi_number": "1234567890",
    "assigned_clinic": "550e8400-e29b-41d4-a716-446655440000"
  }"#;
    assert_eq!(body(Revision::V2025_12, &sarah), serde_json::from_str::<Value>(guide).unwrap());
    let guide = r#"{
    "clinic_id": "550e8400-e29b-41d4-a716-446655440000",
    "first_name": "John",
    "last_name": "Smith",
    "email": "john.smith@email.com",
    "date_of_birth": "1985-03-15"
  }"#;
    let written = client(Revision::V2025_12).preview(&patient()).unwrap().body.unwrap();
    assert_eq!(body(Revision::V2025_12, &patient()), serde_json::from_str::<Value>(guide).unwrap());
    // This one has the guide's order too.
    assert_eq!(written.expose(), &guide.replace('\n', "").replace("    ", "").replace("  }", "}").replace(": ", ":"));
}

#[test]
fn a_full_patient_and_order_of_2026_01_have_the_names_and_types_of_that_revision() {
    let practitioner = PractitionerId::new("0c9a7d5b-2f64-4c2f-8f9e-5b1d3c7a9e02").unwrap();
    let patient = patient()
        .middle_name("Michael")
        .gender(Gender::Male)
        .species(Species::OtherMammal)
        .animal_owner_name("Jane Smith")
        .weight("70.5".parse::<Decimal>().unwrap())
        .weight_recorded_date(Date::new(2024, 1, 15).unwrap())
        .status(PatientStatus::Active)
        .practitioner(practitioner.clone())
        .contact(ContactKind::Sms, "5551234567")
        .address(Address::new("123 Main Street", "New York", "NY", "10001").line2("Apt 4B").line3("Building C"));
    assert_eq!(
        body(Revision::V2026_01, &patient),
        json!({
            "first_name": "John", "middle_name": "Michael", "last_name": "Smith", "gender": "male", "dob": "1985-03-15",
            "species": "mammal - other", "animal_owner_name": "Jane Smith", "weight": "70.5",
            "weight_recorded_date": "2024-01-15", "status": "active",
            "practitioner_id": practitioner.as_str(), "assigned_clinic": CLINIC,
            "contacts": [{"key": "email", "value": "john.smith@email.com"}, {"key": "sms", "value": "5551234567"}],
            "addresses": [{"addressLine1": "123 Main Street", "addressLine2": "Apt 4B", "addressLine3": "Building C",
                           "city": "New York", "state": "NY", "postalCode": "10001"}]
        })
    );
    let patient = PatientId::new("6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01").unwrap();
    let drug =
        Medication::new("Aspirin", "0.10".parse::<Decimal>().unwrap()).dose("100mg").direction("daily").refills(3);
    let order = NewMedicationOrder::new(patient, practitioner, drug)
        .shipping(CarrierId::new("se-3818360").unwrap(), ServiceId::new("fedex_ground").unwrap());
    let preview = client(Revision::V2026_01).preview(&order).unwrap();
    assert!(preview.url.expose().ends_with("/api/external/medication-order"));
    let text = String::from_utf8(preview.body.unwrap().expose().to_vec()).unwrap();
    assert!(text.contains(r#""quantity":0.10,"refills":"3""#), "{text}");
}

#[test]
fn what_a_revision_requires_more_or_cannot_carry_is_one_error_with_all_fields() {
    let sarah = NewPractitioner::new("Sarah", "J", "dr.johnson@clinic", "12");
    assert_eq!(
        problems(Revision::V2026_01, &sarah),
        ["last_name", "is_veterinarian", "address_line_1", "city", "state_code", "zip_code"]
    );
    assert_eq!(problems(Revision::V2026_01, &patient()), ["gender", "practitioner_id", "addresses"]);
    let animal = patient().species(Species::Feline).contact(ContactKind::Fax, "1").gender(Gender::Unknown).email("x");
    assert_eq!(problems(Revision::V2025_12, &animal), ["email", "gender", "contacts", "species"]);
    let error = client(Revision::V2025_12).preview(&animal).unwrap_err();
    assert_eq!(error.field(), Some("email"));
    let text = error.to_string();
    assert!(
        text.starts_with("the patient cannot be sent in revision 2025-12: email must be one email address"),
        "{text}"
    );
    assert!(text.ends_with("(nothing was sent)") && !text.contains("Smith"), "{text}");
}

#[test]
fn a_quantity_in_a_file_is_exact_as_a_number_and_as_a_text() {
    for (quantity, written) in [("30.000000000000001", "30.000000000000001"), ("\"0.25\"", "0.25"), ("3e1", "30")] {
        let id = "6f1f1c1e-8f0e-4a51-9a2c-0d4a4c1b8e01";
        let file = format!(
            r#"{{"patient":"{id}","practitioner":"{id}","carrier":"c","service":"s",
                "medications":[{{"name":"A","quantity":{quantity},"dose":"1mg","direction":"d"}}]}}"#
        );
        let order: NewMedicationOrder = serde_json::from_str(&file).unwrap();
        let body = client(Revision::V2026_01).preview(&order).unwrap().body.unwrap();
        let text = String::from_utf8(body.expose().to_vec()).unwrap();
        assert!(text.contains(&format!(r#""quantity":{written},"#)), "{text}");
    }
}
