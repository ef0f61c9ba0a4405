use serde_json::{Value, json};

use super::reader::{Spoken, Text};
use super::recognise::recognise;
use super::*;

mod bundles;
mod holistic;
mod robust;
mod sentences;
mod tricky;

/// What a text says, one line for each mention: class, the identity fields, the status where it is not active.
pub(super) fn said(text: &str, otherwise: Spoken) -> Vec<String> {
    let text = Text::new(text, otherwise);
    let mut mentions = recognise(&text, Language::English).mentions;
    mentions.sort_by_key(|mention| (mention.class, mention.bytes));
    let line = |mention: &entity::Mention| {
        let value = |name: &str| match mention.fields.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
            None => None,
        };
        let name = if mention.class == entity::Class::Condition { "code" } else { "name" };
        let parts = [name, "value", "unit", "dose", "frequency", "route"].into_iter().filter_map(value);
        let status = mention.status.name();
        let status = if status == "active" { String::new() } else { format!(" ({status})") };
        let class = &mention.class.array()[..3];
        format!("{class} {}{status}", parts.collect::<Vec<_>>().join("|"))
    };
    mentions.iter().map(line).collect()
}

/// Every line of a table must hold; all that do not are shown.
pub(super) fn check(spoken: Spoken, table: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, want) in table {
        let have = said(text, spoken);
        if have != *want {
            wrong.push(format!("{text:?}\n   want {want:?}\n   have {have:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} wrong:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

pub(super) fn source<'a>(id: &str, text: &'a str) -> Source<'a> {
    Source {
        record_id: id.to_owned(),
        kind: Kind::Text,
        text: Some(text),
        url: None,
        base64: None,
        content_hash: content_hash(text.as_bytes()),
    }
}

pub(super) fn input<'a>(sources: Vec<Source<'a>>, earlier: Option<&'a Value>) -> Input<'a> {
    Input {
        sources,
        language: Language::English,
        options: Options::default(),
        earlier,
        created_at: "2026-01-01T10:00:00Z",
        modified_at: "2026-01-01T10:00:09Z",
        seed: 7,
        key: "request",
    }
}

#[test]
fn the_sample_of_the_guide_gives_the_entity_of_the_guide() {
    let text = "Patient presents with hypertension. Current medications: Lisinopril 10mg daily.";
    let out = holistic_patient(&input(vec![source("123e4567-e89b-12d3-a456-426614174000", text)], None));
    let output = &out["clinical_records"][0]["record_structured"]["structured_output"];
    assert_eq!(
        output["medications"],
        json!([{
            "identity_signature": "med_lisinopril_10mg_daily",
            "identity_fields": { "name": "Lisinopril", "dose": "10mg", "frequency": "daily" },
            "instantiations": [{
                "display_str": "Lisinopril 10mg daily",
                "span": { "start": 57, "end": 78 },
                "tagging_certainty": 0.95,
                "time_references": [],
                "status": { "value": "active" },
            }],
        }])
    );
    assert_eq!(output["conditions"][0]["identity_fields"]["code"], "I10");
    assert_eq!(output["conditions"][0]["instantiations"][0]["display_str"], "hypertension");
}
