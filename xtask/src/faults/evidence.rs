//! What is known of a schedule when it is over, from three witnesses: the client's process told what reached the machine and what it reported, the
//! sandbox knows what it processed and took away, and the store is what it is. They are joined by the number that each request carried.

use base64::Engine as _;
use clinical_long_tasks::{Entry, State};
use clinical_sandbox::journal::Attempt;
use clinical_sandbox::{Ledger, TaskFacts};

use super::process::Fate;
use super::submission_of;
use super::wire::Line;

/// An entry of the store, and what is kept in it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) entry: Entry,
    pub(super) bytes: Option<Vec<u8>>,
}

impl Kept {
    pub(super) fn task(&self) -> Option<&str> {
        self.entry.token.as_ref().map(clinical_long_tasks::TaskToken::task)
    }

    pub(super) fn submission(&self) -> Option<usize> {
        submission_of(self.entry.origin.as_ref()?.references.first()?)
    }

    pub(super) fn is_stored(&self) -> bool {
        matches!(self.entry.state, State::Stored(_))
    }
}

/// One request and what came back, as this machine saw it, beside what the sandbox knows of it.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Where in the story it began.
    pub(super) at: usize,
    /// Of which life, and where the sandbox saw it among all: lives at the same time have no other order.
    pub(super) life: usize,
    pub(super) order: u64,
    /// Whether it asks after a task, and then after which.
    pub(super) poll: bool,
    pub(super) task: Option<String>,
    /// The submission that it belongs to.
    pub(super) submission: Option<usize>,
    pub(super) head: Option<(u16, bool)>,
    /// What came of the body.
    pub(super) bytes: Vec<u8>,
    /// How much of it died with the process before anything could be done with it.
    pub(super) exposed: usize,
    /// The sandbox's account; `None` if it saw no request.
    pub(super) attempt: Option<Attempt>,
}

impl Exchange {
    /// Whether the machine was told that the vendor did not process it.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self.head, Some((408 | 425 | 429, _) | (503, true)))
    }

    pub(super) fn has_consumed(&self) -> bool {
        self.attempt.as_ref().is_some_and(|attempt| attempt.consumed)
    }

    /// Whether it asks after this task.
    pub(super) fn is_about(&self, task: &str) -> bool {
        self.poll && self.task.as_deref() == Some(task)
    }

    /// Whether a fault changed what the answer says.
    pub(super) fn is_garbled(&self) -> bool {
        let garbled = |fault: &String| fault == "invalid_json" || fault == "duplicate_keys";
        self.attempt.as_ref().is_some_and(|attempt| attempt.faults.iter().any(garbled))
    }
}

/// What a life told, and how it ended.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) lines: Vec<Line>,
    pub(super) fate: Fate,
}

/// Everything.
#[derive(Debug)]
pub(super) struct Evidence {
    /// What the client told, with the number of the life, in order.
    pub(super) story: Vec<(usize, Line)>,
    pub(super) fates: Vec<Fate>,
    /// The first of two lives that were lived at the same time.
    pub(super) rivals: Option<usize>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) tasks: Vec<TaskFacts>,
    /// How many creates were processed, of all contents, and of the one that was processed most often.
    pub(super) processed: (u64, u64),
    pub(super) kept: Vec<Kept>,
}

impl Evidence {
    pub(super) fn new(
        told: Vec<Told>,
        rivals: Option<usize>,
        attempts: Vec<Attempt>,
        tasks: Vec<TaskFacts>,
        ledger: &Ledger,
        kept: Vec<Kept>,
    ) -> Self {
        let fates: Vec<Fate> = told.iter().map(|life| life.fate).collect();
        let mut story = Vec::new();
        let mut exchanges: Vec<(u64, Exchange)> = Vec::new();
        for (life, Told { lines, fate }) in (1..).zip(told) {
            let begins = story.len();
            story.extend(lines.into_iter().map(|line| (life, line)));
            exchange(&story, begins, matches!(fate, Fate::Killed | Fate::Torn), &attempts, &mut exchanges);
        }
        let exchanges = exchanges.into_iter().map(|(_, exchange)| exchange).collect();
        let all = ledger.entries.iter().map(|entry| entry.processed);
        let processed = (all.clone().sum(), all.max().unwrap_or(0));
        Self { story, fates, rivals, exchanges, attempts, tasks, processed, kept }
    }

    /// The lines of the last life.
    pub(super) fn last_life(&self) -> impl Iterator<Item = (usize, &Line)> {
        let last = self.fates.len();
        self.story.iter().enumerate().filter(move |(_, (life, _))| *life == last).map(|(at, (_, line))| (at, line))
    }

    /// Whether two lives were lived at the same time.
    pub(super) fn were_rivals(&self, one: usize, other: usize) -> bool {
        self.rivals.is_some_and(|first| one != other && one.min(other) == first && one.max(other) == first + 1)
    }

    pub(super) fn entry_of(&self, task: &str) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.task() == Some(task))
    }
}

