//! The settings of a client, checked, as all its clones and calls share them. What changes while
//! it runs (gate, retry budget, jitter, known addresses) is behind a lock or an atomic of its own.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderName, HeaderValue};

use crate::addresses::Addresses;
use crate::audit::AuditSink;
use crate::budget::Tokens;
use crate::credential::CredentialSource;
use crate::gate::Gate;
use crate::transport::Transport;
use crate::{BodyLimits, Clock, Deadlines, Observer, RetryPolicy, Vendor};
use clinical_transport::Random;

pub(crate) struct Settings {
    pub(crate) vendor: &'static Vendor,
    pub(crate) addresses: Addresses,
    pub(crate) credentials: Option<Arc<dyn CredentialSource>>,
    pub(crate) retry: RetryPolicy,
    pub(crate) deadlines: Deadlines,
    pub(crate) limits: BodyLimits,
    pub(crate) user_agent: HeaderValue,
    /// For the doctor and for the patient.
    pub(crate) audit_headers: [Option<HeaderName>; 2],
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) audit: Option<Arc<dyn AuditSink>>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) gate: Gate,
    pub(crate) tokens: Tokens,
    pub(crate) random: Mutex<Random>,
}

impl Settings {
    pub(crate) fn with_random<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        draw(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
