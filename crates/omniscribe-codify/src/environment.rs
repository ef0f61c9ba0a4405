//! The vendor's two environments, and the variables that the vendor's own samples read.

/// The variable with the vendor's address, as in the vendor's samples.
pub const API_URL_VAR: &str = "OMNISCRIBE_API_URL";

/// The variable with the bearer token, as in the vendor's samples.
pub const API_TOKEN_VAR: &str = "OMNISCRIBE_API_TOKEN";

/// Which of the vendor's environments an address belongs to. Each has its own address and its own token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// For integration work. The vendor asks not to send real patients' data there.
    Development,
    /// For real work. A doctor's reference is required by default.
    Production,
}
