//! Whether the lines of a trail follow each other, and if not, what was done to them. It looks one line ahead: only the next line shows
//! whether an odd one was put there or the ones before it were taken away.

use crate::entry::Torn;
use crate::line::{self, Hash, Kind, Sealed};
use crate::{Finding, Head, TornLine};

/// How many findings are kept, and how many unfinished lines; more of them help nobody.
const MOST: usize = 1_000;

/// What is known when the end is reached.
pub(crate) struct Outcome {
    pub(crate) findings: Vec<Finding>,
    pub(crate) findings_left_out: u64,
    pub(crate) torn: Vec<TornLine>,
    pub(crate) torn_left_out: u64,
    pub(crate) head: Head,
}

pub(crate) struct Sequence {
    /// The line that the next one has to continue.
    seq: u64,
    /// Its hash; unknown after a line that was changed.
    hash: Option<Hash>,
    broken: Option<Broken>,
    odd: Option<Odd>,
    expected: Option<Head>,
    /// The line with the number of the expected head, and whether one of them is it.
    at_head: Option<u64>,
    head_seen: bool,
    outcome: Outcome,
}

/// Lines whose hash is wrong, one after the other.
struct Broken {
    first: u64,
    count: u64,
    /// If it is a single one, it may be unfinished.
    torn: Option<Torn>,
    plausible: bool,
}

/// A line whose hash is right and whose number is not the next one.
struct Odd {
    line: u64,
    head: Head,
}

impl Sequence {
    pub(crate) fn new(expected: Option<Head>) -> Self {
        Self {
            seq: 0,
            hash: Some(Head::EMPTY.hash),
            broken: None,
            odd: None,
            expected,
            at_head: None,
            head_seen: expected == Some(Head::EMPTY),
            outcome: Outcome {
                findings: Vec::new(),
                findings_left_out: 0,
                torn: Vec::new(),
                torn_left_out: 0,
                head: Head::EMPTY,
            },
        }
    }

    fn next(&self) -> u64 {
        self.seq.saturating_add(1)
    }

    fn find(&mut self, finding: Finding) {
        if self.outcome.findings.len() < MOST {
            self.outcome.findings.push(finding);
        } else {
            self.outcome.findings_left_out += 1;
        }
    }

    fn tear(&mut self, line: TornLine) {
        if self.outcome.torn.len() < MOST {
            self.outcome.torn.push(line);
        } else {
            self.outcome.torn_left_out += 1;
        }
    }

    fn accept(&mut self, head: Head) {
        (self.seq, self.hash) = (head.seq, Some(head.hash));
        self.outcome.head = head;
    }

    fn links(&self, prev: Hash) -> bool {
        self.hash.is_none_or(|hash| hash == prev)
    }

    /// A line whose hash is right.
    pub(crate) fn sealed(&mut self, line: u64, sealed: &Sealed<'_>) {
        let head = sealed.head();
        if let Some(expected) = self.expected.filter(|expected| expected.seq == head.seq) {
            self.head_seen |= expected == head;
            self.at_head = Some(line);
        }
        if let Some(broken) = self.broken.take() {
            if self.resolve(line, &broken, sealed) {
                return;
            }
        } else if let Some(odd) = self.odd.take() {
            self.place(&odd, sealed);
        }
        if head.seq != self.next() {
            self.odd = Some(Odd { line, head });
            return;
        }
        if !self.links(sealed.prev) {
            self.find(Finding::Unlinked { line });
        } else if sealed.fields.kind == Kind::Torn && self.hash.is_some() {
            self.find(Finding::FragmentMissing { line });
        }
        self.accept(head);
    }

    /// What lines with a wrong hash were, now that the line after them is known. True if that one is dealt with.
    fn resolve(&mut self, line: u64, broken: &Broken, sealed: &Sealed<'_>) -> bool {
        let (first, last) = (broken.first, line - 1);
        let continues = sealed.fields.seq == self.next() && self.links(sealed.prev);
        if continues && broken.torn.as_ref().is_some_and(|torn| sealed.closes(torn)) {
            let bytes = broken.torn.as_ref().map_or(0, |torn| torn.bytes);
            self.tear(TornLine { line: first, bytes, closed: true });
            self.accept(sealed.head());
            return true;
        }
        if continues && self.hash.is_some() && sealed.fields.kind != Kind::Torn {
            self.find(Finding::Inserted { first, last });
            self.accept(sealed.head());
            return true;
        }
        self.find(Finding::Changed { first, last });
        // As many numbers as lines are gone; fewer if a line feed was put into one of them, or if they were torn.
        if (self.next()..=self.next().saturating_add(broken.count)).contains(&sealed.fields.seq) {
            self.accept(sealed.head());
            return true;
        }
        (self.seq, self.hash) = (self.seq.saturating_add(broken.count), None);
        false
    }

