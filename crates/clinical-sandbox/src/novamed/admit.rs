//! The `x-api-key` and its rate limit: who may call, how much room is left, and the three headers that tell it with every
//! answer to a known key. The order of key and body is the switch that all vendors share.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, StatusCode};

use super::answer::{UNAUTHORIZED, refuse};
use crate::limiter::{Limiter, Room};
use crate::operation::{Received, Work};
use crate::reply::Reply;
use crate::state::State;
use crate::switches::{CheckOrder, NovamedRateLimit};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

const MINUTE: Duration = Duration::from_secs(60);

/// The documented limits, which are counted for each key.
#[derive(Debug)]
pub(crate) struct Limits {
    development: Limiter,
    production: Limiter,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self { development: Limiter::new(100, MINUTE), production: Limiter::new(60, MINUTE) }
    }

    fn of(&self, key: &str) -> &Limiter {
        if key.starts_with("prod_") { &self.production } else { &self.development }
    }

    pub(crate) fn reset(&self) {
        self.development.reset();
        self.production.reset();
    }
}

/// What is done for a request that passed, with the key that it came with.
pub(super) type Act = Box<dyn FnOnce(&str) -> Reply + Send>;

/// A caller who may call.
struct Pass {
    key: String,
    /// The limit's headers; none where there is no limit.
    headers: Option<[(HeaderName, u64); 3]>,
}

impl Pass {
    fn mark(&self, reply: Reply) -> Reply {
        let headers = self.headers.iter().flatten();
        headers.fold(reply, |reply, (name, value)| reply.with_header(name.clone(), &value.to_string()))
    }
}

/// Runs the checks in the order of the switch. `read` checks the request and tells what is to be done.
pub(super) fn guarded(
    state: &Arc<State>,
    request: &mut Received,
    read: impl FnOnce(&Arc<State>, &mut Received) -> Result<Act, Reply>,
) -> Result<Work, Reply> {
    let (pass, act) = match state.switches.check_order {
        CheckOrder::AuthFirst => {
            let pass = admit(state, &request.headers)?;
            let act = read(state, request).map_err(|refusal| pass.mark(refusal))?;
            (pass, act)
        }
        CheckOrder::BodyFirst => {
            let act = read(state, request)?;
            (admit(state, &request.headers)?, act)
        }
    };
    // The ledger is written where a create is done, because only there it is known whether it is.
    Ok(Work { counts: false, run: Box::new(move || pass.mark(act(&pass.key))) })
}

fn admit(state: &State, headers: &HeaderMap) -> Result<Pass, Reply> {
    let sent = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    let Some(key) = sent.and_then(|sent| state.tokens.iter().position(|known| known == sent)) else {
        return Err(refuse(&state.switches, StatusCode::UNAUTHORIZED, UNAUTHORIZED, None));
    };
    let name = state.tokens[key].clone();
    let limiter = match (&state.limiter, state.switches.novamed_rate_limit) {
        (Some(limiter), _) => limiter,
        (None, NovamedRateLimit::Documented) => state.novamed_limits.of(&name),
        (None, NovamedRateLimit::None) => return Ok(Pass { key: name, headers: None }),
    };
    let (open, room) = match limiter.take(key, state.clock.now()) {
        Ok(room) => (true, room),
        Err(room) => (false, room),
    };
    let pass = Pass { key: name, headers: Some(told(state, room)) };
    if open {
        return Ok(pass);
    }
    Err(pass.mark(refuse(&state.switches, StatusCode::TOO_MANY_REQUESTS, "", Some(room.seconds()))))
}

fn told(state: &State, room: Room) -> [(HeaderName, u64); 3] {
    let now = state.clock.calendar().duration_since(UNIX_EPOCH).unwrap_or_default();
    let reset = now.saturating_add(room.ends_in);
    let reset = reset.as_secs() + u64::from(reset.subsec_nanos() > 0);
    [(LIMIT, u64::from(room.limit)), (REMAINING, u64::from(room.left)), (RESET, reset)]
}
