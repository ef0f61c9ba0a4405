//! The one error of this crate: a kind a caller can act on, what is known about delivery, and a
//! sentence without data.
//!
//! Its text is made of fixed words and numbers only. It has no `source()`: the errors of the
//! libraries below carry URLs and fragments of bodies, so what matters of them is read off and the
//! rest is dropped.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;

use crate::{Attempt, CallId, Delivery, Sensitive};

/// What went wrong, as something a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value failed a local check, or a file changed on its way out. Correct the named field.
    InvalidInput,
    /// The client is set up wrongly (address, header, policy). Correct the named setting.
    Configuration,
    /// No usable credential, or the vendor refused it (401). Check the token.
    Credentials,
    /// The vendor understood the credential and forbids the request (403).
    Forbidden,
    /// The input is too large: a local check, or 413. Split it or make it smaller.
    TooLarge,
    /// The vendor rejected the request (400, 422 and other 4xx). Sending it again changes nothing.
    Rejected,
    /// The vendor limits the rate (429, or 503 with a hint), or the client's own limits do, and
    /// waiting longer is not covered by policy or deadline.
    Throttled,
    /// The vendor failed (5xx, but for 503 with a hint and 504).
    Unavailable,
    /// The vendor's host could not be reached: name resolution, connection or proxy.
    Connect,
    /// The TLS handshake failed: certificate, name, protocol version.
    Tls,
    /// A deadline of the client's passed, or one of the vendor's (408, 504).
    Timeout,
    /// The connection broke after the request had been started, or what came is not HTTP.
    Interrupted,
    /// The vendor answered with a redirect, which is never followed.
    Redirect,
    /// The answer was longer than the configured cap.
    ResponseTooLarge,
    /// The audit trail refused the call; nothing was sent. Mend the trail.
    Audit,
    /// The answer was received whole and not understood; its bytes are in [`Error::body`].
    Decode,
}

impl ErrorKind {
    /// The name used in logs and machine-readable output, such as `invalid_input` or `throttled`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidInput => "invalid_input",
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::Forbidden => "forbidden",
            Self::TooLarge => "too_large",
            Self::Rejected => "rejected",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Redirect => "redirect",
            Self::ResponseTooLarge => "response_too_large",
            Self::Audit => "audit",
            Self::Decode => "decode",
        }
    }
}

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error of a call or of a local check. [`Delivery`] shows a `match` on kind and delivery.
/// Neither `Display` nor `Debug` holds data; the sentence ends with what the vendor may have done,
/// for a person to read.
#[derive(Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    call: Option<CallId>,
    field: Option<&'static str>,
    message: Cow<'static, str>,
    delivery: Delivery,
    status: Option<u16>,
    attempts: Vec<Attempt>,
    retry_after: Option<Duration>,
    retry_budget_empty: bool,
    request_id: Option<Sensitive<String>>,
    body: Option<Sensitive<Bytes>>,
}

