//! A call dropped at each of its waits, one after the other: one record that says what the vendor's side knows, one last event, nothing left
//! behind, and a client that works on.

use clinical_http::audit::{AuditRecord, Outcome};
use clinical_http::{
    BaseUrl, Body, BoxFuture, Call, Client, Delivery, Effect, FileSource, Method, Operation, RateLimit, RetryPolicy,
};

use crate::hesitant::{Jumping, Playing, Remembering, Renewing, Reply, Stage, Told, Waits, dropped_at};
use crate::support::{BASE, CODED, Coded, IDEMPOTENT, VENDOR, call, seconds};

static READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);

const DONE: Reply = Reply::Answer(200, &[], &["{\"run_id\"", ":\"run-1\"}"]);

/// Each reply leaves the delivery of the call where it was or makes it worse, so that each of them shows.
const REPLIES: [Reply; 8] = [
    Reply::Unreachable,
    Reply::Answer(401, &[], &["renew"]),
    Reply::Answer(429, &[("retry-after", "3")], &["later"]),
    Reply::Answer(503, &[("retry-after", "2")], &[]),
    Reply::Answer(503, &[], &["busy"]),
    Reply::Answer(500, &[], &["a", "b"]),
    Reply::Broken(200, &["{"]),
    DONE,
];

/// What is on record of a reply that was received to its end.
const SETTLED: [Delivery; 8] = [
    Delivery::NotSent,
    Delivery::Refused,
    Delivery::Refused,
    Delivery::Refused,
    Delivery::Unknown,
    Delivery::Unknown,
    Delivery::ResponseLost,
    Delivery::Answered,
];

/// A client whose every wait is pending once.
pub(crate) struct Rig {
    pub(crate) client: Client,
    pub(crate) waits: Waits,
    pub(crate) playing: Playing,
    pub(crate) audit: Remembering,
    pub(crate) told: Told,
}

impl Rig {
    pub(crate) fn new(replies: &[Reply]) -> Self {
        let waits = Waits::default();
        let (playing, audit, told) = (Playing::new(&waits, replies), Remembering::new(&waits), Told::default());
        let client = Client::builder(&VENDOR, BaseUrl::parse(BASE).unwrap())
            .credential(Renewing::new(&waits))
            .transport(playing.clone())
            .clock(Jumping::new(&waits))
            .audit(audit.clone())
            .observer(told.clone())
            .retry(RetryPolicy::default().max_attempts(8))
            // Every attempt but the first waits at the gate as well.
            .rate_limit(RateLimit::new(1, seconds(10)))
            .max_in_flight(1)
            .seed(7)
            .build()
            .unwrap();
        Self { client, waits, playing, audit, told }
    }

    /// The one record, after what must be true of it and of the client at every point.
    pub(crate) fn record(&self, place: &str) -> AuditRecord {
        let [record] = &self.audit.records()[..] else {
            panic!("{} records after {place}", self.audit.records().len());
        };
        assert_eq!(self.audit.opened(), [record.call], "{place}");
        assert_eq!(self.told.ended(), [(record.outcome, record.delivery)], "{place}");
        assert!(self.told.end_was_last(), "{place}");
        let stats = self.client.stats();
        assert_eq!((stats.in_flight, stats.waiting), (0, 0), "{place}");
        record.clone()
    }

    /// Makes a call with the same client, to its end.
    pub(crate) async fn works_on(&self, place: &str) {
        self.playing.always(DONE);
        let answer = self.client.send::<Coded>(call(&IDEMPOTENT)).await;
        assert!(answer.is_ok(), "after {place}: {answer:?}");
        assert_eq!(self.audit.records().len(), 2, "{place}");
    }
}

/// What the vendor's side knows of an attempt that is dropped at this stage.
fn broken_off(stage: Stage, has_body: bool) -> Delivery {
    match stage {
        Stage::Connecting if has_body => Delivery::NotSent,
        Stage::Head(200) | Stage::Over => Delivery::ResponseLost,
        // The status decides, whether its body was read or not.
        Stage::Head(429) => Delivery::Refused,
        Stage::Head(401) => Delivery::Answered,
        Stage::Connecting | Stage::Sending | Stage::Head(_) => Delivery::Unknown,
    }
}

