//! From flags and variables to a ready client, or to one sentence about what is missing. Never falls back to the
//! sandbox by itself.

mod haidy;
mod novamed;

use omniscribe_codify::http_core::credential::{FileCredential, Scheme};
use omniscribe_codify::http_core::{Deadlines, Observer};
use omniscribe_codify::{API_TOKEN_VAR, API_URL_VAR, Codify, CodifyBuilder, Error};

use crate::args::Connection;
use crate::audit::Trail;
use crate::exit::{Exit, Stop};

pub(crate) use haidy::{HaidySession, Keep, offline};
#[cfg(feature = "sandbox")]
pub(crate) use haidy::{SPEED, fast_polling};
pub(crate) use novamed::{NovamedSession, directory, preview};

/// A client, and the sandbox that answers it if one was asked for.
pub(crate) struct Session {
    pub(crate) codify: Codify,
    #[cfg(feature = "sandbox")]
    sandbox: Option<clinical_sandbox::Sandbox>,
}

impl Session {
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn open(
        connection: &Connection,
        observer: impl Observer,
        audit: Option<Trail>,
    ) -> Result<Self, Stop> {
        let total = connection.total();
        let mut builder = Codify::builder().http(move |http| {
            http.user_agent(concat!("clinical-cli/", env!("CARGO_PKG_VERSION")))
                .deadlines(Deadlines::default().total(total))
                .observer(observer)
        });
        if let Some(audit) = audit {
            builder = builder.http(|http| http.audit(audit));
        }
        if let Some(environment) = connection.environment {
            builder = builder.environment(environment.into());
        }
        #[cfg(feature = "sandbox")]
        if connection.is_simulated() {
            let sandbox = start(clinical_sandbox::Sandbox::builder()).await?;
            crate::style::simulated();
            let builder = builder.base_url(sandbox.url()).token(sandbox.token());
            return Ok(Self { codify: build(builder)?, sandbox: Some(sandbox) });
        }
        let route = connection.route.connection()?;
        builder = builder.http(|http| http.connection(route));
        if let Some(url) = &connection.base_url {
            builder = builder.base_url(url);
        }
        credentials(connection.base_url.is_some(), connection.token_file.is_some(), API_URL_VAR, API_TOKEN_VAR)?;
        if let Some(path) = &connection.token_file {
            let token = FileCredential::new(Scheme::bearer(), path);
            builder = builder.credential(token.map_err(|error| refused(&error.into()))?);
        }
        let builder = builder.from_env().map_err(|error| refused(&error))?;
        Ok(Self {
            codify: build(builder)?,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        })
    }

    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn close(self) {
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = self.sandbox {
            sandbox.shutdown().await;
        }
    }
}

/// Starts a sandbox, or says in one sentence why it does not.
#[cfg(feature = "sandbox")]
pub(crate) async fn start(builder: clinical_sandbox::SandboxBuilder) -> Result<clinical_sandbox::Sandbox, Stop> {
    use clinical_sandbox::SandboxError;
    builder.start().await.map_err(|error| {
        let exit = match error {
            SandboxError::Setting { .. } => Exit::Usage,
            _ => Exit::SomeFailed,
        };
        match std::error::Error::source(&error) {
            Some(reason) => Stop::new(exit, format!("the sandbox did not start: {error} ({reason})")),
            None => Stop::new(exit, format!("the sandbox did not start: {error}")),
        }
    })
}

fn build(builder: CodifyBuilder) -> Result<Codify, Stop> {
    builder.build().map_err(|error| refused(&error))
}

fn refused(error: &Error) -> Stop {
    Stop::new(Exit::of(error.kind()), error.to_string())
}

/// Names everything that is missing at once, so that nobody has to come back for the second variable. Chooses between two tokens for nobody:
/// the wrong one could be that of another hospital.
fn credentials(
    has_address: bool,
    has_token_file: bool,
    address: &'static str,
    token: &'static str,
) -> Result<(), Stop> {
    let is_missing = |name: &str| std::env::var_os(name).is_none_or(|value| value.to_string_lossy().trim().is_empty());
    if has_token_file && !is_missing(token) {
        let rule = format!("--token-file and {token} both give a token; use one of them (nothing was sent)");
        return Err(Stop::new(Exit::Usage, rule));
    }
    let wanted = [
        (!has_address, address, "the address that the vendor gave you"),
        (!has_token_file, token, "the token that the vendor gave you"),
    ];
    let missing: Vec<String> = wanted
        .iter()
        .filter(|(needed, name, _)| *needed && is_missing(name))
        .map(|(_, name, what)| format!("{name} to {what}"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let instead =
        if cfg!(feature = "sandbox") { ", or add --sandbox for simulated answers from this machine" } else { "" };
    Err(Stop::new(
        Exit::Credentials,
        format!("no credentials: set {}{instead} (nothing was sent)", missing.join(" and ")),
    ))
}
