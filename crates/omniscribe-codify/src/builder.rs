//! The settings of a client.

use std::env::VarError;
use std::time::Duration;

use clinical_http::credential::{CredentialSource, StaticCredential};
use clinical_http::{Backoff, BaseUrl, Client, ClientBuilder, Deadlines, Error as HttpError, Jitter, RetryPolicy};
use secrecy::SecretString;

use crate::client::VENDOR;
use crate::{API_TOKEN_VAR, API_URL_VAR, Codify, Environment, Error, Limits};

type HttpSettings = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// The settings of a [`Codify`] client, checked by [`build`](CodifyBuilder::build).
///
/// Needed: an address and a token. Defaults of the rest: 4 attempts with waits of about 1, 2 and 4 s (never shortened by more than a
/// fifth), 600 s for an attempt, 30 min for a whole call, 10 s to connect, 30 s without a byte of a body; the limits of [`Limits`].
#[derive(Default)]
#[must_use]
pub struct CodifyBuilder {
    base_url: Option<String>,
    token: Option<SecretString>,
    credential: Option<Box<dyn CredentialSource>>,
    environment: Option<Environment>,
    require_doctor: Option<bool>,
    limits: Limits,
    http: Vec<HttpSettings>,
}

impl std::fmt::Debug for CodifyBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodifyBuilder")
            .field("environment", &self.environment)
            .field("require_doctor", &self.require_doctor)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl CodifyBuilder {
    /// The vendor's address, with or without a trailing `/` or `/v1`. HTTPS, or plain HTTP to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The bearer token.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// A source of credentials instead of a fixed token.
    pub fn credential(mut self, source: impl CredentialSource) -> Self {
        self.credential = Some(Box::new(source));
        self
    }

    /// Which of the vendor's environments the address belongs to. Without this an address on this machine counts as development and
    /// every other one as production.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Whether a request without a doctor's reference is refused before it is sent; by default in production.
    pub fn require_doctor(mut self, required: bool) -> Self {
        self.require_doctor = Some(required);
        self
    }

    /// The size limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Everything about sending: deadlines, retries, user agent, audit sink, observer. What the settings leave unset keeps this crate's
    /// defaults: setting the total leaves the attempt limit at 600 s.
    ///
    /// ```
    /// use omniscribe_codify::Codify;
    /// use omniscribe_codify::http_core::Deadlines;
    /// use std::time::Duration;
    ///
    /// let codify = Codify::builder()
    ///     .base_url("https://codify.hospital.example")
    ///     .token("token from the vendor")
    ///     .http(|http| http.user_agent("MyHIS/1.0 (General Hospital)").deadlines(Deadlines::default().total(Duration::from_secs(60))))
    ///     .build();
    /// # let _ = codify;
    /// ```
    pub fn http(mut self, settings: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static) -> Self {
        self.http.push(Box::new(settings));
        self
    }

    /// Takes address and token from `OMNISCRIBE_API_URL` and `OMNISCRIBE_API_TOKEN`, where they were not given.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable that is missing.
    pub fn from_env(mut self) -> Result<Self, Error> {
        if self.base_url.is_none() {
            self.base_url = Some(variable(API_URL_VAR, "is not set; set it to the address that the vendor gave you")?);
        }
        if self.token.is_none() && self.credential.is_none() {
            let token = variable(API_TOKEN_VAR, "is not set; set it to the token that the vendor gave you")?;
            self.token = Some(token.into());
        }
        Ok(self)
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials) for a missing or impossible token, [`Configuration`](crate::ErrorKind::Configuration)
    /// for the rest. Nothing was sent.
    pub fn build(self) -> Result<Codify, Error> {
        let base_url = self
            .base_url
            .ok_or_else(|| HttpError::configuration("base URL", "is missing; give the vendor's address"))?;
        let base = BaseUrl::parse(&base_url)?;
        let environment = self.environment.unwrap_or(if base.is_loopback() {
            Environment::Development
        } else {
            Environment::Production
        });
        let mut http = Client::builder(&VENDOR, base)
            .retry(retry_policy())
            .deadlines(deadlines())
            .user_agent(concat!("omniscribe-codify/", env!("CARGO_PKG_VERSION")));
        http = match (self.credential, self.token) {
            (Some(source), _) => http.credential(source),
            (None, Some(token)) => http.credential(StaticCredential::bearer(token)?),
            (None, None) => {
                return Err(HttpError::credentials("token", "is missing; give the token that the vendor issued").into());
            }
        };
        for settings in self.http {
            http = settings(http);
        }
        let doctor_required = self.require_doctor.unwrap_or(environment == Environment::Production);
        Ok(Codify::new(http.build()?, self.limits, doctor_required))
    }
}

/// The vendor documents three retries after 1, 2 and 4 s, for 429 and 5xx alike.
fn retry_policy() -> RetryPolicy {
    let documented = Backoff::new(Duration::from_secs(1), Duration::from_secs(20), Jitter::AtLeastPercent(80));
    RetryPolicy::default().max_attempts(4).transient(documented).throttle(documented)
}

/// The vendor gives up on a note after ten minutes; a call has room for a second full-length attempt.
fn deadlines() -> Deadlines {
    Deadlines::default().attempt(Duration::from_secs(600)).total(Duration::from_secs(1800))
}

fn variable(name: &'static str, rule: &'static str) -> Result<String, Error> {
    match std::env::var(name) {
        Ok(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Ok(_) | Err(VarError::NotPresent) => Err(HttpError::credentials(name, rule).into()),
        Err(VarError::NotUnicode(_)) => Err(HttpError::credentials(name, "is not valid UTF-8; set it again").into()),
    }
}
