//! The JSON Schema of a type takes what is right and refuses what is wrong, as another library judges it.

use fhir_r4b_model::{Bundle, Observation, Patient, schema};
use serde_json::{Value, json};

fn judge(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

#[test]
fn a_schema_takes_what_is_right_and_refuses_what_is_wrong() {
    let patient = judge(&schema::of::<Patient>());
    let right: [Value; 3] = [
        json!({"resourceType": "Patient"}),
        json!({"resourceType": "Patient", "gender": "female", "name": [{"given": ["a", null], "_given": [null, {"id": "x"}]}], "deceasedBoolean": false}),
        json!({"resourceType": "Patient", "extension": [{"url": "u", "valueQuantity": {"value": 1.5, "extension": [{"url": "v"}]}}], "contained": [{"resourceType": "Organization"}]}),
    ];
    for text in right {
        assert!(patient.is_valid(&text), "{text}");
    }
    for text in [
        json!({"resourceType": "Observation"}),
        json!({}),
        json!({"resourceType": "Patient", "gender": "Female"}),
        json!({"resourceType": "Patient", "active": "true"}),
        json!({"resourceType": "Patient", "name": {"family": "a"}}),
        json!({"resourceType": "Patient", "multipleBirthInteger": "2"}),
        json!({"resourceType": "Patient", "extension": [{"url": "u", "valueQuantity": {"value": "1.5"}}]}),
        json!({"resourceType": "Patient", "contained": [{}]}),
        json!({"resourceType": "Patient", "link": [{"type": "refer"}]}),
    ] {
        assert!(!patient.is_valid(&text), "{text}");
    }
}

#[test]
fn the_large_types_have_schemas_too() {
    assert!(
        judge(&schema::of::<Bundle>())
            .is_valid(&json!({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]}))
    );
    let observation = judge(&schema::of::<Observation>());
    assert!(!observation.is_valid(&json!({"resourceType": "Observation", "status": "final"})));
    assert!(observation.is_valid(&json!({"resourceType": "Observation", "code": {"text": "x"}})));
}
