//! A call that nobody polls delays itself and nobody else: such calls lie in every `buffer_unordered` and
//! `select!` whose owner does something else meanwhile.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use clinical_http::testing::Step;
use clinical_http::{Client, Deadlines, RateLimit, RetryPolicy};

use crate::limits_host::{Host, pass, settled, start};
use crate::support::{IDEMPOTENT, call, millis, ok, seconds, send};

type Lying<'a> = Vec<Pin<Box<dyn Future<Output = ()> + 'a>>>;

/// So many calls, each polled once and never again.
async fn lying(client: &Client, calls: usize) -> Lying<'_> {
    let mut lying: Lying<'_> = Vec::new();
    for _ in 0..calls {
        lying.push(Box::pin(async { drop(send(client, &IDEMPOTENT).await) }));
    }
    for one in &mut lying {
        poll_fn(|cx| Poll::Ready(one.as_mut().poll(cx).is_ready())).await;
    }
    lying
}

#[tokio::test(start_paused = true)]
async fn calls_that_lie_in_the_line_of_the_rate_limit_hold_nobody_up() {
    let host = Host::new(ok());
    let deadlines = Deadlines::default().total(seconds(12));
    let client = host.builder().rate_limit(RateLimit::new(1, seconds(1))).deadlines(deadlines).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let lying = lying(&client, 40).await;
    assert_eq!(client.stats().waiting, 40);
    let began = tokio::time::Instant::now();
    send(&client, &IDEMPOTENT).await.unwrap();
    let waited = began.elapsed();
    assert!(waited >= millis(900) && waited <= millis(1_200), "{waited:?}");
    // Once passed over, they cost nothing more.
    send(&client, &IDEMPOTENT).await.unwrap();
    assert!(began.elapsed() <= millis(2_200), "{:?}", began.elapsed());
    drop(lying);
    assert_eq!((client.stats().waiting, client.stats().in_flight), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn calls_that_lie_in_the_line_for_a_slot_hold_nobody_up() {
    let host = Host::new(ok()).first([ok().after(seconds(2))]);
    let client = host.builder().max_in_flight(1).build().unwrap();
    let first = start(&client, call(&IDEMPOTENT));
    settled().await;
    let _lying = lying(&client, 40).await;
    let began = tokio::time::Instant::now();
    let behind = start(&client, call(&IDEMPOTENT));
    behind.await.unwrap().unwrap();
    first.await.unwrap().unwrap();
    assert!(began.elapsed() <= millis(2_100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn calls_that_lie_in_a_cool_down_hold_nobody_up_after_it() {
    let host = Host::new(ok()).first([Step::answer(429, "").header("retry-after", "3")]);
    let client = host.builder().retry(RetryPolicy::never()).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap_err();
    let _lying = lying(&client, 20).await;
    let began = tokio::time::Instant::now();
    send(&client, &IDEMPOTENT).await.unwrap();
    assert!(began.elapsed() <= millis(3_600), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_polled_again_has_its_old_place() {
    let host = Host::new(ok());
    let client = host.builder().rate_limit(RateLimit::new(1, seconds(10))).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let mut lying = lying(&client, 1).await;
    let behind = start(&client, call(&IDEMPOTENT));
    pass(seconds(5)).await;
    let began = tokio::time::Instant::now();
    lying.remove(0).await;
    assert!(began.elapsed() <= millis(5_200), "{:?}", began.elapsed());
    assert!(!behind.is_finished());
    behind.await.unwrap().unwrap();
    assert_eq!(host.requests(), 3);
}
