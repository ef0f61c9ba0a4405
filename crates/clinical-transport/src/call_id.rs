//! The name of a call.

use crate::random::unguessable;

/// Names one call: in its audit record, its span, its answer or error. Drawn by chance, shown as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId(u128);

impl CallId {
    /// A name that no other call has.
    pub fn draw() -> Self {
        Self(unguessable())
    }
}

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
