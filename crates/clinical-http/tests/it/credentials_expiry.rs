//! Fetched credentials that end: when they are renewed, and what happens to those who ask meanwhile, or when a fetch never ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clinical_http::credential::{CredentialSource, Fetched, RefreshingCredential, Scheme};
use clinical_http::testing::JumpingClock;
use clinical_http::{Clock, Delivery, ErrorKind};
use tokio::time::{Instant, advance};

use crate::credentials_refresh::{Endpoint, generation};
use crate::support::{millis, seconds};

/// Goes to this time of the paused clock; everything that is due until then happens on the way.
async fn until(began: Instant, time: std::time::Duration) {
    tokio::time::sleep_until(began + time).await;
}

#[tokio::test(start_paused = true)]
async fn a_token_near_its_end_is_renewed_in_the_background_and_nobody_waits() {
    let (endpoint, began) = (Endpoint::valid_for(seconds(600)), Instant::now());
    let source = endpoint.source();
    assert_eq!((generation(&source).await, began.elapsed()), (1, seconds(1)));
    // The validity counts from the start of the fetch, so that it ends at 600 s and is renewed from 540 s on.
    until(began, millis(539_999)).await;
    assert_eq!(generation(&source).await, 1);
    until(began, millis(540_000)).await;
    assert_eq!(endpoint.count(), 1);
    for _ in 0..100 {
        assert_eq!((generation(&source).await, began.elapsed()), (1, millis(540_000)));
    }
    until(began, millis(541_001)).await;
    assert_eq!((generation(&source).await, endpoint.count()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_the_token_in_use_until_it_ends_and_is_tried_every_few_seconds() {
    let (endpoint, began) = (Endpoint::valid_for(seconds(600)), Instant::now());
    let source = endpoint.source();
    generation(&source).await;
    endpoint.fails.store(true, Ordering::SeqCst);
    // Asked ten times a second from 540 s on. A try takes 1 s and is followed by 5 s of peace: 540, 546, ... 594 s.
    for tenths in 5400..6000 {
        until(began, millis(tenths * 100)).await;
        assert_eq!(generation(&source).await, 1);
    }
    assert_eq!(endpoint.count(), 1 + 10);
    until(began, seconds(600)).await;
    let error = source.current().await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credentials, Delivery::NotSent));
    // Without a token there is no peace: the next call fetches at once.
    endpoint.fails.store(false, Ordering::SeqCst);
    assert_eq!((generation(&source).await, endpoint.count()), (2, 13));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_holds_nobody_up_while_the_token_is_valid() {
    let (endpoint, began) = (Endpoint::valid_for(seconds(600)), Instant::now());
    let source = endpoint.source();
    generation(&source).await;
    endpoint.hangs.store(true, Ordering::SeqCst);
    for second in 540..600 {
        until(began, seconds(second)).await;
        assert_eq!((generation(&source).await, began.elapsed()), (1, seconds(second)));
    }
    // Two tries of 30 s, with 5 s between them.
    assert_eq!(endpoint.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_margin_is_at_most_half_of_the_validity() {
    for (margin, validity, renewed) in [(60, 40, 20), (60, 120, 60), (60, 1000, 940), (0, 40, 40), (300, 1000, 700)] {
        let (endpoint, began) = (Endpoint::valid_for(seconds(validity)), Instant::now());
        let source = endpoint.source().margin(seconds(margin));
        generation(&source).await;
        // At a moment before and then at the moment itself; a fetch begins when the time goes on.
        for (moment, fetches) in [(millis(1000 * renewed - 2), 1), (seconds(renewed), 2)] {
            until(began, moment).await;
            generation(&source).await;
            until(began, moment + millis(1)).await;
            assert_eq!(endpoint.count(), fetches, "{margin} of {validity}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ended_is_not_handed_out_any_more() {
    let (endpoint, began) = (Endpoint::valid_for(seconds(600)), Instant::now());
    let source = endpoint.source();
    generation(&source).await;
    until(began, seconds(600)).await;
    assert_eq!((generation(&source).await, endpoint.count(), began.elapsed()), (2, 2, seconds(601)));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ended_before_it_arrived_serves_those_who_waited_and_nobody_else() {
    let endpoint = Endpoint::valid_for(millis(500));
    let source = endpoint.source();
    assert_eq!((generation(&source).await, generation(&source).await, endpoint.count()), (1, 2, 2));
}

#[tokio::test(start_paused = true)]
async fn the_same_token_with_a_new_end_is_the_same_generation_and_lives_on() {
    let began = Instant::now();
    let source = RefreshingCredential::new(Scheme::bearer(), || async {
        Ok(Fetched::new("the-only-one").valid_for(seconds(600)))
    });
    for minutes in 0..60 {
        until(began, seconds(60 * minutes)).await;
        assert_eq!(generation(&source).await, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_hangs_ends_at_its_limit_and_the_next_caller_fetches_again() {
    let (endpoint, began) = (Endpoint::default(), Instant::now());
    let source = endpoint.source().fetch_limit(seconds(7));
    endpoint.hangs.store(true, Ordering::SeqCst);
    let (one, two) = tokio::join!(source.current(), source.current());
    assert_eq!((one.unwrap_err().kind(), two.unwrap_err().kind()), (ErrorKind::Timeout, ErrorKind::Timeout));
    assert_eq!((endpoint.count(), began.elapsed()), (1, seconds(7)));
    endpoint.hangs.store(false, Ordering::SeqCst);
    assert_eq!((generation(&source).await, endpoint.count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn an_injected_clock_decides_when_a_token_ends() {
    let clock = JumpingClock::new();
    let endpoint = Endpoint::valid_for(seconds(600));
    let source = endpoint.source().clock(clock.clone());
    assert_eq!(generation(&source).await, 1);
    advance(seconds(100_000)).await;
    assert_eq!((generation(&source).await, endpoint.count()), (1, 1));
    drop(clock.sleep(seconds(600)));
    assert_eq!((generation(&source).await, endpoint.count()), (2, 2));
}

/// Panics, or never ends, the first time.
fn broken_once(panics: bool) -> (RefreshingCredential, Arc<AtomicU64>) {
    let fetches = Arc::new(AtomicU64::new(0));
    let counted = fetches.clone();
    let source = RefreshingCredential::new(Scheme::bearer(), move || {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        assert!(!(first && panics), "the first fetch breaks, as this test wants");
        async move {
            if first {
                std::future::pending::<()>().await;
            }
            Ok(Fetched::new("token"))
        }
    });
    (source, fetches)
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_fails_those_who_wait_and_locks_nobody_out() {
    let (source, fetches) = broken_once(true);
    let (one, two) = tokio::join!(source.current(), source.current());
    for error in [one.unwrap_err(), two.unwrap_err()] {
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credentials, Delivery::NotSent));
    }
    assert_eq!((generation(&source).await, fetches.load(Ordering::SeqCst)), (1, 2));
}

#[test]
fn a_fetch_whose_runtime_ends_locks_nobody_out() {
    let (source, fetches) = broken_once(false);
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime().block_on(async {
        let limit = tokio::time::timeout(seconds(1), source.current()).await;
        assert!(limit.is_err());
    });
    assert_eq!((runtime().block_on(generation(&source)), fetches.load(Ordering::SeqCst)), (1, 2));
}
