use super::*;

const ARRAYS: [&str; 6] = ["allergies", "conditions", "immunizations", "medications", "observations", "procedures"];

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_six_arrays_are_always_there_even_where_nothing_could_be_read() {
    let recording = Source { kind: Kind::Audio, text: None, base64: Some("SUQz"), ..source("r1", "x") };
    let out = holistic_patient(&input(vec![recording], None));
    let structured = &out["clinical_records"][0]["record_structured"];
    assert_eq!(structured["input_text"], "");
    assert_eq!(keys(&structured["structured_output"]), ARRAYS);
    assert_eq!(keys(&out["patient_structured"]), ARRAYS);
    assert!(out.get("patient_metadata").is_none());
}

#[test]
fn each_switch_of_the_config_adds_its_part_and_only_that() {
    let with = |set: &dyn Fn(&mut Options)| {
        let text = "Patient: John Doe, DOB 1990-01-01. Asthma.";
        let mut input = input(vec![source("r1", text)], None);
        set(&mut input.options);
        holistic_patient(&input)
    };
    let defaults = with(&|_| ());
    assert_eq!(keys(&defaults["clinical_records"][0]), ["content_hash", "record_id", "record_structured"]);
    let rest = ["clinical_records", "created_at", "holistic_patient_id", "last_modified", "patient_id"];
    assert_eq!(keys(&defaults), [&rest[..], &["patient_metadata", "patient_structured"]].concat());
    assert_eq!(
        defaults["patient_metadata"],
        json!({ "name": "John Doe", "gender": "unknown", "birthday": "1990-01-01T00:00:00Z" })
    );
    let none = with(&|o| {
        o.include_record_structured = Some(false);
        o.include_patient_metadata = Some(false);
        o.include_patient_structured = Some(false);
    });
    assert_eq!(keys(&none["clinical_records"][0]), ["content_hash", "record_id"]);
    assert_eq!(keys(&none), rest);
    let all = with(&|o| {
        o.include_record_content = Some(true);
        o.include_record_metadata = Some(true);
        o.profiles = vec!["EPDMetaData_v1".to_owned()];
    });
    let record = &all["clinical_records"][0];
    assert_eq!(record["content"], "Patient: John Doe, DOB 1990-01-01. Asthma.");
    assert_eq!(record["record_metadata"]["content_type"], "text/plain");
    assert_eq!(record["record_metadata"]["profiles"], json!(["EPDMetaData_v1"]));
}

#[test]
fn the_same_mention_twice_is_one_entity_and_two_instantiations() {
    let text = "Lisinopril 10mg daily. Later again lisinopril 10 mg once daily.";
    let out = holistic_patient(&input(vec![source("r1", text)], None));
    let record = &out["clinical_records"][0]["record_structured"]["structured_output"]["medications"];
    assert_eq!(record.as_array().unwrap().len(), 1);
    assert_eq!(record[0]["instantiations"].as_array().unwrap().len(), 2);
    let medications = out["patient_structured"]["medications"].as_array().unwrap().clone();
    assert_eq!(medications.len(), 1);
    let shown: Vec<_> =
        medications[0]["instantiations"].as_array().unwrap().iter().map(|i| &i["display_str"]).collect();
    assert_eq!(shown, ["Lisinopril 10mg daily", "lisinopril 10 mg once daily"]);
}

#[test]
fn two_records_with_one_entity_are_aggregated_with_the_record_of_each_mention() {
    let out = holistic_patient(&input(vec![source("r1", "Asthma."), source("r2", "The asthma is worse.")], None));
    let conditions = out["patient_structured"]["conditions"].as_array().unwrap();
    assert_eq!(conditions.len(), 1);
    let records: Vec<_> = conditions[0]["instantiations"].as_array().unwrap().iter().map(|i| &i["record_id"]).collect();
    assert_eq!(records, ["r1", "r2"]);
    let alone = &out["clinical_records"][0]["record_structured"]["structured_output"]["conditions"][0];
    assert!(alone["instantiations"][0].get("record_id").is_none());
}

