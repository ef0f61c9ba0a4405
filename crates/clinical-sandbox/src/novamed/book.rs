//! Everything that was made at the vendor's side, behind one lock: a create checks what it needs and makes what it makes in
//! one step, so that two at the same moment cannot both pass a rule that lets one through. It never merges equal contents.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::NOVAMED_CLINIC;
use super::facts::{NovamedFacts, OrderFacts, PatientFacts, PractitionerFacts, RefillFacts, WebhookFacts};
use super::life::Life;
use super::outbox::{Outbox, Went};
use super::revision::Revision;
use super::shelf::{MOST, Shelf};
use crate::digest;
use crate::switches::WebhookSchedule;

/// The book of one sandbox.
#[derive(Debug)]
pub(crate) struct NovamedBook {
    seed: u64,
    clinics: BTreeSet<String>,
    book: Mutex<Book>,
    changed: watch::Sender<u64>,
}

/// What there is. Its parts hold names and addresses, so they have no `Debug`.
#[derive(Default)]
pub(super) struct Book {
    pub(super) practitioners: Shelf<Practitioner>,
    pub(super) patients: Shelf<Patient>,
    /// What an order answers with, by `medication_request_id`.
    pub(super) requests: Shelf<Prescription>,
    pub(super) orders: Shelf<Order>,
    pub(super) refills: Shelf<Refill>,
    pub(super) webhooks: Shelf<Webhook>,
    pub(super) outbox: Outbox,
    /// How many things each content made, so that equal contents get different ids, and the same ones on every run.
    made: HashMap<String, u64>,
    pub(super) generation: u64,
}

impl std::fmt::Debug for Book {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Book").field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// Who made something, and from what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) attempt: u64,
    pub(super) revision: Revision,
}

pub(super) struct Practitioner {
    pub(super) origin: Origin,
    pub(super) clinic: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) npi: String,
    pub(super) active_from: Duration,
}

pub(super) struct Patient {
    pub(super) origin: Origin,
    pub(super) clinic: String,
    pub(super) practitioner: Option<String>,
    /// The state of the address, as it was sent.
    pub(super) state: Option<String>,
}

pub(super) struct Prescription {
    pub(super) order: String,
    pub(super) refills_left: u64,
    /// The newest refill: only that one can be pending.
    pub(super) last_refill: Option<String>,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) origin: Origin,
    pub(super) request: String,
    pub(super) refill: Option<String>,
    pub(super) clinic: String,
    pub(super) patient: String,
    pub(super) practitioner: String,
    /// The name of who ships it.
    pub(super) provider: &'static str,
    pub(super) medication: String,
    pub(super) quantity: Value,
    pub(super) refills: u64,
    pub(super) life: Life,
}

pub(super) struct Refill {
    pub(super) request: String,
    pub(super) order: String,
}

pub(super) struct Webhook {
    pub(super) origin: Origin,
    pub(super) clinic: String,
    pub(super) url: String,
    pub(super) key: String,
    pub(super) from: Duration,
}

