//! The running sandbox and its builder. It listens on 127.0.0.1 only, whatever it is asked, and lives in the caller's
//! tokio runtime.

mod builder;

use std::fmt;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

pub use builder::SandboxBuilder;

use crate::clock::Clock;
use crate::fault::Fault;
use crate::fidelity::{self, Fidelity};
use crate::journal::Journal;
use crate::ledger::Ledger;
use crate::novamed::{self, NovamedFacts};
use crate::state::State;
use crate::tasks::TaskFacts;
use crate::{Issued, SandboxError, connection, control};

/// The token a sandbox accepts unless told otherwise. It opens nothing else.
pub const DEFAULT_TOKEN: &str = "sandbox-token-that-opens-nothing";

/// More connections than this wait in the kernel's queue until one ends.
const MOST_CONNECTIONS: usize = 256;

/// A running sandbox. Dropping it stops it at once; [`Sandbox::shutdown`] lets answers end first.
///
/// ```
/// # async fn test() -> Result<(), clinical_sandbox::SandboxError> {
/// use clinical_sandbox::{Fault, FaultKind, Sandbox};
///
/// let sandbox = Sandbox::builder().seed(7).start().await?;
/// sandbox.inject(Fault::new(FaultKind::status(503)).on("codify").first(2))?;
/// // ... call sandbox.url() with sandbox.token() ...
/// assert_eq!(sandbox.ledger().processed("codify"), 0);
/// sandbox.shutdown().await;
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    state: Arc<State>,
    url: String,
    port: u16,
    issued: Option<Issued>,
    accepting: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// A builder with the defaults: seed 0, any free port, one token, no faults, no rate limit, real time.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// `http://127.0.0.1:PORT`, or `https://127.0.0.1:PORT` with TLS, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The authority that a client has to trust, and an identity that it can show; `None` without TLS.
    pub fn issued(&self) -> Option<&Issued> {
        self.issued.as_ref()
    }

    /// The first token it accepts.
    pub fn token(&self) -> &str {
        self.state.tokens.first().map_or("", String::as_str)
    }

    /// Its time.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Plans a fault. It falls on attempts that begin after this call.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Setting`] when a field is outside its rule, or when 1,000 faults are planned already.
    pub fn inject(&self, fault: Fault) -> Result<(), SandboxError> {
        control::plan(&self.state, vec![fault])
    }

    /// The faults that can still fall on something.
    pub fn faults(&self) -> Vec<Fault> {
        self.state.faults.pending()
    }

    /// Forgets the planned faults and ends the silences and latencies that are being played.
    pub fn clear_faults(&self) {
        self.state.clear_faults();
    }

    /// What happened so far. A whole answer or a fault is noted before its first byte is sent.
    pub fn journal(&self) -> Journal {
        self.state.journal.copy()
    }

    /// Waits until the journal satisfies a condition, and returns it: for what a client cannot see, such as an attempt
    /// it gave up. It waits for ever when the condition never comes true.
    pub async fn journal_when(&self, mut condition: impl FnMut(&Journal) -> bool) -> Journal {
        let mut changes = self.state.journal.watch();
        loop {
            changes.borrow_and_update();
            let journal = self.journal();
            if condition(&journal) || changes.changed().await.is_err() {
                return journal;
            }
        }
    }

    /// What was processed so far.
    pub fn ledger(&self) -> Ledger {
        self.state.ledger.copy()
    }

    /// The truth about every task: which polls were answered with what, and which of them took the result.
    pub fn tasks(&self) -> Vec<TaskFacts> {
        self.state.tasks.facts(self.state.clock.now(), self.state.switches.task_statuses)
    }

    /// The truth about `NovaMed`: what was made, where it stands, and what became of every call of a webhook.
    pub fn novamed(&self) -> NovamedFacts {
        self.state.novamed.facts(self.state.clock.now())
    }

    /// Waits until that truth satisfies a condition, and returns it: events and calls of webhooks happen in the background. It
    /// waits for ever when the condition never comes true; it looks again when something happened, not when time passed.
    ///
    /// # Cancel safety
    ///
    /// Dropping it has no effect.
    pub async fn novamed_when(&self, mut condition: impl FnMut(&NovamedFacts) -> bool) -> NovamedFacts {
        let mut changes = self.state.novamed.watch();
        loop {
            changes.borrow_and_update();
            let facts = self.novamed();
            if condition(&facts) || changes.changed().await.is_err() {
                return facts;
            }
        }
    }

    /// Waits until every event that is due by now has happened and every call of a webhook that is due by now has ended, and gives
    /// the truth then: what a test does after it moved the clock. A receiver that never answers holds it up until its five seconds
    /// have passed, on a clock that is moved by hand for ever.
    ///
    /// # Cancel safety
    ///
    /// Dropping it has no effect.
    pub async fn novamed_settled(&self) -> NovamedFacts {
        let mut changes = self.state.novamed.watch();
        loop {
            changes.borrow_and_update();
            if self.state.novamed.is_settled(self.state.clock.now()) || changes.changed().await.is_err() {
                return self.novamed();
            }
        }
    }

    /// What is simulated and how sure that is.
    pub fn fidelity(&self) -> Vec<Fidelity> {
        fidelity::table(&self.state)
    }

    /// Forgets the journal, the ledger, the tasks, what was made and registered, the faults and the used-up rate limits. Settings
    /// and time stay.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// Runs until `end` resolves, then stops as [`Sandbox::shutdown`] does.
    pub async fn run_until(self, end: impl Future<Output = ()>) {
        end.await;
        self.shutdown().await;
    }

    /// Stops accepting, ends silences and latencies, lets answers end (at most two seconds) and closes every connection.
    pub async fn shutdown(mut self) {
        self.state.stopping.send_replace(true);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.state.stopping.send_replace(true);
        if let Some(accepting) = self.accepting.take() {
            // The connections are owned by this task: they go with it.
            accepting.abort();
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("url", &self.url).field("seed", &self.state.seed).finish_non_exhaustive()
    }
}

fn run(state: Arc<State>, listener: TcpListener, port: u16, issued: Option<Issued>) -> Sandbox {
    let scheme = if issued.is_some() { "https" } else { "http" };
    let accepting = tokio::spawn(accept(Arc::clone(&state), listener));
    Sandbox { state, url: format!("{scheme}://127.0.0.1:{port}"), port, issued, accepting: Some(accepting) }
}

async fn accept(state: Arc<State>, listener: TcpListener) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    connections.spawn(novamed::deliver(Arc::clone(&state)));
    loop {
        let accepted = tokio::select! {
            () = state.stopped() => break,
            accepted = accept_one(&room, &listener) => accepted,
        };
        // Tasks that have ended are taken out, so that the set holds the living ones only.
        while connections.try_join_next().is_some() {}
        if let Some((permit, stream)) = accepted {
            let state = Arc::clone(&state);
            connections.spawn(async move {
                connection::serve(state, stream).await;
                drop(permit);
            });
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn accept_one(
    room: &Arc<Semaphore>,
    listener: &TcpListener,
) -> Option<(tokio::sync::OwnedSemaphorePermit, tokio::net::TcpStream)> {
    let permit = Arc::clone(room).acquire_owned().await.ok()?;
    if let Ok((stream, _)) = listener.accept().await {
        return Some((permit, stream));
    }
    // Out of file descriptors, as a rule: give other tasks the time to close some.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    None
}
