//! The one error of this crate: a kind that a caller can act on, and a sentence that says what to do. It holds no line of a trail and
//! no path; the caller knows which file it named.

use std::borrow::Cow;

/// What went wrong, as something a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The file cannot be made, opened or read. Correct the path or the permissions.
    Unusable,
    /// Another process writes this trail. Stop it, or give each process a file of its own.
    InUse,
    /// The file is not a trail, or its end does not verify. Keep it as evidence and begin a new one.
    Damaged,
    /// The file was moved, deleted, replaced or changed by somebody else while it was in use.
    Displaced,
    /// Writing failed: a full disk, a quota, a device that is gone.
    Write,
    /// The trail was closed.
    Closed,
    /// The trail was written by a newer version of this crate. Use that one.
    Version,
}

/// An error of an audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    reason: Cow<'static, str>,
}

impl Error {
    /// `reason` completes the sentence "the audit trail ...".
    pub(crate) fn new(kind: ErrorKind, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, reason: reason.into() }
    }

    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "is closed; open it again")
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn into_reason(self) -> Cow<'static, str> {
        self.reason
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the audit trail {}", self.reason)
    }
}

impl std::error::Error for Error {}
