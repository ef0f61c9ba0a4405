//! When a request is sent again, after which wait, and when it is not.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{Deadlines, Event, Observer};
use clinical_sandbox::switches::{RetryHint, Switches};
use clinical_sandbox::{Clock, Fault, FaultKind, RetryAfter, Sandbox};
use clinical_tests::clients::{client_with, for_sandbox, of_sandbox, settings};
use clinical_tests::documents::{ANSWER, NOTE};
use clinical_tests::facts;
use clinical_tests::gate::Gate;
use omniscribe_codify::{Environment, Error};

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

async fn sandbox_with(fault: Fault) -> Sandbox {
    Sandbox::builder().seed(7).fault(fault).start().await.unwrap()
}

/// The error of a call to a sandbox with this fault, and the waits.
async fn failure_of(fault: Fault) -> (Error, Vec<Duration>, Sandbox) {
    let sandbox = sandbox_with(fault).await;
    let clock = JumpingClock::new();
    let error = of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap_err();
    (error, clock.sleeps(), sandbox)
}

#[tokio::test]
async fn a_429_with_retry_after_2_waits_at_least_2_seconds_and_then_succeeds() {
    let forms = [
        RetryAfter::Seconds { seconds: 2 },
        RetryAfter::ImfFixdate { seconds: 2 },
        RetryAfter::Rfc850 { seconds: 2 },
        RetryAfter::Asctime { seconds: 2 },
    ];
    for form in forms {
        let sandbox = sandbox_with(Fault::new(FaultKind::too_many_requests(form.clone()))).await;
        let clock = JumpingClock::new();
        let answer = of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap();
        let waits = clock.sleeps();
        assert_eq!(waits.len(), 1, "{form:?}");
        assert!((seconds(2)..=Duration::from_millis(2_100)).contains(&waits[0]), "{form:?}: {waits:?}");
        assert_eq!(answer.attempts[1].waited, waits[0]);
        assert_eq!(facts::deliveries(&answer.attempts), ["refused", "answered"]);
        assert_eq!(sandbox.ledger().processed("codify"), 1, "{form:?}");
    }
}

#[tokio::test]
async fn a_hint_shorter_than_the_documented_wait_does_not_shorten_it() {
    let fault = Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 0 }));
    let sandbox = sandbox_with(fault.first(3)).await;
    let clock = JumpingClock::new();
    of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap();
    for (wait, least) in clock.sleeps().iter().zip([800, 1_600, 3_200]) {
        assert!(*wait >= Duration::from_millis(least), "{wait:?}");
    }
    assert_eq!(clock.sleeps().len(), 3);
}

#[tokio::test]
async fn a_hint_that_cannot_be_read_is_no_hint() {
    for value in ["soon", "-1", "1.5", "2 s", ""] {
        let hint = RetryAfter::Raw { value: value.to_owned() };
        let sandbox = sandbox_with(Fault::new(FaultKind::too_many_requests(hint))).await;
        let clock = JumpingClock::new();
        of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap();
        let waits = clock.sleeps();
        assert!(waits.len() == 1 && waits[0] <= seconds(1), "{value:?}: {waits:?}");
    }
}

#[tokio::test]
async fn a_storm_of_503_stops_after_exactly_four_requests() {
    let (error, waits, sandbox) = failure_of(Fault::new(FaultKind::status(503)).every()).await;
    assert_eq!(facts::brief(&error), ("unavailable", "unknown", 4));
    let journal = sandbox.journal();
    assert_eq!(journal.attempts_on("codify").len(), 4);
    assert_eq!(journal.requests_on("codify").len(), 1, "the same request, byte for byte in content");
    assert_eq!(sandbox.ledger().processed("codify"), 0);
    assert_eq!(waits.len(), 3, "no wait after the last attempt");
}

#[tokio::test]
async fn a_storm_of_429_ends_throttled_and_promises_that_nothing_was_processed() {
    let fault = Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 3 }));
    let (error, waits, sandbox) = failure_of(fault.every()).await;
    assert_eq!(facts::brief(&error), ("throttled", "refused", 4));
    assert!(!error.may_have_been_processed());
    assert_eq!(error.retry_after(), Some(seconds(3)));
    assert!(waits.iter().all(|wait| *wait >= seconds(3)), "{waits:?}");
    assert_eq!(sandbox.ledger().processed("codify"), 0);
}

#[tokio::test]
async fn waits_are_about_1_2_and_4_seconds_and_never_shortened_by_more_than_a_fifth() {
    let mut firsts = Vec::new();
    for status in [429, 500, 502, 503, 504] {
        for seed in 0..20 {
            let clock = JumpingClock::new();
            let transport = ScriptedTransport::always(Step::answer(status, ""));
            let codify = settings("https://codify.hospital.example", &clock)
                .environment(Environment::Development)
                .http(move |http| http.transport(transport).seed(seed))
                .build()
                .unwrap();
            codify.codify(&NOTE.into()).await.unwrap_err();
            let waits = clock.sleeps();
            assert_eq!(waits.len(), 3);
            for (wait, whole) in waits.iter().zip([1_u32, 2, 4]) {
                let whole = seconds(1) * whole;
                assert!((whole * 4 / 5..=whole).contains(wait), "{status}, seed {seed}: {waits:?}");
            }
            firsts.push(waits[0]);
        }
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() >= 20, "chance has its part: {} different first waits", firsts.len());
}

