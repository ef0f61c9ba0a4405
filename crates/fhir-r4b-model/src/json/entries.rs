//! The entries of a bundle one after the other, for bundles that are larger than memory should be. What is cut apart here is only where things begin
//! and end; each entry is then read, and judged, like any JSON.

use std::fmt;
use std::io::{self, BufRead};

use super::{Error, ErrorKind, ReadOptions, StreamError};
use crate::Bundle;
use crate::resources::bundle::BundleEntry;

/// Reads the entries of a bundle from a stream, and holds one of them at a time.
///
/// ```
/// use fhir_r4b_model::json;
///
/// let text = r#"{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"urn:a"},{"fullUrl":"urn:b"}],"total":2}"#;
/// let mut entries = json::entries(text.as_bytes());
/// let urls: Vec<String> = entries
///     .by_ref()
///     .map(|entry| Ok(entry?.full_url.as_ref().and_then(|url| url.as_str()).unwrap_or_default().to_owned()))
///     .collect::<Result<_, json::StreamError>>()?;
/// assert_eq!(urls, ["urn:a", "urn:b"]);
/// // The rest of the bundle, when the entries are through.
/// assert_eq!(entries.bundle()?.total.as_ref().and_then(|total| total.get()), Some(2));
/// # Ok::<(), json::StreamError>(())
/// ```
pub fn entries<R: BufRead>(input: R) -> Entries<R> {
    ReadOptions::new().entries(input)
}

impl ReadOptions {
    /// Reads the entries of a bundle from a stream, with these options for each of them.
    pub fn entries<R: BufRead>(self, input: R) -> Entries<R> {
        Entries { input, options: self, rest: Vec::new(), at: 0, place: 0, state: State::Before }
    }
}

/// The entries of a bundle; see [`entries`]. It ends with the first error of the input or of the JSON around the entries; an entry that cannot be
/// read does not end it.
pub struct Entries<R> {
    input: R,
    options: ReadOptions,
    /// The bundle without its entries.
    rest: Vec<u8>,
    /// How many bytes were taken from the input.
    at: usize,
    place: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Before,
    Within,
    After,
    Failed,
}

impl<R: BufRead> Entries<R> {
    /// The bundle without its entries. Entries that were not asked for yet are passed over.
    ///
    /// # Errors
    ///
    /// If the input fails, or what it holds beside the entries is not a bundle.
    pub fn bundle(mut self) -> Result<Bundle, StreamError> {
        if self.state == State::Failed {
            return Err(self.broken());
        }
        while self.advance()?.is_some() {}
        let mut bundle: Bundle =
            self.options.from_slice(&self.rest).map_err(|error| StreamError::Json { place: self.place, error })?;
        // The empty list in whose place the entries were.
        bundle.unknown.remove("entry");
        Ok(bundle)
    }

    /// The place and the bytes of the next entry, `None` at the end of the bundle.
    fn advance(&mut self) -> Result<Option<(usize, Vec<u8>)>, StreamError> {
        if self.state == State::Before {
            self.find()?;
        }
        if self.state == State::Within {
            let mut byte = self.visible()?;
            if self.place > 0 && byte == b',' {
                self.take()?;
                byte = self.visible()?;
            } else if self.place > 0 && byte != b']' {
                return Err(self.broken());
            }
            if byte != b']' {
                let mut entry = Vec::new();
                self.value(&mut entry)?;
                self.place += 1;
                return Ok(Some((self.place - 1, entry)));
            }
            self.take()?;
            self.rest.push(b']');
            self.state = State::Before;
            self.find()?;
        }
        Ok(None)
    }

