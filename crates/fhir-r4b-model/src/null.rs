//! A field that the definition has and that was read as `null` or as an empty list. FHIR allows neither; the reader keeps it under its name among the
//! unknown fields, so that nothing is lost. Here is said whether the field has got something else to be written since.

use crate::access::{Chosen, Element, Field, Value};
use crate::info::Found;
use crate::text::Marks;

impl Found<'_> {
    /// Whether the element itself has something to be written under this name; of a choice under the name of any of its types.
    pub(crate) fn is_written(&self, element: &dyn Element) -> bool {
        match element.field(self.index) {
            Field::Primitives(slot) => (0..slot.len()).filter_map(|place| slot.get(place)).any(|value| self.has(value)),
            Field::Elements(slot) => !slot.is_empty(),
            Field::Resources(slot) => !slot.is_empty(),
            Field::Choice(slot) => match slot.chosen() {
                Some((_, Chosen::Primitive(value))) => self.has(value),
                Some((_, Chosen::Element(_))) => !self.attached,
                None => false,
            },
            Field::Unknown(_) => false,
        }
    }

    /// Whether a choice holds a value of another type than the name says, or something that only another type has.
    pub(crate) fn is_beside(&self, element: &dyn Element) -> bool {
        matches!(element.field(self.index), Field::Choice(slot) if slot.chosen().is_some_and(|(held, _)| held != self.variant))
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
