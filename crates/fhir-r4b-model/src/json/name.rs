//! The names of an object's members. A name comes with its first eight bytes as a number, because that number was at hand when its end was looked
//! for, and because it tells most names apart.

use std::borrow::Cow;

use crate::info;

use super::scan::{Scanner, word};
use super::types::TYPE;
use super::{Error, ErrorKind};

/// A member's name.
pub(super) struct Name<'a> {
    pub(super) text: Cow<'a, [u8]>,
    /// The first eight bytes, with zeros after a shorter name.
    pub(super) head: u64,
    /// Where its quotation mark is.
    pub(super) start: usize,
}

/// [`Name::head`] of `resourceType`.
pub(super) const RESOURCE_TYPE: u64 = info::head(TYPE);

impl<'a> Scanner<'a> {
    /// The name of the next member and its colon, after the comma if it is not the first; `None` at the end of the object, which is left.
    #[inline]
    pub(super) fn member(&mut self, first: &mut bool) -> Result<Option<Name<'a>>, Error> {
        let mut byte = self.peek();
        if byte == b'}' {
            self.leave();
            return Ok(None);
        }
        if !std::mem::take(first) {
            if byte != b',' {
                return Err(self.error(ErrorKind::Syntax, "expected a comma or the end of the object or list"));
            }
            self.at += 1;
            byte = self.peek();
        }
        if byte == b'"' {
            // A plain name with its colon behind it, which nearly all are.
            let start = self.at + 1;
            let end = self.plain_until(start);
            if let Some(word) = word(self.bytes(), start) {
                let bits = 8 * (end - start).min(8);
                let head = if bits == 64 { word } else { word & !(u64::MAX << bits) };
                if self.byte(end) == b'"' && self.byte(end + 1) == b':' {
                    // Most who write for people put one space there.
                    self.at = end + 2 + usize::from(self.byte(end + 2) == b' ');
                    return Ok(Some(Name { text: Cow::Borrowed(&self.bytes()[start..end]), head, start: start - 1 }));
                }
            }
        }
        let start = self.at;
        let text = match self.key()? {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let head = info::head(&text);
        Ok(Some(Name { text, head, start }))
    }
}
