//! The traits of `serde`: nothing is lost on the way from and to text through `serde_json`, nor on the way through a format that knows nothing of JSON's texts.

use fhir_r4b_model::{
    Bundle, HumanName, Observation, ObservationComponent, ObservationComponentValue, ObservationValue, Patient,
    Quantity, Resource, json,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const TEXTS: [&str; 4] = [
    r#"{"resourceType":"Observation","status":"final","code":{},"valueQuantity":{"value":1.00,"unit":"ä\n"},"component":[{"valueInteger":-0},{"valueQuantity":{"value":123456789012345678901234567890.5e-7}}]}"#,
    r#"{"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"x"}]}],"active":true,"colour":[1.0,{"b":null}],"multipleBirthInteger":2}"#,
    r#"{"id":"b","entry":[{"resource":{"resourceType":"Unheard","n":2.50}},{"resource":{"id":"p","resourceType":"Patient"}}],"resourceType":"Bundle"}"#,
    r#"{"resourceType":"Parameters","parameter":[{"name":"a","valueDecimal":0.1},{"name":"b","valueDecimal":10},{"name":"c","valueDecimal":1e3}]}"#,
];

#[test]
fn serde_json_reads_and_writes_what_this_crate_reads_and_writes() {
    for text in TEXTS {
        let own: Resource = json::from_str(text).unwrap();
        let read: Resource = serde_json::from_str(text).unwrap();
        assert_eq!(read, own);
        assert_eq!(serde_json::from_slice::<Resource>(text.as_bytes()).unwrap(), own);
        assert_eq!(serde_json::from_reader::<_, Resource>(text.as_bytes()).unwrap(), own);
        assert_eq!(serde_json::to_string(&own).unwrap(), json::to_string(&own));
    }
    let name: HumanName = serde_json::from_str(r#"{"family":"Huber","given":["a"]}"#).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&name).unwrap(),
        "{\n  \"family\": \"Huber\",\n  \"given\": [\n    \"a\"\n  ]\n}"
    );
}

#[test]
fn a_value_in_memory_is_read_and_written_too() {
    for text in TEXTS {
        let value: Value = serde_json::from_str(text).unwrap();
        let read: Resource = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), value, "{text}");
    }
}

