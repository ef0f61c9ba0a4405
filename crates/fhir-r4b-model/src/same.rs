//! Copying, comparing and showing any element through its fields, so that no type needs code of its own for them. `Debug`
//! shows which elements are there and never what they hold, because that is a patient's.

use std::fmt;

use crate::Resource;
use crate::access::{Choice, Chosen, ChosenMut, Element, Field, FieldMut, Typed, Value, ValueMut};
use crate::one::One;

/// A copy of all of an element.
pub(crate) fn cloned<T: Typed>(from: &T) -> T {
    // On the heap first: dropping it there, should copying panic, is a call and not code of each type.
    let mut to = Box::<T>::default();
    copy(from.erased(), to.erased_mut());
    *to
}

/// A copy of what a choice holds.
pub(crate) fn cloned_choice<T: Choice>(from: &T) -> T {
    let (variant, value) = from.chosen();
    let Some(mut to) = T::empty(variant) else { unreachable!("a choice gives the index of one of its variants") };
    match (value, to.chosen_mut().1) {
        (Chosen::Primitive(from), ChosenMut::Primitive(to)) => copy_value(from, to),
        (Chosen::Element(from), ChosenMut::Element(to)) => copy(from, to),
        _ => {}
    }
    to
}

/// Whether two choices hold the same type, and in it the same.
pub(crate) fn equal_choices(left: &(usize, Chosen<'_>), right: &(usize, Chosen<'_>)) -> bool {
    left.0 == right.0
        && match (&left.1, &right.1) {
            (Chosen::Primitive(one), Chosen::Primitive(other)) => equal_values(Some(*one), Some(*other)),
            (Chosen::Element(one), Chosen::Element(other)) => equal(*one, *other),
            _ => false,
        }
}

/// Shows which type a choice holds, and nothing of what is in it.
pub(crate) fn show_choice(name: &str, held: &Chosen<'_>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    match held {
        Chosen::Primitive(_) => write!(formatter, "{name}([redacted])"),
        Chosen::Element(element) => {
            write!(formatter, "{name}(")?;
            show(*element, formatter)?;
            formatter.write_str(")")
        }
    }
}

/// A copy of a resource of whatever type.
pub(crate) fn cloned_resource(from: &Resource) -> Resource {
    match from.element() {
        Ok(element) => {
            let mut to = Resource::empty(element.info().name);
            if let Some(Ok(to)) = to.as_mut().map(Resource::element_mut) {
                copy(element, to);
            }
            to.unwrap_or_else(|| unreachable!("a resource has the name of its type"))
        }
        Err(unknown) => Resource::Unknown(One::new(unknown.clone())),
    }
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
            (Some(left), Some(right)) => equal_choices(&left, &right),
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
        #[cfg(feature = "serde")]
        $crate::serde::with_serde!($($type),+);

        $(
            impl Clone for $type {
                // Compiled only where it is used, as the two below.
                #[inline]
                fn clone(&self) -> Self {
                    $crate::same::cloned(self)
                }
            }

            impl PartialEq for $type {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    $crate::same::equal($crate::access::Typed::erased(self), $crate::access::Typed::erased(other))
                }
            }

            impl std::fmt::Debug for $type {
                #[inline]
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    $crate::same::show($crate::access::Typed::erased(self), formatter)
                }
            }
        )+
    };
}
pub(crate) use element;

/// What every choice has in common.
macro_rules! choice {
    ($($type:ident),+ $(,)?) => {
        $(
            impl Clone for $type {
                #[inline]
                fn clone(&self) -> Self {
                    $crate::same::cloned_choice(self)
                }
            }

            impl PartialEq for $type {
                #[inline]
                fn eq(&self, other: &Self) -> bool {
                    use $crate::access::Choice as _;
                    $crate::same::equal_choices(&self.chosen(), &other.chosen())
                }
            }

            impl std::fmt::Debug for $type {
                #[inline]
                fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    use $crate::access::Choice as _;
                    $crate::same::show_choice(stringify!($type), &self.chosen().1, formatter)
                }
            }
        )+
    };
}
pub(crate) use choice;

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
