//! The JSON Schema of a type takes what is right and refuses what is wrong. The judge below knows the words that our schemas use and no other, so
//! that this small crate is not tested with a large one.

use fhir_r4b_model::{Bundle, Observation, Patient, schema};
use serde_json::{Value, json};

struct Judge(Value);

fn judge(schema: &str) -> Judge {
    Judge(serde_json::from_str(schema).unwrap())
}

impl Judge {
    fn is_valid(&self, value: &Value) -> bool {
        self.fits(&self.0, value)
    }

    fn fits(&self, schema: &Value, value: &Value) -> bool {
        schema.as_object().unwrap().iter().all(|(word, rule)| match word.as_str() {
            "$schema" | "$defs" => true,
            "$ref" => self.fits(self.0.pointer(rule.as_str().unwrap().strip_prefix('#').unwrap()).unwrap(), value),
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is(one, value)),
                one => is(one, value),
            },
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "anyOf" => rule.as_array().unwrap().iter().any(|one| self.fits(one, value)),
            "items" => value.as_array().is_none_or(|list| list.iter().all(|member| self.fits(rule, member))),
            "required" => value.as_object().is_none_or(|object| {
                rule.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|object| {
                object.iter().all(|(name, member)| rule.get(name).is_none_or(|schema| self.fits(schema, member)))
            }),
            other => panic!("a schema has the word {other}"),
        })
    }
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("a schema has the type {other}"),
    }
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