impl NovamedBook {
    /// An empty book. The guide's clinic is always there.
    pub(crate) fn new(seed: u64, clinics: impl IntoIterator<Item = String>) -> Self {
        let clinics =
            clinics.into_iter().chain([NOVAMED_CLINIC.to_owned()]).map(|id| id.to_ascii_lowercase()).collect();
        Self { seed, clinics, book: Mutex::default(), changed: watch::Sender::new(0) }
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn has_clinic(&self, id: &str) -> bool {
        self.clinics.contains(id)
    }

    pub(super) fn tell(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    /// Changes whenever the book does.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// An id for the next thing that this content makes.
    pub(super) fn fresh(&self, book: &mut Book, kind: &str, fingerprint: &str) -> String {
        let content = format!("{kind} {fingerprint}");
        if book.made.len() >= MOST && !book.made.contains_key(&content) {
            book.made.clear();
        }
        loop {
            let made = book.made.entry(content.clone()).or_default();
            *made += 1;
            let id = digest::run_id(self.seed, &format!("{made} {content}"));
            if !book.knows(&id) {
                return id;
            }
        }
    }

    /// Notes how a call went. One that began before a reset is nobody's any more.
    pub(super) fn called(&self, generation: u64, number: u64, webhook: &str, went: Went, schedule: WebhookSchedule) {
        let mut book = self.book();
        if book.generation == generation {
            book.outbox.end(number, webhook, went, schedule);
        }
        drop(book);
        self.tell();
    }

    /// The truth at this moment.
    pub(crate) fn facts(&self, now: Duration) -> NovamedFacts {
        self.book().facts(now)
    }

    /// Whether nothing is due by now and nobody is being called.
    pub(crate) fn is_settled(&self, now: Duration) -> bool {
        let book = self.book();
        book.outbox.under_way() == 0 && book.outbox.next_due().is_none_or(|due| due > now)
    }

    /// Forgets all that was made and registered. Calls that are under way go unrecorded.
    pub(crate) fn reset(&self) {
        let mut book = self.book();
        let generation = book.generation + 1;
        *book = Book { generation, ..Book::default() };
        drop(book);
        self.tell();
    }
}

impl Book {
    fn knows(&self, id: &str) -> bool {
        self.practitioners.contains(id)
            || self.patients.contains(id)
            || self.requests.contains(id)
            || self.orders.contains(id)
            || self.refills.contains(id)
            || self.webhooks.contains(id)
    }

    /// Whether the patient and the practitioner are this clinic's.
    pub(super) fn are_of(&self, clinic: &str, patient: &str, practitioner: &str) -> bool {
        self.patients.get(patient).is_some_and(|patient| patient.clinic == clinic)
            && self.practitioners.get(practitioner).is_some_and(|practitioner| practitioner.clinic == clinic)
    }

    /// The registrations that a clinic has at a time. A clock that jumps may pass several events at once: who registered after
    /// one of them is not told of it.
    pub(super) fn registered(&self, clinic: &str, at: Duration) -> impl Iterator<Item = (&str, &Webhook)> {
        self.webhooks.iter().filter(move |(_, webhook)| webhook.clinic == clinic && webhook.from <= at)
    }

    /// Whether a refill keeps another one from being made.
    pub(super) fn is_pending(&self, refill: &str, now: Duration) -> bool {
        let order = self.refills.get(refill).and_then(|refill| self.orders.get(&refill.order));
        order.is_some_and(|order| !order.life.is_shipped(now))
    }

    fn facts(&self, now: Duration) -> NovamedFacts {
        let practitioner = |(id, practitioner): (&str, &Practitioner)| PractitionerFacts {
            practitioner_id: id.to_owned(),
            clinic_id: practitioner.clinic.clone(),
            created_by_attempt: practitioner.origin.attempt,
            revision: practitioner.origin.revision.name(),
            active: practitioner.active_from <= now,
        };
        let patient = |(id, patient): (&str, &Patient)| PatientFacts {
            patient_id: id.to_owned(),
            clinic_id: patient.clinic.clone(),
            practitioner_id: patient.practitioner.clone(),
            created_by_attempt: patient.origin.attempt,
            revision: patient.origin.revision.name(),
        };
        let refill = |(id, refill): (&str, &Refill)| RefillFacts {
            refill_request_id: id.to_owned(),
            medication_request_id: refill.request.clone(),
            medication_order_id: refill.order.clone(),
            pending: self.is_pending(id, now),
        };
        let webhook = |(id, webhook): (&str, &Webhook)| WebhookFacts {
            webhook_id: id.to_owned(),
            clinic_id: webhook.clinic.clone(),
            created_by_attempt: webhook.origin.attempt,
        };
        NovamedFacts {
            practitioners: self.practitioners.iter().map(practitioner).collect(),
            patients: self.patients.iter().map(patient).collect(),
            orders: self.orders.iter().map(|(id, order)| order.facts(id, now)).collect(),
            refills: self.refills.iter().map(refill).collect(),
            webhooks: self.webhooks.iter().map(webhook).collect(),
            events: self.outbox.happened(),
            deliveries: self.outbox.deliveries(),
            calls_under_way: self.outbox.under_way(),
            next_due_ms: self.outbox.next_due().map(|due| u64::try_from(due.as_millis()).unwrap_or(u64::MAX)),
        }
    }
}

impl Order {
    fn facts(&self, id: &str, now: Duration) -> OrderFacts {
        OrderFacts {
            medication_order_id: id.to_owned(),
            medication_request_id: self.request.clone(),
            refill_request_id: self.refill.clone(),
            clinic_id: self.clinic.clone(),
            patient_id: self.patient.clone(),
            practitioner_id: self.practitioner.clone(),
            created_by_attempt: self.origin.attempt,
            revision: self.origin.revision.name(),
            status: self.life.status(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::outbox::Letter;
    use super::*;

    #[test]
    fn an_event_is_told_to_those_of_its_clinic_who_were_registered_by_then() {
        let mut book = Book::default();
        let origin = Origin { attempt: 1, revision: Revision::V2026_01 };
        for (id, clinic, from) in [("one", "a", 1), ("two", "a", 2), ("three", "a", 3), ("other", "b", 1)] {
            let (url, key, clinic) = (String::new(), String::new(), clinic.to_owned());
            book.webhooks.add(id.to_owned(), Webhook { origin, clinic, url, key, from: Duration::from_secs(from) });
        }
        let told: Vec<&str> = book.registered("a", Duration::from_secs(2)).map(|(id, _)| id).collect();
        assert_eq!(told, ["one", "two"]);
    }

    #[test]
    fn a_call_that_began_before_a_reset_is_not_noted_on_a_delivery_of_the_same_number() {
        let all = NovamedBook::new(7, []);
        let send = || {
            let place = crate::loopback::place("http://127.0.0.1:1/").map_err(|_| "nowhere");
            let (webhook, subject, key) = ("a".to_owned(), String::new(), String::new());
            let letter = Letter { webhook, event: "an:event", subject, body: bytes::Bytes::new(), key, place };
            all.book().outbox.send(Duration::ZERO, letter);
        };
        send();
        assert_eq!(all.book().outbox.begin(Duration::ZERO, 1).len(), 1);
        let before = all.book().generation;
        all.reset();
        send();
        let went = Went { began: Duration::ZERO, answer: Ok(200) };
        all.called(before, 1, "a", went, WebhookSchedule::FromPrevious);
        assert_eq!(all.facts(Duration::ZERO).deliveries[0].tries, []);
        let now = all.book().generation;
        all.called(now, 1, "a", went, WebhookSchedule::FromPrevious);
        assert_eq!(all.facts(Duration::ZERO).deliveries[0].tries.len(), 1);
    }

    #[test]
    fn an_id_that_is_in_use_is_not_given_again_when_the_counts_are_forgotten() {
        let all = NovamedBook::new(7, []);
        let mut book = Book::default();
        let origin = Origin { attempt: 1, revision: Revision::V2026_01 };
        let first = all.fresh(&mut book, "patient", "content");
        let patient = Patient { origin, clinic: String::new(), practitioner: None, state: None };
        book.patients.add(first.clone(), patient);
        book.made.clear();
        assert_ne!(all.fresh(&mut book, "patient", "content"), first);
    }
}
