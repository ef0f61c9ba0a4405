//! The settings of a client.

use std::env::VarError;
use std::path::PathBuf;
use std::time::Duration;

use clinical_drift::Drift;
use clinical_http::credential::{CredentialSource, EnvCredential, Scheme, StaticCredential};
use clinical_http::{BaseUrl, Client, ClientBuilder, Deadlines, Error as HttpError};
use clinical_long_tasks::{DirectoryStore, Polling, ResultStore, Tasks, TasksBuilder};
use secrecy::SecretString;

use crate::answer::Haidys;
use crate::client::VENDOR;
use crate::{Error, Haidy};

/// The variable with the vendor's address. The vendor names none; the two are this project's.
pub const API_URL_VAR: &str = "HAIDY_API_URL";

/// The variable with the bearer token.
pub const API_TOKEN_VAR: &str = "HAIDY_API_TOKEN";

/// The one address that the vendor documents.
pub const PRODUCTION_URL: &str = "https://api.44ai.ch";

/// A fixed token is checked when the client is built, so that the builder's methods need not fail.
enum Given {
    Token(SecretString),
    Source(Box<dyn CredentialSource>),
}

type HttpSettings = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

/// Where results go; opened when the client is built.
enum Store {
    Given(Box<dyn FnOnce(TasksBuilder) -> TasksBuilder + Send>),
    Directory(PathBuf),
    AcceptLoss,
}

/// The settings of a [`Haidy`] client, checked by [`build`](HaidyBuilder::build).
///
/// Needed: an address and a token. Defaults of the rest: results are kept in the store of this user
/// ([`DirectoryStore::open_default`](crate::tasks::DirectoryStore::open_default)); a task is asked after following [`Polling`]; 10 min for an attempt, which
/// leaves time to upload a long recording, 30 min for a whole call, 10 s to connect, 30 s without a byte of a body.
#[derive(Default)]
#[must_use]
pub struct HaidyBuilder {
    base_url: Option<String>,
    credential: Option<Given>,
    store: Option<Store>,
    polling: Polling,
    seed: Option<u64>,
    http: Vec<HttpSettings>,
}

impl std::fmt::Debug for HaidyBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HaidyBuilder").field("polling", &self.polling).finish_non_exhaustive()
    }
}

impl HaidyBuilder {
    /// The vendor's address, with or without a trailing `/` or `/v2`. HTTPS, or plain HTTP to this machine.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The vendor's own service, at [`PRODUCTION_URL`]. Never the default: it has to be said that patients' data go there.
    pub fn production(self) -> Self {
        self.base_url(PRODUCTION_URL)
    }

