//! What the types offer beside reading and writing, and what their tables promise.

use fhir_r4b_model::access::{Element, Field};
use fhir_r4b_model::codes::{AdministrativeGender, ObservationStatus};
use fhir_r4b_model::info::{Shape, Strength, TypeInfo};
use fhir_r4b_model::primitives::{Decimal, Integer};
use fhir_r4b_model::{
    Bundle, CodeSet, Coded, Extension, HumanName, Many, Medication, MedicationRequest, Observation, ObservationValue,
    Patient, Quantity, Reference, Resource, ResourceType, json,
};

fn bundle() -> Bundle {
    json::from_str(
        r#"{"resourceType":"Bundle","entry":[
            {"fullUrl":"https://ehr.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","meta":{"versionId":"2"}}},
            {"fullUrl":"urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0","resource":{"resourceType":"Patient","id":"u"}},
            {"fullUrl":"Observation/3","resource":{"resourceType":"Observation","id":"other"}},
            {"resource":{"resourceType":"Observation","id":"4"}},
            {"resource":{"resourceType":"Unheard","id":"5"}},
            {"fullUrl":"https://ehr.example/fhir/MyPatient/7","resource":{"resourceType":"Basic","id":"7"}},
            {"request":{"method":"DELETE","url":"Patient/9"}}]}"#,
    )
    .unwrap()
}

#[test]
fn a_reference_finds_its_resource_in_each_of_its_forms() {
    let bundle = bundle();
    for (reference, found) in [
        ("https://ehr.example/fhir/Patient/1", Some("1")),
        ("https://other.example/fhir/Patient/1", None),
        ("Patient/1", Some("1")),
        ("Patient/1/_history/2", Some("1")),
        ("Patient/1/_history/1", None),
        ("https://ehr.example/fhir/Patient/1/_history/2", Some("1")),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", Some("u")),
        ("Observation/3", Some("other")),
        ("Observation/4", Some("4")),
        ("Patient/4", None),
        ("Patient/7", None),
        ("#1", None),
        ("nonsense", None),
        ("Patient/", None),
    ] {
        assert_eq!(bundle.resolve(&Reference::to(reference)).and_then(Resource::id), found, "{reference}");
    }
    assert_eq!(bundle.resolve(&Reference::default()), None);
}

#[test]
fn a_fragment_finds_a_contained_resource() {
    let request: MedicationRequest = json::from_str(
        r##"{"resourceType":"MedicationRequest","contained":[{"resourceType":"Medication","id":"m"}],"subject":{"reference":"#m"}}"##,
    )
    .unwrap();
    let found = request.subject.as_ref().unwrap().contained(&request.contained).unwrap();
    assert!(found.get::<Medication>().is_some() && found.get::<Patient>().is_none());
    assert_eq!(Reference::to("#other").contained(&request.contained), None);
}

#[test]
fn resources_of_a_type_are_found_in_order() {
    let ids: Vec<_> =
        bundle().resources::<Observation>().map(|it| it.id.as_ref().unwrap().as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["other", "4"]);
    assert_eq!(bundle().entry[4].resource.as_ref().map(Resource::type_name), Some("Unheard"));
    assert!(Patient::take(bundle().entry[2].resource.take().unwrap()).is_err());
}

#[test]
fn debug_shows_what_is_there_and_nothing_of_it() {
    let patient: Patient = json::from_str(
        r#"{"resourceType":"Patient","SECRET":"SECRET","name":[{"family":"SECRET"},{}],"_birthDate":{"id":"SECRET"},"deceasedDateTime":"SECRET"}"#,
    )
    .unwrap();
    assert_eq!(format!("{patient:?}"), "Patient(name[2], birthDate, deceasedDateTime)");
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        patient.name,
        patient.birth_date,
        patient.unknown,
        Resource::from(patient.clone())
    );
    assert!(!shown.contains("SECRET"), "{shown}");
    assert!(shown.contains("DateTime(none, attached)") || shown.contains("Date(none, attached)"), "{shown}");
    let unheard: Resource = json::from_str(r#"{"resourceType":"SECRET"}"#).unwrap();
    assert_eq!(format!("{unheard:?}"), "UnknownResource(RawJson(25 bytes))");
}

