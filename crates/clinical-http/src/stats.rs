//! How full the limits of a client are, for health pages and metrics.

use std::time::Duration;

/// The levels of a client at one moment, over all of its clones. From
/// [`Client::stats`](crate::Client::stats).
///
/// The numbers are gauges, for a health page: they may be different a microsecond later, so do not
/// decide with them whether to call. Counts that only grow come from [`Counters`](crate::Counters).
///
/// ```
/// use clinical_http::{BaseUrl, Client, RateLimit, Vendor};
///
/// # fn main() -> Result<(), clinical_http::Error> {
/// const VENDOR: Vendor = Vendor::new("example");
/// let builder = Client::builder(&VENDOR, BaseUrl::parse("http://127.0.0.1:8080")?);
/// let client = builder.rate_limit(RateLimit::per_minute(60)).build()?;
///
/// let stats = client.stats();
/// assert_eq!((stats.in_flight, stats.rate_left, stats.retry_tokens), (0, Some(60), 100));
/// assert!(stats.cooling.is_zero());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Attempts under way, and those that passed the limits and wait for their credential.
    pub in_flight: u32,
    /// Attempts that wait for a slot, for the rate limit, or for the end of a cool-down.
    pub waiting: u32,
    /// How much longer the client sends nothing because the vendor said "too many"; zero if it does
    /// not cool down.
    pub cooling: Duration,
    /// How many requests may begin now by the rate limit or by what the vendor says is left; `None`
    /// if neither is known.
    pub rate_left: Option<u32>,
    /// Whole tokens left in the [`RetryBudget`](crate::RetryBudget). A low level that stays low
    /// says that the vendor is in trouble and that failures are no longer being repeated.
    pub retry_tokens: u32,
}
