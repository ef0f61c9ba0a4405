//! 100,000 random schedules on tokio's own clock: several calls at a time, with waits everywhere a call can wait. No limit is passed by more than
//! the millisecond that the timer rounds up, and none comes early.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clinical_http::audit::{AuditOpening, AuditRecord, AuditRefusal, AuditSink};
use clinical_http::credential::{Credential, CredentialSource};
use clinical_http::testing::ScriptedTransport;
use clinical_http::{
    Attempt, Backoff, Body, BoxFuture, Call, CallContext, Client, Deadlines, Error, ErrorKind, FileSource, Jitter,
    RateLimit, RetryPolicy,
};
use tokio::time::Instant;

use crate::schedules_transport::{Heard, Phase, Unreliable};
use crate::support::{Coded, IDEMPOTENT, builder, millis};

const SCHEDULES: u64 = 100_000;
/// Less than this left, and no attempt is started.
const LEAST: Duration = millis(250);
/// Tokio's timer works in milliseconds and rounds up.
const TICK: Duration = millis(1);

/// What one schedule is allowed to do.
#[derive(Debug)]
struct Limits {
    total: Duration,
    attempt: Duration,
    stall: Duration,
    attempts: u32,
}

impl Limits {
    fn random(random: &mut fastrand::Rng) -> Self {
        Self {
            total: millis(random.u64(0..=15_000)),
            attempt: millis(random.u64(1..=8_000)),
            stall: millis(random.u64(1..=4_000)),
            attempts: random.u32(1..=5),
        }
    }
}

type Dice = Arc<Mutex<fastrand::Rng>>;

/// Mostly nothing, at times long, at times for ever.
pub(crate) async fn pause(dice: &Dice) {
    let wait = {
        let mut random = dice.lock().unwrap();
        match random.u8(0..40) {
            0 => 1_000_000,
            1..4 => random.u64(0..=6_000),
            4..10 => random.u64(0..=300),
            _ => return,
        }
    };
    tokio::time::sleep(millis(wait)).await;
}

struct Slow(Dice);

impl CredentialSource for Slow {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            pause(&self.0).await;
            Credential::bearer("token")
        })
    }
}

impl AuditSink for Slow {
    fn open<'a>(&'a self, _: &'a AuditOpening<'a>) -> BoxFuture<'a, Result<(), AuditRefusal>> {
        Box::pin(async {
            pause(&self.0).await;
            Ok(())
        })
    }

    fn record(&self, _: AuditRecord) {}
}

fn client(seed: u64, limits: &Limits, random: &mut fastrand::Rng, dice: &Dice, transport: Unreliable) -> Client {
    let backoff =
        Backoff::new(millis(random.u64(0..=2_000)), millis(8_000), Jitter::AtLeastPercent(random.u8(0..=100)));
    let policy = RetryPolicy::default().max_attempts(limits.attempts).transient(backoff).throttle(backoff);
    let deadlines = Deadlines::default().total(limits.total).attempt(limits.attempt).stall(limits.stall);
    let client = builder(&ScriptedTransport::default())
        .transport(transport)
        .credential(Slow(dice.clone()))
        .audit(Slow(dice.clone()))
        .retry(policy)
        .deadlines(deadlines)
        .max_in_flight(random.usize(1..=3))
        .seed(seed);
    let client = match random.u8(0..3) {
        0 => client.rate_limit(RateLimit::new(random.u32(1..=3), millis(random.u64(1..=5_000)))),
        _ => client,
    };
    client.build().unwrap()
}

/// What became of one call.
struct Ended {
    began: Instant,
    elapsed: Duration,
    attempts: Vec<Attempt>,
    kind: Option<ErrorKind>,
}

async fn send(client: Client, number: usize, body: Body, after: Duration) -> Ended {
    tokio::time::sleep(after).await;
    let context = CallContext::new().doctor(number.to_string()).unwrap();
    let call = Call::new(&IDEMPOTENT).context(context).body(body);
    let began = Instant::now();
    let outcome = client.send::<Coded>(call).await;
    let elapsed = began.elapsed();
    let (attempts, kind) = match outcome {
        Ok(answer) => (answer.attempts, None),
        Err(error) => (error.attempt_log().to_vec(), Some(error.kind())),
    };
    Ended { began, elapsed, attempts, kind }
}

/// How often each limit was what ended something.
#[derive(Debug, Default)]
struct Reached {
    calls: usize,
    total: usize,
    attempt: usize,
    upload_stalls: usize,
    answer_stalls: usize,
    waited_in_vain: usize,
    retried: usize,
    succeeded: usize,
}

