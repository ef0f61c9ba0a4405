//! Where a string ends or needs a closer look: its quotation mark, a backslash, a control character. Blocks of 64 bytes are looked at at once, and
//! what was found is kept, because a block holds several strings or escapes. What stands outside of strings is found as well, and nobody asks for it.

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
        while start < bytes.len() {
            self.load(bytes, start);
            if self.bits != 0 {
                return start + self.bits.trailing_zeros() as usize;
            }
            start += BLOCK;
        }
        bytes.len()
    }

    #[inline]
    fn load(&mut self, bytes: &[u8], start: usize) {
        self.start = start;
        self.bits = match bytes.get(start..).and_then(<[u8]>::first_chunk) {
            Some(block) => special_bits(block),
            None => last_bits(bytes.get(start..).unwrap_or_default()),
        };
    }
}

/// The first byte that ends a string or may not stand in one as it is.
#[inline]
pub(super) fn first_special(bytes: &[u8]) -> Option<usize> {
    let first = |bits: u64, at: usize| (bits != 0).then(|| at + bits.trailing_zeros() as usize);
    let mut at = 0;
    while let Some(part) = bytes.get(at..)?.first_chunk() {
        let found = first(bits_of_part(part), at);
        if found.is_some() {
            return found;
        }
        at += PART;
    }
    // What is left is looked at together with what stands before it, which holds nothing special.
    if let Some(part) = bytes.last_chunk() {
        return first(bits_of_part(part), bytes.len() - PART);
    }
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(begin), Some(end)) => {
            first(bits_of_word(*begin), 0).or_else(|| first(bits_of_word(*end), bytes.len() - 8))
        }
        _ => bytes.iter().position(|byte| is_special(*byte)),
    }
}

fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// So many bytes are looked at by one instruction.
const PART: usize = 16;

#[inline]
fn special_bits(block: &[u8; BLOCK]) -> u64 {
    let part = |number: usize| block[number * PART..].first_chunk().map_or(0, bits_of_part) << (number * PART);
    part(0) | part(1) | part(2) | part(3)
}

/// A bit for each byte that is special, the lowest for the first.
#[cfg(target_feature = "sse2")]
#[inline]
fn bits_of_part(part: &[u8; PART]) -> u64 {
    use safe_arch::{cmp_eq_mask_i8_m128i, m128i, min_u8_m128i, move_mask_i8_m128i};

    let all = |byte: u8| m128i::from([byte; PART]);
    let bytes = m128i::from(*part);
    let quote = cmp_eq_mask_i8_m128i(bytes, all(b'"'));
    let backslash = cmp_eq_mask_i8_m128i(bytes, all(b'\\'));
    let control = cmp_eq_mask_i8_m128i(min_u8_m128i(bytes, all(0x1f)), bytes);
    // Of its 32 bits the upper half is never set.
    u64::try_from(move_mask_i8_m128i(quote | backslash | control)).unwrap_or_default()
}

/// The same where there is no such instruction.
#[cfg(not(target_feature = "sse2"))]
use portable_bits_of_part as bits_of_part;

#[cfg(any(test, not(target_feature = "sse2")))]
#[inline]
fn portable_bits_of_part(part: &[u8; PART]) -> u64 {
    let [begin, end] = [part.first_chunk(), part.last_chunk()].map(|word| word.map_or(0, |word| bits_of_word(*word)));
    begin | end << 8
}

/// The same of eight bytes, by arithmetic alone.
#[inline]
fn bits_of_word(word: [u8; 8]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f * ONES;
    let word = u64::from_le_bytes(word);
    let low = word & LOW;
    // The highest bit of each byte says that it is another one than `byte`, or at least 0x20; no byte carries over into the next.
    let other = |byte: u64| (low ^ (byte * ONES)) + LOW;
    let special = !(other(0x22) & other(0x5c) & (low + 0x60 * ONES)) & !word & !LOW;
    // Bit 8n to bit 56 + n, for all n.
    (special >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// The end of a text, which is no whole block.
#[cold]
#[inline(never)]
fn last_bits(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(is_special(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(bytes: &[u8]) -> u64 {
        bytes.iter().enumerate().fold(0, |bits, (place, byte)| bits | u64::from(is_special(*byte)) << place)
    }

    #[test]
    fn each_byte_at_each_place_beside_each_other_is_told_right_in_both_ways() {
        for byte in 0..=255 {
            for place in 0..PART {
                for others in [0, 0x1f, b' ', b'!', b'"', b'#', b'[', b'\\', b']', 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff] {
                    let mut part = [others; PART];
                    part[place] = byte;
                    assert_eq!(portable_bits_of_part(&part), expected(&part), "{byte} at {place}");
                    assert_eq!(bits_of_part(&part), expected(&part), "{byte} at {place}");
                }
            }
        }
    }

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
}
