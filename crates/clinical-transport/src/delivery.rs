//! What is known about a request once an attempt is over: whether the vendor may have processed it.

/// Whether the vendor received and may have processed the request.
///
/// Every error of this crate carries one. It is decided per attempt from what was observed on the
/// wire and it never guesses in the caller's favour: where a byte of the request may have left this
/// machine and no answer says otherwise, the delivery is [`Unknown`](Delivery::Unknown).
///
/// For a call with several attempts the error reports the *worst* of them: if the first attempt
/// ended `Unknown` and the second could not connect, the call is `Unknown`, because the first may
/// have been processed.
///
/// The order of the variants is the order of "worse": `NotSent`, `Refused`, `Answered`, `Unknown`,
/// `ResponseLost`. What it means for a caller who gets an error:
///
/// | delivery | may the vendor have done it? | what to do |
/// |---|---|---|
/// | `NotSent`, `Refused` | no | send it again when you like |
/// | `Answered` | no, if the status is 400 or above | correct what the error names |
/// | `Unknown` | perhaps | look at the vendor before sending again what must not be done twice |
/// | `ResponseLost` | yes | ask the vendor for the answer; what came is in [`Error::body`](crate::Error::body) |
///
/// ```
/// use clinical_transport::{Delivery, Error, ErrorKind};
///
/// /// What a queue does with a job whose call failed.
/// fn next(error: &Error) -> &'static str {
///     match (error.kind(), error.delivery()) {
///         (ErrorKind::InvalidInput | ErrorKind::TooLarge | ErrorKind::Rejected, _) => "give it to a person to correct",
///         (ErrorKind::Credentials | ErrorKind::Configuration, _) => "stop the queue",
///         (_, Delivery::NotSent | Delivery::Refused) => "put it back",
///         // Both enums grow over time. What is not known is treated as if it may have been done.
///         _ => "give it to a person to look up at the vendor",
///     }
/// }
///
/// let error = Error::new(ErrorKind::Connect, "the connection could not be made");
/// assert_eq!(next(&error), "put it back");
/// // The same kind of failure after an attempt that had got further.
/// assert_eq!(next(&error.with_delivery(Delivery::Unknown)), "give it to a person to look up at the vendor");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Delivery {
    /// Not one byte of the request reached the vendor: a local check, DNS, connect, TLS or proxy
    /// failure, or a deadline that passed before anything was written.
    NotSent,
    /// The vendor answered that it did not process the request (408, 425, 429, or 503 with a
    /// `Retry-After`), or refused our certificate when a byte may already have been on its way (TLS
    /// 1.3); or it refused a credential (401) that has been replaced meanwhile. Sources: RFC 9110,
    /// sections 15.5.9 and 15.6.4; RFC 8470, section 5.2; RFC 6585, section 4.
    Refused,
    /// The vendor processed the request far enough to answer it, and the answer was received whole.
    /// Every 4xx but those under [`Refused`](Self::Refused), every redirect, 501 and 505, and every
    /// success.
    Answered,
    /// Bytes were sent and no conclusive answer came back: the request may or may not have been
    /// processed. A connection that broke, a time limit after the first byte, and every other 5xx:
    /// a server or a proxy that fails does not say how far it had come.
    Unknown,
    /// A success status was received and the body was lost: the request was processed.
    ResponseLost,
}

impl Delivery {
    /// The name used in logs, audit records and machine-readable output: `not_sent`, `refused`,
    /// `answered`, `response_lost`, `unknown`.
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
