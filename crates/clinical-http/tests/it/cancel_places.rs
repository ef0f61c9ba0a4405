//! What is on record of a call that is dropped at a place with a name, and what its place at the gate is worth to others.

use std::pin::{Pin, pin};
use std::task::Poll;

use clinical_http::audit::Outcome;
use clinical_http::testing::{MemoryAudit, ScriptedTransport, Step};
use clinical_http::{Client, Delivery, RateLimit};
use tokio::time::Instant;

use crate::cancel::Rig;
use crate::hesitant::{Reply, dropped_at};
use crate::support::{Coded, IDEMPOTENT, UNSAFE, builder, call, ok, seconds, send};

/// The length of the body of `call`.
const SENT: u64 = 15;

const REPLIES: [Reply; 3] = [
    Reply::Answer(429, &[("retry-after", "3")], &["later"]),
    Reply::Answer(503, &[], &["busy"]),
    Reply::Answer(200, &[], &["{"]),
];

#[tokio::test(start_paused = true)]
async fn the_record_of_a_dropped_call_says_what_is_known_at_that_place() {
    use Delivery::{NotSent, Refused, ResponseLost, Unknown};
    // The wait and which of its kind; delivery, attempts that ended, status, bytes sent and received by the last attempt, whether a whole
    // body was ever handed over.
    let table = [
        ("open", 1, NotSent, 0, None, 0, 0, false),
        ("credential", 1, NotSent, 0, None, 0, 0, false),
        ("connect", 1, NotSent, 0, None, 0, 0, false),
        ("piece", 1, Unknown, 0, None, SENT, 0, true),
        ("head", 1, Unknown, 0, None, SENT, 0, true),
        // The status is there: turned away, whatever its body says.
        ("answer", 1, Refused, 0, Some(429), SENT, 0, true),
        // The back-off.
        ("sleep", 1, Refused, 1, Some(429), SENT, 5, true),
        ("credential", 2, Refused, 1, Some(429), SENT, 5, true),
        // Not sent this time; sent before.
        ("connect", 2, Refused, 1, Some(429), 0, 0, true),
        ("head", 2, Unknown, 1, Some(429), SENT, 0, true),
        ("answer", 3, Unknown, 1, Some(503), SENT, 0, true),
        ("credential", 3, Unknown, 2, Some(503), SENT, 4, true),
        // The worst of all attempts so far.
        ("connect", 3, Unknown, 2, Some(503), 0, 0, true),
        ("answer", 5, ResponseLost, 2, Some(200), SENT, 0, true),
    ];
    for (name, nth, delivery, attempts, status, sent, received, whole) in table {
        let place = format!("{name} {nth}");
        let mut count = 0;
        let rig = loop {
            count += 1;
            let rig = Rig::new(&REPLIES);
            assert!(dropped_at(count, &rig.waits, send(&rig.client, &IDEMPOTENT)).await.is_none(), "never at {place}");
            let names = rig.waits.names();
            if names.last() == Some(&name) && names.iter().filter(|other| **other == name).count() >= nth {
                break rig;
            }
        };
        let record = rig.record(&place);
        assert_eq!((record.outcome, record.delivery), (Outcome::Abandoned, delivery), "{place}");
        assert_eq!((record.attempts.len(), record.status), (attempts, status), "{place}");
        assert_eq!((record.request_bytes, record.response_bytes), (sent, received), "{place}");
        assert_eq!(record.request_sha256.is_some(), whole, "{place}");
        assert_eq!(record.vendor_reference, None);
        rig.works_on(&place).await;
    }
}