#[test]
fn an_earlier_patient_keeps_every_unknown_field_and_its_ids() {
    let earlier = json!({
        "patient_id": "p-1", "holistic_patient_id": "h-1", "created_at": "2020-01-01T00:00:00Z", "last_modified": "x",
        "vendor_only": { "deep": [1, null, { "a": 2.5 }] },
        "clinical_records": [
            { "record_id": "old", "content_hash": "sha256:abc", "later_field": true, "record_structured": {
                "input_text": "t", "extra": 1, "structured_output": {
                    "medications": [{ "identity_signature": "med_x", "identity_fields": { "name": "X", "lot": 7 },
                                      "instantiations": [{ "display_str": "X", "mystery": {} }], "note": "n" }],
                    "devices": [{ "a": 1 }] } } },
            "not an object",
        ],
        "patient_metadata": { "name": "Jane Roe", "gender": "unknown", "ahv": "756" },
    });
    let out = holistic_patient(&input(vec![source("r1", "Patient: John Doe, Sex: M. Asthma.")], Some(&earlier)));
    for key in ["patient_id", "holistic_patient_id", "created_at", "vendor_only"] {
        assert_eq!(out[key], earlier[key], "{key}");
    }
    assert_eq!(out["last_modified"], "2026-01-01T10:00:09Z");
    assert_eq!(out["clinical_records"][0], earlier["clinical_records"][0]);
    assert_eq!(out["clinical_records"][1], "not an object");
    assert_eq!(out["clinical_records"][2]["record_id"], "r1");
    assert_eq!(out["patient_metadata"], json!({ "name": "Jane Roe", "gender": "male", "ahv": "756" }));
    let medication = &out["patient_structured"]["medications"][0];
    assert_eq!((&medication["note"], &medication["identity_fields"]["lot"]), (&json!("n"), &json!(7)));
    assert_eq!(medication["instantiations"][0]["mystery"], json!({}));
    assert_eq!(out["patient_structured"]["conditions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_record_of_known_content_is_not_added_twice() {
    let first = holistic_patient(&input(vec![source("r1", "Asthma."), source("r2", "Asthma.")], None));
    assert_eq!(first["clinical_records"].as_array().unwrap().len(), 1);
    let second = holistic_patient(&input(vec![source("r3", "Asthma."), source("r4", "Cough.")], Some(&first)));
    let ids: Vec<_> = second["clinical_records"].as_array().unwrap().iter().map(|r| &r["record_id"]).collect();
    assert_eq!(ids, ["r1", "r4"]);
    let asthma = &second["patient_structured"]["conditions"][0]["instantiations"];
    assert_eq!(asthma.as_array().unwrap().len(), 1, "an earlier aggregation is not counted again");
}

#[test]
fn of_a_long_text_the_beginning_is_read_up_to_a_whole_character() {
    for (most, want) in [(0, ""), (1, "a"), (2, "a"), (3, "aé"), (4, "aéb"), (9, "aéb")] {
        assert_eq!(super::super::holistic::head("aéb", most), want);
    }
}

#[test]
fn an_earlier_patient_of_any_shape_does_no_harm() {
    for earlier in [
        json!(null),
        json!([1]),
        json!({ "clinical_records": 5, "patient_metadata": "x", "patient_structured": [1] }),
        json!({ "clinical_records": [null, [], { "record_structured": { "structured_output": { "medications": [1, {}] } } }] }),
        json!({ "patient_structured": { "conditions": [{ "identity_signature": "cond_J45.909", "instantiations": 3 }] } }),
        json!({ "patient_structured": { "medications": "x", "kept": 1 } }),
    ] {
        let input = input(vec![source("r1", "Asthma. Metformin 500 mg.")], Some(&earlier));
        let out = holistic_patient(&input);
        assert_eq!(keys(&out["patient_structured"]).iter().filter(|k| ARRAYS.contains(k)).count(), 6, "{earlier}");
        let records = out["clinical_records"].as_array().unwrap();
        assert_eq!(records.last().unwrap()["record_id"], "r1");
        assert!(bundle(&input, true, true, true)["entry"].as_array().unwrap().len() >= 3);
    }
}

#[test]
fn names_follow_the_output_language_and_signatures_do_not() {
    let out = |language| {
        let mut input = input(vec![source("r1", "Asthma, BP 120/80. Allergic to latex.")], None);
        input.language = language;
        holistic_patient(&input)["patient_structured"].clone()
    };
    let (english, german) = (out(Language::English), out(Language::German));
    let name = |v: &Value, class: &str| v[class][0]["identity_fields"]["name"].as_str().unwrap().to_owned();
    assert_eq!(name(&german, "observations"), "Blutdruck");
    assert_eq!(name(&german, "conditions"), "Asthma");
    assert_eq!(name(&english, "observations"), "Blood pressure");
    for class in ARRAYS {
        assert_eq!(english[class][0]["identity_signature"], german[class][0]["identity_signature"], "{class}");
    }
}
