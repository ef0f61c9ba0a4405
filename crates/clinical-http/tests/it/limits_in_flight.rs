//! The limit on requests in flight: never more than allowed, and whoever leaves, however it leaves, makes room at once.

use clinical_http::testing::Step;
use clinical_http::transport::Failure;
use clinical_http::{Deadlines, Delivery, ErrorKind, RetryPolicy};

use crate::limits_host::{Host, all, of_doctor, pass, settled, start};
use crate::support::{IDEMPOTENT, call, millis, ok, seconds, send};

#[tokio::test(start_paused = true)]
async fn there_are_never_more_requests_than_allowed_and_as_many_as_allowed() {
    for (allowed, expected) in [(1, 1), (3, 3), (0, 1), (usize::MAX, 100)] {
        let steps =
            [ok(), Step::answer(503, ""), Step::fail(Failure::Interrupted, Delivery::Unknown), ok().then_break()];
        let steps = steps.into_iter().cycle().take(60).map(|step| step.after(millis(700)));
        let host = Host::new(ok().after(seconds(1))).first(steps);
        let client = host.builder().max_in_flight(allowed).build().unwrap();
        let tasks: Vec<_> = (0..100).map(|_| start(&client.clone(), call(&IDEMPOTENT))).collect();
        settled().await;
        assert_eq!(host.present(), (expected, expected), "{allowed}");
        let stats = client.stats();
        assert_eq!((stats.in_flight as usize, stats.waiting as usize), (expected, 100 - expected));
        all(tasks).await;
        assert_eq!(host.present(), (0, expected), "{allowed}");
        assert_eq!((client.stats().in_flight, client.stats().waiting), (0, 0));
    }
    // 64 where nothing is said.
    let host = Host::new(Step::silence());
    let client = host.client();
    let tasks: Vec<_> = (0..100).map(|_| start(&client, call(&IDEMPOTENT))).collect();
    settled().await;
    assert_eq!(host.present(), (64, 64));
    drop(tasks);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_makes_room_at_once_also_in_the_middle_of_an_answer() {
    let middle = Step::answer(200, "{").then_silence();
    let error = Step::answer(400, "{").then_silence();
    for stuck in [Step::silence(), middle, error] {
        let host = Host::new(ok()).first([stuck]);
        let client = host.builder().max_in_flight(1).build().unwrap();
        let first = start(&client, call(&IDEMPOTENT));
        settled().await;
        let second = start(&client, call(&IDEMPOTENT));
        settled().await;
        assert_eq!((host.requests(), client.stats().in_flight, client.stats().waiting), (1, 1, 1));
        first.abort();
        second.await.unwrap().unwrap();
        assert_eq!(host.elapsed(), seconds(0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_frees_its_slot_while_it_waits_for_its_next_attempt() {
    let host = Host::new(ok()).first([Step::answer(503, "").header("retry-after", "0"), ok()]);
    let client = host.builder().max_in_flight(1).build().unwrap();
    let first = start(&client, of_doctor(&IDEMPOTENT, "dr_1"));
    settled().await;
    assert_eq!((client.stats().in_flight, client.stats().waiting), (0, 0));
    start(&client, of_doctor(&IDEMPOTENT, "dr_2")).await.unwrap().unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(host.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_slot_past_its_deadline_ends_there_with_nothing_sent() {
    let host = Host::new(Step::silence());
    let deadlines = Deadlines::default().total(seconds(20)).attempt(seconds(20));
    let client = host.builder().max_in_flight(1).retry(RetryPolicy::never()).deadlines(deadlines).build().unwrap();
    let _stuck = start(&client, call(&IDEMPOTENT));
    pass(seconds(5)).await;
    let ended = all((0..3).map(|_| start(&client, call(&IDEMPOTENT))).collect()).await;
    // The first of them got the slot at 20 s with 5 s left and met silence; the others never had a turn.
    assert_eq!(ended[0].as_ref().unwrap_err().delivery(), Delivery::Unknown);
    for ended in &ended[1..] {
        let error = ended.as_ref().unwrap_err();
        assert_eq!((error.kind(), error.delivery(), error.attempts()), (ErrorKind::Timeout, Delivery::NotSent, 0));
        assert!(
            error.to_string().contains("left no room") && error.to_string().ends_with("(nothing was sent)"),
            "{error}"
        );
    }
    assert_eq!((host.requests(), host.elapsed().as_secs()), (2, 25));
}

#[tokio::test(start_paused = true)]
async fn slots_are_given_in_the_order_of_asking_and_dropped_waiters_are_passed_over() {
    let host = Host::new(ok().after(seconds(1)));
    let client = host.builder().max_in_flight(2).build().unwrap();
    let mut tasks: Vec<_> = (0..40).map(|n| Some(start(&client, of_doctor(&IDEMPOTENT, &format!("dr_{n}"))))).collect();
    settled().await;
    for n in (1..40).step_by(3) {
        tasks[n].take().unwrap().abort();
    }
    all(tasks.into_iter().flatten().collect()).await;
    let expected: Vec<_> = (0..40).filter(|n| *n == 1 || n % 3 != 1).map(|n| format!("dr_{n}")).collect();
    assert_eq!(host.doctors(), expected);
    send(&client, &IDEMPOTENT).await.unwrap();
}
