//! A rate limit per key: so many calls in each window of virtual time. Only one vendor documents numbers; for the others
//! it is off unless a test asks for it.

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

/// How a key stands after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) limit: u32,
    /// Calls left in the window.
    pub(crate) left: u32,
    /// How long until the window ends.
    pub(crate) ends_in: Duration,
}

impl Room {
    /// The same in whole seconds, rounded up.
    pub(crate) fn seconds(&self) -> u64 {
        self.ends_in.as_secs() + u64::from(self.ends_in.subsec_nanos() > 0)
    }
}

impl Limiter {
    pub(crate) fn new(calls: u32, per: Duration) -> Self {
        Self { calls, per, windows: Mutex::default() }
    }

    /// Counts a call of the key with this index (the number of keys bounds the table) at `now`.
    ///
    /// Gives the room that is left.
    ///
    /// # Errors
    ///
    /// The same, when the limit is used up. A refused call is not counted.
    pub(crate) fn take(&self, key: usize, now: Duration) -> Result<Room, Room> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(key).or_insert(Window { opened: now, used: 0 });
        if now >= window.opened.saturating_add(self.per) {
            *window = Window { opened: now, used: 0 };
        }
        let open = window.used < self.calls;
        window.used += u32::from(open);
        let ends_in = window.opened.saturating_add(self.per).saturating_sub(now);
        let room = Room { limit: self.calls, left: self.calls - window.used, ends_in };
        if open { Ok(room) } else { Err(room) }
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
        let room = |left, seconds| Room { limit: 2, left, ends_in: seconds * SECOND };
        assert_eq!(limiter.take(0, SECOND), Ok(room(1, 10)));
        assert_eq!(limiter.take(0, 2 * SECOND), Ok(room(0, 9)));
        assert_eq!(limiter.take(0, 3 * SECOND), Err(room(0, 8)));
        assert_eq!(limiter.take(0, 11 * SECOND), Ok(room(1, 10)));
    }

    #[test]
    fn a_part_of_a_second_is_rounded_up() {
        let room = |ends_in| Room { limit: 1, left: 0, ends_in }.seconds();
        assert_eq!((room(SECOND), room(SECOND + Duration::from_nanos(1))), (1, 2));
    }

    #[test]
    fn keys_have_limits_of_their_own() {
        let limiter = Limiter::new(1, 10 * SECOND);
        assert!(limiter.take(0, SECOND).is_ok());
        assert!(limiter.take(1, SECOND).is_ok());
        assert!(limiter.take(0, SECOND).is_err());
    }
}
