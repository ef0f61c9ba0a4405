//! The walk over a payload, driven by a shape. It reads each byte once and keeps no value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::path::Path;
use crate::shape::{Node, Shape};
use crate::{Error, Finding, JsonType, Kind};

/// What was found: the first ones as they are, and how many came after them.
pub(crate) struct Found {
    pub(crate) first: Vec<Finding>,
    pub(crate) more: u64,
    most: usize,
}

impl Found {
    fn add(&mut self, path: &Path<'_>, kind: Kind, json_type: JsonType) {
        if self.first.len() < self.most {
            self.first.push(Finding { place: path.place(), kind, json_type });
        } else {
            self.more += 1;
        }
    }
}

pub(crate) fn walk(shape: &Shape, payload: &[u8], most: usize) -> Result<Found, Error> {
    let mut found = Found { first: Vec::new(), more: 0, most };
    let mut from = serde_json::Deserializer::from_slice(payload);
    let at = At { shape, node: shape.node(0), path: &Path::ROOT, found: &mut found };
    let read = at.deserialize(&mut from).and_then(|_| from.end());
    read.map_err(|error| Error::NotJson { line: error.line(), column: error.column() })?;
    Ok(found)
}

/// A place in the payload and what the shape says of it.
struct At<'a> {
    shape: &'a Shape,
    /// `None`: nothing is said, so nothing is found.
    node: Option<&'a Node>,
    path: &'a Path<'a>,
    found: &'a mut Found,
}

impl At<'_> {
    fn note(&mut self, kind: Kind, json_type: JsonType) {
        self.found.add(self.path, kind, json_type);
    }

    /// The type is what it is; whether it may be is the shape's.
    fn see(&mut self, kind: JsonType) -> JsonType {
        if self.node.is_some_and(|node| !node.takes(kind)) {
            self.note(Kind::OtherType, kind);
            self.node = None;
        }
        kind
    }

    fn text(&mut self, text: &str) -> JsonType {
        let kind = self.see(JsonType::String);
        if self.node.is_some_and(|node| !node.knows(text)) {
            self.note(Kind::UnknownValue, kind);
        }
        kind
    }
}

impl<'de> DeserializeSeed<'de> for At<'_> {
    type Value = JsonType;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<JsonType, D::Error> {
        if self.node.is_none_or(Node::says_nothing) {
            // Passed over, however deep it is and whatever its numbers are: the result of a task is not read twice for the envelope's sake.
            return JsonType::deserialize(from);
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for At<'_> {
    type Value = JsonType;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(mut self) -> Result<JsonType, E> {
        Ok(self.see(JsonType::Null))
    }

    fn visit_bool<E>(mut self, _: bool) -> Result<JsonType, E> {
        Ok(self.see(JsonType::Boolean))
    }

    fn visit_i64<E>(mut self, _: i64) -> Result<JsonType, E> {
        Ok(self.see(JsonType::Integer))
    }

    fn visit_u64<E>(mut self, _: u64) -> Result<JsonType, E> {
        Ok(self.see(JsonType::Integer))
    }

    fn visit_f64<E>(mut self, _: f64) -> Result<JsonType, E> {
        Ok(self.see(JsonType::Number))
    }

    fn visit_str<E>(mut self, text: &str) -> Result<JsonType, E> {
        Ok(self.text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<JsonType, A::Error> {
        let kind = self.see(JsonType::Array);
        let node = self.node.and_then(|node| self.shape.node(node.items?));
        for index in 0.. {
            let path = self.path.index(index);
            let item = At { shape: self.shape, node, path: &path, found: self.found };
            if list.next_element_seed(item)?.is_none() {
                break;
            }
        }
        Ok(kind)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<JsonType, A::Error> {
        let kind = self.see(JsonType::Object);
        let mut seen = 0_u64;
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            let property = self.node.and_then(|node| node.property(&name));
            let path = if property.is_some() { self.path.known(&name) } else { self.path.unknown(&name) };
            if property.is_none() && self.node.is_some_and(Node::names_fields) {
                let json_type = map.next_value::<JsonType>()?;
                self.found.add(&path, Kind::UnknownField, json_type);
                continue;
            }
            let node = self.node.and_then(|node| self.shape.node(property.or(node.others)?));
            if let Some(at) = self.node.and_then(|node| node.required.iter().position(|known| *known == *name)) {
                seen |= 1 << at;
            }
            map.next_value_seed(At { shape: self.shape, node, path: &path, found: self.found })?;
        }
        for (at, name) in self.node.into_iter().flat_map(|node| node.required.iter().enumerate()) {
            if seen & (1 << at) == 0 {
                self.found.add(&self.path.known(name), Kind::Missing, kind);
            }
        }
        Ok(kind)
    }
}

/// A name, borrowed from the payload if it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        from.deserialize_str(Read)
    }
}
