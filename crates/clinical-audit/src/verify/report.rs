//! What a trail holds, counted while it is read: how many calls, from when to when, and which of them have no end. It names calls by
//! their identifier and never by whom they are about.

use std::collections::HashMap;
use std::time::SystemTime;

use crate::line::{Fields, Kind};
use crate::verify::sequence::Outcome;
use crate::{Finding, Head};

/// How many calls without a record are remembered; each takes a few hundred bytes.
const MOST_OPEN: usize = 100_000;

/// How many letters of a name are kept, and of a server: a DNS name with scheme and port has at most 267.
const NAME: usize = 64;
const SERVER: usize = 300;

/// What was found in a trail.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// How many lines the file has.
    pub lines: u64,
    /// How many calls were announced.
    pub openings: u64,
    /// How many calls have a record.
    pub records: u64,
    /// How many records have no opening: of calls that were refused because the trail could not be written, and not sent.
    pub records_without_opening: u64,
    /// How many records could not be kept, as the trail itself says.
    pub lost_records: u64,
    /// When the first line was written, by the clock of the machine that wrote it.
    pub first: Option<SystemTime>,
    /// When the last line was written.
    pub last: Option<SystemTime>,
    /// The last line.
    pub head: Head,
    /// Lines that a crash or a full disk left unfinished. That is not tampering.
    pub torn: Vec<TornLine>,
    /// How many more lines are unfinished, beyond the 1,000 that are listed.
    pub torn_left_out: u64,
    /// Calls that were begun and have no record, in the order in which they began: of a crash, or still under way. They may have been
    /// processed.
    pub unfinished: Vec<UnfinishedCall>,
    /// How many more calls have no record, beyond the 100,000 that are listed.
    pub unfinished_left_out: u64,
    /// What was changed, removed, inserted or moved, by line.
    pub findings: Vec<Finding>,
    /// How many more findings there are, beyond the 1,000 that are listed.
    pub findings_left_out: u64,
}

impl Report {
    /// Whether nothing was changed, removed, inserted or moved. Unfinished lines and calls are no tampering; look at them all the same.
    pub fn is_intact(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A line that was not written to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TornLine {
    /// The line, from 1.
    pub line: u64,
    /// How much of it is there.
    pub bytes: u64,
    /// Whether the trail went on after it, and says so. If not, it is the end of the trail: of a crash, or of a writer at work.
    pub closed: bool,
}

/// A call that was begun and has no record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnfinishedCall {
    /// The line of its opening, from 1.
    pub line: u64,
    /// Its name, as the client's spans and errors bear it.
    pub call: String,
    /// When it began.
    pub started: Option<SystemTime>,
    /// The vendor's name.
    pub vendor: String,
    /// The server it was for, such as `https://codify.example:443`; `None` if its line does not say so.
    pub server: Option<String>,
    /// The operation's name.
    pub operation: String,
}

#[derive(Default)]
pub(crate) struct Counting {
    lines: u64,
    openings: u64,
    records: u64,
    unopened: u64,
    lost: u64,
    first: Option<SystemTime>,
    last: Option<SystemTime>,
    open: HashMap<String, UnfinishedCall>,
    left_out: u64,
}

impl Counting {
    pub(crate) fn line(&mut self) {
        self.lines += 1;
    }

    pub(crate) fn sealed(&mut self, line: u64, fields: &Fields<'_>) {
        let time = fields.time.as_deref().and_then(|time| humantime::parse_rfc3339(time).ok());
        self.first = self.first.or(time);
        self.last = time.or(self.last);
        let call = fields.call.as_deref().unwrap_or_default();
        match fields.kind {
            Kind::Opening => {
                self.openings += 1;
                if self.open.len() >= MOST_OPEN {
                    self.left_out += 1;
                    return;
                }
                let opened = UnfinishedCall {
                    line,
                    call: short(call, NAME),
                    started: time,
                    vendor: short(fields.vendor.as_deref().unwrap_or_default(), NAME),
                    server: fields.server.as_deref().map(|server| short(server, SERVER)),
                    operation: short(fields.operation.as_deref().unwrap_or_default(), NAME),
                };
                self.open.insert(opened.call.clone(), opened);
            }
            Kind::Record => {
                self.records += 1;
                if self.open.remove(&short(call, NAME)).is_none() {
                    // It may belong to one that was left out.
                    match self.left_out {
                        0 => self.unopened += 1,
                        _ => self.left_out -= 1,
                    }
                }
            }
            Kind::Lost => self.lost = self.lost.saturating_add(fields.records.unwrap_or(0)),
            Kind::Torn | Kind::Other => {}
        }
    }

    pub(crate) fn report(self, outcome: Outcome) -> Report {
        let mut unfinished: Vec<_> = self.open.into_values().collect();
        unfinished.sort_unstable_by_key(|call| call.line);
        Report {
            lines: self.lines,
            openings: self.openings,
            records: self.records,
            records_without_opening: self.unopened,
            lost_records: self.lost,
            first: self.first,
            last: self.last,
            head: outcome.head,
            torn: outcome.torn,
            torn_left_out: outcome.torn_left_out,
            unfinished,
            unfinished_left_out: self.left_out,
            findings: outcome.findings,
            findings_left_out: outcome.findings_left_out,
        }
    }
}

/// Names are short; a forged line must not make them long.
fn short(name: &str, most: usize) -> String {
    name.chars().take(most).collect()
}
