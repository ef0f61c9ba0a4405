//! `GET /v1/health`. The guide names it and says nothing more, so the body and the need of a token are inferences.

use std::sync::Arc;

use http::StatusCode;
use serde::Serialize;

use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::Presence;

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

pub(super) fn check(state: &Arc<State>, request: &mut Received) -> Result<Work, Reply> {
    if state.switches.health_auth == Presence::Required {
        crate::auth::admit(state, &request.headers, super::refuse)?;
    }
    let run = Box::new(|| Reply::json(StatusCode::OK, &Health { status: "ok" }));
    Ok(Work { counts: false, run })
}
