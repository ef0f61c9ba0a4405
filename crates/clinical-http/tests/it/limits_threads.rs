//! The limits from several threads at once, each with a runtime of its own: a wake-up that got lost, or a count that was not atomic, would
//! leave a call waiting for ever or let too many in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::{Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{BoxFuture, Client, Deadlines, RateLimit, RetryPolicy};

use crate::abandoned::polled;
use crate::support::{IDEMPOTENT, builder, ok, seconds, send};

const THREADS: usize = 4;
const ROUNDS: usize = 250;
const ALLOWED: usize = 3;

/// Lets others have a turn in the middle of a request, and counts who is there.
#[derive(Clone, Default)]
struct Yielding {
    present: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
}

struct Here<'a>(&'a AtomicUsize);

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for Yielding {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(async move {
            let present = self.present.fetch_add(1, Ordering::SeqCst) + 1;
            let _here = Here(&self.present);
            self.most.fetch_max(present, Ordering::SeqCst);
            let number = self.sent.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            std::thread::yield_now();
            let step = if number % 7 == 3 { Step::answer(429, "").header("retry-after", "0") } else { ok() };
            ScriptedTransport::new([step]).send(request).await
        })
    }
}

/// Four calls at a time, every third of which is dropped after a few polls.
async fn rounds(client: &Client) -> usize {
    let mut ended = 0;
    for round in 0..ROUNDS {
        let some = |n: usize| {
            let polls = if n % 3 == 0 { round % 11 } else { usize::MAX };
            polled(polls, send(client, &IDEMPOTENT))
        };
        let (a, b, c, d) = tokio::join!(some(round), some(round + 1), some(round + 2), some(round + 3));
        ended += [a, b, c, d].into_iter().flatten().count();
    }
    ended
}

#[test]
fn threads_that_share_a_client_keep_its_limits_and_none_waits_for_ever() {
    let yielding = Yielding::default();
    let client = builder(&ScriptedTransport::default())
        .transport(yielding.clone())
        .clock(JumpingClock::new())
        .max_in_flight(ALLOWED)
        .rate_limit(RateLimit::new(5, seconds(1)))
        .retry(RetryPolicy::default().max_attempts(2))
        .deadlines(Deadlines::default().total(seconds(1_000_000)))
        .build()
        .unwrap();
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(rounds(&client))
    };
    let ended: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert!(ended >= THREADS * ROUNDS * 8 / 3, "{ended}");
    let (present, most) = (yielding.present.load(Ordering::SeqCst), yielding.most.load(Ordering::SeqCst));
    assert!(present == 0 && most <= ALLOWED, "{present} {most}");
    let stats = client.stats();
    assert_eq!((stats.in_flight, stats.waiting), (0, 0));
}
