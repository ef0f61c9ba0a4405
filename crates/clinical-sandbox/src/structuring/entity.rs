//! What was recognised: mentions with their place and status, and entities, each of them the mentions of one thing. It
//! decides which mentions are of one thing (the same signature) and how both are written as JSON.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::reader::Text;
use super::time::When;

/// The six arrays of the answer, in the order of the vendor's list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Class {
    Medication,
    Condition,
    Procedure,
    Allergy,
    Immunization,
    Observation,
}

impl Class {
    /// All of them.
    pub(super) const ALL: [Self; 6] =
        [Self::Medication, Self::Condition, Self::Procedure, Self::Allergy, Self::Immunization, Self::Observation];

    /// The name of the array.
    pub(super) const fn array(self) -> &'static str {
        match self {
            Self::Medication => "medications",
            Self::Condition => "conditions",
            Self::Procedure => "procedures",
            Self::Allergy => "allergies",
            Self::Immunization => "immunizations",
            Self::Observation => "observations",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Medication => "med",
            Self::Condition => "cond",
            Self::Procedure => "proc",
            Self::Allergy => "allergy",
            Self::Immunization => "imm",
            Self::Observation => "obs",
        }
    }
}

/// What the text says about a mention, the word in `status.value`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    Active,
    Negated,
    Historical,
    Stopped,
    Planned,
    Uncertain,
    Hypothetical,
    Family,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Negated => "negated",
            Self::Historical => "historical",
            Self::Stopped => "stopped",
            Self::Planned => "planned",
            Self::Uncertain => "uncertain",
            Self::Hypothetical => "hypothetical",
            Self::Family => "family",
        }
    }
}

/// One mention. Offsets are bytes of the text; they are written as scalar values.
#[derive(Clone)]
pub(super) struct Mention {
    pub(super) class: Class,
    pub(super) signature: String,
    pub(super) fields: Map<String, Value>,
    pub(super) bytes: (usize, usize),
    /// In hundredths.
    pub(super) certainty: u8,
    pub(super) status: Status,
    /// The words that decided the status.
    pub(super) cue: Option<String>,
    pub(super) times: Vec<When>,
}

/// `med_lisinopril_10mg_daily`: the parts in lower case, everything but letters, digits and points made `_`.
pub(super) fn signature(class: Class, parts: &[&str]) -> String {
    let mut out = class.prefix().to_owned();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        out.push('_');
        out.extend(part.to_lowercase().chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }));
    }
    out
}

/// `identity_fields`: the given names and values, empty ones left out.
pub(super) fn fields(pairs: &[(&str, &str)]) -> Map<String, Value> {
    let some = pairs.iter().filter(|(_, value)| !value.is_empty());
    some.map(|&(name, value)| (name.to_owned(), Value::from(value))).collect()
}

/// The entities of one text, in six arrays; within each the order is that of the first mention.
pub(super) fn arrays(text: &Text<'_>, mut mentions: Vec<Mention>) -> Map<String, Value> {
    mentions.sort_by_key(|mention| (mention.class, mention.bytes));
    let mut lists: HashMap<Class, Vec<Value>> = HashMap::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for mention in mentions {
        let instantiation = instantiation(text, &mention);
        let list = lists.entry(mention.class).or_default();
        if let Some(&at) = known.get(&mention.signature) {
            if let Some(all) = list[at]["instantiations"].as_array_mut() {
                all.push(instantiation);
            }
            continue;
        }
        known.insert(mention.signature.clone(), list.len());
        list.push(json!({
            "identity_signature": mention.signature,
            "identity_fields": mention.fields,
            "instantiations": [instantiation],
        }));
    }
    let list = |class: Class, lists: &mut HashMap<Class, Vec<Value>>| lists.remove(&class).unwrap_or_default();
    Class::ALL.into_iter().map(|class| (class.array().to_owned(), list(class, &mut lists).into())).collect()
}

fn span(text: &Text<'_>, bytes: (usize, usize)) -> Value {
    json!({ "start": text.scalar(bytes.0), "end": text.scalar(bytes.1) })
}

fn instantiation(text: &Text<'_>, mention: &Mention) -> Value {
    let mut status = json!({ "value": mention.status.name() });
    if let Some(cue) = &mention.cue {
        status["cue"] = cue.as_str().into();
    }
    let time = |when: &When| {
        json!({
            "display_str": &text.raw[when.bytes.0..when.bytes.1],
            "span": span(text, when.bytes),
            "type": when.kind.name(),
            "value": when.value,
        })
    };
    json!({
        "display_str": &text.raw[mention.bytes.0..mention.bytes.1],
        "span": span(text, mention.bytes),
        "tagging_certainty": f64::from(mention.certainty) / 100.0,
        "time_references": mention.times.iter().map(time).collect::<Vec<Value>>(),
        "status": status,
    })
}
