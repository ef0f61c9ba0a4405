//! The settings of a client.

use std::sync::Arc;
use std::time::Duration;

use clinical_http::credential::{CredentialSource, EnvCredential, Scheme, StaticCredential};
use clinical_http::{
    Backoff, BaseUrl, Client, ClientBuilder, Deadlines, Error as HttpError, Jitter, RateLimit, RetryPolicy,
};
use secrecy::SecretString;

use crate::client::VENDOR;
use crate::log::SubmissionLog;
use crate::sink::Guard;
use crate::{API_KEY_VAR, CLINIC_ID_VAR, ClinicId, Environment, Error, NovaMed, Revision};

type MakeCredential = Box<dyn FnOnce(Scheme) -> Result<Box<dyn CredentialSource>, HttpError> + Send>;
type HttpSettings = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// For how long an identical create is refused unless a client says otherwise.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// The settings of a [`NovaMed`] client, checked by [`build`](NovaMedBuilder::build).
///
/// Needed: a revision, an environment with its words, and a key. Defaults of the rest: the revision's address for that environment; 100
/// (development) or 60 (production) requests within any minute; 60 s for an attempt and 5 min for a call; reads are tried 4 times with waits
/// of about 1, 2 and 4 s; creates as [`Effect::Unsafe`](clinical_http::Effect::Unsafe) says, and after 429 alone.
///
/// ```
/// use novamed_api::{ClinicId, Environment, NovaMed, Revision};
///
/// let novamed = NovaMed::builder()
///     .revision(Revision::V2025_12)
///     .environment(Environment::Development)
///     .synthetic_data_only()
///     .api_key("dev_key-from-the-vendor")
///     .clinic(ClinicId::new("550e8400-e29b-41d4-a716-446655440000")?)
///     .build()?;
/// # let _ = novamed;
/// # Ok::<(), novamed_api::Error>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct NovaMedBuilder {
    revision: Option<Revision>,
    environment: Option<Environment>,
    synthetic_data_only: bool,
    business_associate_agreement: bool,
    base_url: Option<String>,
    base_urls: Vec<(Revision, String)>,
    credential: Option<MakeCredential>,
    clinic: Option<ClinicId>,
    from_env: bool,
    log: Option<Arc<dyn SubmissionLog>>,
    window: Option<Duration>,
    http: Vec<HttpSettings>,
}

impl std::fmt::Debug for NovaMedBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NovaMedBuilder")
            .field("revision", &self.revision)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

impl NovaMedBuilder {
    /// The revision of the wire format. There is no default, because which of them the vendor's production takes is between it and you.
    pub fn revision(mut self, revision: Revision) -> Self {
        self.revision = Some(revision);
        self
    }

    /// The environment. Without this an address on this machine counts as development; for any other it must be said.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Says that nothing that is sent is about a real person. A client for development is not built without these words.
    pub fn synthetic_data_only(mut self) -> Self {
        self.synthetic_data_only = true;
        self
    }

    /// Says that a Business Associate Agreement with the vendor is signed. A client for production is not built without these words.
    pub fn business_associate_agreement(mut self) -> Self {
        self.business_associate_agreement = true;
        self
    }

    /// Another address than the vendor's, for every revision: a gateway, or the sandbox. HTTPS, or plain HTTP to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another address for one revision. It comes before [`base_url`](Self::base_url).
    pub fn base_url_for(mut self, revision: Revision, url: impl Into<String>) -> Self {
        self.base_urls.retain(|(known, _)| *known != revision);
        self.base_urls.push((revision, url.into()));
        self
    }

    /// The API key, for as long as the client lives. Of this and [`credential`](Self::credential) the last one given counts.
    pub fn api_key(self, key: impl Into<SecretString>) -> Self {
        let key = key.into();
        self.credential(|scheme| Ok(StaticCredential::from(scheme.credential(key)?)))
    }

    /// Where the key comes from, if it changes while the client lives. `make` is given how the key is sent, which refuses keys of the other
    /// environment.
    ///
    /// ```no_run
    /// # use novamed_api::{NovaMed, Revision, Environment};
    /// use novamed_api::http_core::credential::FileCredential;
    ///
    /// let novamed = NovaMed::builder()
    ///     .revision(Revision::V2026_01)
    ///     .environment(Environment::Production)
    ///     .business_associate_agreement()
    ///     .credential(|scheme| FileCredential::new(scheme, "/run/secrets/novamed-key"))
    ///     .build()?;
    /// # Ok::<(), novamed_api::Error>(())
    /// ```
    pub fn credential<S: CredentialSource>(
        mut self,
        make: impl FnOnce(Scheme) -> Result<S, HttpError> + Send + 'static,
    ) -> Self {
        self.credential = Some(Box::new(|scheme| Ok(Box::new(make(scheme)?))));
        self
    }

    /// The clinic on whose behalf requests are made that name none.
    pub fn clinic(mut self, clinic: ClinicId) -> Self {
        self.clinic = Some(clinic);
        self
    }

    /// Takes the key from `NOVAMED_DEV_API_KEY` or `NOVAMED_PROD_API_KEY`, as the environment is, or else from `NOVAMED_API_KEY`, and the clinic
    /// from `NOVAMED_CLINIC_ID`, where they were not given. Read when the client is built.
    pub fn from_env(mut self) -> Self {
        self.from_env = true;
        self
    }

    /// Records creates, and refuses an identical one within the [`window`](Self::window). Without a log nothing is recorded and nothing refused.
    pub fn submission_log(mut self, log: impl SubmissionLog) -> Self {
        self.log = Some(Arc::new(log));
        self
    }

