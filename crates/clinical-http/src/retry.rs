//! The retry policy: how often, how long to wait, and how long a vendor may ask us to wait.

use std::time::Duration;

use crate::verdict::Pace;
use crate::{Backoff, Jitter, RetryBudget};
use clinical_transport::Random;

/// When and how often a request is sent again. Whether it may be sent again at all is not decided
/// here: see [`Effect`](crate::Effect) and [`Delivery`](crate::Delivery).
///
/// Defaults: 4 attempts; after a transient failure 100 ms doubling, full jitter; after throttling 1
/// s doubling, at least half of it; both capped at 20 s; a `Retry-After` of more than 5 minutes is
/// not waited for.
///
/// | wait before attempt | after a transient failure | after throttling |
/// |---|---|---|
/// | 2 | 0-100 ms | 0.5-1 s |
/// | 3 | 0-200 ms | 1-2 s |
/// | 4 | 0-400 ms | 2-4 s |
///
/// A longer hint of the vendor's takes the place of the wait, plus at most 100 ms, so that clients
/// which were turned away together do not come back in the same instant.
///
/// A value holds only what was set. Given to a [`ClientBuilder`](crate::ClientBuilder) it changes
/// that and leaves the rest as the client had it: a vendor's documented schedule survives a caller
/// who sets the number of attempts.
///
/// "Transient" is every failure that may be repeated and is no throttling: no connection, a broken
/// one, 408, 425, most 5xx. Throttling is 429 (RFC 6585, section 4) and 503 with a `Retry-After`
/// (RFC 9110, section 15.6.4). `Debug` prints every number in force.
///
/// ```
/// use clinical_http::{Backoff, BaseUrl, Client, Jitter, RetryPolicy, Vendor};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), clinical_http::Error> {
/// # const VENDOR: Vendor = Vendor::new("example");
/// // What a vendor crate sets: the schedule that the vendor documents (1, 2, 4 s).
/// let documented = Backoff::new(Duration::from_secs(1), Duration::from_secs(20), Jitter::AtLeastPercent(80));
/// let builder = Client::builder(&VENDOR, BaseUrl::parse("http://127.0.0.1:8080")?)
///     .retry(RetryPolicy::default().transient(documented));
///
/// // What its user sets later leaves that schedule alone.
/// let client = builder.retry(RetryPolicy::default().max_attempts(2)).build()?;
/// let in_force = format!("{client:?}");
/// assert!(in_force.contains("max_attempts: 2") && in_force.contains("AtLeastPercent(80)"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: Option<u32>,
    transient: Option<Backoff>,
    throttle: Option<Backoff>,
    max_hint: Option<Duration>,
    budget: Option<RetryBudget>,
}

const CAP: Duration = Duration::from_secs(20);
const TRANSIENT: Backoff = Backoff::new(Duration::from_millis(100), CAP, Jitter::Full);
const THROTTLE: Backoff = Backoff::new(Duration::from_secs(1), CAP, Jitter::AtLeastPercent(50));
const MAX_HINT: Duration = Duration::from_secs(300);

/// Shows what is in force, the defaults included.
impl std::fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("max_attempts", &self.attempts())
            .field("transient", &self.transient.unwrap_or(TRANSIENT))
            .field("throttle", &self.throttle.unwrap_or(THROTTLE))
            .field("max_hint", &self.longest_hint())
            .field("budget", &self.retry_budget())
            .finish()
    }
}

impl RetryPolicy {
    /// Never sends a request twice, not even one that was not sent or was refused, nor after a
    /// credential was renewed. For callers that have a queue of their own.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// The most attempts for one call, the first included (4 by default; 0 counts as 1). The one
    /// after a renewed credential counts too.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// The back-off after a failure that is not throttling. By default 100 ms, doubling up to 20 s,
    /// full jitter.
    #[must_use]
    pub fn transient(mut self, backoff: Backoff) -> Self {
        self.transient = Some(backoff);
        self
    }

    /// The back-off after a 429, or a 503 with a `Retry-After`. By default 1 s, doubling up to 20
    /// s, at least half of it. It also measures the cool-down that the whole client then keeps, and
    /// grows with each further throttling in a row, whichever call meets it.
    #[must_use]
    pub fn throttle(mut self, backoff: Backoff) -> Self {
        self.throttle = Some(backoff);
        self
    }

    /// The longest `Retry-After` that is waited for (5 min by default); a longer one ends the call,
    /// and the hint is in [`Error::retry_after`](crate::Error::retry_after). After throttling the
    /// client's other calls are held for this long, and not for what the hint said, which may be
    /// nonsense.
    #[must_use]
    pub fn max_hint(mut self, longest: Duration) -> Self {
        self.max_hint = Some(longest);
        self
    }

