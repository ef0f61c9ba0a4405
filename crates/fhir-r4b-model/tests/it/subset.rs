//! Writing a part of a resource: `_summary` and `_elements`.

use fhir_r4b_model::json::{self, Summary, WriteOptions};
use fhir_r4b_model::{Bundle, Observation, Resource};

const TAG: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"#;
const TEXT: &str = r#"{"resourceType":"Observation","id":"o","meta":{"versionId":"1"},"text":{"status":"empty"},"status":"final","code":{"text":"c"},"note":[{"text":"n"}],"component":[{"code":{"text":"d"},"valueInteger":1,"interpretation":[{"text":"i"}]}],"colour":"red"}"#;

fn written(options: &WriteOptions, fields: &str) {
    let observation: Resource = json::from_str(TEXT).unwrap();
    let expected =
        format!(r#"{{"resourceType":"Observation","id":"o","meta":{{"versionId":"1","tag":[{TAG}]}},{fields}}}"#);
    assert_eq!(options.to_string(&observation), expected);
    // The resource itself is as it was.
    assert_eq!(json::to_string(&observation), TEXT);
    let typed: Observation = json::from_str(TEXT).unwrap();
    assert_eq!(options.to_vec(&typed), expected.into_bytes());
}

#[test]
fn a_summary_has_what_the_definition_has_in_it() {
    written(
        &WriteOptions::new().summary(Summary::True),
        r#""status":"final","code":{"text":"c"},"component":[{"code":{"text":"d"},"valueInteger":1}]"#,
    );
    written(
        &WriteOptions::new().summary(Summary::Text),
        r#""text":{"status":"empty"},"status":"final","code":{"text":"c"}"#,
    );
    written(
        &WriteOptions::new().summary(Summary::Data),
        r#""status":"final","code":{"text":"c"},"note":[{"text":"n"}],"component":[{"code":{"text":"d"},"valueInteger":1,"interpretation":[{"text":"i"}]}],"colour":"red""#,
    );
}

#[test]
fn named_elements_come_with_those_that_have_to_be_there() {
    written(&WriteOptions::new().elements(["note"]), r#""status":"final","code":{"text":"c"},"note":[{"text":"n"}]"#);
}

#[test]
fn in_a_bundle_the_entries_are_cut_and_the_bundle_is_whole() {
    let text = format!(
        r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"u"}}],"entry":[{{"fullUrl":"a","resource":{TEXT}}},{{"resource":{{"resourceType":"Unheard","x":1}}}}]}}"#
    );
    let bundle: Bundle = json::from_str(&text).unwrap();
    let written = WriteOptions::new().elements(["note"]).to_string(&bundle);
    let entry = format!(
        r#"{{"resourceType":"Observation","id":"o","meta":{{"versionId":"1","tag":[{TAG}]}},"status":"final","code":{{"text":"c"}},"note":[{{"text":"n"}}]}}"#
    );
    assert_eq!(written, text.replace(TEXT, &entry));
}

#[test]
fn the_tag_is_there_once_and_nothing_is_cut_without_being_asked() {
    let once: Resource =
        json::from_str(&WriteOptions::new().elements(["note"]).to_string(&json::from_str::<Resource>(TEXT).unwrap()))
            .unwrap();
    let twice = WriteOptions::new().elements(["note"]).to_string(&once);
    assert_eq!(twice.matches("SUBSETTED").count(), 1);
    assert_eq!(WriteOptions::new().to_string(&json::from_str::<Resource>(TEXT).unwrap()), TEXT);
}
