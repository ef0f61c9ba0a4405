//! One level of a JSON Schema as the comparison sees it: per JSON type what is allowed. References are followed, unions of different types
//! become one shape, and what is not understood is kept as text, so that it is never taken for unchanged when it is not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// A JSON type. Integers are numbers of a narrower kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Type {
    pub(super) const ALL: [Self; 6] =
        [Self::Null, Self::Boolean, Self::Number, Self::String, Self::Array, Self::Object];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// What is allowed of one type.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    /// A closed list of values, each as JSON text.
    pub(super) values: Option<BTreeSet<String>>,
    /// The values that an open list names.
    pub(super) known: BTreeSet<String>,
    /// Of numbers: whole ones only.
    pub(super) integer: bool,
    /// Lengths, bounds, patterns and formats, by keyword.
    pub(super) limits: BTreeMap<&'static str, &'a Value>,
    pub(super) properties: BTreeMap<&'a str, &'a Value>,
    pub(super) required: BTreeSet<&'a str>,
    /// The schema of unknown properties.
    pub(super) additional: &'a Value,
    /// The schema of a list's items.
    pub(super) items: &'a Value,
}

/// What is allowed at one place.
#[derive(Debug, Clone)]
pub(super) struct Shape<'a> {
    pub(super) parts: BTreeMap<Type, Part<'a>>,
    /// Keywords without a rule, as JSON text.
    pub(super) opaque: BTreeSet<String>,
}

pub(super) const ANYTHING: &Value = &Value::Bool(true);

/// Which keyword limits which type.
const LIMITS: [(&str, Type); 14] = [
    ("minLength", Type::String),
    ("maxLength", Type::String),
    ("pattern", Type::String),
    ("format", Type::String),
    ("format", Type::Number),
    ("minimum", Type::Number),
    ("maximum", Type::Number),
    ("exclusiveMinimum", Type::Number),
    ("exclusiveMaximum", Type::Number),
    ("minItems", Type::Array),
    ("maxItems", Type::Array),
    ("uniqueItems", Type::Array),
    ("minProperties", Type::Object),
    ("maxProperties", Type::Object),
];

/// Keywords that are read elsewhere in this module.
const READ: [&str; 9] =
    ["type", "enum", "const", "properties", "required", "additionalProperties", "items", "$ref", super::normal::OPEN];

/// Keywords that say nothing about which payloads are valid.
const WORDS: [&str; 11] = [
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "title",
    "description",
    "default",
    "deprecated",
    "examples",
    "readOnly",
    "writeOnly",
];

impl Part<'_> {
    fn anything() -> Self {
        Self {
            values: None,
            known: BTreeSet::new(),
            integer: false,
            limits: BTreeMap::new(),
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            additional: ANYTHING,
            items: ANYTHING,
        }
    }

    /// Whether nothing but a closed list of values is said.
    fn is_list(&self) -> bool {
        self.values.is_some() && self.limits.is_empty() && !self.integer
    }
}

impl<'a> Shape<'a> {
    fn nothing() -> Self {
        Self { parts: BTreeMap::new(), opaque: BTreeSet::new() }
    }

    fn anything() -> Self {
        Self { parts: Type::ALL.map(|kind| (kind, Part::anything())).into(), opaque: BTreeSet::new() }
    }

