//! Going through all that a resource holds, with the path to each part, written once for all types. It only looks; who wants to change something uses
//! [`access`](crate::access).

use std::fmt;

use crate::Resource;
use crate::access::{Chosen, Element, Field, Primitive, Value};
use crate::info::FieldInfo;
use crate::text::Extra;
use crate::unknown::UnknownFields;

/// Where something stands, in FHIR's terms: `Bundle.entry[3].resource.birthDate`.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    above: Option<&'a Path<'a>>,
    name: &'a str,
    suffix: &'a str,
    place: Option<usize>,
}

impl<'a> Path<'a> {
    /// The path of a whole resource or datatype: its type.
    pub fn root(name: &'a str) -> Self {
        Self { above: None, name, suffix: "", place: None }
    }

    /// The path of a field; of a choice with the type that is there; of a list with the place in it.
    pub fn field(&'a self, field: &'a FieldInfo, variant: usize, place: usize) -> Self {
        let place = field.many.then_some(place);
        Self { above: Some(self), name: field.name, suffix: field.suffix(variant), place }
    }

    /// Whether a resource that stands here is contained in another.
    #[cfg(feature = "validate")]
    pub(crate) fn is_contained(&self) -> bool {
        self.above.is_some() && self.name == "contained"
    }

    /// The path of a field as a whole, whether anything is there or not.
    pub fn missing(&'a self, field: &'a FieldInfo) -> Self {
        Self { above: Some(self), name: field.name, suffix: "", place: None }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(formatter, "{above}.")?;
        }
        write!(formatter, "{}{}", self.name, self.suffix)?;
        self.place.map_or(Ok(()), |place| write!(formatter, "[{place}]"))
    }
}

/// What stands at a path.
#[non_exhaustive]
pub enum Node<'a> {
    /// A resource, datatype or backbone element. What it holds follows.
    Element(&'a dyn Element),
    /// A primitive. What is attached to it follows.
    Value {
        /// The primitive.
        value: Value<'a>,
        /// The FHIR name of its type, for example `dateTime`.
        type_name: &'a str,
    },
    /// Fields that the definition of what stands here does not have.
    Unknown(&'a UnknownFields),
    /// A resource of a type that R4B does not have.
    UnknownResource,
}

/// Goes through an element and all that is in it, in the order of the definitions.
pub fn walk(element: &dyn Element, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, Node<'_>)) {
    visit(path, Node::Element(element));
    let info = element.info();
    for (index, field) in info.fields.iter().enumerate() {
        match element.field(index) {
            Field::Primitives(slot) => {
                // The package calls the ids of elements `id`; the specification has them as `string`, and its examples need that.
                let type_name = if field.name == "id" && !info.resource { "string" } else { field.type_name };
                for place in 0..slot.len() {
                    if let Some(value) = slot.get(place) {
                        primitive(value, type_name, &path.field(field, 0, place), visit);
                    }
                }
            }
            Field::Elements(slot) => {
                for place in 0..slot.len() {
                    if let Some(element) = slot.get(place) {
                        walk(element, &path.field(field, 0, place), visit);
                    }
                }
            }
            Field::Choice(slot) => match slot.chosen() {
                Some((variant, Chosen::Primitive(value))) => {
                    primitive(value, field.type_of(variant), &path.field(field, variant, 0), visit);
                }
                Some((variant, Chosen::Element(element))) => walk(element, &path.field(field, variant, 0), visit),
                None => {}
            },
            Field::Resources(slot) => {
                for place in 0..slot.len() {
                    if let Some(resource) = slot.get(place) {
                        walk_resource(resource, &path.field(field, 0, place), visit);
                    }
                }
            }
            Field::Unknown(_) => {}
        }
    }
    if let Field::Unknown(unknown) = element.field(usize::MAX) {
        if !unknown.is_empty() {
            visit(path, Node::Unknown(unknown));
        }
    }
}

/// Goes through a resource of whatever type.
pub fn walk_resource(resource: &Resource, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, Node<'_>)) {
    match resource.element() {
        Ok(element) => walk(element, path, visit),
        Err(_) => visit(path, Node::UnknownResource),
    }
}

fn primitive(value: Value<'_>, type_name: &str, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, Node<'_>)) {
    visit(path, Node::Value { value, type_name });
    if let Some(extra) = value.extra() {
        attached(extra, path, visit);
    }
}

/// The object beside a primitive is no element of its own: its id and extensions stand under the primitive.
fn attached(extra: &Extra, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, Node<'_>)) {
    let info = extra.info();
    if let Some(id) = &extra.id {
        primitive(Primitive::value(id), "string", &path.field(&info.fields[0], 0, 0), visit);
    }
    for (place, extension) in extra.extension.iter().enumerate() {
        walk(crate::access::Typed::erased(extension), &path.field(&info.fields[1], 0, place), visit);
    }
    if !extra.unknown.is_empty() {
        visit(path, Node::Unknown(&extra.unknown));
    }
}
