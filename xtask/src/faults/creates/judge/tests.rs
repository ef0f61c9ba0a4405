//! The judge by itself: for each rule a story that breaks it, found in the right column, beside one that does not.

use super::{Verdict, calls, contents};
use crate::faults::creates::WINDOW;
use crate::faults::creates::evidence::{Asked, End, Evidence, Exchange, Seen};
use crate::faults::creates::wire::{CallOrder, Content, Kind, Outcome};
use crate::faults::process::Fate;

const PATIENT: Content = Content { kind: Kind::Patient, number: 0, newer: false };

/// A request that was answered so, and what the sandbox made for it.
fn answered(number: u64, status: u16, text: &str, made: Option<&str>) -> Exchange {
    Exchange {
        number,
        head: Some((status, false)),
        body: Some((true, text.to_owned())),
        attempts: vec![Seen { number, faults: Vec::new() }],
        made: made.map(str::to_owned).into_iter().collect(),
        ..Exchange::default()
    }
}

fn created(number: u64, id: &str) -> Exchange {
    answered(number, 200, &format!(r#"{{"success":true,"data":{{"patient_id":"{id}"}}}}"#), Some(id))
}

/// One whose answer never came.
fn broken(number: u64, made: Option<&str>) -> Exchange {
    Exchange { head: None, body: None, failed: Some(true), ..answered(number, 0, "", made) }
}

/// One that found nobody.
fn unsent(number: u64) -> Exchange {
    Exchange { number, failed: Some(false), ..Exchange::default() }
}

fn outcome(kind: &str, exchanges: &[Exchange]) -> Outcome {
    let told = |exchange: &Exchange| {
        let delivery = match (exchange.head, exchange.failed) {
            (Some((429, _)), _) => "refused",
            (Some(_), _) => "answered",
            (None, Some(false)) => "not_sent",
            _ => "unknown",
        };
        (exchange.head.map(|(status, _)| status), delivery.to_owned())
    };
    Outcome {
        id: None,
        kind: kind.to_owned(),
        cause: Some(kind.to_owned()),
        perhaps: false,
        advice: false,
        status: exchanges.last().and_then(|last| last.head).map(|(status, _)| status),
        attempts: exchanges.iter().map(told).collect(),
        earlier: None,
    }
}

/// A call that its caller was told about so.
fn told(number: u32, exchanges: Vec<Exchange>, outcome: Outcome) -> Asked {
    let order = CallOrder { number, client: 0, content: PATIENT, again: false, leave: None };
    let at = number as usize * 10;
    let (began, over, end) = (Some((at, u64::from(number))), at + 9, End::Told(outcome));
    Asked { order, logged: true, life: 1, rival: false, began, over, end, exchanges }
}

fn well(number: u32, id: &str) -> Asked {
    let exchanges = vec![created(u64::from(number), id)];
    let outcome = Outcome { id: Some(id.to_owned()), cause: None, ..outcome("created", &exchanges) };
    told(number, exchanges, outcome)
}

fn unknown(number: u32, exchanges: Vec<Exchange>, cause: &str) -> Asked {
    let outcome = Outcome {
        cause: Some(cause.to_owned()),
        perhaps: true,
        advice: true,
        ..outcome("outcome_unknown", &exchanges)
    };
    told(number, exchanges, outcome)
}

fn refused(number: u32, exchanges: Vec<Exchange>, kind: &str) -> Asked {
    let outcome = outcome(kind, &exchanges);
    told(number, exchanges, outcome)
}

fn duplicate(number: u32, earlier: &str) -> Asked {
    let earlier = Some(earlier.to_owned());
    let advice = earlier.as_deref() == Some("uncertain");
    told(number, Vec::new(), Outcome { advice, earlier, ..outcome("duplicate", &[]) })
}

fn asked(calls: Vec<Asked>, record: Option<&str>) -> Evidence {
    let processed = calls.iter().flat_map(|asked| &asked.exchanges).filter(|exchange| !exchange.made.is_empty());
    let processed = vec![processed.map(|exchange| exchange.number).collect()];
    let records = [(PATIENT, record.map(str::to_owned))].into_iter().collect();
    Evidence { asked: calls, processed, records, fates: vec![Fate::Lived], closes: true, ..Evidence::default() }
}

fn judged(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    for asked in &evidence.asked {
        calls::judge(asked, evidence, &mut verdict);
    }
    contents::judge(evidence, &mut verdict);
    verdict
}

/// How much was found: lost, duplicated, unexplained.
#[track_caller]
fn finds(evidence: &Evidence, expected: [usize; 3]) {
    let verdict = judged(evidence);
    let Verdict { lost, duplicated, unexplained, .. } = &verdict;
    assert_eq!([lost.len(), duplicated.len(), unexplained.len()], expected, "{verdict:?}");
}

#[test]
fn what_fits_is_not_found() {
    finds(&asked(vec![well(1, "a")], Some("a")), [0; 3]);
    finds(&asked(vec![well(1, "a"), duplicate(2, "a")], Some("a")), [0; 3]);
    finds(&asked(vec![unknown(1, vec![broken(1, Some("a"))], "interrupted")], Some("uncertain")), [0; 3]);
    finds(&asked(vec![unknown(1, vec![broken(1, None)], "interrupted")], Some("uncertain")), [0; 3]);
    finds(&asked(vec![refused(1, vec![unsent(1), unsent(2)], "connect")], None), [0; 3]);
    finds(&asked(vec![refused(1, vec![answered(1, 400, "{}", None)], "rejected")], None), [0; 3]);
    let after_429 = vec![answered(1, 429, "{}", None), created(2, "a")];
    let outcome = Outcome { id: Some("a".to_owned()), cause: None, ..outcome("created", &after_429) };
    finds(&asked(vec![told(1, after_429, outcome)], Some("a")), [0; 3]);
}

#[test]
fn a_create_that_is_denied_and_was_made_is_lost() {
    finds(&asked(vec![refused(1, vec![answered(1, 400, "{}", Some("a"))], "rejected")], Some("uncertain")), [1, 0, 1]);
    let mut evidence = asked(vec![refused(1, vec![broken(1, Some("a"))], "interrupted")], Some("a"));
    assert_eq!(judged(&evidence).lost.len(), 1);
    // Also if the attempt alone says it.
    evidence = asked(vec![unknown(1, vec![broken(1, Some("a"))], "interrupted")], Some("uncertain"));
    let End::Told(outcome) = &mut evidence.asked[0].end else { unreachable!() };
    outcome.attempts[0].1 = "not_sent".to_owned();
    finds(&evidence, [1, 0, 0]);
}

#[test]
fn an_identifier_that_was_never_made_is_lost() {
    let mut evidence = asked(vec![well(1, "a")], Some("a"));
    evidence.asked[0].exchanges[0].made = vec!["b".to_owned()];
    // The caller's, and the one on record.
    finds(&evidence, [2, 0, 0]);
    finds(&asked(vec![well(1, "a"), duplicate(2, "b")], Some("a")), [1, 0, 0]);
}

#[test]
fn a_record_that_is_gone_is_lost_if_there_was_something_and_unexplained_if_nobody_knows() {
    finds(&asked(vec![well(1, "a")], None), [1, 0, 0]);
    finds(&asked(vec![unknown(1, vec![broken(1, Some("a"))], "interrupted")], None), [1, 0, 0]);
    finds(&asked(vec![unknown(1, vec![broken(1, None)], "interrupted")], None), [0, 0, 1]);
    finds(&asked(vec![well(1, "a")], Some("uncertain")), [0, 0, 1]);
    let mut evidence = asked(vec![well(1, "a")], None);
    evidence.records.clear();
    finds(&evidence, [0, 0, 1]);
}

#[test]
fn a_second_one_that_nobody_wanted_is_a_duplicate() {
    finds(&asked(vec![well(1, "a"), well(2, "b")], Some("b")), [0, 1, 0]);
    finds(&asked(vec![unknown(1, vec![broken(1, Some("a"))], "interrupted"), well(2, "b")], Some("b")), [0, 1, 0]);
    let wanted = |change: fn(&mut Asked)| {
        let mut second = well(2, "b");
        change(&mut second);
        asked(vec![well(1, "a"), second], Some("b"))
    };
    finds(&wanted(|second| second.order.again = true), [0; 3]);
    finds(&wanted(|second| second.logged = false), [1, 0, 0]);
    finds(&wanted(|second| second.began = Some((20, u64::try_from(2 * WINDOW.as_millis()).unwrap()))), [0; 3]);
}

#[test]
fn a_call_that_was_processed_twice_is_a_duplicate_whatever_it_says() {
    let exchanges = vec![answered(1, 429, "{}", Some("a")), created(2, "b")];
    let outcome = Outcome { id: Some("b".to_owned()), cause: None, ..outcome("created", &exchanges) };
    // By the requests and by the ledger; and a request that was refused was not.
    finds(&asked(vec![told(1, exchanges, outcome)], Some("b")), [1, 2, 0]);
}

#[test]
fn a_create_is_sent_again_after_429_and_no_connection_alone() {
    for status in [200, 307, 400, 401, 408, 425, 500, 503] {
        let exchanges = vec![answered(1, status, "{}", None), answered(2, 400, "{}", None)];
        let evidence = asked(vec![refused(1, exchanges, "rejected")], None);
        assert!(judged(&evidence).unexplained.iter().any(|found| found.contains("sent again")), "{status}");
    }
    let evidence = asked(vec![refused(1, vec![broken(1, None), answered(2, 400, "{}", None)], "rejected")], None);
    assert!(judged(&evidence).unexplained.iter().any(|found| found.contains("sent again")));
    // What says that it never left, and was seen.
    let mut seen = unsent(1);
    seen.attempts.push(Seen::default());
    let evidence = asked(vec![refused(1, vec![seen, answered(2, 400, "{}", None)], "rejected")], None);
    assert!(judged(&evidence).unexplained.iter().any(|found| found.contains("sent again")));
    let mut evidence = asked(vec![well(1, "a")], Some("a"));
    evidence.asked[0].exchanges[0].attempts.push(Seen { number: 2, faults: Vec::new() });
    finds(&evidence, [0, 0, 1]);
}

#[test]
fn a_client_that_knows_and_says_perhaps_is_unexplained() {
    let refusal = answered(1, 400, "{}", None);
    let verdict = judged(&asked(vec![unknown(1, vec![refusal], "rejected")], Some("uncertain")));
    assert!(verdict.unexplained.iter().any(|found| found.contains("it was certain")), "{verdict:?}");
    let whole = unknown(1, vec![created(1, "a")], "decode");
    let verdict = judged(&asked(vec![whole], Some("uncertain")));
    assert!(verdict.unexplained.iter().any(|found| found.contains("answered whole")), "{verdict:?}");
    // Nothing came, and nothing had closed a connection.
    let mut evidence = asked(vec![unknown(1, vec![broken(1, None)], "interrupted")], Some("uncertain"));
    (evidence.closes, evidence.asked[0].exchanges[0].attempts) = (false, Vec::new());
    finds(&evidence, [0, 0, 1]);
}

#[test]
fn a_client_that_hides_attempts_or_tells_of_others_is_unexplained() {
    let change = |change: fn(&mut Outcome)| {
        let mut evidence = asked(vec![refused(1, vec![answered(1, 400, "{}", None)], "rejected")], None);
        let End::Told(outcome) = &mut evidence.asked[0].end else { unreachable!() };
        change(outcome);
        evidence
    };
    finds(&change(|outcome| outcome.attempts.clear()), [0, 0, 1]);
    finds(&change(|outcome| outcome.attempts[0].0 = Some(409)), [0, 0, 1]);
    finds(&change(|outcome| outcome.status = None), [0, 0, 1]);
    finds(&change(|outcome| outcome.kind = "throttled".to_owned()), [0, 0, 1]);
    finds(&change(|outcome| outcome.advice = true), [0, 0, 1]);
    finds(&change(|outcome| outcome.kind = "log".to_owned()), [0, 0, 2]);
}

#[test]
fn a_create_that_is_refused_as_a_duplicate_of_nothing_is_unexplained() {
    finds(&asked(vec![duplicate(1, "uncertain")], None), [0, 0, 1]);
    let refusal = || refused(1, vec![answered(1, 400, "{}", None)], "rejected");
    finds(&asked(vec![refusal(), duplicate(2, "uncertain")], None), [0, 0, 1]);
    let mut late = duplicate(2, "a");
    late.began = Some((20, u64::try_from(3 * WINDOW.as_millis()).unwrap()));
    finds(&asked(vec![well(1, "a"), late], Some("a")), [0, 0, 1]);
    let mut again = duplicate(2, "a");
    again.order.again = true;
    finds(&asked(vec![well(1, "a"), again], Some("a")), [0, 0, 1]);
}

#[test]
fn what_nobody_ended_or_sent_is_unexplained() {
    let mut evidence = asked(vec![well(1, "a")], Some("a"));
    evidence.asked[0].end = End::Silent;
    finds(&evidence, [0, 0, 1]);
    evidence.fates = vec![Fate::Killed];
    finds(&evidence, [0; 3]);
    // One more in the ledger than the requests account for, and than was asked for.
    let mut evidence = asked(vec![well(1, "a")], Some("a"));
    evidence.processed[0].push(2);
    finds(&evidence, [0, 1, 1]);
}

#[test]
fn a_log_that_lets_two_pass_at_the_same_moment_is_a_duplicate() {
    let together = |again: bool| {
        let (mut first, mut second) = (well(1, "a"), well(2, "b"));
        (first.order.again, first.over, second.over) = (again, 29, 29);
        asked(vec![first, second], Some("b"))
    };
    finds(&together(false), [0, 1, 0]);
    // The one that was wanted again may have come second to the log.
    finds(&together(true), [0; 3]);
}

#[test]
fn an_answer_that_says_no_is_no_reason_to_be_unsure() {
    for (status, hinted) in [(501, false), (505, false), (503, true)] {
        let mut refusal = answered(1, status, "", None);
        refusal.head = Some((status, hinted));
        let verdict = judged(&asked(vec![unknown(1, vec![refusal], "unavailable")], Some("uncertain")));
        assert!(verdict.unexplained.iter().any(|found| found.contains("it was certain")), "{status} {verdict:?}");
    }
    for status in [500, 502, 503, 504] {
        let call =
            unknown(1, vec![answered(1, status, "", None)], if status == 504 { "timeout" } else { "unavailable" });
        finds(&asked(vec![call], Some("uncertain")), [0; 3]);
    }
}
