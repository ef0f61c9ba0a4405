//! The entries of a bundle one after the other, for bundles that are larger than memory should be. What is cut apart here is only where things begin
//! and end; each entry is then read, and judged, like any JSON.

use std::fmt;
use std::io::{self, BufRead};
use std::iter::FusedIterator;

use super::scan::Scanner;
use super::{Error, ErrorKind, ReadOptions, StreamError};
use crate::{Bundle, BundleEntry};

/// Reads the entries of a bundle from a stream, and holds one of them at a time. Input that is not one whole bundle is an error at the end at the latest;
/// see [`Entries`].
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
        let (rest, state) = (Vec::new(), State::Before);
        Entries { input, options: self, rest, whole: None, at: 0, place: 0, first: true, listed: false, state }
    }
}

/// The entries of a bundle; see [`entries`].
///
/// An entry that cannot be read is an error in its place, and the next one follows. Anything else that keeps the input from being one whole bundle is
/// told **once, as the last item**: an input that fails, is empty or is cut off anywhere; another resource than a `Bundle`, or no resource at all; an
/// `entry` that is no list or is there twice; JSON that is wrong around the entries; a field of the bundle that cannot be read; text after its end. So
/// a loop that saw no error has seen a whole bundle, and one without entries is told from an error page. As `resourceType` may stand behind the
/// entries, an error may come after entries that were good. After the last item comes `None`, however often it is asked.
///
/// The `place` of such an error is the number of entries before it, and its byte that of the input; where a field of the bundle cannot be read,
/// it is the byte within the bundle without its entries and the space around its fields.
pub struct Entries<R> {
    input: R,
    options: ReadOptions,
    /// The bundle without its entries, as far as it was read.
    rest: Vec<u8>,
    /// The same, read, when all of it was there.
    whole: Option<Box<Bundle>>,
    /// How many bytes were taken from the input.
    at: usize,
    place: usize,
    /// Whether no field of the bundle was there yet.
    first: bool,
    /// Whether there was an `entry`.
    listed: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Before,
    /// Among the fields of the bundle.
    Fields,
    /// In the list of entries.
    Within,
    After,
    Failed,
}

impl<R: BufRead> Entries<R> {
    /// The bundle without its entries. Entries that were not asked for yet are passed over, and are not judged.
    ///
    /// # Errors
    ///
    /// If the input is not one whole bundle, as [`Entries`] says it, also if that was told before.
    pub fn bundle(mut self) -> Result<Bundle, StreamError> {
        if self.state != State::Failed {
            while self.advance()?.is_some() {}
        }
        let told = "this is not one whole bundle, as was told before";
        self.whole.take().map(|bundle| *bundle).ok_or_else(|| self.broken(ErrorKind::Syntax, told))
    }

    /// The place and the bytes of the next entry, `None` at the end of the bundle.
    fn advance(&mut self) -> Result<Option<(usize, Vec<u8>)>, StreamError> {
        if self.state == State::Before {
            self.begin()?;
        }
        if self.state == State::Fields {
            self.find()?;
        }
        if self.state == State::Within {
            let mut byte = self.visible()?;
            let ends = byte == b']';
            if !ends && self.place > 0 {
                if byte != b',' {
                    return Err(self.syntax("expected a comma or the end of the list of entries"));
                }
                self.take()?;
                byte = self.visible()?;
            }
            if !ends {
                if matches!(byte, b',' | b']' | b'}' | b':' | 0) {
                    return Err(self.syntax("expected an entry"));
                }
                let mut entry = Vec::new();
                self.value(&mut entry)?;
                self.place += 1;
                return Ok(Some((self.place - 1, entry)));
            }
            self.take()?;
            if self.place == 0 {
                // An empty list is kept, or refused, as it is in any resource.
                self.keep(b"\"entry\"", b"[]");
            }
            self.state = State::Fields;
            self.find()?;
        }
        Ok(None)
    }

