//! A JSON Schema, made ready for walking payloads: per place the types, the names of fields and the known values. It is a part of JSON
//! Schema on purpose: what a walk needs and what the schemas of this project use. Bounds, patterns and formats are no drift and are skipped.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::{Error, Finding, JsonType};

/// The keyword of an open list: the texts that have a name of their own, of all that are taken.
const OPEN: &str = "x-open-enum";

/// A schema, ready to be held against payloads. Made once, shared, and never changed.
///
/// ```
/// use clinical_drift::Shape;
///
/// let shape = Shape::parse(r#"{"type": "object", "properties": {
///     "id": {"type": "string"},
///     "status": {"type": "string", "x-open-enum": ["new", "done"]}
/// }}"#)?;
/// let found = shape.drift(br#"{"id": "7", "status": "paused", "owner": {"name": "Jane"}}"#)?;
/// let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
/// assert_eq!(lines, ["/status: unknown value (string)", "/owner: unknown field (object)"]);
/// # Ok::<(), clinical_drift::Error>(())
/// ```
#[derive(Debug)]
pub struct Shape {
    nodes: Vec<Node>,
}

/// What is known of one place.
#[derive(Debug, Default, Clone)]
pub(crate) struct Node {
    /// One bit per type, see [`bit`]; all of them if the schema says nothing.
    types: u8,
    /// The texts that have a name; `None` if any text is as good as another.
    values: Option<BTreeSet<String>>,
    properties: BTreeMap<String, usize>,
    /// At most 64 are watched.
    pub(crate) required: Vec<String>,
    /// The place of values whose name is none of the properties, if they are described or free.
    pub(crate) others: Option<usize>,
    pub(crate) items: Option<usize>,
}

const ALL_TYPES: u8 = u8::MAX;

fn bit(kind: JsonType) -> u8 {
    match kind {
        JsonType::Null => 1,
        JsonType::Boolean => 2,
        JsonType::Integer => 4,
        // A schema's "number" has the bit of integers, too.
        JsonType::Number => 8,
        JsonType::String => 16,
        JsonType::Array => 32,
        JsonType::Object => 64,
    }
}

impl Shape {
    /// Reads a schema. Understood are `type`, `enum`, `const`, `properties`, `required`, `additionalProperties`, `items`, `$ref` into `$defs`,
    /// `anyOf` and `oneOf` of different JSON types, and `x-open-enum`: the values of an open list that have names.
    ///
    /// An object without `properties` is free: its fields are no drift. Objects that are closed (`additionalProperties: false`) report
    /// unknown fields as others do.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`]: it is not JSON, or combines schemas in another way.
    pub fn parse(schema: &str) -> Result<Self, Error> {
        let document: Value = serde_json::from_str(schema).map_err(|_| Error::Schema)?;
        let mut reader = Reader { document: &document, nodes: Vec::new(), references: HashMap::new() };
        reader.read(&document)?;
        Ok(Self { nodes: reader.nodes })
    }

    /// Everything in a payload that this schema does not name, in the order in which it stands there; nothing if it names all of it.
    ///
    /// One pass over the bytes, without building a value; only what is found is allocated, and names with escapes. All of it is returned, so
    /// of payloads that somebody else may fill as they like, [`Drift::walk`](crate::Drift::walk) is the one to use.
    ///
    /// # Errors
    ///
    /// [`Error::NotJson`], with the place and nothing of the content.
    pub fn drift(&self, payload: &[u8]) -> Result<Vec<Finding>, Error> {
        Ok(crate::walk::walk(self, payload, usize::MAX)?.first)
    }

    pub(crate) fn node(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }
}

impl Node {
    pub(crate) fn takes(&self, kind: JsonType) -> bool {
        self.types & bit(kind) != 0
    }

    pub(crate) fn knows(&self, text: &str) -> bool {
        self.values.as_ref().is_none_or(|values| values.contains(text))
    }

    pub(crate) fn property(&self, name: &str) -> Option<usize> {
        self.properties.get(name).copied()
    }

    /// Whether nothing that may stand here could be drift.
    pub(crate) fn says_nothing(&self) -> bool {
        self.types == ALL_TYPES
            && self.values.is_none()
            && self.properties.is_empty()
            && self.required.is_empty()
            && self.others.is_none()
            && self.items.is_none()
    }

    /// Whether fields without a name here are drift.
    pub(crate) fn names_fields(&self) -> bool {
        !self.properties.is_empty() && self.others.is_none()
    }
}

