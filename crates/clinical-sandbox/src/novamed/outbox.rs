//! Events that are to come and their way to the registrations: what is due when, who is being called, and how every call
//! went. One registration is called once at a time, so that it sees events in their order. It calls nobody itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use super::facts::{DeliveryFacts, DeliveryOutcome, DeliveryTry, EventFacts};
use super::shelf::MOST;
use crate::digest;
use crate::loopback::Place;
use crate::switches::WebhookSchedule;

/// The most events that are to come: five for each order. On a clock that stands still the soonest make room.
const MOST_PLANNED: usize = 5 * MOST;

const MINUTE: u64 = 60;

/// The documented schedule: how long after the call before each call comes.
const GAPS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_secs(MINUTE),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(15 * MINUTE),
    Duration::from_secs(60 * MINUTE),
];

/// Something that will happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// Its name at revision 2026-01.
    pub(super) name: &'static str,
    pub(super) clinic: String,
    /// The id of the medication order or the practitioner.
    pub(super) subject: String,
}

/// One event for one registration. No `Debug`: it holds a body and a key.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) webhook: String,
    /// The name of the event as it is sent.
    pub(super) event: &'static str,
    pub(super) subject: String,
    pub(super) body: Bytes,
    pub(super) key: String,
    /// Where it goes.
    ///
    /// # Errors
    ///
    /// Why it goes nowhere.
    pub(super) place: Result<Place, &'static str>,
}

/// A call that is to be made now. No `Debug`: it holds a body and a key.
pub(super) struct Call {
    pub(super) number: u64,
    pub(super) webhook: String,
    pub(super) place: Place,
    pub(super) key: String,
    pub(super) body: Bytes,
}

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Went {
    pub(super) began: Duration,
    pub(super) answer: Result<u16, &'static str>,
}

struct Delivery {
    facts: DeliveryFacts,
    /// The rest of the way; nothing once it is over.
    call: Option<(Place, String, Bytes)>,
    first: Option<Duration>,
}

/// All of it. The bodies have names in them, so there is no `Debug`.
#[derive(Default)]
pub(super) struct Outbox {
    planned: BTreeMap<(Duration, u64), Event>,
    happened: VecDeque<EventFacts>,
    deliveries: BTreeMap<u64, Delivery>,
    /// The calls to come, by the time at which they are due.
    queue: BTreeMap<(Duration, u64), u64>,
    /// The registrations that are being called.
    busy: BTreeSet<String>,
    sequence: u64,
    last_number: u64,
}

impl Outbox {
    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Plans an event.
    pub(super) fn plan(&mut self, at: Duration, event: Event) {
        let sequence = self.next_sequence();
        self.planned.insert((at, sequence), event);
        if self.planned.len() > MOST_PLANNED {
            self.planned.pop_first();
        }
    }

