//! Each content over all calls: processed no more often than somebody asked for, once where a log stands between, and on record as what became of it.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use crate::faults::creates::WINDOW;
use crate::faults::creates::content::shown;
use crate::faults::creates::evidence::{Asked, End, Evidence};
use crate::faults::creates::wire::Content;

/// Real time goes on beside the virtual one, a little.
const SLACK: u64 = 120_000;

pub(super) fn judge(evidence: &Evidence, verdict: &mut Verdict) {
    let mut contents: BTreeMap<Content, Vec<&Asked>> = BTreeMap::new();
    for asked in &evidence.asked {
        contents.entry(asked.content()).or_default().push(asked);
    }
    for (content, asked) in &contents {
        let logged: Vec<&Asked> = asked.iter().copied().filter(|asked| asked.logged).collect();
        repeated(*content, &logged, verdict);
        refused(*content, &logged, evidence, verdict);
        record(*content, &logged, evidence, verdict);
    }
    ledger(evidence, &contents, verdict);
}

/// The sandbox's own count, seen without the clients' story but for who sent what.
fn ledger(evidence: &Evidence, contents: &BTreeMap<Content, Vec<&Asked>>, verdict: &mut Verdict) {
    let mut seen = 0;
    for entry in &evidence.processed {
        let numbers: BTreeSet<u64> = entry.iter().copied().filter(|number| *number > evidence.setup).collect();
        seen += numbers.len();
        let is_of = |asked: &&&Asked| {
            let mut attempts = asked.exchanges.iter().flat_map(|exchange| &exchange.attempts);
            attempts.any(|attempt| numbers.contains(&attempt.number))
        };
        for (content, asked) in contents {
            let askers = asked.iter().filter(is_of).count();
            if askers > 0 && numbers.len() > asked.iter().filter(|asked| asked.began.is_some()).count() {
                let (content, times) = (shown(*content), numbers.len());
                verdict
                    .duplicated
                    .push(format!("{content} is {times} times in the ledger, more often than it was asked for"));
            }
        }
    }
    let attributed: usize = evidence.asked.iter().map(|asked| asked.made().count()).sum();
    let stray: usize = evidence.stray.iter().map(|exchange| exchange.made.len()).sum();
    if seen != attributed + stray {
        verdict.unexplained.push(format!("{seen} creates were processed, and {attributed} of them belong to a call"));
    }
}

/// Behind a log, a second one is processed only if somebody wanted it, or long after.
fn repeated(content: Content, logged: &[&Asked], verdict: &mut Verdict) {
    let processed: Vec<&Asked> = logged.iter().copied().filter(|asked| asked.is_processed()).collect();
    for (number, one) in processed.iter().enumerate() {
        for other in &processed[number + 1..] {
            let (Some((a, time)), Some((b, other_time))) = (one.began, other.began) else { continue };
            let (first, second): (&Asked, &Asked) = if a < b { (one, other) } else { (other, one) };
            // Two processes at the same time may live in different hours.
            if second.order.again || time.abs_diff(other_time) + SLACK >= millis() {
                continue;
            }
            // One that was wanted again at the same moment may have come second to the log.
            if first.order.again && first.overlaps(second) {
                continue;
            }
            let (first, second) = (first.order.number, second.order.number);
            let content = shown(content);
            verdict
                .duplicated
                .push(format!("{content} was processed for call {first} and, past the log, for call {second}"));
        }
    }
}

fn millis() -> u64 {
    WINDOW.as_secs() * 1_000
}

