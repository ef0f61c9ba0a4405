//! The `HolisticPatient`: the records with what was recognised in each, the patient, and everything together. What an
//! earlier one holds stays as it is, unknown fields included; it refuses to drop or to reorder what it does not know.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::entity::{Class, arrays};
use super::patient::Patient;
use super::reader::{Spoken, Text};
use super::recognise::recognise;
use super::{Input, Kind, Language, Options, Source};

/// One new record, read.
struct Read<'a, 'b> {
    source: &'a Source<'b>,
    output: Map<String, Value>,
    patient: Patient,
    language: &'static str,
}

/// Of a text, so many bytes are read (4 MiB): a word takes some 20 times its size in memory. It is given back whole.
const MOST_READ: usize = 4 << 20;

/// The first `most` bytes of a text, less the character that they would cut.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn read<'a, 'b>(source: &'a Source<'b>, language: Language) -> Read<'a, 'b> {
    let otherwise = match language {
        Language::English => Spoken::English,
        Language::German => Spoken::German,
        Language::French => Spoken::French,
        Language::Italian => Spoken::Italian,
    };
    let text = Text::new(head(source.text.unwrap_or_default(), MOST_READ), otherwise);
    let found = recognise(&text, language);
    Read { source, output: arrays(&text, found.mentions), patient: found.patient, language: text.spoken.code() }
}

/// Which parts of the answer are wanted.
#[derive(Clone, Copy)]
struct Wanted {
    metadata: bool,
    content: bool,
    structured: bool,
}

/// The `HolisticPatient`; `options` in place of those of the input.
pub(super) fn with(input: &Input<'_>, options: &Options) -> Value {
    let wanted = Wanted {
        metadata: options.include_record_metadata.unwrap_or(false),
        content: options.include_record_content.unwrap_or(false),
        structured: options.include_record_structured.unwrap_or(true),
    };
    let mut out = input.earlier.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut records = match out.remove("clinical_records") {
        Some(Value::Array(records)) => records,
        _ => Vec::new(),
    };
    let mut known: HashSet<String> =
        records.iter().filter_map(|r| r["content_hash"].as_str()).map(str::to_owned).collect();
    let new: Vec<Read<'_, '_>> = input
        .sources
        .iter()
        .filter(|source| known.insert(source.content_hash.clone()))
        .map(|source| read(source, input.language))
        .collect();
    let mut together = Together::new(out.remove("patient_structured"), &records);
    let mut patient = Patient::default();
    for read in &new {
        together.add(&read.output, &read.source.record_id);
        patient = patient.or(read.patient.clone());
        records.push(record(options, read, wanted));
    }
    out.insert("clinical_records".to_owned(), records.into());
    metadata(&mut out, &patient, options.include_patient_metadata.unwrap_or(true));
    if options.include_patient_structured.unwrap_or(true) {
        out.insert("patient_structured".to_owned(), together.json());
    } else if let Some(earlier) = together.earlier {
        out.insert("patient_structured".to_owned(), earlier);
    }
    let text = |value: Option<&Value>| value.is_some_and(Value::is_string);
    for (key, id) in [("patient_id", "patient"), ("holistic_patient_id", "holistic-patient")] {
        if !text(out.get(key)) {
            out.insert(key.to_owned(), input.id(id).into());
        }
    }
    if !text(out.get("created_at")) {
        out.insert("created_at".to_owned(), input.created_at.into());
    }
    out.insert("last_modified".to_owned(), input.modified_at.into());
    Value::Object(out)
}

fn record(options: &Options, read: &Read<'_, '_>, wanted: Wanted) -> Value {
    let source = read.source;
    let mut out = json!({ "record_id": source.record_id, "content_hash": source.content_hash });
    if wanted.content {
        // What could be read, else the bytes as they came.
        if let Some(content) = source.text.or(source.base64) {
            out["content"] = content.into();
        }
    }
    if wanted.metadata {
        let mut metadata = json!({
            "content_type": content_type(source),
            "language": read.language,
            "title": title(source),
        });
        if !options.profiles.is_empty() {
            metadata["profiles"] = options.profiles.clone().into();
        }
        out["record_metadata"] = metadata;
    }
    if wanted.structured {
        let input_text = source.text.unwrap_or_default();
        out["record_structured"] = json!({ "input_text": input_text, "structured_output": read.output });
    }
    out
}