    /// The next event that is due, taken out and noted as happened.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<(Duration, Event)> {
        let first = self.planned.first_entry().filter(|first| first.key().0 <= now)?;
        let ((at, _), event) = first.remove_entry();
        let facts = EventFacts { at_ms: in_millis(at), event: event.name, subject: event.subject.clone() };
        self.happened.push_back(facts);
        if self.happened.len() > MOST {
            self.happened.pop_front();
        }
        Some((at, event))
    }

    /// Puts a letter on its way, to be sent at once.
    pub(super) fn send(&mut self, at: Duration, letter: Letter) {
        self.last_number += 1;
        let number = self.last_number;
        let Letter { webhook, event, subject, body, key, place } = letter;
        let (outcome, reason) = match &place {
            Ok(_) => (DeliveryOutcome::Pending, None),
            Err(reason) => (DeliveryOutcome::NotDelivered, Some(*reason)),
        };
        let facts = DeliveryFacts {
            number,
            webhook_id: webhook,
            event: event.to_owned(),
            subject,
            body_sha256: digest::sha256_hex(&body),
            tries: Vec::new(),
            outcome,
            reason,
        };
        let call = place.ok().map(|place| (place, key, body));
        if call.is_some() {
            let sequence = self.next_sequence();
            self.queue.insert((at, sequence), number);
        }
        self.deliveries.insert(number, Delivery { facts, call, first: None });
        while self.deliveries.len() > MOST {
            self.deliveries.pop_first();
        }
    }

    /// The calls that are due and whose registration is not being called, at most so many. They count as begun.
    pub(super) fn begin(&mut self, now: Duration, most: usize) -> Vec<Call> {
        let (mut calls, mut gone) = (Vec::new(), Vec::new());
        for (slot, number) in self.queue.range(..=(now, u64::MAX)) {
            if calls.len() >= most {
                break;
            }
            // A delivery that made room for others is called no more.
            let found = self.deliveries.get(number).and_then(|delivery| Some((delivery, delivery.call.as_ref()?)));
            let Some((delivery, (to, key, body))) = found else {
                gone.push(*slot);
                continue;
            };
            if self.busy.insert(delivery.facts.webhook_id.clone()) {
                let webhook = delivery.facts.webhook_id.clone();
                let (place, key, body) = (to.clone(), key.clone(), body.clone());
                calls.push(Call { number: *number, webhook, place, key, body });
                gone.push(*slot);
            }
        }
        for slot in gone {
            self.queue.remove(&slot);
        }
        calls
    }

    /// Notes how a call went and plans the next one where it is needed.
    pub(super) fn end(&mut self, number: u64, webhook: &str, went: Went, schedule: WebhookSchedule) {
        self.busy.remove(webhook);
        let Some(delivery) = self.deliveries.get_mut(&number) else {
            return;
        };
        let first = *delivery.first.get_or_insert(went.began);
        let tries = &mut delivery.facts.tries;
        tries.push(DeliveryTry { at_ms: in_millis(went.began), status: went.answer.ok(), failure: went.answer.err() });
        let made = tries.len();
        // A registration that was deleted during the call stays deleted.
        if delivery.facts.outcome != DeliveryOutcome::Pending {
            return;
        }
        if went.answer == Ok(200) {
            return delivery.finish(DeliveryOutcome::Delivered);
        }
        let Some(gap) = GAPS.get(made) else {
            return delivery.finish(DeliveryOutcome::Failed);
        };
        let from = match schedule {
            WebhookSchedule::FromPrevious => went.began,
            WebhookSchedule::FromFirst => first,
        };
        let sequence = self.next_sequence();
        self.queue.insert((from.saturating_add(*gap), sequence), number);
    }

    /// Ends everything on its way to a registration.
    pub(super) fn cancel(&mut self, webhook: &str) {
        for delivery in self.deliveries.values_mut() {
            if delivery.facts.webhook_id == webhook && delivery.facts.outcome == DeliveryOutcome::Pending {
                delivery.finish(DeliveryOutcome::Cancelled);
            }
        }
        let deliveries = &self.deliveries;
        self.queue.retain(|_, number| deliveries.get(number).is_some_and(|delivery| delivery.call.is_some()));
    }

    /// When something is due that is not under way yet.
    pub(super) fn next_due(&self) -> Option<Duration> {
        let firsts = [self.planned.keys().next(), self.queue.keys().next()];
        firsts.into_iter().flatten().map(|(at, _)| *at).min()
    }

    /// When something is due after `now`; what is due by then waits for a registration to be free.
    pub(super) fn next_after(&self, now: Duration) -> Option<Duration> {
        let after = (std::ops::Bound::Excluded((now, u64::MAX)), std::ops::Bound::Unbounded);
        let firsts = [
            self.planned.range(after).next().map(|(place, _)| place.0),
            self.queue.range(after).next().map(|(place, _)| place.0),
        ];
        firsts.into_iter().flatten().min()
    }

    /// How many registrations are being called.
    pub(super) fn under_way(&self) -> usize {
        self.busy.len()
    }

    pub(super) fn happened(&self) -> Vec<EventFacts> {
        self.happened.iter().cloned().collect()
    }

    pub(super) fn deliveries(&self) -> Vec<DeliveryFacts> {
        self.deliveries.values().map(|delivery| delivery.facts.clone()).collect()
    }
}

impl Delivery {
    /// Ends it. What it would have sent is forgotten.
    fn finish(&mut self, outcome: DeliveryOutcome) {
        self.facts.outcome = outcome;
        self.call = None;
    }
}

fn in_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