    /// The bearer token, for as long as the client lives. Of this and [`credential`](Self::credential) the last one given counts.
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.credential = Some(Given::Token(token.into()));
        self
    }

    /// Where the bearer token comes from, if it changes while the client lives: a file, a fetch, or a handle that replaces it.
    pub fn credential(mut self, source: impl CredentialSource) -> Self {
        self.credential = Some(Given::Source(Box::new(source)));
        self
    }

    /// Where results are kept. Of this, [`results_in`](Self::results_in) and [`accept_loss`](Self::accept_loss) the last one given counts.
    pub fn store(mut self, store: impl ResultStore) -> Self {
        self.store = Some(Store::Given(Box::new(|tasks| tasks.store(store))));
        self
    }

    /// The directory in which results are kept, made if it is not there, for this user only.
    pub fn results_in(mut self, directory: impl Into<PathBuf>) -> Self {
        self.store = Some(Store::Directory(directory.into()));
        self
    }

    /// Keeps results in memory only. The vendor forgets a result when it is fetched, so what is not handed over when the process ends is lost.
    pub fn accept_loss(mut self) -> Self {
        self.store = Some(Store::AcceptLoss);
        self
    }

    /// When tasks are asked after.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Makes the jitter between questions the same on every run, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Everything about sending: deadlines, retries, user agent, audit sink, observer. What the settings leave unset keeps this crate's
    /// defaults.
    ///
    /// ```
    /// use haidy_analyst::Haidy;
    /// use haidy_analyst::http_core::RateLimit;
    ///
    /// let haidy = Haidy::builder()
    ///     .base_url("https://haidy.hospital.example")
    ///     .token("token from the vendor")
    ///     .accept_loss()
    ///     .http(|http| http.user_agent("MyHIS/1.0 (General Hospital)").rate_limit(RateLimit::per_minute(60)))
    ///     .build();
    /// # let _ = haidy;
    /// ```
    pub fn http(mut self, settings: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static) -> Self {
        self.http.push(Box::new(settings));
        self
    }

    /// Takes address and token from `HAIDY_API_URL` and `HAIDY_API_TOKEN`, where they were not given.
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

    /// Checks the settings, opens the store, and makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Credentials`](crate::ErrorKind::Credentials) for a missing or impossible token, [`Configuration`](crate::ErrorKind::Configuration)
    /// for the rest, a store that cannot be opened included.
    pub fn build(self) -> Result<Haidy, Error> {
        let base_url = self
            .base_url
            .ok_or_else(|| HttpError::configuration("base URL", "is missing; give the vendor's address"))?;
        let base_url = base_url.trim().trim_end_matches('/');
        // The operations carry the version themselves.
        let base = BaseUrl::parse(base_url.strip_suffix("/v2").unwrap_or(base_url))?;
        let mut http = Client::builder(&VENDOR, base)
            .deadlines(deadlines())
            .user_agent(concat!("haidy-analyst/", env!("CARGO_PKG_VERSION")));
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
        let drift = Drift::new();
        let mut tasks = Tasks::builder(http.build()?, Haidys { drift: drift.clone() }).polling(self.polling);
        if let Some(seed) = self.seed {
            tasks = tasks.seed(seed);
        }
        let tasks = match self.store {
            None => tasks,
            Some(Store::Given(give)) => give(tasks),
            Some(Store::AcceptLoss) => tasks.accept_loss(),
            Some(Store::Directory(directory)) => tasks.store(DirectoryStore::open(directory).map_err(|error| {
                HttpError::configuration(
                    "result store",
                    format!("cannot be opened ({error}); name a directory of yours"),
                )
            })?),
        };
        Ok(Haidy::new(tasks.build()?, drift))
    }
}

fn deadlines() -> Deadlines {
    Deadlines::default().attempt(Duration::from_secs(600)).total(Duration::from_secs(1800))
}

fn api_url() -> Result<String, Error> {
    let rule = match std::env::var(API_URL_VAR) {
        Ok(value) if !value.trim().is_empty() => return Ok(value.trim().to_owned()),
        Ok(_) | Err(VarError::NotPresent) => "is not set; set it to the vendor's address",
        Err(VarError::NotUnicode(_)) => "is not valid UTF-8; set it again",
    };
    Err(HttpError::credentials(API_URL_VAR, rule).into())
}

#[cfg(test)]
mod tests {
    use clinical_http::ErrorKind;
    use clinical_http::credential::ReplaceableCredential;
    use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
    use clinical_long_tasks::{Origin, TaskToken, VolatileStore};

    use super::*;
    use crate::Kind;

    fn complete() -> HaidyBuilder {
        Haidy::builder().base_url("https://haidy.example").token("t").accept_loss()
    }

    fn refused(builder: HaidyBuilder) -> (Kind, &'static str) {
        let error = builder.build().unwrap_err();
        (error.kind(), error.field().unwrap())
    }

    #[test]
    fn what_is_missing_or_unusable_is_named() {
        let configuration = Kind::Call(ErrorKind::Configuration);
        let credentials = Kind::Call(ErrorKind::Credentials);
        assert_eq!(refused(Haidy::builder().token("t").accept_loss()), (configuration, "base URL"));
        assert_eq!(refused(complete().base_url("http://haidy.example")), (configuration, "base URL"));
        assert_eq!(refused(Haidy::builder().base_url("https://haidy.example").accept_loss()), (credentials, "token"));
        assert_eq!(refused(complete().polling(Polling::default().factor(0.0))), (configuration, "polling factor"));
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(refused(complete().results_in(file.path())), (configuration, "result store"));
        assert!(complete().build().is_ok());
        let shown = format!("{:?}", complete().token("canary"));
        assert!(shown.contains("HaidyBuilder") && !shown.contains("canary"), "{shown}");
    }

