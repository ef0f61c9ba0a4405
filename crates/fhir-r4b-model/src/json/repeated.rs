//! Texts that come again and again in one document, such as the addresses of code systems and references to the patient. Each is
//! kept once and shared by all who hold it. It forgets: a text that was seen long ago may be kept a second time.

use std::sync::Arc;

use crate::small::{IN_PLACE, Small};

use super::Error;
use super::chars::Chars;

/// A longer text is hardly an address or a name that comes again.
const LONGEST: usize = 256;

/// The texts that were seen lately, each at the place that it shares with others of the same mark.
pub(super) struct Repeated {
    places: Vec<Option<Arc<str>>>,
    count: usize,
}

/// For a document of which nothing is known.
#[cfg(feature = "serde")]
impl Default for Repeated {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Repeated {
    /// For a document of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { places: Vec::new(), count: (bytes / 512).next_power_of_two().clamp(32, 1024) }
    }

    /// For a document that turns out to have so many bytes.
    #[cfg(feature = "serde")]
    pub(super) fn expect(&mut self, bytes: usize) {
        if bytes / 512 > self.count && self.count < 1024 {
            *self = Self::new(bytes);
        }
    }

    /// The text, shared with an equal one if there was one lately.
    #[inline]
    pub(super) fn get(&mut self, chars: Chars<'_>) -> Result<Small, Error> {
        let bytes = chars.bytes();
        if bytes.len() <= IN_PLACE || bytes.len() > LONGEST {
            return chars.text().map(Small::new);
        }
        if self.places.is_empty() {
            self.places.resize(self.count, None);
        }
        let index = mark(bytes) & (self.count - 1);
        let place = &mut self.places[index];
        match place {
            Some(known) if known.as_bytes() == bytes => Ok(Small::Long(Arc::clone(known))),
            place => Ok(Small::Long(Arc::clone(place.insert(chars.text()?.into())))),
        }
    }
}

/// A number that differs for most texts: made of the length, and of the end, the middle and the beginning, where addresses
/// and identifiers differ.
#[inline]
fn mark(text: &[u8]) -> usize {
    let word = |at: usize| {
        let eight = text.get(at..at + 8).and_then(|eight| <[u8; 8]>::try_from(eight).ok());
        eight.map_or(0, u64::from_le_bytes)
    };
    let (end, middle) = (text.len().saturating_sub(8), text.len() / 2);
    let mut mark = text.len() as u64;
    for word in [word(end), word(end.saturating_sub(8)), word(middle), word(9)] {
        mark = (mark.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    usize::try_from(mark >> 40).unwrap_or(0)
}