    /// What an odd line was, now that the line after it is known.
    fn place(&mut self, odd: &Odd, after: &Sealed<'_>) {
        let (line, expected, found) = (odd.line, self.next(), odd.head.seq);
        if after.fields.seq == expected.saturating_add(1) {
            // It stands where another line should stand.
            self.find(Finding::OutOfPlace { line, found, expected });
            (self.seq, self.hash) = (expected, None);
        } else if after.fields.seq == expected && self.links(after.prev) {
            // It stands between two lines that belong together.
            self.find(Finding::OutOfPlace { line, found, expected });
        } else {
            self.jump(odd);
        }
    }

    /// The trail goes on from the odd line.
    fn jump(&mut self, odd: &Odd) {
        let (line, expected, found) = (odd.line, self.next(), odd.head.seq);
        self.find(match found {
            _ if found > expected => Finding::Removed { line, from: expected, to: found - 1 },
            _ => Finding::OutOfPlace { line, found, expected },
        });
        self.accept(odd.head);
    }

    /// A line whose hash is wrong; without bytes if it is too long.
    pub(crate) fn broken(&mut self, line: u64, bytes: Option<&[u8]>) {
        if let Some(odd) = self.odd.take() {
            self.jump(&odd);
        }
        let next = self.next();
        match &mut self.broken {
            Some(broken) => {
                broken.count += 1;
                broken.torn = None;
            }
            none => {
                let plausible = bytes.is_some_and(|bytes| line::may_be_torn(bytes, next));
                *none = Some(Broken { first: line, count: 1, torn: bytes.map(Torn::of), plausible });
            }
        }
    }

    /// What stands behind the last line feed.
    pub(crate) fn unfinished(&mut self, line: u64, bytes: Option<&[u8]>) {
        if let Some(odd) = self.odd.take() {
            self.jump(&odd);
        }
        let bytes = bytes.unwrap_or_default();
        let size = bytes.len() as u64;
        let torn = if let Some(broken) = self.broken.take() {
            // An unfinished line, and the unfinished line that was to close it.
            let head = self.hash.map(|hash| Head { seq: self.seq, hash }).filter(|_| broken.plausible);
            let closing = head.zip(broken.torn.as_ref()).and_then(|(head, torn)| line::closing(&head, torn).ok());
            if !closing.is_some_and(|(closing, _)| closing.starts_with(bytes)) {
                return self.find(Finding::Changed { first: broken.first, last: line });
            }
            TornLine { line: broken.first, bytes: broken.torn.map_or(0, |torn| torn.bytes), closed: false }
        } else if line::may_be_torn(bytes, self.next()) && size > 0 {
            TornLine { line, bytes: size, closed: false }
        } else {
            return self.find(Finding::Changed { first: line, last: line });
        };
        self.tear(torn);
    }

    pub(crate) fn end(mut self) -> Outcome {
        if let Some(odd) = self.odd.take() {
            self.jump(&odd);
        }
        if let Some(broken) = self.broken.take() {
            self.find(Finding::Changed { first: broken.first, last: broken.first + broken.count - 1 });
        }
        if let Some(expected) = self.expected.filter(|_| !self.head_seen) {
            let found = self.outcome.head.seq;
            self.find(match self.at_head {
                Some(line) => Finding::Replaced { line },
                None => Finding::CutOff { found, expected: expected.seq },
            });
        }
        // A line that was found elsewhere is not missing: it was moved, and that is said of it already.
        let moved: Vec<u64> = self.outcome.findings.iter().filter_map(moved).collect();
        let is_moved = |finding: &Finding| matches!(finding, Finding::Removed { from, to, .. } if from == to && moved.contains(from));
        self.outcome.findings.retain(|finding| !is_moved(finding));
        self.outcome
    }
}

fn moved(finding: &Finding) -> Option<u64> {
    match finding {
        Finding::OutOfPlace { found, .. } => Some(*found),
        _ => None,
    }
}
