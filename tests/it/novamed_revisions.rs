//! One program, two revisions: what a user writes once goes out in either, and the line that changes the revision is the only one.

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_sandbox::Sandbox;
use clinical_tests::novamed::{CLINIC, PATIENT, PRACTITIONER, Work, patient, practitioner, scripted, shipping};
use novamed_api::{
    Address, ContactKind, Date, Error, Gender, Medication, NewMedicationOrder, NewPatient, NewPractitioner, NovaMed,
    Revision, Species,
};
use serde_json::{Value, json};

/// A user's program, written when there was the older revision. It knows nothing of the other.
mod program {
    use novamed_api::{Date, Error, Medication, NewMedicationOrder, NewPatient, NewPractitioner, NovaMed};

    pub(super) async fn run(novamed: &NovaMed) -> Result<String, Error> {
        let sarah = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.com", "1234567890");
        let practitioner = novamed.create_practitioner(&sarah).await?.value;
        let john = NewPatient::new("John", "Smith", Date::new(1985, 3, 15)?).email("john.smith@email.com");
        let patient = novamed.create_patient(&john).await?.value;
        let aspirin = Medication::new("Aspirin", 30).dose("100mg").direction("one tablet a day").refills(3);
        let order = NewMedicationOrder::new(patient, practitioner, aspirin);
        Ok(novamed.create_medication_order(&order).await?.value.as_str().to_owned())
    }
}

fn client_of(sandbox: &Sandbox, revision: Revision) -> NovaMed {
    // This is the line.
    let builder = NovaMed::builder().revision(revision);
    let builder = builder.base_url(sandbox.url()).synthetic_data_only().api_key(sandbox.token().to_owned());
    builder.clinic(clinical_tests::novamed::clinic()).build().unwrap()
}

#[tokio::test]
async fn a_program_written_for_2025_12_learns_of_all_that_2026_01_requires_in_one_error_for_each_request() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    program::run(&client_of(&sandbox, Revision::V2025_12)).await.unwrap();
    let sent = sandbox.journal().attempts.len();
    assert_eq!(sent, 3);

    let newer = client_of(&sandbox, Revision::V2026_01);
    let error = program::run(&newer).await.unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["is_veterinarian", "address_line_1", "city", "state_code", "zip_code"]);
    assert_eq!(error.field(), Some("is_veterinarian"));
    let john = NewPatient::new("John", "Smith", Date::new(1985, 3, 15).unwrap()).email("john.smith@email.com");
    let error = newer.create_patient(&john).await.unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["gender", "practitioner_id", "addresses"]);
    let order = NewMedicationOrder::new(patient(), practitioner(), Medication::new("Aspirin", 30));
    let error = newer.create_medication_order(&order).await.unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    let expected = ["carrier_id", "service_id", "medication_requests[0].dose", "medication_requests[0].direction"];
    assert_eq!(fields, expected);
    // Nothing of it was sent, and each field has its own sentence in the one error.
    assert_eq!(sandbox.journal().attempts.len(), sent);
    for field in expected {
        assert!(error.to_string().contains(&format!("{field} is missing; this revision requires it")), "{error}");
    }
}

/// The same program with what the error named: it runs in the newer revision, and in the older by the same line.
async fn completed(novamed: &NovaMed, complete: bool) -> Result<(), Error> {
    let mut sarah = NewPractitioner::new("Sarah", "Johnson", "dr.johnson@clinic.com", "1234567890");
    let mut john = NewPatient::new("John", "Smith", Date::new(1985, 3, 15)?).email("john.smith@email.com");
    if complete {
        sarah = sarah.is_veterinarian(false).address(Address::new("123 Main St", "San Antonio", "TX", "78201"));
    }
    let sarah = novamed.create_practitioner(&sarah).await?.value;
    if complete {
        let home = Address::new("123 Main Street", "New York", "NY", "10001");
        john = john.gender(Gender::Male).practitioner(sarah.clone()).address(home);
    }
    let john = novamed.create_patient(&john).await?.value;
    let aspirin = Medication::new("Aspirin", 30).dose("100mg").direction("one tablet a day").refills(3);
    let mut order = NewMedicationOrder::new(john.clone(), sarah, aspirin);
    if complete {
        let carrier = novamed.carriers().await?.iter().find(|carrier| carrier.name == "FedEx").unwrap().id.clone();
        let service = novamed.carrier_services(&carrier, &john).await?.services[0].id.clone();
        order = order.shipping(carrier, service);
    }
    novamed.create_medication_order(&order).await.map(drop)
}