    /// For how long an identical create is refused. Default 24 h.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = Some(window);
        self
    }

    /// Everything about sending: deadlines, retries, pace, user agent, audit sink, observer. What the settings leave unset keeps this crate's
    /// defaults. A create is repeated after 429 alone, whatever the policy says.
    pub fn http(mut self, settings: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static) -> Self {
        self.http.push(Box::new(settings));
        self
    }

    /// Checks the settings and makes the client.
    ///
    /// # Errors
    ///
    /// [`Credentials`](clinical_http::ErrorKind::Credentials) for a missing or impossible key, or one of the other environment;
    /// [`Configuration`](clinical_http::ErrorKind::Configuration) for the rest. Nothing was sent.
    pub fn build(self) -> Result<NovaMed, Error> {
        let missing = "is missing; say which one, such as Revision::V2025_12";
        let revision = self.revision.ok_or_else(|| HttpError::configuration("revision", missing))?;
        let own = self.base_urls.into_iter().find_map(|(of, url)| (of == revision).then_some(url)).or(self.base_url);
        let own = own.map(|url| BaseUrl::parse(&url)).transpose()?;
        let is_here = own.as_ref().is_some_and(BaseUrl::is_loopback);
        let environment = self
            .environment
            .or(is_here.then_some(Environment::Development))
            .ok_or_else(|| HttpError::configuration("environment", "is missing; say development or production"))?;
        let base = match own {
            Some(base) => base,
            None => BaseUrl::parse(match environment {
                Environment::Development => revision.wire().development_url(),
                Environment::Production => revision.wire().production_url(),
            })?,
        };
        is_agreed(environment, self.synthetic_data_only, self.business_associate_agreement)?;
        is_of(&base, environment)?;
        let credential = match self.credential {
            Some(make) => make(environment.scheme()?)?,
            None if self.from_env => Box::new(key_from_env(environment)?),
            None => {
                return Err(
                    HttpError::credentials("token", "is missing; give the API key that the vendor issued").into()
                );
            }
        };
        let clinic = match self.clinic {
            None if self.from_env => clinic_from_env()?,
            clinic => clinic,
        };
        let mut http = Client::builder(&VENDOR, base.clone())
            .retry(retry_policy())
            .deadlines(Deadlines::default().attempt(Duration::from_secs(60)).total(Duration::from_secs(300)))
            .rate_limit(RateLimit::per_minute(environment.requests_per_minute()))
            .user_agent(concat!("novamed-api/", env!("CARGO_PKG_VERSION")))
            .credential(credential);
        for settings in self.http {
            http = settings(http);
        }
        let guard = self.log.map(|log| Guard { log, window: self.window.unwrap_or(WINDOW), again: false });
        Ok(NovaMed::new(http.build()?, base, revision, environment, clinic, guard))
    }
}

/// Each environment has words that must be said, and those of the other one are a mistake.
fn is_agreed(environment: Environment, synthetic: bool, agreement: bool) -> Result<(), HttpError> {
    let rule = match (environment, synthetic, agreement) {
        (Environment::Development, false, _) => {
            "is for invented data only; say so with synthetic_data_only(), or use production"
        }
        (Environment::Production, _, false) => {
            "carries patients' data under a Business Associate Agreement; say that it is signed with business_associate_agreement()"
        }
        (Environment::Production, true, true) => {
            "is for real patients, and synthetic_data_only() was said; leave it out, or use development"
        }
        _ => return Ok(()),
    };
    Err(HttpError::configuration("environment", rule))
}

/// Whether one of the vendor's own addresses is that of the other environment.
fn is_of(base: &BaseUrl, environment: Environment) -> Result<(), HttpError> {
    // With a dot at its end a name is the same (RFC 1034, section 3.1).
    let host = base.host().trim_end_matches('.');
    let host_is = |url: &str| BaseUrl::parse(url).is_ok_and(|known| known.host() == host);
    let any =
        |url: fn(&dyn crate::revision::Wire) -> &'static str| Revision::ALL.iter().any(|one| host_is(url(one.wire())));
    let rule = match environment {
        Environment::Development if any(|wire| wire.production_url()) => {
            "is the vendor's production and the environment is development; correct one of them"
        }
        Environment::Production if any(|wire| wire.development_url()) => {
            "is the vendor's development and the environment is production; correct one of them"
        }
        _ => return Ok(()),
    };
    Err(HttpError::configuration("base URL", rule))
}

fn key_from_env(environment: Environment) -> Result<EnvCredential, Error> {
    let own = environment.key_var();
    let name = if std::env::var_os(own).is_some() { own } else { API_KEY_VAR };
    Ok(EnvCredential::new(environment.scheme()?, name)?)
}

/// None if it is not set: requests may name theirs.
fn clinic_from_env() -> Result<Option<ClinicId>, Error> {
    let Some(value) = std::env::var_os(CLINIC_ID_VAR) else {
        return Ok(None);
    };
    let id = value.to_str().and_then(|value| ClinicId::new(value.trim()).ok());
    id.map(Some)
        .ok_or_else(|| HttpError::configuration(CLINIC_ID_VAR, "must be a UUID; set it as the vendor gave it").into())
}

/// The vendor documents waits of 1, 2 and 4 s for what may be repeated.
fn retry_policy() -> RetryPolicy {
    let documented = Backoff::new(Duration::from_secs(1), Duration::from_secs(20), Jitter::AtLeastPercent(80));
    RetryPolicy::default().max_attempts(4).transient(documented).throttle(documented)
}
