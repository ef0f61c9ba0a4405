//! Reading out of `serde_json` itself. It goes over the text before it hands it over, and decodes strings as it goes: so it is asked to tell what is in the
//! narrative of a resource and which entries a bundle has, and gives the text of all else, which this crate's reader reads.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::reading::{self, NUMBER_NAME, Plain};
use super::refused::refused;
use super::{RAW, Whole};
use crate::access::ElementSlot;
use crate::json::{self, Object, Pieces, Position, Slot, Step, Wanted, has_slots};

/// Whether this is what `serde_json` reads a text with. Its name is asked, because types that borrow cannot be compared. Names of types are not promised: should
/// this one change, reading takes longer and gives the same.
pub(super) fn is_called_out<D>() -> bool {
    std::any::type_name::<D>().starts_with("&mut serde_json::de::Deserializer<")
}

/// Reads what is wanted; if that is a resource and does not begin as most do, the result is its text.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    wanted: Wanted<'_>,
) -> Result<Option<Cow<'de, str>>, D::Error> {
    match wanted {
        Wanted::This(element) if !has_slots(element.info()) => {
            json::read_into(element, &Text.deserialize(deserializer)?).map_err(D::Error::custom)?;
            Ok(None)
        }
        wanted => deserializer.deserialize_any(Root(wanted)),
    }
}

fn told<E: Error>(error: &json::Error) -> E {
    E::custom(error.without_offset())
}

/// The text of a value.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_newtype_struct(RAW, Whole)
    }
}

/// The whole.
struct Root<'a>(Wanted<'a>);

impl Root<'_> {
    const RULE: &'static str = Whole::RULE;
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a FHIR resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let name = map.next_key_seed(Plain::Name)?;
        if name.as_deref() != Some("resourceType") {
            return reading::rest("{".to_owned(), name, map, reading::LEVELS - 1).map(Some);
        }
        let type_json = map.next_value_seed(Text)?;
        let Some(element) = self.0.begin(&type_json) else {
            let next = map.next_key_seed(Plain::Name)?;
            return reading::rest(format!("{{\"resourceType\":{type_json}"), next, map, reading::LEVELS - 1).map(Some);
        };
        let (pieces, position) = (&mut Pieces::default(), &Position::whole(element.info().name));
        let mut object = Object::new(element);
        pieces.member(&mut object, "resourceType", &type_json, position).map_err(|error| told(&error))?;
        let next = map.next_key_seed(Plain::Name)?;
        members(pieces, position, object, next, map)?;
        Ok(None)
    }

    refused!(boolean number text nothing list other);
}

/// What is in a value is put to this slot. If that does not take it, nothing is put there, and the result is a text of JSON that is as wrong there.
struct Called<'a, 's> {
    pieces: &'a mut Pieces,
    position: &'a Position<'a>,
    slot: Slot<'s>,
}

type Unfit = Option<&'static str>;

/// A value that no slot takes.
const OTHER: Unfit = Some("0");
const EMPTY: Unfit = Some("[]");

impl<'de> DeserializeSeed<'de> for Called<'_, '_> {
    type Value = Unfit;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Unfit, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Called<'_, '_> {
    const RULE: &'static str = "a value is nothing that JSON has";
}

impl<'de> Visitor<'de> for Called<'_, '_> {
    type Value = Unfit;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a part of a FHIR resource")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unfit, A::Error> {
        let first = map.next_key_seed(Plain::Name)?;
        match self.slot {
            Slot::Narrative(slot) if !is_number(first.as_deref()) => {
                members(self.pieces, self.position, Object::new(slot.push()), first, map)?;
                Ok(None)
            }
            _ => {
                if first.is_some() {
                    map.next_value::<IgnoredAny>()?;
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(OTHER)
            }
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Unfit, A::Error> {
        if let Slot::Entries(slot) = self.slot {
            return entries(self.pieces, self.position, slot, list);
        }
        let mut unfit = EMPTY;
        while list.next_element::<IgnoredAny>()?.is_some() {
            unfit = OTHER;
        }
        Ok(unfit)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Unfit, E> {
        let Slot::Text(slot) = self.slot else { return Ok(OTHER) };
        self.pieces.text(slot, text);
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Unfit, E> {
        Ok(Some("null"))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Unfit, E> {
        Ok(OTHER)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Unfit, E> {
        Ok(OTHER)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Unfit, E> {
        Ok(OTHER)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Unfit, E> {
        Ok(OTHER)
    }

    refused!(other);
}

/// Whether an object that begins with this name is what `serde_json` with its feature `arbitrary_precision` tells of a number. Any package in a program's tree may
/// switch that on, and numbers are texts then.
fn is_number(first: Option<&str>) -> bool {
    const ARE_TEXTS: bool = size_of::<serde_json::Number>() == size_of::<String>();
    ARE_TEXTS && first == Some(NUMBER_NAME)
}

/// The members of an object, from this one on, and its end.
fn members<'de, A: MapAccess<'de>>(
    pieces: &mut Pieces,
    position: &Position<'_>,
    mut object: Object<'_>,
    mut next: Option<Cow<'de, str>>,
    mut map: A,
) -> Result<(), A::Error> {
    while let Some(name) = next {
        if let Some((index, field, slot)) = object.slot(&name) {
            let below = &position.below(Step::Field(field));
            match map.next_value_seed(Called { pieces, position: below, slot })? {
                None => object.filled(index),
                Some(json) => pieces.member(&mut object, &name, json, position).map_err(|error| told(&error))?,
            }
        } else {
            let json = map.next_value_seed(Text)?;
            pieces.member(&mut object, &name, &json, position).map_err(|error| told(&error))?;
        }
        next = map.next_key_seed(Plain::Name)?;
    }
    pieces.end(object, position).map_err(|error| told(&error))
}

/// The entries of a bundle.
fn entries<'de, A: SeqAccess<'de>>(
    pieces: &mut Pieces,
    position: &Position<'_>,
    slot: &mut dyn ElementSlot,
    mut list: A,
) -> Result<Unfit, A::Error> {
    let mut place = 0;
    while let Some(json) = list.next_element_seed(Text)? {
        let below = &position.below(Step::Place(place));
        pieces.element(slot.push(), &json, below).map_err(|error| told(&error))?;
        place += 1;
    }
    Ok(if place == 0 { EMPTY } else { None })
}
