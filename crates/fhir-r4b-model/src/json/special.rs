//! Where a string ends or needs a closer look: its quotation mark, a backslash, a control character. Blocks of 64 bytes are looked at at once, and
//! what was found is kept, because a block holds several strings or escapes. What stands outside of strings is found as well, and nobody asks for it.

use crate::small::IN_PLACE;

use super::vectors::{PART, special_bits, special_bits_of_word};

/// The special bytes of the block that was looked at last, in the text that each call is about.
#[derive(Default)]
pub(super) struct Special {
    /// Where the block begins.
    start: usize,
    /// A bit for each of its bytes, the lowest for the first.
    bits: u64,
}

const BLOCK: usize = 64;

impl Special {
    /// The place of the first special byte from `from` on; the length of the text if there is none.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], from: usize) -> usize {
        let within = from.wrapping_sub(self.start);
        if within < BLOCK {
            let bits = self.bits >> within;
            if bits != 0 {
                return from + bits.trailing_zeros() as usize;
            }
        }
        self.next_block(bytes, from)
    }

    #[inline(never)]
    fn next_block(&mut self, bytes: &[u8], from: usize) -> usize {
        // A block begins where it is asked for and not at a multiple of its length, so that it reaches as far as it can.
        let mut start = from;
        while let Some(block) = bytes.get(start..).and_then(<[u8]>::first_chunk) {
            let bits = bits_of_block(block);
            if bits != 0 {
                *self = Self { start, bits };
                return start + bits.trailing_zeros() as usize;
            }
            start += BLOCK;
        }
        self.last_block(bytes, start)
    }

    /// The end of a text, which is no whole block.
    #[cold]
    #[inline(never)]
    fn last_block(&mut self, bytes: &[u8], start: usize) -> usize {
        let bytes = bytes.get(start..).unwrap_or_default();
        let bits = bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is_special(*byte)));
        *self = Self { start, bits };
        start + bytes.len().min(bits.trailing_zeros() as usize)
    }
}

/// The first byte that ends a string or may not stand in one as it is.
#[inline]
pub(super) fn first_special(bytes: &[u8]) -> Option<usize> {
    let first = |bits: u64, at: usize| (bits != 0).then(|| at + bits.trailing_zeros() as usize);
    let mut at = 0;
    while let Some(part) = bytes.get(at..)?.first_chunk() {
        let found = first(special_bits(part), at);
        if found.is_some() {
            return found;
        }
        at += PART;
    }
    // What is left is looked at together with what stands before it, which holds nothing special.
    if let Some(part) = bytes.last_chunk() {
        return first(special_bits(part), bytes.len() - PART);
    }
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(begin), Some(end)) => {
            first(special_bits_of_word(*begin), 0).or_else(|| first(special_bits_of_word(*end), bytes.len() - 8))
        }
        _ => bytes.iter().position(|byte| is_special(*byte)),
    }
}

/// The same of what is held in place; its length if there is none.
#[inline]
pub(super) fn first_special_of(bytes: &[u8; IN_PLACE]) -> usize {
    let begin = bytes.first_chunk().map_or(0, special_bits);
    let end = bytes.last_chunk().map_or(0, special_bits);
    (begin | end << (IN_PLACE - PART) | 1 << IN_PLACE).trailing_zeros() as usize
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[inline]
fn bits_of_block(block: &[u8; BLOCK]) -> u64 {
    let part = |number: usize| block[number * PART..].first_chunk().map_or(0, special_bits) << (number * PART);
    part(0) | part(1) | part(2) | part(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_special_byte_is_found_from_wherever_one_asks() {
        let random = &mut fastrand::Rng::with_seed(5);
        for length in (0..300).chain([1000]) {
            let often = random.u8(1..60);
            let special = [b'"', b'\\', b'\n', 0x1f];
            let text = (0..length).map(|_| if random.u8(..often) == 0 { special[random.usize(..4)] } else { 0xc3 });
            let text: Vec<u8> = text.collect();
            let mut special = Special::default();
            for _ in 0..30 {
                let from = random.usize(..=length);
                let expected = text[from..].iter().position(|byte| is_special(*byte)).map_or(length, |at| from + at);
                assert_eq!(special.next(&text, from), expected);
                assert_eq!(first_special(&text[from..]).map_or(length, |at| from + at), expected);
            }
        }
    }

    #[test]
    fn what_is_held_in_place_is_looked_at_to_its_last_byte() {
        for place in 0..IN_PLACE {
            for byte in 0..=255 {
                let mut bytes = [b'a'; IN_PLACE];
                bytes[place] = byte;
                assert_eq!(first_special_of(&bytes), if is_special(byte) { place } else { IN_PLACE });
            }
        }
    }
}