#[test]
fn equality_is_to_the_digit() {
    let read = |value: &str| json::from_str::<Quantity>(&format!(r#"{{"value":{value},"unit":"mg"}}"#)).unwrap();
    assert_eq!(read("1.0"), read("1.0"));
    for other in ["1.00", "1", "10e-1"] {
        assert_ne!(read("1.0"), read(other));
    }
    let choice = |text: &str| json::from_str::<Extension>(text).unwrap();
    assert_ne!(choice(r#"{"valueString":"a"}"#), choice(r#"{"valueCode":"a"}"#));
    assert_ne!(choice(r#"{"valueString":"a"}"#), choice("{}"));
    assert_ne!(choice(r#"{"x":1}"#), choice(r#"{"x":2}"#));
}

#[test]
fn codes_are_known_or_kept() {
    let status = Coded::from(ObservationStatus::EnteredInError);
    assert_eq!((status.as_str(), status.known()), (Some("entered-in-error"), Some(ObservationStatus::EnteredInError)));
    let patient: Patient = json::from_str(r#"{"resourceType":"Patient","gender":"Female"}"#).unwrap();
    let gender = patient.gender.unwrap();
    assert_eq!((gender.as_str(), gender.known()), (Some("Female"), None));
    assert!(!gender.is(AdministrativeGender::Female));
    for (code, text) in AdministrativeGender::CODES {
        assert_eq!(AdministrativeGender::from_code(text), Some(*code));
    }
}

#[test]
fn numbers_are_interpreted_on_demand() {
    assert_eq!(Integer::from(-7).get(), Some(-7));
    assert_eq!(Decimal::parse("1.50").unwrap().as_str(), Some("1.50"));
    assert_eq!(Decimal::parse("1.50").unwrap().to_f64(), Some(1.5));
    for wrong in ["", "1.", "01", "+1", "1e", "NaN", "1 ", "0x1"] {
        assert!(Decimal::parse(wrong).is_none(), "{wrong}");
    }
    let large: Observation = json::from_str(r#"{"resourceType":"Observation","valueInteger":3000000000}"#).unwrap();
    let Some(ObservationValue::Integer(value)) = &large.value else { panic!() };
    assert_eq!((value.get(), value.as_str()), (None, Some("3000000000")));
}

#[test]
fn a_list_made_in_rust_is_padded_as_fhir_wants_it() {
    let mut name = HumanName { given: ["a".into(), "b".into()].into(), ..Default::default() };
    name.given[1].extra_mut().id = Some("x".into());
    name.given[1].clear_value();
    assert_eq!(json::to_string(&name), r#"{"given":["a",null],"_given":[null,{"id":"x"}]}"#);
    name.given.remove(0);
    assert_eq!(json::to_string(&name), r#"{"_given":[{"id":"x"}]}"#);
}

fn facts(info: &TypeInfo, name: &str) -> (bool, bool, bool, bool, Option<Strength>) {
    let (index, _) = info.find(name, 0).unwrap();
    let field = &info.fields[index];
    (field.required, field.many, field.summary, field.modifier, field.binding.map(|binding| binding.strength))
}

#[test]
fn the_tables_say_what_the_definition_says() {
    let info = Observation::default().info();
    assert_eq!(facts(info, "status"), (true, false, true, true, Some(Strength::Required)));
    assert_eq!(facts(info, "code"), (true, false, true, false, Some(Strength::Example)));
    assert_eq!(facts(info, "component"), (false, true, true, false, None));
    let (index, variant) = info.find("valueCodeableConcept", 5).unwrap();
    assert!(
        matches!(info.fields[index].shape, Shape::Choice(variants) if variants[variant].suffix == "CodeableConcept")
    );
    assert_eq!(info.find("valueBase64Binary", 0), None);
    assert_eq!(info.find("value", 0), None);
}

/// Every field of every type that an empty resource shows: the table and the type agree on what each is.
#[test]
fn each_field_is_what_its_table_says() {
    let mut checked = 0;
    for name in
        ["Account", "Bundle", "ElementDefinition", "Observation", "Patient", "Task", "ValueSet", "VisionPrescription"]
    {
        let Ok(resource) = json::from_str::<Resource>(&format!(r#"{{"resourceType":"{name}"}}"#)) else {
            panic!("{name}")
        };
        let Ok(element) = resource.element() else { continue };
        assert_eq!(element.info().name, name);
        for (index, field) in element.info().fields.iter().enumerate() {
            let fits = match element.field(index) {
                Field::Primitives(_) => matches!(field.shape, Shape::Primitive(_)),
                Field::Elements(_) => field.shape == Shape::Element,
                Field::Choice(_) => matches!(field.shape, Shape::Choice(_)),
                Field::Resources(_) => field.shape == Shape::Resource,
                Field::Unknown(_) => false,
            };
            assert!(fits, "{name}.{}", field.name);
            checked += 1;
        }
        assert!(matches!(element.field(element.info().fields.len()), Field::Unknown(_)));
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn fields_are_known_in_whatever_order_they_come() {
    let patient: Patient = json::from_str(
        r#"{"link":[],"deceasedBoolean":true,"birthDate":"1984","_birthDate":{"id":"b"},"name":[{"given":["a"],"use":"usual"}],
            "id":"p","resourceType":"Patient","active":true}"#,
    )
    .unwrap();
    assert_eq!(format!("{patient:?}"), "Patient(id, active, name[1], birthDate, deceasedBoolean)");
    // The empty list alone is no field of a patient that FHIR allows.
    assert_eq!(patient.unknown.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["link"]);
    assert_eq!(patient.birth_date.as_ref().and_then(|date| date.id()), Some("b"));
    assert!(patient.name[0].unknown.is_empty());
}

#[test]
fn what_is_attached_becomes_an_object_when_it_is_asked_for() {
    let mut name: HumanName = json::from_str(r#"{"given":["a"],"_given":[null]}"#).unwrap();
    assert!(name.given[0].extra().is_none());
    assert!(name.given[0].extra_mut().extension.is_empty());
    assert_eq!(json::to_string(&name), r#"{"given":["a"],"_given":[{}]}"#);
}

#[test]
fn each_place_of_a_list_can_be_changed_and_none_after_it() {
    use fhir_r4b_model::access::FieldMut;

    let mut patient = Patient { name: Many::from([HumanName::default(), HumanName::default()]), ..Patient::default() };
    let (index, _) = patient.info().find("name", 0).unwrap();
    let FieldMut::Elements(names) = patient.field_mut(index) else { panic!("names are elements") };
    let reached: Vec<bool> = (0..3).map(|place| names.get_mut(place).is_some()).collect();
    assert_eq!(reached, [true, true, false]);
}
