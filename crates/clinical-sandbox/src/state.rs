//! Everything one sandbox owns, shared by its connections. Two sandboxes in one process share nothing but the compiled
//! contracts, which never change.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::clock::Clock;
use crate::fault::plan::Plan;
use crate::journal::Recorder;
use crate::ledger::LedgerBook;
use crate::limiter::Limiter;
use crate::novamed::{Limits, NovamedBook};
use crate::switches::Switches;
use crate::tasks::TaskBook;

/// The state of one sandbox.
pub(crate) struct State {
    pub(crate) seed: u64,
    /// Set when it speaks HTTPS.
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) tokens: Vec<String>,
    pub(crate) switches: Switches,
    pub(crate) clock: Clock,
    pub(crate) limiter: Option<Limiter>,
    pub(crate) journal: Recorder,
    pub(crate) faults: Plan,
    pub(crate) ledger: LedgerBook,
    pub(crate) tasks: Arc<TaskBook>,
    pub(crate) novamed: NovamedBook,
    /// The limits that `NovaMed` documents.
    pub(crate) novamed_limits: Limits,
    /// What webhooks are called with in place of the key that registered them.
    pub(crate) webhook_key: Option<String>,
    /// Goes up when silences and latencies are to end.
    pub(crate) released: watch::Sender<u64>,
    /// Becomes true when the sandbox stops.
    pub(crate) stopping: watch::Sender<bool>,
}

impl State {
    /// Forgets what happened and what was planned. Settings and time stay.
    pub(crate) fn reset(&self) {
        self.clear_faults();
        self.faults.reset();
        self.journal.reset();
        self.ledger.reset();
        self.tasks.reset();
        self.novamed.reset();
        self.novamed_limits.reset();
        if let Some(limiter) = &self.limiter {
            limiter.reset();
        }
    }

    /// Forgets the planned faults and ends the silences and latencies that are being played.
    pub(crate) fn clear_faults(&self) {
        self.faults.clear();
        self.released.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Resolves when the sandbox is told to stop.
    pub(crate) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        }
    }

    /// Resolves when faults are cleared or the sandbox stops, counted from this call.
    pub(crate) fn release(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut released = self.released.subscribe();
        let stopped = self.stopped();
        async move {
            tokio::select! {
                _ = released.changed() => {}
                () = stopped => {}
            }
        }
    }
}
