//! The retry budget: a bucket of tokens that retries take from and time and successes fill, so that
//! a vendor in trouble is not asked four times as often as a healthy one. One bucket for all calls
//! of a client and its clones, and a client has one host.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::verdict::Pace;

/// How many retries a client may afford, over all of its calls.
///
/// Defaults: 100 tokens at most and at the start; a retry costs 10 after a transient failure and 5
/// after throttling; each success gives 1 and each second 0.5. If every request fails, one call a
/// second then sends 1.07 requests a call over ten minutes. When the budget cannot pay for a retry,
/// the call ends with the failure it met
/// ([`Error::retry_budget_empty`](crate::Error::retry_budget_empty)).
///
/// First attempts are always free, and so is the one repetition after a credential was renewed. The
/// level is in [`Stats::retry_tokens`](crate::Stats::retry_tokens). A token is a unit of this
/// budget alone: it is not a request, and has nothing to do with a vendor's rate limit.
///
/// ```
/// # use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Effect, Method, Operation, Vendor};
/// use clinical_http::{Client, RetryBudget, RetryPolicy};
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// // Enough for two retries after failures, and then for one more every 20 seconds.
/// let budget = RetryBudget::default().capacity(20);
/// let client = Client::builder(&VENDOR, base).retry(RetryPolicy::default().budget(budget))
/// #     .transport(ScriptedTransport::always(Step::answer(500, "")))
/// #     .clock(JumpingClock::new())
///     .build()?;
///
/// // The vendor answers 500 to everything: two retries instead of the policy's three.
/// let error = client.send_raw(Call::new(&READ)).await.unwrap_err();
/// assert_eq!((error.attempts(), error.retry_budget_empty()), (3, true));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct RetryBudget {
    capacity: u32,
    transient_cost: u32,
    throttle_cost: u32,
    success_gain: u32,
    token_every: Duration,
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self {
            capacity: 100,
            transient_cost: 10,
            throttle_cost: 5,
            success_gain: 1,
            token_every: Duration::from_secs(2),
        }
    }
}

impl RetryBudget {
    /// The most tokens, which are also there at the start (100 by default). With 0 nothing is ever
    /// sent again, unless retries cost nothing.
    pub fn capacity(mut self, tokens: u32) -> Self {
        self.capacity = tokens;
        self
    }

    /// What a retry costs in tokens: after a transient failure (10 by default), and after
    /// throttling (5). A cost of 0 makes such retries free.
    pub fn costs(mut self, transient: u32, throttle: u32) -> Self {
        (self.transient_cost, self.throttle_cost) = (transient, throttle);
        self
    }

    /// What fills the budget: tokens for each success (1 by default), and the time in which one
    /// token comes by itself (2 s by default; what is outside 1 ms to 1 day counts as the nearer of
    /// the two).
    pub fn gains(mut self, success: u32, token_every: Duration) -> Self {
        self.success_gain = success;
        self.token_every = token_every.clamp(Duration::from_millis(1), Duration::from_secs(86_400));
        self
    }
}

/// The level, kept as one number: the moment at which the bucket would have been empty. Time alone
/// then fills it.
pub(crate) struct Tokens {
    rules: RetryBudget,
    /// In nanoseconds of the client's clock; may lie before its origin.
    empty_at: AtomicI64,
}

impl Tokens {
    pub(crate) fn new(rules: RetryBudget, now: Duration) -> Self {
        let tokens = Self { rules, empty_at: AtomicI64::new(0) };
        tokens.empty_at.store(nanos(now).saturating_sub(tokens.worth(rules.capacity)), Ordering::Relaxed);
        tokens
    }

    /// Pays for a retry; `false` if there is not enough left.
    pub(crate) fn pay(&self, pace: Pace, now: Duration) -> bool {
        let cost = match pace {
            Pace::Transient => self.rules.transient_cost,
            Pace::Throttle => self.rules.throttle_cost,
        };
        self.shift(now, |level_from| level_from.saturating_add(self.worth(cost)))
    }

    /// A success.
    pub(crate) fn earn(&self, now: Duration) {
        self.shift(now, |level_from| level_from.saturating_sub(self.worth(self.rules.success_gain)));
    }

    /// Whole tokens at this moment.
    pub(crate) fn level(&self, now: Duration) -> u32 {
        let filled = nanos(now).saturating_sub(self.within(self.empty_at.load(Ordering::Relaxed), now));
        u32::try_from(filled.max(0) / self.worth(1)).unwrap_or(u32::MAX).min(self.rules.capacity)
    }

