//! What is read is written again as it was. Values are compared by a JSON library with the text of numbers kept.

use fhir_r4b_model::{Bundle, BundleEntry, Patient, Resource, json};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// JSON without space and with names in order, so that two texts of one value are equal. Numbers keep their text.
fn canonical(text: &str) -> String {
    let text = text.trim();
    match text.as_bytes()[0] {
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap();
            let members = members.iter().map(|(name, value)| format!("{name:?}:{}", canonical(value.get())));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        b'[' => {
            let members: Vec<&RawValue> = serde_json::from_str(text).unwrap();
            format!("[{}]", members.iter().map(|value| canonical(value.get())).collect::<Vec<_>>().join(","))
        }
        b'"' => format!("{:?}", serde_json::from_str::<String>(text).unwrap()),
        _ => text.to_owned(),
    }
}

#[track_caller]
fn kept(text: &str) {
    let resource: Resource = json::from_str(text).unwrap();
    assert_eq!(canonical(&json::to_string(&resource)), canonical(text));
    assert_eq!(resource.clone(), resource);
    assert_eq!(json::from_str::<Resource>(&json::to_string(&resource)).unwrap(), resource);
    let mut written = Vec::new();
    json::to_writer(&mut written, &resource).unwrap();
    assert_eq!(written, json::to_vec(&resource));
}

