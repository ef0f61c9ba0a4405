//! How full the limits of a client are, for health pages and metrics.

use std::time::Duration;

/// The levels of a client at one moment, over all of its clones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Attempts under way.
    pub in_flight: u32,
    /// Attempts that wait for a slot, for the rate limit, or for the end of a cool-down.
    pub waiting: u32,
    /// How much longer the client sends nothing because the vendor said "too many"; zero if it does not cool down.
    pub cooling: Duration,
    /// How many requests may begin now by the rate limit or by what the vendor says is left; `None` if neither is known.
    pub rate_left: Option<u32>,
    /// Tokens left in the retry budget.
    pub retry_tokens: u32,
}
