//! What a health page sees: the levels of a client at each moment of a call, and the counts of what has ended.

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{Counters, Counts, Delivery, RateLimit, RetryPolicy};

use crate::limits_host::{Host, Source, pass, settled, start};
use crate::support::{IDEMPOTENT, UNSAFE, call, ok, seconds, send};

#[tokio::test(start_paused = true)]
async fn stats_follow_a_call_through_all_of_its_moments() {
    let steps = [Step::answer(429, "").header("retry-after", "10").after(seconds(2)), ok().after(seconds(4))];
    let host = Host::new(Step::silence()).first(steps);
    let rate = RateLimit::per_minute(5);
    let client =
        host.builder().rate_limit(rate).credential(Source::taking(seconds(1))).max_in_flight(1).build().unwrap();
    let levels = || {
        let stats = client.stats();
        (stats.in_flight, stats.waiting, stats.cooling.as_secs(), stats.rate_left, stats.retry_tokens)
    };
    assert_eq!(levels(), (0, 0, 0, Some(5), 100));
    let first = start(&client, call(&IDEMPOTENT));
    settled().await;
    assert_eq!(levels(), (1, 0, 0, Some(4), 100), "fetches its credential");
    pass(seconds(2)).await;
    let second = start(&client, call(&IDEMPOTENT));
    settled().await;
    assert_eq!(levels(), (1, 1, 0, Some(4), 100), "under way, and one waits for its slot");
    pass(seconds(2)).await;
    assert_eq!(levels(), (0, 1, 9, Some(4), 95), "told to slow down; the other waits for that");
    second.abort();
    pass(seconds(5)).await;
    assert_eq!(levels(), (0, 0, 4, Some(4), 98), "backs off, and the other is gone");
    pass(seconds(6)).await;
    assert_eq!(levels(), (1, 0, 0, Some(3), 100), "under way again");
    first.await.unwrap().unwrap();
    assert_eq!(levels(), (0, 0, 0, Some(3), 100));
    pass(seconds(120)).await;
    assert_eq!(levels(), (0, 0, 0, Some(5), 100));
}

#[tokio::test(start_paused = true)]
async fn each_way_to_end_is_counted_once() {
    // The fields that differ from nothing, after one call.
    type Case = (&'static str, Vec<Step>, fn(&mut Counts));
    let table: [Case; 8] = [
        ("a success", vec![ok()], |c| (c.succeeded, c.attempts) = (1, 1)),
        ("a success after a 429", vec![Step::answer(429, ""), ok()], |c| {
            (c.succeeded, c.attempts, c.repeated, c.throttled) = (1, 2, 1, 1);
        }),
        ("a success after a loss", vec![Step::answer(500, ""), ok()], |c| {
            (c.succeeded, c.attempts, c.repeated) = (1, 2, 1);
        }),
        ("a rejection", vec![Step::answer(400, "")], |c| (c.failed, c.attempts) = (1, 1)),
        ("an answer not understood", vec![Step::answer(200, "{")], |c| (c.failed, c.attempts) = (1, 1)),
        ("every answer lost", vec![Step::answer(200, "{").then_break(); 4], |c| {
            (c.failed, c.attempts, c.repeated, c.uncertain) = (1, 4, 3, 1);
        }),
        ("no connection", vec![], |c| (c.failed, c.attempts, c.repeated) = (1, 4, 3)),
        ("all lost", vec![Step::fail(Failure::Interrupted, Delivery::Unknown); 4], |c| {
            (c.failed, c.attempts, c.repeated, c.uncertain) = (1, 4, 3, 1);
        }),
    ];
    for (what, steps, expected) in table {
        let host = Host::new(Step::fail(Failure::Connect, Delivery::NotSent)).first(steps);
        let counters = Counters::new();
        let client = host.builder().observer(counters.clone()).build().unwrap();
        send(&client, &IDEMPOTENT).await.ok();
        let mut counts = Counts::default();
        expected(&mut counts);
        assert_eq!(counters.counts(), counts, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_abandoned_are_counted_and_those_among_them_that_nobody_can_be_sure_of() {
    let counters = Counters::new();
    let expect = |abandoned, uncertain, attempts| {
        let counts = counters.counts();
        assert_eq!((counts.succeeded, counts.failed), (0, 0));
        assert_eq!((counts.abandoned, counts.uncertain, counts.attempts), (abandoned, uncertain, attempts));
    };
    let host = Host::new(Step::silence());
    let client = host.builder().observer(counters.clone()).max_in_flight(1).build().unwrap();
    let sent = start(&client, call(&UNSAFE));
    settled().await;
    let queued = start(&client, call(&UNSAFE));
    settled().await;
    expect(0, 0, 0);
    queued.abort();
    settled().await;
    expect(1, 0, 0);
    sent.abort();
    settled().await;
    expect(2, 1, 0);
    host.turns_to(Step::answer(429, "").header("retry-after", "60"));
    let backing_off = start(&client, call(&UNSAFE));
    settled().await;
    backing_off.abort();
    settled().await;
    expect(3, 1, 1);
}

#[tokio::test(start_paused = true)]
async fn counters_of_several_clients_are_summed_and_a_call_refused_by_the_limits_is_a_failure_without_an_attempt() {
    let host = Host::new(Step::answer(429, "").header("retry-after", "3600"));
    let counters = Counters::new();
    for _ in 0..2 {
        let client = host.builder().observer(counters.clone()).retry(RetryPolicy::never()).build().unwrap();
        send(&client, &IDEMPOTENT).await.unwrap_err();
        send(&client, &IDEMPOTENT).await.unwrap_err();
    }
    let counts = counters.counts();
    assert_eq!((counts.failed, counts.attempts, counts.throttled, counts.uncertain), (4, 2, 2, 0));
}

#[test]
fn debug_of_a_client_shows_every_limit_in_force() {
    let builder = Host::new(ok()).builder().rate_limit(RateLimit::per_minute(60)).max_in_flight(0);
    let shown = format!("{:?}", builder.build().unwrap());
    for limit in ["requests: 60", "per: 60s", "max_in_flight: 1,", "capacity: 100", "max_attempts: 4", "total: 300s"] {
        assert!(shown.contains(limit), "{limit} in {shown}");
    }
}
