//! A rate limit per key: so many calls in each window of virtual time. The vendors document no number, so it is off
//! unless a test asks for it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Fixed windows: the first call of a key opens its window, and the window's end opens the next.
#[derive(Debug)]
pub(crate) struct Limiter {
    calls: u32,
    per: Duration,
    windows: Mutex<HashMap<usize, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    opened: Duration,
    used: u32,
}

impl Limiter {
    pub(crate) fn new(calls: u32, per: Duration) -> Self {
        Self { calls, per, windows: Mutex::default() }
    }

    /// Counts a call of the key with this index (the number of keys bounds the table) at `now`.
    ///
    /// # Errors
    ///
    /// How long until the window ends, when the limit is used up. A refused call is not counted.
    pub(crate) fn take(&self, key: usize, now: Duration) -> Result<(), Duration> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(key).or_insert(Window { opened: now, used: 0 });
        if now >= window.opened.saturating_add(self.per) {
            *window = Window { opened: now, used: 0 };
        }
        if window.used >= self.calls {
            return Err(window.opened.saturating_add(self.per).saturating_sub(now));
        }
        window.used += 1;
        Ok(())
    }

    pub(crate) fn reset(&self) {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_call_over_the_limit_learns_when_the_window_ends() {
        let limiter = Limiter::new(2, 10 * SECOND);
        assert_eq!(limiter.take(0, SECOND), Ok(()));
        assert_eq!(limiter.take(0, 2 * SECOND), Ok(()));
        assert_eq!(limiter.take(0, 3 * SECOND), Err(8 * SECOND));
        assert_eq!(limiter.take(0, 11 * SECOND), Ok(()));
    }

    #[test]
    fn keys_have_limits_of_their_own() {
        let limiter = Limiter::new(1, 10 * SECOND);
        assert_eq!(limiter.take(0, SECOND), Ok(()));
        assert_eq!(limiter.take(1, SECOND), Ok(()));
        assert!(limiter.take(0, SECOND).is_err());
    }
}
