//! The cases in which FHIR libraries lose, alter or refuse things, each under its name.

use fhir_r4b_model::json::{self, ErrorKind};
use fhir_r4b_model::{Patient, Resource};

use crate::oracle::{canonical, judge};

/// That a document is read, and every check of the oracle holds.
#[track_caller]
fn kept(text: &str) {
    assert!(judge(text.as_bytes()), "refused: {text}");
}

#[track_caller]
fn refused(bytes: &[u8]) -> ErrorKind {
    assert!(!judge(bytes), "accepted: {}", String::from_utf8_lossy(bytes));
    json::from_slice::<Resource>(bytes).unwrap_err().kind()
}

fn patient(fields: &str) -> String {
    format!(r#"{{"resourceType":"Patient",{fields}}}"#)
}

#[test]
fn arrays_padded_with_null() {
    for lists in [
        r#""given":["a",null],"_given":[null,{"id":"x"}]"#,
        r#""given":[null,null,"c"],"_given":[{"id":"x"},null]"#,
        r#""_given":[null,null,{"extension":[{"url":"u","valueCode":"unknown"}]}]"#,
        r#""given":[null],"_given":[null]"#,
        r#""given":["a"],"_given":[null,null,null]"#,
        r#""given":["a","b","c"],"_given":[null]"#,
        r#""_given":[null],"given":[null,null]"#,
        r#""given":[null,"b"],"_given":[{},{}]"#,
    ] {
        kept(&patient(&format!(r#""name":[{{{lists}}}]"#)));
    }
    kept(r#"{"resourceType":"Timing","x":1}"#);
    kept(
        r#"{"resourceType":"ActivityDefinition","timingTiming":{"event":[null],"_event":[{"extension":[{"url":"u","valueString":"x"}]}]}}"#,
    );
}

#[test]
fn extensions_on_the_id() {
    kept(&patient(r#""id":"p","_id":{"id":"i","extension":[{"url":"u","valueString":"x"}]}"#));
    kept(&patient(r#""_id":{"extension":[{"url":"u","valueString":"x"}]}"#));
    kept(&patient(r#""name":[{"id":"n","_id":{"extension":[{"url":"u","_url":{"id":"x"}}]}}]"#));
}

#[test]
fn decimals_of_thirty_digits_and_numbers_beyond_any_machine() {
    for number in [
        "123456789012345678901234567890",
        "0.123456789012345678901234567890",
        "-0.00000000000000000000000000001",
        "1e400",
        "-1E-400",
        "9e99999999999999999999",
        "1.0e+00005",
        "18446744073709551616",
        "-0",
        "-0.0",
        "0e0",
        "1.00",
    ] {
        kept(&format!(r#"{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}"#));
        kept(&format!(r#"{{"resourceType":"Observation","valueInteger":{number},"unknown":[{number}]}}"#));
        kept(&format!(r#"{{"resourceType":"Unheard","n":{number}}}"#));
    }
}

#[test]
fn leap_seconds_and_nanoseconds() {
    for time in ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.999999999+05:45", "2024-01-01T00:00:00.123456789123Z"] {
        let text = format!(r#"{{"resourceType":"Observation","effectiveInstant":"{time}","issued":"{time}"}}"#);
        kept(&text);
        #[cfg(feature = "validate")]
        {
            use fhir_r4b_model::issue::Rule;
            use fhir_r4b_model::validate::Validate;
            let issues = json::from_str::<Resource>(&text).unwrap().validate();
            assert!(issues.iter().all(|issue| issue.rule != Rule::Format), "{issues:?}");
        }
    }
}

#[test]
fn unknown_codes_resources_and_fields() {
    kept(&patient(r#""gender":"of a later version","_gender":{"id":"g"}"#));
    kept(
        r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Unheard","a":[1.50,{"resourceType":"Patient"}]}},{"resource":{"b":0,"resourceType":"SubscriptionTopic"}}]}"#,
    );
    kept(
        r#"{"resourceType":"List","contained":[{"resourceType":"Unheard"}],"_contained":[null],"_code":{},"\u0000":null}"#,
    );
}

#[test]
fn a_resource_type_anywhere_in_the_object() {
    kept(r#"{"id":"p","resourceType":"Patient","active":true}"#);
    kept(r#"{"active":true,"contained":[{"id":"m","resourceType":"Basic"}],"resourceType":"Patient"}"#);
    kept(r#"{"r\u0065sourceTyp\u0065":"Pati\u0065nt","active":true}"#);
    kept(r#"{"a":{"resourceType":"Basic"},"resourceType":"Patient"}"#);
}

#[test]
fn a_hundred_questionnaire_items_within_each_other() {
    let item = (0..100)
        .fold(r#"{"linkId":"x"}"#.to_owned(), |item, level| format!(r#"{{"linkId":"{level}","item":[{item}]}}"#));
    kept(&format!(r#"{{"resourceType":"Questionnaire","status":"draft","item":[{item}]}}"#));
}

#[test]
fn choices_given_by_extension_alone() {
    for field in ["_deceasedBoolean", "_deceasedDateTime", "_multipleBirthInteger"] {
        kept(&patient(&format!(r#""{field}":{{"extension":[{{"url":"u","valueCode":"unknown"}}]}}"#)));
    }
    kept(r#"{"resourceType":"Observation","_valueString":{"extension":[{"url":"u","_valueDateTime":{"id":"x"}}]}}"#);
    assert_eq!(
        refused(patient(r#""_deceasedBoolean":{"id":"x"},"deceasedDateTime":"2024""#).as_bytes()),
        ErrorKind::Duplicate
    );
    assert_eq!(
        refused(patient(r#""_deceasedBoolean":{"id":"x"},"_deceasedDateTime":{}"#).as_bytes()),
        ErrorKind::Duplicate
    );
}

#[test]
fn what_stands_beside_a_value_without_the_value() {
    for fields in [
        r#""_birthDate":{"id":"b"}"#,
        r#""_birthDate":{}"#,
        r#""_birthDate":null"#,
        r#""birthDate":null"#,
        r#""_active":{"extension":[]}"#,
        r#""_active":{"extension":[{}],"id":null}"#,
        r#""_name":{"id":"x"}"#,
        r#""_contact":[null]"#,
    ] {
        kept(&patient(fields));
    }
}

#[test]
fn empty_objects_and_lists_are_kept_and_are_no_valid_fhir() {
    for fields in [
        r#""name":[]"#,
        r#""name":[{}]"#,
        r#""maritalStatus":{}"#,
        r#""contact":[{"name":{"given":[]}}]"#,
        r#""contained":[]"#,
    ] {
        kept(&patient(fields));
        #[cfg(feature = "validate")]
        {
            use fhir_r4b_model::json::ReadOptions;
            let strict = ReadOptions::new().strict().from_str::<Patient>(&patient(fields));
            assert_eq!(strict.unwrap_err().kind(), ErrorKind::Invalid, "{fields}");
        }
    }
}

#[test]
fn half_characters_bad_bytes_marks_of_order_and_zeros() {
    for text in [
        r"\ud800",
        r"\udc00",
        r"\ud800x",
        r"\ud800\u0041",
        r"\ud800\ud800",
        r"\udc00\ud800",
        r"\u00g0",
        r"\u+123",
        r"\u 123",
        r"\U0041",
    ] {
        for place in [
            format!(r#""id":"{text}""#),
            format!(r#""{text}":1"#),
            format!(r#""a":["{text}"]"#),
            format!(r#""a":{{"{text}":1}}"#),
        ] {
            let document = patient(&place);
            assert!(canonical(document.as_bytes()).is_none(), "{text}");
            assert_eq!(refused(document.as_bytes()), ErrorKind::Syntax);
        }
    }
    for bytes in [&b"\xff"[..], b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"] {
        let mut document = patient(r#""id":"x"#).into_bytes();
        let _ = document.pop();
        document.extend_from_slice(bytes);
        document.extend_from_slice(b"\"}");
        assert_eq!(refused(&document), ErrorKind::Utf8);
    }
    let plain = r#"{"resourceType":"Patient"}"#;
    for wrong in [
        format!("\u{feff}{plain}"),
        format!("{plain}\0"),
        format!("\0{plain}"),
        format!("{plain}\u{feff}"),
        plain.replace(':', ":\0"),
    ] {
        refused(wrong.as_bytes());
    }
    kept(&patient(r#""id":"\u0000","name":[{"text":"a\u0000b"}]"#));
}

#[test]
fn a_value_may_follow_what_is_attached_to_it() {
    for text in ["", "short", "as long as stands in it", "longer than what is held in its place"] {
        kept(&patient(&format!(r#""_id":{{"id":"a"}},"id":"{text}""#)));
        kept(&patient(&format!(r#""_birthDate":{{"extension":[{{"url":"urn:a"}}]}},"birthDate":"{text}""#)));
        kept(&patient(&format!(r#""name":[{{"_given":[null,{{"id":"a"}}],"given":["{text}","{text}"]}}]"#)));
    }
}

/// Wherever in a document: in texts of each length and way of being held, in names that are known, unknown or passed over, outside of strings.
#[test]
fn a_byte_that_is_no_utf8_is_refused_with_its_place_wherever_it_stands() {
    let long = "a text that is too long to be kept once, ".repeat(8);
    let document = format!(
        concat!(
            r#"{{"id":"short","_id":{{"id":"x"}},"active":true,"extension":[{{"url":"http://example.org/fhir/StructureDefinition/a","valueString":"é"}},"#,
            r#"{{"url":"http://example.org/fhir/StructureDefinition/a","valueDecimal":1.00}}],"unheard":{{"of":["a b",{{"c":null}}]}},"#,
            r#""name":[{{"text":"{long}","given":["with \u003cescapes\u003e","\u00e9"],"family":null}}],"text":{{"div":"<div>\u003c{long}</div>"}},"#,
            "\n \"contained\":[ {{\"a\":1,\"resourceType\":\"Nothing\"}} ],\"resourceType\":\"Patient\"}}"
        ),
        long = long
    );
    let document = document.as_bytes();
    assert!(json::from_slice::<Resource>(document).is_ok());
    for place in 0..document.len() {
        for wrong in [0xff, 0xc3, 0xe9, 0x80] {
            let mut bytes = document.to_vec();
            bytes[place] = wrong;
            let Err(expected) = std::str::from_utf8(&bytes) else { continue };
            let error = json::from_slice::<Resource>(&bytes).unwrap_err();
            assert_eq!(
                (error.kind(), error.offset()),
                (ErrorKind::Utf8, expected.valid_up_to()),
                "{wrong:x} at {place}"
            );
        }
    }
}

#[test]
fn a_name_that_is_there_twice_in_another_spelling() {
    for fields in [
        r#""id":"a","\u0069d":"b""#,
        r#""\u0069\u0064":"a","id":"b""#,
        r#""_id":{},"\u005fid":{}"#,
        r#""a":1,"\u0061":2"#,
        r#""id":null,"\u0069d":"b""#,
        r#""id":"b","\u0069d":null"#,
        r#""name":[],"n\u0061me":[{}]"#,
    ] {
        assert_eq!(refused(patient(fields).as_bytes()), ErrorKind::Duplicate, "{fields}");
    }
    // The second one of `resourceType` too.
    assert_eq!(refused(patient(r#""resource\u0054ype":"Patient""#).as_bytes()), ErrorKind::Duplicate);
}

#[test]
fn an_error_in_a_resource_of_any_type_begins_with_its_type() {
    let error = json::from_str::<Resource>(&patient(r#""birthDate":1"#)).unwrap_err();
    assert_eq!(error.path(), "Patient.birthDate");
    let error = json::from_str::<Resource>(
        r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","name":[{"given":[1]}]}}]}"#,
    );
    assert_eq!(error.unwrap_err().path(), "Bundle.entry[0].resource.name[0].given[0]");
    assert_eq!(json::from_str::<Patient>(&patient(r#""birthDate":1"#)).unwrap_err().path(), "Patient.birthDate");
}

#[test]
fn a_text_put_where_a_number_belongs_is_still_written_as_json() {
    let mut quantity = fhir_r4b_model::Quantity { value: Some(1.into()), ..Default::default() };
    let text: fhir_r4b_model::primitives::FhirString = "not a number".into();
    **quantity.value.as_mut().unwrap() = (*text).clone();
    assert!(canonical(json::to_string(&quantity).as_bytes()).is_some(), "{}", json::to_string(&quantity));
}

#[test]
fn what_is_attached_to_the_id_of_what_is_attached_is_looked_at() {
    let text = patient(r#""birthDate":"1984","_birthDate":{"id":"b","_id":{"colour":1}}"#);
    let (read, issues) = json::ReadOptions::new().from_slice_with_issues::<Patient>(text.as_bytes()).unwrap();
    assert_eq!(issues.iter().map(|issue| issue.path.as_str()).collect::<Vec<_>>(), ["Patient.birthDate.id"]);
    let id = fhir_r4b_model::path::At::at(&read, "birthDate.id");
    assert_eq!(id.first().and_then(|item| item.as_str()), Some("b"));
}
