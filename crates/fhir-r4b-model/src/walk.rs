//! Going through all that a resource holds, with the path to each part, written once for all types. It only looks; who wants to change something uses
//! [`access`](crate::access).

use std::fmt;

use crate::Resource;
use crate::access::{Chosen, Element, Field, Primitive, Value};
use crate::info::FieldInfo;
use crate::text::Extra;
use crate::unknown::RawJson;

/// Where something stands, as `FHIRPath` has it: `Bundle.entry[3].resource.birthDate`. A choice has the name of its element there, whichever type it
/// holds: `Observation.value.comparator`, where JSON has `valueQuantity`.
#[derive(Debug, Clone, Copy)]
pub struct Path<'a> {
    above: Option<&'a Path<'a>>,
    name: &'a str,
    place: Option<usize>,
}

impl<'a> Path<'a> {
    /// The path of a whole resource or datatype: its type.
    pub fn root(name: &'a str) -> Self {
        Self { above: None, name, place: None }
    }

    /// The path of a field; of a list with the place in it.
    pub fn field(&'a self, field: &'a FieldInfo, place: usize) -> Self {
        Self { above: Some(self), name: field.name, place: field.many.then_some(place) }
    }

    /// Whether a resource that stands here is contained in another.
    #[cfg(feature = "validate")]
    pub(crate) fn is_contained(&self) -> bool {
        self.above.is_some() && self.name == "contained"
    }

    /// The path of a field as a whole, whether anything is there or not.
    pub fn missing(&'a self, field: &'a FieldInfo) -> Self {
        Self { above: Some(self), name: field.name, place: None }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(formatter, "{above}.")?;
        }
        formatter.write_str(self.name)?;
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
    /// A field that the definition of what stands here does not have.
    Unknown {
        /// Its name in JSON.
        name: &'a str,
        /// What it holds.
        value: &'a RawJson,
    },
    /// A field that the definition has, and that was read as `null` or as an empty list, which FHIR does not allow. It is visited as long as the reader's
    /// word stands: once the field has a value, the `null` is not written any more.
    Null,
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
                        primitive(value, type_name, &path.field(field, place), visit);
                    }
                }
            }
            Field::Elements(slot) => {
                for place in 0..slot.len() {
                    if let Some(element) = slot.get(place) {
                        walk(element, &path.field(field, place), visit);
                    }
                }
            }
            Field::Choice(slot) => match slot.chosen() {
                Some((variant, Chosen::Primitive(value))) => {
                    primitive(value, field.type_of(variant), &path.field(field, 0), visit);
                }
                Some((_, Chosen::Element(element))) => walk(element, &path.field(field, 0), visit),
                None => {}
            },
            Field::Resources(slot) => {
                for place in 0..slot.len() {
                    if let Some(resource) = slot.get(place) {
                        walk_resource(resource, &path.field(field, place), visit);
                    }
                }
            }
            Field::Unknown(_) => {}
        }
    }
    unknown(element, path, visit);
}

/// What was kept because the definition does not have it, or does not have it like that.
fn unknown(element: &dyn Element, path: &Path<'_>, visit: &mut dyn FnMut(&Path<'_>, Node<'_>)) {
    let Field::Unknown(fields) = element.field(usize::MAX) else { return };
    for (name, value) in fields.iter() {
        match element.info().find_json_name(name) {
            None => visit(path, Node::Unknown { name, value }),
            Some(found) if found.stands(value, element) => {
                visit(&path.missing(found.field), Node::Null);
            }
            Some(_) => {}
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
        primitive(Primitive::value(id), "string", &path.field(&info.fields[0], 0), visit);
    }
    for (place, extension) in extra.extension.iter().enumerate() {
        walk(crate::access::Typed::erased(extension), &path.field(&info.fields[1], place), visit);
    }
    unknown(crate::access::Typed::erased(extra), path, visit);
}
