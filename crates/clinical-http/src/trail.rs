//! Keeps the account of a running call and turns it into exactly one audit record, however the call ends.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::audit::{AuditRecord, Outcome};
use crate::call::Call;
use crate::client::Inner;
use crate::request::Progress;
use crate::{Attempt, Delivery, Error, Event};

/// Dropping it writes the record: a call whose future is dropped is on record as abandoned.
pub(crate) struct Trail<'a> {
    client: &'a Inner,
    call: &'a Call,
    wall: SystemTime,
    began: Duration,
    attempts: Vec<Attempt>,
    progress: Option<Arc<Progress>>,
    under_way: bool,
    outcome: Outcome,
    delivery: Delivery,
    status: Option<u16>,
    response_bytes: u64,
    vendor_reference: Option<String>,
}

impl<'a> Trail<'a> {
    pub(crate) fn begin(client: &'a Inner, call: &'a Call) -> Self {
        Self {
            client,
            call,
            wall: client.clock.wall(),
            began: client.clock.now(),
            attempts: Vec::new(),
            progress: None,
            under_way: false,
            outcome: Outcome::Abandoned,
            delivery: Delivery::NotSent,
            status: None,
            response_bytes: 0,
            vendor_reference: None,
        }
    }

    /// How much time the call has taken so far.
    pub(crate) fn spent(&self) -> Duration {
        self.client.clock.now().saturating_sub(self.began)
    }

    pub(crate) fn attempt_starts(&mut self, progress: Arc<Progress>) {
        self.progress = Some(progress);
        self.under_way = true;
        let number = self.next_number();
        tracing::debug!(number, "attempt starts");
        self.observe(Event::AttemptStarted {
            operation: self.call.operation().name(),
            number,
        });
    }

    pub(crate) fn next_number(&self) -> u32 {
        u32::try_from(self.attempts.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1)
    }

    pub(crate) fn attempt_ended(&mut self, attempt: Attempt) {
        tracing::debug!(
            number = attempt.number,
            "http.response.status_code" = attempt.status,
            delivery = attempt.delivery.as_str(),
            "error.type" = attempt.failure.map(crate::ErrorKind::as_str),
            "attempt ended"
        );
        self.under_way = false;
        self.observe(Event::AttemptEnded {
            operation: self.call.operation().name(),
            attempt: &attempt,
        });
        self.status = attempt.status.or(self.status);
        self.delivery = self.delivery.max(attempt.delivery);
        self.attempts.push(attempt);
    }

    pub(crate) fn waits(&self, delay: Duration, asked_by_vendor: bool) {
        tracing::info!(
            delay_ms = delay.as_millis(),
            asked_by_vendor,
            "waiting before the next attempt"
        );
        self.observe(Event::Waiting {
            operation: self.call.operation().name(),
            delay,
            asked_by_vendor,
        });
    }

    fn observe(&self, event: Event<'_>) {
        if let Some(observer) = &self.client.observer {
            observer.on_event(event);
        }
    }

    pub(crate) fn received(&mut self, bytes: usize) {
        self.response_bytes = bytes as u64;
    }

    /// The call succeeded; returns its attempts.
    pub(crate) fn succeed(mut self, vendor_reference: Option<&str>) -> Vec<Attempt> {
        self.outcome = Outcome::Succeeded;
        self.delivery = Delivery::Answered;
        self.vendor_reference = vendor_reference.map(str::to_owned);
        self.attempts.clone()
    }

    /// The call failed; returns the error with the account of its attempts.
    pub(crate) fn fail(mut self, error: Error) -> Error {
        self.outcome = Outcome::Failed(error.kind());
        let error = error.with_attempts(self.attempts.clone());
        self.delivery = self.delivery.max(error.delivery());
        tracing::warn!(
            "error.type" = error.kind().as_str(),
            delivery = error.delivery().as_str(),
            "call failed"
        );
        error
    }
}

impl Drop for Trail<'_> {
    fn drop(&mut self) {
        let Some(sink) = &self.client.audit else {
            return;
        };
        let progress = self.progress.as_deref();
        // Abandoned in the middle of an attempt: what is known is whether its body had been asked for.
        let may_have_left = self.under_way
            && progress
                .is_some_and(|progress| progress.started() || self.call.body_ref().is_empty());
        let delivery = if may_have_left {
            self.delivery.max(Delivery::Unknown)
        } else {
            self.delivery
        };
        let context = self.call.context_ref();
        sink.record(AuditRecord {
            started: self.wall,
            elapsed: self.spent(),
            vendor: self.client.vendor.name(),
            operation: self.call.operation().name(),
            doctor: context.doctor_id().cloned(),
            patient: context.patient_id().cloned(),
            outcome: self.outcome,
            delivery,
            status: self.status,
            vendor_reference: self.vendor_reference.take(),
            attempts: std::mem::take(&mut self.attempts),
            request_bytes: progress.map_or(0, Progress::sent),
            request_sha256: progress.and_then(Progress::digest),
            response_bytes: self.response_bytes,
        });
    }
}
