//! The retry budget through the client: a vendor in trouble is asked hardly more often than a healthy one, the error says why, and
//! successes fill the budget again.

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{Backoff, Deadlines, Delivery, ErrorKind, Jitter, RetryBudget, RetryPolicy};

use crate::limits_host::{Host, Source, all, pass, start};
use crate::support::{IDEMPOTENT, call, millis, ok, seconds, send};

const MINUTES_10: u64 = 600;

/// Makes one call a second for ten minutes to a host that always fails; returns how many requests that made, and how many of the
/// errors say that the budget was empty.
async fn ten_minutes_of(step: Step, deadlines: Deadlines) -> (usize, usize) {
    let host = Host::new(step);
    let client = host.builder().deadlines(deadlines).max_in_flight(10_000).build().unwrap();
    let mut tasks = Vec::new();
    for _ in 0..MINUTES_10 {
        tasks.push(start(&client, call(&IDEMPOTENT)));
        pass(seconds(1)).await;
    }
    let ended = all(tasks).await;
    let empty = ended.iter().filter(|ended| ended.as_ref().unwrap_err().retry_budget_empty()).count();
    assert_eq!(ended.len(), 600);
    (host.requests(), empty)
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_without_a_success_add_at_most_a_tenth_to_the_requests() {
    let short = Deadlines::default().attempt(seconds(5));
    let table = [
        ("503 without a hint", Step::answer(503, ""), Deadlines::default(), 600),
        ("500", Step::answer(500, "broken"), Deadlines::default(), 600),
        ("no connection", Step::fail(Failure::Connect, Delivery::NotSent), Deadlines::default(), 600),
        ("a reset", Step::fail(Failure::Interrupted, Delivery::Unknown), Deadlines::default(), 600),
        ("silence of 60 s", Step::silence(), Deadlines::default(), 600),
        ("silence of 5 s", Step::silence(), short, 600),
        ("an answer that breaks off", Step::answer(200, "{").then_break(), Deadlines::default(), 600),
        // Of those who are told to slow down fewer are even sent once.
        ("429 without a hint", Step::answer(429, ""), Deadlines::default(), 1),
        ("429 at once again", Step::answer(429, "").header("retry-after", "0"), Deadlines::default(), 1),
        ("503 with a hint", Step::answer(503, "").header("retry-after", "1"), Deadlines::default(), 1),
    ];
    for (what, step, deadlines, least) in table {
        let (sent, empty) = ten_minutes_of(step, deadlines).await;
        println!("{what}: {sent} sent for 600 asked, {empty} times the budget was empty");
        assert!(sent >= least && sent <= 660, "{what}: {sent}");
        assert!(least == 1 || empty > 400, "{what}: {empty}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_ends_the_call_with_its_own_failure_and_says_so() {
    let host = Host::new(Step::answer(503, ""));
    let budget = RetryBudget::default().capacity(10);
    let client = host.builder().retry(RetryPolicy::default().budget(budget)).build().unwrap();
    let error = send(&client, &IDEMPOTENT).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.delivery()),
        (ErrorKind::Unavailable, Some(503), Delivery::Unknown)
    );
    assert_eq!((error.attempts(), host.requests()), (2, 2));
    assert!(error.retry_budget_empty());
    assert!(
        error.to_string().ends_with("; 2 attempts; not sent again because too many requests failed lately)"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_budget_is_not_blamed_where_another_rule_stopped_the_call() {
    let none = RetryPolicy::default().budget(RetryBudget::default().capacity(0));
    let last = none.clone().max_attempts(1);
    let short = Deadlines::default().total(millis(500));
    let slow = Backoff::new(seconds(1), seconds(1), Jitter::AtLeastPercent(100));
    let table = [
        ("the last attempt", 503, last, Deadlines::default()),
        ("a final status", 400, none.clone(), Deadlines::default()),
        ("the deadline", 503, none.transient(slow), short),
    ];
    for (what, status, policy, deadlines) in table {
        let host = Host::new(Step::answer(status, ""));
        let client = host.builder().retry(policy).deadlines(deadlines).build().unwrap();
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert!(!error.retry_budget_empty() && !error.to_string().contains("lately"), "{what}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_clones_spend_the_same_budget_and_a_retry_that_cannot_be_paid_is_not_made() {
    let host = Host::new(Step::answer(503, ""));
    let client = host.client();
    let tasks = (0..100).map(|_| start(&client.clone(), call(&IDEMPOTENT))).collect();
    let ended = all(tasks).await;
    // 100 tokens pay for ten retries, and in the second that this takes not one more comes.
    assert_eq!(host.requests(), 110);
    assert!(host.elapsed() < seconds(2));
    assert!(client.stats().retry_tokens < 2);
    assert_eq!(ended.iter().filter(|ended| ended.as_ref().unwrap_err().retry_budget_empty()).count(), 100);
}

#[tokio::test(start_paused = true)]
async fn successes_and_time_fill_the_budget_again() {
    let host = Host::new(Step::answer(503, ""));
    let client = host.client();
    while !send(&client, &IDEMPOTENT).await.unwrap_err().retry_budget_empty() {}
    let empty = client.stats().retry_tokens;
    assert!(empty < 10);
    host.turns_to(ok());
    let began = host.elapsed();
    for _ in 0..30 {
        send(&client, &IDEMPOTENT).await.unwrap();
    }
    assert_eq!((client.stats().retry_tokens, host.elapsed()), (empty + 30, began));
    pass(seconds(20)).await;
    assert_eq!(client.stats().retry_tokens, empty + 40);
    pass(seconds(1_000)).await;
    assert_eq!(client.stats().retry_tokens, 100);
    host.turns_to(Step::answer(503, ""));
    assert_eq!(send(&client, &IDEMPOTENT).await.unwrap_err().attempts(), 4);
    // A retry after throttling costs half as much as one after a failure.
    pass(seconds(1_000)).await;
    host.turns_to(Step::answer(429, ""));
    let twice = host.builder().retry(RetryPolicy::default().max_attempts(2)).build().unwrap();
    send(&twice, &IDEMPOTENT).await.unwrap_err();
    assert_eq!(twice.stats().retry_tokens, 95);
}

#[tokio::test(start_paused = true)]
async fn a_renewed_credential_costs_no_token() {
    let host = Host::new(ok()).first([Step::answer(401, "")]);
    let policy = RetryPolicy::default().budget(RetryBudget::default().capacity(0));
    let client = host.builder().credential(Source::default()).retry(policy).build().unwrap();
    assert_eq!(send(&client, &IDEMPOTENT).await.unwrap().attempts.len(), 2);
}
