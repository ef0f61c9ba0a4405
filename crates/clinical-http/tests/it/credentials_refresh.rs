//! Fetched credentials: how many fetches there are, when they are made, and who is told what.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use clinical_http::credential::{Credential, CredentialSource, Fetched, RefreshingCredential, Scheme};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{Client, Delivery, Error, ErrorKind};
use tokio::task::JoinSet;

use crate::abandoned::polled;
use crate::credentials::tokens;
use crate::support::{IDEMPOTENT, SAFE, UNSAFE, builder, millis, ok, seconds, send};

/// Hands out `token-1`, `token-2` and so on, each after a second of the paused clock.
#[derive(Clone, Default)]
pub(crate) struct Endpoint {
    fetches: Arc<AtomicU64>,
    pub(crate) fails: Arc<AtomicBool>,
    pub(crate) hangs: Arc<AtomicBool>,
    validity: Option<Duration>,
}

impl Endpoint {
    pub(crate) fn valid_for(validity: Duration) -> Self {
        Self { validity: Some(validity), ..Self::default() }
    }

    pub(crate) fn source(&self) -> RefreshingCredential {
        let endpoint = self.clone();
        RefreshingCredential::new(Scheme::bearer(), move || {
            let endpoint = endpoint.clone();
            async move { endpoint.fetch().await }
        })
    }

    async fn fetch(&self) -> Result<Fetched, Error> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::task::yield_now().await;
        tokio::time::sleep(seconds(1)).await;
        tokio::task::yield_now().await;
        if self.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::credentials("token endpoint", "is closed (for now); try again later"));
        }
        let fetched = Fetched::new(format!("token-{number}"));
        Ok(match self.validity {
            Some(validity) => fetched.valid_for(validity),
            None => fetched,
        })
    }

    pub(crate) fn count(&self) -> u64 {
        self.fetches.load(Ordering::SeqCst)
    }
}

fn client(transport: &ScriptedTransport, source: &RefreshingCredential) -> Client {
    builder(transport).credential(source.clone()).max_in_flight(1000).build().unwrap()
}

async fn hundred(client: &Client) -> Vec<Result<(), Error>> {
    let mut calls = JoinSet::new();
    for _ in 0..100 {
        let client = client.clone();
        calls.spawn(async move { send(&client, &UNSAFE).await.map(|_| ()) });
    }
    calls.join_all().await
}

/// Polls it once and leaves it then, with whatever place it has in a queue.
pub(crate) async fn begun<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx))).await
}

pub(crate) async fn generation(source: &RefreshingCredential) -> u64 {
    source.current().await.unwrap().generation()
}

