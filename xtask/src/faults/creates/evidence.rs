//! What is known of a schedule when it is over: what the clients' side told, and what the sandbox saw and did. They are joined by the number that each
//! request carried.

use std::collections::BTreeMap;

use clinical_sandbox::Ledger;
use clinical_sandbox::journal::Journal;

use super::plan::Plan;
use super::wire::{CallOrder, ClientLog, Content, Event, Outcome};
use crate::faults::process::Fate;

/// A request as the sandbox saw it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// In the sandbox's journal.
    pub(super) number: u64,
    /// What it played on it.
    pub(super) faults: Vec<String>,
}

/// One request and what came back, as the client's side saw it, beside what the sandbox knows of it.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) number: u64,
    /// When it began, in virtual milliseconds.
    pub(super) time: u64,
    pub(super) head: Option<(u16, bool)>,
    /// Without a head: whether bytes may have left.
    pub(super) failed: Option<bool>,
    pub(super) given_up: Option<bool>,
    /// Whether the body is whole, and what it is.
    pub(super) body: Option<(bool, String)>,
    /// The sandbox's account; empty if it saw no request.
    pub(super) attempts: Vec<Seen>,
    /// What the sandbox made for it.
    pub(super) made: Vec<String>,
}

impl Exchange {
    /// For people.
    pub(super) fn end(&self) -> String {
        match (self.head, self.failed, self.given_up) {
            (Some((status, _)), ..) => format!("answer {status}"),
            (None, Some(true), _) => "a connection that broke".to_owned(),
            (None, Some(false), _) | (None, None, Some(false)) => "no connection".to_owned(),
            (None, None, Some(true)) => "no answer in time".to_owned(),
            (None, None, None) => "its process died".to_owned(),
        }
    }

    /// What the sandbox played on it.
    pub(super) fn faults(&self) -> impl Iterator<Item = &str> {
        self.attempts.iter().flat_map(|attempt| attempt.faults.iter().map(String::as_str))
    }
}

/// How a call ended for its caller.
#[derive(Debug)]
pub(super) enum End {
    Told(Outcome),
    /// The caller went away.
    Left,
    /// Nothing more was heard.
    Silent,
}

/// One call.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) order: CallOrder,
    pub(super) logged: bool,
    pub(super) life: usize,
    /// Whether its life was lived beside another.
    pub(super) rival: bool,
    /// Where in the story it began, and at which virtual millisecond; none if it did not.
    pub(super) began: Option<(usize, u64)>,
    /// Where in the story it ended.
    pub(super) over: usize,
    pub(super) end: End,
    pub(super) exchanges: Vec<Exchange>,
}

impl Asked {
    pub(super) fn content(&self) -> Content {
        self.order.content
    }

    /// Everything that was made for it.
    pub(super) fn made(&self) -> impl Iterator<Item = &String> {
        self.exchanges.iter().flat_map(|exchange| &exchange.made)
    }

    pub(super) fn is_processed(&self) -> bool {
        self.made().next().is_some()
    }

    /// Whether its caller knows for certain that nothing was created by it.
    pub(super) fn is_certainly_not(&self) -> bool {
        matches!(&self.end, End::Told(outcome) if outcome.id.is_none() && !outcome.perhaps)
    }
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) story: Vec<(usize, Event)>,
    pub(super) fates: Vec<Fate>,
    pub(super) asked: Vec<Asked>,
    /// Requests that were sent outside of any call.
    pub(super) stray: Vec<Exchange>,
    /// Creates that arrived without a number of this schedule.
    pub(super) foreign: Vec<String>,
    /// What is on record at the end.
    pub(super) records: BTreeMap<Content, Option<String>>,
    /// For each entry of the ledger, the requests that were processed.
    pub(super) processed: Vec<Vec<u64>>,
    /// Whether the sandbox closed a connection that the clients could have gone on using.
    pub(super) closes: bool,
    /// All that the sandbox says, for people.
    pub(super) sandbox: Option<(Journal, Ledger)>,
    /// How many requests had come before anything went wrong.
    pub(super) setup: u64,
    /// Whether the log was made to fail.
    pub(super) log_fails: bool,
}

