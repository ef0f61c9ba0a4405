//! The errors of a store and of a token: sentences that say what to do and hold no content and no path.

use std::borrow::Cow;

/// Why a store could not do what it was asked for. The sentence names what to do; it holds nothing of a result and no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    reason: Cow<'static, str>,
}

impl StoreError {
    /// `reason` completes the sentence "the result store ...".
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        Self { reason: reason.into() }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the result store {}", self.reason)
    }
}

impl std::error::Error for StoreError {}

/// Why a text is no token or no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenError {
    rule: &'static str,
}

impl TokenError {
    pub(crate) fn new(rule: &'static str) -> Self {
        Self { rule }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the task token {}", self.rule)
    }
}

impl std::error::Error for TokenError {}
