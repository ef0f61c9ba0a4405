//! The judge of creates: holds what the clients told their callers, and what their log has on record, against what the sandbox processed. It uses none of the
//! clients' code, and gives the benefit of a doubt only where a client cannot know.

mod calls;
mod contents;
#[cfg(test)]
mod tests;
mod words;

use super::evidence::{Asked, Evidence, Exchange};
use super::plan::Plan;
use crate::faults::process::Fate;

/// What was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Creates that are said not to have been made, or whose record is gone.
    pub lost: Vec<String>,
    /// Creates that were processed more often than anybody asked for.
    pub duplicated: Vec<String>,
    /// What does not fit what happened.
    pub unexplained: Vec<String>,
    /// How each call ended, for the table.
    pub(super) ends: Vec<String>,
    /// Why outcomes were unknown, and whether they had been processed.
    pub(super) unknown: Vec<String>,
}

impl Verdict {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.duplicated.is_empty() && self.unexplained.is_empty()
    }
}

/// Judges a schedule.
pub(super) fn judge(plan: &Plan, evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    lives(plan, evidence, &mut verdict);
    for asked in &evidence.asked {
        calls::judge(asked, evidence, &mut verdict);
    }
    contents::judge(evidence, &mut verdict);
    verdict
}

/// Whether the clients' side could do what it was told.
fn lives(plan: &Plan, evidence: &Evidence, verdict: &mut Verdict) {
    for (life, fate) in plan.lives.iter().zip(&evidence.fates) {
        let allowed = *fate == Fate::Lived || (life.death.is_some() && matches!(fate, Fate::Killed | Fate::Torn));
        if !allowed {
            verdict.unexplained.push(format!("a life was to end with {:?} and is {fate:?}", life.death));
        }
    }
    for (life, event) in &evidence.story {
        if let super::wire::Event::Broken { why } = event {
            verdict.unexplained.push(format!("life {life} broke: {why}"));
        }
    }
    if !evidence.stray.is_empty() {
        verdict.unexplained.push(format!("{} requests were sent outside of any call", evidence.stray.len()));
    }
    for operation in &evidence.foreign {
        verdict.unexplained.push(format!("{operation} came to the sandbox, and no client had sent it"));
    }
}

impl Exchange {
    /// Whether by the vendor's own word it was not processed, so that it may be sent again.
    fn is_throttled(&self) -> bool {
        matches!(self.head, Some((429, _)))
    }

    /// Whether not a byte of it left this machine, as seen here and at the sandbox.
    fn is_never_sent(&self) -> bool {
        let untouched =
            matches!((self.head, self.failed, self.given_up), (None, Some(false), _) | (None, None, Some(false)));
        untouched && self.attempts.is_empty()
    }

    /// A success that came whole, with its identifier.
    fn acknowledged(&self) -> Option<String> {
        let (status, _) = self.head?;
        let (whole, text) = self.body.as_ref()?;
        let garbled = |fault: &str| matches!(fault, "duplicate_keys" | "invalid_json" | "oversized_body");
        if !(200..300).contains(&status) || !whole || self.faults().any(garbled) {
            return None;
        }
        let body: serde_json::Value = serde_json::from_str(text).ok()?;
        let data = body["success"].as_bool().unwrap_or_default().then(|| body["data"].as_object()).flatten()?;
        let names = ["practitioner_id", "patient_id", "medication_request_id", "refill_request_id", "webhook_id"];
        names.iter().find_map(|name| data.get(*name)?.as_str().map(str::to_owned))
    }

    /// Why nobody on this side can know whether it was processed. These, and no other, are honest.
    fn uncertainty(&self) -> Option<&'static str> {
        match (self.head, self.failed, self.given_up) {
            (Some((200..=299, _)), ..) if self.acknowledged().is_none() => {
                Some("a success that broke off or cannot be read")
            }
            (Some((300..=399, _)), ..) => Some("a redirect"),
            // 501 and 505 are about the request itself; 503 with a time to wait says "not now".
            (Some((501 | 505, _) | (503, true)), ..) => None,
            (Some((500..=599, _)), ..) => Some("an answer of 5xx"),
            (None, Some(true), _) => Some("a connection that broke off"),
            (None, None, Some(true)) => Some("no answer in time"),
            _ => None,
        }
    }
}

impl Asked {
    /// Why its outcome cannot be known.
    fn uncertainty(&self) -> Option<(&'static str, &Exchange)> {
        self.exchanges.iter().find_map(|exchange| Some((exchange.uncertainty()?, exchange)))
    }

    /// Whether it was on its way while the other was.
    fn overlaps(&self, other: &Self) -> bool {
        match (self.began, other.began) {
            (Some(_), Some(_)) if self.life != other.life => self.rival && other.rival,
            (Some((a, _)), Some((b, _))) => a < other.over && b < self.over,
            _ => false,
        }
    }

    /// For people.
    fn name(&self) -> String {
        format!("call {} ({})", self.order.number, super::content::shown(self.content()))
    }
}
