//! One entity made one R4B resource, with every element that R4B requires. What the mentions say decides: an active one
//! wins over a past one; an entity that is only denied, doubted, hypothetical or somebody else's gives nothing.

use serde_json::{Map, Value, json};

use super::Subject;
use crate::structuring::entity::Class;
use crate::structuring::medication::atc;
use crate::structuring::observation::{BLOOD_PRESSURE, DIASTOLIC, SYSTOLIC};

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const ATC: &str = "http://www.whocc.no/atc";
const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";

/// What the mentions of an entity say together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Planned,
    Stopped,
    Historical,
    Active,
}

/// `None` where no mention says that it is, was or will be. An entity without a known status counts as active.
fn said(entity: &Value) -> Option<Said> {
    let mentions = entity["instantiations"].as_array().map(Vec::as_slice).unwrap_or_default();
    let one = |mention: &Value| match mention["status"]["value"].as_str() {
        Some("planned") => Some(Said::Planned),
        Some("stopped") => Some(Said::Stopped),
        Some("historical") => Some(Said::Historical),
        Some("negated" | "uncertain" | "hypothetical" | "family") => None,
        _ => Some(Said::Active),
    };
    if mentions.is_empty() { Some(Said::Active) } else { mentions.iter().filter_map(one).max() }
}

/// The resource of an entity; none where nothing is to be said, or the entity has no name.
pub(super) fn of(class: Class, entity: &Value, id: String, subject: &Subject) -> Option<Map<String, Value>> {
    let said = said(entity)?;
    let fields = &entity["identity_fields"];
    let name = fields["name"].as_str().filter(|name| !name.trim().is_empty())?;
    let (kind, body) = match class {
        Class::Condition => ("Condition", condition(name, fields, said, subject)),
        Class::Medication => ("MedicationStatement", medication(name, fields, said, subject)),
        Class::Observation => ("Observation", observation(name, fields, entity, subject)),
        Class::Allergy => ("AllergyIntolerance", allergy(name, subject)),
        Class::Procedure => ("Procedure", procedure(name, entity, said, subject)),
        Class::Immunization if said == Said::Planned => return None,
        Class::Immunization => ("Immunization", immunization(name, entity, subject)),
    };
    let Value::Object(mut out) = body else {
        return None;
    };
    out.insert("resourceType".to_owned(), kind.into());
    out.insert("id".to_owned(), id.into());
    Some(out)
}

fn concept(system: &str, code: Option<&str>, display: &str) -> Value {
    match code {
        Some(code) => json!({ "coding": [{ "system": system, "code": code, "display": display }], "text": display }),
        None => json!({ "text": display }),
    }
}

fn status(system: &str, code: &str) -> Value {
    json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] })
}

/// The first date a mention is given; FHIR takes years and months too.
fn date(entity: &Value) -> Option<&str> {
    let mentions = entity["instantiations"].as_array().into_iter().flatten();
    let times = mentions.flat_map(|mention| mention["time_references"].as_array().into_iter().flatten());
    times.filter(|time| time["type"] == "date").find_map(|time| time["value"].as_str())
}

fn condition(name: &str, fields: &Value, said: Said, subject: &Subject) -> Value {
    let clinical = if said == Said::Historical { "inactive" } else { "active" };
    json!({
        "clinicalStatus": status("condition-clinical", clinical),
        "verificationStatus": status("condition-ver-status", "confirmed"),
        "code": concept(ICD10, fields["code"].as_str(), name),
        "subject": subject.required(),
    })
}

fn medication(name: &str, fields: &Value, said: Said, subject: &Subject) -> Value {
    let mut out = json!({
        "status": if said == Said::Stopped { "stopped" } else { "active" },
        "medicationCodeableConcept": concept(ATC, atc(name), name),
        "subject": subject.required(),
    });
    let part = |name: &str| fields[name].as_str().filter(|part| !part.is_empty());
    let text: Vec<&str> = ["dose", "frequency", "route"].into_iter().filter_map(part).collect();
    if !text.is_empty() {
        let mut dosage = json!({ "text": text.join(" ") });
        if let Some(route) = part("route") {
            dosage["route"] = json!({ "text": route });
        }
        if part("frequency").is_some_and(|frequency| frequency.ends_with("as needed")) {
            dosage["asNeededBoolean"] = true.into();
        }
        if let Some(quantity) = part("dose").and_then(dose) {
            dosage["doseAndRate"] = json!([{ "doseQuantity": quantity }]);
        }
        out["dosage"] = json!([dosage]);
    }
    out
}

