//! Pacing: the client's own count over all clones, the vendor's word on what is left, and what becomes of places that are not used.

use std::time::{Duration, SystemTime};

use clinical_http::testing::{JumpingClock, Step};
use clinical_http::{Backoff, Deadlines, Delivery, ErrorKind, Jitter, RateLimit, RetryPolicy};

use crate::limits_host::{Host, Source, all, of_doctor, pass, settled, start};
use crate::support::{IDEMPOTENT, call, millis, ok, seconds, send};

const MINUTE: Duration = seconds(60);

fn remaining(left: &str, reset: &str) -> Step {
    ok().header("x-ratelimit-remaining", left).header("x-ratelimit-reset", reset)
}

/// No window of a minute holds more than `limit` of these moments.
fn assert_paced(times: &[Duration], limit: usize) {
    for (index, last) in times.iter().enumerate().skip(limit) {
        assert!(*last >= times[index - limit] + MINUTE, "{index}: {:?} and {last:?}", times[index - limit]);
    }
}

#[tokio::test(start_paused = true)]
async fn two_hundred_calls_of_four_clones_keep_sixty_a_minute_and_a_burst_is_immediate() {
    for takes in [0, 250, 45_000] {
        let host = Host::new(ok().after(millis(takes)));
        let hour = Deadlines::default().total(seconds(3_600));
        let client =
            host.builder().rate_limit(RateLimit::per_minute(60)).max_in_flight(200).deadlines(hour).build().unwrap();
        let clones = [client.clone(), client.clone(), client.clone(), client.clone()];
        let tasks = (0..200).map(|n| start(&clones[n % 4], of_doctor(&IDEMPOTENT, &format!("dr_{n}")))).collect();
        settled().await;
        assert_eq!((host.requests(), client.stats().rate_left), (60, Some(0)));
        assert!(all(tasks).await.iter().all(Result::is_ok));
        let times = host.times();
        assert_paced(&times, 60);
        // Not slower than need be, and in order.
        assert!(times[199] <= MINUTE * 3 + millis(10), "{:?}", times[199]);
        let expected: Vec<_> = (0..200).map(|n| format!("dr_{n}")).collect();
        assert_eq!(host.doctors(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_paced_and_not_calls() {
    let host = Host::new(Step::answer(503, ""));
    let client = host.builder().rate_limit(RateLimit::per_minute(5)).build().unwrap();
    all((0..4).map(|_| start(&client, call(&IDEMPOTENT))).collect()).await;
    assert_eq!(host.requests(), 16);
    assert_paced(&host.times(), 5);
}

#[tokio::test(start_paused = true)]
async fn the_count_is_of_requests_that_began_and_not_of_those_that_fetch_a_credential() {
    let host = Host::new(ok());
    let rate = RateLimit::per_minute(10);
    let client = host.builder().rate_limit(rate).credential(Source::taking(seconds(59))).build().unwrap();
    let tasks: Vec<_> = (0..35).map(|_| start(&client, call(&IDEMPOTENT))).collect();
    settled().await;
    assert_eq!((client.stats().in_flight, client.stats().rate_left), (10, Some(0)));
    all(tasks).await;
    assert_eq!(host.requests(), 20 + 10);
    assert_paced(&host.times(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_before_it_began_gives_its_place_back() {
    let host = Host::new(ok());
    let rate = RateLimit::per_minute(1);
    let slow = host.builder().rate_limit(rate).credential(Source::taking(seconds(30))).build().unwrap();
    let fetching = start(&slow, call(&IDEMPOTENT));
    settled().await;
    let next = start(&slow, call(&IDEMPOTENT));
    pass(seconds(10)).await;
    fetching.abort();
    next.await.unwrap().unwrap();
    assert_eq!(host.times(), [seconds(40)]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_dropped_waiters_do_not_delay_the_next() {
    let host = Host::new(ok());
    let client = host.builder().rate_limit(RateLimit::per_minute(1)).max_in_flight(200).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let waiters: Vec<_> = (0..1_000).map(|_| start(&client, call(&IDEMPOTENT))).collect();
    pass(seconds(10)).await;
    assert_eq!((client.stats().in_flight, client.stats().waiting), (0, 1_000));
    let last = start(&client, of_doctor(&IDEMPOTENT, "dr_last"));
    pass(seconds(10)).await;
    waiters.iter().for_each(tokio::task::JoinHandle::abort);
    last.await.unwrap().unwrap();
    assert_eq!(host.times(), [seconds(0), MINUTE]);
    assert_eq!(host.doctors()[1], "dr_last");
    assert_eq!(client.stats().waiting, 0);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_says_how_long_it_waited_for_the_limits_and_the_credential_is_none_of_them() {
    let host = Host::new(ok()).first([ok(), Step::answer(503, "")]);
    let never = Backoff::new(seconds(0), seconds(0), Jitter::Full);
    let client = host
        .builder()
        .rate_limit(RateLimit::per_minute(1))
        .credential(Source::taking(seconds(7)))
        .retry(RetryPolicy::default().transient(never))
        .build()
        .unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let answer = send(&client, &IDEMPOTENT).await.unwrap();
    let queued: Vec<_> =
        answer.attempts.iter().map(|attempt| (attempt.queued, attempt.waited, attempt.elapsed)).collect();
    assert_eq!(queued, [(MINUTE, seconds(0), seconds(0)), (MINUTE, seconds(0), seconds(0))]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_rate_lets_through_too_late_fails_at_once() {
    let host = Host::new(ok());
    let ten = Deadlines::default().total(seconds(10));
    let client = host.builder().rate_limit(RateLimit::per_minute(1)).deadlines(ten).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Throttled, Delivery::NotSent, 0));
    assert_eq!(error.retry_after(), Some(MINUTE));
    let sentence = "by the rate limit the next request may begin in 60 s, which is past the time limit of this call (nothing was sent)";
    assert_eq!(error.to_string(), sentence);
    assert_eq!((host.requests(), host.elapsed()), (1, seconds(0)));
}

#[tokio::test(start_paused = true)]
async fn a_retry_for_which_the_rate_leaves_no_time_ends_with_what_the_vendor_answered() {
    let host = Host::new(Step::answer(503, ""));
    let ten = Deadlines::default().total(seconds(10));
    let client = host.builder().rate_limit(RateLimit::per_minute(1)).deadlines(ten).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::Unavailable, Some(503), 1));
    assert!(host.elapsed() < seconds(1));
}

#[tokio::test(start_paused = true)]
async fn when_the_vendor_says_that_nothing_is_left_all_wait_for_its_reset() {
    // As a delay, and as a moment by the vendor's clock, which is an hour ahead of ours or behind.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    for (what, skew) in [("delay", None), ("ahead", Some(3_600)), ("behind", Some(-3_600))] {
        let last = match skew {
            None => remaining("0", "30"),
            Some(skew) => {
                let theirs = now.checked_add_signed(skew).unwrap();
                let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + seconds(theirs));
                remaining("0", &(theirs + 30).to_string()).header("date", &date)
            }
        };
        let host = Host::new(ok()).first([last]);
        let client = host.client();
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(client.stats().rate_left, Some(0), "{what}");
        let tasks: Vec<_> = (0..5).map(|_| start(&client, call(&IDEMPOTENT))).collect();
        pass(millis(29_999)).await;
        assert_eq!((host.requests(), client.stats().waiting), (1, 5), "{what}");
        all(tasks).await;
        assert_eq!(host.times()[1..], [seconds(30); 5], "{what}");
        assert_eq!(client.stats().rate_left, None, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn requests_under_way_count_against_what_is_left_until_they_are_answered() {
    let host = Host::new(remaining("2", "300").after(seconds(1))).first([remaining("2", "300")]);
    let client = host.builder().deadlines(Deadlines::default().total(seconds(20))).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap();
    let tasks: Vec<_> = (0..4).map(|_| start(&client, call(&IDEMPOTENT))).collect();
    settled().await;
    // Two are left and two are under way. The others wait for them, and not for a reset far past their deadline.
    assert_eq!((host.requests(), client.stats().waiting), (3, 2));
    assert!(all(tasks).await.iter().all(Result::is_ok));
    assert_eq!(host.times()[3..], [seconds(1), seconds(1)]);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_one_under_way_ends_at_its_own_deadline_and_not_at_the_vendors_reset() {
    let busy = Step::answer(503, "").header("x-ratelimit-remaining", "1").header("x-ratelimit-reset", "60");
    let host = Host::new(Step::silence()).first([busy]);
    let two = Backoff::new(seconds(2), seconds(2), Jitter::AtLeastPercent(100));
    let policy = RetryPolicy::default().max_attempts(2).transient(two);
    let client = host.builder().retry(policy).deadlines(Deadlines::default().total(seconds(10))).build().unwrap();
    let waiting = start(&client, call(&IDEMPOTENT));
    pass(seconds(1)).await;
    let _under_way = start(&client, call(&IDEMPOTENT));
    pass(seconds(2)).await;
    assert_eq!((client.stats().in_flight, client.stats().waiting), (1, 1));
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.status(), error.attempts(), host.requests()), (Some(503), 1, 2));
    assert_eq!(host.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_counts_as_one_that_was_used_up() {
    for lost in [Step::silence(), Step::fail(clinical_http::transport::Failure::Interrupted, Delivery::Unknown)] {
        let host = Host::new(ok()).first([remaining("2", "30"), lost]);
        let client = host.builder().retry(RetryPolicy::never()).build().unwrap();
        send(&client, &IDEMPOTENT).await.unwrap();
        let under_way = start(&client, call(&IDEMPOTENT));
        settled().await;
        under_way.abort();
        settled().await;
        assert_eq!(client.stats().rate_left, Some(1));
        // An answer that says nothing about it counts as well.
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(client.stats().rate_left, Some(0));
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(host.times()[3], seconds(30));
    }
}

#[tokio::test(start_paused = true)]
async fn the_vendors_word_is_heard_in_errors_too_and_ends_with_its_window() {
    let broken = Step::answer(200, "{").then_break();
    for step in [Step::answer(400, ""), Step::answer(429, ""), Step::answer(503, ""), broken] {
        let what = format!("{step:?}");
        let word = step.header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "7");
        let host = Host::new(ok()).first([word]);
        let client = host.builder().rate_limit(RateLimit::per_minute(60)).build().unwrap();
        send(&client, &IDEMPOTENT).await.ok();
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(host.times()[1], seconds(7), "{what}");
        assert!(client.stats().rate_left > Some(50), "{what}");
    }
}

#[tokio::test]
async fn the_injected_clock_paces_and_none_other() {
    let host = Host::new(ok());
    let clock = JumpingClock::new();
    let client = host.builder().clock(clock.clone()).rate_limit(RateLimit::per_minute(2)).build().unwrap();
    for _ in 0..7 {
        send(&client, &IDEMPOTENT).await.unwrap();
    }
    assert_eq!(clock.sleeps(), [MINUTE; 3]);
}