#[tokio::test]
async fn with_what_the_errors_named_it_runs_in_either_revision_and_the_vendor_has_one_of_each() {
    for revision in Revision::ALL.iter().copied() {
        let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
        completed(&client_of(&sandbox, revision), revision != Revision::V2025_12).await.unwrap();
        let facts = sandbox.novamed();
        assert_eq!((facts.practitioners.len(), facts.patients.len(), facts.orders.len()), (1, 1, 1));
        assert_eq!(facts.orders[0].revision, revision.as_str());
        assert_eq!(facts.practitioners[0].revision, revision.as_str());
    }
}

#[test]
fn each_part_that_a_revision_cannot_carry_is_named_and_no_other() {
    let transport = ScriptedTransport::default();
    let old = scripted(&transport, Revision::V2025_12).build().unwrap();
    let new = scripted(&transport, Revision::V2026_01).build().unwrap();
    let patient = clinical_tests::novamed::new_patient;
    let only = |outcome: Result<novamed_api::Preview, Error>, field: &str| {
        let error = outcome.unwrap_err();
        let problems: Vec<_> =
            error.problems().iter().map(|problem| (problem.field.as_str(), &*problem.rule)).collect();
        let rule = "cannot be sent in this revision; leave it out, or use a revision that has it";
        assert_eq!(problems, [(field, rule)], "{error}");
    };
    let base = || patient(Revision::V2025_12);
    let home = Address::new("123 Main Street", "New York", "NY", "10001").line3("Building C");
    only(old.preview(&base().middle_name("Michael")), "middle_name");
    only(old.preview(&base().practitioner(practitioner())), "practitioner");
    only(old.preview(&base().contact(ContactKind::Sms, "5551234567")), "contacts");
    only(old.preview(&base().species(Species::Human)), "species");
    only(old.preview(&base().animal_owner_name("Jane Smith")), "animal_owner_name");
    only(old.preview(&base().weight(70)), "weight");
    only(old.preview(&base().weight_recorded_date(Date::new(2024, 1, 15).unwrap())), "weight_recorded_date");
    only(old.preview(&base().status("active")), "status");
    only(old.preview(&base().address(home.clone())), "address.line3");
    let sarah = clinical_tests::novamed::new_practitioner;
    only(old.preview(&sarah(Revision::V2025_12).is_veterinarian(true)), "is_veterinarian");
    only(old.preview(&sarah(Revision::V2025_12).address(Address::new("a", "b", "NY", "1"))), "address");
    only(new.preview(&sarah(Revision::V2026_01).dea_number("FJ1234563")), "dea_number");
    only(new.preview(&sarah(Revision::V2026_01).license_number("MD-12345")), "license_number");
    only(new.preview(&sarah(Revision::V2026_01).license_state("NY")), "license_state");
    only(new.preview(&sarah(Revision::V2026_01).signature_image("aGVsbG8=")), "signature_image");
    only(new.preview(&sarah(Revision::V2026_01).address(home)), "address.line3");
    let order = |drug| NewMedicationOrder::new(clinical_tests::novamed::patient(), practitioner(), drug);
    let aspirin = || Medication::new("Aspirin", 30);
    let plain = || order(aspirin());
    let (carrier, service) = shipping();
    only(old.preview(&plain().is_refrigerated(false)), "is_refrigerated");
    only(old.preview(&plain().shipment_group("group")), "shipment_group");
    only(old.preview(&order(aspirin().unit_of_measure("mg"))), "unit_of_measure");
    only(old.preview(&order(aspirin().flavor("Orange"))), "flavor");
    only(old.preview(&order(aspirin().notes("none"))), "notes");
    only(old.preview(&order(aspirin().do_not_refill(false))), "do_not_refill");
    only(old.preview(&order(aspirin().do_not_fill(true))), "do_not_fill");
    only(old.preview(&order(aspirin().patient_contact_requested(true))), "patient_contact_requested");
    only(old.preview(&order(aspirin().reason_for_compounding("none"))), "reason_for_compounding");
    let context = aspirin().reason_for_compounding_additional_context("none");
    only(old.preview(&order(context)), "reason_for_compounding_additional_context");
    let error = old.preview(&plain().shipping(carrier, service)).unwrap_err();
    let fields: Vec<_> = error.problems().iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["carrier", "service"]);
    let error = old.preview(&plain().medication(aspirin())).unwrap_err();
    assert_eq!((error.field(), error.problems().len()), (Some("medications"), 1), "{error}");
    assert!(transport.requests().is_empty());
}

