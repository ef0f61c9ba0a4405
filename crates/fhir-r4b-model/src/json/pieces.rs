//! Reading a resource whose members come one by one, because somebody else goes over the text: each member as the text of its value, or, of what is worth
//! it, as what is in it.

use std::borrow::Cow;

use crate::Resource;
use crate::access::{Element, ElementSlot, FieldMut, PrimitiveSlot, ValueMut};
use crate::info::{FieldInfo, TypeInfo, head};

use super::chars::Chars;
use super::name::Name;
use super::read::{Members, Reader};
use super::repeated::Repeated;
use super::scan::Scanner;
use super::{Error, ReadOptions};

/// A value that is to be read.
pub enum Wanted<'t> {
    /// A resource of whichever type it says.
    Any(&'t mut Option<Resource>),
    /// A resource of this type, or a datatype.
    This(&'t mut dyn Element),
}

impl<'t> Wanted<'t> {
    /// The empty resource, if this is the value of its `resourceType` and it has something that is worth it to be told.
    pub(crate) fn begin(self, type_json: &str) -> Option<&'t mut dyn Element> {
        let name = type_json.strip_prefix('"')?.strip_suffix('"')?;
        let element = match self {
            Self::Any(place) => place.insert(Resource::empty(name)?).element_mut().ok()?,
            Self::This(element) => element,
        };
        (element.info().name == name).then_some(element)
    }
}

/// Whether something in such an element is worth it to be told.
pub(crate) fn has_slots(info: &TypeInfo) -> bool {
    info.resource && info.fields.iter().any(|field| is_told(info, field))
}

/// Whether what is in this field is told.
fn is_told(info: &TypeInfo, field: &FieldInfo) -> bool {
    matches!(field.type_name, "Narrative" | "xhtml") || (info.name == "Bundle" && field.name == "entry")
}

/// A place in an object for what is in a value.
pub(crate) enum Slot<'t> {
    /// A narrative, as an object: narratives hold half of the text of published documents, and many escapes.
    Narrative(&'t mut dyn ElementSlot),
    /// A list of objects that are told one by one: the entries of a bundle, which are still at hand when each is read.
    Entries(&'t mut dyn ElementSlot),
    /// A string.
    Text(&'t mut dyn PrimitiveSlot),
}

/// Where in a document something is read.
pub(crate) struct Position<'a> {
    above: Option<&'a Position<'a>>,
    step: Step,
    /// How many levels may stand within each other from here on.
    levels: usize,
}

#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// The whole, of this type.
    Type(&'static str),
    /// The value of a member of an object.
    Field(&'static str),
    /// A member of a list.
    Place(usize),
}

impl<'a> Position<'a> {
    /// The whole, of the type with this name.
    pub(crate) fn whole(type_name: &'static str) -> Self {
        Self { above: None, step: Step::Type(type_name), levels: ReadOptions::new().max_depth }
    }

    /// One level below.
    pub(crate) fn below(&'a self, step: Step) -> Self {
        Self { above: Some(self), step, levels: self.levels.saturating_sub(1) }
    }

    /// The error with the path to here before its own.
    pub(crate) fn error(&self, mut error: Error) -> Error {
        let mut position = Some(self);
        while let Some(Position { above, step, .. }) = position {
            error = match step {
                Step::Type(name) | Step::Field(name) => error.within(false, name, ""),
                Step::Place(place) => error.at(*place),
            };
            position = *above;
        }
        error
    }
}

/// An object of which some members were read.
pub(crate) struct Object<'t> {
    target: &'t mut dyn Element,
    members: Members,
}

impl<'t> Object<'t> {
    pub(crate) fn new(target: &'t mut dyn Element) -> Self {
        Self { members: Members::of(target.info()), target }
    }

    /// Where to put what is in the value of that member, if it is worth it to be told, and the index and name of the field. A name that is there a second time
    /// has none.
    pub(crate) fn slot(&mut self, name: &str) -> Option<(usize, &'static str, Slot<'_>)> {
        // Their names, so that no other is looked for twice.
        if !matches!(name, "text" | "entry" | "div") {
            return None;
        }
        let info = self.target.info();
        let (index, _) = info.find(name, 0).filter(|(index, _)| !self.members.has(*index))?;
        let field = info.fields.get(index).filter(|field| is_told(info, field))?;
        let slot = match self.target.field_mut(index) {
            FieldMut::Elements(slot) if field.many => Slot::Entries(slot),
            FieldMut::Elements(slot) => Slot::Narrative(slot),
            FieldMut::Primitives(slot) => Slot::Text(slot),
            _ => return None,
        };
        Some((index, field.name, slot))
    }

    /// Notes that what is in a value was put to the slot of the field with this index.
    pub(crate) fn filled(&mut self, index: usize) {
        self.members.filled(index);
    }
}

fn name_of(name: &str) -> Name<'_> {
    Name { text: Cow::Borrowed(name.as_bytes()), head: head(name.as_bytes()), start: 0 }
}

/// What all pieces of a document share.
#[derive(Default)]
pub(crate) struct Pieces {
    repeated: Repeated,
    decoded: Vec<u8>,
    /// How long those were that were read.
    bytes: usize,
}

impl Pieces {
    fn read(
        &mut self,
        json: &str,
        levels: usize,
        position: &Position<'_>,
        read: impl FnOnce(&mut Reader<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.bytes += json.len();
        self.repeated.expect(self.bytes);
        let mut scan = Scanner::new(json, levels);
        scan.decoded = std::mem::take(&mut self.decoded);
        let mut reader = Reader::of_piece(scan, std::mem::take(&mut self.repeated));
        let read = read(&mut reader);
        self.repeated = reader.repeated;
        self.decoded = reader.scan.decoded;
        read.map_err(|error| position.error(error))
    }

    /// A whole element.
    pub(crate) fn element(
        &mut self,
        target: &mut dyn Element,
        json: &str,
        position: &Position<'_>,
    ) -> Result<(), Error> {
        self.read(json, position.levels, position, |reader| reader.element(target))
    }

    /// A member of the object at this position.
    pub(crate) fn member(
        &mut self,
        object: &mut Object<'_>,
        name: &str,
        json: &str,
        position: &Position<'_>,
    ) -> Result<(), Error> {
        let Object { target, members } = object;
        self.read(json, position.levels.saturating_sub(1), position, |reader| {
            reader.member(members, *target, &name_of(name))
        })
    }

    /// The end of the object at this position.
    pub(crate) fn end(&mut self, object: Object<'_>, position: &Position<'_>) -> Result<(), Error> {
        let Object { target, members } = object;
        self.read("", 0, position, |reader| reader.all_read(&members, target))
    }

    /// A string in its slot.
    pub(crate) fn text(&mut self, slot: &mut dyn PrimitiveSlot, text: &str) {
        let ValueMut::Text(target) = slot.entry(0) else { return };
        if let Ok(text) = self.repeated.get(Chars::new(text.as_bytes(), text.len(), Some(text))) {
            target.set(text);
        }
    }
}
