//! Reading what a field holds: a primitive and what is attached to it, an element, a resource, a list of them. The two arrays of
//! a list of primitives may come in either order, and each may hold `null` where the other has something.

use crate::access::{ChosenMut, FieldMut, PrimitiveSlot, ValueMut};
use crate::info::{FieldInfo, Scalar};
use crate::small::Small;
use crate::text::{Extra, Marks, Text};

use super::read::Reader;
use super::{Error, ErrorKind};

impl Reader<'_> {
    /// The value of a field, under its own name.
    pub(super) fn value(&mut self, target: FieldMut<'_>, field: &FieldInfo, variant: usize) -> Result<(), Error> {
        match (target, field.scalar(variant)) {
            (FieldMut::Primitives(slot), Some(scalar)) if field.many => self.values(slot, scalar),
            (FieldMut::Primitives(slot), Some(scalar)) => self.scalar(slot.entry(0), scalar),
            (FieldMut::Elements(slot), _) if field.many => self.list(|reader, _| reader.element(slot.push())),
            (FieldMut::Elements(slot), _) => self.element(slot.push()),
            (FieldMut::Resources(slot), _) if field.many => self.list(|reader, _| {
                slot.push(reader.resource()?);
                Ok(())
            }),
            (FieldMut::Resources(slot), _) => {
                slot.push(self.resource()?);
                Ok(())
            }
            (FieldMut::Choice(slot), scalar) => match (slot.select(variant), scalar) {
                (Some(ChosenMut::Primitive(value)), Some(scalar)) => self.scalar(value, scalar),
                (Some(ChosenMut::Element(element)), _) => self.element(element),
                _ => Err(self.second_choice()),
            },
            // Table and type come from one generator; should they ever disagree, this is the error of it.
            _ => Err(self.scan.error(ErrorKind::Type, "the table of this type does not fit it")),
        }
    }

    /// What is attached to a field's primitives, under the name with an underscore.
    pub(super) fn attached(&mut self, target: FieldMut<'_>, many: bool, variant: usize) -> Result<(), Error> {
        match target {
            FieldMut::Primitives(slot) if many => self.attached_list(slot),
            FieldMut::Primitives(slot) => self.element(extra(slot.entry(0))),
            FieldMut::Choice(slot) => match slot.select(variant) {
                Some(ChosenMut::Primitive(value)) => self.element(extra(value)),
                _ => Err(self.second_choice()),
            },
            _ => Err(self.scan.error(ErrorKind::Type, "the table of this type does not fit it")),
        }
    }

    fn second_choice(&self) -> Error {
        self.scan.error(ErrorKind::Duplicate, "this element has a value of another type already")
    }

    #[inline]
    fn list(&mut self, mut member: impl FnMut(&mut Self, usize) -> Result<(), Error>) -> Result<(), Error> {
        self.scan.open(b'[', "expected a list")?;
        let (mut first, mut place) = (true, 0);
        while self.scan.more(&mut first, b']')? {
            member(self, place).map_err(|error| error.at(place))?;
            place += 1;
        }
        Ok(())
    }

    #[inline]
    fn scalar(&mut self, target: ValueMut<'_>, scalar: Scalar) -> Result<(), Error> {
        let byte = self.scan.peek();
        match (target, scalar) {
            (ValueMut::Text(text), Scalar::Text) if byte == b'"' => return self.text(text),
            (ValueMut::Text(text), Scalar::Number) if byte == b'-' || byte.is_ascii_digit() => {
                let number = self.scan.number()?;
                match self.scan.words(self.scan.at - number.len(), self.scan.at) {
                    Some(words) => text.set_short(words),
                    None => text.set(Small::new(number)),
                }
            }
            (ValueMut::Boolean(boolean), Scalar::Boolean) if self.scan.word("true") => boolean.set(true),
            (ValueMut::Boolean(boolean), Scalar::Boolean) if self.scan.word("false") => boolean.set(false),
            (_, Scalar::Text) => return Err(self.scan.error(ErrorKind::Type, "expected a string")),
            (_, Scalar::Number) => return Err(self.scan.error(ErrorKind::Type, "expected a number")),
            (_, Scalar::Boolean) => return Err(self.scan.error(ErrorKind::Type, "expected true or false")),
        }
        Ok(())
    }

    #[inline]
    fn text(&mut self, target: &mut Text) -> Result<(), Error> {
        let chars = match self.scan.plain() {
            Ok((start, end)) => {
                if let Some(words) = self.scan.words(start, end) {
                    target.set_short(words);
                    return Ok(());
                }
                self.scan.part(start, end)
            }
            Err((start, end)) => self.scan.decode(start, end)?,
        };
        target.set(self.repeated.get(chars)?);
        Ok(())
    }

    fn values(&mut self, slot: &mut dyn PrimitiveSlot, scalar: Scalar) -> Result<(), Error> {
        let (before, mut count, mut any) = (slot.len(), 0, false);
        self.list(|reader, place| {
            count = place + 1;
            if reader.scan.peek() == b'n' && reader.scan.word("null") {
                slot.entry(place);
                return Ok(());
            }
            any = true;
            reader.scalar(slot.entry(place), scalar)
        })?;
        if !any {
            mark(slot.entry(0), Marks::NULL_VALUE);
        }
        settle(slot, before, count, Marks::NO_EXTRA, Marks::NO_VALUE);
        Ok(())
    }

    fn attached_list(&mut self, slot: &mut dyn PrimitiveSlot) -> Result<(), Error> {
        let (before, mut count, mut any) = (slot.len(), 0, false);
        self.list(|reader, place| {
            count = place + 1;
            if reader.scan.peek() == b'n' && reader.scan.word("null") {
                slot.entry(place);
                return Ok(());
            }
            any = true;
            reader.element(extra(slot.entry(place)))
        })?;
        if !any {
            mark(slot.entry(0), Marks::NULL_EXTRA);
        }
        settle(slot, before, count, Marks::NO_VALUE, Marks::NO_EXTRA);
        Ok(())
    }
}

/// Notes where one of the two arrays is shorter than the other, which FHIR does not allow and nobody should lose. `before` is
/// the length of the array that came first, 0 if this is the first.
fn settle(slot: &mut dyn PrimitiveSlot, before: usize, count: usize, first_ended: Marks, second_ended: Marks) {
    if before == 0 {
        return;
    }
    for place in before..count {
        mark(slot.entry(place), first_ended);
    }
    for place in count..before {
        mark(slot.entry(place), second_ended);
    }
}

fn mark(value: ValueMut<'_>, mark: Marks) {
    match value {
        ValueMut::Text(text) => text.mark(mark),
        ValueMut::Boolean(boolean) => boolean.mark(mark),
    }
}

fn extra(value: ValueMut<'_>) -> &mut Extra {
    match value {
        ValueMut::Text(text) => text.extra_mut(),
        ValueMut::Boolean(boolean) => boolean.extra_mut(),
    }
}
