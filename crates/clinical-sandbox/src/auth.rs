//! The bearer token and its rate limit, which the vendors have in common. What a refusal looks like is the vendor's.

use http::{HeaderMap, StatusCode, header};

use crate::reply::Reply;
use crate::state::State;
use crate::switches::RetryHint;

/// Checks the token and counts the call against its rate limit. `refuse` writes the vendor's error.
///
/// # Errors
///
/// The refusal: 401, or 429.
pub(crate) fn admit(state: &State, headers: &HeaderMap, refuse: fn(StatusCode, &str) -> Reply) -> Result<(), Reply> {
    let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, token)) = sent.and_then(|value| value.split_once(' ')) else {
        return Err(refuse(StatusCode::UNAUTHORIZED, "Authorization: Bearer <token> is required"));
    };
    let known = state.tokens.iter().position(|known| known == token.trim());
    let Some(key) = known.filter(|_| scheme.eq_ignore_ascii_case("bearer")) else {
        return Err(refuse(StatusCode::UNAUTHORIZED, "the token is invalid or expired"));
    };
    let Some(limiter) = &state.limiter else {
        return Ok(());
    };
    limiter.take(key, state.clock.now()).map(|_| ()).map_err(|room| {
        let reply = refuse(StatusCode::TOO_MANY_REQUESTS, "the rate limit of this token is used up");
        match state.switches.retry_hint {
            RetryHint::Absent => reply,
            RetryHint::Seconds => reply.with_header(header::RETRY_AFTER, &room.seconds().to_string()),
        }
    })
}
