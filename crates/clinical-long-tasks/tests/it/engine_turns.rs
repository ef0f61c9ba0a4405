//! Taking turns: no wait that goes away, and none that nobody polls, holds up the others; and no wait is too short to ask.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_long_tasks::{Polling, TaskErrorKind, TaskToken, Terminal, Update};
use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use crate::engine_support::{
    DONE, builder, create, done, engine, on_tokio_clock, origin, read_created, running, token,
};

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_dropped_does_not_keep_its_turn() {
    let transport = ScriptedTransport::always(done());
    let polling = Polling::default().first(Duration::from_millis(300)).per_second(5);
    let tasks = on_tokio_clock(&transport).accept_loss().polling(polling).build().unwrap();
    let mut left: Vec<_> = (0..30).map(|number| token(&format!("t{number}"))).collect();
    let began = Instant::now();
    while !left.is_empty() {
        let waits = left.iter().map(|token| timeout(Duration::from_secs(1), tasks.wait(token)));
        let ended = join_all(waits).await;
        left = left.into_iter().zip(ended).filter(|(_, ended)| ended.is_err()).map(|(token, _)| token).collect();
        assert!(began.elapsed() < Duration::from_secs(12), "{} are left", left.len());
    }
    // Five a second, and none of them twice.
    assert!(began.elapsed() >= Duration::from_millis(5800), "{:?}", began.elapsed());
    assert_eq!(transport.requests().len(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_nobody_polls_does_not_hold_a_place() {
    let transport = ScriptedTransport::always(done());
    let polling = Polling::default().in_flight(1);
    let tasks = on_tokio_clock(&transport).accept_loss().polling(polling).build().unwrap();
    let mut idle: Vec<_> = (0..40).map(|number| tasks.watch(&token(&format!("idle{number}")))).collect();
    for _ in 0..5 {
        for watch in &mut idle {
            // Polled until it stands in line, and not again.
            let mut cx = Context::from_waker(Waker::noop());
            let _ = pin!(watch.next()).poll(&mut cx);
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    let waited = timeout(Duration::from_secs(5), tasks.wait(&token("t1"))).await;
    assert_eq!(waited.unwrap().unwrap().terminal, Terminal::Done);
    // What was asked for them is stored all the same.
    tasks.drain().await;
    assert_eq!(tasks.wait(&token("idle7")).await.unwrap().bytes.expose(), DONE);
}

#[tokio::test(start_paused = true)]
async fn short_waits_one_after_the_other_keep_the_schedule() {
    let transport = ScriptedTransport::new([running(), running(), running(), done()]);
    let tasks = on_tokio_clock(&transport).accept_loss().build().unwrap();
    let (began, token) = (Instant::now(), token("t1"));
    let claimed = loop {
        assert!(began.elapsed() < Duration::from_secs(12), "{} questions", transport.requests().len());
        if let Ok(claimed) = timeout(Duration::from_millis(750), tasks.wait(&token)).await {
            break claimed.unwrap();
        }
    };
    assert_eq!(claimed.bytes.expose(), DONE);
    // 1, 1.5, 2.25 and 3.4 s, each up to a fifth shorter.
    assert!(began.elapsed() >= Duration::from_millis(6400), "{:?}", began.elapsed());
    assert_eq!(transport.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_task_of_yesterday_is_asked_after_at_once_and_a_wait_that_ends_early_asks_at_its_end() {
    let (tasks, _, clock) = engine([done()]);
    let mut yesterday = origin();
    yesterday.started = SystemTime::UNIX_EPOCH;
    tasks.wait(&TaskToken::new(yesterday, "t1").unwrap()).await.unwrap();
    assert_eq!(clock.sleeps().iter().sum::<Duration>(), Duration::ZERO);

    let (transport, clock) = (ScriptedTransport::new([running(), done()]), JumpingClock::new());
    let polling = Polling::default().deadline(Duration::from_millis(300));
    let tasks = builder(&transport, &clock).accept_loss().polling(polling).build().unwrap();
    let token = token("t1");
    let mut watch = tasks.watch(&token);
    assert!(matches!(watch.next().await, Some(Ok(Update::InProgress { .. }))));
    assert_eq!(watch.next().await.unwrap().unwrap_err().kind(), TaskErrorKind::StillRunning);
    assert_eq!(clock.sleeps(), [Duration::from_millis(300)]);
    assert_eq!(tasks.wait(&token).await.unwrap().bytes.expose(), DONE);
}

#[tokio::test(start_paused = true)]
async fn questions_begin_one_after_the_other() {
    let transport = ScriptedTransport::always(Step::answer(200, DONE).after(Duration::from_millis(300)));
    let polling = Polling::default().per_second(100).in_flight(1000);
    let tasks = on_tokio_clock(&transport).accept_loss().polling(polling).build().unwrap();
    let began = Instant::now();
    let mut many = tasks.wait_many((0..300).map(|number| token(&format!("t{number}"))));
    while many.next().await.is_some() {}
    // About one second before the first, three for three hundred, and the last answer.
    let took = began.elapsed().as_secs_f64();
    assert!((4.0..4.7).contains(&took), "{took}");
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (tasks, transport, _) = runtime.block_on(async { engine([done()]) });
    let mut cx = Context::from_waker(Waker::noop());
    let token = token("t1");
    let Poll::Ready(Err(error)) = pin!(tasks.wait(&token)).poll(&mut cx) else { panic!() };
    assert_eq!(error.kind(), TaskErrorKind::Store);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    let Poll::Ready(Err(error)) = pin!(tasks.submit(create(), origin(), &read_created)).poll(&mut cx) else { panic!() };
    assert_eq!(error.kind(), TaskErrorKind::Store);
    let Poll::Ready(Err(error)) = pin!(tasks.recover()).poll(&mut cx) else { panic!() };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert!(transport.requests().is_empty());
}

#[test]
fn who_stands_in_line_when_a_runtime_ends_stands_in_that_of_another() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let transport = ScriptedTransport::new([Step::silence(), done(), done()]);
    let first = runtime();
    let (mut asks, mut waits) = first.block_on(async {
        let tasks = on_tokio_clock(&transport).accept_loss().polling(Polling::default().in_flight(1)).build().unwrap();
        let (mut asks, mut waits) = (tasks.watch(&token("t1")), tasks.watch(&token("t2")));
        // The one place is taken by a question that nobody answers.
        assert!(timeout(Duration::from_secs(3), asks.next()).await.is_err());
        assert!(timeout(Duration::from_secs(3), waits.next()).await.is_err());
        (asks, waits)
    });
    drop(first);
    runtime().block_on(async {
        assert!(matches!(waits.next().await, Some(Ok(Update::Ended(_)))));
        let error = asks.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), TaskErrorKind::PossiblyLost);
    });
    assert_eq!(transport.requests().len(), 2);
}
