//! `POST /api/external/medication-request` of 2025-12 and `POST /api/external/medication-order` of 2026-01. Each makes one
//! prescription, whose id is answered, and one medication order with an id of its own, which the events carry: no page says
//! how the two belong together. A repeated call makes both a second time.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::admit::guarded;
use super::answer::{NOT_FOUND, Refused, refuse};
use super::body::{id, keeps, object, text};
use super::book::{Book, Order, Prescription};
use super::carriers;
use super::create::{Desk, Made, Making, act, one};
use super::life::{Life, STAGES};
use super::outbox::Event;
use super::revision::Revision;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::{NovamedMissingPerson, Switches};

/// Who ships where the request names nobody: the only name that an event's sample shows.
const DEFAULT_PROVIDER: &str = "Ameriship";

/// What was asked for, in the words of neither revision. No `Debug`: it is a patient's.
struct Wanted {
    clinic: String,
    patient: String,
    practitioner: String,
    provider: &'static str,
    medication: String,
    quantity: Value,
    /// How often it may be filled again.
    refills: u64,
}

pub(super) fn check_2025_12(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    check(state, request, "create_medication_request", Revision::V2025_12, |body| {
        let (medication, quantity) = (text(body, "medication_name"), body["quantity"].clone());
        let refills = body["refills"].as_u64().unwrap_or_default();
        Ok(Wanted { medication, quantity, refills, ..Wanted::of(body, DEFAULT_PROVIDER) })
    })
}

pub(super) fn check_2026_01(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    check(state, request, "create_medication_order", Revision::V2026_01, |body| {
        let (carrier, service) = (text(body, "carrier_id"), text(body, "service_id"));
        let provider = carriers::carrier_of(&carrier, &service).ok_or(Refused::bad(carriers::NOT_AVAILABLE))?;
        let items = body["medication_requests"].as_array().map(Vec::as_slice).unwrap_or_default();
        // A number in a text. What is none authorizes nothing.
        let refills =
            |item: &Value| item["refills"].as_str().and_then(|text| text.trim().parse().ok()).unwrap_or(0_u64);
        let may = items.iter().filter(|item| item["do_not_refill"] != true);
        let (refills, first) = (may.map(refills).max().unwrap_or_default(), items.first().unwrap_or(&Value::Null));
        let (medication, quantity) = (text(first, "medication"), first["quantity"].clone());
        Ok(Wanted { medication, quantity, refills, ..Wanted::of(body, provider) })
    })
}

impl Wanted {
    /// What both revisions call by the same names.
    fn of(body: &Value, provider: &'static str) -> Self {
        Self {
            clinic: id(body, "clinic_id"),
            patient: id(body, "patient_id"),
            practitioner: id(body, "practitioner_id"),
            provider,
            medication: String::new(),
            quantity: Value::Null,
            refills: 0,
        }
    }
}

fn check(
    state: &Arc<State>,
    request: &mut Received,
    name: &'static str,
    revision: Revision,
    read: impl FnOnce(&Value) -> Result<Wanted, Refused>,
) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let switches = &state.switches;
        if !revision.is_served(switches.novamed_revision) {
            return Err(refuse(switches, StatusCode::NOT_FOUND, NOT_FOUND, None));
        }
        let body = object(switches, request)?;
        keeps(switches, name, revision, &body)?;
        let wanted = read(&body).map_err(|refused| refused.reply(switches))?;
        let missing = missing_person(switches);
        Ok(act(state, Making::new(name, revision, request), move |desk| {
            desk.clinic(&wanted.clinic)?;
            if !desk.book.are_of(&wanted.clinic, &wanted.patient, &wanted.practitioner) {
                return Err(missing);
            }
            Ok(make(desk, wanted))
        }))
    })
}

/// The page of the operation has 404, the page of the errors 400, each with words of its own.
fn missing_person(switches: &Switches) -> Refused {
    match switches.novamed_missing_person {
        NovamedMissingPerson::NotFound => {
            Refused { status: StatusCode::NOT_FOUND, message: "Patient or practitioner not found" }
        }
        NovamedMissingPerson::BadRequest => Refused::bad("Invalid practitioner or patient ID"),
    }
}

fn make(desk: &mut Desk<'_>, wanted: Wanted) -> Made {
    let (request, order) = (desk.fresh("medication request"), desk.fresh("medication order"));
    let Wanted { clinic, patient, practitioner, provider, medication, quantity, refills } = wanted;
    let life = Life::new(desk.seed, &order, desk.now);
    let prescription = Prescription { order: order.clone(), refills_left: refills, last_refill: None };
    desk.book.requests.add(request.clone(), prescription);
    let made = Order {
        origin: desk.origin,
        request: request.clone(),
        refill: None,
        clinic,
        patient,
        practitioner,
        provider,
        medication,
        quantity,
        refills,
        life,
    };
    add(desk.book, order, made);
    let data = one("medication_request_id", &request);
    Made { id: request, data, message: "Medication request created successfully" }
}

/// Adds an order and plans its events.
pub(super) fn add(book: &mut Book, id: String, order: Order) {
    for ((name, ..), at) in STAGES.into_iter().zip::<[Duration; STAGES.len()]>(order.life.at) {
        book.outbox.plan(at, Event { name, clinic: order.clinic.clone(), subject: id.clone() });
    }
    book.orders.add(id, order);
}