/// `10mg` as a Quantity, where UCUM has the unit.
fn dose(dose: &str) -> Option<Value> {
    let end = dose.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (value, unit) = (dose[..end].parse::<f64>().ok()?, dose[end..].trim());
    let code = match unit {
        "mg" | "g" | "mmol" | "%" => unit,
        "mcg" => "ug",
        "ml" => "mL",
        "IU" => "[iU]",
        "mEq" => "meq",
        "drops" => "[drp]",
        "puffs" => "{puff}",
        "tablet" => "{tbl}",
        "capsule" => "{capsule}",
        _ => return None,
    };
    Some(json!({ "value": number(value), "unit": unit, "system": UCUM, "code": code }))
}

/// A whole number without a point.
fn number(value: f64) -> Value {
    value.to_string().parse::<i64>().map_or_else(|_| Value::from(value), Value::from)
}

fn observation(name: &str, fields: &Value, entity: &Value, subject: &Subject) -> Value {
    let code = fields["code"].as_str();
    let vital = ["85354-9", "8867-4", "8310-5", "59408-5", "9279-1", "29463-7", "8302-2", "39156-5"];
    let category = if code.is_some_and(|code| vital.contains(&code)) { "vital-signs" } else { "laboratory" };
    let mut out = json!({
        "status": "final",
        "category": [status("observation-category", category)],
        "code": concept(LOINC, code, name),
    });
    if let Some(subject) = subject.optional() {
        out["subject"] = subject;
    }
    if let Some(date) = date(entity) {
        out["effectiveDateTime"] = date.into();
    }
    let unit = fields["unit"].as_str().unwrap_or("1");
    let quantity = |value: &Value| json!({ "value": value, "unit": unit, "system": UCUM, "code": unit });
    let pressure = fields["value"].as_str().filter(|_| code == Some(BLOOD_PRESSURE)).and_then(|v| v.split_once('/'));
    let parsed = pressure.and_then(|(high, low)| Some((high.parse::<i64>().ok()?, low.parse::<i64>().ok()?)));
    if let Some((high, low)) = parsed {
        let part = |code: &str, display: &str, value: i64| json!({ "code": concept(LOINC, Some(code), display), "valueQuantity": quantity(&value.into()) });
        let parts = [part(SYSTOLIC, "Systolic blood pressure", high), part(DIASTOLIC, "Diastolic blood pressure", low)];
        out["component"] = parts.into_iter().collect();
        return out;
    }
    match &fields["value"] {
        value @ Value::Number(_) => out["valueQuantity"] = quantity(value),
        Value::String(text) if !text.is_empty() => out["valueString"] = text.as_str().into(),
        _ => {}
    }
    out
}

fn allergy(name: &str, subject: &Subject) -> Value {
    json!({
        "clinicalStatus": status("allergyintolerance-clinical", "active"),
        "verificationStatus": status("allergyintolerance-verification", "confirmed"),
        "code": concept(ATC, atc(name), name),
        "patient": subject.required(),
    })
}

fn procedure(name: &str, entity: &Value, said: Said, subject: &Subject) -> Value {
    let planned = said == Said::Planned;
    let mut out = json!({
        "status": if planned { "preparation" } else { "completed" },
        "code": { "text": name },
        "subject": subject.required(),
    });
    if let Some(date) = date(entity).filter(|_| !planned) {
        out["performedDateTime"] = date.into();
    }
    out
}

fn immunization(name: &str, entity: &Value, subject: &Subject) -> Value {
    let mut out = json!({
        "status": "completed",
        "vaccineCode": { "text": name },
        "patient": subject.required(),
    });
    match date(entity) {
        Some(date) => out["occurrenceDateTime"] = date.into(),
        None => out["occurrenceString"] = "unknown".into(),
    }
    out
}