#[tokio::test(start_paused = true)]
async fn a_hundred_calls_at_first_use_make_one_fetch() {
    let endpoint = Endpoint::default();
    let transport = ScriptedTransport::always(ok());
    let results = hundred(&client(&transport, &endpoint.source())).await;
    assert!(results.iter().all(Result::is_ok));
    assert_eq!((tokens(&transport), endpoint.count()), (vec!["Bearer token-1".to_owned(); 100], 1));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_401s_at_once_make_one_fetch() {
    let endpoint = Endpoint::default();
    let storm = vec![Step::answer(401, "").after(seconds(1)); 100];
    let transport = ScriptedTransport::new(storm.into_iter().chain(vec![ok(); 100]));
    let results = hundred(&client(&transport, &endpoint.source())).await;
    assert!(results.iter().all(Result::is_ok));
    let tokens = tokens(&transport);
    assert!(tokens[..100].iter().all(|token| token == "Bearer token-1"));
    assert!(tokens[100..].iter().all(|token| token == "Bearer token-2"));
    assert_eq!((tokens.len(), endpoint.count()), (200, 2));
}

#[tokio::test(start_paused = true)]
async fn a_late_401_to_a_token_that_was_replaced_meanwhile_fetches_nothing() {
    let endpoint = Endpoint::default();
    let steps = [Step::answer(401, "").after(seconds(60)), Step::answer(401, ""), ok(), ok(), ok()];
    let transport = ScriptedTransport::new(steps);
    let client = client(&transport, &endpoint.source());
    let (late, early) = tokio::join!(send(&client, &UNSAFE), send(&client, &UNSAFE));
    assert_eq!((late.unwrap().attempts.len(), early.unwrap().attempts.len()), (2, 2));
    send(&client, &UNSAFE).await.unwrap();
    let expected = ["token-1", "token-1", "token-2", "token-2", "token-2"].map(|token| format!("Bearer {token}"));
    assert_eq!((tokens(&transport), endpoint.count()), (expected.to_vec(), 2));
}

#[tokio::test(start_paused = true)]
async fn a_late_401_to_an_old_token_does_not_bring_back_a_refused_newer_one() {
    let endpoint = Endpoint::default();
    let source = endpoint.source();
    for expected in 1..=3 {
        assert_eq!(generation(&source).await, expected);
        tokio::time::advance(seconds(5)).await;
        source.rejected(expected);
        source.rejected(1);
    }
    assert_eq!((generation(&source).await, endpoint.count()), (4, 4));
    // Nor does it, or one to a generation that never was, cost the newest one.
    tokio::time::advance(seconds(5)).await;
    source.rejected(3);
    source.rejected(5);
    assert_eq!((generation(&source).await, endpoint.count()), (4, 4));
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_refuses_every_token_gets_two_attempts_and_one_refresh_per_call() {
    let endpoint = Endpoint::default();
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let client = client(&transport, &endpoint.source());
    for call in 1..=3 {
        let error = send(&client, &IDEMPOTENT).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 2));
        // One fetch for the token to begin with, and one for the refusal in each call.
        assert_eq!((transport.requests().len(), endpoint.count()), (2 * call, 1 + call as u64));
        tokio::time::advance(seconds(5)).await;
    }
    // More often than every 5 s, the vendor's answer to what there is must do.
    for call in [2, 1, 1] {
        assert_eq!(send(&client, &IDEMPOTENT).await.unwrap_err().attempts(), call);
    }
    assert_eq!((transport.requests().len(), endpoint.count()), (6 + 4, 5));
}

/// Always the same token, and how often it was fetched.
fn the_only_one() -> (RefreshingCredential, Arc<AtomicU64>) {
    let fetches = Arc::new(AtomicU64::new(0));
    let counted = fetches.clone();
    let source = RefreshingCredential::new(Scheme::bearer(), move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Ok(Fetched::new("the-only-one")) }
    });
    (source, fetches)
}