    #[test]
    fn the_address_may_end_in_the_version_and_production_has_to_be_asked_for() {
        for url in [
            "https://haidy.example",
            "https://haidy.example/",
            " https://haidy.example/v2",
            "https://haidy.example/v2/",
        ] {
            let haidy = complete().base_url(url).build().unwrap();
            assert_eq!(haidy.tasks().client().server(), "https://haidy.example:443", "{url}");
            assert!(!format!("{:?}", haidy.tasks().client()).contains("/v2"), "{url}");
        }
        assert_eq!(complete().production().build().unwrap().tasks().client().server(), "https://api.44ai.ch:443");
    }

    #[test]
    fn of_the_stores_the_last_one_given_counts() {
        let folder = tempfile::tempdir().unwrap();
        let kept = |builder: HaidyBuilder| builder.build().unwrap().tasks().store().place().is_some();
        assert!(kept(complete().results_in(folder.path())));
        assert!(!kept(complete().results_in(folder.path()).accept_loss()));
        assert!(!kept(complete().results_in(folder.path()).store(VolatileStore::new())));
        assert!(kept(complete().store(VolatileStore::new()).results_in(folder.path())));
    }

    #[tokio::test]
    async fn of_tokens_and_sources_the_last_one_given_is_sent_and_the_environment_overrules_none() {
        let source = || ReplaceableCredential::new(Scheme::bearer(), "source").unwrap();
        let rows: [(&str, HaidyBuilder); 3] = [
            ("token", complete().token("token")),
            ("source", complete().token("token").credential(source())),
            ("token", complete().credential(source()).token("token")),
        ];
        for (sent, builder) in rows {
            let transport = ScriptedTransport::always(Step::answer(401, ""));
            let plays = transport.clone();
            // Would fail if it looked for the variables, which no test sets.
            let haidy = builder.http(|http| http.transport(plays)).from_env().unwrap().build().unwrap();
            haidy.structure("note").await.unwrap_err();
            assert_eq!(transport.requests()[0].headers["authorization"], format!("Bearer {sent}"));
        }
        let error = Haidy::builder().from_env().unwrap_err();
        assert_eq!((error.kind(), error.field()), (Kind::Call(ErrorKind::Credentials), Some(API_URL_VAR)));
        let error = Haidy::builder().base_url("https://haidy.example").from_env().unwrap_err();
        assert!(error.to_string().contains(API_TOKEN_VAR), "{error}");
    }

    #[tokio::test]
    async fn the_jitter_of_a_seed_is_always_the_same() {
        let mut waits = Vec::new();
        for seed in [7, 7, 8] {
            let clock = JumpingClock::new();
            let (plays, ticks) =
                (ScriptedTransport::always(Step::answer(200, r#"{"status":"QUEUED"}"#)), clock.clone());
            let haidy = complete().seed(seed).http(|http| http.transport(plays).clock(ticks).seed(1)).build().unwrap();
            let origin = Origin::new("haidy", "https://haidy.example:443", "structure");
            let task = haidy.resume::<crate::Json>(TaskToken::new(origin, "1").unwrap()).unwrap();
            assert_eq!(task.wait().await.unwrap_err().kind(), Kind::StillRunning);
            waits.push(clock.sleeps());
        }
        assert!(waits[0].len() > 100 && waits[0] == waits[1] && waits[0] != waits[2]);
    }

    #[test]
    fn a_long_upload_has_its_time() {
        let shown = format!("{:?}", complete().build().unwrap());
        assert!(shown.contains("attempt: 600s") && shown.contains("total: 1800s"), "{shown}");
    }
}
