//! Reaching what a resource holds by a path as people write it: `name[0].given`, `valueQuantity.unit`, `contained[1].id`. It is no `FHIRPath`: there are
//! names and places, and nothing is computed.

use crate::Resource;
use crate::access::{Chosen, Element, Field, Typed, Value};

/// What a path leads to.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A primitive.
    Value(Value<'a>),
    /// A datatype or backbone element.
    Element(&'a dyn Element),
    /// A resource.
    Resource(&'a Resource),
}

impl<'a> Item<'a> {
    /// The text of a primitive; `true` or `false` of a `boolean`. `None` of anything else, and of a primitive without a value.
    pub fn as_str(self) -> Option<&'a str> {
        match self {
            Self::Value(Value::Text(text)) => text.as_str(),
            Self::Value(Value::Boolean(boolean)) => boolean.get().map(|value| if value { "true" } else { "false" }),
            Self::Element(_) | Self::Resource(_) => None,
        }
    }

    fn element(self) -> Option<&'a dyn Element> {
        match self {
            Self::Element(element) => Some(element),
            Self::Resource(resource) => resource.element().ok(),
            // What is attached stands under the primitive: `birthDate.extension`.
            Self::Value(value) => value.extra().map(Typed::erased),
        }
    }
}

/// What can be asked by paths: [`Resource`], each resource by itself, and each datatype.
pub trait At {
    /// All that stands at a path, in order; nothing if the path leads nowhere. A list without a place in brackets means all of its members. A choice
    /// can be named with its type, `valueQuantity`, or without, `value`, whichever type is there. What
    /// is attached to a primitive stands under it: `birthDate.extension[0].url`.
    ///
    /// ```
    /// use fhir_r4b_model::path::At;
    /// use fhir_r4b_model::{Patient, json};
    ///
    /// let patient: Patient = json::from_str(
    ///     r#"{"resourceType":"Patient","name":[{"given":["Maria","Anna"]},{"given":["Resi"]}],"deceasedBoolean":false}"#,
    /// )?;
    /// let given: Vec<_> = patient.at("name.given").iter().filter_map(|item| item.as_str()).collect();
    /// assert_eq!(given, ["Maria", "Anna", "Resi"]);
    /// assert_eq!(patient.at("name[0].given[1]")[0].as_str(), Some("Anna"));
    /// assert_eq!(patient.at("deceased")[0].as_str(), Some("false"));
    /// assert!(patient.at("name[7]").is_empty() && patient.at("colour").is_empty());
    /// # Ok::<(), fhir_r4b_model::json::Error>(())
    /// ```
    fn at(&self, path: &str) -> Vec<Item<'_>>;
}

impl<T: Typed> At for T {
    fn at(&self, path: &str) -> Vec<Item<'_>> {
        follow(Item::Element(self.erased()), path)
    }
}

impl At for Resource {
    fn at(&self, path: &str) -> Vec<Item<'_>> {
        follow(Item::Resource(self), path)
    }
}

fn follow<'a>(root: Item<'a>, path: &str) -> Vec<Item<'a>> {
    let mut here = vec![root];
    for step in path.split('.') {
        let (name, place) = match step.split_once('[') {
            None => (step, None),
            Some((name, rest)) => match rest.strip_suffix(']').and_then(|place| place.parse::<usize>().ok()) {
                Some(place) => (name, Some(place)),
                None => return Vec::new(),
            },
        };
        let mut next = Vec::new();
        for element in here.into_iter().filter_map(Item::element) {
            let members = members(element, name);
            match place {
                Some(place) => next.extend(members.get(place).copied()),
                None => next.extend(members),
            }
        }
        here = next;
    }
    here
}

fn members<'a>(element: &'a dyn Element, name: &str) -> Vec<Item<'a>> {
    let info = element.info();
    let named = info.fields.iter().position(|field| field.name == name).map(|index| (index, None));
    let Some((index, wanted)) = named.or_else(|| info.find(name, 0).map(|(index, variant)| (index, Some(variant))))
    else {
        return Vec::new();
    };
    match element.field(index) {
        Field::Primitives(slot) => (0..slot.len()).filter_map(|place| slot.get(place)).map(Item::Value).collect(),
        Field::Elements(slot) => (0..slot.len()).filter_map(|place| slot.get(place)).map(Item::Element).collect(),
        Field::Resources(slot) => (0..slot.len()).filter_map(|place| slot.get(place)).map(Item::Resource).collect(),
        Field::Choice(slot) => match slot.chosen() {
            Some((variant, chosen)) if wanted.is_none_or(|wanted| wanted == variant) => vec![match chosen {
                Chosen::Primitive(value) => Item::Value(value),
                Chosen::Element(element) => Item::Element(element),
            }],
            _ => Vec::new(),
        },
        Field::Unknown(_) => Vec::new(),
    }
}