impl Error {
    /// An error with a whole sentence. `message` says what to do and holds no data. Nothing was
    /// sent unless told otherwise.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                call: None,
                field: None,
                message: message.into(),
                delivery: Delivery::NotSent,
                status: None,
                attempts: Vec::new(),
                retry_after: None,
                retry_budget_empty: false,
                request_id: None,
                body: None,
            }),
        }
    }

    /// A value that failed a local check. `rule` completes the sentence "`field` ...", says what to
    /// do, and holds no part of the value.
    pub fn invalid(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::of_field(ErrorKind::InvalidInput, field, rule)
    }

    /// A value that is too large. `rule` as for [`invalid`](Error::invalid).
    pub fn too_large(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::of_field(ErrorKind::TooLarge, field, rule)
    }

    /// A setting that is wrong. `rule` as for [`invalid`](Error::invalid).
    pub fn configuration(setting: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::of_field(ErrorKind::Configuration, setting, rule)
    }

    /// A missing or unusable credential. `rule` as for [`invalid`](Error::invalid).
    pub fn credentials(setting: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Self::of_field(ErrorKind::Credentials, setting, rule)
    }

    fn of_field(kind: ErrorKind, field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(kind, rule);
        error.inner.field = Some(field);
        error
    }

    /// What is known about delivery.
    #[must_use]
    pub fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.inner.delivery = delivery;
        self
    }

    /// The answer that the error is about: its status and request id.
    #[must_use]
    pub fn with_status(mut self, status: u16, request_id: Option<String>) -> Self {
        self.inner.status = Some(status);
        self.inner.request_id = request_id.map(Sensitive::new);
        self
    }

    /// How long the vendor asks to wait.
    #[must_use]
    pub fn with_retry_after(mut self, hint: Option<Duration>) -> Self {
        self.inner.retry_after = hint;
        self
    }

    /// There was no budget for another attempt.
    #[must_use]
    pub fn with_retry_budget_empty(mut self) -> Self {
        self.inner.retry_budget_empty = true;
        self
    }

    /// What was received of the answer's body.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.inner.body = (!body.is_empty()).then(|| Sensitive::new(body));
        self
    }

    /// The call and its attempts; delivery becomes the worst of them.
    #[must_use]
    pub fn of_call(mut self, call: CallId, attempts: Vec<Attempt>) -> Self {
        self.inner.call = Some(call);
        let worst = attempts.iter().map(|attempt| attempt.delivery).max();
        self.inner.delivery = worst.unwrap_or(self.inner.delivery);
        self.inner.attempts = attempts;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Whether the vendor may have processed the request: the worst of all attempts.
    pub fn delivery(&self) -> Delivery {
        self.inner.delivery
    }

    /// Whether the vendor may have done what the request asks for although the call returned an
    /// error.
    ///
    /// `false` is a promise, over all attempts. `true` means that a person or a later check has to
    /// find out: the outcome is [`Unknown`](Delivery::Unknown), the answer was lost, or the answer
    /// is a success or a redirect that could not be used.
    pub fn may_have_been_processed(&self) -> bool {
        match self.inner.delivery {
            Delivery::NotSent | Delivery::Refused => false,
            Delivery::Unknown | Delivery::ResponseLost => true,
            // What HTTP does not define says nothing (RFC 9110, section 15).
            Delivery::Answered => self.inner.status.is_none_or(|status| !(400..600).contains(&status)),
        }
    }

    /// What a user is told about it at the end of the sentence.
    fn certainty(&self) -> &'static str {
        match self.inner.delivery {
            Delivery::NotSent => "nothing was sent",
            Delivery::ResponseLost => "the vendor processed it, the answer was lost",
            _ if self.may_have_been_processed() => "the vendor may have processed it",
            _ => "the vendor did not process it",
        }
    }

    /// The call, by the name it bears in the audit trail; `None` for a local check.
    pub fn call(&self) -> Option<CallId> {
        self.inner.call
    }

    /// How many attempts were made; 0 for a local check.
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.inner.attempts.len()).unwrap_or(u32::MAX)
    }

    /// Every attempt, in order. Empty for a local check.
    pub fn attempt_log(&self) -> &[Attempt] {
        &self.inner.attempts
    }

    /// The field or setting that failed a local check, by its name in the vendor's contract.
    pub fn field(&self) -> Option<&'static str> {
        self.inner.field
    }

    /// The status of the last answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.inner.status
    }

    /// The vendor's request id, where the last answer carried one in `x-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.inner.request_id.as_ref().map(|id| id.expose().as_str())
    }

    /// How long the vendor asked to wait, counted from the last answer; or, of a call that the
    /// client's own limits turned away, how long until the next request may begin.
    pub fn retry_after(&self) -> Option<Duration> {
        self.inner.retry_after
    }

    /// Whether the request would have been sent again, but too many of this client's requests had
    /// failed lately (`RetryBudget` of `clinical-http`).
    pub fn retry_budget_empty(&self) -> bool {
        self.inner.retry_budget_empty
    }

    /// What was received of the last answer: up to 8 KiB of an error body (all of it,
    /// if the operation reads once), all of an answer that
    /// could not be decoded, the part that came of one that was cut. May hold patients' data.
    pub fn body(&self) -> Option<&Sensitive<Bytes>> {
        self.inner.body.as_ref()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let inner = &self.inner;
        if let Some(field) = inner.field {
            write!(f, "{field} ")?;
        }
        write!(f, "{} ({}", inner.message, self.certainty())?;
        if inner.attempts.len() > 1 {
            write!(f, "; {} attempts", inner.attempts.len())?;
        }
        if inner.retry_budget_empty {
            f.write_str("; not sent again because too many requests failed lately")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32, delivery: Delivery) -> Attempt {
        Attempt { delivery, ..Attempt::numbered(number) }
    }

    #[test]
    fn a_kind_is_shown_by_its_name() {
        assert_eq!(ErrorKind::ResponseTooLarge.as_str(), "response_too_large");
        assert_eq!(ErrorKind::Throttled.to_string(), "throttled");
    }

    #[test]
    fn a_local_check_names_the_field_and_sent_nothing() {
        let table = [
            (Error::invalid("note", "is empty"), ErrorKind::InvalidInput),
            (Error::too_large("note", "is empty"), ErrorKind::TooLarge),
            (Error::configuration("note", "is empty"), ErrorKind::Configuration),
            (Error::credentials("note", "is empty"), ErrorKind::Credentials),
        ];
        for (error, kind) in table {
            assert_eq!((error.kind(), error.field(), error.delivery()), (kind, Some("note"), Delivery::NotSent));
            assert_eq!(error.to_string(), "note is empty (nothing was sent)");
            assert_eq!((error.attempts(), error.attempt_log(), error.call()), (0, &[][..], None));
            assert!(error.body().is_none() && error.request_id().is_none() && error.status().is_none());
            assert!(error.retry_after().is_none() && !error.retry_budget_empty());
        }
    }

    #[test]
    fn the_sentence_ends_with_what_the_vendor_may_have_done() {
        let (not, may) = ("the vendor did not process it", "the vendor may have processed it");
        let table = [
            (Delivery::NotSent, None, false, "nothing was sent"),
            (Delivery::Refused, Some(429), false, not),
            (Delivery::Unknown, None, true, may),
            (Delivery::Unknown, Some(500), true, may),
            (Delivery::ResponseLost, Some(200), true, "the vendor processed it, the answer was lost"),
            (Delivery::Answered, Some(200), true, may),
            (Delivery::Answered, Some(399), true, may),
            (Delivery::Answered, Some(400), false, not),
            (Delivery::Answered, Some(422), false, not),
            (Delivery::Answered, None, true, may),
        ];
        for (delivery, status, processed, words) in table {
            let mut error = Error::new(ErrorKind::Rejected, "it failed").with_delivery(delivery);
            if let Some(status) = status {
                error = error.with_status(status, None);
            }
            assert_eq!(error.may_have_been_processed(), processed, "{delivery} {status:?}");
            assert_eq!(error.to_string(), format!("it failed ({words})"), "{delivery} {status:?}");
        }
    }

    #[test]
    fn a_call_tells_its_attempts_and_the_worst_delivery_of_them() {
        let call = CallId::draw();
        let once = || Error::new(ErrorKind::Connect, "it failed").of_call(call, vec![attempt(1, Delivery::Refused)]);
        assert_eq!((once().attempts(), once().call()), (1, Some(call)));
        assert_eq!(once().to_string(), "it failed (the vendor did not process it)");

        let log = vec![attempt(1, Delivery::Unknown), attempt(2, Delivery::NotSent)];
        let twice = Error::new(ErrorKind::Connect, "it failed").of_call(call, log.clone()).with_retry_budget_empty();
        assert_eq!((twice.attempts(), twice.attempt_log(), twice.delivery()), (2, &log[..], Delivery::Unknown));
        assert!(twice.retry_budget_empty());
        let words =
            "the vendor may have processed it; 2 attempts; not sent again because too many requests failed lately";
        assert_eq!(twice.to_string(), format!("it failed ({words})"));

        let none =
            Error::new(ErrorKind::Connect, "it failed").with_delivery(Delivery::Refused).of_call(call, Vec::new());
        assert_eq!(none.delivery(), Delivery::Refused);
    }

    #[test]
    fn what_came_with_the_answer_is_handed_out_and_not_printed() {
        let error = Error::new(ErrorKind::Throttled, "it failed")
            .with_status(503, Some("req-canary".to_owned()))
            .with_retry_after(Some(Duration::from_secs(7)))
            .with_body(Bytes::from_static(b"body-canary"));
        assert_eq!((error.status(), error.request_id()), (Some(503), Some("req-canary")));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.body().unwrap().expose(), "body-canary");
        assert!(!format!("{error} {error:?} {error:#?}").contains("canary"));
        assert!(error.with_body(Bytes::new()).body().is_none());
    }
}
