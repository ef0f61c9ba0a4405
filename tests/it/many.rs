//! Many notes: never more on their way than asked for, every outcome tied to its input, one failure that stops nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clinical_tests::clients::{client, over};
use clinical_tests::documents::ANSWER;
use clinical_tests::gate::Gate;
use clinical_tests::transports::{Answering, Holding, empty_answer};
use futures_util::{StreamExt, poll};
use omniscribe_codify::{CodifyRequest, Pdf};

fn numbered(count: usize) -> impl Iterator<Item = (usize, CodifyRequest)> + Send {
    (0..count).map(|n| (n, CodifyRequest::new().note(format!("note {n}"))))
}

#[tokio::test]
async fn never_more_than_asked_for_are_on_their_way_and_never_fewer_than_there_are() {
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(numbered(10), 3);
    assert_eq!(holding.started(), 0, "nothing is sent before somebody asks");
    for done in 0..10 {
        assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
        assert_eq!(holding.in_flight(), 3.min(10 - done), "after {done}");
        assert_eq!(holding.started(), 10.min(3 + done));
        holding.answer(0, empty_answer);
        assert!(outcomes.next().await.unwrap().result.is_ok());
    }
    assert!(outcomes.next().await.is_none());
    assert_eq!(holding.most(), 3);
}

#[tokio::test]
async fn a_number_of_zero_counts_as_one() {
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(numbered(2), 0);
    assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
    assert_eq!(holding.in_flight(), 1);
}

#[tokio::test]
async fn the_bound_holds_over_real_connections() {
    let mut gate = Gate::start().await;
    let codify = client(gate.url());
    let mut all = tokio::spawn(async move {
        let outcomes: Vec<_> = codify.codify_many(numbered(12), 4).collect().await;
        outcomes.into_iter().filter(|outcome| outcome.result.is_ok()).count()
    });
    for _ in 0..3 {
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(gate.next_of(&mut all).await);
        }
        assert!(gate.arrived().is_none(), "a fifth request while four are held");
        for arrival in held {
            arrival.answer("200 OK", ANSWER);
        }
    }
    assert_eq!(all.await.unwrap(), 12);
    assert!(gate.connections() <= 4, "{}", gate.connections());
}

#[tokio::test]
async fn requests_are_taken_from_the_iterator_only_as_places_become_free() {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let endless = (0..).map(move |n: u64| {
        counter.fetch_add(1, Ordering::SeqCst);
        (n, CodifyRequest::new().note("tos"))
    });
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(endless, 5);
    assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
    assert_eq!(taken.load(Ordering::SeqCst), 5);
    holding.answer(2, empty_answer);
    assert_eq!(outcomes.next().await.unwrap().key, 2);
}

#[tokio::test]
async fn every_outcome_belongs_to_its_input_in_whatever_order_answers_come() {
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(numbered(60), 8);
    let mut random = fastrand::Rng::with_seed(7);
    let mut order = Vec::new();
    for _ in 0..60 {
        assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
        holding.answer(random.usize(0..holding.in_flight()), empty_answer);
        let outcome = outcomes.next().await.unwrap();
        let expected = format!("note {}", outcome.key);
        assert_eq!(outcome.request.note_text(), Some(expected.as_str()));
        assert_eq!(outcome.result.unwrap().run_id, expected);
        order.push(outcome.key);
    }
    assert!(!order.is_sorted(), "the seed gives another order than the input's");
    order.sort_unstable();
    assert!(order.iter().copied().eq(0..60), "each once");
}

#[tokio::test]
async fn one_failure_of_any_kind_stops_nothing_else() {
    let transport = Answering::with(|body| match body["medical_note"].as_str().unwrap() {
        "note 3" => (400, String::new()),
        "note 5" => (200, "no JSON".to_owned()),
        note => empty_answer(note),
    });
    let codify = over(transport.clone()).build().unwrap();
    let requests = numbered(9).map(|(n, request)| match n {
        1 => (n, CodifyRequest::new()),
        7 => (n, CodifyRequest::new().pdf(Pdf::from_path("/no/such/file.pdf"))),
        _ => (n, request),
    });
    let outcomes: BTreeMap<_, _> = codify
        .codify_many(requests, 2)
        .map(|outcome| (outcome.key, outcome.result.map_err(|error| error.kind().as_str()).map(drop)))
        .collect()
        .await;
    let expected = [
        Ok(()),
        Err("invalid_input"),
        Ok(()),
        Err("rejected"),
        Ok(()),
        Err("decode"),
        Ok(()),
        Err("invalid_input"),
        Ok(()),
    ];
    assert!(outcomes.into_values().eq(expected));
    assert_eq!(transport.bodies().len(), 7, "what failed the checks was not sent");
}

#[tokio::test]
async fn a_stream_that_is_dropped_sends_no_more_and_lets_go_of_what_was_on_its_way() {
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(numbered(10), 3);
    assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
    holding.answer(0, empty_answer);
    outcomes.next().await.unwrap();
    drop(outcomes);
    assert_eq!(holding.in_flight(), 0);
    // Two of the three places were never answered; the one that became free was not taken before the next question.
    assert_eq!(holding.started(), 3);
    codify.clone().codify_many(numbered(0), 3).for_each(|_| async {}).await;
    assert_eq!(holding.started(), 3);
}

#[tokio::test]
async fn a_dropped_question_for_the_next_outcome_loses_none() {
    let holding = Holding::default();
    let codify = over(holding.clone()).build().unwrap();
    let mut outcomes = codify.codify_many(numbered(4), 2);
    let mut keys = Vec::new();
    while keys.len() < 4 {
        // Asked and dropped again before the answer comes.
        assert!(poll!(std::pin::pin!(outcomes.next())).is_pending());
        holding.answer(0, empty_answer);
        keys.push(outcomes.next().await.unwrap().key);
    }
    assert_eq!(keys, [0, 1, 2, 3]);
    assert_eq!(holding.started(), 4, "and none was sent twice");
}

#[tokio::test]
async fn no_requests_give_no_outcomes() {
    let codify = over(Holding::default()).build().unwrap();
    assert!(codify.codify_many(numbered(0), 3).next().await.is_none());
}
