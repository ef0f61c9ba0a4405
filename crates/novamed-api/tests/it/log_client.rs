//! The client with each of the logs: what is refused, what is sent, and what is on record afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Clock as _, Delivery};
use novamed_api::log::{
    Begun, DirectoryLog, LogError, MemoryLog, Submission, SubmissionKey, SubmissionLog, SubmissionState,
};
use novamed_api::{ClinicId, Kind, NewWebhook, NovaMed, Revision};

use crate::log_support::{CREATED, HOUR, builder, client, created, logs, other_refill, refill, success};

/// Of the create that the log refused.
async fn refused(client: &NovaMed) -> SubmissionState {
    let error = client.create_refill(&refill()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), error.attempts()), (Kind::Duplicate, Delivery::NotSent, 0));
    assert!(!error.may_have_been_processed());
    error.earlier().unwrap().state.clone()
}

#[tokio::test]
async fn after_a_success_an_identical_create_is_refused_and_names_what_was_created() {
    for log in logs().all {
        let transport = ScriptedTransport::always(success());
        let client = client(log.clone(), &transport);
        client.create_refill(&refill()).await.unwrap();
        assert_eq!(refused(&client).await, created(CREATED));
        let error = client.create_refill(&refill()).await.unwrap_err();
        let earlier = error.earlier().unwrap();
        assert_eq!(earlier.operation, "create_refill_request");
        assert_eq!(earlier.at, JumpingClock::new().wall());
        assert_eq!(log.find(&earlier.key).unwrap().as_ref(), Some(earlier));
        assert_eq!(error.advice(), None);
        assert!(!format!("{error}{error:?}{:?}", log.find(&earlier.key)).contains(CREATED));
        assert_eq!(transport.requests().len(), 1);
        // What differs in anything passes.
        client.create_refill(&other_refill()).await.unwrap();
        assert_eq!(transport.requests().len(), 2);
    }
}

#[tokio::test]
async fn what_is_on_record_needs_no_turn_and_is_refused_at_once() {
    for log in logs().all {
        let (transport, clock) = (ScriptedTransport::always(success()), JumpingClock::new());
        let paced = builder(&transport, &clock).http(|http| http.rate_limit(clinical_http::RateLimit::per_minute(1)));
        let client = paced.submission_log(log).build().unwrap();
        client.create_refill(&refill()).await.unwrap();
        for _ in 0..5 {
            assert_eq!(refused(&client).await, created(CREATED));
        }
        assert_eq!((clock.sleeps().len(), transport.requests().len()), (0, 1));
    }
}

