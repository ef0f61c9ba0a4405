//! The evidence for the table: random schemas, one random mutation each, and an independent validator that says which payloads are valid.
//! Where a change is called compatible for reading, no payload that was valid may be refused; where it is called compatible for writing, no
//! payload that is written now may be one that was not valid before.
//!
//! One exception belongs to the table: a property that is added may have been there as an unknown field of any type. So payloads are drawn
//! with unknown names of their own (`other_...`), and added properties (`new_...`) are left out; the last test shows the exception.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::compare::compare;
use super::verdict::{Direction, Verdict, worst};

const SCHEMAS: u64 = 4_000;
const PAYLOADS: usize = 12;

fn oracle(schema: &Value) -> jsonschema::Validator {
    jsonschema::validator_for(schema).unwrap()
}

/// The first few of these, at least one.
fn first(rng: &mut Rng, names: &[&str]) -> Value {
    let count = rng.usize(1..=names.len());
    json!(names[..count])
}

fn schema(rng: &mut Rng, depth: u32) -> Value {
    match rng.u32(..if depth == 0 { 5 } else { 9 }) {
        0 => json!({"type": "string", "minLength": rng.u32(..3), "maxLength": rng.u32(3..6)}),
        1 => json!({"type": "integer", "minimum": rng.u32(..3), "maximum": rng.u32(3..9)}),
        2 => json!({"type": if rng.bool() { json!("number") } else { json!(["number", "null"]) }}),
        3 => json!({"enum": first(rng, &["a", "b", "c"])}),
        4 => json!({"type": first(rng, &["boolean", "null", "string"])}),
        5 => {
            json!({"type": "array", "items": schema(rng, depth - 1), "minItems": rng.u32(..2), "maxItems": rng.u32(2..4)})
        }
        6 => json!({"anyOf": [object(rng, depth - 1), {"type": "null"}]}),
        _ => object(rng, depth - 1),
    }
}

fn object(rng: &mut Rng, depth: u32) -> Value {
    let names: Vec<&str> = ["p", "q", "r", "s"].into_iter().filter(|_| rng.u32(..4) > 0).collect();
    let properties: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), schema(rng, depth))).collect();
    let required: Vec<&str> = names.into_iter().filter(|_| rng.bool()).collect();
    let mut object = json!({"type": "object", "properties": properties, "required": required});
    match rng.u32(..4) {
        0 => object["additionalProperties"] = json!(false),
        1 => object["additionalProperties"] = json!({"type": first(rng, &["string", "integer"])}),
        _ => {}
    }
    object
}

/// All places of a schema where there is a schema, as JSON pointers.
fn places(schema: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    for keyword in ["items", "additionalProperties"] {
        if schema.get(keyword).is_some_and(Value::is_object) {
            places(&schema[keyword], &format!("{at}/{keyword}"), found);
        }
    }
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        places(inner, &format!("{at}/properties/{name}"), found);
    }
    for (number, inner) in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        places(inner, &format!("{at}/anyOf/{number}"), found);
    }
}

/// One random change somewhere.
fn mutate(rng: &mut Rng, whole: &Value) -> Value {
    let mut whole = whole.clone();
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    let at = &all[rng.usize(..all.len())];
    let one = whole.pointer_mut(at).unwrap();
    if let Some(properties) = one.get("properties").and_then(Value::as_object).cloned() {
        let mut names: Vec<String> = properties.keys().cloned().collect();
        rng.shuffle(&mut names);
        let required = one["required"].as_array().cloned().unwrap_or_default();
        match (rng.u32(..8), names.first()) {
            (0, Some(name)) => drop(one["properties"].as_object_mut().unwrap().remove(name)),
            (1, Some(name)) => {
                one["properties"].as_object_mut().unwrap().remove(name);
                one["required"] = required.into_iter().filter(|it| it != name).collect();
            }
            (2, Some(name)) => one["required"] = required.into_iter().filter(|it| it != name).collect(),
            (3, Some(name)) => {
                let others = required.into_iter().filter(|it| it != name);
                one["required"] = others.chain([json!(name)]).collect();
            }
            (4, _) => one["additionalProperties"] = json!(rng.bool()),
            (5, _) => one["additionalProperties"] = schema(rng, 0),
            (6, _) => {
                one["properties"]["new_z"] = schema(rng, 0);
                one["required"] = required.into_iter().chain([json!("new_z")]).collect();
            }
            _ => one["properties"]["new_z"] = schema(rng, 1),
        }
    } else if rng.u32(..3) == 0 {
        *one = schema(rng, 1);
    } else {
        let limits = ["minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"];
        let own: Vec<&str> = limits.into_iter().filter(|name| one.get(name).is_some()).collect();
        match own.get(rng.usize(..own.len().max(1))) {
            Some(name) if rng.u32(..4) == 0 => drop(one.as_object_mut().unwrap().remove(*name)),
            Some(name) => one[*name] = json!(one[*name].as_u64().unwrap() + rng.u64(..3)),
            None => match one.get("type").cloned() {
                Some(Value::String(name)) if name != "null" => one["type"] = json!([name, "null"]),
                Some(Value::Array(names)) => one["type"] = json!(names[..names.len() - 1]),
                _ => *one = json!({"enum": first(rng, &["a", "b", "c", "d"])}),
            },
        }
        if one.get("type") == Some(&json!([])) {
            *one = json!({"type": "string"});
        }
    }
    whole
}

