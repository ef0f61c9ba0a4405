//! How long things may take. Scripted transport and paused time: hours pass in no time.

use std::time::Duration;

use clinical_http::testing::{ScriptedTransport, Step};
use clinical_tests::documents::{ANSWER, NOTE};
use clinical_tests::facts;
use omniscribe_codify::{Codify, Environment};
use tokio::time::Instant;

/// A client with the default limits and the system's clock, which follows the paused time.
fn playing(steps: &ScriptedTransport) -> Codify {
    let steps = steps.clone();
    Codify::builder()
        .base_url("https://codify.hospital.example")
        .token("token")
        .environment(Environment::Development)
        .http(|http| http.transport(steps).seed(7))
        .build()
        .unwrap()
}

fn about(elapsed: Duration, seconds: u64) -> bool {
    // The back-off's chance is in it, and nothing else.
    elapsed.abs_diff(Duration::from_secs(seconds)) <= Duration::from_secs(1)
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_an_answer_ends_after_ten_minutes_and_is_made_again() {
    let steps = ScriptedTransport::new([Step::silence(), Step::answer(200, ANSWER)]);
    let began = Instant::now();
    let answer = playing(&steps).codify(&NOTE.into()).await.unwrap();
    assert_eq!(facts::deliveries(&answer.attempts), ["unknown", "answered"]);
    assert!(about(began.elapsed(), 601), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_after_thirty_minutes_whatever_is_left_to_try() {
    let steps = ScriptedTransport::always(Step::silence());
    let began = Instant::now();
    let error = playing(&steps).codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("timeout", "unknown", 3));
    assert!(about(began.elapsed(), 1_800), "{:?}", began.elapsed());
    assert!(began.elapsed() <= Duration::from_mins(30));
}

#[tokio::test(start_paused = true)]
async fn nine_minutes_of_thought_are_no_stall() {
    let slow = Step::answer(200, ANSWER).after(Duration::from_mins(9));
    let steps = ScriptedTransport::new([slow]);
    let answer = playing(&steps).codify(&NOTE.into()).await.unwrap();
    assert_eq!(answer.attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stalls_ends_after_thirty_seconds_and_is_asked_for_again() {
    let stalled = Step::answer(200, &ANSWER.as_bytes()[..50]).then_silence();
    let steps = ScriptedTransport::new([stalled, Step::answer(200, ANSWER)]);
    let began = Instant::now();
    let answer = playing(&steps).codify(&NOTE.into()).await.unwrap();
    assert_eq!(facts::deliveries(&answer.attempts), ["response_lost", "answered"]);
    assert_eq!(answer.attempts[0].elapsed, Duration::from_secs(30));
    assert!(about(began.elapsed(), 31), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_stalls_every_time_ends_the_call_with_what_came() {
    let stalled = Step::answer(200, &ANSWER.as_bytes()[..50]).then_silence();
    let steps = ScriptedTransport::always(stalled);
    let error = playing(&steps).codify(&NOTE.into()).await.unwrap_err();
    assert_eq!(facts::brief(&error), ("timeout", "response_lost", 4));
    assert_eq!(error.body().unwrap().expose().len(), 50);
    assert_eq!(steps.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_carries_the_same_bytes() {
    let steps = ScriptedTransport::always(Step::answer(503, ""));
    playing(&steps).codify(&NOTE.into()).await.unwrap_err();
    let sent = steps.requests();
    assert_eq!(sent.len(), 4);
    for again in &sent[1..] {
        assert_eq!((&again.url, &again.headers, &again.body), (&sent[0].url, &sent[0].headers, &sent[0].body));
    }
}
