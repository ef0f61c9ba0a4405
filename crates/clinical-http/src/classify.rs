//! From what was observed to an error: which kind it is, and the sentence that says so without any
//! data.
//!
//! Each sentence names what happened and what to do. The only things in it that come from outside are
//! numbers (the status, whole seconds, rounded up) and, of a redirect, the origin it points to; the
//! reason phrase is the standard's and not the server's.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use crate::{Delivery, Error, ErrorKind};
use clinical_transport::{Expired, Failure};

/// The kind of a status that is not a success.
pub(crate) fn kind_of_status(status: u16, hinted: bool) -> ErrorKind {
    match status {
        300..=399 => ErrorKind::Redirect,
        401 => ErrorKind::Credentials,
        403 => ErrorKind::Forbidden,
        413 => ErrorKind::TooLarge,
        408 | 504 => ErrorKind::Timeout,
        429 => ErrorKind::Throttled,
        503 if hinted => ErrorKind::Throttled,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}

/// The error for a status that is not a success. `origin` is where a redirect points.
pub(crate) fn status_error(status: StatusCode, hinted: bool, hint: Option<Duration>, origin: Option<&str>) -> Error {
    let kind = kind_of_status(status.as_u16(), hinted);
    let advice: Cow<'static, str> = match kind {
        ErrorKind::Redirect => match origin {
            Some(origin) => format!("redirects are not followed; this one points to {origin}").into(),
            None => "redirects are not followed".into(),
        },
        ErrorKind::Credentials => "the credential was not accepted; check the token".into(),
        ErrorKind::Forbidden => "the credential does not allow this; ask the vendor for access".into(),
        ErrorKind::TooLarge => "the input is too large; make it smaller or split it".into(),
        ErrorKind::Timeout => "the vendor ran out of time; send less at once or try again later".into(),
        ErrorKind::Throttled => {
            let what =
                if status == StatusCode::TOO_MANY_REQUESTS { "too many requests" } else { "it is not available now" };
            match hint {
                Some(hint) => format!("{what}; it asks to wait {} s before the next", whole_seconds(hint)).into(),
                None => format!("{what}; wait before sending more").into(),
            }
        }
        ErrorKind::Unavailable => "the vendor's service failed; try again later".into(),
        _ => "the request was rejected; correct it before sending it again".into(),
    };
    let reason = status.canonical_reason().map(|reason| format!(" {reason}")).unwrap_or_default();
    Error::new(kind, format!("the vendor answered {}{reason}: {advice}", status.as_u16()))
}

/// The error for a transport that failed before an answer was there.
pub(crate) fn failure_error(failure: Failure, delivery: Delivery) -> Error {
    Error::new(failure.kind(), failure.to_string()).with_delivery(delivery)
}

/// The error for a limit that was reached before an answer was there. `limit` is the time that the
/// attempt had.
pub(crate) fn expired_error(expired: Expired, limit: Duration, delivery: Delivery) -> Error {
    let message = match expired {
        Expired::Attempt => format!("no answer came within the time limit of {} s", whole_seconds(limit)).into(),
        Expired::Stall => Cow::from("the upload stalled: no byte moved within the stall limit"),
    };
    Error::new(ErrorKind::Timeout, message).with_delivery(delivery)
}

/// Rounded up, as a person would say it.
pub(crate) fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_gets_its_kind_and_a_sentence_that_says_what_to_do() {
        let hint = Some(Duration::from_millis(1_001));
        let table = [
            (302, None, ErrorKind::Redirect, "the vendor answered 302 Found: redirects are not followed"),
            (400, None, ErrorKind::Rejected, "400 Bad Request: the request was rejected; correct it"),
            (401, None, ErrorKind::Credentials, "401 Unauthorized: the credential was not accepted; check the token"),
            (403, hint, ErrorKind::Forbidden, "403 Forbidden: the credential does not allow this; ask the vendor"),
            (408, hint, ErrorKind::Timeout, "408 Request Timeout: the vendor ran out of time; send less at once"),
            (413, None, ErrorKind::TooLarge, "413 Payload Too Large: the input is too large; make it smaller"),
            (422, None, ErrorKind::Rejected, "422 Unprocessable Entity: the request was rejected"),
            (429, None, ErrorKind::Throttled, "429 Too Many Requests: too many requests; wait before sending more"),
            (429, hint, ErrorKind::Throttled, "too many requests; it asks to wait 2 s before the next"),
            (500, hint, ErrorKind::Unavailable, "500 Internal Server Error: the vendor's service failed; try again"),
            (503, None, ErrorKind::Unavailable, "503 Service Unavailable: the vendor's service failed"),
            (503, hint, ErrorKind::Throttled, "503 Service Unavailable: it is not available now; it asks to wait 2 s"),
            (504, None, ErrorKind::Timeout, "504 Gateway Timeout: the vendor ran out of time"),
            (599, None, ErrorKind::Unavailable, "the vendor answered 599: the vendor's service failed"),
        ];
        for (status, hint, kind, words) in table {
            let error = status_error(StatusCode::from_u16(status).unwrap(), hint.is_some(), hint, None);
            assert_eq!(error.kind(), kind, "{status} {hint:?}");
            assert!(error.to_string().contains(words), "{status} {hint:?}: {error}");
        }
    }

    #[test]
    fn seconds_are_rounded_up() {
        for (millis, seconds) in [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2), (60_000, 60)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds, "{millis} ms");
        }
    }
}
