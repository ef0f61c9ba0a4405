//! The client of `clinical structure` and of `clinical results recover`. Results go to a durable store, unless the caller said that they need
//! not, or the task itself ends with this process, as one of the embedded sandbox does.

use std::path::Path;
use std::time::Duration;

use clinical_long_tasks::{DirectoryStore, Polling};
use haidy_analyst::http_core::credential::{FileCredential, Scheme};
use haidy_analyst::http_core::{Deadlines, Observer};
use haidy_analyst::{API_TOKEN_VAR, API_URL_VAR, Haidy, HaidyBuilder};

use crate::args::HaidyConnection;
use crate::audit::Trail;
use crate::connect::credentials;
use crate::exit::{Exit, Stop};
use crate::store;

/// How many times faster than the machine's the time of the embedded sandbox is: a document takes it 30 to 120 s of its own time.
#[cfg(feature = "sandbox")]
pub(crate) const SPEED: f64 = 60.0;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep<'a> {
    /// Into this directory, or that of this user.
    Store(Option<&'a Path>),
    /// Nowhere.
    AcceptLoss,
}

/// A client, and the sandbox that answers it if one was asked for.
pub(crate) struct HaidySession {
    pub(crate) haidy: Haidy,
    #[cfg(feature = "sandbox")]
    sandbox: Option<clinical_sandbox::Sandbox>,
}

impl HaidySession {
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn open(
        connection: &HaidyConnection,
        keep: Keep<'_>,
        observer: impl Observer,
        audit: Option<Trail>,
    ) -> Result<Self, Stop> {
        let (longest, request) = (connection.longest(), request_limit(connection.longest()));
        let mut builder = Haidy::builder().polling(Polling::default().deadline(longest)).http(move |http| {
            http.user_agent(concat!("clinical-cli/", env!("CARGO_PKG_VERSION")))
                .deadlines(Deadlines::default().attempt(request).total(request))
                .observer(observer)
        });
        if let Some(audit) = audit {
            builder = builder.http(|http| http.audit(audit));
        }
        #[cfg(feature = "sandbox")]
        if connection.is_simulated() {
            // The task dies with this process: only who names a store wants to keep what it came to.
            let keep = if matches!(keep, Keep::Store(None)) { Keep::AcceptLoss } else { keep };
            let builder = kept(builder, keep)?.polling(fast_polling().deadline(longest));
            let sandbox = super::start(clinical_sandbox::Sandbox::builder().speed(SPEED)).await?;
            crate::style::simulated();
            let builder = builder.base_url(sandbox.url()).token(sandbox.token());
            return Ok(Self { haidy: build(builder)?, sandbox: Some(sandbox) });
        }
        let route = connection.route.connection()?;
        builder = builder.http(|http| http.connection(route));
        credentials(connection.base_url.is_some(), connection.token_file.is_some(), API_URL_VAR, API_TOKEN_VAR)?;
        if let Some(url) = &connection.base_url {
            builder = builder.base_url(url);
        }
        if let Some(path) = &connection.token_file {
            let token = FileCredential::new(Scheme::bearer(), path);
            builder = builder.credential(token.map_err(|error| Stop::new(Exit::of(error.kind()), error.to_string()))?);
        }
        let builder = builder.from_env().map_err(|error| refused(&error))?;
        Ok(Self {
            haidy: build(kept(builder, keep)?)?,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        })
    }

    /// Whether results outlive this process.
    pub(crate) fn is_durable(&self) -> bool {
        self.haidy.tasks().store().place().is_some()
    }

    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn close(self) {
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = self.sandbox {
            sandbox.shutdown().await;
        }
    }
}

/// How long one request may take. Whoever wants to wait for a short time does not want a question cut off that may be bringing the result.
fn request_limit(longest: Duration) -> Duration {
    longest.max(Duration::from_secs(1800))
}

/// For a sandbox whose time runs fast: nobody is spared by long pauses.
#[cfg(feature = "sandbox")]
pub(crate) fn fast_polling() -> Polling {
    Polling::default().first(Duration::from_millis(200)).longest(Duration::from_millis(500))
}

/// Only settles what is in a store: it is given no address to send to, and nothing that it does sends.
pub(crate) fn offline(store: DirectoryStore) -> Result<Haidy, Stop> {
    build(Haidy::builder().base_url("http://127.0.0.1:1").token("none").store(store))
}

fn kept(builder: HaidyBuilder, keep: Keep<'_>) -> Result<HaidyBuilder, Stop> {
    Ok(match keep {
        Keep::Store(folder) => builder.store(store::open(folder)?),
        Keep::AcceptLoss => builder.accept_loss(),
    })
}

fn build(builder: HaidyBuilder) -> Result<Haidy, Stop> {
    builder.build().map_err(|error| refused(&error))
}

/// Before anything is sent there are only local errors.
fn refused(error: &haidy_analyst::Error) -> Stop {
    Stop::new(error.cause_kind().map_or(Exit::Usage, Exit::of), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_wait_cuts_no_question_off_and_a_long_one_leaves_time_for_long_uploads() {
        assert_eq!(request_limit(Duration::from_secs(1)), Duration::from_secs(1800));
        assert_eq!(request_limit(Duration::from_secs(7200)), Duration::from_secs(7200));
    }
}
