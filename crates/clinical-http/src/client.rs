//! The client: settings, checked once and shared by all clones, and the one way to make a call.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::audit::AuditSink;
use crate::credential::CredentialSource;
use crate::reqwest_transport::ReqwestTransport;
use crate::run;
use crate::settings::Settings;
use crate::trail::Trail;
use crate::transport::Transport;
use crate::{
    Answer, BaseUrl, BodyLimits, Call, Clock, Deadlines, Error, ErrorKind, Observer, RetryPolicy, Sensitive,
    SystemClock, Vendor, VendorReference,
};

/// A client of one vendor. Cloning is cheap, and all clones share connections and settings.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Settings>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("vendor", &self.inner.vendor.name())
            .field("base", &self.inner.base)
            .field("retry", &self.inner.retry)
            .field("deadlines", &self.inner.deadlines)
            .field("limits", &self.inner.limits)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Starts the settings of a client.
    pub fn builder(vendor: &'static Vendor, base: BaseUrl) -> ClientBuilder {
        ClientBuilder {
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
        }
    }

    /// Makes a call and decodes the JSON answer.
    ///
    /// # Delivery
    ///
    /// On success the vendor has answered. On an error, [`Error::delivery`] says what is known, over all attempts. What is sent again after
    /// which failure is decided by the operation's [`Effect`](crate::Effect).
    ///
    /// # Errors
    ///
    /// Any [`ErrorKind`]. An answer that was received whole but not understood is [`Decode`](ErrorKind::Decode), with its bytes in
    /// [`Error::body`].
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection; the vendor may go on processing. One audit record is written, with the outcome
    /// [`Abandoned`](crate::audit::Outcome::Abandoned). The client remains usable.
    pub async fn send<T: DeserializeOwned + VendorReference>(&self, call: Call) -> Result<Answer<T>, Error> {
        self.send_with(call, |body| decode(body), VendorReference::vendor_reference).await
    }

    /// Makes a call and hands out the answer's body as it came, for operations whose answer is not documented.
    ///
    /// # Delivery
    ///
    /// As [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but never [`Decode`](ErrorKind::Decode).
    ///
    /// # Cancel safety
    ///
    /// As [`send`](Self::send).
    pub async fn send_raw(&self, call: Call) -> Result<Answer<Sensitive<Bytes>>, Error> {
        self.send_with(call, |body| Ok(Sensitive::new(body.clone())), |_| None).await
    }

    async fn send_with<T>(
        &self,
        call: Call,
        decode: impl FnOnce(&Bytes) -> Result<T, Error>,
        reference: impl FnOnce(&T) -> Option<&str>,
    ) -> Result<Answer<T>, Error> {
        let operation = call.operation();
        let span = tracing::info_span!(
            "call",
            vendor = self.inner.vendor.name(),
            operation = operation.name(),
            "http.request.method" = operation.method().as_str(),
            "url.template" = operation.path(),
            "server.address" = self.inner.base.host(),
            "server.port" = self.inner.base.port(),
        );
        async {
            let mut trail = Trail::begin(&self.inner, &call);
            let success = match run::run(&self.inner, &call, &mut trail).await {
                Ok(success) => success,
                Err(error) => return Err(trail.fail(error)),
            };
            match decode(&success.body) {
                Ok(value) => {
                    let attempts = trail.succeed(reference(&value));
                    Ok(Answer { value, status: success.status, attempts, request_id: success.request_id })
                }
                Err(error) => {
                    let error = error.with_status(success.status, success.request_id).with_body(success.body);
                    Err(trail.fail(error))
                }
            }
        }
        .instrument(span)
        .await
    }
}

/// Decodes an answer. The message of `serde_json` may quote the answer, so only the place is taken from it.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let what = match error.classify() {
            serde_json::error::Category::Data => "has another shape than the contract's",
            _ => "is not complete, valid JSON",
        };
        let message = format!("the answer {what} (line {line}, column {column}); its bytes are kept in the error");
        Error::new(ErrorKind::Decode, message)
    })
}

/// The settings of a [`Client`].
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
}

impl std::fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("vendor", &self.vendor.name())
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Where the credential comes from. Without a source no credential is sent.
    pub fn credential(mut self, source: impl CredentialSource) -> Self {
        self.credentials = Some(Arc::new(source));
        self
    }

    /// How often and after which waits a request is sent again. What the policy leaves unset stays as it was.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy.over(&self.retry);
        self
    }

    /// How long things may take. What is left unset stays as it was.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines.over(&self.deadlines);
        self
    }

    /// How much of an answer is accepted.
    pub fn limits(mut self, limits: BodyLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The `User-Agent`, such as `MyHIS/1.0 (General Hospital)`; by default this crate's name and version.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = product.into();
        self
    }

    /// Where audit records go. Without a sink there are none.
    pub fn audit(mut self, sink: impl AuditSink) -> Self {
        self.audit = Some(Arc::new(sink));
        self
    }

    /// Who watches.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Another transport than `reqwest`, for tests. The rules for addresses hold all the same.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another clock than the system's, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// A fixed seed for jitter, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`Configuration`](ErrorKind::Configuration), naming the setting and the rule.
    pub fn build(self) -> Result<Client, Error> {
        let user_agent = HeaderValue::from_str(&self.user_agent)
            .ok()
            .filter(|value| !value.is_empty() && value.to_str().is_ok())
            .ok_or_else(|| {
                Error::configuration("user agent", "is empty or not visible ASCII; use a form such as MyHIS/1.0")
            })?;
        let audit = [self.vendor.doctor_header(), self.vendor.patient_header()];
        for name in audit.into_iter().flatten() {
            HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| Error::configuration("audit header", "is not a valid HTTP field name"))?;
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(ReqwestTransport::new(&self.base, &self.deadlines)?),
        };
        let random = self.seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Ok(Client {
            inner: Arc::new(Settings {
                vendor: self.vendor,
                base: self.base,
                credentials: self.credentials,
                retry: self.retry,
                deadlines: self.deadlines,
                limits: self.limits,
                user_agent,
                transport,
                clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
                audit: self.audit,
                observer: self.observer,
                random: Mutex::new(random),
            }),
        })
    }
}
