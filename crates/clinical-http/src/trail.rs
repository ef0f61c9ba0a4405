//! Keeps the account of a running call and turns it into exactly one audit record, however the call
//! ends.
//!
//! The record is written by `Drop`: there is no other place that a dropped future passes for certain.
//! [`succeed`](Trail::succeed) and [`fail`](Trail::fail) only note the outcome, and a trail that
//! neither was called on is one of an abandoned call. Spans, events and observer are told from here
//! too, so that all four agree.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tracing::Span;

use crate::audit::{AuditOpening, AuditRecord, CallId, Outcome};
use crate::settings::Settings;
use crate::telemetry;
use crate::{Attempt, Call, Delivery, Error, ErrorKind, Event, Sensitive, verdict};
use clinical_transport::{Progress, later, within};

/// Dropping it writes the record: a call whose future is dropped is on record as abandoned.
pub(crate) struct Trail<'a> {
    client: &'a Settings,
    call: &'a Call,
    id: CallId,
    /// Of the call, and of the attempt that is under way.
    span: Span,
    attempt_span: Span,
    wall: SystemTime,
    began: Duration,
    attempts: Vec<Attempt>,
    progress: Option<Arc<Progress>>,
    /// Of the last body handed over whole by the attempts before the current one.
    digest: Option<[u8; 32]>,
    under_way: bool,
    outcome: Outcome,
    delivery: Delivery,
    status: Option<u16>,
    response_bytes: u64,
    vendor_reference: Option<String>,
}

impl<'a> Trail<'a> {
    pub(crate) fn begin(client: &'a Settings, call: &'a Call) -> Self {
        let id = CallId::draw();
        Self {
            client,
            call,
            id,
            span: telemetry::call(client, call, id),
            attempt_span: Span::none(),
            wall: client.clock.wall(),
            began: client.clock.now(),
            attempts: Vec::new(),
            progress: None,
            digest: None,
            under_way: false,
            outcome: Outcome::Abandoned,
            delivery: Delivery::NotSent,
            status: None,
            response_bytes: 0,
            vendor_reference: None,
        }
    }

    pub(crate) fn id(&self) -> CallId {
        self.id
    }

    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Announces the call to the audit trail, which may refuse it.
    pub(crate) async fn open(&self) -> Result<(), Error> {
        let Some(sink) = &self.client.audit else {
            return Ok(());
        };
        let context = self.call.context_ref();
        let opening = AuditOpening {
            call: self.id,
            started: self.wall,
            vendor: self.client.vendor.name(),
            server: self.client.addresses.server(),
            operation: self.call.operation().name(),
            doctor: context.doctor_id(),
            patient: context.patient_id(),
        };
        let until = || later(Instant::now(), self.client.deadlines.left(self.spent()));
        match within(until, sink.open(&opening)).await {
            Some(opened) => opened.map_err(|refusal| Error::new(ErrorKind::Audit, refusal.to_string())),
            None => {
                Err(Error::new(ErrorKind::Audit, "the audit trail did not answer within the time limit of the call"))
            }
        }
    }

    /// How much time the call has taken so far.
    pub(crate) fn spent(&self) -> Duration {
        self.spent_at(self.client.clock.now())
    }

    pub(crate) fn spent_at(&self, now: Duration) -> Duration {
        now.saturating_sub(self.began)
    }

    /// An attempt is about to be sent; returns its span.
    pub(crate) fn attempt_starts(&mut self, progress: Arc<Progress>) -> Span {
        self.digest = self.last_digest();
        self.progress = Some(progress);
        self.response_bytes = 0;
        self.under_way = true;
        let number = self.next_number();
        tracing::debug!(number = i64::from(number), "attempt starts");
        self.observe(Event::AttemptStarted { operation: self.call.operation().name(), number });
        self.attempt_span = telemetry::attempt(self.client, self.call, number);
        self.attempt_span.clone()
    }

    fn last_digest(&self) -> Option<[u8; 32]> {
        self.progress.as_ref().and_then(|progress| progress.digest()).or(self.digest)
    }

