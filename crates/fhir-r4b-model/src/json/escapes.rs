//! Strings that hold escapes. Published documents write `<` as `\u003c`, and their narratives are full of it: such a string is put together out of short
//! pieces, in one place for all such strings of a document.

use crate::info::head;

use super::Error;
use super::chars::Chars;
use super::scan::{Scanner, word};
use super::special::Special;

/// Most pieces between two escapes are shorter. To copy so many bytes, always, is faster than to copy just what there is.
const PIECE: usize = 64;
/// A piece, and as much of an escape as is looked at.
const WINDOW: usize = PIECE + 8;
/// The least room that is made.
const ROOM: usize = 1 << 14;

impl Scanner<'_> {
    /// Decodes a string with an escape in it, whose part from `start` to `end` is plain.
    pub(super) fn decode(&mut self, start: usize, end: usize) -> Result<Chars<'_>, Error> {
        let mut decoded = std::mem::take(&mut self.decoded);
        let length = self.decode_into(&mut decoded, start, end);
        self.decoded = decoded;
        Ok(Chars::new(&self.decoded, length?, None))
    }

    /// The same into this buffer, whatever is in it; the length of what is decoded.
    fn decode_into(&mut self, decoded: &mut Vec<u8>, mut start: usize, mut end: usize) -> Result<usize, Error> {
        let mut length = 0;
        loop {
            // What `quick` does not do: a long piece, and what follows a piece.
            append(decoded, &mut length, &self.bytes()[start..end]);
            self.at = end;
            if self.byte(end) != b'\\' {
                break;
            }
            let character = match simple(head(&self.bytes()[end..])) {
                Some((character, escape)) => {
                    self.at += escape;
                    char::from(character)
                }
                None => self.unicode_escape()?,
            };
            append(decoded, &mut length, character.encode_utf8(&mut [0; 4]).as_bytes());
            start = quick(self.bytes(), &mut self.special, decoded, self.at, &mut length);
            end = self.plain_until(start);
        }
        match self.byte(end) {
            b'"' => {
                self.at += 1;
                Ok(length)
            }
            _ if end == self.bytes().len() => Err(self.syntax("the text ends within a string")),
            _ => Err(self.syntax("a string holds a control character that is not escaped")),
        }
    }

    /// The character of an escape by its number, which may take two of them.
    #[inline(never)]
    fn unicode_escape(&mut self) -> Result<char, Error> {
        let wrong = "a string holds an escape that JSON does not have, one without four digits, or half a character";
        let high = self.four_digits().ok_or_else(|| self.syntax(wrong))?;
        let mut code = high;
        self.at += 6;
        if (0xd800..0xdc00).contains(&high) {
            let low =
                self.four_digits().filter(|low| (0xdc00..0xe000).contains(low)).ok_or_else(|| self.syntax(wrong))?;
            code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            self.at += 6;
        }
        char::from_u32(code).ok_or_else(|| self.syntax(wrong))
    }

    /// The number of the `\uXXXX` at this place.
    fn four_digits(&self) -> Option<u32> {
        let escape = self.bytes().get(self.at..self.at + 6)?;
        let digits = escape.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |code, digit| Some(code * 16 + char::from(*digit).to_digit(16)?))
    }
}

/// Appends `piece`, and makes room for more.
#[inline(never)]
fn append(decoded: &mut Vec<u8>, length: &mut usize, piece: &[u8]) {
    let end = *length + piece.len();
    if end + WINDOW > decoded.len() {
        decoded.resize((end + WINDOW).max(2 * decoded.len()).max(ROOM), 0);
    }
    decoded[*length..end].copy_from_slice(piece);
    *length = end;
}

