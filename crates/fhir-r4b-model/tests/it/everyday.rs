//! Short ways to everyday datatypes, names of people, extensions in extensions.

use fhir_r4b_model::codes::NameUse;
use fhir_r4b_model::{
    CodeableConcept, Coding, Extension, HumanName, Identifier, OpenValue, Patient, Quantity, Reference, json,
};

#[test]
fn what_is_made_the_short_way_is_written_as_fhir_has_it() {
    let table = [
        (
            json::to_string(&CodeableConcept::from(Coding::new("http://s", "c").with_display("d")).with_text("t")),
            r#"{"coding":[{"system":"http://s","code":"c","display":"d"}],"text":"t"}"#,
        ),
        (json::to_string(&CodeableConcept::of_text("t")), r#"{"text":"t"}"#),
        (
            json::to_string(&Reference::to_identified(Identifier::new("http://s", "v")).with_display("d")),
            r#"{"identifier":{"system":"http://s","value":"v"},"display":"d"}"#,
        ),
        (
            json::to_string(&Quantity::ucum("72.0", "/min").unwrap()),
            r#"{"value":72.0,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}"#,
        ),
        (
            json::to_string(&HumanName::new(&["Maria", "Theresia"], "Huber")),
            r#"{"family":"Huber","given":["Maria","Theresia"]}"#,
        ),
        (
            json::to_string(&Extension::new("http://e", OpenValue::Boolean(true.into()))),
            r#"{"url":"http://e","valueBoolean":true}"#,
        ),
    ];
    for (json, expected) in table {
        assert_eq!(json, expected);
    }
    for no_number in ["", "1,5", "0x1", "NaN", "01"] {
        assert!(Quantity::ucum(no_number, "g").is_none(), "{no_number}");
    }
}

#[cfg(feature = "validate")]
#[test]
fn a_transaction_of_entries_to_be_created_is_valid_and_resolves() {
    use fhir_r4b_model::codes::{BundleType, ObservationStatus};
    use fhir_r4b_model::validate::Validate;
    use fhir_r4b_model::{Bundle, BundleEntry, Condition, Observation};

    let patient = "urn:uuid:4fd42f3c-9f1f-4b1e-a4a7-6b1b0a1d2c3e";
    let condition = Condition { subject: Some(Reference::to(patient)), ..Default::default() };
    let pulse = Observation {
        status: Some(ObservationStatus::Final.into()),
        code: Some(CodeableConcept::of("http://loinc.org", "8867-4")),
        subject: Some(Reference::to(patient)),
        ..Default::default()
    };
    let entries = [
        BundleEntry::create(
            patient,
            Patient { name: [HumanName::new(&["Maria"], "Huber")].into(), ..Default::default() },
        ),
        BundleEntry::create("urn:uuid:9d3c4f2e-3f5b-4d5c-8a57-0a4f4b6d8e90", condition),
        BundleEntry::create("urn:uuid:2b0d7b3a-6a3e-49c5-9f0e-5f0f7a1c3b21", pulse),
    ];
    let bundle = Bundle::of(BundleType::Transaction, entries).build().unwrap();
    let urls: Vec<_> = bundle
        .entry
        .iter()
        .map(|entry| entry.request.as_ref().unwrap().url.as_ref().unwrap().as_str().unwrap())
        .collect();
    assert_eq!(urls, ["Patient", "Condition", "Observation"]);
    let references = bundle.references();
    let subject = bundle.resources::<Condition>().next().unwrap().subject.as_ref().unwrap();
    let found = references.resolve(&bundle.entry[1], subject).unwrap();
    assert_eq!(found.get::<Patient>().unwrap().display_name().as_deref(), Some("Maria Huber"));
}

fn named(names: &str) -> Patient {
    json::from_str(&format!(r#"{{"resourceType":"Patient","name":[{names}]}}"#)).unwrap()
}

#[test]
fn the_official_name_is_shown_before_the_usual_one_and_old_ones_last() {
    let table = [
        (r#"{"use":"old","text":"a"},{"use":"usual","text":"b"},{"use":"official","text":"c"}"#, Some("c")),
        (r#"{"use":"old","text":"a"},{"use":"usual","text":"b"},{"use":"official"}"#, Some("b")),
        (r#"{"use":"maiden","text":"a"},{"use":"nickname","text":"b"}"#, Some("b")),
        (r#"{"use":"anonymous","text":"a"},{"use":"of-tomorrow","text":"b"}"#, Some("b")),
        (r#"{"use":"old","text":"a"}"#, Some("a")),
        (r#"{"text":"a"},{"text":"b"}"#, Some("a")),
        (r#"{"use":"official"}"#, None),
        (r#"{"family":""}"#, None),
        (r#"{"text":" ","family":"","given":[""]},{"text":"b"}"#, Some("b")),
        (r#"{"family":"Huber","given":["",null]}"#, Some("Huber")),
        (r#"{"prefix":["Dr."],"given":["A","B"],"family":"C","suffix":["PhD"]}"#, Some("Dr. A B C PhD")),
        // Married: the old official name has an end.
        (r#"{"use":"official","text":"a","period":{"end":"2020-05-01"}},{"use":"official","text":"b"}"#, Some("b")),
        (r#"{"use":"official","text":"a","period":{"end":"2020"}},{"use":"nickname","text":"b"}"#, Some("b")),
        (r#"{"use":"old","text":"a"},{"use":"official","text":"b","period":{"start":"2020"}}"#, Some("b")),
    ];
    for (names, expected) in table {
        assert_eq!(named(names).display_name().as_deref(), expected, "{names}");
    }
}

#[test]
fn on_a_day_the_name_of_that_day_is_shown() {
    let patient = named(
        r#"{"use":"official","text":"before","period":{"end":"2020-05"}},
           {"use":"official","text":"after","period":{"start":"2020-06-01T00:00:00Z","end":"2024-02-29"}},
           {"use":"usual","text":"always"}"#,
    );
    let table = [
        ("2001-01-01", "before"),
        ("2020-05-31", "before"),
        ("2020-06-01", "after"),
        ("2024-02-29", "after"),
        ("2024-03-01", "always"),
        ("2020", "before"),
        ("", "before"),
    ];
    for (day, expected) in table {
        assert_eq!(patient.display_name_on(day).as_deref(), Some(expected), "{day}");
    }
    let odd = named(r#"{"use":"official","text":"a","period":{"end":"äääääää"}},{"use":"usual","text":"b"}"#);
    assert!(odd.display_name_on("2024-03-01").is_some());
    assert_eq!(NameUse::Official, odd.name[0].r#use.as_ref().unwrap().known().unwrap());
}

#[test]
fn an_extension_is_found_by_its_address_also_inside_others() {
    let patient: Patient = json::from_str(
        r#"{"resourceType":"Patient","extension":[
            {"url":"http://race","extension":[{"url":"detailed","valueString":"a"}]},
            {"url":"http://race","extension":[{"url":"text","valueString":"b"},{"url":"text","valueString":"c"}]},
            {"url":"text","valueString":"outside"}]}"#,
    )
    .unwrap();
    let text = |found: Option<&Extension>| match found?.value.as_ref()? {
        OpenValue::String(text) => text.as_str().map(str::to_owned),
        _ => None,
    };
    let inside = |urls: &[&str]| text(Extension::find_inside(&patient.extension, urls));
    assert_eq!(inside(&["http://race", "text"]).as_deref(), Some("b"), "in the second of two");
    assert_eq!(inside(&["text"]).as_deref(), Some("outside"));
    assert_eq!(inside(&["http://race", "none"]), None);
    assert_eq!(inside(&["text", "text"]), None);
    assert!(Extension::find_inside(&patient.extension, &[]).is_none());
    assert_eq!(Extension::all(&patient.extension, "http://race").count(), 2);
    assert_eq!(text(Extension::find(&patient.extension, "text")).as_deref(), Some("outside"));
    assert!(Extension::find(&patient.extension, "http://rac").is_none());
}

#[test]
fn a_code_is_shown_as_fhir_writes_it() {
    use fhir_r4b_model::codes::{EventStatus, ObservationStatus};

    assert_eq!(ObservationStatus::EnteredInError.to_string(), "entered-in-error");
    assert_eq!(format!("[{:>13}]", EventStatus::InProgress), "[  in-progress]");
}

#[test]
fn a_code_is_a_key_and_a_part_of_one() {
    use fhir_r4b_model::codes::ObservationStatus;
    use std::collections::HashMap;

    #[derive(PartialEq, Eq, Hash)]
    struct Key(ObservationStatus, u8);
    let counts: HashMap<Key, usize> =
        [(Key(ObservationStatus::Final, 1), 7), (Key(ObservationStatus::Amended, 1), 8)].into();
    assert_eq!(counts[&Key(ObservationStatus::Final, 1)], 7);
    assert!(!counts.contains_key(&Key(ObservationStatus::Final, 2)));
}
