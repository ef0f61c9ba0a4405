//! The anchor of a trail: number and hash of a line. Kept elsewhere, it shows later that nothing before that line was changed and that
//! nothing was cut off.

use std::str::FromStr;

use crate::line::{Hash, hex, unhex};

/// Number and hash of a line of a trail; its text is `NUMBER:HASH`, with 64 lower-case hexadecimal digits. Number 0 is a trail
/// without a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Head {
    pub(crate) const EMPTY: Self = Self { seq: 0, hash: [0; 32] };

    /// The number of the line, from 1; 0 for a trail without a line.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the line: SHA-256.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, hex(&self.hash))
    }
}

/// A text that is not the head of a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAHead;

impl std::fmt::Display for NotAHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("give the head as NUMBER:HASH, with the 64 hexadecimal digits of the hash")
    }
}

impl std::error::Error for NotAHead {}

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, hash) = text.split_once(':').ok_or(NotAHead)?;
        // `parse` alone would take a sign as well.
        let seq = Some(seq).filter(|seq| seq.bytes().all(|digit| digit.is_ascii_digit()));
        let seq = seq.and_then(|seq| seq.parse().ok()).ok_or(NotAHead)?;
        let hash = unhex(hash.as_bytes()).ok_or(NotAHead)?;
        Ok(Self { seq, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_written_and_nothing_else_is() {
        let head = Head { seq: 17, hash: [0xa5; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        let digits = "a5".repeat(32);
        let long = "0".repeat(66);
        for wrong in ["", ":", "17", "+17:", &format!("+17:{digits}"), &format!("17:{}", digits.to_uppercase())] {
            assert_eq!(wrong.parse::<Head>(), Err(NotAHead), "{wrong}");
        }
        for wrong in [&format!("17:{}", &digits[1..]), &format!("17:{long}"), &format!("99999999999999999999:{digits}")]
        {
            assert_eq!(wrong.parse::<Head>(), Err(NotAHead), "{wrong}");
        }
    }
}
