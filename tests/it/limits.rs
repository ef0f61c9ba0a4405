//! The limits that all clones of a vendor's client share, against the sandbox.

use std::time::Duration;

use clinical_http::testing::JumpingClock;
use clinical_http::{Deadlines, RetryPolicy};
use clinical_sandbox::{Fault, FaultKind, RetryAfter, Sandbox};
use clinical_tests::clients::for_sandbox;
use omniscribe_codify::{CodifyRequest, Delivery, ErrorKind};

#[tokio::test]
async fn one_429_holds_every_clone_back_with_nothing_sent_and_the_levels_show_it() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let busy = FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 120 });
    sandbox.inject(Fault::new(busy).on("codify").nth(1)).unwrap();
    let clock = JumpingClock::new();
    let deadlines = Deadlines::default().total(Duration::from_mins(1));
    let codify = for_sandbox(&sandbox, &clock)
        .http(|http| http.retry(RetryPolicy::never()).deadlines(deadlines))
        .build()
        .unwrap();
    let note = CodifyRequest::new().note("Asma.");
    let first = codify.codify(&note).await.unwrap_err();
    assert_eq!((first.kind(), first.delivery()), (ErrorKind::Throttled, Delivery::Refused));
    assert!(codify.stats().cooling >= Duration::from_mins(2));

    // Another clone would have to wait for longer than its call may take: it hears so at once.
    let second = codify.clone().codify(&note).await.unwrap_err();
    assert_eq!((second.kind(), second.delivery()), (ErrorKind::Throttled, Delivery::NotSent));
    assert!(second.retry_after().is_some_and(|wait| wait >= Duration::from_secs(119)), "{second}");
    assert_eq!((second.attempts(), sandbox.journal().attempts.len()), (0, 1));
    assert!(clock.sleeps().is_empty());

    drop(clinical_http::Clock::sleep(&clock, Duration::from_secs(125)));
    assert_eq!(codify.stats().cooling, Duration::ZERO);
    codify.codify(&note).await.unwrap();
    assert_eq!(sandbox.journal().attempts.len(), 2);
}

#[tokio::test]
async fn a_vendor_that_always_fails_is_not_asked_four_times_as_often() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    sandbox.inject(Fault::new(FaultKind::status(503)).on("codify").probability(1.0)).unwrap();
    let codify = for_sandbox(&sandbox, &JumpingClock::new()).build().unwrap();
    let note = CodifyRequest::new().note("Asma.");
    let mut marked = 0;
    for _ in 0..60 {
        let error = codify.codify(&note).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        marked += usize::from(error.retry_budget_empty() && error.call().is_some());
    }
    // Ten retries from the budget, and those that time paid for while the first calls waited.
    let asked = sandbox.journal().attempts.len();
    assert!((70..=75).contains(&asked), "{asked} requests for 60 calls");
    assert!(marked > 50, "{marked}");
    assert!(codify.stats().retry_tokens < 10);
}