impl Evidence {
    pub(super) fn new(
        plan: &Plan,
        told: Vec<(Vec<Event>, Fate)>,
        sandbox: Option<(Journal, Ledger)>,
        setup: u64,
    ) -> Self {
        let mut all = Self { setup, log_fails: plan.log_fails.is_some(), ..Self::default() };
        for (life, call) in plan.calls() {
            let logged = plan.clients[call.client].log != ClientLog::None;
            let order = call.clone();
            let (exchanges, end) = (Vec::new(), End::Silent);
            let rival = plan.rivals && life <= 2;
            all.asked.push(Asked { order, logged, life, rival, began: None, over: usize::MAX, end, exchanges });
        }
        let mut exchanges: Vec<(Option<u32>, Exchange)> = Vec::new();
        for (life, (events, fate)) in (1..).zip(told) {
            for event in events {
                all.hear(&event, &mut exchanges);
                all.story.push((life, event));
            }
            all.fates.push(fate);
        }
        if let Some((journal, ledger)) = sandbox {
            join(&journal, &ledger, setup, &mut exchanges, &mut all.foreign);
            all.processed = ledger.entries.iter().map(|entry| entry.attempts.clone()).collect();
            // By a fault on a connection, or on a request that went before on it.
            all.closes = journal.attempts.iter().any(|attempt| !attempt.faults.is_empty())
                || journal.connections.iter().any(|connection| connection.fault.is_some());
            all.sandbox = Some((journal, ledger));
        }
        for (call, exchange) in exchanges {
            match all.asked.iter_mut().find(|asked| Some(asked.order.number) == call) {
                Some(asked) => asked.exchanges.push(exchange),
                None => all.stray.push(exchange),
            }
        }
        all
    }

    fn hear(&mut self, event: &Event, exchanges: &mut Vec<(Option<u32>, Exchange)>) {
        let at = self.story.len();
        let mut of = |number: u64, change: &dyn Fn(&mut Exchange)| {
            if let Some((_, exchange)) = exchanges.iter_mut().find(|(_, exchange)| exchange.number == number) {
                change(exchange);
            }
        };
        match event {
            Event::Sent { exchange, call, at: time } => {
                exchanges.push((*call, Exchange { number: *exchange, time: *time, ..Exchange::default() }));
            }
            Event::Head { exchange, status, hinted } => of(*exchange, &|of| of.head = Some((*status, *hinted))),
            Event::Failed { exchange, started, .. } => of(*exchange, &|of| of.failed = Some(*started)),
            Event::GivenUp { exchange, started } => of(*exchange, &|of| of.given_up = Some(*started)),
            Event::Over { exchange, whole, text } => of(*exchange, &|of| of.body = Some((*whole, text.clone()))),
            Event::Begins { call, at: time } => self.call(*call, |asked| asked.began = Some((at, *time))),
            Event::Ended { call, outcome } => {
                self.call(*call, |asked| (asked.end, asked.over) = (End::Told(outcome.clone()), at));
            }
            Event::Left { call } => self.call(*call, |asked| (asked.end, asked.over) = (End::Left, at)),
            Event::OnRecord { content, state } => {
                self.records.insert(*content, state.clone());
            }
            Event::Dies { .. } | Event::Broken { .. } => {}
        }
    }

    fn call(&mut self, number: u32, change: impl FnOnce(&mut Asked)) {
        if let Some(asked) = self.asked.iter_mut().find(|asked| asked.order.number == number) {
            change(asked);
        }
    }
}

/// Gives each request what the sandbox says of it.
fn join(
    journal: &Journal,
    ledger: &Ledger,
    setup: u64,
    exchanges: &mut [(Option<u32>, Exchange)],
    foreign: &mut Vec<String>,
) {
    let made: BTreeMap<u64, &String> =
        ledger.entries.iter().flat_map(|entry| entry.attempts.iter().copied().zip(&entry.created)).collect();
    for attempt in journal.attempts.iter().filter(|attempt| attempt.number > setup) {
        let number: Option<u64> = attempt.patient().and_then(|patient| patient.parse().ok());
        let exchange = exchanges.iter_mut().find(|(_, exchange)| Some(exchange.number) == number);
        let Some((_, exchange)) = exchange else {
            // A connection that broke within a head is noted as an unknown request.
            if attempt.operation != "unknown" {
                foreign.push(attempt.operation.clone());
            }
            continue;
        };
        exchange.made.extend(made.get(&attempt.number).map(|id| (*id).clone()));
        exchange.attempts.push(Seen { number: attempt.number, faults: attempt.faults.clone() });
    }
}
