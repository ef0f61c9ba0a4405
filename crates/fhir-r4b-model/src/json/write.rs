//! Writing an element of any type through its table, without spaces, in the order of the definition. It cannot fail but for
//! what it writes to: whatever the types can hold, JSON can.

use std::io;

use crate::Resource;
use crate::access::{Chosen, Element, Field, PrimitiveSlot, Value};
use crate::info::{FieldInfo, Scalar};
use crate::small::{IN_PLACE, Small};
use crate::text::Marks;

use super::scan::is_number;
use super::special::{first_special, first_special_of};
use super::subset::Subset;

/// How much is held back before it is handed on.
const PIECE: usize = 32 * 1024;

pub struct Writer<'a> {
    bytes: Vec<u8>,
    output: Option<&'a mut dyn io::Write>,
    failed: Option<io::Error>,
    pub(super) subset: Option<&'a Subset>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(output: Option<&'a mut dyn io::Write>) -> Self {
        Self { bytes: Vec::with_capacity(512), output, failed: None, subset: None }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.hand_on();
        self.failed.map_or(Ok(()), Err)
    }

    fn hand_on(&mut self) {
        if let Some(output) = &mut self.output {
            if self.failed.is_none() {
                self.failed = output.write_all(&self.bytes).err();
            }
            self.bytes.clear();
        }
    }

    pub(super) fn resource(&mut self, resource: &Resource) {
        match resource.element() {
            Ok(element) => self.element(element),
            Err(unknown) => self.plain(unknown.json().as_str()),
        }
    }

    pub(super) fn element(&mut self, element: &dyn Element) {
        let info = element.info();
        let mut first = true;
        if info.resource {
            self.plain("{\"resourceType\":\"");
            self.plain(info.name);
            self.plain("\"");
            first = false;
        }
        for (index, field) in info.fields.iter().enumerate() {
            let subset = self.subset;
            if subset.is_some_and(|subset| !subset.keeps(info, field)) {
                continue;
            }
            let start = self.bytes.len();
            let value = element.field(index);
            if subset.is_some() && matches!(value, Field::Resources(_)) && Subset::is_inside(info, field) {
                self.subset = None;
            }
            self.field(&value, field, &mut first);
            self.subset = subset;
            if self.output.is_some() && start >= PIECE {
                self.hand_on();
            }
        }
        if self.subset.is_some_and(|subset| !subset.keeps_unknown(info)) {
            self.plain(if first { "{}" } else { "}" });
            return;
        }
        if let Field::Unknown(unknown) = element.field(usize::MAX) {
            for (name, value) in unknown.iter() {
                // A field that has got a value since takes the place of the `null` that was read.
                if info.find_json_name(name).is_none_or(|found| found.stands(value, element)) {
                    self.separator(&mut first);
                    self.string(name.as_bytes());
                    self.plain(":");
                    self.plain(value.as_str());
                }
            }
        }
        self.plain(if first { "{}" } else { "}" });
    }

    /// What is in a field. Most fields are empty, and then nothing more is asked.
    fn field(&mut self, value: &Field<'_>, field: &FieldInfo, first: &mut bool) {
        match *value {
            Field::Primitives(slot) => match slot.get(0) {
                None => {}
                Some(_) if field.many => self.primitives(slot, field, first),
                Some(value) => self.single(value, field, 0, first),
            },
            Field::Choice(slot) => match slot.chosen() {
                None => {}
                Some((variant, Chosen::Primitive(value))) => self.single(value, field, variant, first),
                Some((variant, Chosen::Element(element))) => {
                    self.name(field, variant, false, first);
                    self.element(element);
                }
            },
            Field::Elements(slot) => self.members(slot.len(), field, first, |writer, place| {
                if let Some(element) = slot.get(place) {
                    writer.element(element);
                }
            }),
            Field::Resources(slot) => self.members(slot.len(), field, first, |writer, place| {
                if let Some(resource) = slot.get(place) {
                    writer.resource(resource);
                }
            }),
            Field::Unknown(_) => {}
        }
    }

    /// What separates a field from what is before it, its name, or that of what is attached to it, and the colon.
    fn name(&mut self, field: &FieldInfo, variant: usize, attached: bool, first: &mut bool) {
        self.separator(first);
        self.plain(if attached { "\"_" } else { "\"" });
        self.plain(field.name);
        self.plain(field.suffix(variant));
        self.plain("\":");
    }

    fn separator(&mut self, first: &mut bool) {
        self.plain(if std::mem::take(first) { "{" } else { "," });
    }

    /// A list of primitives, and the list of what is attached to them.
    fn primitives(&mut self, slot: &dyn PrimitiveSlot, field: &FieldInfo, first: &mut bool) {
        let scalar = field.scalar(0).unwrap_or(Scalar::Text);
        let lengths = Lengths::of(slot);
        if let Some(length) = lengths.values {
            self.name(field, 0, false, first);
            self.list(length, |writer, place| match slot.get(place) {
                Some(value) if value.is_some() => writer.scalar(value, scalar),
                _ => writer.plain("null"),
            });
        }
        if let Some(length) = lengths.extras {
            self.name(field, 0, true, first);
            self.list(length, |writer, place| match slot.get(place).and_then(Value::extra) {
                Some(extra) => writer.element(extra),
                None => writer.plain("null"),
            });
        }
    }

    /// A primitive that is no list: its value, and what is attached.
    fn single(&mut self, value: Value<'_>, field: &FieldInfo, variant: usize, first: &mut bool) {
        if value.is_some() {
            self.name(field, variant, false, first);
            self.scalar(value, field.scalar(variant).unwrap_or(Scalar::Text));
        }
        if let Some(extra) = value.extra() {
            self.name(field, variant, true, first);
            self.element(extra);
        }
    }

    /// What is no primitive: one or several, if there are any.
    #[inline]
    fn members(
        &mut self,
        length: usize,
        field: &FieldInfo,
        first: &mut bool,
        mut member: impl FnMut(&mut Self, usize),
    ) {
        if length > 0 {
            self.name(field, 0, false, first);
            if field.many { self.list(length, member) } else { member(self, 0) }
        }
    }

    fn list(&mut self, length: usize, mut member: impl FnMut(&mut Self, usize)) {
        self.plain("[");
        for place in 0..length {
            if place > 0 {
                self.plain(",");
            }
            member(self, place);
        }
        self.plain("]");
    }

    fn scalar(&mut self, value: Value<'_>, scalar: Scalar) {
        match (value, scalar) {
            (Value::Boolean(boolean), _) => self.plain(if boolean.get() == Some(true) { "true" } else { "false" }),
            (Value::Text(text), Scalar::Number) => match text.value().map(Small::as_bytes) {
                Some(number) if is_number(number) => self.bytes.extend_from_slice(number),
                // Whoever puts another primitive's text here gets JSON all the same.
                Some(text) => self.string(text),
                None => self.plain("null"),
            },
            (Value::Text(text), _) => match text.value() {
                Some(value) => self.text(value),
                None => self.string(b""),
            },
        }
    }

    fn plain(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn text(&mut self, value: &Small) {
        match value.in_place() {
            // Bytes of a known number, which most of the time hold nothing to be escaped.
            Some((bytes, length)) if first_special_of(bytes) >= length => {
                self.bytes.reserve(IN_PLACE + 2);
                self.bytes.push(b'"');
                let end = self.bytes.len() + length;
                self.bytes.extend_from_slice(bytes);
                self.bytes.truncate(end);
                self.bytes.push(b'"');
            }
            _ => self.string(value.as_bytes()),
        }
    }

    fn string(&mut self, text: &[u8]) {
        self.bytes.reserve(text.len() + 2);
        self.bytes.push(b'"');
        let mut rest = text;
        while let Some(place) = first_special(rest) {
            self.bytes.extend_from_slice(&rest[..place]);
            self.escape(rest[place]);
            rest = &rest[place + 1..];
        }
        self.bytes.extend_from_slice(rest);
        self.bytes.push(b'"');
    }

    fn escape(&mut self, byte: u8) {
        match byte {
            b'\n' => self.plain("\\n"),
            b'\r' => self.plain("\\r"),
            b'\t' => self.plain("\\t"),
            b'"' | b'\\' => self.bytes.extend_from_slice(&[b'\\', byte]),
            _ => self.plain(&format!("\\u{byte:04x}")),
        }
    }
}

