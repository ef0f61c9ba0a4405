//! `serde_json` tells what is in narratives and which entries a bundle has, and the rest as texts: whatever the document is, the result is that of reading
//! it by this crate alone.

use fhir_r4b_model::{Basic, Binary, Bundle, Patient, Resource, json};
use serde::de::DeserializeOwned;

use crate::oracle::without_space;

/// What came of it: the document, or where it is wrong and why, without the place in bytes or lines.
fn outcome<T: json::ToJson>(read: Result<T, String>) -> Result<String, String> {
    // The space within an empty list or an unknown resource may be lost.
    read.map(|value| String::from_utf8(without_space(&json::to_vec(&value))).unwrap()).map_err(|error| {
        let error = error.split(" at line ").next().unwrap_or_default();
        match error.split_once("byte ") {
            Some((path, rest)) => {
                format!("{}: {}", path.trim_end_matches(", "), rest.split_once(": ").map_or("", |(_, rule)| rule))
            }
            None => error.to_owned(),
        }
    })
}

/// By all ways of `serde_json` as by our own; the outcome.
#[track_caller]
fn same<T: json::FromJson + json::ToJson + DeserializeOwned>(text: &str) -> Result<String, String> {
    let own = outcome(json::from_str::<T>(text).map_err(|error| error.to_string()));
    let ways: [Result<T, serde_json::Error>; 3] =
        [serde_json::from_str(text), serde_json::from_slice(text.as_bytes()), serde_json::from_reader(text.as_bytes())];
    for way in ways {
        assert_eq!(outcome(way.map_err(|error| error.to_string())), own, "{text}");
    }
    own
}

/// Values of every kind, and members that could make them something else.
const VALUES: [&str; 17] = [
    "null",
    "[]",
    "[ ]",
    "{}",
    "0",
    "-1.50e3",
    "true",
    r#""""#,
    r#""a \u003cb\u003e \n \"ä\" long enough not to stand in place, \ud83d\ude00""#,
    "[null]",
    "[{}]",
    "[0]",
    r#"[{"id":"a"},{"resource":{"resourceType":"Patient","text":{"div":"<p/>"}}},{"id":"b"}]"#,
    r#"[{"id":"a"},null]"#,
    r#"{"$serde_json::private::RawValue":"1"}"#,
    r#"{"status":"generated","div":"<div>\u003c</div>","_div":{"id":"d"},"colour":1.00}"#,
    r#"{"div":"a","extension":[{"url":"u"}],"div":"b"}"#,
];

#[test]
fn a_value_of_any_kind_is_read_or_refused_as_by_this_crate_wherever_it_stands() {
    let (mut read, mut refused) = (0, 0);
    for value in VALUES {
        for text in [
            value.to_owned(),
            format!(r#"{{"resourceType":"Patient","text":{value},"active":true}}"#),
            format!(r#"{{"text":{value},"resourceType":"Patient"}}"#),
            format!(r#"{{"resourceType":"Patient","_text":{value}}}"#),
            format!(r#"{{"resourceType":"Patient","te\u0078t":{value},"entry":{value},"div":{value}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{{"div":{value}}}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{{"div":"a","_div":{value},"text":{value}}}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{{"div":"a"}},"text":{value}}}"#),
            format!(r#"{{"resourceType":"Patient","text":null,"text":{value}}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":{value},"id":"b"}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":[],"entry":{value}}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":[{{"id":"a"}},{value}],"text":{value}}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{value}}}]}}"#),
            format!(r#"{{"resourceType":"Unheard","text":{value},"entry":{value}}}"#),
            format!(r#"{{"resourceType":{value},"text":{{"div":"a"}}}}"#),
            format!(r#"{{"resourceType":"Patient","resourceType":{value}}}"#),
            format!(r#"{{ "resourceType" : "Parameters" , "text" : {value} , "resourceType" : "Parameters" }}"#),
            format!(r#"{{"resourceType":"Binary","data":{value}}}"#),
        ] {
            if text == value {
                // What is no resource is refused by both, each in its words.
                assert!(json::from_str::<Resource>(&text).is_err() && serde_json::from_str::<Resource>(&text).is_err());
                continue;
            }
            for outcome in
                [same::<Resource>(&text), same::<Patient>(&text), same::<Bundle>(&text), same::<Binary>(&text)]
            {
                if outcome.is_ok() { read += 1 } else { refused += 1 }
            }
        }
    }
    assert!(read > 100 && refused > 500, "{read} {refused}");
}

#[test]
fn the_object_that_stands_for_a_number_is_no_narrative_where_numbers_are_told_so() {
    let text = r#"{"resourceType":"Patient","text":{"$serde_json::private::Number":"1"}}"#;
    let exact = serde_json::from_str::<serde_json::Value>("1.00").unwrap().to_string().ends_with("00");
    if exact {
        let error = serde_json::from_str::<Patient>(text).unwrap_err().to_string();
        assert!(error.starts_with("Patient.text: expected an object at line 1 column"), "{error}");
    } else {
        assert_eq!(same::<Patient>(text), Ok(text.to_owned()));
    }
    let number = r#"{"resourceType":"Patient","text":1.00}"#;
    assert_eq!(same::<Patient>(number), Err("Patient.text: expected an object".to_owned()));
}

#[test]
fn levels_are_counted_from_the_whole_document() {
    for levels in 505..516 {
        let deep = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        for text in [
            format!(r#"{{"resourceType":"Patient","colour":{deep}}}"#),
            format!(r#"{{"resourceType":"Patient","text":{{"colour":{deep}}}}}"#),
            format!(r#"{{"resourceType":"Bundle","entry":[{{"colour":{deep}}}]}}"#),
            format!(r#"{{"colour":{deep},"resourceType":"Bundle"}}"#),
            format!(r#"{{"resourceType":"Unheard","colour":{deep}}}"#),
        ] {
            let read = same::<Resource>(&text).is_ok();
            assert!(read || levels > 507);
            assert!(!read || levels < 512);
        }
    }
}

#[test]
fn texts_that_come_again_are_shared_over_the_pieces_and_long_documents_too() {
    let address = "http://example.org/fhir/a-rather-long-address/that-comes-again";
    let entry = |place: usize| {
        let own = format!("{address}/{place}");
        format!(
            r#"{{"fullUrl":"{own}","resource":{{"resourceType":"Basic","implicitRules":"{own}","language":"{address}"}}}}"#
        )
    };
    let entries: Vec<String> = (0..3_000).map(entry).collect();
    let text = format!(r#"{{"resourceType":"Bundle","entry":[{}]}}"#, entries.join(","));
    let bundle: Bundle = serde_json::from_str(&text).unwrap();
    let languages = bundle.resources::<Basic>().map(|basic| basic.language.as_ref().unwrap().as_str().unwrap());
    let mut places: Vec<*const u8> = languages.map(str::as_ptr).collect();
    assert_eq!(places.len(), entries.len());
    places.dedup();
    // Others push it out of its place now and then, and as the document turns out to be long all are forgotten five times.
    assert!(places.len() < entries.len() / 20, "{}", places.len());
    assert!(same::<Resource>(&text) == Ok(text));
}
