//! Every future of the Haidy client dropped at each of its waits: nothing that the vendor gave is lost, nothing is asked for twice, and `drain`
//! ends.

use clinical_http::{BoxFuture, RetryPolicy};
use clinical_tests::haidy::SERVER;
use haidy_analyst::tasks::{Origin, Terminal};
use haidy_analyst::{Haidy, HolisticPatient, State, Task, TaskToken, Update};

use crate::hesitant::{Jumping, Playing, Remembering, Renewing, Reply, Stage, Waits, dropped_after, dropped_at};

const CREATED: Reply = Reply::Answer(200, &[], &[r#"{"task_id":"#, r#""abc123","status":"QUEUED"}"#]);
const RUNNING: Reply = Reply::Answer(200, &[], &[r#"{"task_id":"abc123","status":"STARTED"}"#]);
const BUSY: Reply = Reply::Answer(429, &[("retry-after", "3")], &["{}"]);
const DONE: Reply =
    Reply::Answer(200, &[], &[r#"{"task_id":"abc123","status":"#, r#""DONE","result":{"patient_id":"p1"}}"#]);
/// What comes if more is asked than there is.
const GONE: Reply = Reply::Answer(404, &[], &["{}"]);

/// A client whose every wait is pending once, and whose vendor plays these answers.
struct Rig {
    haidy: Haidy,
    waits: Waits,
    playing: Playing,
    audit: Remembering,
}

impl Rig {
    fn new(replies: &[Reply]) -> Self {
        let waits = Waits::default();
        let (playing, audit) = (Playing::new(&waits, replies), Remembering::new(&waits));
        let (transport, clock, sink) = (playing.clone(), Jumping::new(&waits), audit.clone());
        let builder = Haidy::builder().base_url("https://haidy.example").credential(Renewing::new(&waits));
        let builder = builder
            .accept_loss()
            .seed(7)
            .http(move |http| http.transport(transport).clock(clock).audit(sink).seed(7).retry(RetryPolicy::never()));
        Self { haidy: builder.build().unwrap(), waits, playing, audit }
    }

    fn task(&self) -> Task<HolisticPatient> {
        let token = TaskToken::new(Origin::new("haidy", SERVER, "structure"), "abc123").unwrap();
        self.haidy.resume(token).unwrap()
    }

    /// The store's only entry.
    async fn state(&self) -> Option<State> {
        let entries = self.haidy.recover().await.unwrap();
        assert!(entries.len() <= 1);
        entries.first().map(|entry| entry.state)
    }
}

#[tokio::test]
async fn a_submission_dropped_at_any_wait_leaves_a_record_of_what_the_vendor_may_have_made() {
    let mut places = Vec::new();
    for nth in 1.. {
        let rig = Rig::new(&[CREATED, GONE]);
        let outcome = dropped_at(nth, &rig.waits, rig.haidy.structure("x")).await;
        let place = format!("wait {nth}: {:?}", rig.waits.names().last());
        rig.haidy.drain().await;
        let (stages, state) = (rig.playing.stages(), rig.state().await);
        assert!(stages.len() <= 1, "{place}: two creates");
        assert_eq!(rig.audit.opened().len(), rig.audit.records().len(), "{place}");
        if let Some(task) = outcome {
            assert_eq!((task.unwrap().token().task(), state), ("abc123", Some(State::Waiting)));
            break;
        }
        // Once it is on its way it may have been made; before that nobody has heard of it, and "perhaps" is allowed, too.
        if stages.first().is_some_and(|stage| *stage != Stage::Connecting) {
            assert!([Some(State::Submitting), Some(State::Waiting)].contains(&state), "{place}: {state:?}");
        }
        assert!([None, Some(State::Submitting), Some(State::Waiting)].contains(&state), "{place}: {state:?}");
        places.push(rig.waits.names().last().copied().unwrap());
    }
    for name in ["open", "credential", "connect", "piece", "head", "answer"] {
        assert!(places.contains(&name), "{name} is not among {places:?}");
    }
}

/// Drops a wait at its first, second ... wait, drains, and waits again: the result, after exactly the questions that there are.
async fn at_every_wait(wait: impl for<'a> Fn(&'a Rig, &'a Task<HolisticPatient>) -> BoxFuture<'a, bool>) -> usize {
    let script = [RUNNING, BUSY, RUNNING, DONE, GONE];
    for nth in 1.. {
        let rig = Rig::new(&script);
        let task = rig.task();
        let outcome = dropped_at(nth, &rig.waits, wait(&rig, &task)).await;
        let place = format!("wait {nth}: {:?}", rig.waits.names().last());
        // What is under way is brought to its end though nobody waits for it.
        rig.haidy.drain().await;
        assert_eq!(rig.audit.opened().len(), rig.audit.records().len(), "{place}");
        assert!(rig.playing.stages().iter().all(|stage| *stage == Stage::Over), "{place}");
        let patient = task.wait().await.unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(patient.patient_id(), Some("p1"), "{place}");
        assert_eq!(rig.playing.stages().len(), script.len() - 1, "{place}");
        assert_eq!(rig.state().await, Some(State::Stored(Terminal::Done)), "{place}");
        if let Some(good) = outcome {
            assert!(good, "{place}");
            return nth - 1;
        }
    }
    unreachable!("some number of waits is enough")
}

#[tokio::test]
async fn a_wait_dropped_at_any_wait_loses_no_result_and_asks_nothing_twice() {
    let points = at_every_wait(|_, task| Box::pin(async { task.wait().await.is_ok() })).await;
    assert!(points >= 20, "{points}");
}

#[tokio::test]
async fn a_watch_dropped_at_any_wait_loses_no_result_and_asks_nothing_twice() {
    let points = at_every_wait(|_, task| {
        Box::pin(async {
            let mut watch = task.watch();
            while let Some(update) = watch.next().await {
                if let Ok(Update::Ended(_)) = update {
                    return true;
                }
            }
            false
        })
    });
    assert!(points.await >= 20);
}

#[tokio::test]
async fn waiting_for_many_dropped_at_any_wait_loses_no_result_and_asks_nothing_twice() {
    let points = at_every_wait(|rig, task| {
        let mut many = rig.haidy.wait_many::<HolisticPatient>([task.token().clone()]);
        Box::pin(async move { many.next().await.is_some_and(|(_, result)| result.is_ok()) })
    });
    assert!(points.await >= 20);
}

#[tokio::test]
async fn a_dropped_question_for_the_next_update_goes_on_where_it_was() {
    let script = [RUNNING, BUSY, RUNNING, DONE, GONE];
    for polls in 1..=4 {
        let rig = Rig::new(&script);
        let mut watch = rig.task().watch();
        let (mut told, mut dropped) = (Vec::new(), 0);
        loop {
            match dropped_after(polls, watch.next()).await {
                Some(Some(update)) => told.push(update.unwrap()),
                Some(None) => break,
                None => {
                    dropped += 1;
                    tokio::task::yield_now().await;
                }
            }
        }
        let ended = told.iter().filter(|update| matches!(update, Update::Ended(_))).count();
        assert_eq!((told.len(), ended, rig.playing.stages().len()), (4, 1, 4), "{polls}");
        assert!(polls > 1 || dropped > 4, "{dropped}");
    }
}

#[tokio::test]
async fn what_only_the_store_is_asked_for_can_be_dropped_and_called_again() {
    let rig = Rig::new(&[Reply::Broken(200, &[]), DONE, GONE]);
    let task = rig.task();
    task.wait().await.unwrap_err();
    assert_eq!(rig.state().await, Some(State::PossiblyLost));
    for _ in 0..5 {
        drop(dropped_after(1, rig.haidy.recover()).await);
        dropped_after(1, rig.haidy.drain()).await;
    }
    assert!(dropped_after(1, rig.haidy.ask_again(task.token())).await.is_none_or(|asked| asked.is_ok()));
    rig.haidy.drain().await;
    if rig.state().await != Some(State::Waiting) {
        rig.haidy.ask_again(task.token()).await.unwrap();
    }
    task.wait().await.unwrap();
    assert_eq!(rig.playing.stages().len(), 2);
}