#[test]
fn it_is_a_part_of_other_types() {
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Record {
        patient: Patient,
        others: Vec<Resource>,
    }
    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    #[serde(tag = "kind")]
    enum Tagged {
        Bundle { bundle: Bundle },
    }
    let text = format!(r#"{{"patient":{},"others":[{},{}]}}"#, TEXTS[1], TEXTS[0], TEXTS[2]);
    let record: Record = serde_json::from_str(&text).unwrap();
    let again: Record = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
    assert_eq!(again, record);
    // A tagged enum is read by way of serde's own values, which hold numbers as a machine does: the digits are those of such a number.
    let tagged: Tagged = serde_json::from_str(&format!(r#"{{"kind":"Bundle","bundle":{}}}"#, TEXTS[2])).unwrap();
    let Tagged::Bundle { bundle } = &tagged;
    assert_eq!(bundle.entry.len(), 2);
}

/// Ways by which serde holds a value between before it is read.
#[derive(Serialize, Deserialize)]
struct Flat {
    site: String,
    #[serde(flatten)]
    resource: Resource,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Resource(Resource),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", content = "resource")]
enum Adjacent {
    Lab(Resource),
}

/// Whether `serde_json` has this feature, which any package in a tree may switch on.
fn has_arbitrary_precision() -> bool {
    let number: Value = serde_json::from_str("1.00").unwrap();
    number.to_string().ends_with("00")
}

/// The resource with this number in a known and in an unknown field, as it comes through each of these ways.
fn held(number: &str) -> [String; 3] {
    let fields = format!(r#""resourceType":"Observation","valueQuantity":{{"value":{number}}},"colour":[{number}]"#);
    let flat: Flat = serde_json::from_str(&format!(r#"{{"site":"a",{fields}}}"#)).unwrap();
    assert_eq!(flat.site, "a");
    let Untagged::Resource(untagged) = serde_json::from_str(&format!("{{{fields}}}")).unwrap();
    let Adjacent::Lab(adjacent) =
        serde_json::from_str(&format!(r#"{{"resource":{{{fields}}},"kind":"Lab"}}"#)).unwrap();
    [flat.resource, untagged, adjacent].map(|resource| json::to_string(&resource))
}

#[test]
fn a_number_that_serde_holds_has_its_digits_if_serde_json_keeps_them_and_is_never_refused() {
    let exact = has_arbitrary_precision();
    for (number, rounded) in
        [("1.00", "1.0"), ("7", "7"), ("0.1", "0.1"), ("-2.50", "-2.5"), ("1E+05", "100000.0"), ("-0", "-0.0")]
    {
        let kept = if exact { number } else { rounded };
        let expected =
            format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":{kept}}},"colour":[{kept}]}}"#);
        // `serde_json` writes the letter of an exponent small in what it keeps.
        let same_letter = |text: String| text.replace("1E+05", "1e+05");
        assert_eq!(held(number).map(same_letter), [(); 3].map(|()| same_letter(expected.clone())));
    }
}

#[test]
fn writing_to_text_keeps_the_digits_in_whatever_holds_the_resource() {
    let resource = || json::from_str::<Resource>(TEXTS[0]).unwrap();
    let own = json::to_string(&resource());
    let flat = serde_json::to_string(&Flat { site: "a".to_owned(), resource: resource() }).unwrap();
    assert_eq!(flat, own.replacen('{', r#"{"site":"a","#, 1));
    assert_eq!(serde_json::to_string(&Untagged::Resource(resource())).unwrap(), own);
    let adjacent = serde_json::to_string(&Adjacent::Lab(resource())).unwrap();
    assert_eq!(adjacent, format!(r#"{{"kind":"Lab","resource":{own}}}"#));
}

#[test]
fn the_object_that_stands_for_a_number_is_that_number() {
    // What serde holds with that feature.
    let expected = r#"{"resourceType":"Observation","valueQuantity":{"value":1.00e5},"colour":[1.00e5]}"#;
    assert_eq!(held(r#"{"$serde_json::private::Number":"1.00e5"}"#), [expected; 3]);
    // Somebody's own data under that name stays what it is.
    for own in [
        r#"{"$serde_json::private::Number":"1 0"}"#,
        r#"{"$serde_json::private::Number":"1","b":"2"}"#,
        r#"{"$serde_json::private::Number":{"a":1}}"#,
    ] {
        let text = format!(r#"{{"resourceType":"Patient","colour":{own}}}"#);
        let Untagged::Resource(read) = serde_json::from_str(&text).unwrap();
        assert_eq!(json::to_string(&read), text);
    }
}

#[test]
fn another_format_gives_back_what_it_got() {
    for text in TEXTS {
        let own: Resource = json::from_str(text).unwrap();
        let mut bytes = Vec::new();
        ciborium::into_writer(&own, &mut bytes).unwrap();
        let read: Resource = ciborium::from_reader(bytes.as_slice()).unwrap();
        assert_eq!(json::to_string(&read), json::to_string(&own));
    }
}

#[test]
fn another_format_gives_back_the_numbers_that_were_edited_in() {
    let mut edited: Observation = json::from_str(TEXTS[0]).unwrap();
    for number in ["2.500", "1e400", "-0.0", "123456789012345678901234567890.10", "9007199254740993"] {
        edited.value = Quantity::ucum(number, "g").map(|weight| ObservationValue::Quantity(weight.into()));
        edited.component.push(ObservationComponent {
            value: Some(ObservationComponentValue::Integer(i32::MIN.into())),
            ..Default::default()
        });
        let mut bytes = Vec::new();
        ciborium::into_writer(&edited, &mut bytes).unwrap();
        let read: Observation = ciborium::from_reader(bytes.as_slice()).unwrap();
        let text = json::to_string(&read);
        assert_eq!(text, json::to_string(&edited));
        assert!(text.contains(&format!(r#""value":{number},"unit":"g""#)) && text.contains("-2147483648"), "{text}");
    }
}

#[test]
fn another_format_holds_digits_as_text_under_one_name_and_plain_numbers_by_way_of_a_value() {
    let own: Resource = json::from_str(TEXTS[0]).unwrap();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let mut exact = Vec::new();
    ciborium::into_writer(&own, &mut exact).unwrap();
    // In CBOR: a text of four bytes, in a map of one member with this name.
    assert!(holds(&exact, "$serde_json::private::RawValue\u{64}1.00"));
    let mut plain = Vec::new();
    ciborium::into_writer(&serde_json::to_value(&own).unwrap(), &mut plain).unwrap();
    assert!(has_arbitrary_precision() || !holds(&plain, "$serde_json"));
}

#[test]
fn an_error_has_the_path_and_not_the_value() {
    let error =
        serde_json::from_str::<Patient>(r#"{"resourceType":"Patient","active":"SECRET"}"#).unwrap_err().to_string();
    assert!(error.contains("Patient.active") && !error.contains("SECRET"), "{error}");
    for wrong in ["[]", "1", "\"SECRET\"", "{\"resourceType\":\"Patient\"", "null"] {
        let error = serde_json::from_str::<Patient>(wrong).unwrap_err().to_string();
        assert!(!error.contains("SECRET"), "{error}");
    }
}
