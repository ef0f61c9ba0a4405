//! A call dropped at any of its await points leaves one record, and the record never claims less than what happened.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use clinical_http::audit::Outcome;
use clinical_http::credential::{Credential, CredentialSource};
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::{Body, BoxFuture, Call, Delivery, Effect, Error, FileSource, Method, Operation};

use crate::support::{Coded, IDEMPOTENT, UNSAFE, builder, call, ok, seconds};

/// Polls a future at most `times` times and drops it then.
pub(crate) async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polls = 0;
    poll_fn(|cx| {
        if polls == times {
            return Poll::Ready(None);
        }
        polls += 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

/// Takes a moment to hand out a credential, and has a new one after every rejection.
struct Slow(std::sync::atomic::AtomicU64);

impl CredentialSource for Slow {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            tokio::time::sleep(seconds(1)).await;
            let generation = self.0.load(std::sync::atomic::Ordering::SeqCst);
            Ok(Credential::bearer("token")?.with_generation(generation))
        })
    }

    fn rejected(&self, generation: u64) {
        self.0.store(generation + 1, std::sync::atomic::Ordering::SeqCst);
    }
}

/// Every kind of waiting there is: credential, file, request, an answer in pieces, back-off, renewal.
fn steps() -> [Step; 4] {
    let slow = |step: Step| step.after(seconds(2));
    [
        slow(Step::answer(503, "busy")),
        slow(Step::answer(401, "renew")),
        slow(Step::answer(429, "later").header("retry-after", "3")),
        slow(ok()),
    ]
}

/// Drops the call after 1, 2, 3, ... polls until it is not dropped any more; returns how often it was.
async fn at_every_point(call: impl Fn() -> Call, steps: impl Fn() -> Vec<Step>) -> usize {
    for times in 1.. {
        let transport = ScriptedTransport::new(steps());
        let audit = MemoryAudit::new();
        let client = builder(&transport).credential(Slow(0.into())).audit(audit.clone()).build().unwrap();
        let outcome = polled(times, client.send::<Coded>(call())).await;
        let [record] = &audit.records()[..] else {
            panic!("{} records after {times} polls", audit.records().len());
        };
        if let Some(ended) = outcome {
            assert_eq!(ended.is_ok(), record.outcome == Outcome::Succeeded);
            return times - 1;
        }
        assert_eq!(record.outcome, Outcome::Abandoned, "{times}");
        let requests = transport.requests().len();
        assert!(record.attempts.len() <= requests, "{times}");
        if requests > record.attempts.len() {
            // A request is out and unanswered, or its answer is on the way.
            assert!(record.delivery >= Delivery::Unknown, "{times}: {record:?}");
            assert!(record.request_sha256.is_some() || call().debug_is_empty(), "{times}");
        }
        let settled = record.attempts.iter().map(|attempt| attempt.delivery).max();
        assert!(record.delivery >= settled.unwrap_or(Delivery::NotSent), "{times}");
        if requests == 0 {
            // The script notes a request when it has all of it; a part may be out before that.
            let nothing = record.request_bytes == 0;
            assert_eq!(nothing, record.delivery == Delivery::NotSent, "{times}");
        }
    }
    unreachable!("some number of polls is enough")
}

trait DebugIsEmpty {
    fn debug_is_empty(&self) -> bool;
}

impl DebugIsEmpty for Call {
    /// `Call` tells nothing of its body but in its `Debug`.
    fn debug_is_empty(&self) -> bool {
        format!("{self:?}").contains("\"empty\"")
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_at_any_point_leaves_one_record() {
    let points = at_every_point(|| call(&IDEMPOTENT), || steps().to_vec()).await;
    // Four attempts wait for a credential and for an answer; one renewal and two back-offs come on top.
    assert!(points >= 4 * 2 + 1 + 2, "only {points} points");
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_body_dropped_at_any_point_leaves_one_record() {
    static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
    at_every_point(|| Call::new(&READ), || steps().to_vec()).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_with_a_file_dropped_at_any_point_leaves_one_record() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 30_000]).unwrap();
    let facts = FileSource::path("pdf", file.path()).inspect().await.unwrap();
    let body = Body::json_with_file(facts, Body::json).unwrap();
    let call = || Call::new(&IDEMPOTENT).body(body.clone());
    at_every_point(call, || vec![Step::answer(503, "busy"), ok()]).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_in_the_middle_of_a_success_says_that_it_was_processed() {
    let transport = ScriptedTransport::always(Step::answer(200, "{").then_silence());
    let (client, audit) = crate::support::audited(&transport);
    let limit = tokio::time::timeout(seconds(1), client.send::<Coded>(call(&UNSAFE))).await;
    assert!(limit.is_err());
    let record = &audit.records()[0];
    assert_eq!((record.delivery, record.status), (Delivery::ResponseLost, Some(200)));
    assert_eq!(record.outcome, Outcome::Abandoned);
}

#[tokio::test(start_paused = true)]
async fn a_client_remains_usable_after_a_dropped_call() {
    let transport = ScriptedTransport::new([Step::silence(), ok()]);
    let (client, audit) = crate::support::audited(&transport);
    let dropped = tokio::time::timeout(seconds(1), client.send::<Coded>(call(&UNSAFE))).await;
    assert!(dropped.is_err());
    client.send::<Coded>(call(&UNSAFE)).await.unwrap();
    assert_eq!(audit.records().len(), 2);
}

#[tokio::test]
async fn a_call_that_was_never_polled_was_never_made() {
    let transport = ScriptedTransport::always(ok());
    let (client, audit) = crate::support::audited(&transport);
    drop(client.send::<Coded>(call(&UNSAFE)));
    assert_eq!((audit.records().len(), transport.requests().len()), (0, 0));
}
