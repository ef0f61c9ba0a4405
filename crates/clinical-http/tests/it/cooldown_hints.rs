//! A vendor that says in the body how long to wait: it is believed as a `Retry-After` is, and it makes no verdict looser.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, Step};
use clinical_http::{Deadlines, Delivery, ErrorKind, RetryPolicy, Vendor};

use crate::limits_host::Host;
use crate::support::{IDEMPOTENT, UNSAFE, millis, ok, seconds, send};

const TOLD_60: &str = r#"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"slow","retry_after":60}}"#;

static TELLING: Vendor = Vendor::new("telling").audit_headers("x-doctor", "x-patient").retry_hint_in_body(told);

fn told(body: &[u8]) -> Option<Duration> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(Duration::from_secs(body["error"]["retry_after"].as_u64()?))
}

/// The seconds after which the second request came.
async fn waited(first: Step) -> u64 {
    let host = Host::new(ok()).first([first]);
    let client = host.builder_of(&TELLING).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    assert_eq!(host.requests(), 2);
    host.times()[1].as_secs()
}

#[tokio::test(start_paused = true)]
async fn the_wait_in_the_body_is_kept_and_the_longer_of_body_and_header_counts() {
    assert_eq!(waited(Step::answer(429, TOLD_60)).await, 60);
    assert_eq!(waited(Step::answer(429, TOLD_60).header("retry-after", "2")).await, 60);
    assert_eq!(waited(Step::answer(429, TOLD_60).header("retry-after", "90")).await, 90);
    assert_eq!(waited(Step::answer(503, TOLD_60).header("retry-after", "90")).await, 90);
    // Without a hint anywhere, or with one that cannot be read, it is the back-off.
    assert_eq!(waited(Step::answer(429, "{}")).await, 0);
    assert_eq!(waited(Step::answer(429, r#"{"error":{"retry_after":"soon"}}"#)).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_declares_no_such_hint_is_not_read() {
    let host = Host::new(ok()).first([Step::answer(429, TOLD_60)]);
    send(&host.client(), &IDEMPOTENT).await.unwrap();
    assert!(host.times()[1] <= seconds(1));
}

#[tokio::test(start_paused = true)]
async fn the_wait_in_the_body_holds_up_all_calls_and_is_in_the_error() {
    let host = Host::new(ok()).first([Step::answer(429, TOLD_60)]);
    let deadlines = Deadlines::default().total(seconds(30));
    let client = host.builder_of(&TELLING).deadlines(deadlines).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(seconds(60))));
    assert!(error.to_string().contains("it asks to wait 60 s"), "{error}");
    let cooling = client.stats().cooling;
    assert!(cooling >= seconds(60) && cooling <= millis(60_100));
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.delivery(), error.attempts(), error.retry_after()), (Delivery::NotSent, 0, Some(cooling)));
    assert_eq!((host.requests(), host.elapsed()), (1, seconds(0)));
}

#[tokio::test(start_paused = true)]
async fn a_503_with_a_hint_in_the_body_alone_stays_unknown() {
    let host = Host::new(ok()).first([Step::answer(503, TOLD_60)]);
    let client = host.builder_of(&TELLING).build().unwrap();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Unavailable, Delivery::Unknown));
    assert_eq!((error.retry_after(), host.requests()), (Some(seconds(60)), 1));
    assert_eq!(client.stats().cooling, seconds(0));
    // What may be repeated is, after the time that the vendor asks for.
    assert_eq!(waited(Step::answer(503, TOLD_60)).await, 60);
}

#[tokio::test(start_paused = true)]
async fn a_hint_in_the_body_past_the_policy_is_returned_and_not_waited_for() {
    let host = Host::new(Step::answer(429, TOLD_60));
    let clock = JumpingClock::new();
    let policy = RetryPolicy::default().max_hint(seconds(59));
    let client = host.builder_of(&TELLING).clock(clock.clone()).retry(policy).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(seconds(60))));
    assert!(clock.sleeps().is_empty());
    assert_eq!(client.stats().cooling, seconds(60));
}