/// The media type of a record. A transcript is a text; the type of a recording is not known.
pub(super) fn content_type<'a>(source: &Source<'a>) -> Option<&'a str> {
    match source.kind {
        Kind::Text => Some("text/plain"),
        Kind::Document { content_type } => Some(content_type),
        Kind::Audio => (source.text.is_some() && source.url.is_none()).then_some("text/plain"),
    }
}

/// A title of a record: its first line with a word in it, at most 60 characters, or what it is.
pub(super) fn title(source: &Source<'_>) -> String {
    let line =
        source.text.unwrap_or_default().lines().map(str::trim).find(|line| line.chars().any(char::is_alphabetic));
    match (line, source.kind) {
        (Some(line), _) if line.chars().count() <= 60 => line.to_owned(),
        (Some(line), _) => line.chars().take(59).chain(['…']).collect(),
        (None, Kind::Text) => "Text".to_owned(),
        (None, Kind::Document { .. }) => "Document".to_owned(),
        (None, Kind::Audio) => "Recording".to_owned(),
    }
}

/// `patient_metadata`: what an earlier one says stays, "unknown" and `null` are filled in.
fn metadata(out: &mut Map<String, Value>, patient: &Patient, wanted: bool) {
    let new = patient.json();
    if !wanted || new.is_empty() {
        return;
    }
    let slot = out.entry("patient_metadata").or_insert(Value::Null);
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    let Some(fields) = slot.as_object_mut() else {
        return;
    };
    for (name, value) in new {
        let old = fields.get(&name);
        if old.is_none_or(|old| old.is_null() || old.as_str().is_some_and(|old| old.is_empty() || old == "unknown")) {
            fields.insert(name, value);
        }
    }
}

/// All entities of all records, one for each signature.
struct Together {
    /// `patient_structured` as it came.
    earlier: Option<Value>,
    out: Map<String, Value>,
    at: HashMap<(Class, String), usize>,
}

impl Together {
    /// Begins with the earlier aggregation, or without one with that of the earlier records.
    fn new(earlier: Option<Value>, records: &[Value]) -> Self {
        let out = earlier.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
        let mut together = Self { earlier, out, at: HashMap::new() };
        for class in Class::ALL {
            let list = together.out.entry(class.array()).or_insert(Value::Null);
            if !list.is_array() {
                *list = Value::Array(Vec::new());
            }
            for (at, entity) in list.as_array().into_iter().flatten().enumerate() {
                if let Some(signature) = entity["identity_signature"].as_str() {
                    together.at.entry((class, signature.to_owned())).or_insert(at);
                }
            }
        }
        if together.earlier.is_none() {
            for record in records {
                if let Some(output) = record["record_structured"]["structured_output"].as_object() {
                    together.add(output, record["record_id"].as_str().unwrap_or_default());
                }
            }
        }
        together
    }

    /// Adds the entities of a record. Each mention is given the record it stands in, for a span has no meaning without.
    fn add(&mut self, output: &Map<String, Value>, record_id: &str) {
        for class in Class::ALL {
            let entities = output.get(class.array()).and_then(Value::as_array);
            for entity in entities.into_iter().flatten() {
                self.add_one(class, entity.clone(), record_id);
            }
        }
    }

    fn add_one(&mut self, class: Class, mut entity: Value, record_id: &str) {
        for mention in entity.get_mut("instantiations").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(fields) = mention.as_object_mut() {
                fields.entry("record_id").or_insert_with(|| record_id.into());
            }
        }
        let Some(list) = self.out.get_mut(class.array()).and_then(Value::as_array_mut) else {
            return;
        };
        let signature = entity["identity_signature"].as_str().map(|signature| (class, signature.to_owned()));
        let same = signature.as_ref().and_then(|signature| self.at.get(signature)).copied();
        let Some(same) = same.and_then(|at| list.get_mut(at)).and_then(Value::as_object_mut) else {
            if let Some(signature) = signature {
                self.at.insert(signature, list.len());
            }
            list.push(entity);
            return;
        };
        if let Some(Value::Array(more)) = entity.get_mut("instantiations").map(Value::take) {
            match same.entry("instantiations").or_insert_with(|| Value::Array(Vec::new())) {
                Value::Array(all) => all.extend(more),
                other => *other = more.into(),
            }
        }
    }

    fn json(self) -> Value {
        Value::Object(self.out)
    }
}
