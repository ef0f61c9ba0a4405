//! The kinds of fault and their parameters. What each of them puts on the wire is in `play`.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::SandboxError;

const MOST_LATENCY_MS: u64 = 600_000;
const MOST_MEBIBYTES: u64 = 64;
const MOST_HEADERS: usize = 32;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// The answer comes later by this much virtual time, at most 600,000 ms.
    Latency {
        /// Virtual milliseconds.
        millis: u64,
    },
    /// An error status in place of the answer.
    Status {
        /// 400 to 599.
        status: u16,
        /// What the body looks like.
        #[serde(default)]
        body: ErrorBody,
        /// Headers added to the answer.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
        /// The `Retry-After` header.
        #[serde(default)]
        retry_after: RetryAfter,
    },
    /// A redirect in place of the answer.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The `Location`, usually on another host.
        location: String,
    },
    /// RST after the request was read, before the first byte of an answer.
    ResetBeforeResponse,
    /// RST after the head of the real answer.
    ResetAfterHeaders,
    /// RST after so many bytes of the real answer's body.
    ResetAfterBody {
        /// Bytes of body sent before the reset.
        bytes: u64,
    },
    /// A correct `Content-Length`, then only so many bytes of body, then an orderly close.
    TruncatedBody {
        /// Bytes of body sent.
        bytes: u64,
    },
    /// The whole body, then an orderly close, under a `Content-Length` that promises more.
    ContentLengthTooLong {
        /// Bytes promised and never sent, at least 1.
        extra: u64,
    },
    /// Chunked transfer: one good chunk, then a chunk size that is no number.
    BadChunk,
    /// The head and so many bytes of the body, then silence until the peer leaves or the faults are cleared.
    StalledBody {
        /// Bytes of body sent before the silence.
        #[serde(default)]
        bytes: u64,
    },
    /// No byte of an answer, until the peer leaves or the faults are cleared.
    NoAnswer,
    /// The real answer, its body one byte at a time.
    DribbledBody {
        /// Virtual milliseconds between two bytes; 0 sends them one by one without a pause.
        millis: u64,
    },
    /// The real answer under another content type.
    ContentType {
        /// The value of `Content-Type`.
        value: String,
    },
    /// The real answer with its first field given twice.
    DuplicateKeys,
    /// The real answer, broken at its last brace so that it is no JSON.
    InvalidJson,
    /// The real answer behind so many MiB of white space, which only a cap on the body stops.
    OversizedBody {
        /// 1 to 64.
        mebibytes: u64,
        /// Chunked, so that no `Content-Length` warns the reader.
        #[serde(default)]
        chunked: bool,
    },
    /// Reads the head and so many bytes of the request's body, then RST.
    StopReading {
        /// Bytes of body read; the last read may take a little more.
        bytes: u64,
    },
    /// Accepts a connection and closes it at once. `on` has no meaning; the calls counted are connections.
    AcceptThenClose,
}

/// The body of an error answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorBody {
    /// The vendor's error shape.
    #[default]
    Json,
    /// A page as gateways send it.
    Html,
    /// Nothing.
    Empty,
}

/// The `Retry-After` of an error answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RetryAfter {
    /// No such header.
    #[default]
    Absent,
    /// A number of seconds.
    Seconds {
        /// The number.
        seconds: u64,
    },
    /// A date so many seconds from now, as `Sun, 06 Nov 1994 08:49:37 GMT`.
    ImfFixdate {
        /// Seconds from the answer's `Date`.
        seconds: u64,
    },
    /// The same as `Sunday, 06-Nov-94 08:49:37 GMT` (obsolete, RFC 9110 section 5.6.7).
    Rfc850 {
        /// Seconds from the answer's `Date`.
        seconds: u64,
    },
    /// The same as `Sun Nov  6 08:49:37 1994` (obsolete, RFC 9110 section 5.6.7).
    Asctime {
        /// Seconds from the answer's `Date`.
        seconds: u64,
    },
    /// This text as it stands: absurd, malformed, whatever.
    Raw {
        /// The header's value.
        value: String,
    },
}

