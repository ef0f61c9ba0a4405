//! How connections are made, from flags and variables: whom to trust, who we are, and through which proxy. No flag takes a secret, and
//! no variable of other programs (`HTTPS_PROXY` and the like) is read.

use std::path::PathBuf;

use omniscribe_codify::http_core::{Connection, Error as HttpError};

use crate::exit::{Exit, Stop};

/// The user for the proxy.
pub(crate) const PROXY_USER_VAR: &str = "CLINICAL_PROXY_USER";
/// The password for the proxy.
pub(crate) const PROXY_PASSWORD_VAR: &str = "CLINICAL_PROXY_PASSWORD";

/// The way to the vendor.
#[derive(Debug, clap::Args)]
pub(crate) struct Route {
    /// Trust the certificate authorities in this PEM file too, besides those of the operating system
    #[arg(long, value_name = "FILE")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    ca_file: Option<PathBuf>,

    /// Trust the authorities of --ca-file and no others
    #[arg(long, requires = "ca_file")]
    ca_only: bool,

    /// Show this client certificate to a server that asks for one: PEM, with its chain
    #[arg(long, value_name = "FILE", requires = "client_key")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    client_cert: Option<PathBuf>,

    /// The private key of --client-cert: PEM, not encrypted. On Unix give it mode 0600
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    client_key: Option<PathBuf>,

    /// Reach an https address through this proxy, <http://HOST:PORT>; the environment's proxies are never used
    ///
    /// User and password for it are taken from the variables `CLINICAL_PROXY_USER` and `CLINICAL_PROXY_PASSWORD`.
    #[arg(long, value_name = "URL")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    proxy: Option<String>,
}

impl Route {
    /// The settings, or a sentence that names the flag.
    pub(crate) fn connection(&self) -> Result<Connection, Stop> {
        let mut connection = Connection::new();
        if let Some(path) = &self.ca_file {
            connection = connection.add_root_file(path).map_err(|error| refused("--ca-file", &error))?;
        }
        if self.ca_only {
            connection = connection.only_these_roots();
        }
        if let (Some(chain), Some(key)) = (&self.client_cert, &self.client_key) {
            let identity = connection.identity_files(chain, key);
            connection = identity.map_err(|error| refused("--client-cert and --client-key", &error))?;
        }
        let Some(proxy) = &self.proxy else {
            return Ok(connection);
        };
        connection = connection.proxy(proxy).map_err(|error| refused("--proxy", &error))?;
        match (variable(PROXY_USER_VAR)?, variable(PROXY_PASSWORD_VAR)?) {
            (Some(user), password) => connection
                .proxy_credentials(user, password.unwrap_or_default())
                .map_err(|error| refused(&format!("{PROXY_USER_VAR} and {PROXY_PASSWORD_VAR}"), &error)),
            (None, None) => Ok(connection),
            (None, Some(_)) => Err(Stop::usage(format!(
                "{PROXY_PASSWORD_VAR} is set and {PROXY_USER_VAR} is not; set both or none (nothing was sent)"
            ))),
        }
    }
}

fn refused(given: &str, error: &HttpError) -> Stop {
    Stop::new(Exit::of(error.kind()), format!("{given}: {error}"))
}

fn variable(name: &str) -> Result<Option<String>, Stop> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Stop::usage(format!("{name} is not valid UTF-8; set it again (nothing was sent)")))
        }
    }
}
