//! The settings of a client: collected, checked once in `build()`, and then fixed.

use std::sync::{Arc, Mutex};

use http::{HeaderName, HeaderValue};

use crate::Connection;
use crate::addresses::Addresses;
use crate::audit::AuditSink;
use crate::budget::Tokens;
use crate::credential::CredentialSource;
use crate::gate::Gate;
use crate::settings::Settings;
use crate::transport::Transport;
use crate::{
    BaseUrl, BodyLimits, Client, Clock, Deadlines, Error, Observer, RateLimit, RetryPolicy, SystemClock, Vendor,
};
use clinical_transport::Random;
use clinical_transport::ReqwestTransport;

/// The settings of a [`Client`], made by [`Client::builder`].
///
/// Every limit that needs no knowledge of the vendor is on from the start:
///
/// | setting | default |
/// |---|---|
/// | [`credential`](Self::credential) | none is sent |
/// | [`retry`](Self::retry) | 4 attempts, a budget of 100 tokens |
/// | [`deadlines`](Self::deadlines) | total 5 min, attempt 60 s, connect 10 s, stall 30 s |
/// | [`max_in_flight`](Self::max_in_flight) | 64 |
/// | [`rate_limit`](Self::rate_limit) | only the vendor's own word |
/// | [`limits`](Self::limits) | 16 MiB of a success, 8 KiB of an error |
/// | [`connection`](Self::connection) | the system's authorities, no client certificate, no proxy |
/// | [`audit`](Self::audit), [`observer`](Self::observer) | none |
///
/// A vendor crate sets what its vendor documents and hands the builder on, so a setting given later
/// wins over one given before; deadlines and retry policy are merged, field by field.
///
/// ```
/// use clinical_http::{BaseUrl, Client, Deadlines, RateLimit, RetryPolicy, Vendor};
/// use std::time::Duration;
///
/// # fn main() -> Result<(), clinical_http::Error> {
/// const VENDOR: Vendor = Vendor::new("example");
/// let client = Client::builder(&VENDOR, BaseUrl::parse("http://127.0.0.1:8080")?)
///     .user_agent("MyHIS/1.0 (General Hospital)")
///     .deadlines(Deadlines::default().total(Duration::from_secs(120)))
///     .retry(RetryPolicy::default().max_attempts(2))
///     .rate_limit(RateLimit::per_minute(60))
///     .max_in_flight(8)
///     .build()?;
///
/// // `Debug` tells every limit in force, also those that nobody set.
/// let in_force = format!("{client:?}");
/// assert!(in_force.contains("total: 120s") && in_force.contains("stall: 30s"));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ClientBuilder {
    vendor: &'static Vendor,
    base: BaseUrl,
    credentials: Option<Arc<dyn CredentialSource>>,
    retry: RetryPolicy,
    deadlines: Deadlines,
    limits: BodyLimits,
    user_agent: String,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    audit: Option<Arc<dyn AuditSink>>,
    observer: Option<Arc<dyn Observer>>,
    seed: Option<u64>,
    connection: Connection,
    rate: Option<RateLimit>,
    max_in_flight: usize,
}

