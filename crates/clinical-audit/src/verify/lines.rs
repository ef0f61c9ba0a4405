//! Cuts a stream into lines without ever holding more than the longest line that a trail may have: the rest of a longer one is skipped.

use std::io::{self, BufRead, BufReader, Read};

use crate::line::LONGEST;

pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

/// A line without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    /// Counted from 1.
    pub(crate) number: u64,
    /// `None` if it is longer than a line may be.
    pub(crate) bytes: Option<&'a [u8]>,
    /// Whether a line feed came.
    pub(crate) ended: bool,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, reader), line: Vec::new(), number: 0 }
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.line.clear();
        self.number += 1;
        let (mut fits, mut begun) = (true, false);
        let ended = loop {
            let bytes = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                break false;
            }
            begun = true;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            fits = fits && self.line.len() + part.len() <= LONGEST;
            if fits {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                break true;
            }
        };
        Ok(begun.then_some(Piece { number: self.number, bytes: fits.then_some(&self.line), ended }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_an_over_long_one_is_skipped_and_not_held() {
        let long = vec![b'x'; 10 * LONGEST];
        let most = vec![b'y'; LONGEST];
        let bytes = [b"a\n\n", &long[..], b"\n", &most[..], b"\nlast"].concat();
        let mut lines = Lines::new(&bytes[..]);
        let whole = |number, bytes| Some(Piece { number, bytes: Some(bytes), ended: true });
        assert_eq!(lines.next().unwrap(), whole(1, b"a"));
        assert_eq!(lines.next().unwrap(), whole(2, b""));
        assert_eq!(lines.next().unwrap(), Some(Piece { number: 3, bytes: None, ended: true }));
        assert_eq!(lines.next().unwrap(), whole(4, &most));
        assert_eq!(lines.next().unwrap(), Some(Piece { number: 5, bytes: Some(b"last"), ended: false }));
        assert_eq!(lines.next().unwrap(), None);
        assert!(lines.line.capacity() <= 2 * LONGEST);
    }
}
