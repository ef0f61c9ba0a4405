//! What the definitions do not know, kept as the JSON it was: fields of a later version, resources of another, values that
//! stand where none may stand. It is not interpreted; its text was checked to be JSON when it was read.

use std::fmt;

use thin_vec::ThinVec;

/// A JSON value as text.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson {
    text: Box<str>,
    /// Whether it was read beside something else of its field: the `null` of one type of a choice beside a value of another.
    beside: bool,
}

impl RawJson {
    /// The text, as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A text that a reader has already checked.
    pub(crate) fn checked(text: &str) -> Self {
        Self { text: text.into(), beside: false }
    }

    pub(crate) fn is_beside(&self) -> bool {
        self.beside
    }
}

/// Its length alone: a text can be a patient's.
impl fmt::Debug for RawJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RawJson({} bytes)", self.text.len())
    }
}

/// The fields of an object that its definition does not know, in the order they were read. One pointer wide when empty.
///
/// A field that the definition does know is among them if it was `null` or an empty list, which FHIR does not allow. It counts, and is written, until the
/// field has a value. The `null` of one type of a choice that was read beside a value of another is not in its way and stays: [`remove`](Self::remove) it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct UnknownFields(ThinVec<(Box<str>, RawJson)>);

impl UnknownFields {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value of the field with this name.
    pub fn get(&self, name: &str) -> Option<&RawJson> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawJson)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Takes out the field with this name.
    pub fn remove(&mut self, name: &str) -> Option<RawJson> {
        let index = self.0.iter().position(|(known, _)| &**known == name)?;
        Some(self.0.remove(index).1)
    }

    /// Takes out all of them.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn push(&mut self, name: &str, value: RawJson) {
        self.0.push((name.into(), value));
    }

    /// Notes of each field whether it was read beside something else of it.
    pub(crate) fn mark_beside(&mut self, is_beside: impl Fn(&str) -> bool) {
        for (name, value) in &mut self.0 {
            value.beside = is_beside(name);
        }
    }

    /// Whether a name is there twice, which only its reader can have caused.
    pub(crate) fn repeats_a_name(&self) -> bool {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Their number alone: a name too can be anything.
impl fmt::Debug for UnknownFields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UnknownFields({})", self.len())
    }
}
