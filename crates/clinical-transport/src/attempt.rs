//! What happened to one attempt, kept for the caller, the audit record and the observer.

use std::time::Duration;

use crate::{Delivery, ErrorKind};

/// One attempt of a call: what was observed and what is known about its delivery. Holds no data of
/// the request or the answer.
///
/// A call takes the sum of `waited`, `queued` and `elapsed` over its attempts, and what the audit
/// trail and the credential took. All three are measured with the client's monotonic clock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Counted from 1.
    pub number: u32,
    /// How long the client waited before this attempt (back-off or the vendor's hint); zero for the
    /// first.
    pub waited: Duration,
    /// How long it then waited for the client's own limits: requests in flight, rate, a cool-down
    /// that another call caused.
    pub queued: Duration,
    /// How long the attempt itself took, from connecting to the last byte that was read of the
    /// answer.
    pub elapsed: Duration,
    /// The HTTP status (100-999), where one was received. A success status beside a failure means
    /// that the answer's body was lost or longer than the cap.
    pub status: Option<u16>,
    /// What went wrong; `None` for the attempt that succeeded.
    pub failure: Option<ErrorKind>,
    /// What is known about the delivery of this attempt.
    pub delivery: Delivery,
    /// The vendor's `Retry-After` (RFC 9110, section 10.2.3), or the longer hint in its body, as a
    /// duration from the moment the answer was received; zero for a date that has passed.
    pub retry_after: Option<Duration>,
}

impl Attempt {
    /// An attempt of which nothing is known but its number.
    pub fn numbered(number: u32) -> Self {
        Self {
            number,
            waited: Duration::ZERO,
            queued: Duration::ZERO,
            elapsed: Duration::ZERO,
            status: None,
            failure: None,
            delivery: Delivery::NotSent,
            retry_after: None,
        }
    }
}