/// Decodes short pieces, each with the simple escape that follows, as long as there are any and there is room. Where it stopped.
#[inline]
fn quick(bytes: &[u8], special: &mut Special, decoded: &mut [u8], mut start: usize, length: &mut usize) -> usize {
    let mut to = *length;
    loop {
        let piece = special.next(bytes, start) - start;
        let from: Option<&[u8; WINDOW]> = bytes.get(start..).and_then(<[u8]>::first_chunk);
        let room: Option<&mut [u8; WINDOW]> = decoded.get_mut(to..).and_then(<[u8]>::first_chunk_mut);
        let (Some(from), Some(room), true) = (from, room, piece <= PIECE) else { break };
        let escape = word(from, piece).unwrap_or_default();
        let Some((character, escape)) = simple(escape) else { break };
        room[..PIECE].copy_from_slice(&from[..PIECE]);
        room[piece] = character;
        to += piece + 1;
        start += piece + escape;
    }
    *length = to;
    start
}

/// An escape of an ASCII character at the beginning of these bytes: the character and the length of the escape. `None` of anything else.
#[inline]
fn simple(bytes: u64) -> Option<(u8, usize)> {
    let [first, second, .., high, low, _, _] = bytes.to_le_bytes();
    // Most escapes in published documents are `\u003c` and its like.
    if bytes & 0xffff_ffff == u64::from(u32::from_le_bytes(*b"\\u00")) {
        let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
        return (high < 8 && low < 16).then_some((high << 4 | low, 6));
    }
    let character = SIMPLE[usize::from(second)];
    (first == b'\\' && character != 0).then_some((character, 2))
}

/// What stands after the backslash, and what is meant; 0 if nothing is.
static SIMPLE: [u8; 256] = {
    let mut table = [0; 256];
    let escapes = [
        (b'"', b'"'),
        (b'\\', b'\\'),
        (b'/', b'/'),
        (b'b', 8),
        (b'f', 0xc),
        (b'n', b'\n'),
        (b'r', b'\r'),
        (b't', b'\t'),
    ];
    let mut index = 0;
    while index < escapes.len() {
        table[escapes[index].0 as usize] = escapes[index].1;
        index += 1;
    }
    table
};

/// The numbers that hexadecimal digits are; 255 of any other byte.
static DIGITS: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit as usize] as usize] = digit;
        table[b"0123456789ABCDEF"[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A JSON string with much that is short, long, escaped, of several bytes, or wrong.
    fn drawn(random: &mut fastrand::Rng) -> String {
        let pieces = [
            "\\u003c",
            "\\u003D",
            "\\u00e9",
            "\\u0000",
            "\\u007f",
            "\\u0080",
            "\\u20ac",
            "\\ud83d\\ude00",
            "\\\"",
            "\\\\",
            "\\/",
            "\\b",
            "\\f",
            "\\n",
            "\\r",
            "\\t",
            "\u{e9}",
            "\u{1f600}",
            "<td>",
        ];
        let wrong = ["\\u00g0", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "\\x", "\\u12", "\u{1}", "\\U003c", "\""];
        let mut text = String::from('"');
        for _ in 0..random.usize(..12) {
            match random.u8(..40) {
                0 => text += wrong[random.usize(..wrong.len())],
                1..15 => text += &"a".repeat(random.usize(..80)),
                _ => text += pieces[random.usize(..pieces.len())],
            }
        }
        if random.u8(..20) > 0 {
            text.push('"');
        }
        text
    }

    #[test]
    fn strings_are_decoded_or_refused_as_serde_json_does_wherever_the_document_ends() {
        let random = &mut fastrand::Rng::with_seed(11);
        let (mut read, mut refused) = (0, 0);
        for _ in 0..20_000 {
            let mut text = drawn(random);
            let expected = {
                let mut values = serde_json::Deserializer::from_str(&text).into_iter::<String>();
                values.next().and_then(Result::ok)
            };
            text += &" ".repeat([0, 1, 20, 100][random.usize(..4)]);
            let mut scan = Scanner::new(&text, 0);
            let found = scan.string().map(str::to_owned).ok();
            assert_eq!(found, expected, "{text}");
            if found.is_some() { read += 1 } else { refused += 1 }
        }
        assert!(read > 5_000 && refused > 1_000, "{read} {refused}");
    }
}