/// What must be on record: of the attempts that ended what they were, of the one that was broken off how far it was.
fn expected(rig: &Rig, record: &AuditRecord, has_body: bool) -> Delivery {
    let stages = rig.playing.stages();
    let settled = record.attempts.len();
    assert!(settled == stages.len() || settled + 1 == stages.len(), "{settled} of {stages:?}");
    for (attempt, expected) in record.attempts.iter().zip(SETTLED) {
        assert_eq!(attempt.delivery, expected, "{attempt:?}");
    }
    let last = stages.get(settled).map(|stage| match (stage, REPLIES[settled]) {
        // All of a 401 is there, and the source is asked whether it has another credential.
        (Stage::Over, Reply::Answer(401, ..)) => Delivery::Answered,
        _ => broken_off(*stage, has_body),
    });
    let settled = SETTLED[..settled].iter().copied();
    settled.chain(last).max().unwrap_or(Delivery::NotSent)
}

type Sending<'a> = BoxFuture<'a, bool>;

/// Drops a call at its first, second, third ... wait until it is not dropped any more. Returns the places it was dropped at.
async fn at_every_wait(has_body: bool, send: impl for<'a> Fn(&'a Client) -> Sending<'a>) -> Vec<&'static str> {
    let mut places = Vec::new();
    for nth in 1.. {
        let rig = Rig::new(&REPLIES);
        let outcome = dropped_at(nth, &rig.waits, send(&rig.client)).await;
        let last = rig.waits.names().last().copied().unwrap_or_default();
        let place = format!("wait {nth}: {last}");
        let record = rig.record(&place);
        if let Some(succeeded) = outcome {
            assert!(succeeded && record.outcome == Outcome::Succeeded);
            assert_eq!(record.attempts.len(), REPLIES.len());
            return places;
        }
        assert_eq!(record.outcome, Outcome::Abandoned, "{place}");
        assert_eq!(record.delivery, expected(&rig, &record, has_body), "{place}: {record:?}");
        places.push(last);
        let started = rig.told.started();
        assert!(started >= rig.playing.stages().len(), "{place}");
        rig.works_on(&place).await;
    }
    unreachable!("some number of waits is enough")
}

/// How often a call waited for something: asserted, so that nothing is held to be tested that did not occur.
fn count(places: &[&str], name: &str) -> usize {
    places.iter().filter(|place| **place == name).count()
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_at_any_wait_leaves_one_true_record_and_a_client_that_works() {
    let places = at_every_wait(true, |client| {
        Box::pin(async { client.send::<Coded>(call(&IDEMPOTENT)).await.is_ok_and(|answer| answer.run_id == "run-1") })
    })
    .await;
    assert_eq!(count(&places, "open"), 1);
    // One for each of eight attempts, and one after the 401.
    assert_eq!(count(&places, "credential"), 9);
    assert_eq!(count(&places, "connect"), 8);
    // All of them but the first, which could not connect.
    assert_eq!((count(&places, "piece"), count(&places, "head")), (7, 7));
    // The pieces of the answers and their ends.
    assert_eq!(count(&places, "answer"), 8 + 7);
    // Seven at the gate and at least five back-offs: none after the 401, and the first may be zero.
    assert!(count(&places, "sleep") >= 7 + 5, "{places:?}");
}

#[tokio::test(start_paused = true)]
async fn a_raw_call_without_a_body_dropped_at_any_wait_leaves_one_true_record() {
    let places = at_every_wait(false, |client| {
        Box::pin(async { client.send_raw(Call::new(&READ)).await.is_ok_and(|got| got.value.expose() == CODED) })
    })
    .await;
    assert_eq!((count(&places, "piece"), count(&places, "connect")), (0, 8));
}

#[tokio::test(start_paused = true)]
async fn a_call_with_a_file_dropped_at_any_wait_leaves_one_true_record() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), vec![7; 30_000]).unwrap();
    for source in [FileSource::path("pdf", file.path()), FileSource::bytes("pdf", vec![7; 30_000])] {
        let body = Body::json_with_file(source.inspect().await.unwrap(), Body::json).unwrap();
        let sent = Call::new(&IDEMPOTENT).body(body);
        let places = at_every_wait(true, |client| {
            let sent = sent.clone();
            Box::pin(async move { client.send::<Coded>(sent).await.is_ok() })
        })
        .await;
        // Three pieces of base64 between two of JSON.
        assert_eq!(count(&places, "piece"), 7 * 5);
    }
}