#[tokio::test(start_paused = true)]
async fn a_token_that_the_vendor_accepts_again_is_fetched_once_for_its_refusal_and_serves_on() {
    let (source, fetches) = the_only_one();
    let transport = ScriptedTransport::new([Step::answer(401, "")].into_iter().chain(vec![ok(); 20]));
    let client = client(&transport, &source);
    assert_eq!(send(&client, &UNSAFE).await.unwrap_err().attempts(), 1);
    for _ in 0..20 {
        send(&client, &UNSAFE).await.unwrap();
        tokio::time::advance(seconds(1)).await;
    }
    assert_eq!((generation(&source).await, fetches.load(Ordering::SeqCst)), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_401_that_stays_costs_one_fetch_in_five_seconds_whether_or_not_the_token_changes() {
    let (same, fetches) = the_only_one();
    let endpoint = Endpoint::default();
    for (source, count) in [(same, fetches), (endpoint.source(), endpoint.fetches.clone())] {
        let client = client(&ScriptedTransport::always(Step::answer(401, "")), &source);
        send(&client, &UNSAFE).await.unwrap_err();
        let renewed = tokio::time::Instant::now();
        // The first call of all fetches what it sends, and again for its refusal.
        assert_eq!(count.load(Ordering::SeqCst), 2);
        for (after, fetches) in [(0, 2), (2_500, 2), (4_999, 2), (5_000, 3)] {
            tokio::time::sleep_until(renewed + millis(after)).await;
            send(&client, &UNSAFE).await.unwrap_err();
            assert_eq!(count.load(Ordering::SeqCst), fetches, "after {after} ms");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_whom_nobody_polls_any_more_delays_no_other() {
    let endpoint = Endpoint::default();
    let source = endpoint.source();
    let (mut first, mut second) = (source.current(), source.current());
    for idle in [&mut first, &mut second] {
        assert!(begun(idle).await.is_pending());
    }
    assert_eq!((generation(&source).await, endpoint.count()), (1, 1));
    drop((first, second));
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_not_sent_while_it_cannot_be_renewed() {
    let endpoint = Endpoint::default();
    let transport = ScriptedTransport::new([Step::answer(401, ""), ok()]);
    let client = client(&transport, &endpoint.source());
    let failing = endpoint.clone();
    let closes = async move {
        tokio::time::sleep(millis(1_500)).await;
        failing.fails.store(true, Ordering::SeqCst);
    };
    let (refused, ()) = tokio::join!(send(&client, &UNSAFE), closes);
    assert_eq!(refused.unwrap_err().status(), Some(401));
    assert_eq!(send(&client, &UNSAFE).await.unwrap_err().delivery(), Delivery::NotSent);
    endpoint.fails.store(false, Ordering::SeqCst);
    send(&client, &UNSAFE).await.unwrap();
    assert_eq!(tokens(&transport), ["Bearer token-1", "Bearer token-4"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_token_fetched_again_is_not_sent_again() {
    let (source, fetches) = the_only_one();
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let error = send(&client(&transport, &source), &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Credentials, Delivery::Answered, 1));
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_dropped_at_any_point_neither_loses_nor_repeats_the_fetch() {
    for polls in 0..8 {
        let endpoint = Endpoint::default();
        let source = endpoint.source();
        let waiting: JoinSet<u64> =
            (0..3).map(|_| source.clone()).map(|source| async move { generation(&source).await }).collect();
        let _: Option<Result<Credential, Error>> = polled(polls, source.current()).await;
        assert_eq!((generation(&source).await, endpoint.count()), (1, 1), "after {polls} polls");
        assert_eq!(waiting.join_all().await, [1, 1, 1]);
    }
    // The same through a whole call, alone: nobody else keeps the fetch alive.
    for polls in 1..12 {
        let endpoint = Endpoint::default();
        let transport = ScriptedTransport::always(ok());
        let client = client(&transport, &endpoint.source());
        drop(polled(polls, send(&client, &SAFE)).await);
        send(&client, &SAFE).await.unwrap();
        assert_eq!((tokens(&transport).pop().unwrap().as_str(), endpoint.count()), ("Bearer token-1", 1));
    }
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_for_a_fetch_share_its_failure_and_the_next_one_fetches_again() {
    let endpoint = Endpoint::default();
    endpoint.fails.store(true, Ordering::SeqCst);
    let transport = ScriptedTransport::always(ok());
    let client = client(&transport, &endpoint.source());
    for result in hundred(&client).await {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Credentials, Delivery::NotSent, 0));
        let told =
            "no credential could be fetched: token endpoint is closed (for now); try again later (nothing was sent)";
        assert_eq!(error.to_string(), told);
    }
    assert_eq!((endpoint.count(), transport.requests().len()), (1, 0));
    endpoint.fails.store(false, Ordering::SeqCst);
    send(&client, &UNSAFE).await.unwrap();
    assert_eq!((tokens(&transport), endpoint.count()), (vec!["Bearer token-2".to_owned()], 2));
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_fetch_says_of_its_own_request_is_not_said_of_the_call() {
    let script = ScriptedTransport::always(Step::answer(503, "canary-body").header("retry-after", "4000"));
    let endpoint = builder(&script).build().unwrap();
    let source = RefreshingCredential::new(Scheme::bearer(), move || {
        let endpoint = endpoint.clone();
        async move { send(&endpoint, &UNSAFE).await.map(|_| Fetched::new("never")) }
    });
    let error = source.current().await.unwrap_err();
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::Throttled, Some(seconds(4000))));
    assert_eq!((error.delivery(), error.status(), error.attempts()), (Delivery::NotSent, None, 0));
    assert!(error.body().is_none() && error.to_string().ends_with("(nothing was sent)"), "{error}");
    assert_eq!(error.to_string().matches('(').count(), 1, "{error}");
}
