//! Holds a future to the attempt's time limit and watches that the request's body keeps moving.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::request::Progress;

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expired {
    Attempt,
    Stall,
}

/// Runs `work` until it ends, `end` is reached, or the body that `progress` tells of has not moved for `stall`.
pub(crate) async fn guarded<F: Future>(
    work: F,
    end: Instant,
    stall: Duration,
    progress: &Progress,
) -> Result<F::Output, Expired> {
    let mut work = pin!(work);
    let mut timer = pin!(tokio::time::sleep_until(
        end.min(later(Instant::now(), stall))
    ));
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
            timer
                .as_mut()
                .reset(end.min(next.unwrap_or_else(|| later(now, stall))));
        }
        Poll::Pending
    })
    .await
}

/// A limit of "for ever" must not overflow the clock: ten years from now is as good.
pub(crate) fn later(from: Instant, by: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(10 * 365 * 86_400);
    from + by.min(FAR)
}