    pub(crate) fn next_number(&self) -> u32 {
        u32::try_from(self.attempts.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(crate) fn attempt_ended(&mut self, attempt: Attempt) {
        tracing::debug!(
            number = i64::from(attempt.number),
            "http.response.status_code" = attempt.status.map(i64::from),
            delivery = attempt.delivery.as_str(),
            "error.type" = attempt.failure.map(crate::ErrorKind::as_str),
            "attempt ended"
        );
        self.under_way = false;
        let span = std::mem::replace(&mut self.attempt_span, Span::none());
        if let Some(progress) = &self.progress {
            let failure = attempt.failure.map(ErrorKind::as_str);
            telemetry::attempt_ended(&span, progress, attempt.status, attempt.delivery, failure);
        }
        self.observe(Event::AttemptEnded { operation: self.call.operation().name(), attempt: &attempt });
        self.status = attempt.status.or(self.status);
        self.delivery = self.delivery.max(attempt.delivery);
        self.attempts.reserve_exact(1);
        self.attempts.push(attempt);
    }

    /// The request will be sent again after `delay`.
    pub(crate) fn repeats(&self, delay: Duration, error: &Error) {
        let asked_by_vendor = error.retry_after().is_some();
        tracing::info!(
            "http.request.resend_count" = i64::from(self.next_number()) - 1,
            "error.type" = error.kind().as_str(),
            delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX),
            asked_by_vendor,
            "retry"
        );
        if !delay.is_zero() {
            self.observe(Event::Waiting { operation: self.call.operation().name(), delay, asked_by_vendor });
        }
    }

    fn observe(&self, event: Event<'_>) {
        if let Some(observer) = &self.client.observer {
            observer.on_event(event);
        }
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.response_bytes = bytes as u64;
    }

    /// What is known of an attempt that is dropped at this moment.
    fn delivery_so_far(&self, progress: &Progress) -> Delivery {
        match progress.status() {
            Some(200..=299) => Delivery::ResponseLost,
            // As in an attempt that ended: the status decides, and the rest of the answer changes nothing.
            Some(status) => verdict::delivery_of_status(status, false),
            None if !progress.started() && !self.call.body_ref().is_empty() => Delivery::NotSent,
            None => Delivery::Unknown,
        }
    }

    /// The call succeeded; returns its attempts.
    pub(crate) fn succeed(mut self, vendor_reference: Option<&str>) -> Vec<Attempt> {
        self.outcome = Outcome::Succeeded;
        self.delivery = Delivery::Answered;
        if self.client.audit.is_none() {
            return std::mem::take(&mut self.attempts);
        }
        self.vendor_reference = vendor_reference.map(str::to_owned);
        self.attempts.clone()
    }

    /// The call failed; returns the error with the account of its attempts.
    pub(crate) fn fail(mut self, error: Error) -> Error {
        self.outcome = Outcome::Failed(error.kind());
        let error = error.of_call(self.id, self.attempts.clone());
        self.delivery = self.delivery.max(error.delivery());
        tracing::warn!("error.type" = error.kind().as_str(), delivery = error.delivery().as_str(), "call failed");
        error
    }
}

impl Drop for Trail<'_> {
    fn drop(&mut self) {
        let progress = self.progress.as_deref();
        // Abandoned in the middle of an attempt: what is known is how far that one had come.
        let broken_off = progress.filter(|_| self.under_way);
        let mut delivery = self.delivery;
        if let Some(progress) = broken_off {
            let so_far = self.delivery_so_far(progress);
            telemetry::attempt_ended(
                &self.attempt_span,
                progress,
                progress.status(),
                so_far,
                Some(telemetry::ABANDONED),
            );
            delivery = delivery.max(so_far);
        }
        telemetry::call_ended(&self.span, self.outcome, delivery);
        if self.client.audit.is_none() && self.client.observer.is_none() {
            return;
        }
        let status = broken_off.and_then(Progress::status).or(self.status);
        let (operation, outcome, elapsed) = (self.call.operation().name(), self.outcome, self.spent());
        let (request_bytes, response_bytes) = (progress.map_or(0, Progress::sent), self.response_bytes);
        let context = self.call.context_ref();
        if let Some(sink) = &self.client.audit {
            sink.record(AuditRecord {
                call: self.id,
                started: self.wall,
                elapsed,
                vendor: self.client.vendor.name(),
                server: self.client.addresses.server().clone(),
                operation,
                doctor: context.doctor_id().cloned(),
                patient: context.patient_id().cloned(),
                outcome,
                delivery,
                status,
                vendor_reference: self.vendor_reference.take().map(Sensitive::new),
                attempts: std::mem::take(&mut self.attempts),
                request_bytes,
                request_sha256: self.last_digest(),
                response_bytes,
            });
        }
        self.observe(Event::CallEnded { operation, outcome, delivery, elapsed, request_bytes, response_bytes });
    }
}