    /// Goes into the bundle.
    fn begin(&mut self) -> Result<(), StreamError> {
        match self.visible()? {
            b'{' => {}
            0 => return Err(self.syntax("the input is empty, and a bundle was expected")),
            // The first byte of the mark that some programs put before UTF-8.
            0xef => {
                return Err(
                    self.syntax("expected a bundle; if the input begins with a byte order mark (BOM), leave that out")
                );
            }
            _ => return Err(self.broken(ErrorKind::Type, "expected a resource, which is an object")),
        }
        let brace = self.take()?;
        self.rest.push(brace);
        self.state = State::Fields;
        Ok(())
    }

    /// Goes through the fields of the bundle to the list of entries or to the end, and keeps all others.
    fn find(&mut self) -> Result<(), StreamError> {
        loop {
            let mut byte = self.visible()?;
            if byte == b'}' {
                return self.end();
            }
            if !std::mem::take(&mut self.first) {
                if byte != b',' {
                    return Err(self.syntax("expected a comma or the end of the bundle"));
                }
                self.take()?;
                byte = self.visible()?;
            }
            if byte != b'"' {
                return Err(self.syntax("expected the name of a field"));
            }
            let mut name = Vec::new();
            self.value(&mut name)?;
            if self.visible()? != b':' {
                return Err(self.syntax("expected a colon after the name of a field"));
            }
            self.take()?;
            let begins = self.visible()?;
            let field = unescaped(&name);
            if field.as_deref() == Some("entry") {
                if std::mem::replace(&mut self.listed, true) {
                    return Err(self.broken(ErrorKind::Duplicate, "entry is there a second time"));
                }
                if begins == b'[' {
                    self.take()?;
                    self.state = State::Within;
                    return Ok(());
                }
            }
            let mut value = Vec::new();
            self.value(&mut value)?;
            // Asked here already, so that another resource is not read to its end first.
            if field.as_deref() == Some("resourceType") && unescaped(&value).as_deref() != Some("Bundle") {
                return Err(self.broken(ErrorKind::ResourceType, "this is another resource than a Bundle"));
            }
            self.keep(&name, &value);
        }
    }

    /// Adds a field to the rest.
    fn keep(&mut self, name: &[u8], value: &[u8]) {
        if self.rest.len() > 1 {
            self.rest.push(b',');
        }
        self.rest.extend_from_slice(name);
        self.rest.push(b':');
        self.rest.extend_from_slice(value);
    }

    /// The end of the bundle, where its other fields are judged.
    fn end(&mut self) -> Result<(), StreamError> {
        let brace = self.take()?;
        self.rest.push(brace);
        if self.visible()? != 0 || !self.at_end()? {
            return Err(self.syntax("text follows after the end"));
        }
        let bundle = self.options.from_slice(&std::mem::take(&mut self.rest));
        let wrong = |error: Error| StreamError::Json { place: self.place, error: error.at_least_under("Bundle") };
        self.whole = Some(Box::new(bundle.map_err(wrong)?));
        self.state = State::After;
        Ok(())
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
                0 if depth > 0 => return Err(self.syntax("the text ends within an object or list")),
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
                return Err(self.syntax("the text ends within a string"));
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

    fn syntax(&self, rule: &'static str) -> StreamError {
        self.broken(ErrorKind::Syntax, rule)
    }

    fn broken(&self, kind: ErrorKind, rule: &'static str) -> StreamError {
        StreamError::Json { place: self.place, error: Error::new(kind, self.at, rule).under_type("Bundle") }
    }
}

/// What a JSON string says, `None` if it is none.
fn unescaped(string: &[u8]) -> Option<String> {
    let mut scan = Scanner::new(std::str::from_utf8(string).ok()?, 0);
    if scan.peek() == b'"' { scan.string().ok().map(str::to_owned) } else { None }
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

impl<R: BufRead> FusedIterator for Entries<R> {}

impl<R> fmt::Debug for Entries<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Entries(entry {})", self.place)
    }
}
