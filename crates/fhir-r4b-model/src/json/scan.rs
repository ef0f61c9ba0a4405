//! JSON's own grammar (RFC 8259): space, strings, numbers, and passing over a value while checking it. It knows nothing of
//! FHIR, and copies a string only if it holds an escape.

use std::borrow::Cow;

use crate::small::{IN_PLACE, Words};

use super::chars::Chars;
use super::special::Special;
use super::types::{TYPE, Types};
use super::vectors::{PART, space_bits};
use super::{Error, ErrorKind};

/// A place in a JSON text.
pub(crate) struct Scanner<'a> {
    bytes: &'a [u8],
    /// The same, if it is known to be UTF-8.
    text: Option<&'a str>,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) special: Special,
    /// For strings that have an escape.
    pub(super) decoded: Vec<u8>,
    pub(super) types: Types,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, max_depth: usize) -> Self {
        Self { text: Some(text), ..Self::of_bytes(text.as_bytes(), max_depth) }
    }

    /// For a text of which is not known whether it is UTF-8. What is taken out of it is checked, what is passed over is not.
    pub(super) fn of_bytes(bytes: &'a [u8], max_depth: usize) -> Self {
        Self {
            bytes,
            text: None,
            at: 0,
            depth: max_depth,
            special: Special::default(),
            decoded: Vec::new(),
            types: Types::default(),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind, rule: &'static str) -> Error {
        Error::new(kind, self.at, rule)
    }

    pub(super) fn syntax(&self, rule: &'static str) -> Error {
        self.error(ErrorKind::Syntax, rule)
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// A part of the text between two ASCII characters.
    #[inline]
    pub(super) fn part(&self, start: usize, end: usize) -> Chars<'a> {
        Chars::new(&self.bytes[start..], end - start, self.text.and_then(|text| text.get(start..end)))
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        // No JSON has a zero byte outside a string, and strings refuse it: the end needs no case of its own.
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// Passes over space and returns the byte that follows; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        let byte = self.byte(self.at);
        if byte > b' ' { byte } else { self.pass_space() }
    }

    #[inline(never)]
    fn pass_space(&mut self) -> u8 {
        loop {
            let byte = self.byte(self.at);
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
            // Indentation, which is half of a published document.
            while let Some(part) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
                let spaces = space_bits(part).trailing_ones() as usize;
                self.at += spaces;
                if spaces < PART {
                    break;
                }
            }
        }
    }

    /// Whether the value that follows is an empty list.
    #[inline]
    pub(crate) fn peek_empty_list(&mut self) -> bool {
        if self.peek() != b'[' {
            return false;
        }
        let start = self.at;
        self.at += 1;
        let empty = self.peek() == b']';
        self.at = start;
        empty
    }

    /// Enters an object or list, which counts as a level.
    #[inline]
    pub(crate) fn open(&mut self, bracket: u8, rule: &'static str) -> Result<(), Error> {
        if self.peek() != bracket {
            return Err(self.error(ErrorKind::Type, rule));
        }
        if self.depth == 0 {
            return Err(self.error(ErrorKind::Depth, "more objects and lists stand within each other than are allowed"));
        }
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// Whether a further member follows, after the comma if it is not the first; leaves the object or list if none does.
    #[inline]
    pub(crate) fn more(&mut self, first: &mut bool, close: u8) -> Result<bool, Error> {
        let byte = self.peek();
        if byte == close {
            self.leave();
            return Ok(false);
        }
        if !std::mem::take(first) {
            if byte != b',' {
                return Err(self.syntax("expected a comma or the end of the object or list"));
            }
            self.at += 1;
            self.peek();
        }
        Ok(true)
    }

    /// Passes over the bracket that closes an object or list.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.at += 1;
        self.depth += 1;
    }

    /// A member's name and its colon.
    pub(crate) fn key(&mut self) -> Result<Cow<'a, str>, Error> {
        self.before_key()?;
        let key = self.name()?;
        self.after_key()?;
        Ok(key)
    }

    fn before_key(&mut self) -> Result<(), Error> {
        if self.peek() == b'"' { Ok(()) } else { Err(self.syntax("expected the name of a field")) }
    }

    fn after_key(&mut self) -> Result<(), Error> {
        if self.peek() != b':' {
            return Err(self.syntax("expected a colon after the name of a field"));
        }
        self.at += 1;
        Ok(())
    }

    /// A string that is kept beyond the next one. The caller has seen its quotation mark.
    pub(super) fn name(&mut self) -> Result<Cow<'a, str>, Error> {
        match self.plain() {
            Ok((start, end)) => self.part(start, end).text().map(Cow::Borrowed),
            Err((start, end)) => self.decode(start, end)?.text().map(|text| Cow::Owned(text.to_owned())),
        }
    }

    /// The end of the text.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        self.peek();
        if self.at == self.bytes.len() { Ok(()) } else { Err(self.syntax("text follows after the end")) }
    }

    /// A string. The caller has seen its quotation mark.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<&str, Error> {
        self.chars()?.text()
    }

    /// The same, not looked at whether it is UTF-8.
    #[inline]
    pub(super) fn chars(&mut self) -> Result<Chars<'_>, Error> {
        match self.plain() {
            Ok((start, end)) => Ok(self.part(start, end)),
            Err((start, end)) => self.decode(start, end),
        }
    }

    /// Where a string is that has no escape, which is passed over; of any other, where it begins and how far it is plain.
    #[inline]
    pub(super) fn plain(&mut self) -> Result<(usize, usize), (usize, usize)> {
        let start = self.at + 1;
        let end = self.plain_until(start);
        if self.byte(end) != b'"' {
            return Err((start, end));
        }
        self.at = end + 1;
        Ok((start, end))
    }

    /// A short text, if nothing has to be looked at to know that it is UTF-8.
    #[inline]
    pub(super) fn words(&self, start: usize, end: usize) -> Option<Words> {
        if end - start > IN_PLACE {
            return None;
        }
        let words = Words::new(self.bytes.get(start..)?.first_chunk()?, end - start);
        (self.text.is_some() || words.is_ascii()).then_some(words)
    }

    /// The place of the first byte that ends a string, begins an escape or may not be in a string.
    #[inline]
    pub(super) fn plain_until(&mut self, start: usize) -> usize {
        self.special.next(self.bytes, start)
    }

    /// A number, as its text. The caller has seen its first byte.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a str, Error> {
        let length = number_length(&self.bytes[self.at..]);
        if length == 0 {
            return Err(self.syntax("expected a value"));
        }
        let start = self.at;
        self.at += length;
        self.part(start, self.at).text()
    }

    /// `true`, `false` or `null`, if it is this one.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.bytes[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Passes over any value and returns its text.
    pub(crate) fn raw(&mut self) -> Result<&'a str, Error> {
        self.peek();
        let start = self.at;
        self.pass(false)?;
        self.part(start, self.at).text()
    }

    /// Passes over any value. If they are wanted, the types of the resources in it are noted.
    pub(super) fn pass(&mut self, types: bool) -> Result<(), Error> {
        let mut first = true;
        match self.peek() {
            b'"' => {
                self.chars()?;
            }
            b'{' => {
                let start = self.at;
                self.open(b'{', "")?;
                while self.more(&mut first, b'}')? {
                    self.before_key()?;
                    let is_type = self.chars()?.bytes() == TYPE;
                    self.after_key()?;
                    if types && is_type {
                        self.types.note(start, self.at);
                    }
                    self.pass(types)?;
                }
            }
            b'[' => {
                self.open(b'[', "")?;
                while self.more(&mut first, b']')? {
                    self.pass(types)?;
                }
            }
            _ if self.word("null") || self.word("true") || self.word("false") => {}
            _ => drop(self.number()?),
        }
        Ok(())
    }
}

/// Eight bytes as a number.
#[inline]
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_le_bytes(*eight))
}

/// How many of the first bytes are a JSON number; 0 if they do not begin with one.
fn number_length(bytes: &[u8]) -> usize {
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|byte| wanted.contains(byte));
    let mut at = usize::from(is(0, b"-"));
    let whole = digits(at.min(bytes.len()));
    if whole == 0 || (whole > 1 && is(at, b"0")) {
        return 0;
    }
    at += whole;
    if is(at, b".") {
        let fraction = digits(at + 1);
        if fraction == 0 {
            return 0;
        }
        at += 1 + fraction;
    }
    if is(at, b"eE") {
        let sign = usize::from(is(at + 1, b"+-"));
        let exponent = digits(at + 1 + sign);
        if exponent == 0 {
            return 0;
        }
        at += 1 + sign + exponent;
    }
    at
}

/// Whether the whole text is one JSON number.
pub(crate) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && number_length(text) == text.len()
}
