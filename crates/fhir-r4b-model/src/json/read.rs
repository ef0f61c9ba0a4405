//! Reading an element of any type through its table. This file walks objects and tells fields apart; what a field holds is
//! read in `members`.

use crate::Resource;
use crate::access::{Element, Field, FieldMut};
use crate::info::{FieldInfo, Shape, TypeInfo, head as head_of};
use crate::one::One;
use crate::resource::UnknownResource;
use crate::unknown::RawJson;

use super::chars::checked;
use super::name::{Name, RESOURCE_TYPE};
use super::repeated::Repeated;
use super::scan::Scanner;
use super::types::TYPE;
use super::{Error, ErrorKind, ReadOptions};

pub struct Reader<'a> {
    pub(super) scan: Scanner<'a>,
    pub(super) repeated: Repeated,
    refuse_unknown: bool,
}

/// Which fields of an object were there already. The generator sees to it that no type has more than 64.
#[derive(Default)]
struct Seen {
    values: u64,
    attached: u64,
}

impl Seen {
    fn bit(index: usize) -> u64 {
        1 << (index & 63)
    }

    /// Notes a field; whether that is news.
    fn insert(&mut self, index: usize, attached: bool) -> bool {
        let bit = Self::bit(index);
        let seen = if attached { &mut self.attached } else { &mut self.values };
        let news = *seen & bit == 0;
        *seen |= bit;
        news
    }
}

/// What is known of an object while its members are read.
pub(super) struct Members {
    info: &'static TypeInfo,
    seen: Seen,
    /// The field after the last.
    next: usize,
    /// Whether the type of the resource was there.
    typed: bool,
    /// How many are kept as what the definition does not know.
    unknown: usize,
    /// Whether one of them is `null` or an empty list.
    nulls: bool,
}

/// A field that a member's name names.
struct Place {
    index: usize,
    field: &'static FieldInfo,
    variant: usize,
    attached: bool,
}

impl Members {
    #[inline]
    pub(super) fn of(info: &'static TypeInfo) -> Self {
        Self { info, seen: Seen::default(), next: 0, typed: false, unknown: 0, nulls: false }
    }

    #[inline]
    fn place(&mut self, name: &Name<'_>) -> Option<Place> {
        let info = self.info;
        // What is attached to a value follows it; any other field is most often one of those after the last.
        let key = &*name.text;
        let attached = key.first() == Some(&b'_');
        let found = if attached {
            let found = info.find_by_head(&key[1..], head_of(&key[1..]), self.next.saturating_sub(1));
            found.filter(|(index, variant)| info.fields[*index].scalar(*variant).is_some())
        } else {
            info.find_by_head(key, name.head, self.next)
        };
        let (index, variant) = found?;
        let field = info.fields.get(index)?;
        self.next = index + 1;
        Some(Place { index, field, variant, attached })
    }

    /// Notes that something is in a field, which may be once.
    #[inline]
    fn insert(&mut self, place: &Place, start: usize) -> Result<(), Error> {
        let Place { index, field, variant, attached } = *place;
        if self.seen.insert(index, attached) {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Duplicate, start, "this is there a second time");
        Err(error.within(attached, field.name, field.suffix(variant)))
    }

    /// Whether something is in the field with this index.
    #[cfg(feature = "serde")]
    pub(super) fn has(&self, index: usize) -> bool {
        self.seen.values & Seen::bit(index) != 0
    }

    /// Notes that somebody else has read what is in that field.
    #[cfg(feature = "serde")]
    pub(super) fn filled(&mut self, index: usize) {
        self.seen.insert(index, false);
        self.next = index + 1;
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(scan: Scanner<'a>, options: ReadOptions) -> Self {
        Self { repeated: Repeated::new(scan.bytes().len()), scan, refuse_unknown: options.refuse_unknown }
    }

    /// Of a piece of a document, with what its other pieces have shared.
    #[cfg(feature = "serde")]
    pub(super) fn of_piece(scan: Scanner<'a>, repeated: Repeated) -> Self {
        Self { scan, repeated, refuse_unknown: false }
    }

    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.scan.end()
    }

    /// One resource or datatype as the whole text.
    pub(super) fn root(&mut self, target: &mut dyn Element) -> Result<(), Error> {
        let info = target.info();
        let read = if info.resource { self.typed_resource(info, target) } else { self.element(target) };
        read.map_err(|error| error.under_type(info.name))
    }

    fn typed_resource(&mut self, info: &TypeInfo, target: &mut dyn Element) -> Result<(), Error> {
        self.scan.peek();
        if self.scan.resource_type()? != info.name {
            return Err(self.scan.error(ErrorKind::ResourceType, "the resource is of another type than was asked for"));
        }
        self.element(target)
    }

    /// A resource of whichever type it says, as the whole text.
    pub(super) fn root_resource(&mut self) -> Result<Resource, Error> {
        self.scan.peek();
        let name = self.scan.resource_type().map_err(|error| error.under_type("Resource"))?;
        // A type that the definitions do not have is the document's word, which no error repeats.
        self.resource_called(&name).map_err(|error| error.under_type(Resource::known_name(&name).unwrap_or("Resource")))
    }