/// How long the two arrays of a list of primitives are; `None` of one that is not written.
struct Lengths {
    values: Option<usize>,
    extras: Option<usize>,
}

impl Lengths {
    fn of(slot: &dyn PrimitiveSlot) -> Self {
        let (mut any_value, mut any_extra) = (false, false);
        let (mut values, mut extras) = (0, 0);
        for place in 0..slot.len() {
            let Some(value) = slot.get(place) else { continue };
            let marks = marks(value);
            any_value |= value.is_some() || marks.has(Marks::NULL_VALUE);
            any_extra |= value.extra().is_some() || marks.has(Marks::NULL_EXTRA);
            if value.is_some() || !marks.has(Marks::NO_VALUE) {
                values = place + 1;
            }
            if value.extra().is_some() || !marks.has(Marks::NO_EXTRA) {
                extras = place + 1;
            }
        }
        Self { values: any_value.then_some(values), extras: any_extra.then_some(extras) }
    }
}

fn marks(value: Value<'_>) -> Marks {
    match value {
        Value::Text(text) => text.marks(),
        Value::Boolean(boolean) => boolean.marks(),
    }
}

/// Adds a string with its quotation marks to a JSON text.
#[cfg(feature = "serde")]
pub(crate) fn push_string(json: &mut String, text: &str) {
    let mut writer = Writer::new(None);
    writer.string(text.as_bytes());
    json.push_str(&String::from_utf8_lossy(&writer.into_bytes()));
}
