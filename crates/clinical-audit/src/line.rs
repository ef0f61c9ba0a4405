//! The format of a line: how it is sealed with a hash, how a seal is checked, and what an unfinished line may look like. It knows
//! nothing of files and of the order of lines.

use std::borrow::Cow;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::Head;
use crate::entry::{Entry, Torn};

/// The format that this crate writes and reads.
pub(crate) const VERSION: u32 = 1;

/// No line is longer, in bytes: the parts that somebody else decides are cut before. A reader needs no more memory than this.
pub(crate) const LONGEST: usize = 256 * 1024;

/// What stands between that which is hashed and the hash.
const JOINT: &[u8] = b",\"hash\":\"";
const CLOSE: &[u8] = b"\"}";
const SEAL: usize = JOINT.len() + 64 + CLOSE.len();

pub(crate) type Hash = [u8; 32];

#[derive(Serialize)]
struct Unsealed<'a> {
    v: u32,
    seq: u64,
    #[serde(flatten)]
    entry: &'a Entry,
    prev: String,
}

/// Makes the line that follows `last`, without its line feed.
pub(crate) fn seal(last: &Head, entry: &Entry) -> Result<(Vec<u8>, Head), serde_json::Error> {
    let seq = last.seq.saturating_add(1);
    let mut line = serde_json::to_vec(&Unsealed { v: VERSION, seq, entry, prev: hex(&last.hash) })?;
    line.pop();
    let hash = sha256(&line);
    line.extend_from_slice(JOINT);
    line.extend_from_slice(hex(&hash).as_bytes());
    line.extend_from_slice(CLOSE);
    Ok((line, Head { seq, hash }))
}

/// The line that closes an unfinished one. It holds no time, so that it can be told from the file alone what it has to be: a crash
/// may leave it unfinished as well.
pub(crate) fn closing(last: &Head, torn: &Torn) -> Result<(Vec<u8>, Head), serde_json::Error> {
    seal(last, &Entry::Torn(torn.clone()))
}

/// What a reader needs of a line. Other fields are ignored: a later version may add some.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields<'a> {
    pub(crate) v: u32,
    pub(crate) seq: u64,
    pub(crate) kind: Kind,
    #[serde(borrow, default)]
    pub(crate) time: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) call: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) vendor: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) server: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) operation: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(crate) records: Option<u64>,
    #[serde(default)]
    pub(crate) bytes: Option<u64>,
    #[serde(borrow, default)]
    pub(crate) sha256: Option<Cow<'a, str>>,
    #[serde(borrow)]
    prev: Cow<'a, str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Opening,
    Record,
    Torn,
    Lost,
    #[serde(other)]
    Other,
}

/// A line whose hash is right.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    pub(crate) fields: Fields<'a>,
    pub(crate) prev: Hash,
    pub(crate) hash: Hash,
}

impl Sealed<'_> {
    pub(crate) fn head(&self) -> Head {
        Head { seq: self.fields.seq, hash: self.hash }
    }

    /// Whether it closes this unfinished line.
    pub(crate) fn closes(&self, torn: &Torn) -> bool {
        let fields = &self.fields;
        fields.kind == Kind::Torn && fields.bytes == Some(torn.bytes) && fields.sha256.as_deref() == Some(&torn.sha256)
    }
}

/// Checks the seal of a line, which is given without its line feed; `None` if it is not what was sealed.
pub(crate) fn check(line: &[u8]) -> Option<Sealed<'_>> {
    let (head, seal) = line.split_at_checked(line.len().checked_sub(SEAL)?)?;
    let hash = unhex(seal.strip_prefix(JOINT)?.strip_suffix(CLOSE)?)?;
    if sha256(head) != hash {
        return None;
    }
    let fields: Fields<'_> = serde_json::from_slice(line).ok()?;
    let prev = unhex(fields.prev.as_bytes())?;
    Some(Sealed { fields, prev, hash })
}

/// Whether bytes at the end of a file, without a line feed, can be the beginning of the line with this number, as a crash in the
/// middle of a write leaves it. After a power failure zeros may stand where data was to come.
pub(crate) fn may_be_torn(fragment: &[u8], seq: u64) -> bool {
    let written = fragment.split(|byte| *byte == 0).next().unwrap_or_default();
    let start = format!("{{\"v\":{VERSION},\"seq\":{seq},\"kind\":\"");
    let common = written.len().min(start.len());
    if fragment.len() > LONGEST || written[..common] != start.as_bytes()[..common] {
        return false;
    }
    // A whole line with more behind it was not cut by a crash: its line feed was replaced.
    let ends = fragment.windows(JOINT.len()).enumerate().filter(|(_, bytes)| *bytes == JOINT).map(|(at, _)| at + SEAL);
    !ends.into_iter().any(|end| end < fragment.len() && check(&fragment[..end]).is_some())
}

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads 64 lower-case digits; upper case would be a second spelling of the same line.
pub(crate) fn unhex(digits: &[u8]) -> Option<Hash> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let mut hash = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(hash)
}
