//! Claims: no task is asked after again when its result may have been taken, unless a person wants it; what came of a result is kept, byte for byte; and
//! the state of the entry is what happened.

use clinical_long_tasks::{State, Terminal};
use clinical_sandbox::TaskFacts;
use serde_json::Value;

use super::Verdict;
use crate::faults::evidence::{Evidence, Exchange, Kept};
use crate::faults::process::Fate;
use crate::faults::wire::Line;

/// What an answer says, read without the client's code.
#[derive(Debug, PartialEq, Eq)]
enum Reading {
    Running,
    Last,
    Broken,
}

fn reading(bytes: &[u8]) -> Reading {
    let body: Option<Value> = serde_json::from_slice(bytes).ok();
    match body.as_ref().and_then(|body| body["status"].as_str()) {
        Some("DONE" | "FAILED") => Reading::Last,
        Some(_) => Reading::Running,
        None => Reading::Broken,
    }
}

impl Exchange {
    fn is_success(&self) -> bool {
        self.head.is_some_and(|(status, _)| (200..300).contains(&status))
    }

    /// Whether the client could know that nothing was taken.
    fn is_harmless(&self) -> bool {
        let denied = matches!(self.head, Some((400..=407 | 409 | 422, _)));
        self.attempt.is_none()
            || self.is_refused()
            || denied
            || (self.is_success()
                && self.kept_at_least() == self.bytes.len()
                && reading(&self.bytes) == Reading::Running)
    }

    /// What was in the hands of the system when the process died.
    fn kept_at_least(&self) -> usize {
        self.bytes.len() - self.exposed
    }
}

pub(super) fn judge(task: &TaskFacts, evidence: &Evidence, verdict: &mut Verdict) {
    let mut polls: Vec<&Exchange> = evidence.exchanges.iter().filter(|exchange| exchange.is_about(&task.id)).collect();
    polls.sort_by_key(|poll| (poll.order, poll.at));
    let consents = evidence.story.iter().enumerate().filter_map(|(at, (_, line))| match line {
        Line::AsksAgain { task: of } if *of == task.id => Some(at),
        _ => None,
    });
    let consents: Vec<usize> = consents.collect();
    again(&task.id, &polls, &consents, evidence, verdict);
    let Some(kept) = evidence.entry_of(&task.id) else {
        // A task without a token: what is to be said of it is said of its submission.
        if !polls.is_empty() {
            verdict.lost.push(format!("task {} was asked after, and the store knows nothing of it", task.id));
        }
        return;
    };
    for poll in polls.iter().filter(|poll| poll.is_success() && !poll.bytes.is_empty()) {
        let replaced = |other: &&&Exchange| poll.at < other.at && kept.bytes.as_ref() == Some(&other.bytes);
        let asked_since =
            polls.iter().any(|other| replaced(&other) && consents.iter().any(|at| (poll.at..other.at).contains(at)));
        // What came of an account of progress gives way to the result that a person had asked for again.
        if !(asked_since && kept.is_stored() && !poll.has_consumed()) {
            bytes(&task.id, poll, kept, verdict);
        }
    }
    state(task, &polls, &consents, kept, evidence, verdict);
}

fn again(task: &str, polls: &[&Exchange], consents: &[usize], evidence: &Evidence, verdict: &mut Verdict) {
    for pair in polls.windows(2).filter(|pair| !pair[0].is_harmless()) {
        let allowed = consents.iter().any(|at| (pair[0].at..pair[1].at).contains(at));
        if !allowed {
            let head = pair[0].head.map_or_else(|| "no answer".to_owned(), |(status, _)| format!("answer {status}"));
            let came = pair[0].bytes.len();
            verdict.duplicated.push(format!("task {task} was asked after again after {head} with {came} bytes"));
        }
    }
    let attempts = evidence.attempts.iter();
    let attempts = attempts.filter(|attempt| attempt.operation == "tasks" && attempt.task.as_deref() == Some(task));
    if attempts.count() > polls.len() {
        verdict.unexplained.push(format!("task {task} was asked after by requests that nobody sent"));
    }
}

