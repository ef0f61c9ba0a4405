//! All limits at once under random faults: whatever happens to fifty calls, afterwards the client is empty and works.

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{Deadlines, Delivery, RateLimit, RetryPolicy};

use crate::limits_host::{Host, Source, settled, start};
use crate::support::{IDEMPOTENT, UNSAFE, call, millis, ok, seconds, send};

const SEEDS: u64 = 2_000;
const CALLS: usize = 50;

fn step(random: &mut fastrand::Rng) -> Step {
    let step = match random.u8(0..24) {
        0 => Step::fail(Failure::Connect, Delivery::NotSent),
        1 => Step::fail(Failure::Interrupted, Delivery::Unknown),
        2 => ok().then_break(),
        3 => Step::answer(200, "{").then_silence(),
        4 | 5 => Step::answer(503, "busy"),
        6 => Step::answer(429, "").header("retry-after", &random.u32(0..4).to_string()),
        7 => Step::answer(429, ""),
        8 => Step::silence(),
        9 => ok().header("x-ratelimit-remaining", &random.u32(0..3).to_string()).header("x-ratelimit-reset", "2"),
        _ => ok(),
    };
    if random.bool() { step.after(millis(random.u64(0..3_000))) } else { step }
}

#[tokio::test(start_paused = true)]
async fn after_any_storm_nothing_is_left_behind_and_the_next_call_succeeds() {
    let (mut succeeded, mut failed, mut dropped) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let allowed = random.usize(1..=20);
        let steps: Vec<_> = (0..CALLS * 2).map(|_| step(&mut random)).collect();
        let host = Host::new(ok()).first(steps);
        let mut builder = host
            .builder()
            .max_in_flight(allowed)
            .retry(RetryPolicy::default().max_attempts(random.u32(1..=4)))
            .deadlines(
                Deadlines::default().total(millis(random.u64(1_000..=20_000))).attempt(seconds(4)).stall(seconds(2)),
            )
            .seed(seed);
        if random.bool() {
            builder = builder.rate_limit(RateLimit::new(random.u32(1..=30), seconds(1)));
        }
        if random.bool() {
            builder = builder.credential(Source::taking(millis(random.u64(0..=500))));
        }
        let client = builder.build().unwrap();
        let tasks: Vec<_> = (0..CALLS)
            .map(|_| {
                let call = start(&client, call(if random.bool() { &UNSAFE } else { &IDEMPOTENT }));
                let (late, patience) = (millis(random.u64(0..1_000)), millis(random.u64(0..30_000)));
                let drops = random.u8(0..3) == 0;
                tokio::spawn(async move {
                    if !drops {
                        return Some(call.await.unwrap().is_ok());
                    }
                    tokio::time::sleep(late.max(patience / 8)).await;
                    call.abort();
                    call.await.ok().map(|ended| ended.is_ok())
                })
            })
            .collect();
        for task in tasks {
            match task.await.unwrap() {
                Some(true) => succeeded += 1,
                Some(false) => failed += 1,
                None => dropped += 1,
            }
        }
        settled().await;
        let stats = client.stats();
        assert_eq!((stats.in_flight, stats.waiting), (0, 0), "seed {seed}");
        let (left, most) = host.present();
        assert!(left == 0 && most <= allowed, "seed {seed}: {left} left, {most} of {allowed}");
        // Whatever holds the client up ends within the longest wait that a vendor was allowed to ask for.
        host.clear();
        tokio::time::sleep(seconds(30)).await;
        let ended = send(&client, &IDEMPOTENT).await;
        assert!(ended.is_ok(), "seed {seed}: {:?}", ended.err());
    }
    println!("{succeeded} succeeded, {failed} failed, {dropped} were dropped");
    assert!(succeeded > 10_000 && failed > 10_000 && dropped > 10_000, "{succeeded} {failed} {dropped}");
}