async fn schedules(seeds: Range<u64>) -> Reached {
    let file = FileSource::bytes("pdf", vec![7; 100]).inspect().await.unwrap();
    let bodies = [Body::json("note").unwrap(), Body::json_with_file(file, Body::json).unwrap()];
    let mut reached = Reached::default();
    for seed in seeds {
        let mut random = fastrand::Rng::with_seed(seed);
        let limits = Limits::random(&mut random);
        let dice: Dice = Arc::new(Mutex::new(random.fork()));
        let transport = Unreliable::new(&dice);
        let heard = transport.heard();
        let client = client(seed, &limits, &mut random, &dice, transport);
        let calls = [1, 1, 1, 1, 2, 3][random.usize(0..6)];
        let mut ended = Vec::new();
        if calls == 1 {
            ended.push(send(client.clone(), 0, bodies[random.usize(0..2)].clone(), Duration::ZERO).await);
        } else {
            let sending: Vec<_> = (0..calls)
                .map(|n| {
                    let (body, after) = (bodies[random.usize(0..2)].clone(), millis(random.u64(0..=500)));
                    tokio::spawn(send(client.clone(), n, body, after))
                })
                .collect();
            for call in sending {
                ended.push(call.await.unwrap());
            }
        }
        let stats = client.stats();
        assert_eq!((stats.in_flight, stats.waiting), (0, 0), "seed {seed}");
        let heard = heard.lock().unwrap();
        for (number, call) in ended.iter().enumerate() {
            let requests = heard.iter().filter(|request| request.call == number);
            check(seed, &limits, call, requests, &mut reached);
        }
    }
    reached
}

fn check<'a>(
    seed: u64,
    limits: &Limits,
    call: &Ended,
    requests: impl Iterator<Item = &'a Heard>,
    reached: &mut Reached,
) {
    let of = |what: &str| format!("seed {seed}: {what} with {limits:?}");
    assert!(call.elapsed <= limits.total + TICK, "{}", of(&format!("{:?} in all", call.elapsed)));
    reached.calls += 1;
    reached.succeeded += usize::from(call.kind.is_none());
    reached.retried += usize::from(call.attempts.len() > 1);
    reached.waited_in_vain += usize::from(call.attempts.is_empty());
    let mut made = 0;
    for (attempt, request) in call.attempts.iter().zip(requests) {
        made += 1;
        let left = limits.total.saturating_sub(request.began - call.began);
        assert!(left >= LEAST, "{}", of(&format!("an attempt with {left:?} left")));
        let limit = limits.attempt.min(left);
        assert!(attempt.elapsed <= limit + TICK, "{}", of(&format!("an attempt of {:?}", attempt.elapsed)));
        let took = request.ended.expect("nothing is left under way") - request.began;
        assert!(took <= limit + TICK, "{}", of(&format!("a request of {took:?}")));
        let silent = request.ended.unwrap() - request.moved;
        let watched = matches!(request.phase, Phase::Upload | Phase::Answer);
        assert!(!watched || silent <= limits.stall + TICK, "{}", of(&format!("{silent:?} of silence")));
        if !request.by_script {
            // Who broke off must have had a reason.
            let stalled = watched && silent >= limits.stall;
            assert!(stalled || took >= limit, "{}", of(&format!("broken off after {took:?}, silent for {silent:?}")));
            match request.phase {
                Phase::Upload if stalled => reached.upload_stalls += 1,
                Phase::Answer if stalled => reached.answer_stalls += 1,
                _ if left < limits.attempt => reached.total += 1,
                _ => reached.attempt += 1,
            }
        }
    }
    assert_eq!(made, call.attempts.len(), "{}", of("an attempt without a request"));
    assert!(made <= limits.attempts as usize, "{}", of("too many attempts"));
}

#[test]
fn whatever_is_slow_no_limit_is_passed_and_none_comes_early() {
    let half = SCHEDULES / 2;
    let run = |seeds| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(schedules(seeds))
    };
    let reached = std::thread::scope(|scope| {
        let other = scope.spawn(|| run(half..SCHEDULES));
        [run(0..half), other.join().unwrap()]
    });
    // Every limit was what ended a good number of attempts: otherwise the rules above were never tried.
    let sum = |of: fn(&Reached) -> usize| reached.iter().map(of).sum::<usize>();
    assert!(sum(|r| r.calls) > 100_000);
    for of in [
        |r: &Reached| r.total,
        |r: &Reached| r.attempt,
        |r: &Reached| r.upload_stalls,
        |r: &Reached| r.answer_stalls,
        |r: &Reached| r.waited_in_vain,
    ] {
        assert!(sum(of) > 1_000, "{reached:?}");
    }
    assert!(sum(|r| r.retried) > 10_000 && sum(|r| r.succeeded) > 10_000, "{reached:?}");
}