/// Enough to keep a department busy, few enough not to look like an attack to a vendor.
const MAX_IN_FLIGHT: usize = 64;

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("vendor", &self.vendor.name())
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    pub(crate) fn new(vendor: &'static Vendor, base: BaseUrl) -> Self {
        Self {
            vendor,
            base,
            credentials: None,
            retry: RetryPolicy::default(),
            deadlines: Deadlines::default(),
            limits: BodyLimits::default(),
            user_agent: concat!("clinical-http/", env!("CARGO_PKG_VERSION")).to_owned(),
            transport: None,
            clock: None,
            audit: None,
            observer: None,
            seed: None,
            connection: Connection::default(),
            rate: None,
            max_in_flight: MAX_IN_FLIGHT,
        }
    }

    /// Where the credential comes from: one of the sources in [`credential`](crate::credential), or
    /// your own. Without a source no credential is sent. Asked before every attempt, so a secret
    /// can be rotated while the client runs.
    pub fn credential(mut self, source: impl CredentialSource) -> Self {
        self.credentials = Some(Arc::new(source));
        self
    }

    /// How often and after which waits a request is sent again. What the policy leaves unset stays
    /// as it was. Whether a request may be repeated at all is the operation's
    /// [`Effect`](crate::Effect), and no setting overrules it.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy.over(&self.retry);
        self
    }

    /// How long things may take. What is left unset stays as it was. The connect limit has no
    /// effect on a transport given with [`transport`](Self::transport).
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines.over(&self.deadlines);
        self
    }

    /// How many requests may begin within a period, over all clones of the client; by default as
    /// many as the vendor takes. Where the vendor sends `X-RateLimit-Remaining` and
    /// `X-RateLimit-Reset`, its own count is respected as well, also without this setting.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate = Some(limit);
        self
    }

    /// How many requests may be under way at the same time, over all clones of the client (64 by
    /// default, at least 1). Others wait for their turn, within their deadline.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.max_in_flight = requests;
        self
    }

    /// How much of an answer is accepted: by default 16 MiB of a success.
    pub fn limits(mut self, limits: BodyLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The `User-Agent` (RFC 9110, section 10.1.5), such as `MyHIS/1.0 (General Hospital)`; by
    /// default this crate's name and version. ASCII; checked by [`build`](Self::build).
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = product.into();
        self
    }

    /// Where audit records go. Without a sink there are none, and no fingerprint of what is sent is
    /// computed. With one, a call begins only after the sink was told of it and did not refuse.
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Some(Arc::new(sink));
        self
    }

    /// Who watches: counters, a progress display. One observer; give one that passes on to several
    /// if you need them. It can change nothing.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// How connections are made: whom to trust, who we are, and through which proxy. By default the
    /// operating system's authorities, no client certificate, no proxy. Without effect on a
    /// transport given with [`transport`](Self::transport).
    pub fn connection(mut self, connection: Connection) -> Self {
        self.connection = connection;
        self
    }

    /// Another transport than `reqwest`, for tests. The rules for addresses hold all the same. What
    /// it must keep to is said at [`Transport`]: above all, never to claim that nothing was sent
    /// without being certain.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another clock than the system's, for tests. It measures the total deadline and the waits
    /// between attempts; limits within an attempt use tokio's timer.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// A fixed seed for jitter, for tests. In production leave it out: clients with the same seed
    /// come back at the same moment.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration), naming the setting and the rule: a user
    /// agent that is empty or not ASCII, an audit header of the vendor's that is no HTTP field
    /// name, a system without trusted authorities, proxy credentials without a proxy. No connection
    /// is made, so a wrong address or a wrong key shows at the first call.
    pub fn build(self) -> Result<Client, Error> {
        let user_agent = HeaderValue::from_str(&self.user_agent)
            .ok()
            .filter(|value| !value.is_empty() && value.to_str().is_ok())
            .ok_or_else(|| {
                Error::configuration("user agent", "is empty or not visible ASCII; use a form such as MyHIS/1.0")
            })?;
        let audit_header = |name: Option<&str>| {
            let name = name.map(|name| HeaderName::from_bytes(name.as_bytes())).transpose();
            name.map_err(|_| Error::configuration("audit header", "is not a valid HTTP field name"))
        };
        let audit_headers = [audit_header(self.vendor.doctor_header())?, audit_header(self.vendor.patient_header())?];
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new(&self.base, self.deadlines.connect_limit(), &self.connection)?),
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let random = self.seed.map_or_else(Random::seeded_by_chance, Random::with_seed);
        Ok(Client {
            inner: Arc::new(Settings {
                vendor: self.vendor,
                addresses: Addresses::new(self.base),
                credentials: self.credentials,
                tokens: Tokens::new(self.retry.retry_budget(), clock.now()),
                gate: Gate::new(self.max_in_flight, self.rate),
                retry: self.retry,
                deadlines: self.deadlines,
                limits: self.limits,
                user_agent,
                audit_headers,
                transport,
                clock,
                audit: self.audit,
                observer: self.observer,
                random: Mutex::new(random),
            }),
        })
    }
}
