//! How long to wait before the next attempt: exponential, capped, with jitter, in whole nanoseconds.

use std::ops::RangeInclusive;
use std::time::Duration;

use clinical_transport::Random;

/// How much of a computed delay chance may take away, so that clients that failed together do not
/// come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Jitter {
    /// Anything from zero to the whole delay, each value as likely as another. Spreads many clients
    /// best.
    Full,
    /// At least this many percent of the delay (0-100; more counts as 100). For "too many
    /// requests", to which a wait of zero is no answer, and for a schedule that the vendor
    /// documents.
    AtLeastPercent(u8),
}

/// The delay before attempt n + 1: `min(cap, base * 2^(n-1))`, less the jitter.
///
/// Computed in whole nanoseconds and without overflow, whatever is given. It is only the client's
/// own part of a wait: a longer `Retry-After` wins, and a delay that leaves no room for another
/// attempt within the [`Deadlines`](crate::Deadlines) ends the call instead of being slept. The
/// defaults are in [`RetryPolicy`](crate::RetryPolicy).
///
/// ```
/// use clinical_http::{Backoff, Jitter};
/// use std::time::Duration;
///
/// // 1 s, 2 s, 4 s, never shortened by more than a fifth.
/// let documented = Backoff::new(Duration::from_secs(1), Duration::from_secs(20), Jitter::AtLeastPercent(80));
/// assert_eq!(documented.range(3), Duration::from_millis(3200)..=Duration::from_secs(4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    jitter: Jitter,
}

impl Backoff {
    /// A back-off that starts at `base` and doubles up to `cap`. A `base` above the `cap` counts as
    /// the `cap`; a `base` of zero never waits.
    pub const fn new(base: Duration, cap: Duration, jitter: Jitter) -> Self {
        Self { base, cap, jitter }
    }

    /// Between what the delay after the `n`-th failed attempt lies (from 1; 0 counts as 1). For
    /// printing a schedule and for tests; the client draws from the same range. What is longer than
    /// 2^64 ns (584 years) is shown as that.
    pub fn range(&self, n: u32) -> RangeInclusive<Duration> {
        let (least, whole) = self.nanos(n).into_inner();
        Duration::from_nanos(least)..=Duration::from_nanos(whole)
    }

    pub(crate) fn delay(&self, n: u32, random: &mut Random) -> Duration {
        Duration::from_nanos(random.within(self.nanos(n)))
    }

    fn nanos(&self, n: u32) -> RangeInclusive<u64> {
        let factor = 1u128.checked_shl(n.saturating_sub(1).min(127)).unwrap_or(u128::MAX);
        let whole = self.base.as_nanos().saturating_mul(factor).min(self.cap.as_nanos());
        let least = match self.jitter {
            Jitter::Full => 0,
            Jitter::AtLeastPercent(percent) => whole.saturating_mul(percent.min(100).into()) / 100,
        };
        let nanos = |nanos: u128| u64::try_from(nanos).unwrap_or(u64::MAX);
        nanos(least)..=nanos(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn doubles_up_to_the_cap_and_keeps_the_floor() {
        let backoff = Backoff::new(SECOND, Duration::from_secs(20), Jitter::AtLeastPercent(80));
        let expected = [1, 1, 2, 4, 8, 16, 20, 20];
        for seed in 0..200 {
            let mut random = Random::with_seed(seed);
            for (n, seconds) in expected.iter().enumerate() {
                let delay = backoff.delay(u32::try_from(n).unwrap(), &mut random);
                let whole = SECOND * *seconds;
                assert!(delay <= whole && delay >= whole * 4 / 5, "{n}: {delay:?}");
            }
        }
    }

    #[test]
    fn full_jitter_uses_the_whole_range() {
        let backoff = Backoff::new(SECOND, SECOND, Jitter::Full);
        let mut random = Random::with_seed(1);
        let delays: Vec<_> = (0..500).map(|_| backoff.delay(1, &mut random)).collect();
        assert!(delays.iter().any(|d| *d < SECOND / 10));
        assert!(delays.iter().any(|d| *d > SECOND * 9 / 10));
        assert!(delays.iter().all(|d| *d <= SECOND));
    }

    #[test]
    fn extremes_neither_overflow_nor_panic() {
        let mut random = Random::with_seed(1);
        let backoff = Backoff::new(Duration::MAX, Duration::MAX, Jitter::AtLeastPercent(255));
        assert_eq!(backoff.delay(u32::MAX, &mut random), Duration::from_nanos(u64::MAX));
        // More than all of it is all of it.
        assert_eq!(Backoff::new(SECOND, SECOND, Jitter::AtLeastPercent(101)).range(1), SECOND..=SECOND);
        let none = Backoff::new(Duration::ZERO, Duration::ZERO, Jitter::Full);
        assert_eq!(none.delay(u32::MAX, &mut random), Duration::ZERO);
    }

    #[test]
    fn the_same_seed_gives_the_same_delays() {
        let backoff = Backoff::new(SECOND, Duration::from_secs(20), Jitter::Full);
        let run = |seed| {
            let mut random = Random::with_seed(seed);
            (1..6).map(|n| backoff.delay(n, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }
}
