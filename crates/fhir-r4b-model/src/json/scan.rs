//! JSON's own grammar (RFC 8259): space, strings, numbers, and passing over a value while checking it. It knows nothing of
//! FHIR, and copies a string only if it holds an escape.

use std::borrow::Cow;

use super::special::Special;
use super::{Error, ErrorKind};

/// A place in a JSON text.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    pub(super) at: usize,
    depth: usize,
    special: Special,
    /// The last string that had an escape.
    pub(super) decoded: Vec<u8>,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, max_depth: usize) -> Self {
        Self { text, at: 0, depth: max_depth, special: Special::default(), decoded: Vec::new() }
    }

    pub(crate) fn error(&self, kind: ErrorKind, rule: &'static str) -> Error {
        Error::new(kind, self.at, rule)
    }

    pub(super) fn syntax(&self, rule: &'static str) -> Error {
        self.error(ErrorKind::Syntax, rule)
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// A part of the text between two ASCII characters.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        // No JSON has a zero byte outside a string, and strings refuse it: the end needs no case of its own.
        self.text.as_bytes().get(at).copied().unwrap_or(0)
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
            while let Some(many) = self.text.as_bytes().get(self.at..).and_then(<[u8]>::first_chunk) {
                let other = u128::from_le_bytes(*many) ^ u128::from_ne_bytes([b' '; 16]);
                let spaces = other.trailing_zeros() as usize / 8;
                self.at += spaces;
                if spaces < 16 {
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
        if self.peek() != b'"' {
            return Err(self.syntax("expected the name of a field"));
        }
        let start = self.at + 1;
        let end = self.plain_until(start);
        let key = if self.byte(end) == b'"' {
            self.at = end + 1;
            Cow::Borrowed(&self.text[start..end])
        } else {
            self.decode(start, end)?;
            Cow::Owned(self.decoded()?.to_owned())
        };
        if self.peek() != b':' {
            return Err(self.syntax("expected a colon after the name of a field"));
        }
        self.at += 1;
        Ok(key)
    }

    /// The end of the text.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { Err(self.syntax("text follows after the end")) }
    }

    /// A string. The caller has seen its quotation mark.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<&str, Error> {
        let start = self.at + 1;
        let end = self.plain_until(start);
        if self.byte(end) == b'"' {
            self.at = end + 1;
            return Ok(&self.text[start..end]);
        }
        self.decode(start, end)?;
        self.decoded()
    }

    /// The place of the first byte that ends a string, begins an escape or may not be in a string.
    #[inline]
    pub(super) fn plain_until(&mut self, start: usize) -> usize {
        self.special.next(self.text.as_bytes(), start)
    }

    /// A number, as its text. The caller has seen its first byte.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a str, Error> {
        let length = number_length(&self.text.as_bytes()[self.at..]);
        if length == 0 {
            return Err(self.syntax("expected a value"));
        }
        let start = self.at;
        self.at += length;
        Ok(&self.text[start..self.at])
    }

    /// `true`, `false` or `null`, if it is this one.
    #[inline]
    pub(crate) fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes()[self.at..].starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Passes over any value and returns its text.
    pub(crate) fn raw(&mut self) -> Result<&'a str, Error> {
        self.peek();
        let start = self.at;
        self.pass()?;
        Ok(&self.text[start..self.at])
    }

    fn pass(&mut self) -> Result<(), Error> {
        let mut first = true;
        match self.peek() {
            b'"' => drop(self.string()?),
            b'{' => {
                self.open(b'{', "")?;
                while self.more(&mut first, b'}')? {
                    self.key()?;
                    self.pass()?;
                }
            }
            b'[' => {
                self.open(b'[', "")?;
                while self.more(&mut first, b']')? {
                    self.pass()?;
                }
            }
            _ if self.word("null") || self.word("true") || self.word("false") => {}
            _ => drop(self.number()?),
        }
        Ok(())
    }

    /// The name in the `resourceType` of the object that follows, wherever it is in it. Stays where it is.
    pub(crate) fn resource_type(&mut self) -> Result<Cow<'a, str>, Error> {
        let (start, depth) = (self.at, self.depth);
        self.open(b'{', "expected a resource, which is an object")?;
        let mut first = true;
        while self.more(&mut first, b'}')? {
            if self.key()? == "resourceType" {
                if self.peek() != b'"' {
                    return Err(self.error(ErrorKind::ResourceType, "resourceType is not a string"));
                }
                let from = self.at + 1;
                let name = self.string()?.len();
                let escaped = self.at != from + name + 1;
                let name = if escaped {
                    Cow::Owned(self.decoded()?.to_owned())
                } else {
                    Cow::Borrowed(&self.text[from..from + name])
                };
                (self.at, self.depth) = (start, depth);
                return Ok(name);
            }
            self.pass()?;
        }
        self.at = start;
        Err(self.error(ErrorKind::ResourceType, "a resource has no resourceType"))
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
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && number_length(text.as_bytes()) == text.len()
}
