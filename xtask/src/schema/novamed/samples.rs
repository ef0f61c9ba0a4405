//! One request of each kind with everything filled in, and its variations. That nothing is forgotten is checked against the schemas of the
//! request types: a field that they have and a sample does not stops the task.

use anyhow::{Context as _, Result, bail};
use novamed_api::{DeleteWebhook, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, NovaMed};
use serde_json::{Value, json};

use super::Written;

pub(super) const UUID: &str = "550e8400-e29b-41d4-a716-446655440000";

/// A request in its JSON form, full.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) full: Value,
    pub(super) write: fn(&NovaMed, &Value) -> Written,
    /// Where the form has open lists, and the values that they name.
    pub(super) open_lists: Vec<(String, Vec<String>)>,
}

pub(super) fn all() -> Result<Vec<Sample>> {
    let address = json!({"line1": "1 Main St", "line2": "Apt 4", "line3": "C", "city": "Austin", "state": "TX", "postal_code": "78201"});
    vec![
        sample("NewPractitioner", super::write::<NewPractitioner>, json!({
            "first_name": "Sarah", "last_name": "Johnson", "email": "sarah@clinic.example", "npi": "1234567890", "clinic": UUID,
            "is_veterinarian": true, "phone": "1234567890", "address": address, "dea_number": "FJ1234563",
            "license_number": "MD-12345", "license_state": "TX", "signature_image": "AAAA"
        })),
        sample("NewPatient", super::write::<NewPatient>, json!({
            "first_name": "John", "last_name": "Smith", "date_of_birth": "1985-03-15", "clinic": UUID, "practitioner": UUID,
            "middle_name": "M.", "gender": "male", "email": "john@home.example", "phone": "5551234567",
            "contacts": [{"kind": "sms", "value": "john@home.example"}], "address": address, "species": "feline",
            "animal_owner_name": "Jane", "weight": "70.5", "weight_recorded_date": "2024-01-15", "status": "active"
        })),
        sample("NewMedicationOrder", super::write::<NewMedicationOrder>, json!({
            "patient": UUID, "practitioner": UUID, "clinic": UUID, "carrier": "se-1", "service": "ground", "is_refrigerated": true,
            "shipment_group": "g", "medications": [{
                "name": "Aspirin", "quantity": "30", "dose": "100mg", "unit_of_measure": "mg", "direction": "daily", "refills": 3,
                "days_supply": "30", "flavor": "Orange", "notes": "n", "do_not_refill": true, "do_not_fill": true,
                "patient_contact_requested": true, "reason_for_compounding": "r",
                "reason_for_compounding_additional_context": "c"
            }]
        })),
        sample("NewRefill", super::write::<NewRefill>, json!({"medication_request": UUID, "shipment_group": "g"})),
        sample("NewWebhook", super::write::<NewWebhook>, json!({"url": "https://clinic.example/hook", "clinic": UUID})),
        sample("DeleteWebhook", super::write::<DeleteWebhook>, json!({"webhook": UUID, "form": "body", "clinic": UUID})),
    ]
    .into_iter()
    .collect()
}

fn sample(name: &'static str, write: fn(&NovaMed, &Value) -> Written, full: Value) -> Result<Sample> {
    let derived = novamed_api::schema::derived();
    let schema = derived.iter().find(|one| one.name == name && !one.writes).context("the type has no schema")?;
    let schema: Value = serde_json::from_str(&schema.json)?;
    let mut open_lists = Vec::new();
    compare(&schema, &schema, &full, "", &mut open_lists).with_context(|| format!("the sample of {name}"))?;
    Ok(Sample { name, full, write, open_lists })
}

/// Every property of the schema is in the sample.
fn compare(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    open_lists: &mut Vec<(String, Vec<String>)>,
) -> Result<()> {
    if let Some(target) = schema["$ref"].as_str().and_then(|reference| document.pointer(reference.strip_prefix('#')?)) {
        return compare(document, target, value, at, open_lists);
    }
    for branch in schema["anyOf"].as_array().into_iter().flatten() {
        if branch["type"] != "null" {
            compare(document, branch, value, at, open_lists)?;
        }
    }
    if let Some(names) = schema["x-open-enum"].as_array() {
        open_lists.push((at.to_owned(), names.iter().filter_map(Value::as_str).map(str::to_owned).collect()));
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let Some(value) = value.get(name) else {
            bail!("lacks {at}/{name}, which the type has: add it, so that what it becomes on the wire is seen");
        };
        compare(document, inner, value, &format!("{at}/{name}"), open_lists)?;
    }
    if let (Some(items), Some(first)) = (schema.get("items"), value.get(0)) {
        compare(document, items, first, &format!("{at}/0"), open_lists)?;
    }
    Ok(())
}

/// The same with each part left out, each list doubled, each number made a fraction.
pub(super) fn variations(full: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    let mut places = Vec::new();
    pointers(full, "", &mut places);
    for place in places {
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut less = full.clone();
        let removed = less.pointer_mut(above).and_then(Value::as_object_mut).and_then(|object| object.remove(name));
        if removed.is_some() {
            all.push(less);
        }
        let mut other = full.clone();
        let varied = other.pointer_mut(&place).and_then(|value| match value {
            Value::Array(list) => {
                let first = list.first()?.clone();
                Some(Value::Array(vec![first.clone(), first]))
            }
            Value::String(text) if text.parse::<f64>().is_ok() && text.len() < 5 => Some(json!("0.5")),
            _ => None,
        });
        if let (Some(varied), Some(value)) = (varied, other.pointer_mut(&place)) {
            *value = varied;
            all.push(other);
        }
    }
    all
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let mut inner = |place: String, value: &Value| {
        found.push(place.clone());
        pointers(value, &place, found);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, value)| inner(format!("{at}/{name}"), value)),
        Value::Array(list) => list.iter().enumerate().for_each(|(index, value)| inner(format!("{at}/{index}"), value)),
        _ => {}
    }
}

/// The same with everything left out that may be, one part after the other.
pub(super) fn least(full: &Value, can_be_sent: impl Fn(&Value) -> Result<bool>) -> Result<Value> {
    let mut least = full.clone();
    let mut places = Vec::new();
    pointers(full, "", &mut places);
    for place in places {
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut less = least.clone();
        let above = less.pointer_mut(above).and_then(Value::as_object_mut);
        if above.and_then(|object| object.remove(name)).is_some() && can_be_sent(&less)? {
            least = less;
        }
    }
    Ok(least)
}

/// Takes away what a revision cannot carry, by the names that it complains about; `false` if nothing could be taken away.
pub(super) fn without(full: &mut Value, problems: &[String]) -> bool {
    let mut is_less = false;
    for problem in problems {
        let mut place = String::new();
        for step in problem.replace('[', ".").replace(']', "").split('.') {
            place.push('/');
            place.push_str(step);
        }
        let mut all = Vec::new();
        pointers(full, "", &mut all);
        // Some are named from the request, some from the part that they are in.
        let Some(found) = all.into_iter().find(|it| it.ends_with(&place)) else { continue };
        let (above, name) = found.rsplit_once('/').unwrap_or_default();
        if let Some(object) = full.pointer_mut(above).and_then(Value::as_object_mut) {
            is_less |= object.remove(name).is_some();
        }
    }
    is_less
}
