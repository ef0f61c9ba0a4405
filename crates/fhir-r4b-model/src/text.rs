//! What every primitive is made of: a value that keeps its text as it was written, and what may be attached to it. A value is
//! interpreted only when asked, so that nothing is lost or refused by reading it.

use crate::Extension;
use crate::many::Many;
use crate::one::One;
use crate::primitives::FhirString;
use crate::small::{Small, Words};
use crate::unknown::UnknownFields;

/// The text of a primitive, with what is attached to it. All primitive types but [`Boolean`] are one of these with a name.
#[derive(Clone, Default, PartialEq)]
pub struct Text(Repr);

/// As large as the string alone: most primitives have nothing attached, and there are thousands in a bundle.
#[derive(Clone, Default, PartialEq)]
enum Repr {
    #[default]
    Empty,
    Plain(Small),
    Full(One<Full>),
}

#[derive(Clone, Default, PartialEq)]
struct Full {
    value: Option<Small>,
    extra: Extra,
}

/// A `boolean`, with what is attached to it.
#[derive(Clone, Default, PartialEq)]
pub struct Boolean {
    value: Option<bool>,
    extra: Option<One<Extra>>,
}

/// What is attached to a primitive: in JSON the object under the name with an underscore.
#[derive(Clone, Default, PartialEq)]
pub struct Extra {
    /// The id within the resource.
    pub id: Option<FhirString>,
    /// Extensions of the primitive. Where it has no value, they often say why.
    pub extension: Many<Extension>,
    /// What the definition does not know.
    pub unknown: UnknownFields,
    /// Set by the reader alone, for lists whose `null`s are not where a writer would put them.
    pub(crate) marks: Marks,
}

/// How the JSON of a list of primitives differs from what would be written for its values.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) struct Marks(u8);

impl Marks {
    /// The value was written as `null` although no other value of the list made that necessary.
    pub(crate) const NULL_VALUE: Self = Self(1);
    /// The attached object was written as `null` although no other of the list made that necessary.
    pub(crate) const NULL_EXTRA: Self = Self(2);
    /// The array of values ended before this element.
    pub(crate) const NO_VALUE: Self = Self(4);
    /// The array of attached objects ended before this element.
    pub(crate) const NO_EXTRA: Self = Self(8);
    /// There is no attached object, only marks.
    const ONLY: Self = Self(16);

    pub(crate) fn has(self, mark: Self) -> bool {
        self.0 & mark.0 != 0
    }
}

impl Text {
    pub(crate) fn new(value: &str) -> Self {
        Self(Repr::Plain(Small::new(value)))
    }

    /// The text, unless only an `id` or extensions are there.
    ///
    /// A text of at most 23 bytes is looked at for UTF-8 each time, which takes 5 to 10 ns: who needs it often keeps what was returned.
    pub fn as_str(&self) -> Option<&str> {
        self.value().map(Small::as_str)
    }

    #[inline]
    pub(crate) fn value(&self) -> Option<&Small> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Plain(value) => Some(value),
            Repr::Full(full) => full.value.as_ref(),
        }
    }

    /// Takes away the value and leaves what is attached.
    pub fn clear_value(&mut self) {
        match &mut self.0 {
            Repr::Full(full) => full.value = None,
            plain => *plain = Repr::Empty,
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, value: Small) {
        match &mut self.0 {
            Repr::Full(full) => full.value = Some(value),
            plain => *plain = Repr::Plain(value),
        }
    }

    #[inline]
    pub(crate) fn set_short(&mut self, value: Words) {
        let place = match &mut self.0 {
            Repr::Full(full) => full.value.get_or_insert_default(),
            plain => {
                *plain = Repr::Plain(Small::default());
                let Repr::Plain(small) = plain else { return };
                small
            }
        };
        place.set(value);
    }

    fn any_extra(&self) -> Option<&Extra> {
        match &self.0 {
            Repr::Full(full) => Some(&full.extra),
            _ => None,
        }
    }

    /// What is attached; made, with these marks, if there was nothing.
    fn extra_or(&mut self, marks: Marks) -> &mut Extra {
        if !matches!(self.0, Repr::Full(_)) {
            let value = match std::mem::take(&mut self.0) {
                Repr::Plain(value) => Some(value),
                _ => None,
            };
            self.0 = Repr::Full(One::new(Full { value, extra: Extra { marks, ..Extra::default() } }));
        }
        match &mut self.0 {
            Repr::Full(full) => &mut full.extra,
            _ => unreachable!("it was made full above"),
        }
    }
}

impl Boolean {
    /// This value with nothing attached.
    pub const fn new(value: bool) -> Self {
        Self { value: Some(value), extra: None }
    }

    /// The value, unless only an `id` or extensions are there.
    pub fn get(&self) -> Option<bool> {
        self.value
    }

    /// Takes away the value and leaves what is attached.
    pub fn clear_value(&mut self) {
        self.value = None;
    }

    pub(crate) fn set(&mut self, value: bool) {
        self.value = Some(value);
    }

    fn any_extra(&self) -> Option<&Extra> {
        self.extra.as_deref()
    }

    /// What is attached; made, with these marks, if there was nothing.
    fn extra_or(&mut self, marks: Marks) -> &mut Extra {
        self.extra.get_or_insert_with(|| One::new(Extra { marks, ..Extra::default() }))
    }
}

impl From<bool> for Boolean {
    fn from(value: bool) -> Self {
        Self::new(value)
    }
}

/// What texts and booleans have in common.
macro_rules! attached {
    ($type:ident) => {
        impl $type {
            /// The id within the resource.
            pub fn id(&self) -> Option<&str> {
                self.any_extra()?.id.as_ref()?.as_str()
            }

            /// The extensions; they may say why there is no value.
            pub fn extension(&self) -> &[Extension] {
                self.any_extra().map_or(&[], |extra| &extra.extension)
            }

            /// What is attached, if anything is.
            pub fn extra(&self) -> Option<&Extra> {
                self.any_extra().filter(|extra| extra.is_object())
            }

            /// What is attached, to be changed; made if there was nothing.
            pub fn extra_mut(&mut self) -> &mut Extra {
                let extra = self.extra_or(Marks::default());
                extra.marks = Marks(extra.marks.0 & !Marks::ONLY.0);
                extra
            }

            pub(crate) fn marks(&self) -> Marks {
                self.any_extra().map_or(Marks::default(), |extra| extra.marks)
            }

            pub(crate) fn mark(&mut self, mark: Marks) {
                let extra = self.extra_or(Marks::ONLY);
                extra.marks = Marks(extra.marks.0 | mark.0);
            }
        }
    };
}

attached!(Text);
attached!(Boolean);

impl Extra {
    /// Whether there is an object to be written.
    fn is_object(&self) -> bool {
        !self.marks.has(Marks::ONLY) || self.id.is_some() || !self.extension.is_empty() || !self.unknown.is_empty()
    }
}
