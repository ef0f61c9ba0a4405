//! The name of a call.

use crate::random::unguessable;

/// Names one call: in its audit record, its span, its answer or error. Drawn by chance, shown as 32
/// hexadecimal digits.
///
/// It is not sent to the vendor, and is no secret: log it, so that a message can be found in the
/// audit trail. All attempts of a call share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(u128);

impl CallId {
    /// A name that no other call has: 128 bits of chance, so that several processes need not agree
    /// on it.
    pub fn draw() -> Self {
        Self(unguessable())
    }
}

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
