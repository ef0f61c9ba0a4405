//! What can go wrong when a sandbox is set up or told what to do. Requests that are refused are answers, not errors,
//! and do not appear here.

use std::io;

/// Why a sandbox could not start, or did not accept an instruction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The loopback port could not be opened.
    #[error("port {port} on 127.0.0.1 could not be opened; choose another one, or 0 for any free port")]
    Bind {
        /// The port asked for; 0 means "any".
        port: u16,
        /// The operating system's reason.
        source: io::Error,
    },
    /// A setting is outside its rule.
    #[error("{field}: {rule}")]
    Setting {
        /// Which setting.
        field: &'static str,
        /// Which rule, and what to do.
        rule: String,
    },
    /// An embedded contract cannot be read: a fault of this crate.
    #[error("the embedded contract cannot be read: {reason}")]
    Contract {
        /// What the reader said.
        reason: String,
    },
}

impl SandboxError {
    pub(crate) fn setting(field: &'static str, rule: impl Into<String>) -> Self {
        Self::Setting { field, rule: rule.into() }
    }
}
