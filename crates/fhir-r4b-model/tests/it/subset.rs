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

#[test]
fn what_can_change_the_meaning_is_in_every_part() {
    let modifier = r#""modifierExtension":[{"url":"http://example.org/not","valueBoolean":true}]"#;
    let text = format!(
        r#"{{"resourceType":"Observation","implicitRules":"http://example.org/rules","text":{{"status":"empty"}},{modifier},"status":"final","code":{{"text":"c"}},"note":[{{"text":"n"}}],"component":[{{{modifier},"code":{{"text":"d"}}}}]}}"#
    );
    let observation: Resource = json::from_str(&text).unwrap();
    let new = WriteOptions::new;
    for (options, times) in [
        (new().summary(Summary::True), 2),
        (new().summary(Summary::Text), 1),
        (new().summary(Summary::Data), 2),
        (new().elements(["note"]), 1),
        (new().elements(["component"]), 2),
    ] {
        let written = options.to_string(&observation);
        assert_eq!(written.matches(modifier).count(), times, "{options:?}: {written}");
        assert!(written.contains(r#""implicitRules":"http://example.org/rules""#), "{options:?}: {written}");
    }
    // With an element that is left out goes what changes the meaning of that alone.
    let list = r#"{"resourceType":"ConceptMap","status":"draft","group":[{"element":[{"code":"a","target":[{"code":"b","equivalence":"disjoint"}]}]}]}"#;
    let map: Resource = json::from_str(list).unwrap();
    assert!(new().elements(["group"]).to_string(&map).contains(r#""equivalence":"disjoint""#));
    assert!(!new().summary(Summary::True).to_string(&map).contains("group"));
}

#[test]
fn a_resource_inside_another_is_written_whole_because_it_would_not_say_that_it_was_cut() {
    let parts = [
        format!(r#""contained":[{TEXT}]"#),
        format!(r#""parameter":[{{"name":"a","resource":{TEXT}}}]"#),
        format!(r#""entry":[{{"response":{{"status":"200","outcome":{TEXT}}}}}]"#),
    ];
    for (name, part) in ["Patient", "Parameters", "Bundle"].into_iter().zip(parts) {
        let text = format!(r#"{{"resourceType":"{name}",{part}}}"#);
        let resource: Resource = json::from_str(&text).unwrap();
        let written = WriteOptions::new().elements(["contained", "parameter"]).to_string(&resource);
        assert!(written.contains(&part), "{written}");
        // And what follows it is cut again.
        let text = format!(r#"{{"resourceType":"Patient","contained":[{TEXT}],"language":"de","gender":"male"}}"#);
        let patient: Resource = json::from_str(&text).unwrap();
        let written = WriteOptions::new().elements(["contained"]).to_string(&patient);
        assert!(written.contains(TEXT) && !written.contains("gender"), "{written}");
    }
}
