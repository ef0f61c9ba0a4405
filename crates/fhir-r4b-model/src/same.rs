//! Copying, comparing and showing any element through its fields, so that no type needs code of its own for them. `Debug`
//! shows which elements are there and never what they hold, because that is a patient's.

use std::fmt;

use crate::access::{Chosen, ChosenMut, Element, Field, FieldMut, Typed, Value, ValueMut};

/// A copy of all of an element.
pub(crate) fn cloned<T: Typed>(from: &T) -> T {
    let mut to = T::default();
    copy(from.erased(), to.erased_mut());
    to
}

/// Both must be of one type, and `to` must be empty.
#[inline(never)]
fn copy(from: &dyn Element, to: &mut dyn Element) {
    for index in 0..=from.info().fields.len() {
        match (from.field(index), to.field_mut(index)) {
            (Field::Primitives(from), FieldMut::Primitives(to)) => {
                for place in 0..from.len() {
                    if let Some(value) = from.get(place) {
                        copy_value(value, to.entry(place));
                    }
                }
            }
            (Field::Elements(from), FieldMut::Elements(to)) => {
                for place in 0..from.len() {
                    if let Some(element) = from.get(place) {
                        copy(element, to.push());
                    }
                }
            }
            (Field::Choice(from), FieldMut::Choice(to)) => {
                let Some((variant, value)) = from.chosen() else { continue };
                match (value, to.select(variant)) {
                    (Chosen::Primitive(from), Some(ChosenMut::Primitive(to))) => copy_value(from, to),
                    (Chosen::Element(from), Some(ChosenMut::Element(to))) => copy(from, to),
                    _ => {}
                }
            }
            (Field::Resources(from), FieldMut::Resources(to)) => {
                for place in 0..from.len() {
                    if let Some(resource) = from.get(place) {
                        to.push(resource.clone());
                    }
                }
            }
            (Field::Unknown(from), FieldMut::Unknown(to)) => to.clone_from(from),
            _ => {}
        }
    }
}

fn copy_value(from: Value<'_>, to: ValueMut<'_>) {
    match (from, to) {
        (Value::Text(from), ValueMut::Text(to)) => to.clone_from(from),
        (Value::Boolean(from), ValueMut::Boolean(to)) => to.clone_from(from),
        _ => {}
    }
}

/// Whether two elements of one type hold the same, to the digit.
#[inline(never)]
pub(crate) fn equal(left: &dyn Element, right: &dyn Element) -> bool {
    let fields = left.info().fields.len();
    std::ptr::eq(left.info(), right.info())
        && (0..=fields).all(|index| equal_fields(&left.field(index), &right.field(index)))
}

fn equal_fields(left: &Field<'_>, right: &Field<'_>) -> bool {
    match (left, right) {
        (Field::Primitives(left), Field::Primitives(right)) => {
            left.len() == right.len() && (0..left.len()).all(|place| equal_values(left.get(place), right.get(place)))
        }
        (Field::Elements(left), Field::Elements(right)) => {
            left.len() == right.len()
                && (0..left.len()).all(|place| match (left.get(place), right.get(place)) {
                    (Some(left), Some(right)) => equal(left, right),
                    _ => false,
                })
        }
        (Field::Choice(left), Field::Choice(right)) => match (left.chosen(), right.chosen()) {
            (None, None) => true,
            (Some((left, Chosen::Primitive(one))), Some((right, Chosen::Primitive(other)))) => {
                left == right && equal_values(Some(one), Some(other))
            }
            (Some((left, Chosen::Element(one))), Some((right, Chosen::Element(other)))) => {
                left == right && equal(one, other)
            }
            _ => false,
        },
        (Field::Resources(left), Field::Resources(right)) => {
            left.len() == right.len() && (0..left.len()).all(|place| left.get(place) == right.get(place))
        }
        (Field::Unknown(left), Field::Unknown(right)) => left == right,
        _ => false,
    }
}

fn equal_values(left: Option<Value<'_>>, right: Option<Value<'_>>) -> bool {
    match (left, right) {
        (Some(Value::Text(left)), Some(Value::Text(right))) => left == right,
        (Some(Value::Boolean(left)), Some(Value::Boolean(right))) => left == right,
        (None, None) => true,
        _ => false,
    }
}

/// Writes the type's name and which of its elements are there, with the number of those in a list.
#[inline(never)]
pub(crate) fn show(element: &dyn Element, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let info = element.info();
    write!(formatter, "{}(", info.name)?;
    let mut separator = "";
    for (index, field) in info.fields.iter().enumerate() {
        let (count, suffix) = match element.field(index) {
            Field::Primitives(slot) => (slot.len(), ""),
            Field::Elements(slot) => (slot.len(), ""),
            Field::Resources(slot) => (slot.len(), ""),
            Field::Choice(slot) => slot.chosen().map_or((0, ""), |(variant, _)| (1, field.suffix(variant))),
            Field::Unknown(unknown) => (unknown.len(), ""),
        };
        if count > 0 {
            write!(formatter, "{separator}{}{suffix}", field.name)?;
            if field.many {
                write!(formatter, "[{count}]")?;
            }
            separator = ", ";
        }
    }
    formatter.write_str(")")
}

/// What every generated type has in common.
macro_rules! element {
    ($($type:ident),+ $(,)?) => {
        $(
            impl $crate::access::Typed for $type {
                #[inline(never)]
                fn erased(&self) -> &dyn $crate::access::Element {
                    self
                }

                #[inline(never)]
                fn erased_mut(&mut self) -> &mut dyn $crate::access::Element {
                    self
                }
            }

            impl Clone for $type {
                fn clone(&self) -> Self {
                    $crate::same::cloned(self)
                }
            }

            impl PartialEq for $type {
                fn eq(&self, other: &Self) -> bool {
                    $crate::same::equal($crate::access::Typed::erased(self), $crate::access::Typed::erased(other))
                }
            }

            impl std::fmt::Debug for $type {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    $crate::same::show($crate::access::Typed::erased(self), formatter)
                }
            }
        )+
    };
}
pub(crate) use element;

/// `Debug` of primitives: whether there is a value, and whether something is attached.
macro_rules! redacted {
    ($($type:ident $(<$parameter:ident>)?: $value:expr),+ $(,)?) => {
        $(
            impl $(<$parameter>)? std::fmt::Debug for $type $(<$parameter>)? {
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    let value: fn(&Self) -> bool = $value;
                    let value = if value(self) { "[redacted]" } else { "none" };
                    let attached = if self.extra().is_some() { ", attached" } else { "" };
                    write!(formatter, "{}({value}{attached})", stringify!($type))
                }
            }
        )+
    };
}
pub(crate) use redacted;
