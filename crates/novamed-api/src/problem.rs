//! What is wrong with a request before it is sent: all of it at once, field by field, never with a value.

use std::borrow::Cow;
use std::fmt;

/// One field of a request and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The field: by its name in the client's revision, with its place in lists (`medication_requests[0].direction`); where the
    /// revision has no such field, by its name in this crate.
    pub field: String,
    /// Which rule it breaks and what to do; completes the sentence "`field` ...".
    pub rule: Cow<'static, str>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}
