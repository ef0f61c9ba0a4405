//! An answer before it goes on the wire. Every answer of the sandbox carries `x-clinical-sandbox: 1`, and apart from
//! that only what the vendor documents plus `Content-Type`, `Content-Length` and `Date`.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde::Serialize;

use crate::fault::script::{End, Script, Step};
use crate::tasks::Ticket;

/// The header that marks every answer as simulated.
pub(crate) const MARK: HeaderName = HeaderName::from_static("x-clinical-sandbox");

/// Status, headers and body of one answer. No `Debug`: justifications quote the note.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    /// What ties it to a task whose end it may be.
    pub(crate) ticket: Option<Box<Ticket>>,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        let headers = vec![(MARK, HeaderValue::from_static("1"))];
        Self { status, headers, body: Bytes::new(), ticket: None }
    }

    /// An answer with any text.
    pub(crate) fn text(status: StatusCode, content_type: &str, body: impl Into<Bytes>) -> Self {
        let reply = Self { body: body.into(), ..Self::empty(status) };
        reply.with_header(header::CONTENT_TYPE, content_type)
    }

    /// An answer in JSON.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        // Only types of this crate are written, with string keys and finite numbers: this cannot fail.
        Self::text(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    /// An answer whose body is JSON already.
    pub(crate) fn json_bytes(status: StatusCode, body: Bytes) -> Self {
        Self::text(status, "application/json", body)
    }

    /// Sets a header; a value that is no header value is left out (they are checked where they come in).
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.retain(|(present, _)| *present != name);
            self.headers.push((name, value));
        }
        self
    }

    /// The same answer with another body.
    pub(crate) fn with_body(self, body: Bytes) -> Self {
        Self { body, ..self }
    }

    /// The same answer, tied to a task.
    pub(crate) fn with_ticket(self, ticket: Option<Ticket>) -> Self {
        Self { ticket: ticket.map(Box::new), ..self }
    }

    /// Whether its first byte destroys a task, so that it has to be sent where single bytes are seen.
    pub(crate) fn ends_a_task(&self) -> bool {
        self.ticket.as_ref().is_some_and(|ticket| ticket.is_end())
    }

    /// The whole answer as a script, which ends the connection and says so.
    pub(crate) fn into_script(self, date: SystemTime) -> Script {
        let mut reply = self.with_header(header::CONNECTION, "close");
        let head = reply.head(date, ("content-length", &reply.body.len().to_string()));
        let ticket = reply.ticket.take();
        let steps = vec![Step::from(head), Step::Bytes(reply.body), Step::Whole];
        Script { steps, end: End::Close, ticket, spoiled: false }
    }

    /// The answer as hyper sends it, which adds `Content-Length`.
    pub(crate) fn into_response(mut self, date: SystemTime) -> Response<Full<Bytes>> {
        if let Some(ticket) = &mut self.ticket {
            ticket.first_byte();
            ticket.whole_body();
        }
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response.headers_mut().insert(header::DATE, date_value(date));
        response
    }

    /// The head as bytes, with the framing header given, for answers whose framing is wrong on purpose.
    pub(crate) fn head(&self, date: SystemTime, framing: (&str, &str)) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status).into_bytes();
        let date = date_value(date);
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let framing = [("date", date.as_bytes()), (framing.0, framing.1.as_bytes())];
        for (name, value) in own.chain(framing) {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

fn date_value(date: SystemTime) -> HeaderValue {
    HeaderValue::from_str(&httpdate::fmt_http_date(date)).unwrap_or(HeaderValue::from_static(""))
}