    /// A resource of whichever type it says.
    pub(super) fn resource(&mut self) -> Result<Resource, Error> {
        self.scan.peek();
        let name = self.scan.resource_type()?;
        self.resource_called(&name)
    }

    fn resource_called(&mut self, name: &str) -> Result<Resource, Error> {
        let Some(mut resource) = Resource::empty(name) else {
            if self.refuse_unknown {
                return Err(self.scan.error(ErrorKind::Unknown, "R4B has no resource of this type"));
            }
            let json = RawJson::checked(self.scan.raw()?);
            return Ok(Resource::Unknown(One::new(UnknownResource::new(name, json))));
        };
        if let Ok(element) = resource.element_mut() {
            self.element(element)?;
        }
        Ok(resource)
    }

    /// The object that follows, into an empty element.
    pub(super) fn element(&mut self, target: &mut dyn Element) -> Result<(), Error> {
        self.scan.open(b'{', "expected an object")?;
        let (mut first, mut members) = (true, Members::of(target.info()));
        while let Some(name) = self.scan.member(&mut first)? {
            self.member(&mut members, target, &name)?;
        }
        self.all_read(&members, target)
    }

    /// The value that follows, which is this member's.
    #[allow(clippy::inline_always, reason = "as a function that is called it takes 6 % of the time to read records")]
    #[inline(always)]
    pub(super) fn member(
        &mut self,
        members: &mut Members,
        target: &mut dyn Element,
        name: &Name<'_>,
    ) -> Result<(), Error> {
        let key = &*name.text;
        if members.info.resource && name.head == RESOURCE_TYPE && *key == *TYPE {
            if std::mem::replace(&mut members.typed, true) {
                return Err(Error::new(ErrorKind::Duplicate, name.start, "resourceType is there a second time"));
            }
            return self.scan.raw().map(drop);
        }
        let Some(place) = members.place(name) else {
            if self.refuse_unknown {
                return Err(Error::new(ErrorKind::Unknown, name.start, "the definition has no such field"));
            }
            members.unknown += 1;
            return self.unknown(target, key);
        };
        let Place { index, field, variant, attached } = place;
        let byte = self.scan.peek();
        let null = byte == b'n' || (byte == b'[' && self.scan.peek_empty_list());
        members.nulls |= null;
        // Who writes all fields writes `null` under each type of a choice but the one that is there.
        let one_of_many = null && matches!(field.shape, Shape::Choice(_));
        if !one_of_many {
            members.insert(&place, name.start)?;
        }
        if null {
            members.unknown += 1;
            self.unknown(target, key)
        } else if attached {
            self.attached(target.field_mut(index), field.many, variant)
        } else {
            self.value(target.field_mut(index), field, variant)
        }
        .map_err(|error| error.within(attached, field.name, field.suffix(variant)))
    }

    /// Looks at the object once all its members were read.
    #[inline]
    pub(super) fn all_read(&mut self, members: &Members, target: &mut dyn Element) -> Result<(), Error> {
        if members.nulls {
            self.nulls(target)?;
        }
        if members.unknown < 2 {
            return Ok(());
        }
        match target.field_mut(usize::MAX) {
            FieldMut::Unknown(unknown) if unknown.repeats_a_name() => {
                Err(self.scan.error(ErrorKind::Duplicate, "an unknown field is there a second time"))
            }
            _ => Ok(()),
        }
    }

    /// Looks at the `null`s once the whole object was read: which of them stand beside something else of their field, and that no type of a choice is
    /// there both as `null` and with something in it.
    fn nulls(&mut self, target: &mut dyn Element) -> Result<(), Error> {
        let mut beside = Vec::new();
        if let Field::Unknown(unknown) = target.field(usize::MAX) {
            for (name, _) in unknown.iter() {
                let Some(found) = target.info().find_json_name(name) else { continue };
                if found.holds(target) {
                    beside.push(name.to_owned());
                }
                if found.is_choice() && found.has_name(target) {
                    let error = self.scan.error(ErrorKind::Duplicate, "this is there a second time");
                    return Err(error.within(found.attached, found.field.name, found.field.suffix(found.variant)));
                }
            }
        }
        if let FieldMut::Unknown(unknown) = target.field_mut(usize::MAX) {
            unknown.mark_beside(|name| beside.iter().any(|known| known == name));
        }
        Ok(())
    }

    /// Keeps a value under its name, whatever it is.
    fn unknown(&mut self, target: &mut dyn Element, key: &[u8]) -> Result<(), Error> {
        let key = checked(key)?;
        let json = RawJson::checked(self.scan.raw()?);
        if let FieldMut::Unknown(unknown) = target.field_mut(usize::MAX) {
            unknown.push(key, json);
        }
        Ok(())
    }
}
