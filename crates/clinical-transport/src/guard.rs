//! Holds a future to the attempt's time limit and watches that the request's body keeps moving.
//!
//! The work is always polled before the clock is looked at: what is done in the last moment counts.
//! Of two limits that are reached together, the attempt's is named.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::{Progress, later};

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// That of the attempt.
    Attempt,
    /// That of silence.
    Stall,
}

/// Runs `work` until it ends or the moment that `until` names has come; `None` is the latter. What
/// is ready at once needs no timer.
///
/// # Cancel safety
///
/// That of `work`.
pub async fn within<T>(mut until: impl FnMut() -> Instant, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut timer) = (pin!(work), pin!(None));
    poll_fn(|cx| {
        if let Poll::Ready(output) = work.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        if timer.is_none() {
            timer.set(Some(sleep_until(until())));
        }
        timer.as_mut().as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(cx).map(|()| None))
    })
    .await
}

/// Runs `work` until it ends, `end` is reached, or the body that `progress` tells of has not moved
/// for `stall`.
///
/// # Errors
///
/// Which of the two limits was reached.
///
/// # Cancel safety
///
/// That of `work`.
pub async fn guarded<F: Future>(
    work: F,
    end: Instant,
    stall: Duration,
    progress: &Progress,
) -> Result<F::Output, Expired> {
    let mut work = pin!(work);
    let mut timer = pin!(sleep_until(end.min(later(progress.origin(), stall))));
    poll_fn(|cx| {
        if let Poll::Ready(output) = work.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        while timer.as_mut().poll(cx).is_ready() {
            let now = Instant::now();
            if now >= end {
                return Poll::Ready(Err(Expired::Attempt));
            }
            let next = progress.stalls_at(stall);
            if next.is_some_and(|at| now >= at) {
                return Poll::Ready(Err(Expired::Stall));
            }
            // Before the body starts and after it is complete there is nothing to watch: look again later.
            timer.as_mut().reset(end.min(next.unwrap_or_else(|| later(now, stall))));
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Body;
    use crate::SendBody;
    use http_body::Body as _;
    use std::pin::Pin;

    const SECOND: Duration = Duration::from_secs(1);

    /// A body of several pieces whose first `taken` were taken.
    async fn body(taken: usize, progress: &std::sync::Arc<Progress>) -> SendBody {
        let file = crate::FileSource::bytes("pdf", vec![7; 100_000]);
        let file = file.inspect().await.unwrap();
        let body = Body::json_with_file(file, Body::json).unwrap();
        let mut body = SendBody::open(&body, progress.clone()).await.unwrap();
        for _ in 0..taken {
            poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        }
        body
    }

    async fn expires(end: Duration, stall: Duration, progress: &Progress) -> (Expired, Duration) {
        let began = Instant::now();
        let work = std::future::pending::<()>();
        let expired = guarded(work, later(began, end), stall, progress).await;
        // The timer of the runtime counts in milliseconds and rounds up.
        (expired.unwrap_err(), began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_body_under_way_can_stall() {
        let pieces = 100_000_usize.div_ceil(12 * 1024);
        for (taken, expected) in [
            (0, Expired::Attempt),
            (1, Expired::Stall),
            (2, Expired::Stall),
            (1 + pieces, Expired::Stall),
            (1 + pieces + 1, Expired::Attempt),
        ] {
            let progress = Progress::new(true);
            let _body = body(taken, &progress).await;
            let (expired, after) = expires(SECOND * 10, SECOND * 3, &progress).await;
            let limit = if expected == Expired::Stall { 3 } else { 10 };
            assert_eq!((expired, after.as_secs()), (expected, limit), "{taken}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_moving_body_does_not_stall_however_slow_it_is() {
        let progress = Progress::new(true);
        let mut body = body(1, &progress).await;
        let work = async {
            for _ in 0..8 {
                tokio::time::sleep(SECOND * 2).await;
                poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            }
        };
        let end = later(Instant::now(), SECOND * 60);
        assert_eq!(guarded(work, end, SECOND * 3, &progress).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_ends_in_the_last_moment_counts() {
        let progress = Progress::new(true);
        let end = later(Instant::now(), SECOND);
        let work = sleep_until(end);
        assert_eq!(guarded(work, end, SECOND, &progress).await, Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn for_ever_is_far_away_and_does_not_overflow() {
        let far = later(Instant::now(), Duration::MAX);
        assert!(far > Instant::now() + SECOND * 86_400 * 365);
        let progress = Progress::new(true);
        let _body = body(1, &progress).await;
        assert!(progress.stalls_at(Duration::MAX).is_some());
    }
}
