//! `POST /api/external/refill-request`, the same in both revisions: a refill of a medication request that was shipped, that
//! authorizes it and that has no refill pending. It makes a new medication order. This is the one duplicate that the vendor
//! refuses.

use std::sync::Arc;

use http::StatusCode;
use serde_json::json;

use super::admit::guarded;
use super::answer::Refused;
use super::body::{id, keeps, object};
use super::book::{Order, Refill};
use super::create::{Desk, Made, Making, act};
use super::life::Life;
use super::order;
use super::revision::Revision;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::NovamedMissingRequest;

const NAME: &str = "create_refill_request";

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let body = object(&state.switches, request)?;
        let revision = Revision::shared(state.switches.novamed_revision);
        keeps(&state.switches, NAME, revision, &body)?;
        let wanted = id(&body, "medication_request_id");
        let status = match state.switches.novamed_missing_request {
            NovamedMissingRequest::BadRequest => StatusCode::BAD_REQUEST,
            NovamedMissingRequest::NotFound => StatusCode::NOT_FOUND,
        };
        let missing = Refused { status, message: "Medication request not found" };
        Ok(act(state, Making::new(NAME, revision, request), move |desk| {
            let original = eligible(desk, &wanted, missing)?;
            Ok(make(desk, wanted, original))
        }))
    })
}

/// The order that may be filled again.
fn eligible(desk: &Desk<'_>, request: &str, missing: Refused) -> Result<Order, Refused> {
    let prescription = desk.book.requests.get(request).ok_or(missing)?;
    let original = desk.book.orders.get(&prescription.order).ok_or(missing)?;
    if !original.life.is_shipped(desk.now) {
        return Err(Refused::bad("Refills are not possible for pending medication requests"));
    }
    if prescription.last_refill.as_ref().is_some_and(|refill| desk.book.is_pending(refill, desk.now)) {
        return Err(Refused::bad("Refill request already exists"));
    }
    if prescription.refills_left == 0 {
        return Err(Refused::bad("The prescription authorizes no further refill"));
    }
    Ok(original.clone())
}

fn make(desk: &mut Desk<'_>, request: String, original: Order) -> Made {
    let (refill, order) = (desk.fresh("refill request"), desk.fresh("medication order"));
    if let Some(prescription) = desk.book.requests.get_mut(&request) {
        prescription.refills_left -= 1;
        prescription.last_refill = Some(refill.clone());
    }
    let life = Life::new(desk.seed, &order, desk.now);
    let made = Order { origin: desk.origin, refill: Some(refill.clone()), life, ..original };
    order::add(desk.book, order.clone(), made);
    desk.book.refills.add(refill.clone(), Refill { request, order: order.clone() });
    let data = json!({"refill_request_id": refill, "medication_order_id": order});
    Made { id: refill, data, message: "Refill request was created successfully." }
}
