//! A field that the definition has and that was read as `null` or as an empty list. FHIR allows neither; the reader keeps it under its name among the
//! unknown fields, so that nothing is lost. Here is said how long it stands, which the writer and the walk have to see alike.

use crate::access::{Chosen, Element, Field, Value};
use crate::info::{Found, Shape};
use crate::text::Marks;
use crate::unknown::RawJson;

impl Found<'_> {
    /// Whether what was read still stands. It goes away once the field holds something. What was read beside another part of the field, such as the
    /// `null` of one type of a choice beside a value of another, was not in its way, and stands until something has its very name.
    pub(crate) fn stands(&self, read: &RawJson, element: &dyn Element) -> bool {
        if read.is_beside() { !self.has_name(element) } else { !self.holds(element) }
    }

    /// Whether the field holds anything, under whichever of its names.
    pub(crate) fn holds(&self, element: &dyn Element) -> bool {
        match element.field(self.index) {
            Field::Primitives(slot) => !slot.is_empty(),
            Field::Elements(slot) => !slot.is_empty(),
            Field::Resources(slot) => !slot.is_empty(),
            Field::Choice(slot) => slot.chosen().is_some(),
            Field::Unknown(_) => false,
        }
    }

    /// Whether the field has something that is written under this name.
    pub(crate) fn has_name(&self, element: &dyn Element) -> bool {
        match element.field(self.index) {
            Field::Primitives(slot) => (0..slot.len()).filter_map(|place| slot.get(place)).any(|value| self.has(value)),
            Field::Choice(slot) => match slot.chosen() {
                Some((variant, Chosen::Primitive(value))) => variant == self.variant && self.has(value),
                Some((variant, Chosen::Element(_))) => variant == self.variant,
                None => false,
            },
            Field::Elements(_) | Field::Resources(_) | Field::Unknown(_) => self.holds(element),
        }
    }

    pub(crate) fn is_choice(&self) -> bool {
        matches!(self.field.shape, Shape::Choice(_))
    }

    fn has(&self, value: Value<'_>) -> bool {
        let marks = match value {
            Value::Text(text) => text.marks(),
            Value::Boolean(boolean) => boolean.marks(),
        };
        // A list of nothing but `null`s is written, too.
        if self.attached {
            value.extra().is_some() || marks.has(Marks::NULL_EXTRA)
        } else {
            value.is_some() || marks.has(Marks::NULL_VALUE)
        }
    }
}