/// A payload that is likely, but not certain, to be valid.
fn payload(rng: &mut Rng, schema: &Value) -> Value {
    if rng.u32(..40) == 0 {
        return [json!(null), json!(1.5), json!("d"), json!([]), json!({})][rng.usize(..5)].clone();
    }
    if let Some(branches) = schema.get("anyOf").and_then(Value::as_array) {
        let branch = &branches[rng.usize(..branches.len())];
        return payload(rng, branch);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values[rng.usize(..values.len())].clone();
    }
    let name = match schema.get("type") {
        Some(Value::Array(names)) => names[rng.usize(..names.len())].as_str().unwrap().to_owned(),
        Some(Value::String(name)) => name.clone(),
        _ => ["string", "integer"][rng.usize(..2)].to_owned(),
    };
    let number = |name: &str, otherwise: u64| schema.get(name).and_then(Value::as_u64).unwrap_or(otherwise);
    match name.as_str() {
        "null" => Value::Null,
        "boolean" => json!(rng.bool()),
        "integer" => {
            let least = number("minimum", 0);
            json!(rng.u64(least..=number("maximum", 12).max(least)))
        }
        "number" => [json!(0), json!(2), json!(0.5), json!(-7.25)][rng.usize(..4)].clone(),
        "string" => {
            let least = number("minLength", 0);
            json!("x".repeat(usize::try_from(rng.u64(least..=number("maxLength", 8).max(least))).unwrap()))
        }
        "array" => {
            let least = number("minItems", 0);
            let count = rng.u64(least..=number("maxItems", 4).max(least));
            (0..count).map(|_| payload(rng, &schema["items"])).collect()
        }
        _ => {
            let mut object = Map::new();
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
                if required.contains(&json!(name)) || rng.bool() {
                    object.insert(name.clone(), payload(rng, inner));
                }
            }
            let additional = schema.get("additionalProperties").cloned().unwrap_or(json!({}));
            // Names that another schema gives to its properties are unknown ones here.
            for name in ["p", "q", "r", "s", "other_1"] {
                if additional != json!(false) && !object.contains_key(name) && rng.u32(..3) == 0 {
                    let is_known = schema["properties"].get(name).is_some();
                    if !is_known {
                        object.insert(name.to_owned(), payload(rng, &additional));
                    }
                }
            }
            Value::Object(object)
        }
    }
}

fn without_added(payload: &Value) -> Value {
    match payload {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| !name.starts_with("new_"));
            kept.map(|(name, value)| (name.clone(), without_added(value))).collect()
        }
        Value::Array(list) => list.iter().map(without_added).collect(),
        other => other.clone(),
    }
}

#[test]
fn what_is_called_compatible_refuses_no_payload_that_was_valid_and_sends_none_that_was_not() {
    let (mut compatible, mut refuted, mut breaking, mut tried) = ([0, 0], [0, 0], [0, 0], 0_u64);
    for seed in 0..SCHEMAS {
        let mut rng = Rng::with_seed(seed);
        let old = object(&mut rng, 3);
        let new = mutate(&mut rng, &old);
        let changes = compare(&old, &new);
        for (index, direction) in Direction::ALL.into_iter().enumerate() {
            // What was valid for a reader must stay so; what a writer may send now must have been.
            let (from, to) = if direction == Direction::Reads { (&old, &new) } else { (&new, &old) };
            let (from_oracle, to_oracle) = (oracle(from), oracle(to));
            let verdict = worst(&changes, direction);
            let mut is_refuted = false;
            for _ in 0..PAYLOADS {
                let drawn = payload(&mut rng, from);
                if !from_oracle.is_valid(&drawn) {
                    continue;
                }
                tried += 1;
                let accepted = to_oracle.is_valid(&without_added(&drawn));
                is_refuted |= !accepted;
                assert!(
                    accepted || verdict != Verdict::Compatible,
                    "seed {seed}, {direction:?}: {changes:?}\nold {old}\nnew {new}\npayload {drawn}"
                );
            }
            compatible[index] += u32::from(verdict == Verdict::Compatible);
            breaking[index] += u32::from(verdict == Verdict::Breaking);
            refuted[index] += u32::from(is_refuted);
        }
    }
    // The test has teeth only if there are many of each, and if "breaking" is not simply said of everything.
    assert!(tried > 40_000, "{tried}");
    assert!(compatible.iter().all(|count| *count > 1_000), "{compatible:?}");
    assert!(breaking.iter().all(|count| *count > 400), "{breaking:?}");
    assert!(refuted.iter().all(|count| *count > 300), "{refuted:?}");
}

#[test]
fn a_schema_and_itself_have_no_changes_and_every_change_is_noticed() {
    for seed in 0..500 {
        let mut rng = Rng::with_seed(seed);
        let old = object(&mut rng, 3);
        assert_eq!(compare(&old, &old), [], "seed {seed}");
        let new = mutate(&mut rng, &old);
        let (old_oracle, new_oracle) = (oracle(&old), oracle(&new));
        let differs = (0..50).any(|_| {
            let from = if rng.bool() { &old } else { &new };
            let drawn = payload(&mut rng, from);
            old_oracle.is_valid(&drawn) != new_oracle.is_valid(&drawn)
        });
        assert!(!differs || !compare(&old, &new).is_empty(), "seed {seed}: a difference was not noticed");
    }
}

#[test]
fn a_field_that_came_undocumented_with_another_type_is_the_exception_that_the_table_accepts() {
    let old = json!({"type": "object"});
    let new = json!({"type": "object", "properties": {"note": {"type": "string"}}});
    assert_eq!(worst(&compare(&old, &new), Direction::Reads), Verdict::Compatible);
    let payload = json!({"note": 5});
    assert!(oracle(&old).is_valid(&payload) && !oracle(&new).is_valid(&payload));
}
