//! The Codify API of Omniscribe: `POST /v1/codify` and `GET /v1/health`. Built from public documentation; where that
//! is silent, a switch decides. Codes come from the rules of [`coding`](crate::coding), never from a model.

mod codify;
mod health;
mod pdf_file;

use http::{HeaderMap, StatusCode, header};
use serde::Serialize;

use crate::operation::Operation;
use crate::reply::Reply;
use crate::state::State;
use crate::switches::RetryHint;

/// The operations of this vendor.
pub(crate) static OPERATIONS: [Operation; 2] = [
    Operation { name: "codify", method: "POST", path: "/v1/codify", refuse, check: codify::check },
    Operation { name: "health", method: "GET", path: "/v1/health", refuse, check: health::check },
];

/// The vendor's error body.
#[derive(Serialize)]
struct Refusal<'a> {
    success: bool,
    error: &'a str,
    details: &'a str,
}

fn refuse(status: StatusCode, details: &str) -> Reply {
    let error = status.canonical_reason().unwrap_or("Error");
    Reply::json(status, &Refusal { success: false, error, details })
}

/// Checks the token and counts the call against its rate limit.
fn admit(state: &State, headers: &HeaderMap) -> Result<(), Reply> {
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
    limiter.take(key, state.clock.now()).map_err(|left| {
        let reply = refuse(StatusCode::TOO_MANY_REQUESTS, "the rate limit of this token is used up");
        match state.switches.retry_hint {
            RetryHint::Absent => reply,
            RetryHint::Seconds => {
                let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                reply.with_header(header::RETRY_AFTER, &seconds.to_string())
            }
        }
    })
}
