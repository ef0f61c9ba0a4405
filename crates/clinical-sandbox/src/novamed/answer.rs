//! The vendor's answers: the envelope of a success, and the three documented shapes of an error. A refusal names the field
//! and the rule; it never repeats what was sent.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::reply::Reply;
use crate::switches::{NovamedErrors, Switches};

/// What the page with the rate limits tells to wait.
const DOCUMENTED_WAIT: u64 = 60;

pub(super) const UNAUTHORIZED: &str =
    "Unauthorized. This can happen if the access token is invalid, expired or has been revoked";
pub(super) const NOT_FOUND: &str = "Resource not found";
pub(super) const CLINIC_NOT_FOUND: &str = "Clinic not found";

/// Why a request that keeps the contract is not done. Every word of it is documented, or the sandbox's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) message: &'static str,
}

impl Refused {
    pub(super) fn bad(message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message }
    }

    pub(super) fn reply(self, switches: &Switches) -> Reply {
        refuse(switches, self.status, self.message, None)
    }
}

/// A field and what is wrong with it.
pub(super) type Problem = (String, String);

/// `{success, data, message}`.
pub(super) fn success(status: StatusCode, data: &Value, message: &str) -> Reply {
    Reply::json(status, &json!({"success": true, "data": data, "message": message}))
}

/// An error. `wait` counts for a 429 alone, whose shape has a place for it.
pub(crate) fn refuse(switches: &Switches, status: StatusCode, message: &str, wait: Option<u64>) -> Reply {
    if status == StatusCode::TOO_MANY_REQUESTS {
        let seconds = wait.unwrap_or(DOCUMENTED_WAIT);
        let message = format!("Rate limit exceeded. Please retry after {seconds} seconds.");
        let error = json!({"code": code(status), "message": message, "retry_after": seconds});
        return Reply::json(status, &json!({"success": false, "error": error}));
    }
    match switches.novamed_errors {
        NovamedErrors::E1 => error(status, &json!({"message": message})),
        NovamedErrors::E2 => error(status, &json!({"code": code(status), "message": message})),
    }
}

/// The refusal of a body or of parameters.
pub(super) fn invalid(switches: &Switches, problems: &[Problem]) -> Reply {
    let status = StatusCode::BAD_REQUEST;
    match (switches.novamed_errors, problems.first()) {
        (_, None) => refuse(switches, status, "Validation error", None),
        (NovamedErrors::E1, Some(_)) => {
            // Messages for each field are promised; how they stand in the body is shown nowhere.
            let details: Map<String, Value> =
                problems.iter().map(|(field, reason)| (field.clone(), json!(reason))).collect();
            error(status, &json!({"message": "Validation error", "details": details}))
        }
        (NovamedErrors::E2, Some((field, reason))) => {
            let details = json!({"field": field, "reason": reason});
            error(status, &json!({"code": code(status), "message": "Invalid request parameters", "details": details}))
        }
    }
}

fn error(status: StatusCode, error: &Value) -> Reply {
    Reply::json(status, &json!({"success": false, "error": error}))
}

fn code(status: StatusCode) -> String {
    match status.as_u16() {
        400 => "VALIDATION_ERROR".to_owned(),
        429 => "RATE_LIMIT_EXCEEDED".to_owned(),
        500..=599 => "INTERNAL_ERROR".to_owned(),
        // 401, 403 and 404 are called by their names.
        _ => status.canonical_reason().unwrap_or("ERROR").to_ascii_uppercase().replace([' ', '-'], "_"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reply: &Reply) -> Value {
        serde_json::from_slice(&reply.body).unwrap()
    }

    #[test]
    fn each_status_has_its_documented_code() {
        for (status, name) in [
            (400, "VALIDATION_ERROR"),
            (401, "UNAUTHORIZED"),
            (403, "FORBIDDEN"),
            (404, "NOT_FOUND"),
            (429, "RATE_LIMIT_EXCEEDED"),
            (500, "INTERNAL_ERROR"),
            (503, "INTERNAL_ERROR"),
        ] {
            assert_eq!(code(StatusCode::from_u16(status).unwrap()), name);
        }
    }

    #[test]
    fn a_429_has_the_third_shape_in_both_positions() {
        let mut switches = Switches::default();
        for position in ["e1", "e2"] {
            switches.set("novamed_errors", position).unwrap();
            let body = told(&refuse(&switches, StatusCode::TOO_MANY_REQUESTS, "ignored", None));
            let error = json!({
                "code": "RATE_LIMIT_EXCEEDED",
                "message": "Rate limit exceeded. Please retry after 60 seconds.",
                "retry_after": 60
            });
            assert_eq!(body, json!({"success": false, "error": error}));
        }
        let body = told(&refuse(&switches, StatusCode::TOO_MANY_REQUESTS, "", Some(7)));
        assert_eq!(body["error"]["retry_after"], 7);
    }

    #[test]
    fn the_first_shape_has_every_field_and_the_second_one_field_with_a_code() {
        let problems = [("email".to_owned(), "one".to_owned()), ("npi".to_owned(), "two".to_owned())];
        let mut switches = Switches::default();
        let error = json!({"message": "Validation error", "details": {"email": "one", "npi": "two"}});
        assert_eq!(told(&invalid(&switches, &problems))["error"], error);
        switches.set("novamed_errors", "e2").unwrap();
        let details = json!({"field": "email", "reason": "one"});
        let error = json!({"code": "VALIDATION_ERROR", "message": "Invalid request parameters", "details": details});
        assert_eq!(told(&invalid(&switches, &problems))["error"], error);
    }
}