    /// What all retries of a client together may cost. Replaces the whole budget: its fields are
    /// not merged.
    #[must_use]
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// This policy, and where it says nothing `base`.
    pub(crate) fn over(self, base: &Self) -> Self {
        Self {
            max_attempts: self.max_attempts.or(base.max_attempts),
            transient: self.transient.or(base.transient),
            throttle: self.throttle.or(base.throttle),
            max_hint: self.max_hint.or(base.max_hint),
            budget: self.budget.or(base.budget),
        }
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.max_attempts.unwrap_or(4)
    }

    fn longest_hint(&self) -> Duration {
        self.max_hint.unwrap_or(MAX_HINT)
    }

    pub(crate) fn retry_budget(&self) -> RetryBudget {
        self.budget.unwrap_or_default()
    }

    /// How long to wait after failed attempt `n`, or `None` if the vendor asks for more than the
    /// policy allows.
    pub(crate) fn wait(&self, n: u32, pace: Pace, hint: Option<Duration>, random: &mut Random) -> Option<Duration> {
        let backoff = match pace {
            Pace::Transient => self.transient.unwrap_or(TRANSIENT),
            Pace::Throttle => self.throttle.unwrap_or(THROTTLE),
        };
        let delay = backoff.delay(n, random);
        let Some(hint) = hint else { return Some(delay) };
        if hint > self.longest_hint() {
            return None;
        }
        // A little more than asked for: clients that were turned away together must not come back in the same instant, and a
        // hint in whole seconds may have been rounded down.
        let spread = Duration::from_millis(random.within(0..=100));
        Some(hint.max(delay).saturating_add(spread))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_never_undercut_and_hardly_exceeded() {
        let policy = RetryPolicy::default();
        let mut waits = std::collections::BTreeSet::new();
        for seed in 0..500 {
            let mut random = Random::with_seed(seed);
            let hint = Duration::from_secs(2);
            let wait = policy.wait(1, Pace::Throttle, Some(hint), &mut random).unwrap();
            assert!(wait >= hint && wait <= hint + Duration::from_millis(100), "{wait:?}");
            waits.insert(wait);
        }
        // Nor do clients that were turned away together come back together.
        assert!(waits.len() > 90, "{waits:?}");
    }

    #[test]
    fn back_off_wins_over_a_shorter_hint() {
        let floor = Backoff::new(Duration::from_secs(8), Duration::from_secs(8), Jitter::AtLeastPercent(100));
        let policy = RetryPolicy::default().throttle(floor);
        let mut random = Random::with_seed(1);
        let wait = policy.wait(1, Pace::Throttle, Some(Duration::ZERO), &mut random).unwrap();
        assert!(wait >= Duration::from_secs(8));
    }

    #[test]
    fn a_hint_beyond_the_limit_is_not_waited_for() {
        let policy = RetryPolicy::default();
        let mut random = Random::with_seed(1);
        let exactly = policy.wait(1, Pace::Throttle, Some(Duration::from_secs(300)), &mut random);
        assert!(exactly.is_some());
        let beyond = policy.wait(1, Pace::Throttle, Some(Duration::from_millis(300_001)), &mut random);
        assert_eq!(beyond, None);
    }

    #[test]
    fn at_least_one_attempt_is_made() {
        assert_eq!(RetryPolicy::default().max_attempts(0).attempts(), 1);
        assert_eq!(RetryPolicy::never().attempts(), 1);
    }

    #[test]
    fn what_is_not_set_stays_as_it_was() {
        let documented = Backoff::new(Duration::from_secs(1), CAP, Jitter::AtLeastPercent(100));
        let vendor = RetryPolicy::default().max_attempts(6).transient(documented);
        let caller = RetryPolicy::default().max_attempts(2).over(&vendor);
        assert_eq!(caller.attempts(), 2);
        let mut random = Random::with_seed(1);
        assert_eq!(caller.wait(1, Pace::Transient, None, &mut random), Some(Duration::from_secs(1)));
    }

    #[test]
    fn debug_shows_every_number_in_force() {
        let shown = format!("{:?}", RetryPolicy::never());
        for number in ["max_attempts: 1", "base: 100ms", "base: 1s", "cap: 20s", "AtLeastPercent(50)", "max_hint: 300s"]
        {
            assert!(shown.contains(number), "{number} in {shown}");
        }
    }
}
