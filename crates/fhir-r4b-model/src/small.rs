//! The text of a primitive. Most texts are short and are held in place, where reading one takes three words of it and no memory of its own. A text in place
//! is looked at for UTF-8 again when somebody asks for it as a `str`: nothing else makes a `str` of an array of bytes without `unsafe`.

use std::sync::Arc;

/// So many bytes have room in place.
pub(crate) const IN_PLACE: usize = 23;

#[derive(Clone)]
pub(crate) enum Small {
    Short(Short),
    /// Shared by equal texts of a document.
    Long(Arc<str>),
}

/// A text in place. `Small` and what it stands in are not larger than this, because bytes that are no length say that it is something else.
#[derive(Clone)]
pub(crate) struct Short {
    length: Length,
    /// With zeros behind the text.
    bytes: [u8; IN_PLACE],
}

macro_rules! lengths {
    ($($length:ident)+) => {
        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Length {
            $($length,)+
        }

        static LENGTHS: [Length; IN_PLACE + 1] = [$(Length::$length,)+];
    };
}

lengths!(L0 L1 L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19 L20 L21 L22 L23);

impl Small {
    pub(crate) fn new(text: &str) -> Self {
        if text.len() > IN_PLACE {
            return Self::Long(text.into());
        }
        let mut bytes = [0; IN_PLACE];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Self::Short(Short { length: LENGTHS[text.len()], bytes })
    }

    /// Becomes this text, written where it is to stay.
    #[inline]
    pub(crate) fn set(&mut self, text: Words) {
        *self = Self::default();
        let Self::Short(short) = self else { return };
        let [begin, middle, end] = text.words.map(u64::to_le_bytes);
        short.length = LENGTHS[text.length];
        short.bytes[..8].copy_from_slice(&begin);
        short.bytes[8..16].copy_from_slice(&middle);
        short.bytes[LAST..].copy_from_slice(&end);
    }

    /// The bytes of a text in place with the zeros behind them, and its length.
    #[inline]
    pub(crate) fn in_place(&self) -> Option<(&[u8; IN_PLACE], usize)> {
        match self {
            Self::Short(short) => Some((&short.bytes, short.length as usize)),
            Self::Long(_) => None,
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(short) => &short.bytes[..short.length as usize],
            Self::Long(text) => text.as_bytes(),
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            // It was made of a `str`, or of words that were known to be UTF-8.
            Self::Short(_) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }
}

/// The empty text.
impl Default for Small {
    #[inline]
    fn default() -> Self {
        Self::Short(Short { length: Length::L0, bytes: [0; IN_PLACE] })
    }
}

impl PartialEq for Small {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

/// A short text on its way to its place, in three words that the processor holds. Were it copied there by way of memory, each copy would wait for the one
/// before it, which wrote in other pieces than are read: a third of the time for a text.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    /// The bytes from 0, 8 and [`LAST`] on, with zeros behind the text.
    words: [u64; 3],
    length: usize,
}

/// Where the last word begins: within the second, because the text is no multiple of eight long.
const LAST: usize = IN_PLACE - 8;

impl Words {
    /// The first `length` of these bytes.
    #[inline]
    pub(crate) fn new(bytes: &[u8; IN_PLACE], length: usize) -> Self {
        let length = length.min(IN_PLACE);
        let word = |at: usize| bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
        let [begin, middle, end] = MASKS[length];
        Self { words: [word(0) & begin, word(8) & middle, word(LAST) & end], length }
    }

    #[inline]
    pub(crate) fn is_ascii(self) -> bool {
        let [begin, middle, end] = self.words;
        (begin | middle | end) & 0x8080_8080_8080_8080 == 0
    }
}

/// For each length what of the words belongs to the text.
static MASKS: [[u64; 3]; IN_PLACE + 1] = {
    let mut masks = [[0; 3]; IN_PLACE + 1];
    let mut length = 0;
    while length <= IN_PLACE {
        masks[length] = [first(length), first(length.saturating_sub(8)), first(length.saturating_sub(LAST))];
        length += 1;
    }
    masks
};

/// The first bytes of a word, at most all eight.
const fn first(bytes: usize) -> u64 {
    if bytes < 8 { (1 << (8 * bytes)) - 1 } else { u64::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_is_the_same_whichever_way_it_came() {
        let bytes = *b"0123456789abcdefghijklm";
        for length in 0..=IN_PLACE {
            let text = std::str::from_utf8(&bytes[..length]).unwrap();
            let mut placed = Small::new("something else, which is too long to stand in place");
            placed.set(Words::new(&bytes, length));
            for small in [placed, Small::new(text)] {
                assert_eq!((small.as_str(), small.as_bytes()), (text, text.as_bytes()));
                let (whole, counted) = small.in_place().unwrap();
                assert_eq!(
                    (counted, &whole[length..]),
                    (length, &[0; IN_PLACE][length..]),
                    "nothing of what followed is kept"
                );
            }
        }
        let long = Small::new("0123456789abcdefghijklmn");
        assert!(long.in_place().is_none());
        assert_eq!(long.as_str(), "0123456789abcdefghijklmn");
    }

    #[test]
    fn a_byte_that_is_not_ascii_is_seen_where_it_belongs_to_the_text() {
        for place in 0..IN_PLACE {
            let mut bytes = [b'a'; IN_PLACE];
            bytes[place] = 0xc3;
            for length in 0..=IN_PLACE {
                assert_eq!(Words::new(&bytes, length).is_ascii(), place >= length, "{place} of {length}");
            }
        }
    }

    #[test]
    fn a_primitive_is_as_large_as_its_text_in_place() {
        use crate::primitives::{Decimal, FhirString};
        assert_eq!((size_of::<Small>(), size_of::<Option<FhirString>>(), size_of::<Option<Decimal>>()), (24, 24, 24));
    }
}
