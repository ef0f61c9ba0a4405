//! How much of an answer is accepted.

/// How much of an answer is accepted.
///
/// | limit | default |
/// |---|---|
/// | `response`: a success body | 16 MiB; what is longer is cut there |
/// | an error body | 8 KiB, fixed; the rest is not read |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyLimits {
    response: usize,
}

/// How much of an error body is kept.
const ERROR_BODY: usize = 8 * 1024;

impl Default for BodyLimits {
    fn default() -> Self {
        Self { response: 16 * 1024 * 1024 }
    }
}

impl BodyLimits {
    /// The most bytes of a success body.
    #[must_use]
    pub fn response(mut self, bytes: usize) -> Self {
        self.response = bytes;
        self
    }

    pub(crate) fn of(&self, success: bool) -> usize {
        if success { self.response } else { ERROR_BODY }
    }
}
