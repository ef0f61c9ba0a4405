//! From a task to its result, against scripted answers: what may be asked again, and what an error says of the result.

use bytes::Bytes;
use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::transport::Failure;
use clinical_http::{Delivery, ErrorKind};
use clinical_long_tasks::{AnswerHead, Claim, ClaimEnd, Claiming, Entry, Key, Origin, Orphan, ResultStore};
use clinical_long_tasks::{State, StoreError, Submission, Terminal};

use super::*;
use crate::scripted::{CREATED, DONE, RUNNING, haidy, script};
use crate::{Haidy, HolisticPatient, Kind};

/// A task and its last answer.
async fn ended(last: &'static str) -> Error {
    let task = haidy(&script(&[CREATED, last])).structure("note").await.unwrap();
    let error = task.wait().await.unwrap_err();
    assert_eq!((error.token(), error.key()), (Some(task.token()), Some(task.token().key())));
    error
}

#[tokio::test]
async fn a_failed_task_says_why_without_printing_it() {
    let error =
        ended(r#"{"task_id":"abc123","status":"FAILED","additional_info":{"error":"canary","details":"d"}}"#).await;
    assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::TaskFailed, true));
    let failure = error.failure().unwrap().expose();
    assert_eq!((failure.error.as_deref(), failure.details.as_deref()), (Some("canary"), Some("d")));
    assert_eq!(failure.additional_info.as_ref().unwrap().as_json(), r#"{"error":"canary","details":"d"}"#);
    assert_eq!(
        error.to_string(),
        "the vendor could not do the task; the vendor's answer is in the result store [task abc123]"
    );
    assert!(!format!("{error:?}").contains("canary"));
    let bare = ended(r#"{"status":"FAILED"}"#).await;
    assert_eq!((bare.kind(), bare.delivery()), (Kind::TaskFailed, Delivery::Answered));
}

#[tokio::test]
async fn a_result_that_does_not_fit_is_named_by_its_place_and_kept() {
    let table = [
        (r#"{"status":"DONE","result":{"patient_metadata":{"name":["canary"]}}}"#, "/result/patient_metadata/name"),
        (r#"{"status":"DONE","result":["canary"]}"#, "/result"),
        (r#"{"status":"DONE","result":null,"canary":1}"#, "/result"),
        (r#"{"status":"DONE","canary":1}"#, "/result"),
        (r#"{"status":"DONE","task_id":7,"result":{},"canary":1}"#, "/task_id"),
    ];
    for (answer, pointer) in table {
        let error = ended(answer).await;
        assert_eq!((error.kind(), error.pointer()), (Kind::Undecodable, Some(pointer)), "{answer}");
        assert_eq!(error.body().unwrap().expose(), answer);
        let text = format!("{error} {error:?}");
        assert!(
            text.contains(pointer) && text.contains("is in the result store") && !text.contains("canary"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_answer_about_another_task_is_not_handed_out_as_this_patients_result() {
    for status in ["DONE", "FAILED"] {
        let answer = format!(r#"{{"task_id":"xyz","status":"{status}","result":{{"patient_id":"p2"}}}}"#).leak();
        let error = ended(answer).await;
        assert_eq!((error.kind(), error.pointer()), (Kind::Undecodable, Some("/task_id")));
        assert!(error.to_string().contains("another task") && error.failure().is_none(), "{error}");
        assert_eq!(error.body().unwrap().expose(), answer);
    }
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_kept_and_not_asked_for_again() {
    let transport = script(&[CREATED, "<html>canary</html>", DONE]);
    let haidy = haidy(&transport);
    let task = haidy.structure("note").await.unwrap();
    for _ in 0..2 {
        let error = task.wait().await.unwrap_err();
        assert_eq!(
            (error.kind(), error.body().unwrap().expose().as_ref()),
            (Kind::Unread, &b"<html>canary</html>"[..])
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert_eq!(transport.requests().len(), 2);
    assert_eq!(haidy.tasks().store().entries().unwrap()[0].state, State::Stored(Terminal::Unread));
}

#[tokio::test]
async fn a_lost_result_is_never_asked_for_again_unless_a_person_says_so() {
    let table = [
        (Step::fail(Failure::Interrupted, Delivery::Unknown), Kind::PossiblyLost, Delivery::Unknown),
        (Step::answer(500, ""), Kind::PossiblyLost, Delivery::Unknown),
        (Step::answer(200, &DONE[..30]).then_break(), Kind::Partial, Delivery::ResponseLost),
        (Step::answer(404, r#"{"detail":"Task not found"}"#), Kind::Gone, Delivery::Answered),
    ];
    for (step, kind, delivery) in table {
        let transport = ScriptedTransport::new([Step::answer(200, CREATED), step, Step::answer(200, DONE)]);
        let haidy = haidy(&transport);
        let task = haidy.structure("note").await.unwrap();
        let error = task.wait().await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (kind, delivery), "{error}");
        assert!(error.may_have_been_processed() && error.token() == Some(task.token()));
        // From the store, without another question.
        let again = task.wait().await.unwrap_err();
        assert_eq!((again.kind(), again.may_have_been_processed(), transport.requests().len()), (kind, true, 2));
        assert_eq!((again.delivery(), again.attempts()), (delivery, 0));
        haidy.ask_again(task.token()).await.unwrap();
        assert_eq!(task.wait().await.unwrap().patient_id(), Some("p1"));
    }
}

#[tokio::test]
async fn asking_again_is_for_uncertain_ends_alone() {
    let haidy = haidy(&script(&[CREATED, DONE]));
    let task = haidy.structure("note").await.unwrap();
    task.wait().await.unwrap();
    let error = haidy.ask_again(task.token()).await.unwrap_err();
    assert_eq!((error.kind(), error.token()), (Kind::Store, Some(task.token())));
}

#[tokio::test]
async fn a_refused_question_took_nothing_and_the_result_can_still_be_had() {
    let transport =
        ScriptedTransport::new([Step::answer(200, CREATED), Step::answer(401, ""), Step::answer(200, DONE)]);
    let task = haidy(&transport).structure("note").await.unwrap();
    let error = task.wait().await.unwrap_err();
    assert_eq!((error.kind(), error.cause_kind()), (Kind::NotConsumed, Some(ErrorKind::Credentials)));
    assert!(!error.may_have_been_processed());
    assert_eq!(task.wait().await.unwrap().patient_id(), Some("p1"));
}

#[tokio::test]
async fn a_deadline_is_no_failure_of_the_task() {
    let transport = ScriptedTransport::always(Step::answer(200, RUNNING));
    let haidy = haidy(&transport);
    let token = TaskToken::new(Origin::new("haidy", "https://haidy.example:443", "structure"), "abc123").unwrap();
    let error = haidy.resume::<HolisticPatient>(token).unwrap().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::StillRunning, false));
    assert_eq!(error.delivery(), Delivery::Answered);
}

#[tokio::test]
async fn a_watch_tells_each_status_and_last_the_result() {
    let busy = Step::answer(429, "").header("retry-after", "2");
    let odd = r#"{"status":"LINKING","percentage":80}"#;
    let steps =
        [Step::answer(200, CREATED), Step::answer(200, RUNNING), busy, Step::answer(200, odd), Step::answer(200, DONE)];
    let haidy = haidy(&ScriptedTransport::new(steps));
    let mut watch = haidy.structure("note").await.unwrap().watch();
    let mut told = Vec::new();
    while let Some(update) = watch.next().await {
        told.push(match update.unwrap() {
            Update::InProgress { status, percentage, .. } => format!("{status} {percentage:?} {}", status.is_known()),
            Update::Delayed { cause, next } => format!("{cause} {}", next.as_secs() >= 2),
            Update::Ended(patient) => patient.patient_id().unwrap().to_owned(),
        });
    }
    assert_eq!(told, ["STARTED Some(12.5) true", "throttled true", "LINKING Some(80.0) false", "p1"]);
    assert_eq!(haidy.tasks().unknown_statuses(), 1);
    assert_eq!(TaskStatus::from("LINKING").as_str(), "LINKING");
}

#[tokio::test]
async fn many_tasks_end_each_with_its_own_token() {
    let transport = ScriptedTransport::always(Step::answer(200, r#"{"status":"DONE","result":{}}"#));
    let haidy = haidy(&transport);
    let token = |operation: &str, task: String| {
        TaskToken::new(Origin::new("haidy", "https://haidy.example:443", operation), task).unwrap()
    };
    let mut tokens: Vec<_> = (0..20).map(|number| token("structure", number.to_string())).collect();
    tokens.push(token("structure_fhir", "wrong".to_owned()));
    let mut many = haidy.wait_many::<HolisticPatient>(tokens.clone());
    let mut ended = Vec::new();
    while let Some((token, result)) = many.next().await {
        assert_eq!(result.is_ok(), token.task() != "wrong");
        ended.push(token.task().to_owned());
    }
    ended.sort();
    let mut wanted: Vec<_> = tokens.iter().map(|token| token.task().to_owned()).collect();
    wanted.sort();
    assert_eq!((ended, transport.requests().len()), (wanted, 20));
    haidy.drain().await;
}

#[tokio::test]
async fn a_result_outlives_the_client_that_fetched_it() {
    let folder = tempfile::tempdir().unwrap();
    let build = |transport: &ScriptedTransport| {
        let transport = transport.clone();
        let builder = Haidy::builder().base_url("https://haidy.example/v2/").token("t").results_in(folder.path());
        builder.http(|http| http.transport(transport).clock(JumpingClock::new())).build().unwrap()
    };
    let first = build(&script(&[CREATED, DONE]));
    let task = first.structure("note").await.unwrap();
    task.wait().await.unwrap();
    first.drain().await;
    drop(first);
    let nothing_more = script(&[]);
    let second = build(&nothing_more);
    let patient = second.resume::<HolisticPatient>(task.token().clone()).unwrap().wait().await.unwrap();
    assert_eq!((patient.patient_id(), nothing_more.requests().len()), (Some("p1"), 0));
    assert_eq!(second.recover().await.unwrap()[0].state, State::Stored(Terminal::Done));
}

/// A disk that is full when the result comes.
struct FullStore(clinical_long_tasks::VolatileStore);

struct FullClaim(Box<dyn Claim>);

impl ResultStore for FullStore {
    fn intend(&self, origin: &Origin) -> Result<Box<dyn Submission>, StoreError> {
        self.0.intend(origin)
    }

    fn claim(&self, token: &TaskToken) -> Result<Claiming, StoreError> {
        Ok(match self.0.claim(token)? {
            Claiming::Granted(claim) => Claiming::Granted(Box::new(FullClaim(claim))),
            other => other,
        })
    }

    fn take_over(&self, key: Key) -> Result<Option<Orphan>, StoreError> {
        self.0.take_over(key)
    }

    fn reopen(&self, key: Key) -> Result<(), StoreError> {
        self.0.reopen(key)
    }

    fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.0.entries()
    }

    fn entry(&self, key: Key) -> Result<Option<Entry>, StoreError> {
        self.0.entry(key)
    }

    fn read(&self, key: Key) -> Result<Bytes, StoreError> {
        self.0.read(key)
    }

    fn remove(&self, key: Key) -> Result<(), StoreError> {
        self.0.remove(key)
    }

    fn place(&self) -> Option<String> {
        None
    }
}

impl Claim for FullClaim {
    fn begins(&mut self, head: &AnswerHead) -> Result<(), StoreError> {
        self.0.begins(head)
    }

    fn write(&mut self, _: &[u8]) -> Result<(), StoreError> {
        Err(StoreError::new("has no space left; make some"))
    }

    fn end(self: Box<Self>, end: ClaimEnd) -> Result<Entry, StoreError> {
        self.0.end(end)
    }
}

#[tokio::test]
async fn what_the_store_cannot_take_is_handed_to_the_caller() {
    let transport = script(&[CREATED, DONE]);
    let builder = Haidy::builder().base_url("https://haidy.example").token("t");
    let builder = builder.store(FullStore(clinical_long_tasks::VolatileStore::new()));
    let haidy = builder.http(|http| http.transport(transport).clock(JumpingClock::new())).build().unwrap();
    let error = haidy.structure("note").await.unwrap().wait().await.unwrap_err();
    assert_eq!((error.kind(), error.may_have_been_processed()), (Kind::Store, true));
    assert_eq!(error.delivery(), Delivery::Answered);
    assert_eq!(error.body().unwrap().expose(), DONE);
    assert!(error.to_string().contains("no space left") && error.token().is_some(), "{error}");
}
