//! Sixteen bytes at once: which of them are special in a string, which are spaces. By vectors of the processor, or by arithmetic where there are none.

/// So many bytes are looked at by one instruction.
pub(super) const PART: usize = 16;

#[cfg(target_feature = "sse2")]
mod ways {
    use safe_arch::{cmp_eq_mask_i8_m128i, m128i, min_u8_m128i, move_mask_i8_m128i};

    use super::PART;

    #[inline]
    fn all(byte: u8) -> m128i {
        m128i::from([byte; PART])
    }

    /// A bit for each byte that is not zero, the lowest for the first.
    #[inline]
    fn bits(mask: m128i) -> u64 {
        // Of the 32 bits the upper half is never set.
        u64::try_from(move_mask_i8_m128i(mask)).unwrap_or_default()
    }

    /// A bit for each byte that is special, the lowest for the first.
    #[inline]
    pub(in crate::json) fn special_bits(part: &[u8; PART]) -> u64 {
        let bytes = m128i::from(*part);
        let backslash = cmp_eq_mask_i8_m128i(bytes, all(b'\\'));
        // With one bit turned, the quotation mark (0x22) follows upon the control characters (up to 0x1f), which change places among themselves.
        let turned = bytes ^ all(2);
        let other = cmp_eq_mask_i8_m128i(min_u8_m128i(turned, all(0x20)), turned);
        bits(backslash | other)
    }

    /// A bit for each byte that is a space, the lowest for the first.
    #[inline]
    pub(in crate::json) fn space_bits(part: &[u8; PART]) -> u64 {
        bits(cmp_eq_mask_i8_m128i(m128i::from(*part), all(b' ')))
    }
}

#[cfg(not(target_feature = "sse2"))]
use portable as ways;
pub(super) use ways::{space_bits, special_bits};

/// The same where there is no such instruction.
#[cfg(any(test, not(target_feature = "sse2")))]
mod portable {
    use super::{PART, gathered, other, special_bits_of_word};

    #[inline]
    pub(in crate::json) fn special_bits(part: &[u8; PART]) -> u64 {
        both(part, special_bits_of_word)
    }

    #[inline]
    pub(in crate::json) fn space_bits(part: &[u8; PART]) -> u64 {
        both(part, |word| {
            let word = u64::from_le_bytes(word);
            gathered(!other(word, b' '), word)
        })
    }

    #[inline]
    fn both(part: &[u8; PART], bits: impl Fn([u8; 8]) -> u64) -> u64 {
        let [begin, end] = [part.first_chunk(), part.last_chunk()].map(|word| word.map_or(0, |word| bits(*word)));
        begin | end << 8
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const LOW: u64 = 0x7f * ONES;

/// A bit for each of eight bytes that is special.
#[inline]
pub(super) fn special_bits_of_word(word: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(word);
    let no_control = (word & LOW) + 0x60 * ONES;
    gathered(!(other(word, b'"') & other(word, b'\\') & no_control), word)
}

/// The highest bit of each byte says that its lower seven are not `byte`; none carries over into the next.
#[inline]
fn other(word: u64, byte: u8) -> u64 {
    ((word & LOW) ^ (u64::from(byte) * ONES)) + LOW
}

/// The highest bits of the bytes, one beside the other, without those of bytes that are not ASCII in `word`.
#[inline]
fn gathered(bits: u64, word: u64) -> u64 {
    // Bit 8n to bit 56 + n, for all n.
    ((bits & !word & !LOW) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(part: &[u8; PART], is: impl Fn(u8) -> bool) -> u64 {
        part.iter().enumerate().fold(0, |bits, (place, byte)| bits | u64::from(is(*byte)) << place)
    }

    #[test]
    fn each_byte_at_each_place_beside_each_other_is_told_right_in_both_ways() {
        for byte in 0..=255 {
            for place in 0..PART {
                for others in
                    [0, 0x1f, b' ', b'!', b'"', b'#', b'[', b'\\', b']', 0x7f, 0x80, 0x9f, 0xa0, 0xa2, 0xdc, 0xff]
                {
                    let mut part = [others; PART];
                    part[place] = byte;
                    let special = expected(&part, |byte| byte < 0x20 || byte == b'"' || byte == b'\\');
                    assert_eq!(special_bits(&part), special, "{byte} at {place}");
                    assert_eq!(portable::special_bits(&part), special, "{byte} at {place}");
                    let spaces = expected(&part, |byte| byte == b' ');
                    assert_eq!(space_bits(&part), spaces, "{byte} at {place}");
                    assert_eq!(portable::space_bits(&part), spaces, "{byte} at {place}");
                }
            }
        }
    }
}
