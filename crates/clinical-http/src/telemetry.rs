//! Spans with the names of OpenTelemetry's semantic conventions for HTTP clients. They carry
//! templates instead of addresses and no value of a header or a body: `url.full`, which the
//! convention asks for, is left out on purpose. Numbers are `i64`, the integer of OpenTelemetry:
//! its bridge to `tracing` exports every other as a text.
//!
//! Fields are made when the span begins, empty where they are not known yet: `tracing` cannot add one
//! later. The convention's rule for `error.type` is a small set of values that are known beforehand.

use clinical_transport::Progress;
use tracing::Span;
use tracing::field::Empty;

use crate::audit::{CallId, Outcome};
use crate::settings::Settings;
use crate::{Call, Delivery};

/// The `error.type` of what was dropped half-way. The others are the names of
/// [`ErrorKind`](crate::ErrorKind): few, and known beforehand.
pub(crate) const ABANDONED: &str = "abandoned";

/// The span of a call, with all of its attempts and waits inside. `otel.*` fields are what bridges
/// to OpenTelemetry read.
pub(crate) fn call(client: &Settings, call: &Call, id: CallId) -> Span {
    tracing::info_span!(
        "call",
        "otel.kind" = "internal",
        "otel.name" = display(format_args!("{} {}", client.vendor.name(), call.operation().name())),
        "otel.status_code" = Empty,
        vendor = client.vendor.name(),
        operation = call.operation().name(),
        "call.id" = display(id),
        delivery = Empty,
        "error.type" = Empty,
    )
}

/// The span of one attempt: one HTTP request.
pub(crate) fn attempt(client: &Settings, call: &Call, number: u32) -> Span {
    let (method, template) = (call.operation().method().as_str(), call.operation().path());
    tracing::info_span!(
        "attempt",
        "otel.kind" = "client",
        "otel.name" = display(format_args!("{method} {template}")),
        "otel.status_code" = Empty,
        "http.request.method" = method,
        "url.scheme" = client.addresses.base().scheme(),
        "url.template" = template,
        "server.address" = client.addresses.base().host(),
        "server.port" = i64::from(client.addresses.base().port()),
        "network.protocol.version" = "1.1",
        // The convention leaves it out of a first attempt.
        "http.request.resend_count" = Some(i64::from(number) - 1).filter(|resent| *resent > 0),
        "http.request.body.size" = Empty,
        "http.response.status_code" = Empty,
        delivery = Empty,
        "error.type" = Empty,
    )
}

/// An attempt is over; `failure` is why, and nothing for a success.
pub(crate) fn attempt_ended(
    span: &Span,
    progress: &Progress,
    status: Option<u16>,
    delivery: Delivery,
    failure: Option<&str>,
) {
    let sent = i64::try_from(progress.sent()).unwrap_or(i64::MAX);
    span.record("http.request.body.size", sent).record("http.response.status_code", status.map(i64::from));
    ended(span, delivery, failure);
}

/// A call is over.
pub(crate) fn call_ended(span: &Span, outcome: Outcome, delivery: Delivery) {
    let failure = match outcome {
        Outcome::Succeeded => None,
        Outcome::Failed(kind) => Some(kind.as_str()),
        Outcome::Abandoned => Some(ABANDONED),
    };
    ended(span, delivery, failure);
}

fn ended(span: &Span, delivery: Delivery, failure: Option<&str>) {
    span.record("delivery", delivery.as_str());
    if let Some(failure) = failure {
        span.record("error.type", failure).record("otel.status_code", "ERROR");
    }
}
