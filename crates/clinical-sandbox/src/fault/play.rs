//! Turns a fault and the answer it meets into what is sent: either another whole answer, or a script of bytes for the
//! naked connection. Nothing is sent from here.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderName, StatusCode, header};
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
    refuse: impl Fn(StatusCode, &str, Option<u64>) -> Reply,
    now: SystemTime,
) -> Played {
    let silent = |steps, end| Played::Raw(Script::new(steps, end), None);
    match kind {
        FaultKind::Status { status, body, headers, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let wait = match retry_after {
                RetryAfter::Seconds { seconds } => Some(*seconds),
                _ => None,
            };
            let mut error = error_page(status, *body, |status, details| refuse(status, details, wait));
            for (name, value) in headers {
                if let Ok(name) = HeaderName::try_from(name.as_str()) {
                    error = error.with_header(name, value);
                }
            }
            if let Some(value) = dates::retry_after(retry_after, now) {
                error = error.with_header(header::RETRY_AFTER, &value);
            }
            Played::Whole(error)
        }
        FaultKind::Redirect { status, location } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::TEMPORARY_REDIRECT);
            Played::Whole(Reply::empty(status).with_header(header::LOCATION, location))
        }
        FaultKind::ResetBeforeResponse | FaultKind::StopReading { .. } => silent(Vec::new(), End::Reset),
        FaultKind::NoAnswer => silent(vec![Step::Silence], End::Close),
        FaultKind::ContentType { value } => Played::Whole(reply.with_header(header::CONTENT_TYPE, value)),
        FaultKind::DuplicateKeys => {
            let body = duplicate_first_key(&reply.body);
            Played::Whole(reply.with_body(body))
        }
        FaultKind::InvalidJson => {
            let body = break_last_brace(&reply.body);
            Played::Whole(reply.with_body(body))
        }
        other => match spoiled(other, &reply, now) {
            Some(script) => Played::Raw(Script { ticket: reply.ticket, ..script }, Some(reply.status)),
            None => Played::Whole(reply),
        },
    }
}

/// The bytes of an answer that is spoiled below HTTP; `None` for kinds that are not.
fn spoiled(kind: &FaultKind, reply: &Reply, now: SystemTime) -> Option<Script> {
    let length = reply.body.len() as u64;
    let chunked = || Step::from(reply.head(now, ("transfer-encoding", "chunked")));
    let sized = |length: u64| Step::from(reply.head(now, ("content-length", &length.to_string())));
    let part = |bytes: u64| Step::Bytes(reply.body.slice(..clamp(bytes, reply.body.len())));
    // A head that promises `promised` bytes, so many of them, and the note that the body is out where it is.
    let upto = |promised: u64, bytes: u64| {
        let whole = (bytes >= length).then_some(Step::Whole);
        [sized(promised), part(bytes)].into_iter().chain(whole).collect::<Vec<Step>>()
    };
    let (steps, end) = match kind {
        FaultKind::ResetAfterHeaders => (vec![sized(length)], End::Reset),
        FaultKind::ResetAfterBody { bytes } => (upto(length, *bytes), End::Reset),
        FaultKind::TruncatedBody { bytes } => (upto(length, *bytes), End::Close),
        FaultKind::ContentLengthTooLong { extra } => (upto(length.saturating_add(*extra), length), End::Close),
        FaultKind::BadChunk => (vec![chunked(), Step::from(bad_chunk(&reply.body))], End::Close),
        FaultKind::StalledBody { bytes } => {
            let mut steps = upto(length, *bytes);
            steps.push(Step::Silence);
            (steps, End::Close)
        }
        FaultKind::DribbledBody { millis } => {
            let pause = Duration::from_millis(*millis);
            (vec![sized(length), Step::Dribble { bytes: reply.body.clone(), pause }, Step::Whole], End::Close)
        }
        FaultKind::OversizedBody { mebibytes, chunked: true } => {
            let spaces = Step::Spaces { bytes: mebibytes * MEBIBYTE, chunked: true };
            (vec![chunked(), spaces, Step::from(last_chunk(&reply.body)), Step::Whole], End::Close)
        }
        FaultKind::OversizedBody { mebibytes, chunked: false } => {
            let bytes = mebibytes * MEBIBYTE;
            let spaces = Step::Spaces { bytes, chunked: false };
            (vec![sized(bytes + length), spaces, part(length), Step::Whole], End::Close)
        }
        _ => return None,
    };
    Some(Script::new(steps, end))
}

/// Half of the body as a good chunk, then a chunk size that is no number.
fn bad_chunk(body: &[u8]) -> Vec<u8> {
    let (good, rest) = body.split_at(body.len() / 2);
    let size = format!("{:x}\r\n", good.len());
    [size.as_bytes(), good, b"\r\nno-size\r\n", rest].concat()
}

/// The body as one chunk, and the end of the chunks.
fn last_chunk(body: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", body.len());
    [size.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

fn clamp(bytes: u64, length: usize) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX).min(length)
}

fn error_page(status: StatusCode, body: ErrorBody, refuse: impl Fn(StatusCode, &str) -> Reply) -> Reply {
    match body {
        ErrorBody::Json => refuse(status, "played by a fault of the sandbox"),
        ErrorBody::Html => {
            let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
            Reply::text(status, "text/html", page)
        }
        ErrorBody::Empty => Reply::empty(status),
    }
}

/// `{"a":1}` becomes `{"a":null,"a":1}`: readers that keep the last, keep the first or refuse all differ.
fn duplicate_first_key(body: &[u8]) -> Bytes {
    let first = serde_json::from_slice::<Value>(body).ok();
    let key = first.as_ref().and_then(Value::as_object).and_then(|map| map.keys().next());
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
