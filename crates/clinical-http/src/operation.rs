//! What a vendor crate declares about an endpoint, as `const` data.
//!
//! The effect is declared here, once per operation, by whoever read the vendor's contract. Nothing in this crate looks
//! at the HTTP method to decide whether a request may be repeated.

use std::time::Duration;

/// The HTTP methods that the vendors use. A type of our own because an [`Operation`] is `const` data and `http::Method` cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) fn to_http(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Patch => http::Method::PATCH,
            Self::Delete => http::Method::DELETE,
        }
    }
}

/// What repeating a request would do at the vendor. Declared, never inferred from the HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Only reads; repeating it changes nothing.
    Safe,
    /// Repeating it leaves the vendor in the same state (it may cost money, and its contract says that is acceptable).
    Idempotent,
    /// The vendor de-duplicates on a key that this client sends.
    Keyed,
    /// A plain create: repeating it may do it twice.
    Unsafe,
    /// Reading destroys what is read.
    ReadOnce,
}

impl Effect {
    /// Whether the request may be repeated when an earlier attempt may already have been processed.
    pub(crate) fn tolerates_repetition(self) -> bool {
        match self {
            Self::Safe | Self::Idempotent | Self::Keyed => true,
            Self::Unsafe | Self::ReadOnce => false,
        }
    }
}

/// One endpoint of a vendor.
///
/// ```
/// use clinical_http::{Effect, Method, Operation};
///
/// // Coding a note again changes nothing but the bill, so it is declared idempotent although it is a POST.
/// const CODIFY: Operation =
///     Operation::new("codify", Method::Post, "/v1/codify", Effect::Idempotent).never_repeat_on(&[408, 425]);
/// assert_eq!(CODIFY.effect(), Effect::Idempotent);
/// ```
#[derive(Debug)]
pub struct Operation {
    name: &'static str,
    method: Method,
    path: &'static str,
    effect: Effect,
    never_repeat_on: &'static [u16],
}

impl Operation {
    /// Declares an operation: a short name for logs, the method, the path template below the base URL (starting with
    /// `/`), and the effect.
    pub const fn new(name: &'static str, method: Method, path: &'static str, effect: Effect) -> Self {
        Self { name, method, path, effect, never_repeat_on: &[] }
    }

    /// Statuses that are final for this operation although the general table would repeat them. Stricter only: there is no
    /// way to make a verdict looser.
    pub const fn never_repeat_on(mut self, statuses: &'static [u16]) -> Self {
        self.never_repeat_on = statuses;
        self
    }

    /// The short name, for logs and audit records.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method. It decides nothing but the request line.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path template; also what spans and logs show instead of the URL.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The declared effect.
    pub const fn effect(&self) -> Effect {
        self.effect
    }

    pub(crate) fn is_final(&self, status: u16) -> bool {
        self.never_repeat_on.contains(&status)
    }
}

/// Finds in the body of an error (at most 8 KiB) how long the vendor asks to wait.
pub type RetryHint = fn(&[u8]) -> Option<Duration>;

/// What a vendor crate declares about its vendor as a whole.
#[derive(Debug)]
pub struct Vendor {
    name: &'static str,
    doctor_header: Option<&'static str>,
    patient_header: Option<&'static str>,
    retry_hint: Option<RetryHint>,
}

impl Vendor {
    /// Declares a vendor by the name that errors, logs and audit records show.
    pub const fn new(name: &'static str) -> Self {
        Self { name, doctor_header: None, patient_header: None, retry_hint: None }
    }

    /// The headers that carry the doctor's and the patient's reference of a [`CallContext`](crate::CallContext).
    pub const fn audit_headers(mut self, doctor: &'static str, patient: &'static str) -> Self {
        self.doctor_header = Some(doctor);
        self.patient_header = Some(patient);
        self
    }

    /// For a vendor that says in the body of an error how long to wait. What it finds counts beside a `Retry-After`; the longer of the two
    /// is waited for. It changes nothing of what is sent again: a 503 is "refused" only with the header.
    pub const fn retry_hint_in_body(mut self, find: RetryHint) -> Self {
        self.retry_hint = Some(find);
        self
    }

    /// The vendor's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn retry_hint(&self) -> Option<RetryHint> {
        self.retry_hint
    }

    pub(crate) fn doctor_header(&self) -> Option<&'static str> {
        self.doctor_header
    }

    pub(crate) fn patient_header(&self) -> Option<&'static str> {
        self.patient_header
    }
}