#[test]
fn numbers_keep_their_digits() {
    for number in [
        "12",
        "12.0",
        "1.00",
        "-0.0",
        "0",
        "-0",
        "6.02e23",
        "1E-7",
        "1e+2",
        "123456789012345678901234567890",
        "0.123456789012345678901234567890",
    ] {
        kept(&format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}"#));
        kept(&format!(r#"{{"resourceType":"Observation","valueInteger":{number}}}"#));
    }
}

#[test]
fn what_was_sorted_by_name_is_read_like_what_was_not() {
    let patient =
        r#"{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}],"id":"p","active":true}"#;
    let unheard = r#"{"resourceType":"Unheard","a":{"resourceType":"Deeper","b":1.00},"z":[]}"#;
    let own = r#"{"resourceType":"Basic","id":"b","zzz":{"resourceType":"no type of a resource"}}"#;
    let mut text = format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"a","resource":{patient}}}]}}"#);
    for level in 0..40 {
        let others = if level % 8 == 0 { [patient, unheard, own] } else { [unheard, own, patient] };
        let others = others.map(|other| format!(r#"{{"resource":{other}}}"#)).join(",");
        text =
            format!(r#"{{"resourceType":"Bundle","id":"{level}","entry":[{others},{{"resource":{text}}},{others}]}}"#);
    }
    let sorted = canonical(&text);
    assert!(sorted.ends_with(r#""resourceType":"Bundle"}"#));
    kept(&sorted);
    let [in_order, by_name] = [&text, &sorted].map(|text| json::from_str::<Bundle>(text).unwrap());
    assert_eq!(in_order.resources::<Patient>().count(), 2);
    assert_eq!(canonical(&json::to_string(&by_name)), canonical(&json::to_string(&in_order)));
}

#[test]
fn dates_and_times_keep_their_text_whatever_it_is() {
    for time in [
        "2024",
        "2024-02",
        "2024-02-29T23:59:60Z",
        "2024-01-01T00:00:00+00:00",
        "2024-01-01T00:00:00.123456789Z",
        "yesterday",
        "",
    ] {
        kept(&format!(r#"{{"resourceType":"Observation","effectiveDateTime":"{time}","issued":"{time}"}}"#));
    }
}

#[test]
fn lists_of_primitives_keep_each_null() {
    for lists in [
        r#""given":["a",null,"c"],"_given":[null,{"id":"x"},null]"#,
        r#""_given":[null,{"id":"x"},null],"given":["a",null,"c"]"#,
        r#""given":[null],"_given":[{"extension":[{"url":"u","valueCode":"unknown"}]}]"#,
        r#""_given":[{"extension":[{"url":"u","valueCode":"unknown"}]}]"#,
        r#""_given":[null,{"id":"x"}]"#,
        r#""given":[null]"#,
        r#""given":["a",null]"#,
        r#""given":["a"],"_given":[null]"#,
        r#""given":["a","b"],"_given":[{"id":"x"}]"#,
        r#""given":["a"],"_given":[{"id":"x"},{"id":"y"}]"#,
        r#""_given":[{"id":"x"},{"id":"y"}],"given":["a"]"#,
        r#""_given":[{"id":"x"}],"given":["a","b",null]"#,
        r#""given":["a","b"],"_given":[{},null]"#,
        r#""given":[null,null],"_given":[null]"#,
        r#""given":[],"_given":[]"#,
        r#""given":null,"_given":[{"id":"x"}]"#,
    ] {
        kept(&format!(r#"{{"resourceType":"Patient","name":[{{{lists}}}]}}"#));
    }
}

#[test]
fn primitives_keep_their_ids_and_extensions() {
    for fields in [
        r#""birthDate":"1984-02-29","_birthDate":{"extension":[{"url":"u","valueDateTime":"1984-02-29T06:00:00+01:00"}]}"#,
        r#""_birthDate":{"id":"b"}"#,
        r#""_birthDate":{}"#,
        r#""birthDate":null,"_birthDate":{"id":"b"}"#,
        r#""_birthDate":null"#,
        r#""id":"p","_id":{"extension":[{"url":"u"}]}"#,
        r#""active":false,"_active":{"id":"a"}"#,
        r#""_deceasedBoolean":{"extension":[{"url":"u"}]}"#,
        r#""multipleBirthInteger":2,"_multipleBirthInteger":{"id":"m"}"#,
        r#""contact":[{}],"maritalStatus":{}"#,
    ] {
        kept(&format!(r#"{{"resourceType":"Patient",{fields}}}"#));
    }
}

#[test]
fn what_the_definition_does_not_know_is_kept() {
    for text in [
        r#"{"resourceType":"Patient","birthPlace":{"a":[1,{"b":null}]},"_name":[{"id":"x"}],"":0}"#,
        r#"{"resourceType":"Patient","name":[],"gender":null,"photo":null}"#,
        r#"{"resourceType":"Patient","gender":"of a later version"}"#,
        r#"{"resourceType":"SubscriptionTopic","a":[1.50, {"b" : "c"}]}"#,
        r#"{"resourceType":"Bundle","entry":[{"resource":{"a":1,"resourceType":"Unheard"}},{"resource":{"resourceType":"Patient"}}]}"#,
        r#"{"resourceType":"Patient","identifier":[{"use":"official","colour":"red"}]}"#,
    ] {
        kept(text);
    }
}

#[test]
fn a_field_that_has_got_a_value_takes_the_place_of_the_null_that_was_read() {
    let mut patient: Patient = json::from_str(r#"{"resourceType":"Patient","birthDate":null,"colour":1}"#).unwrap();
    patient.birth_date = Some("1984".into());
    assert_eq!(json::to_string(&patient), r#"{"resourceType":"Patient","birthDate":"1984","colour":1}"#);
}

#[test]
fn a_resource_may_say_its_type_last() {
    kept(r#"{"entry":[{"resource":{"id":"p","resourceType":"Patient"}}],"type":"batch","resourceType":"Bundle"}"#);
    kept(r#"{"contained":[{"id":"m","resourceType":"Medication"}],"resourceType":"MedicationRequest"}"#);
}

#[test]
fn text_is_the_same_with_and_without_escapes() {
    let escaped = r#"{"resourceType":"Patient","text":{"div":"\u003cdiv\u003e\u00e4\ud83d\ude00\/\n\u0001\"\\ \b\f\r\t\u003c/div>"}}"#;
    kept(escaped);
    let patient: Patient = json::from_str(escaped).unwrap();
    let div = patient.text.as_ref().and_then(|text| text.div.as_ref()).and_then(|div| div.as_str());
    assert_eq!(div, Some("<div>ä😀/\n\u{1}\"\\ \u{8}\u{c}\r\t</div>"));
    for length in 0..40 {
        // Every place of a special character in the words of eight bytes that the reader takes at once.
        let text = format!("{}\"ä\\{}", "x".repeat(length), "y".repeat(40 - length));
        kept(&format!(r#"{{"resourceType":"Patient","name":[{{"text":{}}}]}}"#, serde_json::to_string(&text).unwrap()));
    }
}

#[test]
fn a_hundred_nested_items_are_kept() {
    let mut item = r#"{"linkId":"deepest"}"#.to_owned();
    for level in 0..100 {
        item = format!(r#"{{"linkId":"{level}","item":[{item}]}}"#);
    }
    kept(&format!(r#"{{"resourceType":"Questionnaire","item":[{item}]}}"#));
}

#[test]
fn a_large_bundle_is_handed_on_in_pieces() {
    struct Pieces(Vec<usize>);
    impl std::io::Write for Pieces {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let patient =
        Resource::from(json::from_str::<Patient>(r#"{"resourceType":"Patient","id":"p","active":true}"#).unwrap());
    let mut bundle = Bundle::default();
    for _ in 0..20_000 {
        bundle.entry.push(BundleEntry { resource: Some(patient.clone()), ..Default::default() });
    }
    let mut pieces = Pieces(Vec::new());
    json::to_writer(&mut pieces, &bundle).unwrap();
    assert_eq!(pieces.0.iter().sum::<usize>(), json::to_vec(&bundle).len());
    assert!(pieces.0.iter().all(|piece| *piece < 40_000), "{:?}", pieces.0.iter().max());
}
