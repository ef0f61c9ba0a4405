//! What a vendor crate declares about an endpoint, as `const` data.
//!
//! The effect is declared here, once per operation, by whoever read the vendor's contract. Nothing
//! in this crate looks at the HTTP method to decide whether a request may be repeated.

use std::time::Duration;

/// The HTTP methods (RFC 9110, section 9.3; `PATCH`: RFC 5789) that the vendors use. A type of our
/// own because an [`Operation`] is `const` data and `http::Method` cannot be.
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
///
/// HTTP has these terms for methods (RFC 9110, section 9.2); vendors of clinical APIs use `POST`
/// for nearly everything, so here they are said of operations. With what is known of the attempt
/// before it, the effect decides whether a request is sent again:
///
/// | [`Delivery`](crate::Delivery) of the attempt | `Safe`, `Idempotent`, `Keyed` | `Unsafe`, `ReadOnce` |
/// |---|---|---|
/// | `NotSent`, `Refused` | again | again |
/// | `Unknown`, `ResponseLost` | again | stop |
/// | `Answered` | stop | stop |
///
/// "Again" holds within the policy, the budget and the deadlines, and not for what would only
/// happen again (an answer past the cap, a file that changed). If in doubt, declare `Unsafe`: it
/// asks a person more often than needed, and never does a thing twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// Only reads; repeating it changes nothing (RFC 9110, section 9.2.1 says it of methods).
    Safe,
    /// Repeating it leaves the vendor in the same state (it may cost money, and its contract says
    /// that is acceptable). RFC 9110, section 9.2.2 says it of methods.
    Idempotent,
    /// The vendor de-duplicates on a key that this client sends. The key is a part of the call's
    /// body, which is the same for every attempt; a new call needs a new one.
    Keyed,
    /// A plain create: repeating it may do it twice. After an uncertain outcome the call ends, and
    /// its caller decides.
    Unsafe,
    /// Reading destroys what is read: a second request would find nothing. What came of a broken
    /// answer is kept in [`Error::body`](crate::Error::body), because it cannot be had again.
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
/// A `const`, or a `static`: a [`Call`](crate::Call) borrows it for good. Nothing is checked when
/// it is declared, so a vendor crate tests its operations against the vendor's contract.
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
    /// Declares an operation: a short name for logs, the method, the path template below the base
    /// URL (starting with `/`), and the effect.
    ///
    /// Name and path are shown in logs, spans and audit records, so neither may hold an identifier.
    /// A segment `{name}` of the path is filled by [`Call::path_parameter`](crate::Call::path_parameter); the
    /// rest is sent as it is. A query is the call's ([`Call::query`](crate::Call::query)).
    pub const fn new(name: &'static str, method: Method, path: &'static str, effect: Effect) -> Self {
        Self { name, method, path, effect, never_repeat_on: &[] }
    }

    /// Statuses that are final for this operation although the general table would repeat them.
    /// Stricter only: there is no way to make a verdict looser. Which delivery a status means stays
    /// as it is.
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

/// Finds in the body of an error (at most 8 KiB, perhaps cut off, perhaps not JSON at all) how long
/// the vendor asks to wait. It gets whatever a server or a proxy sent, so it must not panic; `None`
/// if it finds nothing it is sure of.
pub type RetryHint = fn(&[u8]) -> Option<Duration>;

/// What a vendor crate declares about its vendor as a whole.
///
/// ```
/// use clinical_http::Vendor;
/// use std::time::Duration;
///
/// /// `{"retry_after_seconds": 30}`; anything else is no hint.
/// fn wait_of(body: &[u8]) -> Option<Duration> {
///     let body: serde_json::Value = serde_json::from_slice(body).ok()?;
///     body["retry_after_seconds"].as_u64().map(Duration::from_secs)
/// }
///
/// const VENDOR: Vendor =
///     Vendor::new("example").audit_headers("x-doctor", "x-patient").retry_hint_in_body(wait_of);
///
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation};
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let busy = Step::answer(429, r#"{"retry_after_seconds": 30}"#);
/// # let transport = ScriptedTransport::new([busy, Step::answer(200, "{}")]);
/// # let clock = JumpingClock::new();
/// let client = Client::builder(&VENDOR, BaseUrl::parse("https://codify.example")?)
/// #     .transport(transport).clock(clock.clone())
///     .build()?;
/// client.send_raw(Call::new(&READ)).await?;
/// assert!(clock.sleeps()[0] >= Duration::from_secs(30));
/// # Ok(())
/// # }
/// ```
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

    /// The headers that carry the doctor's and the patient's reference of a
    /// [`CallContext`](crate::CallContext). Without them the references stay on this machine, in
    /// the audit record. Names that are no HTTP field names are refused by
    /// [`ClientBuilder::build`](crate::ClientBuilder::build).
    pub const fn audit_headers(mut self, doctor: &'static str, patient: &'static str) -> Self {
        self.doctor_header = Some(doctor);
        self.patient_header = Some(patient);
        self
    }

    /// For a vendor that says in the body of an error how long to wait. What it finds counts beside
    /// a `Retry-After`; the longer of the two is waited for. It changes nothing of what is sent
    /// again: a 503 is "refused" only with the header.
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
