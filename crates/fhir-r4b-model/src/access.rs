//! Reaching the elements of any type without knowing the type: each gives its table and hands out a field by its index.
//! Everything that is written once for all types stands on this: reader, writer, comparison, copying, `Debug`.

use thin_vec::ThinVec;

use crate::Resource;
use crate::erase::Erase;
use crate::info::TypeInfo;
use crate::text::{Boolean, Extra, Text};
use crate::unknown::UnknownFields;

/// A resource, datatype or backbone element. Every type of this crate is `Send` and `Sync`, and the trait does not demand it: to prove that of hundreds
/// of types that hold each other took the compiler longer than checking all the rest.
pub trait Element: 'static {
    /// What is known of the type.
    fn info(&self) -> &'static TypeInfo;

    /// The field with this index in [`TypeInfo::fields`]; with any higher index, the unknown fields.
    fn field(&self, index: usize) -> Field<'_>;

    /// The field with this index, to be changed; with any higher index, the unknown fields.
    fn field_mut(&mut self, index: usize) -> FieldMut<'_>;
}

/// An element whose type is known, and can be forgotten.
///
/// A place that made a `dyn Element` by itself would bring the code that drops the type with it, and there are hundreds of such places.
pub trait Typed: Element + Default {
    /// The element without its type.
    fn erased(&self) -> &dyn Element {
        ThinVec::<Self>::erased(self)
    }

    /// The element without its type, to be changed.
    fn erased_mut(&mut self) -> &mut dyn Element {
        ThinVec::<Self>::erased_mut(self)
    }
}

impl<T: Element + Default> Typed for T {}

/// A field that may be read.
pub enum Field<'a> {
    /// A primitive or a list of them.
    Primitives(&'a dyn PrimitiveSlot),
    /// A datatype or backbone element, or a list of them.
    Elements(&'a dyn ElementSlot),
    /// A choice element.
    Choice(&'a dyn ChoiceSlot),
    /// A resource or a list of them.
    Resources(&'a dyn ResourceSlot),
    /// What the definition does not know.
    Unknown(&'a UnknownFields),
}

/// A field that may be changed.
pub enum FieldMut<'a> {
    /// A primitive or a list of them.
    Primitives(&'a mut dyn PrimitiveSlot),
    /// A datatype or backbone element, or a list of them.
    Elements(&'a mut dyn ElementSlot),
    /// A choice element.
    Choice(&'a mut dyn ChoiceSlot),
    /// A resource or a list of them.
    Resources(&'a mut dyn ResourceSlot),
    /// What the definition does not know.
    Unknown(&'a mut UnknownFields),
}

/// A primitive without its type's name.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// Every primitive but `boolean`; of the numeric ones this is the number's text.
    Text(&'a Text),
    /// A `boolean`.
    Boolean(&'a Boolean),
}

impl<'a> Value<'a> {
    /// What is attached to the primitive.
    pub fn extra(self) -> Option<&'a Extra> {
        match self {
            Self::Text(text) => text.extra(),
            Self::Boolean(boolean) => boolean.extra(),
        }
    }

    /// Whether there is a value and not only what is attached.
    pub fn is_some(self) -> bool {
        match self {
            Self::Text(text) => text.value().is_some(),
            Self::Boolean(boolean) => boolean.get().is_some(),
        }
    }
}

/// A primitive without its type's name, to be changed.
pub enum ValueMut<'a> {
    /// Every primitive but `boolean`.
    Text(&'a mut Text),
    /// A `boolean`.
    Boolean(&'a mut Boolean),
}

/// What a choice element holds.
pub enum Chosen<'a> {
    /// A primitive.
    Primitive(Value<'a>),
    /// A datatype.
    Element(&'a dyn Element),
}

/// What a choice element holds, to be changed.
pub enum ChosenMut<'a> {
    /// A primitive.
    Primitive(ValueMut<'a>),
    /// A datatype.
    Element(&'a mut dyn Element),
}

/// A place for one primitive (`Option`) or for several (`Many`).
#[allow(clippy::len_without_is_empty, reason = "below, once for all types")]
pub trait PrimitiveSlot {
    /// How many there are.
    fn len(&self) -> usize;
    /// One of them.
    fn get(&self, index: usize) -> Option<Value<'_>>;
    /// One of them, after adding empty ones until it is there. A place for one has only index 0.
    fn entry(&mut self, index: usize) -> ValueMut<'_>;
}

/// A place for one element (`Option`) or for several (`Many`).
#[allow(clippy::len_without_is_empty, reason = "below, once for all types")]
pub trait ElementSlot {
    /// How many there are.
    fn len(&self) -> usize;
    /// One of them.
    fn get(&self, index: usize) -> Option<&dyn Element>;
    /// One of them, to be changed.
    fn get_mut(&mut self, index: usize) -> Option<&mut dyn Element>;
    /// Adds an empty one; in a place for one it takes the place of the former.
    fn push(&mut self) -> &mut dyn Element;
}

/// A place for one resource (`Option`) or for several (`Many`).
#[allow(clippy::len_without_is_empty, reason = "below, once for all types")]
pub trait ResourceSlot {
    /// How many there are.
    fn len(&self) -> usize;
    /// One of them.
    fn get(&self, index: usize) -> Option<&Resource>;
    /// One of them, to be changed.
    fn get_mut(&mut self, index: usize) -> Option<&mut Resource>;
    /// Adds one; in a place for one it takes the place of the former.
    fn push(&mut self, resource: Resource);
}

/// A place for one of several types.
pub trait ChoiceSlot {
    /// What there is, with the index of its variant in the table.
    fn chosen(&self) -> Option<(usize, Chosen<'_>)>;
    /// What there is if it is this variant, or an empty one if there was nothing. `None` if another variant is there, or if
    /// there is no variant with this index.
    fn select(&mut self, variant: usize) -> Option<ChosenMut<'_>>;
}

/// An enum of the types of a choice element. The order of the variants is the table's.
pub trait Choice: Sized {
    /// An empty value of that variant.
    fn empty(variant: usize) -> Option<Self>;
    /// What is held, with the index of its variant.
    fn chosen(&self) -> (usize, Chosen<'_>);
    /// What is held, with the index of its variant, to be changed.
    fn chosen_mut(&mut self) -> (usize, ChosenMut<'_>);
}

/// A primitive type.
pub trait Primitive: Default {
    /// The primitive without its type's name.
    fn value(&self) -> Value<'_>;
    /// The primitive without its type's name, to be changed.
    fn value_mut(&mut self) -> ValueMut<'_>;
}

impl dyn PrimitiveSlot + '_ {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl dyn ElementSlot + '_ {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl dyn ResourceSlot + '_ {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
