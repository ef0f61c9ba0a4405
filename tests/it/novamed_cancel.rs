//! Every future of the `NovaMed` client dropped at each of its waits: what may be at the vendor is on record, and what is on record is not sent
//! a second time.

use std::sync::Arc;

use clinical_http::BoxFuture;
use clinical_tests::novamed::{Work, clinic};
use novamed_api::log::{MemoryLog, SubmissionState};
use novamed_api::{Environment, Kind, NovaMed, Revision};

use crate::hesitant::{Jumping, Playing, Remembering, Renewing, Reply, Stage, Waits, dropped_at};

const BUSY: Reply = Reply::Answer(429, &[], &[r#"{"error":{"message":"x","retry_after":60}}"#]);
const ORDERED: Reply = Reply::Answer(
    200,
    &[],
    &[r#"{"success":true,"data":{"medication_request_id":"550e8400-"#, r#"e29b-41d4-a716-446655440004"}}"#],
);
const PLAIN: Reply = Reply::Answer(200, &[], &[r#"{"success":true,"data":{"carriers":[]}}"#]);

/// A client whose every wait is pending once, and whose vendor plays these answers.
struct Rig {
    novamed: NovaMed,
    waits: Waits,
    playing: Playing,
    audit: Remembering,
    log: Arc<MemoryLog>,
}

impl Rig {
    fn new(replies: &[Reply]) -> Self {
        let (waits, log) = (Waits::default(), Arc::new(MemoryLog::new()));
        let (playing, audit) = (Playing::new(&waits, replies), Remembering::new(&waits));
        let (transport, clock, sink) = (playing.clone(), Jumping::new(&waits), audit.clone());
        let credential = Renewing::new(&waits);
        let novamed = NovaMed::builder()
            .revision(Revision::V2026_01)
            .environment(Environment::Development)
            .synthetic_data_only()
            .clinic(clinic())
            .credential(move |_| Ok(credential))
            .submission_log(Arc::clone(&log))
            .http(move |http| http.transport(transport).clock(clock).audit(sink).seed(7).max_in_flight(1))
            .build()
            .unwrap();
        Self { novamed, waits, playing, audit, log }
    }

    /// How the only create that is on record stands.
    fn on_record(&self) -> Option<SubmissionState> {
        let all = self.log.list();
        assert!(all.len() <= 1, "{all:?}");
        all.into_iter().next().map(|submission| submission.state)
    }
}

#[tokio::test]
async fn an_order_dropped_at_any_wait_is_on_record_if_the_vendor_may_have_it_and_is_not_sent_again_then() {
    let mut places = Vec::new();
    for nth in 1.. {
        let rig = Rig::new(&[BUSY, ORDERED]);
        let outcome = dropped_at(nth, &rig.waits, Work::Order.run(&rig.novamed)).await;
        let last = rig.waits.names().last().copied().unwrap();
        let place = format!("wait {nth}: {last}");
        let (stages, state) = (rig.playing.stages(), rig.on_record());
        assert_eq!(rig.audit.opened().len(), rig.audit.records().len(), "{place}");
        if let Some(outcome) = outcome {
            assert_eq!((outcome.unwrap(), stages.len()), (2, 2));
            assert!(matches!(state, Some(SubmissionState::Created { id }) if id.ends_with("446655440004")));
            break;
        }
        // The first was turned away; the second is the one that counts.
        let may_have_it = stages.get(1).is_some_and(|stage| *stage != Stage::Connecting);
        assert!(!may_have_it || state == Some(SubmissionState::Uncertain), "{place}: {state:?}");
        // Before its turn has come nothing is on record, so a process that ends there leaves no false alarm.
        assert!(!stages.is_empty() || last == "connect" || state.is_none(), "{place}: {state:?}");
        places.push(last);

        let again = Work::Order.run(&rig.novamed).await;
        let sent = rig.playing.stages().len() - stages.len();
        if state.is_some() {
            let error = again.unwrap_err();
            assert_eq!((error.kind(), sent), (Kind::Duplicate, 0), "{place}: {error}");
            assert_eq!(error.earlier().unwrap().state, SubmissionState::Uncertain);
            assert!(error.advice().is_some() && error.to_string().contains("nothing was sent"), "{error}");
        } else {
            assert!(again.is_ok() && sent >= 1, "{place}: {again:?}");
        }
        // Whoever knows better may send it all the same.
        rig.playing.always(ORDERED);
        assert_eq!(Work::Order.run(&rig.novamed.repeating()).await.unwrap(), 1, "{place}");
    }
    for name in ["open", "credential", "connect", "piece", "head", "answer", "sleep"] {
        assert!(places.contains(&name), "{name} is not among {places:?}");
    }
}

#[tokio::test]
async fn a_read_or_a_deletion_can_be_dropped_at_any_wait_and_nothing_is_on_record() {
    for work in [Work::Carriers, Work::DeleteWebhook] {
        for nth in 1.. {
            let rig = Rig::new(&[BUSY, PLAIN]);
            let run: BoxFuture<'_, _> = Box::pin(work.run(&rig.novamed));
            let outcome = dropped_at(nth, &rig.waits, run).await;
            assert_eq!(rig.audit.opened().len(), rig.audit.records().len(), "{work:?} {nth}");
            assert!(rig.log.list().is_empty(), "{work:?} {nth}");
            let done = outcome.is_some();
            assert!(outcome.is_none_or(|outcome| outcome.is_ok()), "{work:?} {nth}");
            // With one request at a time, a place that was not given back would stop this for ever.
            assert!(work.run(&rig.novamed).await.is_ok(), "{work:?} {nth}");
            if done {
                assert!(nth > 8, "{nth}");
                break;
            }
        }
    }
}
