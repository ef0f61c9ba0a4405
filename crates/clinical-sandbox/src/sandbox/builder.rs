//! The settings of a sandbox, checked once when it starts.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{DEFAULT_TOKEN, Sandbox, run};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::fault::plan::Plan;
use crate::journal::Recorder;
use crate::ledger::LedgerBook;
use crate::limiter::Limiter;
use crate::novamed::{self, Limits, NovamedBook};
use crate::state::State;
use crate::switches::Switches;
use crate::{SandboxError, Tls, contract, control};

/// Settings of a [`Sandbox`].
#[derive(Clone, Default)]
pub struct SandboxBuilder {
    seed: u64,
    port: u16,
    tokens: Vec<String>,
    switches: Switches,
    time: Time,
    limit: Option<(u32, Duration)>,
    faults: Vec<Fault>,
    tls: Option<Tls>,
    clinics: Vec<String>,
    webhook_key: Option<String>,
}

#[derive(Clone, Copy, Default)]
enum Time {
    #[default]
    Real,
    Fast(f64),
    ByHand,
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxBuilder").field("seed", &self.seed).field("port", &self.port).finish_non_exhaustive()
    }
}

impl SandboxBuilder {
    /// The seed of everything that varies: run ids, small confidence variations, faults with a probability. Same
    /// requests and seed, same answers. Default 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The port on 127.0.0.1. Default 0: any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A token to accept. The first call replaces [`DEFAULT_TOKEN`]; each further call adds one, with a rate limit of
    /// its own.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.tokens.push(token.into());
        self
    }

    /// The switches for what the documents leave open.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// So many calls per token in each window of virtual time; more are answered with 429. Default: no limit, but for `NovaMed`
    /// the documented ones (see [`Switches::novamed_rate_limit`]).
    #[must_use]
    pub fn rate_limit(mut self, calls: u32, per: Duration) -> Self {
        self.limit = Some((calls, per));
        self
    }

    /// Virtual seconds per real second, above 0 up to 1,000,000. Default 1.
    #[must_use]
    pub fn speed(mut self, speed: f64) -> Self {
        self.time = Time::Fast(speed);
        self
    }

    /// Time moves only through [`Clock::advance`]: latency and rate limits wait for it. `Date` starts at 2026-01-01.
    #[must_use]
    pub fn manual_clock(mut self) -> Self {
        self.time = Time::ByHand;
        self
    }

    /// A fault planned from the start.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Serves HTTPS instead of HTTP, with an authority that is made for this sandbox; see [`Sandbox::issued`]. Faults, the journal and
    /// the sandbox's own routes work as without it.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// A clinic of `NovaMed` beside [`NOVAMED_CLINIC`](crate::NOVAMED_CLINIC), which is always there. A UUID.
    #[must_use]
    pub fn novamed_clinic(mut self, id: impl Into<String>) -> Self {
        self.clinics.push(id.into());
        self
    }

    /// What webhooks are called with as `x-api-key`. Default: the key that registered them.
    #[must_use]
    pub fn webhook_key(mut self, key: impl Into<String>) -> Self {
        self.webhook_key = Some(key.into());
        self
    }

    /// Starts the sandbox in the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`SandboxError::Bind`] when the port cannot be opened; [`SandboxError::Setting`] when a setting is outside its
    /// rule; [`SandboxError::Contract`] when an embedded contract cannot be read.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        contract::load()?;
        let (clock, tokens) = (self.clock()?, self.tokens()?);
        if self.limit.is_some_and(|(calls, per)| calls == 0 || per.is_zero()) {
            return Err(SandboxError::setting("rate_limit", "at least one call in a window longer than nothing"));
        }
        if !self.clinics.iter().all(|id| novamed::is_uuid(id)) {
            return Err(SandboxError::setting("novamed_clinic", "must have the form of a UUID"));
        }
        if self.webhook_key.as_ref().is_some_and(|key| key.is_empty() || HeaderValue::from_str(key).is_err()) {
            return Err(SandboxError::setting("webhook_key", "visible ASCII, at least one character"));
        }
        let (tls, issued) = self.tls.map(Tls::set_up).transpose()?.unzip();
        let state = State {
            seed: self.seed,
            tls,
            tokens,
            switches: self.switches,
            clock,
            limiter: self.limit.map(|(calls, per)| Limiter::new(calls, per)),
            journal: Recorder::new(),
            faults: Plan::new(self.seed),
            ledger: LedgerBook::default(),
            tasks: Arc::default(),
            novamed: NovamedBook::new(self.seed, self.clinics),
            novamed_limits: Limits::new(),
            webhook_key: self.webhook_key,
            released: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        };
        control::plan(&state, self.faults)?;
        let bind = |source| SandboxError::Bind { port: self.port, source };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(address).await.map_err(bind)?;
        let port = listener.local_addr().map_err(bind)?.port();
        Ok(run(Arc::new(state), listener, port, issued))
    }

    fn clock(&self) -> Result<Clock, SandboxError> {
        match self.time {
            Time::Real => Ok(Clock::real(1.0)),
            Time::ByHand => Ok(Clock::by_hand()),
            Time::Fast(speed) if speed > 0.0 && speed <= 1_000_000.0 => Ok(Clock::real(speed)),
            Time::Fast(_) => Err(SandboxError::setting("speed", "above 0 and at most 1000000")),
        }
    }

    fn tokens(&self) -> Result<Vec<String>, SandboxError> {
        if self.tokens.is_empty() {
            return Ok(vec![DEFAULT_TOKEN.to_owned()]);
        }
        let bad = |token: &String| token.is_empty() || token.contains(' ') || HeaderValue::from_str(token).is_err();
        if self.tokens.iter().any(bad) {
            return Err(SandboxError::setting("token", "visible ASCII without spaces, at least one character"));
        }
        Ok(self.tokens.clone())
    }
}
