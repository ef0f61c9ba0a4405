//! Spans with the names of OpenTelemetry's semantic conventions for HTTP clients. They carry templates instead of addresses and no
//! value of a header or a body.

use tracing::Span;
use tracing::field::Empty;

use crate::audit::CallId;
use crate::progress::Progress;
use crate::settings::Settings;
use crate::{Attempt, Call};

/// The span of a call, with all of its attempts and waits inside. `otel.*` fields are what bridges to OpenTelemetry read.
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
        "url.scheme" = client.base.scheme(),
        "url.template" = template,
        "server.address" = client.base.host(),
        "server.port" = client.base.port(),
        "network.protocol.version" = "1.1",
        // The convention leaves it out of a first attempt.
        "http.request.resend_count" = Some(number - 1).filter(|resent| *resent > 0),
        "http.request.body.size" = Empty,
        "http.response.status_code" = Empty,
        delivery = Empty,
        "error.type" = Empty,
    )
}

pub(crate) fn attempt_ended(span: &Span, attempt: &Attempt, progress: &Progress) {
    span.record("http.request.body.size", progress.sent());
    span.record("http.response.status_code", attempt.status);
    span.record("delivery", attempt.delivery.as_str());
    if let Some(kind) = attempt.failure {
        span.record("error.type", kind.as_str()).record("otel.status_code", "ERROR");
    }
}
