//! Turns a fault and the answer it meets into what is sent: either another whole answer, or a script of bytes for the
//! naked connection. Nothing is sent from here.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::script::{End, Script, Step};
use super::{ErrorBody, FaultKind, RetryAfter, dates};
use crate::reply::Reply;

const MEBIBYTE: u64 = 1024 * 1024;

/// What a fault makes of an answer.
pub(crate) enum Played {
    /// A whole answer, sent in the ordinary way.
    Whole(Reply),
    /// Bytes, sent past the HTTP library, and the status among them, if any.
    Raw(Script, Option<StatusCode>),
}

/// Plays `kind` on `reply`. `refuse` writes an error in the vendor's shape; `now` is the date of the answer.
pub(crate) fn play(
    kind: &FaultKind,
    reply: Reply,
    refuse: fn(StatusCode, &str) -> Reply,
    now: SystemTime,
) -> Played {
    let status = Some(reply.status);
    let length = reply.body.len().to_string();
    let head = |framing| Step::Bytes(Bytes::from(reply.head(now, framing)));
    let sized = || head(("content-length", &length));
    let part = |bytes: u64| Step::Bytes(reply.body.slice(..clamp(bytes, reply.body.len())));
    let raw = |steps, end| Played::Raw(Script { steps, end }, status);
    match kind {
        FaultKind::Latency { .. } | FaultKind::AcceptThenClose => Played::Whole(reply),
        FaultKind::Status {
            status,
            body,
            headers,
            retry_after,
        } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut error = error_page(status, *body, refuse);
            for (name, value) in headers {
                if let Ok(name) = HeaderName::try_from(name.as_str()) {
                    error = error.with_header(name, value);
                }
            }
            Played::Whole(with_retry_after(error, retry_after, now))
        }
        FaultKind::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::TEMPORARY_REDIRECT);
            Played::Whole(Reply::empty(status).with_header(header::LOCATION, location))
        }
        FaultKind::ResetBeforeResponse | FaultKind::StopReading { .. } => Played::Raw(
            Script {
                steps: Vec::new(),
                end: End::Reset,
            },
            None,
        ),
        FaultKind::NoAnswer => Played::Raw(
            Script {
                steps: vec![Step::Silence],
                end: End::Close,
            },
            None,
        ),
        FaultKind::ResetAfterHeaders => raw(vec![sized()], End::Reset),
        FaultKind::ResetAfterBody { bytes } => raw(vec![sized(), part(*bytes)], End::Reset),
        FaultKind::TruncatedBody { bytes } => raw(vec![sized(), part(*bytes)], End::Close),
        FaultKind::ContentLengthTooLong { extra } => {
            let promised = (reply.body.len() as u64).saturating_add(*extra).to_string();
            raw(
                vec![head(("content-length", &promised)), part(u64::MAX)],
                End::Close,
            )
        }
        FaultKind::BadChunk => {
            let half = reply.body.len() / 2;
            let mut chunk = format!("{half:x}\r\n").into_bytes();
            chunk.extend_from_slice(&reply.body[..half]);
            chunk.extend_from_slice(b"\r\nno-size\r\n");
            chunk.extend_from_slice(&reply.body[half..]);
            raw(
                vec![
                    head(("transfer-encoding", "chunked")),
                    Step::Bytes(Bytes::from(chunk)),
                ],
                End::Close,
            )
        }
        FaultKind::StalledBody { bytes } => {
            raw(vec![sized(), part(*bytes), Step::Silence], End::Close)
        }
        FaultKind::DribbledBody { millis } => {
            let dribble = Step::Dribble {
                bytes: reply.body.clone(),
                pause: Duration::from_millis(*millis),
            };
            raw(vec![sized(), dribble], End::Close)
        }
        FaultKind::OversizedBody { mebibytes, chunked } => {
            let spaces = mebibytes * MEBIBYTE;
            if *chunked {
                let mut last = format!("{:x}\r\n", reply.body.len()).into_bytes();
                last.extend_from_slice(&reply.body);
                last.extend_from_slice(b"\r\n0\r\n\r\n");
                let framed = Step::Spaces {
                    bytes: spaces,
                    chunked: true,
                };
                raw(
                    vec![
                        head(("transfer-encoding", "chunked")),
                        framed,
                        Step::Bytes(Bytes::from(last)),
                    ],
                    End::Close,
                )
            } else {
                let promised = (spaces + reply.body.len() as u64).to_string();
                let framed = Step::Spaces {
                    bytes: spaces,
                    chunked: false,
                };
                raw(
                    vec![head(("content-length", &promised)), framed, part(u64::MAX)],
                    End::Close,
                )
            }
        }
        FaultKind::ContentType { value } => {
            Played::Whole(reply.with_header(header::CONTENT_TYPE, value))
        }
        FaultKind::DuplicateKeys => Played::Whole(Reply {
            body: duplicate_first_key(&reply.body),
            ..reply
        }),
        FaultKind::InvalidJson => Played::Whole(Reply {
            body: break_last_brace(&reply.body),
            ..reply
        }),
    }
}

fn clamp(bytes: u64, length: usize) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX).min(length)
}

fn error_page(status: StatusCode, body: ErrorBody, refuse: fn(StatusCode, &str) -> Reply) -> Reply {
    match body {
        ErrorBody::Json => refuse(status, "played by a fault of the sandbox"),
        ErrorBody::Html => {
            let page = format!(
                "<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
            );
            Reply::text(status, "text/html", page)
        }
        ErrorBody::Empty => Reply::empty(status),
    }
}

fn with_retry_after(mut reply: Reply, hint: &RetryAfter, now: SystemTime) -> Reply {
    if let Some(value) =
        dates::retry_after(hint, now).and_then(|text| HeaderValue::from_str(&text).ok())
    {
        reply.headers.insert(header::RETRY_AFTER, value);
    }
    reply
}

/// `{"a":1}` becomes `{"a":null,"a":1}`: readers that keep the last, keep the first or refuse all differ.
fn duplicate_first_key(body: &[u8]) -> Bytes {
    let first = serde_json::from_slice::<Value>(body).ok();
    let key = first
        .as_ref()
        .and_then(Value::as_object)
        .and_then(|map| map.keys().next());
    let (Some(key), Some(rest)) = (key, body.strip_prefix(b"{")) else {
        return Bytes::copy_from_slice(body);
    };
    let mut doubled = format!("{{{}:null,", Value::String(key.clone())).into_bytes();
    doubled.extend_from_slice(rest);
    Bytes::from(doubled)
}

/// The last byte gives way to two that close nothing, so that the length stays honest and the text is no JSON.
fn break_last_brace(body: &[u8]) -> Bytes {
    let mut broken = body[..body.len().saturating_sub(1)].to_vec();
    broken.extend_from_slice(b",]");
    Bytes::from(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubled_key_is_still_json_and_an_unclosed_one_is_not() {
        let body = br#"{"b":1,"a":2}"#;
        let doubled = duplicate_first_key(body);
        assert!(serde_json::from_slice::<Value>(&doubled).is_ok());
        assert_eq!(
            String::from_utf8_lossy(&doubled).matches("\"a\"").count()
                + String::from_utf8_lossy(&doubled).matches("\"b\"").count(),
            3
        );
        assert!(serde_json::from_slice::<Value>(&break_last_brace(body)).is_err());
        assert_eq!(&break_last_brace(b"")[..], b",]");
        assert_eq!(&duplicate_first_key(b"[]")[..], b"[]");
    }
}
