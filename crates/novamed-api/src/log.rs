//! A record on this side of what was created, because the vendor keeps none that can be asked: an identical create within a window is
//! refused before it is sent. This file says what a log must do; it stores nothing. [`DirectoryLog`] is the one for production,
//! [`MemoryLog`] for tests and for programs whose restart forgets everything anyway.

mod directory;
mod memory;
mod record;

use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use ring::digest;
use serde::Serialize;

pub use self::directory::DirectoryLog;
pub use self::memory::MemoryLog;

/// For how long a log keeps what was created, unless it is told otherwise: 90 days.
const KEEP: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Two lower-case digits for each byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Which create it is: its content as a hash, so that a log holds nothing of a patient. Equal for equal requests of one clinic to one
/// server, whatever the revision.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubmissionKey(String);

impl SubmissionKey {
    /// Of a request of this kind to this server, on behalf of this clinic.
    pub(crate) fn of(what: &str, server: &str, clinic: Option<&str>, request: &impl Serialize) -> Self {
        // A clinic that is named is the same as the client's that is not. Nothing of this can fail: the requests have names for keys.
        let mut request = serde_json::to_value(request).unwrap_or_default();
        if let Some(fields) = request.as_object_mut() {
            fields.remove("clinic");
            fields.values_mut().for_each(fold_identifiers);
        }
        // The key must not depend on which features of the JSON library a program has on.
        request.sort_all_objects();
        let clinic = clinic.map(str::to_ascii_lowercase);
        let content = serde_json::to_vec(&(what, server, clinic, request)).unwrap_or_default();
        Self(hexadecimal(digest::digest(&digest::SHA256, &content).as_ref()))
    }

    /// A key that was stored: 64 lower-case hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_key.then(|| Self(text.to_owned()))
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The same UUID in capitals is the same (RFC 9562, section 4).
fn fold_identifiers(value: &mut serde_json::Value) {
    if let serde_json::Value::String(text) = value {
        if crate::id::is_uuid(text) {
            text.make_ascii_lowercase();
        }
    }
}

impl fmt::Debug for SubmissionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.get(..12).unwrap_or_default())
    }
}

/// One create, as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Submission {
    /// Which.
    pub key: SubmissionKey,
    /// The operation, such as `create_patient`.
    pub operation: String,
    /// When its bytes were about to go out, by the wall clock.
    pub at: SystemTime,
    /// How it ended.
    pub state: SubmissionState,
}

impl Submission {
    /// Whether it is too long ago to refuse another one: the one rule about windows.
    pub(crate) fn is_past(&self, now: SystemTime, window: Duration) -> bool {
        record::is_past(self.at, now, window)
    }

    /// A create that is about to be sent.
    pub fn begun(key: SubmissionKey, operation: impl Into<String>, at: SystemTime) -> Self {
        Self { key, operation: operation.into(), at, state: SubmissionState::Uncertain }
    }
}

/// How a create ended. `Debug` does not print the identifier: who can look it up knows whom it means.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmissionState {
    /// It was about to be sent, and nothing certain is known since: it is under way (a wait after 429 included), the process ended meanwhile, or the
    /// outcome is unknown.
    Uncertain,
    /// The vendor created it, under this identifier.
    Created {
        /// The vendor's identifier.
        id: String,
    },
}

impl fmt::Debug for SubmissionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uncertain => "Uncertain",
            Self::Created { .. } => "Created(..)",
        })
    }
}

/// What a log says when a create is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is on record now: send it.
    New,
    /// An identical one is on record: do not send.
    Earlier(Submission),
}

/// The log cannot be read or written. The sentence says what to mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogError(String);

impl LogError {
    /// With a whole sentence, without any data.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LogError {}

/// Where creates are recorded. All methods may block: the client calls them where that holds up nobody.
///
/// A log that is given to several clients, or to several processes, refuses for all of them.
pub trait SubmissionLog: Send + Sync + 'static {
    /// Records that a create is about to be sent, unless an identical one is on record whose `at` is less than `window` before that of
    /// `submission`; with `again`, in any case. Of two at the same moment one is told [`Begun::New`]. What is recorded must
    /// outlive the process when this returns.
    ///
    /// # Errors
    ///
    /// [`LogError`]; the create is then not sent.
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError>;

    /// The vendor created it.
    ///
    /// # Errors
    ///
    /// [`LogError`]; the entry then stays uncertain, and the caller has its answer all the same.
    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError>;

    /// It was not created, for certain: an identical one may be sent at once. If it was sent `again`, what was on record before is so
    /// once more.
    ///
    /// # Errors
    ///
    /// [`LogError`]; the entry then stays uncertain.
    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError>;

    /// What is on record for a key.
    ///
    /// # Errors
    ///
    /// [`LogError`].
    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError>;
}

/// One log for several clients.
impl<T: SubmissionLog + ?Sized> SubmissionLog for Arc<T> {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        (**self).begin(submission, window, again)
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        (**self).created(key, id)
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        (**self).not_created(key)
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        (**self).find(key)
    }
}