struct Reader<'a> {
    document: &'a Value,
    nodes: Vec<Node>,
    references: HashMap<&'a str, usize>,
}

impl<'a> Reader<'a> {
    /// The place of a schema, made if it is new.
    fn read(&mut self, schema: &'a Value) -> Result<usize, Error> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if let Some(there) = self.references.get(reference) {
                return Ok(*there);
            }
            let index = self.reserve();
            self.references.insert(reference, index);
            let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
            let node = self.node(target.ok_or(Error::Schema)?)?;
            return self.put(index, node);
        }
        let index = self.reserve();
        let node = self.node(schema)?;
        self.put(index, node)
    }

    fn reserve(&mut self) -> usize {
        self.nodes.push(Node { types: ALL_TYPES, ..Node::default() });
        self.nodes.len() - 1
    }

    fn put(&mut self, index: usize, node: Node) -> Result<usize, Error> {
        *self.nodes.get_mut(index).ok_or(Error::Schema)? = node;
        Ok(index)
    }

    fn node(&mut self, schema: &'a Value) -> Result<Node, Error> {
        let mut node = Node { types: ALL_TYPES, ..Node::default() };
        let keywords = match schema {
            Value::Bool(true) => return Ok(node),
            Value::Object(keywords) => keywords,
            _ => return Err(Error::Schema),
        };
        if keywords.contains_key("allOf") || keywords.contains_key("not") || keywords.contains_key("if") {
            return Err(Error::Schema);
        }
        if let Some(reference) = keywords.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
            return self.node(target.ok_or(Error::Schema)?);
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(branches) = keywords.get(union).and_then(Value::as_array) {
                return self.union(branches);
            }
        }
        node.types = types(keywords)?;
        let constant = keywords.get("const").map(std::slice::from_ref);
        let closed = keywords.get("enum").and_then(Value::as_array).map(Vec::as_slice).or(constant);
        let open = keywords.get(OPEN).and_then(Value::as_array).map(Vec::as_slice);
        if let Some(values) = closed.or(open) {
            node.values = Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        for (name, inner) in keywords.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let index = self.read(inner)?;
            node.properties.insert(name.clone(), index);
        }
        let required = keywords.get("required").and_then(Value::as_array).into_iter().flatten();
        node.required = required.filter_map(Value::as_str).take(64).map(str::to_owned).collect();
        match keywords.get("additionalProperties") {
            None | Some(Value::Bool(_)) => {}
            Some(inner) => node.others = Some(self.read(inner)?),
        }
        if let Some(inner) = keywords.get("items") {
            node.items = Some(self.read(inner)?);
        }
        Ok(node)
    }

    /// One node for several schemas of different types.
    fn union(&mut self, branches: &'a [Value]) -> Result<Node, Error> {
        let mut all = Node::default();
        for branch in branches {
            let node = self.node(branch)?;
            let lists = |node: &Node| node.types == bit(JsonType::String) && node.values.is_some();
            if all.types & node.types != 0 && !(lists(&all) && lists(&node)) {
                return Err(Error::Schema);
            }
            all.types |= node.types;
            if let Some(values) = node.values {
                all.values.get_or_insert_default().extend(values);
            }
            all.properties.extend(node.properties);
            all.required.extend(node.required);
            all.others = all.others.or(node.others);
            all.items = all.items.or(node.items);
        }
        Ok(all)
    }
}

fn types(keywords: &Map<String, Value>) -> Result<u8, Error> {
    let one = |name: &str| match name {
        "null" => Ok(bit(JsonType::Null)),
        "boolean" => Ok(bit(JsonType::Boolean)),
        "integer" => Ok(bit(JsonType::Integer)),
        "number" => Ok(bit(JsonType::Number) | bit(JsonType::Integer)),
        "string" => Ok(bit(JsonType::String)),
        "array" => Ok(bit(JsonType::Array)),
        "object" => Ok(bit(JsonType::Object)),
        _ => Err(Error::Schema),
    };
    match keywords.get("type") {
        Some(Value::String(name)) => one(name),
        Some(Value::Array(names)) => {
            names.iter().try_fold(0, |all, name| Ok(all | one(name.as_str().ok_or(Error::Schema)?)?))
        }
        Some(_) => Err(Error::Schema),
        // Lists of texts are often written without their type.
        None if keywords.contains_key("enum") || keywords.contains_key("const") => Ok(bit(JsonType::String)),
        None => Ok(ALL_TYPES),
    }
}
