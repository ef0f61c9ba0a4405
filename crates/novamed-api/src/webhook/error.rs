//! Why a request is no event, and what to answer. Nothing of the request is in here.

use std::fmt;

/// Why a request is no event of the vendor's. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    kind: ParseErrorKind,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// The header `x-api-key` is missing, there twice, or holds none of the receiver's keys: it is not from the vendor, or the key has changed.
    WrongKey,
    /// The body is longer than [`BODY_LIMIT`](super::BODY_LIMIT).
    TooLong,
    /// The body is no JSON.
    NotJson,
    /// The body is JSON, and neither `event_name` nor `event_type` names an event in it.
    NoEnvelope,
}

impl ParseError {
    pub(super) fn new(kind: ParseErrorKind) -> Self {
        Self { kind }
    }

    /// What is wrong.
    pub fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The status to answer with: 401, 413 or 400. The vendor tries again after any of them, as long as it does.
    pub fn status(&self) -> u16 {
        match self.kind {
            ParseErrorKind::WrongKey => 401,
            ParseErrorKind::TooLong => 413,
            ParseErrorKind::NotJson | ParseErrorKind::NoEnvelope => 400,
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            ParseErrorKind::WrongKey => {
                "the header x-api-key does not hold the webhook key; if the vendor has changed it, give the receiver the new one as well"
            }
            ParseErrorKind::TooLong => "the body is longer than 1 MiB; no event of the vendor's is",
            ParseErrorKind::NotJson => "the body is not JSON; look what else sends to this address",
            ParseErrorKind::NoEnvelope => {
                "the body names no event (event_name or event_type); look whether the vendor has changed its format"
            }
        })
    }
}

impl std::error::Error for ParseError {}