/// What came is kept.
fn bytes(task: &str, poll: &Exchange, kept: &Kept, verdict: &mut Verdict) {
    let reading = reading(&poll.bytes);
    if reading == Reading::Running && poll.exposed == 0 {
        return;
    }
    let store = kept.bytes.as_deref().unwrap_or_default();
    let whole = store == poll.bytes;
    if reading == Reading::Last && whole && kept.is_stored() {
        return;
    }
    if reading == Reading::Broken && whole {
        return;
    }
    // The piece that the process had in its hands when it died, and no other, may be missing.
    let missing = poll.bytes.len().saturating_sub(store.len());
    if poll.exposed > 0 && poll.bytes.starts_with(store) && missing <= poll.exposed && !kept.is_stored() {
        verdict.in_hand += 1;
        return;
    }
    let (came, has) = (poll.bytes.len(), store.len());
    let state = kept.entry.state.as_str();
    verdict.lost.push(format!("task {task}: {came} bytes came ({reading:?}), the store has {has} of them as {state}"));
}

/// The entry says what happened.
fn state(
    task: &TaskFacts,
    polls: &[&Exchange],
    consents: &[usize],
    kept: &Kept,
    evidence: &Evidence,
    verdict: &mut Verdict,
) {
    let id = &task.id;
    // What was known before a person asked again is settled by that.
    let last = polls.last().filter(|poll| consents.last().is_none_or(|at| poll.at > *at));
    let died = evidence.fates.iter().any(|fate| matches!(fate, Fate::Killed | Fate::Torn));
    let before_consent = |poll: &&&Exchange| consents.first().is_none_or(|at| poll.at < *at);
    let taken_before = polls.iter().filter(before_consent).any(|poll| poll.has_consumed());
    let mut odd = |what: &str| verdict.unexplained.push(format!("task {id} {what}"));
    let end = match kept.entry.state {
        State::Stored(terminal) => {
            let source = polls.iter().rev().find(|poll| kept.bytes.as_deref() == Some(&poll.bytes));
            match source {
                None => odd("has an answer that never came"),
                Some(poll) if terminal == Terminal::Unread && !poll.is_garbled() => {
                    odd("has an answer marked as unreadable that is readable");
                }
                Some(_) if terminal != Terminal::Unread && !task.consumed => odd("has a result that was not taken"),
                Some(_) => {}
            }
            "stored"
        }
        State::Partial => {
            if !polls.iter().any(|poll| poll.is_success() && !poll.bytes.is_empty()) {
                odd("is said to be partial, and nothing came");
            }
            "partial"
        }
        State::PossiblyLost => {
            let reason = last.is_some_and(|poll| poll.head.is_none() || !poll.is_harmless()) || died;
            if !reason {
                odd("is said to be possibly lost, and nothing had happened to it");
            }
            if last.is_some_and(|poll| poll.is_success() && poll.kept_at_least() > 0 && !poll.is_harmless()) {
                odd("is said to be possibly lost, and a part of it came");
            }
            "possibly lost"
        }
        State::Gone => {
            if !(task.consumed && taken_before && !consents.is_empty()) {
                odd("is said to be gone, and nobody had taken it");
            }
            "gone, after a person asked again"
        }
        state => {
            odd(&format!("is left {} by a life without faults", state.as_str()));
            "without an end"
        }
    };
    let uncertain = matches!(kept.entry.state, State::PossiblyLost | State::Partial) || !consents.is_empty();
    if uncertain && !taken_before {
        let unsure = polls.iter().filter(before_consent).rev().find(|poll| !poll.is_harmless());
        verdict.false_alarms.push(match unsure.map(|poll| (poll.head, poll.bytes.len())) {
            None => "possibly lost, for the process died before anything arrived",
            Some((Some((500..=599, _)), _)) => "possibly lost, after an answer of 5xx",
            Some((None, _)) => "possibly lost, after no answer",
            Some((Some(_), 0)) => "possibly lost, after a head without a body",
            Some((Some(_), _)) => "partial, and it was an account of progress",
        });
        let asked_in_peace = consents.iter().all(|at| {
            let life = evidence.story.get(*at).map_or(0, |(life, _)| *life);
            evidence.fates.get(life.wrapping_sub(1)) == Some(&Fate::Lived)
        });
        if !consents.is_empty() && asked_in_peace && !kept.is_stored() {
            odd("was not taken, a person asked again, and it is not stored");
        }
    }
    if uncertain && taken_before {
        verdict.true_alarms.push("possibly lost, or partial");
    }
    verdict.ends.push(end);
}