/// A create is refused as a duplicate only if another one is or may be on record.
fn refused(content: Content, logged: &[&Asked], evidence: &Evidence, verdict: &mut Verdict) {
    for asked in logged {
        let End::Told(outcome) = &asked.end else { continue };
        if outcome.kind == "log" && !evidence.log_fails {
            verdict.unexplained.push(format!("call {} met a log that failed", asked.order.number));
        }
        if outcome.kind != "duplicate" {
            continue;
        }
        let number = asked.order.number;
        let (began, time) = asked.began.unwrap_or_default();
        let others = || logged.iter().filter(|other| other.order.number != number && other.began.is_some());
        let reason = others().any(|other| {
            let before = other.began.is_some_and(|(at, _)| at < asked.over) || asked.overlaps(other);
            // Equal creates under way at the same time are one to the log: which of their times is taken off the record with the first that was not
            // created is not known, and rival processes may be in different hours.
            let same = || logged.iter().filter(|one| one.order.number == other.order.number || one.overlaps(other));
            let latest = same()
                .filter_map(|one| {
                    one.exchanges.last().map(|exchange| exchange.time).max(one.began.map(|(_, time)| time))
                })
                .max();
            let expired = latest.unwrap_or_default() + millis() + SLACK < time;
            let may_stand =
                !other.is_certainly_not() || other.over >= began || asked.overlaps(other) || evidence.log_fails;
            before && !expired && may_stand
        });
        if !reason || asked.order.again {
            verdict.unexplained.push(format!("call {number} was refused as a duplicate of nothing"));
        }
        if let Some(id) = outcome.earlier.as_ref().filter(|earlier| *earlier != "uncertain")
            && !others().any(|other| other.made().any(|made| made == id))
        {
            verdict.lost.push(format!("{} is on record as {id}, which was never made", shown(content)));
        }
    }
}

/// What is on record at the end.
fn record(content: Content, logged: &[&Asked], evidence: &Evidence, verdict: &mut Verdict) {
    let Some(record) = evidence.records.get(&content) else {
        let lived = evidence.fates.last() == Some(&crate::faults::process::Fate::Lived);
        let asked_in_last = logged.iter().any(|asked| asked.life == evidence.fates.len());
        if lived && asked_in_last && logged.iter().any(|asked| asked.began.is_some()) {
            verdict.unexplained.push(format!("nobody says what is on record of {}", shown(content)));
        }
        return;
    };
    let name = shown(content);
    // What an entry says that is older than the window is nobody's business.
    let now = evidence.asked.iter().filter_map(|asked| asked.began).map(|(_, time)| time).max().unwrap_or_default();
    let slept = evidence.asked.iter().flat_map(|asked| &asked.exchanges).map(|exchange| exchange.time).max();
    let now = now.max(slept.unwrap_or_default());
    let recent: Vec<&Asked> = logged
        .iter()
        .copied()
        .filter(|asked| asked.began.is_some_and(|(_, time)| time + millis() > now + SLACK))
        .collect();
    let made = |id: &String| logged.iter().any(|asked| asked.made().any(|made| made == id));
    match record {
        None => {
            if let Some(asked) = recent.iter().find(|asked| asked.is_processed()) {
                let number = asked.order.number;
                verdict.lost.push(format!("{name} was processed for call {number}, and nothing is on record"));
            } else if recent.iter().any(|asked| matches!(&asked.end, End::Told(outcome) if outcome.perhaps)) {
                verdict.unexplained.push(format!("{name} is uncertain, and nothing is on record"));
            }
            verdict.ends.push("on record: nothing".to_owned());
        }
        Some(id) if id == "uncertain" => {
            // Of calls at the same time the log hears in any order.
            let alone = || !logged.iter().enumerate().any(|(n, a)| logged[n + 1..].iter().any(|b| a.overlaps(b)));
            let is_settled =
                |asked: &&Asked| asked.began.is_none() || matches!(&asked.end, End::Told(outcome) if !outcome.perhaps);
            if logged.iter().all(is_settled) && alone() && !evidence.log_fails {
                verdict
                    .unexplained
                    .push(format!("{name} is uncertain on record, and every caller was told what became of it"));
            }
            verdict.ends.push("on record: uncertain".to_owned());
        }
        Some(id) => {
            if !made(id) {
                verdict.lost.push(format!("{name} is on record as {id}, which was never made"));
            }
            verdict.ends.push("on record: created".to_owned());
        }
    }
}
