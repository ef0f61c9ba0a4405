//! From what was observed to an error: which kind it is, and the sentence that says so without any data.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;

use crate::guard::Expired;
use crate::{Delivery, Error, ErrorKind};
use clinical_transport::Failure;

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
        ErrorKind::Throttled => match hint {
            Some(hint) => {
                format!("too many requests; it asks to wait {} s before the next", whole_seconds(hint)).into()
            }
            None => "too many requests; wait before sending more".into(),
        },
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

/// The error for a limit that was reached before an answer was there. `limit` is the time that the attempt had.
pub(crate) fn expired_error(expired: Expired, limit: Duration, delivery: Delivery) -> Error {
    let message = match expired {
        Expired::Attempt => format!("no answer came within the time limit of {} s", whole_seconds(limit)).into(),
        Expired::Stall => Cow::from("the upload stalled: no byte moved within the stall limit"),
    };
    Error::new(ErrorKind::Timeout, message).with_delivery(delivery)
}

/// Rounded up, as a person would say it.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}