#[tokio::test]
async fn every_operation_of_a_revision_goes_to_that_revisions_host_of_the_environment() {
    use novamed_api::Environment::{Development, Production};
    for (revision, environment, host) in [
        (Revision::V2025_12, Development, "https://novamed-feapidev.stackmod.info/"),
        (Revision::V2026_01, Development, "https://novamed-feapidev.nimbushealthcaretest.com/"),
        (Revision::V2025_12, Production, "https://feapi.novamed.care/"),
        (Revision::V2026_01, Production, "https://feapi.novamed.care/"),
    ] {
        for work in Work::all(revision) {
            let transport = ScriptedTransport::new([Step::answer(200, work.answer())]);
            let plays = transport.clone();
            let builder = NovaMed::builder().revision(revision).environment(environment).api_key("key");
            let builder = match environment {
                Production => builder.business_associate_agreement(),
                _ => builder.synthetic_data_only(),
            };
            let builder = builder.clinic(clinical_tests::novamed::clinic());
            let novamed = builder.http(|http| http.transport(plays)).build().unwrap();
            work.run(&novamed).await.unwrap();
            let url = &transport.requests()[0].url;
            assert!(url.starts_with(host), "{work:?} {revision} {environment:?}: {url}");
        }
    }
}

#[test]
fn requests_are_read_from_json_under_the_names_of_the_setters_and_a_name_that_nobody_knows_is_refused() {
    let transport = ScriptedTransport::default();
    let novamed = scripted(&transport, Revision::V2026_01).build().unwrap();
    let read = |value: Value| serde_json::from_value::<NewMedicationOrder>(value);
    let order = json!({"patient": PATIENT, "practitioner": PRACTITIONER, "clinic": CLINIC, "carrier": "se-3818360",
        "service": "fedex_ground", "medications": [{"name": "Aspirin", "quantity": "0.10", "dose": "100mg", "direction": "daily"}]});
    let same = read(order.clone()).unwrap();
    let body = String::from_utf8(novamed.preview(&same).unwrap().body.unwrap().expose().to_vec()).unwrap();
    assert!(body.contains("\"quantity\":0.10,"), "{body}");
    let again = serde_json::to_value(&same).unwrap();
    assert!(read(again.clone()).unwrap() == same, "{again}");
    // Equal amounts are written alike, so that what was kept of two equal orders is equal.
    let mut shorter = order.clone();
    shorter["medications"][0]["quantity"] = json!("0.1");
    assert_eq!(again, shorter);
    let mut wrong = order.clone();
    wrong["medications"][0]["instructions"] = json!("daily");
    assert!(read(wrong).is_err());
    let mut wrong = order;
    wrong["patient"] = json!("pat_67890");
    let error = read(wrong).unwrap_err().to_string();
    assert!(error.contains("patient_id must be a UUID") && !error.contains("pat_67890"), "{error}");
    // A medication of no order at all, and no medications.
    let empty = json!({"patient": PATIENT, "practitioner": PRACTITIONER, "medications": []});
    for revision in Revision::ALL.iter().copied() {
        let novamed = scripted(&transport, revision).build().unwrap();
        assert!(novamed.preview(&read(empty.clone()).unwrap()).is_err());
    }
}
