//! A successful call: the decoded value and what it took to get it.

use crate::Attempt;
use crate::audit::CallId;

/// The identifier that a vendor gives to a piece of work (a run, a task, an order), read off a
/// decoded answer so that the audit record can name it.
///
/// Implement it for every type that [`Client::send`](crate::Client::send) decodes into; an empty
/// `impl` says that the answer names no work. The reference links the audit record with the
/// vendor's own log, which is where a question about a past call ends up.
///
/// ```
/// use clinical_http::VendorReference;
///
/// #[derive(serde::Deserialize)]
/// struct Coded {
///     run_id: String,
/// }
///
/// impl VendorReference for Coded {
///     fn vendor_reference(&self) -> Option<&str> {
///         Some(&self.run_id)
///     }
/// }
/// ```
pub trait VendorReference {
    /// The vendor's identifier, if this answer carries one; by default none. It goes into
    /// [`AuditRecord::vendor_reference`](crate::audit::AuditRecord::vendor_reference) as the vendor
    /// sent it, so it must not be a patient's name or number.
    fn vendor_reference(&self) -> Option<&str> {
        None
    }
}

/// For an answer that only has to be JSON: its content is checked and dropped.
impl VendorReference for serde::de::IgnoredAny {}

/// What a call returns when the vendor answered with success and the answer was understood. `Debug`
/// shows what it took and not the value, which may be a patient's data.
///
/// It dereferences to the value, so `answer.run_id` reads the field of the decoded answer.
#[derive(Clone)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The decoded answer.
    pub value: T,
    /// The call, by the name it bears in the audit trail.
    pub call: CallId,
    /// The HTTP status (2xx).
    pub status: u16,
    /// Every attempt, the successful one last; never empty. More than one means that the vendor may
    /// have done the work more than once, as far as the operation's [`Effect`](crate::Effect)
    /// allows it.
    pub attempts: Vec<Attempt>,
    /// The vendor's request id, where the answer carried one in `x-request-id`: 1-128 visible ASCII
    /// characters; anything else is ignored. The vendor's support asks for it.
    pub request_id: Option<String>,
}

impl<T> std::fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

impl<T> Answer<T> {
    /// Replaces the value, keeping what it took to get it. For vendor crates whose own type is made
    /// from the one on the wire.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Answer<U> {
        Answer {
            value: f(self.value),
            call: self.call,
            status: self.status,
            attempts: self.attempts,
            request_id: self.request_id,
        }
    }
}

/// The decoded answer can be used as if it were the answer: `answer.run_id`.
impl<T> std::ops::Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
