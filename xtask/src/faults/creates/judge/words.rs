//! The words of an outcome: the kind that a caller is told is the one of the last answer, as the vendor's contract and the client's own documents have it.

use crate::faults::creates::evidence::{Asked, Exchange};
use crate::faults::creates::wire::{Kind, Outcome};

/// What is wrong with what the caller is told.
pub(super) fn wrong(asked: &Asked, outcome: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let last = asked.exchanges.last();
    let status = last.and_then(|last| last.head).map(|(status, _)| status);
    if outcome.perhaps != (outcome.kind == "outcome_unknown") {
        wrong.push(format!("{} goes with uncertainty {}", outcome.kind, outcome.perhaps));
    }
    let wants_advice = outcome.perhaps || outcome.earlier.as_deref() == Some("uncertain");
    if outcome.advice != wants_advice {
        wrong.push(format!("{} has advice {}", outcome.kind, outcome.advice));
    }
    if matches!(outcome.kind.as_str(), "duplicate" | "log" | "invalid_input") {
        if !asked.exchanges.is_empty() {
            wrong.push(format!("{} says that nothing was sent, and it was", outcome.kind));
        }
        return wrong;
    }
    if outcome.status != status {
        wrong.push(format!("the last answer was {status:?}, and the caller is told {:?}", outcome.status));
    }
    let kind = if outcome.perhaps { outcome.cause.clone().unwrap_or_default() } else { outcome.kind.clone() };
    let allowed = last.map_or(&["throttled", "timeout"][..], |last| kinds(asked, last));
    if outcome.id.is_some() != (outcome.kind == "created") {
        wrong.push(format!("{} goes with an identifier {:?}", outcome.kind, outcome.id));
    }
    if !allowed.contains(&kind.as_str()) {
        let end = last.map_or_else(|| "nothing sent".to_owned(), Exchange::end);
        wrong.push(format!("{kind} after {end}"));
    }
    wrong
}

/// The kinds that fit a last request.
fn kinds(asked: &Asked, last: &Exchange) -> &'static [&'static str] {
    let is_refill = asked.content().kind == Kind::Refill;
    let (whole, text) = last.body.as_ref().map_or((false, ""), |(whole, text)| (*whole, text.as_str()));
    let clear = whole && !last.faults().any(|fault| matches!(fault, "duplicate_keys" | "invalid_json"));
    let exists = is_refill && text.contains("already exists");
    match last.head {
        None if last.given_up.is_some() => &["timeout"],
        None if last.failed == Some(false) => &["connect", "timeout", "interrupted"],
        None => &["interrupted"],
        Some((200..=299, _)) if last.acknowledged().is_some() => &["created"],
        // A body whose size the client does not take, one that broke off, one that stalled, one that makes no sense.
        Some((200..=299, _)) => &["response_too_large", "interrupted", "timeout", "decode"],
        Some((300..=399, _)) => &["redirect"],
        Some((400..=499, _)) if exists && clear => &["refill_already_exists"],
        // Its sentence may be cut, or not to be found in what is no JSON.
        Some((400, _)) if exists => &["refill_already_exists", "rejected"],
        Some((401, _)) => &["credentials"],
        Some((403, _)) => &["forbidden"],
        Some((404, _)) => &["not_found"],
        Some((408 | 504, _)) => &["timeout"],
        Some((413, _)) => &["too_large"],
        Some((429, _) | (503, true)) => &["throttled"],
        Some((500..=599, _)) => &["unavailable"],
        Some(_) => &["rejected"],
    }
}

/// Whether the sandbox did it, for the table.
pub(super) fn done(asked: &Asked) -> &'static str {
    if asked.is_processed() { ", processed" } else { ", not processed" }
}

/// How a call ended, for the table.
pub(super) fn end(asked: &Asked, outcome: &Outcome) -> String {
    let cause = outcome.cause.as_deref().filter(|_| outcome.perhaps).map(|cause| format!(" ({cause})"));
    let tries = if outcome.attempts.len() > 1 { ", several attempts" } else { "" };
    format!("{}{}{}{tries}", outcome.kind, cause.unwrap_or_default(), done(asked))
}
