//! Adds schedules up: what was found, and how often each fault, death and end occurred, so that a run which never struck anything cannot pass for one that
//! held.

use std::collections::BTreeMap;
use std::fmt;

use super::evidence::Evidence;
use super::judge::Verdict;
use super::point::Point;
use super::process::Fate;
use super::wire::Line;

/// The sum of schedules.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub schedules: u64,
    /// Results and records lost.
    pub lost: usize,
    /// Things done a second time.
    pub duplicated: usize,
    /// Ends that are missing or untrue.
    pub unexplained: usize,
    table: BTreeMap<(&'static str, String), u64>,
}

impl Tally {
    /// Adds one schedule.
    pub(super) fn add(&mut self, evidence: &Evidence, verdict: &Verdict) {
        self.found(verdict.lost.len(), verdict.duplicated.len(), verdict.unexplained.len());
        for attempt in &evidence.attempts {
            for fault in &attempt.faults {
                let when = if attempt.committed || attempt.consumed { ", done before" } else { "" };
                self.count("fault", format!("{} on {}{when}", fault, attempt.operation));
            }
        }
        for (_, line) in &evidence.story {
            match line {
                Line::Dies { point, .. } => self.count("death", point.to_string()),
                Line::Ended { outcome, .. } => self.count("report", outcome.clone()),
                Line::Submitted { outcome: Err(kind), .. } => self.count("report", kind.clone()),
                _ => {}
            }
        }
        for fate in &evidence.fates {
            match fate {
                Fate::Torn => self.count("death", "in the middle of a write".to_owned()),
                Fate::Lived => self.count("death", "(lived)".to_owned()),
                Fate::Killed | Fate::Failed | Fate::Hung => {}
            }
        }
        for end in &verdict.ends {
            self.count("end", (*end).to_owned());
        }
        for alarm in &verdict.false_alarms {
            self.count("false alarm", (*alarm).to_owned());
        }
        for alarm in &verdict.true_alarms {
            self.count("true alarm", (*alarm).to_owned());
        }
        if verdict.in_hand > 0 {
            let what = "a piece died with the process, between its arrival and the first write".to_owned();
            self.count("in hand", what);
        }
    }

    /// Adds a schedule in which so much was found.
    pub(super) fn found(&mut self, lost: usize, duplicated: usize, unexplained: usize) {
        self.schedules += 1;
        self.lost += lost;
        self.duplicated += duplicated;
        self.unexplained += unexplained;
    }

    /// Adds what another thread counted.
    pub(super) fn join(&mut self, other: Self) {
        self.schedules += other.schedules;
        self.lost += other.lost;
        self.duplicated += other.duplicated;
        self.unexplained += other.unexplained;
        for (name, count) in other.table {
            *self.table.entry(name).or_default() += count;
        }
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.lost + self.duplicated + self.unexplained == 0
    }

    /// How often something of a kind occurred.
    pub fn of(&self, kind: &str, name: &str) -> u64 {
        self.table.iter().filter(|((k, n), _)| *k == kind && n == name).map(|(_, count)| count).sum()
    }

    /// Points at which no process died.
    pub fn never(&self) -> Vec<String> {
        Point::ALL.iter().map(Point::to_string).filter(|point| self.of("death", point) == 0).collect()
    }

    /// One more of this.
    pub(super) fn count(&mut self, kind: &'static str, name: String) {
        *self.table.entry((kind, name)).or_default() += 1;
    }
}

/// The table, and the line that everything ends with.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((kind, name), count) in &self.table {
            writeln!(f, "{count:>8}  {kind}: {name}")?;
        }
        let Self { schedules, lost, duplicated, unexplained, .. } = self;
        writeln!(f, "schedules={schedules} lost={lost} duplicated={duplicated} unexplained={unexplained}")
    }
}
