//! The error of this crate: that of the transport core, and the vendor's own words about it.

use std::time::Duration;

use bytes::Bytes;
use clinical_drift::Drift;
use clinical_http::audit::CallId;
use clinical_http::{Attempt, Delivery, ErrorKind, Sensitive};
use serde::Deserialize;

use crate::schema;

/// Why a note could not be coded, whether the vendor may have processed it, and after how many attempts.
///
/// `Display` is one sentence without any of the caller's data. The vendor's own text may quote the request, so it is kept apart, in
/// [`details`](Error::details).
#[derive(Debug)]
pub struct Error(clinical_http::Error);

impl From<clinical_http::Error> for Error {
    fn from(error: clinical_http::Error) -> Self {
        Self(error)
    }
}

/// The vendor's error body. `success` is always `false` and `error` repeats the status.
#[derive(Deserialize)]
struct VendorError {
    details: String,
}

impl Error {
    /// What went wrong, as something to act on. A 413 of the vendor is [`TooLarge`](ErrorKind::TooLarge), as a failed local check is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind()
    }

    /// Whether the vendor may have coded, and billed, the note: the worst of all attempts.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery()
    }

    /// Whether the vendor may have coded, and billed, the note although there is no result. `false` is a promise.
    pub fn may_have_been_processed(&self) -> bool {
        self.0.may_have_been_processed()
    }

    /// How many attempts were made; 0 for a local check.
    pub fn attempts(&self) -> u32 {
        self.0.attempts()
    }

    /// Every attempt, in order.
    pub fn attempt_log(&self) -> &[Attempt] {
        self.0.attempt_log()
    }

    /// The field that failed a local check, by its name in the vendor's contract (`medical_note`, `pdf_file`, `x-doctor`...).
    pub fn field(&self) -> Option<&'static str> {
        self.0.field()
    }

    /// The status of the last answer, where there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status()
    }

    /// The vendor's request id, where the last answer carried one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id()
    }

    /// How long the vendor asked to wait, counted from the last answer.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after()
    }

    /// Whether the request would have been sent again, but too many of this client's requests had failed lately.
    pub fn retry_budget_empty(&self) -> bool {
        self.0.retry_budget_empty()
    }

    /// The call, by the name it bears in the audit trail; `None` for a local check.
    pub fn call(&self) -> Option<CallId> {
        self.0.call()
    }

    /// What the vendor wrote in `details`. For people, not for decisions: the vendor words it differently from page to page and language to
    /// language. May hold patients' data.
    pub fn details(&self) -> Option<Sensitive<String>> {
        let body = self.0.body()?;
        let vendor: VendorError = serde_json::from_slice(body.expose()).ok()?;
        Some(Sensitive::new(vendor.details))
    }

    /// Counts what the vendor's error has that this version does not know; a body that is none of the vendor's is nobody's drift.
    pub(crate) fn count_drift(&self, drift: &Drift) {
        if let Some(body) = self.0.body().filter(|_| self.details().is_some()) {
            schema::ERROR.count(drift, "CodifyError", body.expose());
        }
    }

    /// What was received of the last answer. May hold patients' data.
    pub fn body(&self) -> Option<&Sensitive<Bytes>> {
        self.0.body()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}