#[tokio::test]
async fn a_retry_after_beyond_five_minutes_is_handed_out_and_not_waited_for() {
    let long = [
        RetryAfter::Seconds { seconds: 301 },
        RetryAfter::Seconds { seconds: u64::MAX },
        RetryAfter::ImfFixdate { seconds: 86_400 },
        RetryAfter::Raw { value: "99999999999999999999999".to_owned() },
    ];
    for form in long {
        let (error, waits, sandbox) = failure_of(Fault::new(FaultKind::too_many_requests(form.clone()))).await;
        assert_eq!(facts::brief(&error), ("throttled", "refused", 1), "{form:?}");
        assert!(error.retry_after().is_some_and(|hint| hint > seconds(300)), "{form:?}");
        assert!(waits.is_empty(), "{form:?}: {waits:?}");
        assert_eq!(sandbox.journal().attempts.len(), 1);
    }
}

#[tokio::test]
async fn a_retry_after_of_five_minutes_is_waited_for() {
    let fault = Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 300 }));
    let sandbox = sandbox_with(fault).await;
    let clock = JumpingClock::new();
    of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap();
    assert!(clock.sleeps()[0] >= seconds(300));
}

#[tokio::test]
async fn a_wait_that_the_total_deadline_does_not_cover_is_not_begun() {
    let fault = Fault::new(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 60 }));
    let sandbox = sandbox_with(fault).await;
    let clock = JumpingClock::new();
    let codify = for_sandbox(&sandbox, &clock)
        .http(|http| http.deadlines(Deadlines::default().total(seconds(30))))
        .build()
        .unwrap();
    let error = codify.codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("throttled", "refused", 1));
    assert_eq!(error.retry_after(), Some(seconds(60)));
    assert!(clock.sleeps().is_empty());
}

#[tokio::test]
async fn a_503_with_a_hint_was_refused_and_is_waited_for_as_long_as_asked() {
    let kind = FaultKind::Status {
        status: 503,
        body: clinical_sandbox::ErrorBody::Html,
        headers: std::collections::BTreeMap::new(),
        retry_after: RetryAfter::Seconds { seconds: 7 },
    };
    let sandbox = sandbox_with(Fault::new(kind)).await;
    let clock = JumpingClock::new();
    let answer = of_sandbox(&sandbox, &clock).codify(&NOTE.into()).await.unwrap();
    assert!(clock.sleeps()[0] >= seconds(7));
    assert_eq!(facts::deliveries(&answer.attempts), ["refused", "answered"]);
}

/// Moves the sandbox's time on by what the client waits.
struct InStep(Clock);

impl Observer for InStep {
    fn on_event(&self, event: Event<'_>) {
        if let Event::Waiting { delay, .. } = event {
            self.0.advance(delay);
        }
    }
}

#[tokio::test]
async fn a_real_rate_limit_is_kept_by_waiting_as_long_as_it_says() {
    let mut switches = Switches::default();
    switches.retry_hint = RetryHint::Seconds;
    let sandbox =
        Sandbox::builder().manual_clock().rate_limit(2, seconds(60)).switches(switches).start().await.unwrap();
    let clock = JumpingClock::new();
    let in_step = InStep(sandbox.clock().clone());
    let codify = for_sandbox(&sandbox, &clock).http(|http| http.observer(in_step)).build().unwrap();
    for _ in 0..5 {
        codify.codify(&NOTE.into()).await.unwrap();
    }
    // Two calls per minute: the third and the fifth are turned away once each.
    assert_eq!(clock.sleeps().len(), 2);
    assert_eq!(sandbox.journal().attempts.len(), 7);
    assert_eq!(sandbox.ledger().processed("codify"), 5);
}

#[tokio::test]
async fn a_server_that_is_gone_was_sent_nothing() {
    let gate = Gate::start().await;
    let url = gate.url().to_owned();
    gate.stop().await;
    let clock = JumpingClock::new();
    let error = client_with(&url, &clock).codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("connect", "not_sent", 4));
    assert_eq!(clock.sleeps().len(), 3);
}

#[tokio::test]
async fn a_server_that_goes_away_in_the_middle_leaves_the_delivery_unknown_for_good() {
    let mut gate = Gate::start().await;
    let clock = JumpingClock::new();
    let codify = client_with(gate.url(), &clock);
    let mut call = tokio::spawn(async move { codify.codify(&NOTE.into()).await });
    let arrival = gate.next_of(&mut call).await;
    gate.stop().await;
    drop(arrival);
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(facts::brief(&error), ("connect", "unknown", 4));
    let each = facts::deliveries(error.attempt_log());
    assert_eq!(each, ["unknown", "not_sent", "not_sent", "not_sent"]);
}

#[tokio::test]
async fn a_network_that_comes_back_is_used_again() {
    let mut gate = Gate::start().await;
    let clock = JumpingClock::new();
    let codify = client_with(gate.url(), &clock);
    let mut call = tokio::spawn(async move { codify.codify(&NOTE.into()).await });
    let first = gate.next_of(&mut call).await;
    let body = first.body.clone();
    first.cut();
    let second = gate.next_of(&mut call).await;
    assert_eq!(second.body, body, "sent again as it was");
    second.answer("200 OK", ANSWER);
    let answer = call.await.unwrap().unwrap();
    assert_eq!(facts::deliveries(&answer.attempts), ["unknown", "answered"]);
    assert_eq!(gate.connections(), 2);
}
