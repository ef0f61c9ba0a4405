//! 100,000 random schedules of failures and hints: whatever comes, the limits of a call hold.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::{Failure, Transport, TransportError, TransportRequest, TransportResponse};
use clinical_http::{Backoff, BoxFuture, Clock, Deadlines, Delivery, Event, Jitter, Observer, RetryPolicy};

use crate::support::{IDEMPOTENT, builder, millis, ok, seconds, send};

const SCHEDULES: u64 = 100_000;
/// Less than this left, and no attempt is started.
const LEAST: Duration = millis(250);
/// What chance may add to a hint.
const SPREAD: Duration = millis(100);

/// What one random call is allowed to do.
struct Limits {
    attempts: u32,
    total: Duration,
    base: Duration,
    cap: Duration,
    floor_percent: u8,
    max_hint: Duration,
}

fn limits(random: &mut fastrand::Rng) -> Limits {
    Limits {
        attempts: random.u32(1..=8),
        total: millis(random.u64(0..=120_000)),
        base: millis(random.u64(0..=5_000)),
        cap: millis(random.u64(1..=30_000)),
        floor_percent: random.u8(0..=100),
        max_hint: seconds(random.u64(0..=400)),
    }
}

fn step(random: &mut fastrand::Rng) -> Step {
    let step = match random.u8(0..10) {
        0 => Step::fail(Failure::Connect, Delivery::NotSent),
        1 => Step::fail(Failure::Interrupted, Delivery::Unknown),
        2 => Step::answer(200, "{").then_break(),
        3 if random.u8(0..4) == 0 => ok(),
        3..6 => Step::answer(503, ""),
        6 => Step::answer(500, ""),
        _ => Step::answer(429, ""),
    };
    match random.u8(0..4) {
        0 => step.header("retry-after", &random.u32(0..=500).to_string()),
        1 => step.header("retry-after", &random.u64(..).to_string()),
        _ => step,
    }
}

/// Every attempt takes some of the clock's time.
struct Timed {
    clock: JumpingClock,
    random: Mutex<fastrand::Rng>,
    inner: ScriptedTransport,
}

impl Transport for Timed {
    fn send(&self, request: TransportRequest) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let takes = millis(self.random.lock().unwrap().u64(0..=3_000));
        drop(self.clock.sleep(takes));
        self.inner.send(request)
    }
}

/// What the client announced: each wait with the time it began and the attempt before it.
#[derive(Clone)]
struct Watching {
    clock: JumpingClock,
    waits: Arc<Mutex<Vec<(Duration, Duration)>>>,
}

impl Observer for Watching {
    fn on_event(&self, event: Event<'_>) {
        if let Event::Waiting { delay, .. } = event {
            self.waits.lock().unwrap().push((self.clock.now(), delay));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_schedule_of_failures_and_hints_breaks_a_limit() {
    let (mut retried, mut given_up, mut succeeded) = (0, 0, 0);
    for seed in 0..SCHEDULES {
        let mut random = fastrand::Rng::with_seed(seed);
        let limits = limits(&mut random);
        let steps: Vec<_> = (0..10).map(|_| step(&mut random)).collect();
        let clock = JumpingClock::new();
        let watching = Watching { clock: clock.clone(), waits: Arc::default() };
        let transport = ScriptedTransport::new(steps);
        let timed = Timed { clock: clock.clone(), random: Mutex::new(random), inner: transport.clone() };
        let backoff = Backoff::new(limits.base, limits.cap, Jitter::AtLeastPercent(limits.floor_percent));
        let policy = RetryPolicy::default()
            .max_attempts(limits.attempts)
            .transient(backoff)
            .throttle(backoff)
            .max_hint(limits.max_hint);
        let client = builder(&transport)
            .transport(timed)
            .clock(clock)
            .observer(watching.clone())
            .retry(policy)
            .deadlines(Deadlines::default().total(limits.total))
            .seed(seed)
            .build()
            .unwrap();
        let outcome = send(&client, &IDEMPOTENT).await;
        let attempts = match &outcome {
            Ok(answer) => answer.attempts.as_slice(),
            Err(error) => error.attempt_log(),
        };
        let made = transport.requests().len();
        assert_eq!(made, attempts.len(), "seed {seed}");
        assert!(made <= limits.attempts as usize, "seed {seed}: {made} attempts");
        let waits = watching.waits.lock().unwrap();
        check_waits(seed, &limits, attempts, &waits);
        retried += usize::from(made > 1);
        given_up += usize::from(outcome.is_err());
        succeeded += usize::from(outcome.is_ok());
    }
    // The schedules reach both ends: otherwise the rules above were never tried.
    assert!(retried > 10_000 && given_up > 10_000 && succeeded > 1_000);
}

fn check_waits(seed: u64, limits: &Limits, attempts: &[clinical_http::Attempt], waits: &[(Duration, Duration)]) {
    for (began, wait) in waits {
        assert!(*began + *wait + LEAST <= limits.total, "seed {seed}: past the deadline");
    }
    for pair in attempts.windows(2) {
        let [failed, next] = pair else { unreachable!() };
        let doubled = limits.base.saturating_mul(1 << (failed.number - 1).min(20));
        let whole = doubled.min(limits.cap);
        let floor = whole * u32::from(limits.floor_percent) / 100;
        let hint = failed.retry_after;
        assert!(hint <= Some(limits.max_hint), "seed {seed}: waited for too long a hint");
        let (least, most) = match hint {
            Some(hint) => (floor.max(hint), whole.max(hint) + SPREAD),
            None => (floor, whole),
        };
        let waited = next.waited;
        assert!(waited >= least && waited <= most, "seed {seed}: {waited:?} not in {least:?}..={most:?}");
    }
}