/// Polls a future once, which must not end it.
async fn once<F: Future>(mut future: Pin<&mut F>) {
    std::future::poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

fn levels(client: &Client) -> (u32, u32) {
    let stats = client.stats();
    (stats.in_flight, stats.waiting)
}

#[tokio::test(start_paused = true)]
async fn who_leaves_the_queue_for_a_slot_is_on_record_as_not_sent_and_holds_nobody_up() {
    let transport = ScriptedTransport::new([ok().after(seconds(5)), ok()]);
    let audit = MemoryAudit::new();
    let client = builder(&transport).audit(audit.clone()).max_in_flight(1).build().unwrap();
    let mut first = Box::pin(send(&client, &UNSAFE));
    let mut second = Box::pin(send(&client, &UNSAFE));
    let mut third = Box::pin(send(&client, &UNSAFE));
    once(first.as_mut()).await;
    once(second.as_mut()).await;
    once(third.as_mut()).await;
    assert_eq!(levels(&client), (1, 2));
    drop(second);
    assert_eq!(levels(&client), (1, 1));
    let record = &audit.records()[0];
    assert_eq!((record.outcome, record.delivery), (Outcome::Abandoned, Delivery::NotSent));
    assert_eq!((record.attempts.len(), record.request_bytes), (0, 0));
    first.await.unwrap();
    third.await.unwrap();
    assert_eq!((levels(&client), audit.records().len()), ((0, 0), 3));
}

#[tokio::test(start_paused = true)]
async fn who_leaves_with_the_turn_or_behind_it_passes_it_on() {
    // Who waits for the rate limit has the turn; the others wait for that one. Whoever leaves, the next passes on time.
    for leaves in 0..3 {
        let transport = ScriptedTransport::always(ok());
        let client = builder(&transport).rate_limit(RateLimit::new(1, seconds(10))).build().unwrap();
        let began = Instant::now();
        send(&client, &UNSAFE).await.unwrap();
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(send(&client, &UNSAFE))).collect();
        for call in &mut waiting {
            once(call.as_mut()).await;
        }
        assert_eq!(levels(&client), (0, 3));
        tokio::time::sleep(seconds(3)).await;
        drop(waiting.remove(leaves));
        assert_eq!(levels(&client), (0, 2));
        let mut ended = Vec::new();
        for call in waiting {
            // In order: who came first passes first, so that to wait for them one after the other misses nothing.
            call.await.unwrap();
            ended.push(began.elapsed().as_secs());
        }
        assert_eq!((ended, levels(&client)), (vec![10, 20], (0, 0)), "{leaves}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_all_wait_for_a_cool_down_leaves_the_cool_down_as_it_was() {
    let later = Step::answer(429, "").header("retry-after", "30");
    let transport = ScriptedTransport::new([later, ok()]);
    let client = builder(&transport).build().unwrap();
    let began = Instant::now();
    // Dropped in its back-off: the others still keep away from the vendor.
    let dropped = tokio::time::timeout(seconds(5), send(&client, &UNSAFE)).await;
    assert!(dropped.is_err());
    let mut next = pin!(send(&client, &UNSAFE));
    once(next.as_mut()).await;
    assert_eq!(levels(&client), (0, 1));
    next.await.unwrap();
    assert!((30..=31).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!((levels(&client), transport.requests().len()), ((0, 0), 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_at_the_gate_before_its_second_attempt_is_on_record_with_its_first() {
    let transport = ScriptedTransport::new([Step::answer(503, "busy"), ok()]);
    let audit = MemoryAudit::new();
    let paced = builder(&transport).rate_limit(RateLimit::new(1, seconds(10))).audit(audit.clone()).build().unwrap();
    // The back-off is over within 100 ms.
    let dropped = tokio::time::timeout(seconds(5), send(&paced, &IDEMPOTENT)).await;
    assert!(dropped.is_err());
    let record = &audit.records()[0];
    assert_eq!((record.outcome, record.delivery), (Outcome::Abandoned, Delivery::Unknown));
    assert_eq!((record.attempts.len(), record.status, record.request_bytes), (1, Some(503), SENT));
    assert_eq!((record.elapsed, levels(&paced)), (seconds(5), (0, 0)));
    send(&paced, &IDEMPOTENT).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_once_though_it_is_dropped_at_its_end() {
    let rig = Rig::new(&[Reply::Answer(422, &[], &["no"])]);
    let mut call = Box::pin(rig.client.send::<Coded>(call(&UNSAFE)));
    let error = call.as_mut().await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Answered);
    drop(call);
    let record = rig.record("its end");
    assert_eq!((record.status, record.delivery), (Some(422), Delivery::Answered));
}
