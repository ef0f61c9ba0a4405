//! What a seed of the suite `creates` means: contents, clients, calls that ask for them one after the other and at the same time, and what goes wrong, drawn
//! before anything happens.

use std::fmt::{self, Write as _};

use clinical_sandbox::Fault;
use fastrand::Rng;

use super::content::{operation, shown};
use super::wire::{CallOrder, ClientLog, ClientOrder, Content, Kind, Round};
use super::{WINDOW, draw};
use crate::faults::point::Point;
use crate::faults::wire::Death;

/// Where creates are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Log {
    None,
    Memory,
    Directory,
}

/// What is done until the process is killed, or until it is done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Life {
    pub(super) rounds: Vec<Round>,
    pub(super) death: Option<Death>,
}

/// One schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it was drawn from.
    pub seed: u64,
    pub(super) log: Log,
    /// Which of its operations fails, counted from 1.
    pub(super) log_fails: Option<u32>,
    pub(super) clients: Vec<ClientOrder>,
    /// More than one only if they are processes.
    pub(super) lives: Vec<Life>,
    pub(super) is_process: bool,
    /// Whether the first two of them are lived at the same time.
    pub(super) rivals: bool,
    pub(super) faults: Vec<Fault>,
    /// Requests that the sandbox takes within so many virtual seconds.
    pub(super) limit: Option<(u32, u64)>,
    /// After how many waits of the clients there is a sandbox at all.
    pub(super) late: Option<u32>,
    /// Which of the shapes of answers the sandbox has: bits.
    pub(super) shapes: u32,
    /// What every content of it is.
    pub(super) contents: Vec<Content>,
}

impl Plan {
    /// Draws the schedule of a seed.
    pub fn draw(seed: u64) -> Self {
        // Neighbouring seeds, and the other suites, have nothing in common.
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x6372_6561_7465_7321);
        let rng = &mut rng;
        let is_process = rng.u32(0..100) < 4;
        let log = match rng.u32(0..20) {
            _ if is_process => Log::Directory,
            0..7 => Log::None,
            7..14 => Log::Memory,
            _ => Log::Directory,
        };
        let late = (!is_process && rng.u32(0..20) == 0).then(|| rng.u32(1..8));
        let limit = (late.is_none() && rng.u32(0..12) == 0).then(|| (rng.u32(1..4), rng.u64(1..90)));
        let newer = rng.bool();
        // Without a sandbox from the start, or with one that takes few requests, there is nothing to order from.
        let is_bare = late.is_some() || limit.is_some();
        let contents: Vec<Content> =
            (0..[1, 1, 1, 2, 3][rng.usize(..5)]).map(|n| content(rng, n, newer, is_bare)).collect();
        let log_fails = (!is_process && log != Log::None && rng.u32(0..15) == 0).then(|| rng.u32(1..6));
        let clients = clients(rng, log, newer, &contents);
        let rivals = is_process && rng.u32(0..3) == 0;
        let count = if is_process { rng.usize(2..4) + usize::from(rivals) } else { 1 };
        let lives = lives(rng, &clients, &contents, count);
        let faults = (0..[0, 1, 1, 1, 2, 2, 3, 4][rng.usize(..8)])
            .map(|_| {
                let content = contents[rng.usize(..contents.len())];
                draw::fault(rng, operation(content))
            })
            .collect();
        Self {
            seed,
            log,
            log_fails,
            clients,
            lives,
            is_process,
            rivals,
            faults,
            limit,
            late,
            shapes: rng.u32(..),
            contents,
        }
    }

    /// Whether there has to be somebody to order for, and something to refill.
    pub(super) fn needs(&self) -> (bool, bool) {
        let any = |wanted: fn(&Content) -> bool| self.contents.iter().any(wanted);
        let refill = any(|content| content.kind == Kind::Refill);
        let people = any(|content| content.kind == Kind::Order || (content.kind == Kind::Patient && content.newer));
        (people || refill, refill)
    }

    /// All calls.
    pub(super) fn calls(&self) -> impl Iterator<Item = (usize, &CallOrder)> {
        let lives = (1..).zip(&self.lives);
        lives.flat_map(|(life, lived)| {
            lived.rounds.iter().flat_map(move |round| round.calls.iter().map(move |call| (life, call)))
        })
    }
}

