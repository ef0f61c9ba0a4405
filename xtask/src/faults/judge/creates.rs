//! Submissions: each is processed at most once, never sent again when it may have been, and leaves a record of whatever it may have made.

use clinical_long_tasks::State;

use super::Verdict;
use crate::faults::evidence::{Evidence, Exchange};
use crate::faults::wire::Line;

pub(super) fn judge(number: usize, evidence: &Evidence, verdict: &mut Verdict) {
    let exchanges: Vec<&Exchange> =
        evidence.exchanges.iter().filter(|exchange| exchange.submission == Some(number)).collect();
    let made: Vec<&str> = exchanges
        .iter()
        .filter(|exchange| exchange.attempt.as_ref().is_some_and(|attempt| attempt.committed))
        .map(|exchange| exchange.task.as_deref().unwrap_or("a task without a name"))
        .collect();
    again(number, &exchanges, made.len(), verdict);
    let mut entries = evidence.kept.iter().filter(|kept| kept.submission() == Some(number));
    let entry = entries.next();
    if entries.next().is_some() {
        verdict.unexplained.push(format!("submission {number} has two entries"));
    }
    let state = entry.map(|kept| kept.entry.state);
    let known = entry.and_then(|kept| kept.task());
    if !made.is_empty() && state.is_none() {
        verdict.lost.push(format!("submission {number} made a task, and the store knows nothing of it"));
    }
    if let Some(task) = known.filter(|task| !made.contains(task)) {
        verdict.unexplained.push(format!("submission {number} has a token of task {task}, which it did not make"));
    }
    let outcome = evidence.story.iter().find_map(|(_, line)| match line {
        Line::Submitted { submission, outcome, token } if *submission == number => Some((outcome, token)),
        _ => None,
    });
    let begun = evidence.story.iter().any(|(_, line)| *line == Line::Begin { submission: number });
    let mut odd = |what: &str| verdict.unexplained.push(format!("submission {number} {what}"));
    match outcome {
        _ if !begun => odd("was never begun"),
        Some((Ok(task), _)) => {
            if !made.contains(&task.as_str()) {
                odd("returned a token of a task that it did not make");
            } else if known != Some(task.as_str()) {
                verdict.lost.push(format!("submission {number} returned a token, and the store has lost it"));
            }
        }
        Some((Err(kind), _)) if kind == "not_submitted" => {
            if !made.is_empty() {
                odd("is said not to have been made, and was made");
            } else if state.is_some() {
                odd("is said not to have been made, and the store says perhaps");
            } else {
                verdict.ends.push("not submitted");
            }
        }
        Some((Err(kind), _)) if kind == "submission_unknown" && state != Some(State::Submitting) => {
            verdict.lost.push(format!("submission {number} is uncertain, and the store does not say so"));
        }
        Some((Err(kind), _)) if kind == "submission_unknown" => {}
        Some((Err(kind), _)) => odd(&format!("ended with {kind}")),
        // Its process died. What was made has a record, as was asked for above.
        None if state.is_none() => verdict.ends.push("died before anything was sent"),
        None => {}
    }
    if state == Some(State::Submitting) {
        verdict.ends.push("submission unknown");
        let alarms = if made.is_empty() { &mut verdict.false_alarms } else { &mut verdict.true_alarms };
        alarms.push("submission unknown");
    }
}

/// A create that follows one which may have been processed.
fn again(number: usize, exchanges: &[&Exchange], made: usize, verdict: &mut Verdict) {
    let arrived: Vec<_> = exchanges.iter().filter(|exchange| exchange.attempt.is_some()).collect();
    let before = verdict.duplicated.len();
    for pair in arrived.windows(2).filter(|pair| !pair[0].is_refused()) {
        let head = pair[0].head.map_or_else(|| "no answer".to_owned(), |(status, _)| format!("answer {status}"));
        verdict.duplicated.push(format!("submission {number} was sent again after {head}"));
    }
    if made > 1 && verdict.duplicated.len() == before {
        verdict.duplicated.push(format!("submission {number} made {made} tasks"));
    }
}

/// What the sandbox processed in all, seen without the numbers that the requests carry.
pub(super) fn judge_all(evidence: &Evidence, verdict: &mut Verdict) {
    let (all, most) = evidence.processed;
    if most > 1 && verdict.duplicated.is_empty() {
        verdict.duplicated.push(format!("one content was processed {most} times"));
    }
    let attributed = evidence.exchanges.iter().filter(|exchange| {
        exchange.submission.is_some() && exchange.attempt.as_ref().is_some_and(|attempt| attempt.committed)
    });
    // One that was given up by the client may be counted as processed without its task having been made.
    if all != attributed.count() as u64 || all < evidence.tasks.len() as u64 {
        verdict.unexplained.push(format!("{all} creates were processed, and not all of them are accounted for"));
    }
}
