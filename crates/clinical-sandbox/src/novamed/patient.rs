//! `POST /api/external/patient`, in both revisions. The newer one names a practitioner, who has to exist in the clinic.

use std::sync::Arc;

use super::admit::guarded;
use super::answer::Refused;
use super::body::{id, keeps, object};
use super::book::Patient;
use super::create::{Made, Making, act, one};
use super::revision::Revision;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;

const NAME: &str = "create_patient";
const OLDER: [&str; 9] =
    ["clinic_id", "date_of_birth", "email", "phone", "address_line1", "address_line2", "city", "state", "zip"];
const NEWER: [&str; 11] = [
    "dob",
    "assigned_clinic",
    "practitioner_id",
    "addresses",
    "contacts",
    "middle_name",
    "species",
    "animal_owner_name",
    "weight",
    "weight_recorded_date",
    "status",
];

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let body = object(&state.switches, request)?;
        let revision = Revision::of_body(state.switches.novamed_revision, &body, &OLDER, &NEWER);
        keeps(&state.switches, NAME, revision, &body)?;
        let (clinic, practitioner, region) = match revision {
            Revision::V2025_12 => (id(&body, "clinic_id"), None, &body["state"]),
            Revision::V2026_01 => {
                (id(&body, "assigned_clinic"), Some(id(&body, "practitioner_id")), &body["addresses"][0]["state"])
            }
        };
        let region = region.as_str().map(str::to_owned);
        Ok(act(state, Making::new(NAME, revision, request), move |desk| {
            desk.clinic(&clinic)?;
            if let Some(practitioner) = &practitioner {
                let known = desk.book.practitioners.get(practitioner);
                if known.is_none_or(|practitioner| practitioner.clinic != clinic) {
                    return Err(Refused::bad("Practitioner not found"));
                }
            }
            let id = desk.fresh("patient");
            let patient = Patient { origin: desk.origin, clinic, practitioner, state: region };
            desk.book.patients.add(id.clone(), patient);
            let data = one("patient_id", &id);
            Ok(Made { id, data, message: "Patient created successfully" })
        }))
    })
}