fn content(rng: &mut Rng, number: u32, newer: bool, is_bare: bool) -> Content {
    let kind = match rng.u32(0..10) {
        0..2 => Kind::Practitioner,
        4..6 if !(is_bare && newer) => Kind::Patient,
        6..9 if !is_bare => Kind::Order,
        9 if !is_bare => Kind::Refill,
        // Those that need nothing and are the same in both revisions.
        _ => Kind::Webhook,
    };
    Content { kind, number, newer: newer && !matches!(kind, Kind::Refill | Kind::Webhook) }
}

fn clients(rng: &mut Rng, log: Log, newer: bool, contents: &[Content]) -> Vec<ClientOrder> {
    // What is the same in both revisions can be asked for in both.
    let is_shared = contents.iter().all(|content| matches!(content.kind, Kind::Refill | Kind::Webhook));
    let client = |rng: &mut Rng, number: usize| ClientOrder {
        newer: if number > 0 && is_shared { rng.bool() } else { newer },
        log: match rng.u32(0..20) {
            _ if log == Log::None => ClientLog::None,
            0..2 if number > 0 => ClientLog::None,
            2..11 if number > 0 && log == Log::Directory => ClientLog::Own,
            _ => ClientLog::Shared,
        },
        renews: rng.u32(0..4) == 0,
        attempt: [120, 160, 200, 250][rng.usize(..4)],
        stall: [40, 60, 90][rng.usize(..3)],
        at_once: if rng.u32(0..6) == 0 { 1 } else { 64 },
    };
    (0..[1, 1, 2][rng.usize(..3)]).map(|number| client(rng, number)).collect()
}

fn round(rng: &mut Rng, next: &mut u32, clients: &[ClientOrder], contents: &[Content], is_process: bool) -> Round {
    let most = if is_process { 3 } else { 5 };
    let calls = (0..[1, 1, 2, 2, 3, 4][rng.usize(..6)].min(most)).map(|_| {
        *next += 1;
        // Mostly the first, so that the same is asked for again and again.
        let content = contents[if rng.u32(0..3) > 0 { 0 } else { rng.usize(..contents.len()) }];
        CallOrder {
            number: *next,
            client: rng.usize(..clients.len()),
            content,
            again: rng.u32(0..6) == 0,
            leave: (rng.u32(0..9) == 0).then(|| rng.u32(0..10)),
        }
    });
    let calls = calls.collect();
    let day = WINDOW.as_secs();
    let after = [0, 0, 0, 0, 0, 1, 30, 600, day / 2, day + 600][rng.usize(..10)];
    Round { calls, rotates: rng.u32(0..5) == 0, after }
}

fn lives(rng: &mut Rng, clients: &[ClientOrder], contents: &[Content], count: usize) -> Vec<Life> {
    let is_process = count > 1;
    let mut number = 0;
    let mut lives = Vec::new();
    for life in 1..=count {
        let is_last = life == count;
        let rounds = if is_process { rng.usize(1..3) } else { [1, 2, 2, 3, 4][rng.usize(..5)] };
        let mut rounds: Vec<Round> =
            (0..rounds).map(|_| round(rng, &mut number, clients, contents, is_process)).collect();
        if is_process && is_last {
            rounds.push(asked_again(&mut number, contents, clients));
        }
        lives.push(Life { rounds, death: (is_process && !is_last && rng.u32(0..8) > 0).then(|| death(rng)) });
    }
    lives
}

/// A caller who does not know how it ended asks for everything again.
fn asked_again(next: &mut u32, contents: &[Content], clients: &[ClientOrder]) -> Round {
    let calls = contents.iter().map(|content| {
        *next += 1;
        let client = clients.iter().position(|client| client.log != ClientLog::None).unwrap_or_default();
        CallOrder { number: *next, client, content: *content, again: false, leave: None }
    });
    Round { calls: calls.collect(), rotates: false, after: 0 }
}

fn death(rng: &mut Rng) -> Death {
    use Point::{
        BodyEnds, BodyPending, CreatedBegins, CreatedEnds, IntendBegins, IntendEnds, NotCreatedBegins, NotCreatedEnds,
        PieceCame, Root, SendBegins, SendEnds, SendPending, SleepBegins, SleepEnds,
    };
    if rng.u32(0..6) == 0 {
        return Death::Torn { bytes: rng.u64(0..400) };
    }
    let points = [
        IntendBegins,
        IntendEnds,
        IntendEnds,
        SendBegins,
        SendPending,
        SendPending,
        SendEnds,
        BodyPending,
        PieceCame,
        BodyEnds,
        CreatedBegins,
        CreatedBegins,
        CreatedEnds,
        NotCreatedBegins,
        NotCreatedEnds,
        Root,
        SleepBegins,
        SleepEnds,
    ];
    let point = points[rng.usize(..points.len())];
    Death::At { point, nth: rng.u32(1..=if point == Root { 12 } else { 2 }) }
}

