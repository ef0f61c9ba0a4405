//! Two hundred notes through a bad network: nothing is lost, nothing is mixed up, and no claim about delivery is false.

use std::collections::BTreeMap;

use clinical_http::testing::JumpingClock;
use clinical_sandbox::{Fault, FaultKind, Journal, Ledger, RetryAfter, Sandbox};
use clinical_tests::clients::of_sandbox;
use omniscribe_codify::{CodifyRequest, CodifyResponse, Delivery};
use serde_json::json;

use crate::digest::sha256;

const NOTES: usize = 200;
const SEED: u64 = 7;

fn note(n: usize) -> String {
    let conditions = ["diabetes mellitus tipo 2", "asma", "hipertensión arterial", "neumonía"];
    let condition = conditions[n % conditions.len()];
    format!("Paciente {n} con {condition}. Niega fiebre.")
}

fn body(n: usize) -> String {
    json!({"medical_note": note(n)}).to_string()
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().seed(SEED).start().await.unwrap()
}

/// What an undisturbed sandbox answers to each note.
async fn answers() -> BTreeMap<usize, CodifyResponse> {
    let sandbox = sandbox().await;
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let mut answers = BTreeMap::new();
    for n in 0..NOTES {
        answers.insert(n, codify.codify(&note(n).into()).await.unwrap().value);
    }
    answers
}

fn storm() -> Vec<Fault> {
    let likely = |kind: FaultKind, probability| Fault::new(kind).on("codify").probability(probability);
    // The first that is drawn is the one that is played, so the rarest end, a hint too long to wait for, comes first.
    vec![
        likely(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 900 }), 0.1),
        likely(FaultKind::ResetBeforeResponse, 0.15),
        likely(FaultKind::ResetBeforeResponse, 0.05).after_commit(),
        likely(FaultKind::status(503), 0.15),
        likely(FaultKind::too_many_requests(RetryAfter::Seconds { seconds: 2 }), 0.25),
        likely(FaultKind::TruncatedBody { bytes: 30 }, 0.1),
        likely(FaultKind::ResetAfterHeaders, 0.1),
        likely(FaultKind::StopReading { bytes: 10 }, 0.05),
        likely(FaultKind::InvalidJson, 0.03),
    ]
}

/// How often the ledger says that a note was processed, and how often it arrived whole.
fn traces(journal: &Journal, ledger: &Ledger, n: usize) -> (u64, usize) {
    let hash = sha256(body(n).as_bytes());
    let whole: Vec<_> = journal.attempts.iter().filter(|attempt| attempt.body_sha256.as_ref() == Some(&hash)).collect();
    let Some(request) = whole.first().and_then(|attempt| attempt.request) else {
        return (0, 0);
    };
    let fingerprint = &journal.requests.iter().find(|one| one.number == request).unwrap().fingerprint;
    let entry = ledger.entries.iter().find(|entry| entry.reference == *fingerprint);
    (entry.map_or(0, |entry| entry.processed), whole.len())
}

#[tokio::test]
async fn every_note_has_one_outcome_its_own_answer_and_a_true_claim() {
    let expected = answers().await;
    let sandbox = sandbox().await;
    for fault in storm() {
        sandbox.inject(fault).unwrap();
    }
    let codify = of_sandbox(&sandbox, &JumpingClock::new());
    let requests = (0..NOTES).map(|n| (n, CodifyRequest::new().note(note(n))));
    let mut outcomes = codify.codify_many(requests, 16);
    let mut seen = BTreeMap::new();
    while let Some(outcome) = outcomes.next().await {
        let n = outcome.key;
        assert_eq!(outcome.request.note_text(), Some(note(n).as_str()));
        assert!(seen.insert(n, outcome.result).is_none(), "note {n} twice");
    }
    assert_eq!(seen.len(), NOTES);

    let (journal, ledger) = (sandbox.journal(), sandbox.ledger());
    let (mut answered, mut not_processed, mut unclear) = (0, 0, 0);
    for (n, result) in &seen {
        let (processed, arrived) = traces(&journal, &ledger, *n);
        match result {
            Ok(answer) => {
                answered += 1;
                assert!(answer.value == expected[n], "note {n} has another's answer");
                assert!(processed >= 1, "note {n}");
                assert!(arrived <= answer.attempts.len() && answer.attempts.len() <= 4);
            }
            Err(error) => {
                assert!(arrived <= error.attempts() as usize && error.attempts() <= 4, "note {n}");
                if !error.may_have_been_processed() {
                    assert_eq!(processed, 0, "note {n}: {error}");
                }
                match error.delivery() {
                    Delivery::NotSent | Delivery::Refused => {
                        not_processed += 1;
                        assert_eq!(processed, 0, "note {n}: {error}");
                    }
                    Delivery::ResponseLost | Delivery::Answered => {
                        assert!(processed >= 1, "note {n}: {error}");
                    }
                    _ => unclear += 1,
                }
            }
        }
    }
    // The storm is worth its name: all three ends occur.
    assert!(answered > 80 && not_processed > 0 && unclear > 0, "{answered} {not_processed} {unclear}");
    assert!(journal.attempts.len() > NOTES * 5 / 4, "{} attempts", journal.attempts.len());
    let once_or_more = ledger.entries.iter().map(|entry| entry.processed).sum::<u64>();
    let committed = journal.attempts.iter().filter(|attempt| attempt.committed).count();
    assert_eq!(once_or_more, committed as u64);
}
