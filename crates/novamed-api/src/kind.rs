//! What went wrong, as something to act on.

use clinical_http::ErrorKind;

/// What went wrong. Whether the vendor created something is certain for all of them but [`OutcomeUnknown`](Kind::OutcomeUnknown); what a deletion
/// may have done says [`Error::may_have_been_processed`](crate::Error::may_have_been_processed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A local check, a setting, or a call that created nothing, for certain: see [`ErrorKind`] for which and for who can mend it.
    Call(ErrorKind),
    /// 404: there is no such thing, or not for this key: deleted, of another clinic, or of the other environment.
    NotFound,
    /// The vendor may have created it, and nobody on this side can know. Find out ([`Error::advice`](crate::Error::advice)) before you send it again.
    OutcomeUnknown,
    /// An identical create is in the submission log ([`Error::earlier`](crate::Error::earlier) says how it ended); nothing was sent. If a second one is wanted,
    /// see [`NovaMed::repeating`](crate::NovaMed::repeating).
    Duplicate,
    /// A refill of this medication request is pending already; none was created. The vendor does not say which.
    RefillAlreadyExists,
    /// The submission log cannot be read or written; nothing was sent. Mend the log.
    Log,
}

impl Kind {
    /// The name used in logs and machine-readable output, such as `outcome_unknown`; of a call that of its [`ErrorKind`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Call(kind) => kind.as_str(),
            Self::NotFound => "not_found",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Duplicate => "duplicate",
            Self::RefillAlreadyExists => "refill_already_exists",
            Self::Log => "log",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
