//! What is known about a request once an attempt is over: whether the vendor may have processed it.

/// Whether the vendor received and may have processed the request.
///
/// Every error of this crate carries one. It is decided per attempt from what was observed on the wire and it never
/// guesses in the caller's favour: where a byte of the request may have left this machine and no answer says
/// otherwise, the delivery is [`Unknown`](Delivery::Unknown).
///
/// For a call with several attempts the error reports the *worst* of them: if the first attempt ended `Unknown` and the
/// second could not connect, the call is `Unknown`, because the first may have been processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Delivery {
    /// Not one byte of the request reached the vendor: a local check, DNS, connect, TLS or proxy failure, or a deadline
    /// that passed before anything was written.
    NotSent,
    /// The vendor answered that it did not process the request (408, 425, 429, or 503 with a `Retry-After`), or refused our certificate
    /// when a byte may already have been on its way (TLS 1.3).
    Refused,
    /// The vendor processed the request far enough to answer it, and the answer was received whole.
    Answered,
    /// Bytes were sent and no conclusive answer came back: the request may or may not have been processed.
    Unknown,
    /// A success status was received and the body was lost: the request was processed.
    ResponseLost,
}

impl Delivery {
    /// The name used in logs, audit records and machine-readable output: `not_sent`, `refused`, `answered`,
    /// `response_lost`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Answered => "answered",
            Self::ResponseLost => "response_lost",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
