//! `POST /api/external/practitioner`, in both revisions. A practitioner becomes active some seconds after it was made; it
//! can be used at once, because nothing says otherwise.

use std::sync::Arc;

use super::admit::guarded;
use super::body::{id, keeps, object, text};
use super::book::Practitioner;
use super::create::{Made, Making, act, one};
use super::life::{ACTIVATED, activation};
use super::outbox::Event;
use super::revision::Revision;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;

const NAME: &str = "create_practitioner";
const OLDER: [&str; 5] = ["npi_number", "dea_number", "license_number", "license_state", "signature_image"];
const NEWER: [&str; 7] =
    ["npi", "is_veterinarian", "address_line_1", "address_line_2", "city", "state_code", "zip_code"];

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let body = object(&state.switches, request)?;
        let revision = Revision::of_body(state.switches.novamed_revision, &body, &OLDER, &NEWER);
        keeps(&state.switches, NAME, revision, &body)?;
        let npi = if revision == Revision::V2025_12 { "npi_number" } else { "npi" };
        let (clinic, email, npi) = (id(&body, "assigned_clinic"), text(&body, "email"), text(&body, npi));
        let name = format!("{} {}", text(&body, "first_name"), text(&body, "last_name"));
        let phone = body["phone"].as_str().map(str::to_owned);
        Ok(act(state, Making::new(NAME, revision, request), move |desk| {
            desk.clinic(&clinic)?;
            let id = desk.fresh("practitioner");
            let active_from = activation(desk.seed, &id, desk.now);
            let event = Event { name: ACTIVATED, clinic: clinic.clone(), subject: id.clone() };
            desk.book.outbox.plan(active_from, event);
            let origin = desk.origin;
            let practitioner = Practitioner { origin, clinic, name, email, phone, npi, active_from };
            desk.book.practitioners.add(id.clone(), practitioner);
            let data = one("practitioner_id", &id);
            Ok(Made { id, data, message: "Practitioner created successfully" })
        }))
    })
}
