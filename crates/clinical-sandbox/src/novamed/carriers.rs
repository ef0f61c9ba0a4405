//! `GET /api/external/carriers` and `GET /api/external/carriers/{carrierId}/services`, of 2026-01 alone: what the vendor's
//! samples show and nothing more. One carrier's services are shown; the others have none here.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::admit::guarded;
use super::answer::{NOT_FOUND, Refused, invalid, refuse};
use super::body::is_uuid;
use super::revision::Revision;
use super::states::full_name;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;

/// The documented refusal of a service.
pub(super) const NOT_AVAILABLE: &str = "Service not available";

/// Carriers by id and name.
const CARRIERS: [(&str, &str); 4] =
    [("ameriship", "Ameriship"), ("se-3818360", "FedEx"), ("se-11225", "Stamps.com"), ("se-11226", "UPS")];

/// The carrier whose services are shown.
const WITH_SERVICES: &str = "se-3818360";

/// Its services: id, name, cost. The names of the last two are ours.
const SERVICES: [(&str, &str, f64); 3] = [
    ("fedex_ground", "FedEx Ground\u{ae}", 32.44),
    ("fedex_2day", "FedEx 2Day\u{ae}", 56.43),
    ("fedex_priority_overnight", "FedEx Priority Overnight\u{ae}", 118.10),
];

/// The state of the sample whose shipment is free.
const FREE: &str = "Alabama";

/// The name of a carrier that has this service.
pub(super) fn carrier_of(carrier: &str, service: &str) -> Option<&'static str> {
    let known = SERVICES.iter().any(|(id, ..)| *id == service);
    let name = CARRIERS.iter().find(|(id, _)| *id == carrier).map(|(_, name)| *name);
    name.filter(|_| known && carrier == WITH_SERVICES)
}

fn is_served(state: &State) -> Result<(), Reply> {
    if Revision::V2026_01.is_served(state.switches.novamed_revision) {
        return Ok(());
    }
    Err(refuse(&state.switches, StatusCode::NOT_FOUND, NOT_FOUND, None))
}

pub(super) fn check_all(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, _| {
        is_served(state)?;
        Ok(Box::new(|_| {
            let carriers: Vec<Value> = CARRIERS.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
            Reply::json(StatusCode::OK, &json!({"success": true, "data": {"carriers": carriers}}))
        }))
    })
}

pub(super) fn check_services(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        is_served(state)?;
        let problem = |rule: &str| invalid(&state.switches, &[("patientId".to_owned(), rule.to_owned())]);
        let patient = request.query_value("patientId").ok_or_else(|| problem("patientId is required"))?;
        if !is_uuid(&patient) {
            return Err(problem("must have the form of uuid"));
        }
        let (state, carrier) = (Arc::clone(state), request.param("carrierId").to_owned());
        Ok(Box::new(move |_| match services(&state, &carrier, &patient.to_ascii_lowercase()) {
            Ok(body) => Reply::json(StatusCode::OK, &body),
            Err(refused) => refused.reply(&state.switches),
        }))
    })
}

fn services(state: &State, carrier: &str, patient: &str) -> Result<Value, Refused> {
    let region = match state.novamed.book().patients.get(patient) {
        Some(patient) => patient.state.clone(),
        None => return Err(Refused::bad("Patient not found")),
    };
    let region = region.as_deref().and_then(full_name);
    let Some(region) = region.filter(|_| carrier == WITH_SERVICES) else {
        return Err(Refused::bad(NOT_AVAILABLE));
    };
    let free = region == FREE;
    // A free shipment costs 0, not 0.0, in the sample.
    let total = |cost: f64| if free { json!(0) } else { json!(cost) };
    let service = |&(id, name, cost): &(&str, &str, f64)| json!({"id": id, "name": name, "totalCost": total(cost), "originalCost": cost});
    let data: Vec<Value> = SERVICES.iter().map(service).collect();
    Ok(json!({
        "success": true,
        "data": data,
        "isFreeShipment": free,
        "freeShipmentType": free.then_some("clinic_specific"),
        "patientState": region,
    }))
}
