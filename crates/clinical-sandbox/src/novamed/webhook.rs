//! `POST` and `DELETE /api/external/webhook`: registrations of addresses, which get every event of their clinic from then
//! on. Two pages answer the registration in two ways and delete in two forms; switches have them all. The same address may
//! be registered twice, and is then called twice.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use super::admit::{Act, guarded};
use super::answer::{Refused, invalid};
use super::body::{id, is_uuid, keeps, object, text};
use super::book::Webhook;
use super::create::{Made, Making, one};
use super::envelope::millis;
use super::revision::Revision;
use crate::loopback;
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::{NovamedWebhookAnswer, NovamedWebhookDelete};

const CREATE: &str = "create_webhook";
const DELETE: &str = "delete_webhook";

pub(super) fn check_create(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let body = object(&state.switches, request)?;
        let revision = Revision::shared(state.switches.novamed_revision);
        keeps(&state.switches, CREATE, revision, &body)?;
        let (clinic, url) = (id(&body, "clinic_id"), text(&body, "webhook_url"));
        // Plain HTTP is let through where a test listens.
        let secure = url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
        if !secure && loopback::place(&url).is_err() {
            let rule = "must be an https URL; the sandbox takes http on loopback too";
            return Err(invalid(&state.switches, &[("webhook_url".to_owned(), rule.to_owned())]));
        }
        let making = Making::new(CREATE, revision, request);
        let (state, form) = (Arc::clone(state), state.switches.novamed_webhook_answer);
        let act: Act = Box::new(move |key| {
            let (key, created_at) = (key.to_owned(), millis(state.clock.calendar()));
            making.create(&state, |desk| {
                desk.clinic(&clinic)?;
                let id = desk.fresh("webhook");
                let (data, message) = match form {
                    NovamedWebhookAnswer::Openapi => (one("webhook_id", &id), "Webhook created successfully"),
                    NovamedWebhookAnswer::Guide => (
                        json!({"webhook_id": id, "webhook_url": url, "clinic_id": clinic, "created_at": created_at}),
                        "Webhook registered successfully",
                    ),
                };
                let webhook = Webhook { origin: desk.origin, clinic, url, key, from: desk.now };
                desk.book.webhooks.add(id.clone(), webhook);
                Ok(Made { id, data, message })
            })
        });
        Ok(act)
    })
}

pub(super) fn check_delete(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    guarded(state, request, |state, request| {
        let revision = Revision::shared(state.switches.novamed_revision);
        let (webhook, clinic) = named(state, request, revision)?;
        let (making, state) = (Making::new(DELETE, revision, request), Arc::clone(state));
        let act: Act = Box::new(move |_| {
            let deleted = making.commit(&state, |desk| {
                let known = desk.book.webhooks.get(&webhook);
                let own = known.is_some_and(|known| clinic.as_ref().is_none_or(|clinic| *clinic == known.clinic));
                if !own {
                    return Err(Refused { status: StatusCode::NOT_FOUND, message: "Webhook not found" });
                }
                desk.book.webhooks.remove(&webhook);
                desk.book.outbox.cancel(&webhook);
                Ok(Made { id: webhook, data: Value::Null, message: "Webhook deleted successfully" })
            });
            match deleted {
                Ok(made) => Reply::json(StatusCode::OK, &json!({"success": true, "message": made.message})),
                Err(refused) => refused.reply(&state.switches),
            }
        });
        Ok(act)
    })
}

/// The registration that is meant, and the clinic where it is named. With both forms at once the query counts.
fn named(state: &State, request: &mut Received, revision: Revision) -> Result<(String, Option<String>), Reply> {
    let forms = state.switches.novamed_webhook_delete;
    let problem = |field: &str, rule: &str| Err(invalid(&state.switches, &[(field.to_owned(), rule.to_owned())]));
    if let Some(id) = request.query_value("id").filter(|_| forms != NovamedWebhookDelete::Body) {
        return if is_uuid(&id) {
            Ok((id.to_ascii_lowercase(), None))
        } else {
            problem("id", "must have the form of uuid")
        };
    }
    if forms == NovamedWebhookDelete::Query {
        return problem("id", "id is required");
    }
    let body = object(&state.switches, request)?;
    keeps(&state.switches, DELETE, revision, &body)?;
    Ok((id(&body, "webhook_id"), Some(id(&body, "clinic_id"))))
}