    /// The names of the types, for reports.
    pub(super) fn types(&self) -> String {
        let name = |(kind, part): (&Type, &Part<'_>)| if part.integer { "integer" } else { kind.name() };
        if self.parts.len() == Type::ALL.len() {
            return "anything".to_owned();
        }
        self.parts.iter().map(name).collect::<Vec<_>>().join(" or ")
    }

    /// The shape of a schema within `document`, where references lead.
    pub(super) fn of(document: &'a Value, schema: &'a Value) -> Self {
        Self::within(document, schema, &mut BTreeSet::new())
    }

    fn within(document: &'a Value, schema: &'a Value, open: &mut BTreeSet<&'a str>) -> Self {
        let Value::Object(keywords) = schema else {
            return if schema == &Value::Bool(false) { Self::nothing() } else { Self::anything() };
        };
        let says_more = |but: &str| keywords.keys().any(|name| name != but && !is_words(name));
        if let Some(Value::String(reference)) = keywords.get("$ref") {
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            if let (Some(target), false) = (target, says_more("$ref"))
                && open.insert(reference)
            {
                let shape = Self::within(document, target, open);
                open.remove(reference.as_str());
                return shape;
            }
            return Self::opaque(document, "$ref", schema);
        }
        for union in ["anyOf", "oneOf", "allOf"] {
            let Some(Value::Array(branches)) = keywords.get(union) else { continue };
            let shapes: Vec<Self> = branches.iter().map(|branch| Self::within(document, branch, open)).collect();
            if !says_more(union)
                && (union != "allOf" || shapes.len() == 1)
                && let Some(shape) = united(shapes)
            {
                return shape;
            }
            return Self::opaque(document, union, schema);
        }
        Self::plain(document, keywords)
    }

    /// Anything, with a condition that is not understood. What its references lead to is part of it.
    fn opaque(document: &Value, keyword: &str, schema: &Value) -> Self {
        let mut shape = Self::anything();
        shape.opaque.insert(json!([keyword, schema, document.get("$defs")]).to_string());
        shape
    }

    fn plain(document: &Value, keywords: &'a Map<String, Value>) -> Self {
        let mut shape = Self::anything();
        match keywords.get("type") {
            Some(Value::String(name)) => shape.keep_types(&[name.as_str()]),
            Some(Value::Array(names)) => {
                shape.keep_types(&names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
            }
            _ => {}
        }
        let constant = keywords.get("const").map(std::slice::from_ref);
        if let Some(values) = keywords.get("enum").and_then(Value::as_array).map(Vec::as_slice).or(constant) {
            shape.parts.retain(|kind, part| {
                let own: BTreeSet<_> =
                    values.iter().filter(|value| Type::of(value) == *kind).map(Value::to_string).collect();
                let is_there = !own.is_empty();
                part.values = (*kind != Type::Null).then_some(own);
                is_there
            });
        }
        for (name, kind) in LIMITS {
            if let (Some(limit), Some(part)) = (keywords.get(name), shape.parts.get_mut(&kind)) {
                part.limits.insert(name, limit);
            }
        }
        if let Some(part) = shape.parts.get_mut(&Type::String) {
            let known = keywords.get(super::normal::OPEN).and_then(Value::as_array).into_iter().flatten();
            part.known = known.map(Value::to_string).collect();
        }
        if let Some(part) = shape.parts.get_mut(&Type::Array) {
            part.items = keywords.get("items").unwrap_or(ANYTHING);
        }
        if let Some(part) = shape.parts.get_mut(&Type::Object) {
            let properties = keywords.get("properties").and_then(Value::as_object).into_iter().flatten();
            part.properties = properties.map(|(name, schema)| (name.as_str(), schema)).collect();
            let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
            part.required = required.filter_map(Value::as_str).collect();
            part.additional = keywords.get("additionalProperties").unwrap_or(ANYTHING);
        }
        for (name, value) in keywords {
            let is_limit = LIMITS.iter().any(|(limit, _)| limit == name);
            if !is_limit && !READ.contains(&name.as_str()) && !is_words(name) {
                shape.opaque.insert(json!([name, value, document.get("$defs")]).to_string());
            }
        }
        shape
    }

    fn keep_types(&mut self, names: &[&str]) {
        self.parts
            .retain(|kind, _| names.contains(&kind.name()) || (*kind == Type::Number && names.contains(&"integer")));
        if let Some(number) = self.parts.get_mut(&Type::Number) {
            number.integer = !names.contains(&"number");
        }
    }
}

/// One shape for several, if no type has rules of two of them. Closed lists of values are put together.
fn united(shapes: Vec<Shape<'_>>) -> Option<Shape<'_>> {
    let mut all = Shape::nothing();
    for shape in shapes {
        if !shape.opaque.is_empty() {
            return None;
        }
        for (kind, part) in shape.parts {
            match all.parts.get_mut(&kind) {
                None => drop(all.parts.insert(kind, part)),
                Some(there) if there.is_list() && part.is_list() => {
                    there.values.get_or_insert_default().extend(part.values.unwrap_or_default());
                }
                Some(_) if kind == Type::Null => {}
                Some(_) => return None,
            }
        }
    }
    Some(all)
}

fn is_words(keyword: &str) -> bool {
    WORDS.contains(&keyword) || (keyword.starts_with("x-") && keyword != super::normal::OPEN)
}