/// For a person who replays it.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let processes = if self.is_process { ", in processes that are killed" } else { "" };
        writeln!(f, "suite creates, seed {}, log {:?}{processes}", self.seed, self.log)?;
        for (number, client) in self.clients.iter().enumerate() {
            writeln!(f, "  client {number}: {client:?}")?;
        }
        for fault in &self.faults {
            let fault = serde_json::to_string(fault).map_err(|_| fmt::Error)?;
            writeln!(f, "  fault: {fault}")?;
        }
        if let Some(nth) = self.log_fails {
            writeln!(f, "  operation {nth} of the log fails")?;
        }
        if let Some((calls, seconds)) = self.limit {
            writeln!(f, "  {calls} requests in {seconds} s are taken")?;
        }
        if let Some(waits) = self.late {
            writeln!(f, "  the sandbox begins after {waits} waits")?;
        }
        for (life, lived) in (1..).zip(&self.lives) {
            let rivals = if self.rivals && life <= 2 { " at the same time" } else { "" };
            writeln!(f, "  life {life}{rivals}, death {:?}", lived.death)?;
            for round in &lived.rounds {
                let mut calls = String::new();
                for call in &round.calls {
                    let again = if call.again { " again" } else { "" };
                    let leave = call.leave.map(|polls| format!(" left after {polls} polls")).unwrap_or_default();
                    write!(calls, "; call {}: {}{again} by {}{leave}", call.number, shown(call.content), call.client)?;
                }
                let keys = if round.rotates { ", keys rotate" } else { "" };
                writeln!(f, "    after {} s{keys}{calls}", round.after)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SEEDS: std::ops::Range<u64> = 0..5_000;

    fn drawn<T: Ord>(of: impl Fn(&Plan) -> Vec<T>) -> BTreeSet<T> {
        SEEDS.flat_map(|seed| of(&Plan::draw(seed))).collect()
    }

    #[test]
    fn a_seed_always_means_the_same_schedule_and_another_seed_another() {
        assert_eq!(drawn(|plan| vec![plan.to_string()]).len() as u64, SEEDS.end);
        assert!(SEEDS.take(100).all(|seed| Plan::draw(seed) == Plan::draw(seed)));
    }

    #[test]
    fn every_fault_of_the_sandbox_falls_on_every_create() {
        let kinds = drawn(|plan| plan.faults.iter().map(|fault| fault.kind().name()).collect());
        assert_eq!(kinds.len(), 18, "{kinds:?}");
        let creates = drawn(|plan| plan.contents.iter().map(|content| operation(*content)).collect());
        assert_eq!(creates.len(), 6, "{creates:?}");
        assert!(SEEDS.flat_map(|seed| Plan::draw(seed).faults).any(|fault| fault.is_after_commit()));
    }

    #[test]
    fn no_answer_that_says_no_is_played_on_what_was_processed() {
        for fault in SEEDS.flat_map(|seed| Plan::draw(seed).faults) {
            let written = serde_json::to_value(fault.kind()).unwrap();
            let hint = &written["retry_after"];
            let refuses = matches!(written["status"].as_u64(), Some(400..=499 | 501 | 505))
                || (written["status"] == 503 && hint["seconds"].is_u64());
            assert!(!(refuses && fault.is_after_commit()), "{written}");
        }
    }

    #[test]
    fn a_call_has_its_own_number_and_a_client_that_can_write_its_content() {
        for plan in SEEDS.map(Plan::draw) {
            let numbers: BTreeSet<u32> = plan.calls().map(|(_, call)| call.number).collect();
            assert_eq!(numbers.len(), plan.calls().count());
            for (_, call) in plan.calls() {
                let shared = matches!(call.content.kind, Kind::Refill | Kind::Webhook);
                assert!(shared || call.content.newer == plan.clients[call.client].newer, "{plan}");
            }
        }
    }
}