/// The claims of a life: where in the story, of which task, and whether their request is known.
#[derive(Default)]
struct Claims<'a> {
    all: Vec<(usize, &'a str, bool)>,
}

impl Claims<'_> {
    /// Takes the oldest claim, of this task or of any, that was made before this place in the story.
    fn take(&mut self, before: usize, task: Option<&str>) -> Option<String> {
        let wanted =
            |(at, of, taken): &&mut (usize, &str, bool)| !*taken && *at < before && task.is_none_or(|task| task == *of);
        let claim = self.all.iter_mut().find(wanted)?;
        claim.2 = true;
        Some(claim.1.to_owned())
    }
}

/// Gathers the exchanges of one life.
fn exchange(story: &[(usize, Line)], begins: usize, died: bool, attempts: &[Attempt], all: &mut Vec<(u64, Exchange)>) {
    let mut under_way = None;
    let mut in_hand = None;
    let mut claims = Claims::default();
    let first = all.len();
    let life = story.last().map_or(0, |(life, _)| *life);
    let mut seen = 0;
    for (at, (_, line)) in story.iter().enumerate().skip(begins) {
        match line {
            Line::Begin { submission } => under_way = Some(*submission),
            Line::Submitted { .. } => under_way = None,
            Line::Claims { task } => claims.all.push((at, task, false)),
            Line::Sent { exchange, poll } => {
                let number = exchange.to_string();
                let attempt = attempts.iter().find(|attempt| attempt.patient() == Some(&number)).cloned();
                let task = attempt.as_ref().and_then(|attempt| attempt.task.clone());
                if let Some(task) = task.as_ref().filter(|_| *poll) {
                    claims.take(at, Some(task));
                }
                // One that the sandbox did not see comes after all that it saw of this life until then.
                let order = attempt.as_ref().map_or(seen, |attempt| attempt.number);
                seen = seen.max(order);
                let submission = under_way.filter(|_| !poll);
                let (poll, head, bytes) = (*poll, None, Vec::new());
                all.push((
                    *exchange,
                    Exchange { at, life, order, poll, task, submission, head, bytes, exposed: 0, attempt },
                ));
            }
            Line::Head { exchange, status, hinted } => {
                if let Some(found) = find(all, *exchange) {
                    found.head = Some((*status, *hinted));
                }
            }
            Line::Came { exchange, bytes } => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap_or_default();
                if let Some(found) = find(all, *exchange) {
                    in_hand = Some((*exchange, bytes.len()));
                    found.bytes.extend_from_slice(&bytes);
                }
            }
            Line::Wrote => in_hand = None,
            _ => {}
        }
    }
    // A request that did not arrive whole names no task: it is that of the oldest claim that no other request belongs to.
    for (_, exchange) in all[first..].iter_mut().filter(|(_, exchange)| exchange.poll && exchange.task.is_none()) {
        exchange.task = claims.take(exchange.at, None);
    }
    // Between the arrival of a piece and its being handed to the system there is no await, but a process can be killed there: that piece dies with it.
    if let Some((exchange, length)) = in_hand.filter(|_| died)
        && let Some(found) = find(all, exchange)
    {
        found.exposed = length;
    }
}

fn find(all: &mut [(u64, Exchange)], number: u64) -> Option<&mut Exchange> {
    all.iter_mut().find(|(other, _)| *other == number).map(|(_, exchange)| exchange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposed(fate: Fate, taken: bool) -> usize {
        let poll = Line::Sent { exchange: 1, poll: true };
        let mut lines =
            vec![Line::Claims { task: "a".into() }, poll, Line::Head { exchange: 1, status: 200, hinted: false }];
        lines.push(Line::Came { exchange: 1, bytes: "eyJzdA==".into() });
        lines.extend(taken.then_some(Line::Wrote));
        let told = vec![Told { lines, fate }];
        let evidence = Evidence::new(told, None, Vec::new(), Vec::new(), &Ledger::default(), Vec::new());
        assert_eq!(evidence.exchanges[0].bytes, br#"{"st"#);
        assert!(evidence.exchanges[0].is_about("a"));
        evidence.exchanges[0].exposed
    }

    #[test]
    fn only_a_dead_process_may_have_had_a_piece_in_its_hands() {
        assert_eq!(exposed(Fate::Killed, false), 4);
        assert_eq!(exposed(Fate::Torn, false), 4);
        assert_eq!(exposed(Fate::Killed, true), 0);
        assert_eq!(exposed(Fate::Lived, false), 0);
    }

    #[test]
    fn rivals_are_two_lives_and_no_others() {
        let told = || (0..4).map(|_| Told { lines: Vec::new(), fate: Fate::Lived }).collect();
        let evidence = Evidence::new(told(), Some(2), Vec::new(), Vec::new(), &Ledger::default(), Vec::new());
        let pairs = (1..5).flat_map(|one| (1..5).map(move |other| (one, other)));
        let rivals: Vec<_> = pairs.filter(|(one, other)| evidence.were_rivals(*one, *other)).collect();
        assert_eq!(rivals, [(2, 3), (3, 2)]);
    }
}
