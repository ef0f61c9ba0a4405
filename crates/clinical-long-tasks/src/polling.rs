//! When a task is asked after: how soon, how often, for how long, and how many tasks at once.

use std::time::Duration;

use clinical_http::Error;

/// When to ask. The defaults follow the vendors' own samples: 1 s after the submission, then each time 1.5 times as long, at most 8 s, each
/// shortened or lengthened by up to a fifth at random, so that tasks which began together do not stay together.
///
/// ```
/// use clinical_long_tasks::Polling;
/// use std::time::Duration;
///
/// let patient = Polling::default().deadline(Duration::from_secs(2 * 60 * 60)).longest(Duration::from_secs(60));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Polling {
    first: Duration,
    factor: f64,
    longest: Duration,
    jitter: f64,
    deadline: Duration,
    per_second: u32,
    in_flight: usize,
    in_memory: usize,
    in_store: u64,
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            factor: 1.5,
            longest: Duration::from_secs(8),
            jitter: 0.2,
            deadline: Duration::from_secs(30 * 60),
            per_second: 200,
            in_flight: 16,
            in_memory: 64 * 1024 * 1024,
            in_store: 1024 * 1024 * 1024,
        }
    }
}

impl Polling {
    /// The wait before the first question, 1 s by default.
    #[must_use]
    pub fn first(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// By how much each wait is longer than the one before, 1.5 by default; from 1 to 10.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = factor;
        self
    }

    /// The longest wait, 8 s by default. A vendor's hint may be longer.
    #[must_use]
    pub fn longest(mut self, wait: Duration) -> Self {
        self.longest = wait;
        self
    }

    /// How long one wait for a task may take in all, 30 min by default. When it has passed the task runs on, and can be waited for again.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// How many questions a second all tasks of one [`Tasks`](crate::Tasks) may ask together, 200 by default; from 1 to 100,000. Whoever waits
    /// for more tasks than this allows asks each of them less often.
    #[must_use]
    pub fn per_second(mut self, questions: u32) -> Self {
        self.per_second = questions;
        self
    }

    /// How many questions may be on their way at once, 16 by default; at least 1. Each has a connection and holds its answer.
    #[must_use]
    pub fn in_flight(mut self, questions: usize) -> Self {
        self.in_flight = questions;
        self
    }

    /// How many bytes of an answer are held in memory to be read, 64 MiB by default. A longer result is stored whole, and ends as
    /// [`TooLarge`](crate::TaskErrorKind::TooLarge).
    #[must_use]
    pub fn in_memory(mut self, bytes: usize) -> Self {
        self.in_memory = bytes;
        self
    }

    /// The most bytes of an answer that are stored, 1 GiB by default: a server that never stops must not fill the disk, on which all other tasks depend. What
    /// is longer ends as [`Partial`](crate::TaskErrorKind::Partial).
    #[must_use]
    pub fn in_store(mut self, bytes: u64) -> Self {
        self.in_store = bytes;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |setting, rule| Err(Error::configuration(setting, rule));
        if !(1.0..=10.0).contains(&self.factor) {
            return refuse("polling factor", "is not from 1 to 10");
        }
        if !(1..=100_000).contains(&self.per_second) {
            return refuse("polling rate", "is not from 1 to 100,000 questions a second");
        }
        if self.in_flight == 0 || self.in_flight > tokio::sync::Semaphore::MAX_PERMITS {
            return refuse("polling in flight", "is not at least 1, or nonsensically large");
        }
        if self.first.is_zero() || self.longest.is_zero() {
            return refuse("polling wait", "is zero; a vendor must not be asked without a pause");
        }
        Ok(())
    }

    pub(crate) fn limit(&self) -> Duration {
        self.deadline
    }

    pub(crate) fn gap(&self) -> Duration {
        Duration::from_secs(1) / self.per_second.max(1)
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn most_in_memory(&self) -> usize {
        self.in_memory
    }

    pub(crate) fn most_in_store(&self) -> u64 {
        self.in_store
    }

    /// The wait before question `number`, counted from 0. `chance` is from 0 to 1.
    pub(crate) fn wait(&self, number: u32, chance: f64) -> Duration {
        let steps = i32::try_from(number).unwrap_or(i32::MAX);
        let grown = self.first.as_secs_f64() * self.factor.powi(steps);
        let capped = grown.min(self.longest.as_secs_f64());
        let jittered = capped * (1.0 + self.jitter * (2.0 * chance - 1.0));
        Duration::try_from_secs_f64(jittered).unwrap_or(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_scatter_by_a_fifth() {
        let polling = Polling::default();
        let middle: Vec<f64> = (0..8).map(|number| polling.wait(number, 0.5).as_secs_f64()).collect();
        assert_eq!(middle, [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 8.0, 8.0]);
        assert_eq!(polling.wait(0, 0.0), Duration::from_millis(800));
        assert_eq!(polling.wait(0, 1.0), Duration::from_millis(1200));
        assert_eq!(polling.wait(u32::MAX, 1.0), Duration::from_millis(9600));
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let default = Polling::default;
        let table = [
            (default().factor(0.9), "factor"),
            (default().factor(f64::NAN), "factor"),
            (default().factor(11.0), "factor"),
            (default().per_second(0), "rate"),
            (default().per_second(100_001), "rate"),
            (default().in_flight(0), "in flight"),
            (default().first(Duration::ZERO), "wait"),
            (default().longest(Duration::ZERO), "wait"),
        ];
        for (polling, setting) in table {
            assert!(polling.check().unwrap_err().field().unwrap().contains(setting), "{polling:?}");
        }
        assert!(default().check().is_ok());
        // However long, a wait does not overflow.
        let forever = default().first(Duration::MAX).longest(Duration::MAX);
        assert_eq!(forever.wait(3, 1.0), Duration::MAX);
    }
}
