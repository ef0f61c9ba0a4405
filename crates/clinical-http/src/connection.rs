//! How connections are made: whom to trust, who we are, and through which proxy.

/// How connections to the vendor are made. By default: the authorities that the operating system trusts, no client certificate, no
/// proxy.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Connection {}

impl Connection {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }
}