    /// Moves the level unless that would make it negative.
    fn shift(&self, now: Duration, to: impl Fn(i64) -> i64) -> bool {
        let moved = |at| Some(to(self.within(at, now))).filter(|at| *at <= nanos(now));
        self.empty_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, moved).is_ok()
    }

    /// A full bucket does not fill further.
    fn within(&self, empty_at: i64, now: Duration) -> i64 {
        empty_at.max(nanos(now).saturating_sub(self.worth(self.rules.capacity)))
    }

    /// How long it takes for so many tokens to come by themselves.
    fn worth(&self, tokens: u32) -> i64 {
        nanos(self.rules.token_every).saturating_mul(tokens.into())
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000);

    fn after(seconds: u64) -> Duration {
        START + Duration::from_secs(seconds)
    }

    #[test]
    fn ten_transient_or_twenty_throttled_retries_empty_it_and_nothing_goes_below() {
        for (pace, retries) in [(Pace::Transient, 10), (Pace::Throttle, 20)] {
            let tokens = Tokens::new(RetryBudget::default(), START);
            for paid in 0..retries {
                assert_eq!(tokens.level(START), 100 - 100 / retries * paid);
                assert!(tokens.pay(pace, START), "{paid}");
            }
            assert_eq!(tokens.level(START), 0);
            assert!(!tokens.pay(pace, START));
            assert_eq!(tokens.level(START), 0);
        }
    }

    #[test]
    fn half_a_token_comes_each_second_up_to_the_capacity() {
        let tokens = Tokens::new(RetryBudget::default(), START);
        assert!((0..10).all(|_| tokens.pay(Pace::Transient, START)));
        assert!(!tokens.pay(Pace::Transient, after(19)));
        assert_eq!(tokens.level(after(19)), 9);
        assert!(tokens.pay(Pace::Transient, after(20)));
        assert_eq!(tokens.level(after(20)), 0);
        assert_eq!(tokens.level(after(40)), 10);
        assert_eq!(tokens.level(after(100_000)), 100);
        // What overflowed while nobody looked is not there either.
        let paid = (0..50).filter(|_| tokens.pay(Pace::Transient, after(100_000))).count();
        assert_eq!(paid, 10);
    }

    #[test]
    fn a_success_gives_one_token_and_never_more_than_the_capacity() {
        let tokens = Tokens::new(RetryBudget::default(), START);
        tokens.earn(START);
        assert_eq!(tokens.level(START), 100);
        assert!((0..10).all(|_| tokens.pay(Pace::Transient, START)));
        (0..9).for_each(|_| tokens.earn(START));
        assert!(!tokens.pay(Pace::Transient, START));
        tokens.earn(START);
        assert!(tokens.pay(Pace::Transient, START));
    }

    #[test]
    fn costs_and_gains_can_be_set() {
        let rules = RetryBudget::default().capacity(7).costs(3, 0).gains(2, Duration::from_secs(10));
        let tokens = Tokens::new(rules, START);
        assert!(tokens.pay(Pace::Transient, START) && tokens.pay(Pace::Transient, START));
        assert!(!tokens.pay(Pace::Transient, START));
        assert!((0..1_000).all(|_| tokens.pay(Pace::Throttle, START)));
        tokens.earn(START);
        assert_eq!(tokens.level(START), 3);
        assert_eq!(tokens.level(after(10)), 4);
        let none = Tokens::new(RetryBudget::default().capacity(0), START);
        assert!(!none.pay(Pace::Throttle, after(1_000)));
        assert_eq!(none.level(after(1_000)), 0);
    }

    #[test]
    fn a_reader_whose_clock_is_a_little_behind_finds_it_empty_and_not_full() {
        let tokens = Tokens::new(RetryBudget::default(), START);
        assert!((0..10).all(|_| tokens.pay(Pace::Transient, after(10))) && !tokens.pay(Pace::Transient, after(10)));
        assert_eq!(tokens.level(after(5)), 0);
    }

    #[test]
    fn a_clock_at_its_origin_or_at_its_end_neither_overflows_nor_panics() {
        let widest = RetryBudget::default().capacity(u32::MAX).gains(u32::MAX, Duration::MAX);
        for rules in [RetryBudget::default(), widest] {
            for now in [Duration::ZERO, Duration::MAX] {
                let tokens = Tokens::new(rules, now);
                assert!(tokens.pay(Pace::Transient, now));
                tokens.earn(Duration::MAX);
                assert!(tokens.level(Duration::MAX) <= rules.capacity);
            }
        }
    }

    #[test]
    fn threads_together_spend_no_token_twice() {
        let tokens = Tokens::new(RetryBudget::default().capacity(10_000), START);
        let spend = || (0..1_000).filter(|_| tokens.pay(Pace::Transient, START)).count();
        let paid: usize = std::thread::scope(|scope| {
            let spenders: Vec<_> = (0..8).map(|_| scope.spawn(spend)).collect();
            spenders.into_iter().map(|spender| spender.join().unwrap()).sum()
        });
        assert_eq!(paid, 1_000);
    }
}
