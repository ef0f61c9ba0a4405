//! A part of a JSON text of which nobody may have seen yet whether it is UTF-8. A document that is given as bytes is not looked through as a whole: names that
//! are known and texts that were there before need no look, numbers and space are ASCII by their grammar, and only the rest is looked at, where it is taken.

use super::{Error, ErrorKind};

#[derive(Clone, Copy)]
pub(super) struct Chars<'t> {
    /// The part, and what follows it.
    from: &'t [u8],
    length: usize,
    /// The part, if it is known to be UTF-8.
    text: Option<&'t str>,
}

impl<'t> Chars<'t> {
    #[inline]
    pub(super) fn new(from: &'t [u8], length: usize, text: Option<&'t str>) -> Self {
        Self { from, length, text }
    }

    #[inline]
    pub(super) fn bytes(self) -> &'t [u8] {
        &self.from[..self.length]
    }

    #[inline]
    pub(super) fn text(self) -> Result<&'t str, Error> {
        match self.text {
            Some(text) => Ok(text),
            None => self.checked(),
        }
    }

    fn checked(self) -> Result<&'t str, Error> {
        // A block is looked at faster than fewer bytes are, so a short part is looked at with what follows it.
        let block = self.from.first_chunk::<64>().and_then(|block| simdutf8::basic::from_utf8(block).ok());
        match block.and_then(|block| block.get(..self.length)) {
            Some(text) => Ok(text),
            None => checked(self.bytes()),
        }
    }
}

/// The same of bytes that stand alone. The error says no place: that is found when the whole text has failed.
pub(super) fn checked(bytes: &[u8]) -> Result<&str, Error> {
    simdutf8::basic::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Utf8, 0, NO_UTF8))
}

pub(super) const NO_UTF8: &str = "this is not UTF-8";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_utf8_or_not_whatever_follows_it() {
        let random = &mut fastrand::Rng::with_seed(3);
        let pieces: [&[u8]; 6] = [b"a", b"plain text", "\u{e9}".as_bytes(), "\u{1f600}".as_bytes(), b"\xff", b"\xc3"];
        let (mut good, mut bad) = (0, 0);
        for _ in 0..20_000 {
            let mut bytes = Vec::new();
            for _ in 0..random.usize(..20) {
                let kinds = if random.u8(..6) == 0 { 6 } else { 4 };
                bytes.extend_from_slice(pieces[random.usize(..kinds)]);
            }
            let length = random.usize(..=bytes.len());
            let found = Chars::new(&bytes, length, None);
            assert_eq!(found.text().ok(), std::str::from_utf8(&bytes[..length]).ok(), "{bytes:?} {length}");
            if found.text().is_ok() { good += 1 } else { bad += 1 }
        }
        assert!(good > 5_000 && bad > 2_000, "{good} {bad}");
    }
}