    /// Goes through the members of the bundle to the list of entries or to the end, and keeps all others.
    fn find(&mut self) -> Result<(), StreamError> {
        loop {
            let byte = self.visible()?;
            if byte == 0 {
                self.state = State::After;
                // A zero byte looks like the end.
                return if self.at_end()? { Ok(()) } else { Err(self.broken()) };
            }
            if byte != b'"' {
                // Brackets, commas and whatever else may stand there: the reader of the rest judges them.
                let byte = self.take()?;
                self.rest.push(byte);
                continue;
            }
            let mut name = Vec::new();
            self.value(&mut name)?;
            self.rest.extend_from_slice(&name);
            if self.visible()? != b':' {
                continue;
            }
            self.take()?;
            self.rest.push(b':');
            let begins = self.visible()?;
            if name == b"\"entry\"" && begins == b'[' {
                self.take()?;
                self.rest.push(b'[');
                self.place = 0;
                self.state = State::Within;
                return Ok(());
            }
            let mut value = Vec::new();
            self.value(&mut value)?;
            self.rest.extend_from_slice(&value);
        }
    }

    /// One value up to its end, found by brackets and quotation marks.
    fn value(&mut self, into: &mut Vec<u8>) -> Result<(), StreamError> {
        let mut depth = 0_usize;
        loop {
            let byte = self.peek()?;
            match byte {
                b'"' => self.string(into)?,
                b'{' | b'[' => {
                    depth += 1;
                    into.push(self.take()?);
                }
                b'}' | b']' | b',' if depth == 0 => return Ok(()),
                b'}' | b']' => {
                    depth -= 1;
                    into.push(self.take()?);
                }
                0 => return Ok(()),
                _ => into.push(self.take()?),
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                return Ok(());
            }
        }
    }

    fn string(&mut self, into: &mut Vec<u8>) -> Result<(), StreamError> {
        into.push(self.take()?);
        loop {
            if self.at_end()? {
                return Ok(());
            }
            let buffer = self.input.fill_buf().map_err(StreamError::Io)?;
            let plain = buffer.iter().position(|byte| matches!(byte, b'"' | b'\\')).unwrap_or(buffer.len());
            into.extend_from_slice(&buffer[..plain]);
            self.input.consume(plain);
            self.at += plain;
            match self.peek()? {
                b'"' => {
                    into.push(self.take()?);
                    return Ok(());
                }
                b'\\' => {
                    into.push(self.take()?);
                    into.push(self.take()?);
                }
                _ => {}
            }
        }
    }

    /// The next byte that is no space, left where it is; 0 at the end.
    fn visible(&mut self) -> Result<u8, StreamError> {
        loop {
            let byte = self.peek()?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.take()?;
        }
    }

    /// The next byte, left where it is. 0 at the end: no JSON has a zero byte, so one in the input is an end as well.
    fn peek(&mut self) -> Result<u8, StreamError> {
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied().unwrap_or(0)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Io(error)),
            }
        }
    }

    /// Whether nothing follows. If something does, it is in the buffer, and asking for that cannot be interrupted.
    fn at_end(&mut self) -> Result<bool, StreamError> {
        loop {
            match self.input.fill_buf() {
                Ok(buffer) => return Ok(buffer.is_empty()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(StreamError::Io(error)),
            }
        }
    }

    fn take(&mut self) -> Result<u8, StreamError> {
        let byte = self.peek()?;
        if byte != 0 {
            self.input.consume(1);
            self.at += 1;
        }
        Ok(byte)
    }

    fn broken(&self) -> StreamError {
        let error = Error::new(ErrorKind::Syntax, self.at, "the list of entries is not one");
        StreamError::Json { place: self.place, error: error.under_type("Bundle") }
    }
}

impl<R: BufRead> Iterator for Entries<R> {
    type Item = Result<BundleEntry, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.state, State::After | State::Failed) {
            return None;
        }
        match self.advance() {
            Ok(None) => None,
            Ok(Some((place, entry))) => {
                let read = self.options.from_slice(&entry);
                Some(read.map_err(|error| StreamError::Json { place, error: error.in_entry(place) }))
            }
            Err(error) => {
                self.state = State::Failed;
                Some(Err(error))
            }
        }
    }
}

impl<R> fmt::Debug for Entries<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Entries(entry {})", self.place)
    }
}