#[tokio::test]
async fn after_what_created_nothing_for_certain_the_same_may_be_sent_at_once() {
    let nothing = [
        Step::fail(Failure::Connect, Delivery::NotSent),
        Step::answer(400, "{\"success\":false,\"error\":{\"message\":\"Clinic not found\"}}"),
        Step::answer(400, "{\"success\":false,\"error\":{\"message\":\"Refill request already exists\"}}"),
        Step::answer(401, ""),
        Step::answer(404, ""),
        Step::answer(429, ""),
        Step::answer(501, ""),
    ];
    for step in nothing {
        for log in logs().all {
            let failing = ScriptedTransport::always(step.clone());
            let error = client(log.clone(), &failing).create_refill(&refill()).await.unwrap_err();
            assert!(!error.may_have_been_processed() && error.earlier().is_none(), "{error}");
            assert!(!failing.requests().is_empty());
            let transport = ScriptedTransport::always(success());
            client(log, &transport).create_refill(&refill()).await.unwrap();
            assert_eq!(transport.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn after_an_unknown_outcome_the_same_is_refused_with_advice_until_a_person_says_what_became_of_it() {
    let unknown = [
        Step::fail(Failure::Interrupted, Delivery::Unknown),
        Step::answer(500, ""),
        Step::answer(502, "<html>"),
        Step::answer(200, "{\"success\":true,").then_break(),
        Step::answer(200, "{\"success\":true,\"data\":{}}"),
        Step::answer(200, "<html>"),
    ];
    for step in unknown {
        for log in logs().all {
            let transport = ScriptedTransport::always(step.clone());
            let first = client(log.clone(), &transport);
            let error = first.create_refill(&refill()).await.unwrap_err();
            assert_eq!(error.kind(), Kind::OutcomeUnknown, "{error}");
            // Another client, as after a restart.
            let second = client(log.clone(), &transport);
            assert_eq!(refused(&second).await, SubmissionState::Uncertain);
            let error = second.create_refill(&refill()).await.unwrap_err();
            assert!(error.advice().unwrap().contains("medication_order:*"), "{error}");
            assert_eq!(transport.requests().len(), 1);
            log.not_created(&error.earlier().unwrap().key).unwrap();
            let transport = ScriptedTransport::always(success());
            client(log, &transport).create_refill(&refill()).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_refusal_whose_body_says_success_is_uncertain_and_stays_on_record() {
    for log in logs().all {
        let contradiction = Step::answer(400, r#"{"success":true,"data":{"refill_request_id":"x"}}"#);
        let client = client(log, &ScriptedTransport::always(contradiction));
        let error = client.create_refill(&refill()).await.unwrap_err();
        assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::OutcomeUnknown, true));
        assert_eq!(refused(&client).await, SubmissionState::Uncertain);
    }
}

#[tokio::test]
async fn a_repetition_that_is_asked_for_is_sent_and_on_record_and_brings_back_the_earlier_one_if_it_created_nothing() {
    for log in logs().all {
        let transport = ScriptedTransport::new([
            success(),
            Step::answer(400, ""),
            Step::answer(500, ""),
            Step::fail(Failure::Connect, Delivery::NotSent),
        ]);
        let client = client(log, &transport);
        client.create_refill(&refill()).await.unwrap();
        client.repeating().create_refill(&refill()).await.unwrap_err();
        assert_eq!(refused(&client).await, created(CREATED));
        client.repeating().create_refill(&refill()).await.unwrap_err();
        assert_eq!(refused(&client).await, SubmissionState::Uncertain);
        assert_eq!(transport.requests().len(), 3);
    }
}

#[tokio::test]
async fn the_window_counts_from_the_moment_of_sending_and_a_clock_that_is_set_back_keeps_it_shut() {
    for log in logs().all {
        let transport = ScriptedTransport::always(success());
        let clock = JumpingClock::new();
        let client = builder(&transport, &clock).submission_log(log.clone()).window(HOUR).build().unwrap();
        drop(clock.sleep(HOUR * 5));
        client.create_refill(&refill()).await.unwrap();
        drop(clock.sleep(HOUR.saturating_sub(Duration::from_nanos(1))));
        assert_eq!(refused(&client).await, created(CREATED));
        let back = builder(&transport, &JumpingClock::new()).submission_log(log).window(HOUR).build().unwrap();
        assert_eq!(refused(&back).await, created(CREATED));
        assert_eq!(transport.requests().len(), 1);
        drop(clock.sleep(Duration::from_nanos(1)));
        client.create_refill(&refill()).await.unwrap();
        assert_eq!(transport.requests().len(), 2);
    }
}

/// Counts what it is told, and can fail to note an end.
#[derive(Default)]
struct Counting {
    log: MemoryLog,
    begun: AtomicUsize,
    ended: AtomicUsize,
    is_broken: bool,
}

impl Counting {
    fn end(&self) -> Result<(), LogError> {
        self.ended.fetch_add(1, Ordering::SeqCst);
        if self.is_broken { Err(LogError::new("it cannot note anything")) } else { Ok(()) }
    }

    fn told(&self) -> (usize, usize) {
        (self.begun.load(Ordering::SeqCst), self.ended.load(Ordering::SeqCst))
    }
}

impl SubmissionLog for Counting {
    fn begin(&self, submission: &Submission, window: Duration, again: bool) -> Result<Begun, LogError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        self.log.begin(submission, window, again)
    }

    fn created(&self, key: &SubmissionKey, id: &str) -> Result<(), LogError> {
        self.end()?;
        self.log.created(key, id)
    }

    fn not_created(&self, key: &SubmissionKey) -> Result<(), LogError> {
        self.end()?;
        self.log.not_created(key)
    }

    fn find(&self, key: &SubmissionKey) -> Result<Option<Submission>, LogError> {
        self.log.find(key)
    }
}

#[tokio::test]
async fn a_create_that_is_sent_again_after_429_is_one_create() {
    let log = Arc::new(Counting::default());
    let transport = ScriptedTransport::new([Step::answer(429, ""), Step::answer(429, ""), success()]);
    let client = client(log.clone(), &transport);
    client.create_refill(&refill()).await.unwrap();
    assert_eq!((transport.requests().len(), log.told()), (3, (1, 1)));
    assert_eq!(refused(&client).await, created(CREATED));
}

#[tokio::test]
async fn a_request_that_breaks_a_local_rule_never_comes_to_the_log() {
    let log = Arc::new(Counting::default());
    let transport = ScriptedTransport::always(success());
    client(log.clone(), &transport).create_refill(&refill().shipment_group(" ")).await.unwrap_err();
    assert_eq!((transport.requests().len(), log.told()), (0, (0, 0)));
}

#[tokio::test]
async fn a_log_that_cannot_note_the_end_costs_no_answer_and_leaves_it_uncertain() {
    let log = Arc::new(Counting { is_broken: true, ..Counting::default() });
    let transport = ScriptedTransport::always(success());
    let client = client(log.clone(), &transport);
    assert_eq!(client.create_refill(&refill()).await.unwrap().value.refill_request.as_str(), CREATED);
    assert_eq!(log.told(), (1, 1));
    assert_eq!(refused(&client).await, SubmissionState::Uncertain);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_lets_nothing_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("log");
    let log = DirectoryLog::open(&root).unwrap();
    std::fs::remove_dir_all(&root).unwrap();
    let transport = ScriptedTransport::always(success());
    let error = client(log, &transport).create_refill(&refill()).await.unwrap_err();
    assert_eq!((error.kind(), error.delivery(), transport.requests().len()), (Kind::Log, Delivery::NotSent, 0));
    assert_eq!(
        error.to_string(),
        "the submission log failed: it could not put a create on record: No such file or directory (os error 2); check its directory and \
         the disk (nothing was sent)"
    );
}

#[tokio::test]
async fn a_window_that_is_longer_than_the_log_keeps_creates_lets_nothing_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    let log = DirectoryLog::open(folder.path().join("log")).unwrap().keep(HOUR * 2);
    let transport = ScriptedTransport::always(success());
    let with = |window| builder(&transport, &JumpingClock::new()).submission_log(log.clone()).window(window).build();
    let longer = with(HOUR * 2 + Duration::from_nanos(1)).unwrap();
    let error = longer.create_refill(&refill()).await.unwrap_err();
    assert_eq!((error.kind(), transport.requests().len()), (Kind::Log, 0));
    assert!(error.to_string().contains("open it with a longer keep()"), "{error}");
    with(HOUR * 2).unwrap().create_refill(&refill()).await.unwrap();
}

#[tokio::test]
async fn a_create_whose_caller_went_away_is_uncertain() {
    for log in logs().all {
        let transport = ScriptedTransport::always(Step::silence());
        let client = client(log, &transport);
        let sending = client.clone();
        let call = tokio::spawn(async move { sending.create_refill(&refill()).await });
        while transport.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        assert_eq!(refused(&client).await, SubmissionState::Uncertain);
        assert_eq!(transport.requests().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_identical_creates_at_the_same_time_one_is_sent() {
    for log in logs().all {
        let transport = ScriptedTransport::always(success());
        let calls = (0..8).map(|_| {
            // Each with a client of its own: they share the log alone.
            let client = client(log.clone(), &transport);
            tokio::spawn(async move { client.create_refill(&refill()).await.map_err(|error| error.kind()) })
        });
        let mut sent = 0;
        for call in calls.collect::<Vec<_>>() {
            match call.await.unwrap() {
                Ok(_) => sent += 1,
                Err(kind) => assert_eq!(kind, Kind::Duplicate),
            }
        }
        assert_eq!((sent, transport.requests().len()), (1, 1));
    }
}

#[tokio::test]
async fn the_same_in_another_revision_is_a_duplicate_and_to_another_server_it_is_not() {
    for log in logs().all {
        let transport = ScriptedTransport::always(success());
        let with = |log| builder(&transport, &JumpingClock::new()).submission_log(log);
        with(log.clone()).revision(Revision::V2025_12).build().unwrap().create_refill(&refill()).await.unwrap();
        assert_eq!(refused(&with(log.clone()).build().unwrap()).await, created(CREATED));
        with(log.clone()).base_url("http://127.0.0.1:10").build().unwrap().create_refill(&refill()).await.unwrap();
        assert_eq!(transport.requests().len(), 2);
    }
}

#[tokio::test]
async fn the_same_for_another_clinic_passes_and_for_the_same_clinic_it_does_not_whoever_names_it() {
    let clinic = |last: u32| ClinicId::new(format!("550e8400-e29b-41d4-a716-44665544000{last}")).unwrap();
    for log in logs().all {
        let body = format!("{{\"success\":true,\"data\":{{\"webhook_id\":\"{CREATED}\"}}}}");
        let transport = ScriptedTransport::always(Step::answer(200, body));
        let client = |last| {
            builder(&transport, &JumpingClock::new()).submission_log(log.clone()).clinic(clinic(last)).build().unwrap()
        };
        let webhook = NewWebhook::new("https://clinic.example/events");
        client(1).create_webhook(&webhook).await.unwrap();
        client(2).create_webhook(&webhook).await.unwrap();
        for (client, request) in [(client(1), webhook.clone()), (client(3), webhook.clone().clinic(clinic(2)))] {
            assert_eq!(client.create_webhook(&request).await.unwrap_err().kind(), Kind::Duplicate);
        }
        client(1).create_webhook(&webhook.clinic(clinic(3))).await.unwrap();
        assert_eq!(transport.requests().len(), 3);
    }
}