impl FaultKind {
    /// An error status in the vendor's error shape.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status { status, body: ErrorBody::Json, headers: BTreeMap::new(), retry_after: RetryAfter::Absent }
    }

    /// A 429 in the vendor's error shape.
    #[must_use]
    pub fn too_many_requests(retry_after: RetryAfter) -> Self {
        Self::Status { status: 429, body: ErrorBody::Json, headers: BTreeMap::new(), retry_after }
    }

    /// The answer comes later by this much virtual time.
    #[must_use]
    pub fn latency(length: Duration) -> Self {
        Self::Latency { millis: u64::try_from(length.as_millis()).unwrap_or(u64::MAX) }
    }

    /// The name in JSON and in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Status { .. } => "status",
            Self::Redirect { .. } => "redirect",
            Self::ResetBeforeResponse => "reset_before_response",
            Self::ResetAfterHeaders => "reset_after_headers",
            Self::ResetAfterBody { .. } => "reset_after_body",
            Self::TruncatedBody { .. } => "truncated_body",
            Self::ContentLengthTooLong { .. } => "content_length_too_long",
            Self::BadChunk => "bad_chunk",
            Self::StalledBody { .. } => "stalled_body",
            Self::NoAnswer => "no_answer",
            Self::DribbledBody { .. } => "dribbled_body",
            Self::ContentType { .. } => "content_type",
            Self::DuplicateKeys => "duplicate_keys",
            Self::InvalidJson => "invalid_json",
            Self::OversizedBody { .. } => "oversized_body",
            Self::StopReading { .. } => "stop_reading",
            Self::AcceptThenClose => "accept_then_close",
        }
    }

    /// Whether the fault needs the real answer to spoil, so that the request is processed first in any case.
    pub fn spoils_the_answer(&self) -> bool {
        match self {
            Self::Latency { .. }
            | Self::Status { .. }
            | Self::Redirect { .. }
            | Self::ResetBeforeResponse
            | Self::NoAnswer
            | Self::StopReading { .. }
            | Self::AcceptThenClose => false,
            Self::ResetAfterHeaders
            | Self::ResetAfterBody { .. }
            | Self::TruncatedBody { .. }
            | Self::ContentLengthTooLong { .. }
            | Self::BadChunk
            | Self::StalledBody { .. }
            | Self::DribbledBody { .. }
            | Self::ContentType { .. }
            | Self::DuplicateKeys
            | Self::InvalidJson
            | Self::OversizedBody { .. } => true,
        }
    }

    pub(super) fn check(&self) -> Result<(), SandboxError> {
        let outside = |field, rule: &str| Err(SandboxError::setting(field, rule));
        match self {
            Self::Latency { millis } | Self::DribbledBody { millis } if *millis > MOST_LATENCY_MS => {
                outside("millis", "at most 600000")
            }
            Self::Status { status, .. } if !(400..=599).contains(status) => outside("status", "400 to 599"),
            Self::Status { headers, retry_after, .. } => check_headers(headers, retry_after),
            Self::Redirect { status, .. } if ![301, 302, 303, 307, 308].contains(status) => {
                outside("status", "301, 302, 303, 307 or 308")
            }
            Self::Redirect { location, .. } if HeaderValue::from_str(location).is_err() => {
                outside("location", "must be a header value: visible ASCII, no line break")
            }
            Self::ContentLengthTooLong { extra: 0 } => outside("extra", "at least 1"),
            Self::ContentType { value } if HeaderValue::from_str(value).is_err() => {
                outside("value", "must be a header value: visible ASCII, no line break")
            }
            Self::OversizedBody { mebibytes, .. } if !(1..=MOST_MEBIBYTES).contains(mebibytes) => {
                outside("mebibytes", "1 to 64")
            }
            _ => Ok(()),
        }
    }
}

fn check_headers(headers: &BTreeMap<String, String>, retry_after: &RetryAfter) -> Result<(), SandboxError> {
    /// The sandbox frames its answers itself; a fault for wrong framing exists under another name.
    const FRAMING: [&str; 4] = ["content-length", "transfer-encoding", "connection", "x-clinical-sandbox"];
    if headers.len() > MOST_HEADERS {
        return Err(SandboxError::setting("headers", "at most 32"));
    }
    for (name, value) in headers {
        if HeaderName::try_from(name.as_str()).is_err() || HeaderValue::from_str(value).is_err() {
            return Err(SandboxError::setting("headers", "each must be a header name with a value of visible ASCII"));
        }
        if FRAMING.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(SandboxError::setting("headers", "framing headers are the sandbox's own; use a framing fault"));
        }
    }
    match retry_after {
        RetryAfter::Raw { value } if HeaderValue::from_str(value).is_err() => {
            Err(SandboxError::setting("retry_after", "must be a header value: visible ASCII, no line break"))
        }
        _ => Ok(()),
    }
}
