//! The settings of a client.

use std::env::VarError;
use std::time::Duration;

use clinical_http::credential::{CredentialSource, EnvCredential, Scheme, StaticCredential};
use clinical_http::{Backoff, BaseUrl, Client, ClientBuilder, Deadlines, Error as HttpError, Jitter, RetryPolicy};
use secrecy::SecretString;

use crate::client::VENDOR;
use crate::{API_TOKEN_VAR, API_URL_VAR, Codify, Environment, Error, Limits};

/// A fixed token is checked when the client is built, so that the builder's methods need not fail.
enum Given {
    Token(SecretString),
    Source(Box<dyn CredentialSource>),
}

type HttpSettings = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// The settings of a [`Codify`] client, checked by [`build`](CodifyBuilder::build).
///
/// Needed: an address and a token. Defaults of the rest: 4 attempts with waits of about 1, 2 and 4 s (never shortened by more than a
/// fifth), 600 s for an attempt, 30 min for a whole call, 10 s to connect, 30 s without a byte of a body; the limits of [`Limits`].
#[derive(Default)]
#[must_use]
pub struct CodifyBuilder {
    base_url: Option<String>,
    credential: Option<Given>,
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

    /// The bearer token, for as long as the client lives. Of this and [`credential`](Self::credential) the last one given counts.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.credential = Some(Given::Token(token.into()));
        self
    }

    /// Where the bearer token comes from, if it changes while the client lives: a file, a fetch, or a handle that replaces it.
    ///
    /// ```no_run
    /// use omniscribe_codify::Codify;
    /// use omniscribe_codify::http_core::credential::{FileCredential, Scheme};
    ///
    /// let token = FileCredential::new(Scheme::bearer(), "/run/secrets/codify-token")?;
    /// let codify = Codify::builder().base_url("https://codify.hospital.example").credential(token).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn credential(mut self, source: impl CredentialSource) -> Self {
        self.credential = Some(Given::Source(Box::new(source)));
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
    /// [`Credentials`](crate::ErrorKind::Credentials), naming the variable that is missing or unusable.
    pub fn from_env(mut self) -> Result<Self, Error> {
        if self.base_url.is_none() {
            self.base_url = Some(api_url()?);
        }
        if self.credential.is_none() {
            self = self.credential(EnvCredential::new(Scheme::bearer(), API_TOKEN_VAR)?);
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
        http = match self.credential {
            Some(Given::Source(source)) => http.credential(source),
            Some(Given::Token(token)) => http.credential(StaticCredential::bearer(token)?),
            None => {
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

fn api_url() -> Result<String, Error> {
    let rule = match std::env::var(API_URL_VAR) {
        Ok(value) if !value.trim().is_empty() => return Ok(value.trim().to_owned()),
        Ok(_) | Err(VarError::NotPresent) => "is not set; set it to the address that the vendor gave you",
        Err(VarError::NotUnicode(_)) => "is not valid UTF-8; set it again",
    };
    Err(HttpError::credentials(API_URL_VAR, rule).into())
}

#[cfg(test)]
mod tests {
    use clinical_http::credential::ReplaceableCredential;
    use clinical_http::testing::{ScriptedTransport, Step};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn of_tokens_and_sources_the_last_one_given_is_sent_and_the_environment_overrules_none() {
        let source = || ReplaceableCredential::new(Scheme::bearer(), "source").unwrap();
        let rows: [(&str, CodifyBuilder); 4] = [
            ("token", Codify::builder().token("token")),
            ("source", Codify::builder().credential(source())),
            ("source", Codify::builder().token("token").credential(source())),
            ("token", Codify::builder().credential(source()).token("token")),
        ];
        for (sent, builder) in rows {
            let transport = ScriptedTransport::always(Step::answer(401, ""));
            let plays = transport.clone();
            let builder = builder.base_url("http://127.0.0.1:9").http(|http| http.transport(plays));
            // Would fail if it looked for the variable, which no test sets.
            let codify = builder.from_env().unwrap().build().unwrap();
            codify.codify(&"note".into()).await.unwrap_err();
            assert_eq!(transport.requests()[0].headers["authorization"], format!("Bearer {sent}"));
        }
    }
}
