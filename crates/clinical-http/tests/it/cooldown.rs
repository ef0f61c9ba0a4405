//! The cool-down: one 429 slows down every call of the client, those who waited come back one by one in their order, and what a request from
//! before tells does not count for after.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{Backoff, Deadlines, Delivery, ErrorKind, Jitter, RateLimit, RetryPolicy};

use crate::limits_host::{Host, Source, all, of_doctor, pass, settled, start};
use crate::support::{IDEMPOTENT, UNSAFE, call, millis, ok, seconds, send};

fn too_many(hint: &str) -> Step {
    Step::answer(429, "").header("retry-after", hint)
}

/// Back-off without chance: 1, 2, 4, 8, 16, 20 s.
fn exact() -> RetryPolicy {
    RetryPolicy::default().throttle(Backoff::new(seconds(1), seconds(20), Jitter::AtLeastPercent(100)))
}

#[tokio::test(start_paused = true)]
async fn one_429_holds_up_all_calls_and_then_they_come_in_order_and_one_by_one() {
    // The first to come back gets its answer after 600 ms: until then the others come with a gap.
    let host =
        Host::new(ok()).first([too_many("2"), ok().after(millis(600)), ok().after(seconds(5)), ok().after(seconds(5))]);
    let client = host.client();
    let tasks: Vec<_> = (1..=8).map(|n| start(&client, of_doctor(&UNSAFE, &format!("dr_{n}")))).collect();
    pass(millis(1_999)).await;
    assert_eq!(host.requests(), 1);
    let stats = client.stats();
    assert_eq!((stats.in_flight, stats.waiting), (0, 7));
    assert!(stats.cooling > seconds(0) && stats.cooling <= millis(101), "{stats:?}");
    assert!(all(tasks).await.iter().all(Result::is_ok));
    // Each was processed once; the one that was turned away comes back last, as it asked again last.
    assert_eq!(host.doctors(), ["dr_1", "dr_2", "dr_3", "dr_4", "dr_5", "dr_6", "dr_7", "dr_8", "dr_1"]);
    let times = host.times();
    assert!(times[1] >= seconds(2) && times[1] <= millis(2_102), "{times:?}");
    let gaps = host.gaps();
    assert!(gaps[1] >= millis(250) && gaps[2] >= millis(250), "{times:?}");
    // Once one was answered the rest need no gap.
    let together: Duration = gaps[1..].iter().sum();
    assert!(together >= millis(600) && together <= millis(602), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn requests_under_way_together_are_one_strike_and_each_hint_counts() {
    let host = Host::new(Step::answer(429, "").after(seconds(1)));
    let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
    let tasks = (0..8).map(|_| start(&client, call(&IDEMPOTENT))).collect();
    all(tasks).await;
    assert_eq!((host.requests(), client.stats().cooling), (8, seconds(1)));

    let hints = [too_many("3"), too_many("9"), too_many("5")].map(|step| step.after(seconds(1)));
    let host = Host::new(ok()).first(hints);
    let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
    all((0..3).map(|_| start(&client, call(&IDEMPOTENT))).collect()).await;
    assert!(client.stats().cooling >= seconds(9) && client.stats().cooling <= millis(9_100));
}

#[tokio::test(start_paused = true)]
async fn each_further_429_lengthens_the_cool_down_and_a_success_resets_it() {
    let host = Host::new(Step::answer(429, ""));
    let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
    for expected in [1, 2, 4, 8, 16, 20, 20] {
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Throttled, 1));
        assert_eq!(client.stats().cooling, seconds(expected));
    }
    host.turns_to(ok());
    send(&client, &IDEMPOTENT).await.unwrap();
    assert_eq!(client.stats().cooling, seconds(0));
    host.turns_to(Step::answer(429, ""));
    send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!(client.stats().cooling, seconds(1));
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_answer_does_not_show_that_it_is_over() {
    let lost = Step::fail(Failure::Interrupted, Delivery::Unknown);
    let host = Host::new(ok()).first([Step::answer(429, ""), lost, Step::answer(429, "")]);
    let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
    for expected in [1, 0, 2] {
        send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!(client.stats().cooling, seconds(expected));
    }
    assert_eq!(host.gaps(), [seconds(1), millis(250)]);
}

#[tokio::test(start_paused = true)]
async fn the_first_429_of_a_call_that_failed_before_counts_the_attempts_of_the_call() {
    let host = Host::new(ok()).first([Step::answer(503, ""), Step::answer(503, ""), Step::answer(429, "")]);
    let client = host.builder().retry(exact()).build().unwrap();
    let ended = start(&client, call(&IDEMPOTENT)).await.unwrap().unwrap();
    // The third attempt failed: 1, 2, 4 s.
    assert_eq!(ended.attempts[3].waited, seconds(4));
}

#[tokio::test(start_paused = true)]
async fn what_a_request_from_before_the_cool_down_meets_says_nothing_about_after() {
    // The first is under way for long; the second is told to slow down at once.
    for late in [Step::answer(429, ""), ok(), Step::answer(400, "")] {
        let host = Host::new(ok()).first([late.after(seconds(10)), Step::answer(429, ""), Step::answer(429, "")]);
        let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
        let first = start(&client, call(&IDEMPOTENT));
        settled().await;
        send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!(client.stats().cooling, seconds(1));
        let throttled = first.await.unwrap().is_err_and(|error| error.kind() == ErrorKind::Throttled);
        assert_eq!(host.elapsed().as_secs(), 10);
        // No second strike, though it does say that the vendor is busy; and no reset.
        assert_eq!(client.stats().cooling, if throttled { seconds(1) } else { seconds(0) });
        send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!(client.stats().cooling, seconds(2));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_the_cool_down_does_not_let_the_others_through_together() {
    let slow = ok().after(seconds(5));
    let host = Host::new(slow).first([ok().after(seconds(2)), too_many("1")]);
    let client = host.client();
    let mut tasks = vec![start(&client, call(&IDEMPOTENT)), start(&client, call(&IDEMPOTENT))];
    settled().await;
    tasks.extend((0..4).map(|_| start(&client, call(&IDEMPOTENT))));
    assert!(all(tasks).await.iter().all(Result::is_ok));
    assert!(host.gaps()[2..].iter().all(|gap| *gap >= millis(250)), "{:?}", host.times());
}

#[tokio::test(start_paused = true)]
async fn a_503_with_a_hint_cools_down_and_no_other_failure_does() {
    let table =
        [(503, Some("4"), 4), (429, None, 1), (503, None, 0), (500, Some("4"), 0), (408, None, 0), (403, Some("4"), 0)];
    for (status, hint, expected) in table {
        let step = Step::answer(status, "");
        let host = Host::new(hint.map_or(step.clone(), |hint| step.header("retry-after", hint)));
        let client = host.builder().retry(exact().max_attempts(1)).build().unwrap();
        send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!(client.stats().cooling.as_secs(), expected, "{status} {hint:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_hour_is_not_waited_for_and_after_the_longest_hint_the_client_tries_again() {
    for (hint, told) in [("3600", seconds(3_600)), (&*u64::MAX.to_string(), seconds(u64::MAX))] {
        let host = Host::new(ok()).first([too_many(hint)]);
        let client = host.client();
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Throttled, Delivery::Refused, 1));
        assert_eq!(error.retry_after(), Some(told));
        assert_eq!(client.stats().cooling, seconds(300));
        for _ in 0..3 {
            let error = send(&client, &IDEMPOTENT).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.delivery(), error.attempts()),
                (ErrorKind::Throttled, Delivery::NotSent, 0)
            );
            assert_eq!(error.retry_after(), Some(seconds(300)));
            let sentence = "the vendor said to slow down: the next request may begin in 300 s, \
                            which is past the time limit of this call (nothing was sent)";
            assert_eq!(error.to_string(), sentence);
        }
        assert_eq!((host.requests(), host.elapsed()), (1, seconds(0)));
        // A call that has the time waits for the end of it.
        pass(seconds(100)).await;
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(host.elapsed(), seconds(300));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_cannot_wait_so_long_is_turned_away_when_the_cool_down_begins_wherever_it_queues() {
    let table = [
        ("429", too_many("8")),
        ("a success that was the last", ok().header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "8")),
    ];
    for (what, step) in table {
        let host = Host::new(ok()).first([step.after(seconds(3))]);
        let rate = RateLimit::new(1, seconds(4));
        let client = host
            .builder()
            .rate_limit(rate)
            .max_in_flight(3)
            .retry(RetryPolicy::never())
            .deadlines(Deadlines::default().total(seconds(10)))
            .build()
            .unwrap();
        let under_way = start(&client, call(&IDEMPOTENT));
        settled().await;
        // One waits for the rate, one for its turn, one for a slot.
        let others: Vec<_> = (0..3).map(|_| start(&client, call(&IDEMPOTENT))).collect();
        under_way.await.unwrap().ok();
        for ended in all(others).await {
            let error = ended.unwrap_err();
            assert_eq!((error.kind(), error.delivery()), (ErrorKind::Throttled, Delivery::NotSent), "{what}");
            assert_eq!(error.retry_after().unwrap().as_secs(), 8, "{what}");
        }
        // At the moment of the answer, not at the end of a wait or of their time.
        assert_eq!(host.elapsed().as_secs(), 3, "{what}");
        // A call that has the time passes afterwards.
        send(&client, &IDEMPOTENT).await.unwrap();
        assert_eq!(host.elapsed().as_secs(), 11, "{what}");
    }
}

/// A call with little time left, back from its first attempt, queues behind one with more time; `third` is what a third
/// one meets meanwhile. Returns when the first ended.
async fn impatient_behind_patient(max_in_flight: usize, third: Step) -> Duration {
    let host = Host::new(ok()).first([third, Step::answer(503, "")]);
    let two = Backoff::new(millis(2_500), millis(2_500), Jitter::AtLeastPercent(100));
    let client = host
        .builder()
        .rate_limit(RateLimit::new(2, seconds(5)))
        .max_in_flight(max_in_flight)
        .retry(RetryPolicy::default().max_attempts(2).transient(two))
        .deadlines(Deadlines::default().total(seconds(10)))
        .build()
        .unwrap();
    let _third = start(&client, call(&UNSAFE));
    let impatient = start(&client, call(&IDEMPOTENT));
    pass(millis(1_900)).await;
    let patient = start(&client, call(&UNSAFE));
    let error = impatient.await.unwrap().unwrap_err();
    let ended = host.elapsed();
    // Its own answer says more than that there was no time for another.
    assert_eq!((error.status(), error.attempts()), (Some(503), 1));
    patient.await.unwrap().unwrap();
    ended
}

#[tokio::test(start_paused = true)]
async fn a_call_with_less_time_left_than_the_one_before_it_need_not_wait_for_its_turn_to_hear_that_it_is_too_late() {
    for max_in_flight in [64, 2] {
        // While it queues, and while it still backs off.
        let in_queue = [too_many("8"), ok().header("x-ratelimit-remaining", "0").header("x-ratelimit-reset", "8")];
        for third in in_queue {
            assert_eq!(impatient_behind_patient(max_in_flight, third.after(seconds(3))).await.as_millis() / 10, 300);
        }
        let third = too_many("9").after(seconds(2));
        assert_eq!(impatient_behind_patient(max_in_flight, third).await.as_millis() / 10, 250);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_credential_comes_during_a_cool_down_waits_for_its_end() {
    let host = Host::new(ok()).first([too_many("5")]);
    let client = host.builder().credential(Source::taking(seconds(1))).build().unwrap();
    let first = start(&client, call(&IDEMPOTENT));
    pass(millis(500)).await;
    let second = start(&client, call(&IDEMPOTENT));
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
    let times = host.times();
    assert_eq!((times.len(), times[0]), (3, seconds(1)));
    assert!(times[1] >= seconds(6), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn after_a_cool_down_a_slow_credential_neither_brings_the_calls_together_nor_is_asked_for_in_vain() {
    let host = Host::new(ok().after(seconds(60))).first([too_many("1")]);
    let source = Arc::new(Source::taking(seconds(1)));
    let client = host.builder().credential(source.clone()).build().unwrap();
    let tasks = (1..=8).map(|n| start(&client, of_doctor(&IDEMPOTENT, &format!("dr_{n}")))).collect();
    all(tasks).await;
    let times = host.times();
    // The others were let through before anything was wrong, and stop all the same when their credential comes.
    assert!(host.gaps()[1..].iter().all(|gap| *gap >= millis(250)), "{times:?}");
    assert!(times[1] >= seconds(2), "{times:?}");
    // All eight asked at the start, and each of the eight once more when its turn came.
    assert_eq!((source.asked.load(Ordering::SeqCst), host.requests()), (16, 9));
    assert_eq!(host.doctors()[1..], ["dr_2", "dr_3", "dr_4", "dr_5", "dr_6", "dr_7", "dr_8", "dr_1"]);
}

#[tokio::test(start_paused = true)]
async fn the_place_of_a_call_dropped_during_or_after_the_cool_down_goes_to_the_next() {
    let host = Host::new(ok()).first([too_many("2"), Step::silence()]);
    let client = host.builder().retry(RetryPolicy::never()).build().unwrap();
    send(&client, &IDEMPOTENT).await.unwrap_err();
    let tasks: Vec<_> = (1..=4).map(|n| start(&client, of_doctor(&IDEMPOTENT, &format!("dr_{n}")))).collect();
    pass(seconds(1)).await;
    // The head of the queue and one behind it.
    tasks[0].abort();
    tasks[2].abort();
    pass(millis(1_102)).await;
    assert_eq!(client.stats().in_flight, 1);
    // The one that tries it out.
    tasks[1].abort();
    settled().await;
    let last = tasks.into_iter().next_back().unwrap().await.unwrap();
    assert!(last.is_ok());
    assert_eq!(host.doctors()[1..], ["dr_2", "dr_4"]);
    assert!(host.gaps()[1] >= millis(250));
    assert_eq!((client.stats().in_flight, client.stats().waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_a_turned_away_call_is_told_is_rounded_up_to_whole_seconds() {
    for (wait, told) in [(2_000, "in 2 s,"), (2_001, "in 3 s,"), (2_999, "in 3 s,")] {
        let exact = Backoff::new(millis(wait), millis(wait), Jitter::AtLeastPercent(100));
        let host = Host::new(ok()).first([Step::answer(429, "")]);
        let retry = RetryPolicy::never().throttle(exact);
        let deadlines = Deadlines::default().total(seconds(2));
        let client = host.builder().retry(retry).deadlines(deadlines).build().unwrap();
        send(&client, &IDEMPOTENT).await.unwrap_err();
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!((error.attempts(), error.retry_after()), (0, Some(millis(wait))));
        assert!(error.to_string().contains(told), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_to_queue_twice_for_one_attempt_tells_the_whole_time() {
    let host = Host::new(ok()).first([too_many("5").after(millis(500)), ok()]);
    let client = host.builder().max_in_flight(2).credential(Source::taking(seconds(1))).build().unwrap();
    let mut tasks: Vec<_> = (0..3).map(|_| start(&client, call(&UNSAFE))).collect();
    // A slot is free at 1 s; at 2 s its credential is there, but since 1.5 s nothing may begin before 6.5 s.
    let last = tasks.pop().unwrap().await.unwrap().unwrap();
    let queued = last.attempts[0].queued;
    assert!(queued >= millis(5_500) && queued <= millis(5_610), "{queued:?}");
    assert!(all(tasks).await.iter().all(Result::is_ok));
}
