//! How often and after which waits a call is made again.

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Backoff, Deadlines, Delivery, ErrorKind, Jitter, RetryPolicy};

use crate::support::{IDEMPOTENT, UNSAFE, builder, client, millis, ok, seconds, send};

#[tokio::test(start_paused = true)]
async fn a_429_with_retry_after_2_waits_at_least_2_s() {
    let hinted = Step::answer(429, "").header("retry-after", "2");
    let transport = ScriptedTransport::new([hinted, ok()]);
    let began = tokio::time::Instant::now();
    let answer = send(&client(&transport), &UNSAFE).await.unwrap();
    // The clock is paused: what has passed is what was waited for.
    assert!(began.elapsed() >= seconds(2) && began.elapsed() < millis(2_200));
    assert!(answer.attempts[1].waited >= seconds(2));
    assert_eq!(answer.attempts[0].retry_after, Some(seconds(2)));
    assert_eq!(answer.attempts[0].status, Some(429));
    assert_eq!(transport.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_date_in_retry_after_is_measured_when_the_answer_is_there() {
    // Without a Date the local clock counts: 30 s after the start of the call the date is 4 s away.
    let clock = JumpingClock::new();
    let hinted = Step::answer(503, "").header("retry-after", "Thu, 01 Jan 2026 00:00:34 GMT");
    let slow = Ticking { clock: clock.clone(), inner: ScriptedTransport::new([hinted, ok()]) };
    let client = builder(&slow.inner).clock(clock).transport(slow).build().unwrap();
    let answer = send(&client, &UNSAFE).await.unwrap();
    assert_eq!(answer.attempts[0].retry_after, Some(seconds(4)));
}

/// A transport whose every request takes half a minute of a [`JumpingClock`].
struct Ticking {
    clock: JumpingClock,
    inner: ScriptedTransport,
}

impl clinical_http::transport::Transport for Ticking {
    fn send(
        &self,
        request: clinical_http::transport::TransportRequest,
    ) -> clinical_http::BoxFuture<
        '_,
        Result<clinical_http::transport::TransportResponse, clinical_http::transport::TransportError>,
    > {
        drop(clinical_http::Clock::sleep(&self.clock, seconds(30)));
        self.inner.send(request)
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_storm_stops_after_4_requests() {
    let transport = ScriptedTransport::always(Step::answer(503, ""));
    let error = send(&client(&transport), &IDEMPOTENT).await.unwrap_err();
    assert_eq!(transport.requests().len(), 4);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 4));
}

#[tokio::test(start_paused = true)]
async fn final_statuses_are_never_sent_again() {
    for status in [400, 401, 403, 404, 413, 422] {
        let transport = ScriptedTransport::always(Step::answer(status, ""));
        let error = send(&client(&transport), &IDEMPOTENT).await.unwrap_err();
        assert_eq!(transport.requests().len(), 1, "{status}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.delivery(), Delivery::Answered);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unsafe_request_is_sent_once_after_a_reset() {
    let reset = Step::fail(Failure::Interrupted, Delivery::Unknown);
    let transport = ScriptedTransport::new([reset, ok()]);
    let error = send(&client(&transport), &UNSAFE).await.unwrap_err();
    assert_eq!(transport.requests().len(), 1);
    assert!(error.may_have_been_processed());
    assert!(error.to_string().ends_with("(the vendor may have processed it)"));
}

#[tokio::test(start_paused = true)]
async fn a_hint_beyond_five_minutes_is_returned_and_not_waited_for() {
    for (hint, waited) in [("301", None), ("86400", None), ("99999999999999999999999", None), ("300", Some(300))] {
        let throttled = Step::answer(429, "").header("retry-after", hint);
        let transport = ScriptedTransport::new([throttled, ok()]);
        let clock = JumpingClock::new();
        let client = builder(&transport)
            .clock(clock.clone())
            .deadlines(Deadlines::default().total(seconds(100_000)))
            .build()
            .unwrap();
        let outcome = send(&client, &IDEMPOTENT).await;
        assert_eq!(clock.sleeps().len(), usize::from(waited.is_some()), "{hint}");
        if let Some(least) = waited {
            assert!(clock.sleeps()[0] >= seconds(least) && outcome.is_ok());
        } else {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Throttled);
            assert_eq!(error.delivery(), Delivery::Refused);
            assert!(error.retry_after().unwrap() >= seconds(301));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_hint_beyond_the_deadline_is_returned_and_not_waited_for() {
    for (hint, expected) in [("9", 1), ("10", 0), ("11", 0)] {
        let throttled = Step::answer(429, "").header("retry-after", hint);
        let transport = ScriptedTransport::new([throttled, ok()]);
        let clock = JumpingClock::new();
        let client = builder(&transport)
            .clock(clock.clone())
            .deadlines(Deadlines::default().total(seconds(10)))
            .build()
            .unwrap();
        let outcome = send(&client, &IDEMPOTENT).await;
        assert_eq!(clock.sleeps().len(), expected, "{hint}");
        if expected == 0 {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Throttled);
            assert_eq!(error.retry_after(), Some(seconds(hint.parse().unwrap())));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_documented_schedule_is_kept_as_a_floor() {
    // 1, 2, 4 s, as a vendor may document them, shortened by a fifth at most.
    let documented = Backoff::new(seconds(1), seconds(20), Jitter::AtLeastPercent(80));
    for seed in 0..50 {
        let transport = ScriptedTransport::always(Step::answer(500, ""));
        let clock = JumpingClock::new();
        let policy = RetryPolicy::default().transient(documented).throttle(documented);
        let client = builder(&transport).retry(policy).clock(clock.clone()).seed(seed).build();
        send(&client.unwrap(), &IDEMPOTENT).await.unwrap_err();
        let sleeps = clock.sleeps();
        assert_eq!(sleeps.len(), 3);
        for (slept, whole) in sleeps.into_iter().zip([1, 2, 4].map(seconds)) {
            assert!(slept >= whole * 4 / 5 && slept <= whole, "{slept:?} of {whole:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_never_sends_once_whatever_happens() {
    for step in [
        Step::fail(Failure::Connect, Delivery::NotSent),
        Step::answer(429, "").header("retry-after", "0"),
        Step::answer(500, ""),
    ] {
        let transport = ScriptedTransport::always(step);
        let client = builder(&transport).retry(RetryPolicy::never()).build().unwrap();
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!((transport.requests().len(), error.attempts()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_reports_the_worst_delivery_and_the_last_failure() {
    let lost = || Step::answer(200, "{").then_break();
    let refused = || Step::answer(429, "");
    let unsent = || Step::fail(Failure::Connect, Delivery::NotSent);
    let unknown = || Step::answer(500, "");
    let rejected = || Step::answer(422, "");
    let table = [
        (vec![unknown(), unsent(), unsent(), unsent()], Delivery::Unknown, ErrorKind::Connect),
        (vec![unsent(), refused(), unsent(), unsent()], Delivery::Refused, ErrorKind::Connect),
        (vec![lost(), unknown(), refused(), unsent()], Delivery::ResponseLost, ErrorKind::Connect),
        (vec![unknown(), rejected()], Delivery::Unknown, ErrorKind::Rejected),
        (vec![refused(), rejected()], Delivery::Answered, ErrorKind::Rejected),
    ];
    for (steps, delivery, kind) in table {
        let attempts = steps.len();
        let transport = ScriptedTransport::new(steps);
        let error = send(&client(&transport), &IDEMPOTENT).await.unwrap_err();
        assert_eq!((error.delivery(), error.kind()), (delivery, kind), "{error:?}");
        assert_eq!(error.attempt_log().len(), attempts);
        assert!(error.to_string().contains(&format!("{attempts} attempts")), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn that_nothing_was_processed_is_promised_only_where_it_is_certain() {
    let table = [
        // A success that cannot be read and a redirect after a POST are answers of a vendor that may have done the work.
        (Step::answer(200, "{"), true),
        (Step::answer(303, "").header("location", "/elsewhere"), true),
        (Step::answer(400, ""), false),
        (Step::answer(501, ""), false),
        (Step::answer(500, ""), true),
        (Step::answer(429, "").header("retry-after", "999"), false),
        (Step::fail(Failure::Connect, Delivery::NotSent), false),
    ];
    for (step, expected) in table {
        let transport = ScriptedTransport::always(step.clone());
        let error = send(&client(&transport), &UNSAFE).await.unwrap_err();
        assert_eq!(error.may_have_been_processed(), expected, "{step:?}: {error}");
        assert_eq!(error.to_string().contains("may have processed"), expected, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_for_the_proxy_is_offered_once() {
    let failure = Step::fail(Failure::ProxyCredentials, Delivery::NotSent);
    let transport = ScriptedTransport::always(failure);
    let error = send(&client(&transport), &IDEMPOTENT).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_the_policy_does_not_wait_for_still_holds_the_others_back() {
    let transport = ScriptedTransport::new([Step::answer(429, "").header("retry-after", "30"), ok()]);
    let policy = RetryPolicy::default().max_hint(seconds(5));
    let client = builder(&transport).retry(policy).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!(client.stats().cooling, seconds(30));
    let began = tokio::time::Instant::now();
    send(&client, &IDEMPOTENT).await.unwrap();
    assert!(began.elapsed() >= seconds(30));
}
