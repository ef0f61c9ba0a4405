//! Each call by itself: sent again only when the vendor said "too many" or nothing had left; processed at most once; and what its caller was told is what
//! happened.

use super::{Verdict, words};
use crate::faults::creates::evidence::{Asked, End, Evidence, Exchange};
use crate::faults::creates::wire::Outcome;
use crate::faults::process::Fate;

pub(super) fn judge(asked: &Asked, evidence: &Evidence, verdict: &mut Verdict) {
    let name = asked.name();
    let made: Vec<&String> = asked.made().collect();
    if made.len() > 1 {
        verdict.duplicated.push(format!("{name} was processed {} times", made.len()));
    }
    again(asked, verdict);
    match &asked.end {
        End::Told(outcome) => {
            told(asked, outcome, &made, evidence, verdict);
            verdict.ends.push(words::end(asked, outcome));
        }
        End::Left => verdict.ends.push(format!("left by its caller{}", words::done(asked))),
        End::Silent => {
            let died = matches!(evidence.fates.get(asked.life - 1), Some(Fate::Killed | Fate::Torn));
            if !died {
                verdict.unexplained.push(format!("{name} never ended"));
            }
            let what = if asked.began.is_some() { "its process died" } else { "its process died before" };
            verdict.ends.push(format!("{what}{}", words::done(asked)));
        }
    }
}

/// A request that follows one which may not be followed.
fn again(asked: &Asked, verdict: &mut Verdict) {
    let name = asked.name();
    for pair in asked.exchanges.windows(2) {
        if !pair[0].is_throttled() && !pair[0].is_never_sent() {
            verdict.unexplained.push(format!("{name} was sent again after {}", pair[0].end()));
        }
    }
    for exchange in asked.exchanges.iter().filter(|exchange| exchange.attempts.len() > 1) {
        let times = exchange.attempts.len();
        verdict.unexplained.push(format!("{name}: one request of the client arrived {times} times"));
    }
}

fn told(asked: &Asked, outcome: &Outcome, made: &[&String], evidence: &Evidence, verdict: &mut Verdict) {
    let name = asked.name();
    attempts(&name, asked, outcome, verdict);
    let acknowledged = asked.exchanges.iter().find_map(Exchange::acknowledged);
    if let Some(id) = &outcome.id {
        if !made.contains(&id) {
            verdict
                .lost
                .push(format!("{name} is said to be created as {id}, and the sandbox made no such thing for it"));
        }
        if outcome.perhaps {
            verdict.unexplained.push(format!("{name} is created and yet uncertain"));
        }
    } else if !outcome.perhaps && !made.is_empty() {
        verdict.lost.push(format!("{name} is said not to be created ({}), and it was", outcome.kind));
    } else if let Some(id) = acknowledged {
        verdict
            .unexplained
            .push(format!("{name} was answered whole, as {id}, and the caller is told {}", outcome.kind));
    }
    if outcome.perhaps {
        unknown(&name, asked, evidence, verdict);
    }
    for wrong in words::wrong(asked, outcome) {
        verdict.unexplained.push(format!("{name}: {wrong}"));
    }
}

/// The client tells of each of its attempts, and of no other.
fn attempts(name: &str, asked: &Asked, outcome: &Outcome, verdict: &mut Verdict) {
    let (sent, known) = (asked.exchanges.len(), outcome.attempts.len());
    if sent != known {
        verdict.unexplained.push(format!("{name} sent {sent} requests and tells of {known}"));
        return;
    }
    for (exchange, (status, delivery)) in asked.exchanges.iter().zip(&outcome.attempts) {
        let seen = exchange.head.map(|(status, _)| status);
        if seen != *status {
            verdict.unexplained.push(format!("{name} had {seen:?} for an answer and tells of {status:?}"));
        }
        let says_no = matches!(delivery.as_str(), "not_sent" | "refused");
        if says_no && (!exchange.made.is_empty() || exchange.uncertainty().is_some()) {
            verdict.lost.push(format!("{name} says {delivery} of a request that had {}", exchange.end()));
        }
    }
}

/// An outcome that is said to be unknown.
fn unknown(name: &str, asked: &Asked, evidence: &Evidence, verdict: &mut Verdict) {
    let Some((why, exchange)) = asked.uncertainty() else {
        verdict.unexplained.push(format!("{name} is said to be uncertain, and it was certain"));
        return;
    };
    let arrived = !exchange.attempts.is_empty();
    if !arrived && exchange.given_up != Some(true) && !evidence.closes {
        verdict.unexplained.push(format!("{name} is said to be uncertain, and not a byte of it came to the sandbox"));
    }
    let fault = exchange.faults().last().map(str::to_owned);
    let fault = fault.unwrap_or_else(|| if arrived { "no fault".to_owned() } else { "never arrived".to_owned() });
    verdict.unknown.push(format!("{why}, {fault}{}", words::done(asked)));
}
