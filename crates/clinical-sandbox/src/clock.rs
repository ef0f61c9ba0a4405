//! The sandbox's own time. Rate limits, latency and the `Date` header read it, so that a test can move time by hand
//! instead of waiting. It never moves backwards.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;
use tokio::time::Instant;

/// The date a clock moved by hand starts at: 2026-01-01T00:00:00Z, so that answers are the same bytes on every run.
const START_BY_HAND: Duration = Duration::from_secs(1_767_225_600);

/// Virtual time of one sandbox. Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `None`: time moves by hand alone. Otherwise virtual seconds per real second.
    speed: Option<f64>,
    started: Instant,
    advanced: watch::Sender<Duration>,
}

impl Clock {
    pub(crate) fn real(speed: f64) -> Self {
        Self::with(Some(speed))
    }

    pub(crate) fn by_hand() -> Self {
        Self::with(None)
    }

    fn with(speed: Option<f64>) -> Self {
        let advanced = watch::Sender::new(Duration::ZERO);
        Self { inner: Arc::new(Inner { speed, started: Instant::now(), advanced }) }
    }

    /// Virtual time since the sandbox started.
    pub fn now(&self) -> Duration {
        let advanced = *self.inner.advanced.borrow();
        match self.inner.speed {
            Some(speed) => self.inner.started.elapsed().mul_f64(speed).saturating_add(advanced),
            None => advanced,
        }
    }

    /// Moves time forward by hand. Works on top of a running clock too. Whatever waited for a time that has now come
    /// goes on.
    pub fn advance(&self, by: Duration) {
        self.inner.advanced.send_modify(|advanced| *advanced = advanced.saturating_add(by));
    }

    /// The calendar time the sandbox tells in `Date`: the machine's for a running clock, 2026-01-01 onwards for one
    /// that is moved by hand.
    pub fn calendar(&self) -> SystemTime {
        let advanced = *self.inner.advanced.borrow();
        let start = match self.inner.speed {
            Some(_) => SystemTime::now(),
            None => SystemTime::UNIX_EPOCH + START_BY_HAND,
        };
        start.checked_add(advanced).unwrap_or(start)
    }

    /// Waits until `length` of virtual time has passed since this call.
    pub(crate) fn sleep(&self, length: Duration) -> impl Future<Output = ()> + Send + use<> {
        let until = self.now().saturating_add(length);
        self.clone().sleep_until(until)
    }

    /// Waits for somebody outside, who lives in real time: so long of it, but virtual time where that is moved by hand,
    /// because a test that moves it does not wait.
    pub(crate) async fn patience(&self, length: Duration) {
        match self.inner.speed {
            Some(_) => tokio::time::sleep(length).await,
            None => self.sleep(length).await,
        }
    }

    /// Waits until virtual time has reached `until`.
    pub(crate) async fn sleep_until(self, until: Duration) {
        let mut moved = self.inner.advanced.subscribe();
        loop {
            moved.borrow_and_update();
            let left = until.saturating_sub(self.now());
            if left.is_zero() {
                return;
            }
            match self.inner.speed {
                // A part of a millisecond is rounded up, or the loop would turn without waiting.
                Some(speed) => {
                    let real = left.div_f64(speed).saturating_add(Duration::from_millis(1));
                    tokio::select! {
                        () = tokio::time::sleep(real) => {}
                        _ = moved.changed() => {}
                    }
                }
                None => {
                    if moved.changed().await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn a_clock_moved_by_hand_stands_still_otherwise() {
        let clock = Clock::by_hand();
        assert_eq!(clock.now(), Duration::ZERO);
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Duration::from_secs(5));
        assert_eq!(httpdate::fmt_http_date(clock.calendar()), "Thu, 01 Jan 2026 00:00:05 GMT");
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_has_come_and_not_before() {
        let clock = Clock::by_hand();
        let sleep = clock.sleep(Duration::from_secs(10));
        tokio::pin!(sleep);
        clock.advance(Duration::from_secs(9));
        let waits = std::future::poll_fn(|cx| Poll::Ready(sleep.as_mut().poll(cx).is_pending())).await;
        assert!(waits);
        clock.advance(Duration::from_secs(1));
        sleep.await;
    }

    #[tokio::test(start_paused = true)]
    async fn patience_is_real_time_whatever_the_speed_and_virtual_time_by_hand() {
        let (length, started) = (Duration::from_secs(5), Instant::now());
        Clock::real(1_000.0).patience(length).await;
        assert_eq!(started.elapsed().as_secs(), 5);
        let clock = Clock::by_hand();
        let patience = clock.patience(length);
        tokio::pin!(patience);
        tokio::select! {
            () = &mut patience => panic!("virtual time stood still"),
            () = tokio::time::sleep(100 * length) => {}
        }
        clock.advance(length);
        patience.await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_clock_passes_virtual_time_at_its_speed() {
        let clock = Clock::real(100.0);
        let started = Instant::now();
        clock.sleep(Duration::from_secs(100)).await;
        assert!(clock.now() >= Duration::from_secs(100));
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}
