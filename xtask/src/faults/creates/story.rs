//! A schedule for people, and for the table.

use super::evidence::Evidence;
use super::judge::Verdict;
use super::wire::Event;
use crate::faults::process::Fate;
use crate::faults::tally::Tally;

/// The story of one schedule. Bodies are of invented people, and shown.
pub(super) fn tell(evidence: &Evidence) {
    for (life, event) in &evidence.story {
        eprintln!("  {life}: {event:?}");
    }
    for attempt in evidence.sandbox.iter().flat_map(|(journal, _)| &journal.attempts) {
        eprintln!(
            "  sandbox: {} request {} {} {:?} {:?} {:?} committed {}",
            attempt.number,
            attempt.patient().unwrap_or("?"),
            attempt.operation,
            attempt.status,
            attempt.outcome,
            attempt.faults,
            attempt.committed
        );
    }
    for entry in evidence.sandbox.iter().flat_map(|(_, ledger)| &ledger.entries) {
        eprintln!("  ledger: {} {} times, attempts {:?}", entry.operation, entry.processed, entry.attempts);
    }
}

/// Adds one schedule to the sum.
pub(super) fn count(evidence: &Evidence, verdict: &Verdict, tally: &mut Tally) {
    tally.found(verdict.lost.len(), verdict.duplicated.len(), verdict.unexplained.len());
    for exchange in evidence.asked.iter().flat_map(|asked| &asked.exchanges) {
        for fault in exchange.faults() {
            let when = if exchange.made.is_empty() { "" } else { ", done before" };
            tally.count("fault on a create", format!("{fault}{when}"));
        }
    }
    for connection in evidence.sandbox.iter().flat_map(|(journal, _)| &journal.connections) {
        if let Some(fault) = &connection.fault {
            tally.count("fault on a create", fault.clone());
        }
    }
    for (_, event) in &evidence.story {
        if let Event::Dies { point } = event {
            tally.count("death", point.to_string());
        }
    }
    for fate in &evidence.fates {
        if *fate == Fate::Torn {
            tally.count("death", "in the middle of a write".to_owned());
        }
    }
    for end in &verdict.ends {
        let (kind, end) = match end.strip_prefix("on record: ") {
            Some(record) => ("on record", record),
            None => ("create", end.as_str()),
        };
        tally.count(kind, end.to_owned());
    }
    for unknown in &verdict.unknown {
        tally.count("unknown outcome", unknown.clone());
    }
}
