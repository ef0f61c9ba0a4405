//! Judges a schedule by its evidence. Three questions, and no other: is something lost that had reached this machine, was something done a second time that
//! may have been done already, and does each submission have an end that is named and true?

mod claims;
mod creates;
mod words;

use super::evidence::Evidence;
use super::plan::Plan;
use super::process::Fate;
use super::wire::Line;

/// What was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What had reached this machine and is not kept.
    pub lost: Vec<String>,
    /// What was sent again although it may have been processed.
    pub duplicated: Vec<String>,
    /// What has no end, or one that is not true.
    pub unexplained: Vec<String>,
    /// How each submission ended, for the table.
    pub ends: Vec<&'static str>,
    /// "Possibly lost" or "perhaps submitted", where nothing had been taken or made.
    pub false_alarms: Vec<&'static str>,
    /// The same, where something had been.
    pub true_alarms: Vec<&'static str>,
    /// Pieces that died with the process between their arrival and the first write.
    pub in_hand: usize,
}

impl Verdict {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.duplicated.is_empty() && self.unexplained.is_empty()
    }
}

/// Judges.
pub(super) fn judge(plan: &Plan, evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict::default();
    for (life, fate) in (1..).zip(&evidence.fates) {
        let asking = life == plan.troubled() + 2 && plan.death_while_asking.is_some();
        let last = life > plan.troubled() && !asking;
        let odd = match fate {
            Fate::Lived => None,
            Fate::Killed | Fate::Torn if !last => None,
            Fate::Killed | Fate::Torn => Some("died although nothing was to happen to it"),
            Fate::Failed => Some("ended on its own"),
            Fate::Hung => Some("never ended"),
        };
        let why = evidence.story.iter().find_map(|(of, line)| match line {
            Line::Broken { why } if *of == life => Some(why.as_str()),
            _ => None,
        });
        if odd.is_some() || why.is_some() {
            let (odd, why) = (odd.unwrap_or("broke down"), why.unwrap_or(""));
            verdict.unexplained.push(format!("life {life} {odd} {why}"));
        }
    }
    for submission in &plan.submissions {
        creates::judge(submission.number, evidence, &mut verdict);
    }
    creates::judge_all(evidence, &mut verdict);
    for task in &evidence.tasks {
        claims::judge(task, evidence, &mut verdict);
    }
    words::judge(evidence, &mut verdict);
    verdict
}
