//! The flags that say where to send to.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use omniscribe_codify::Environment;

use crate::route::Route;

/// Where to send to.
#[derive(Debug, clap::Args)]
pub(crate) struct Connection {
    /// Let an embedded sandbox answer: SIMULATED, and nothing leaves this machine
    #[cfg(feature = "sandbox")]
    #[arg(long, conflicts_with = "base_url")]
    pub(crate) sandbox: bool,

    /// The vendor's environment; by default development for an address on this machine, otherwise production
    #[arg(long, value_name = "ENV", value_enum)]
    pub(crate) environment: Option<EnvironmentArg>,

    /// The vendor's address, instead of the variable `OMNISCRIBE_API_URL`
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// The file that holds the vendor's token, instead of the variable `OMNISCRIBE_API_TOKEN`; read again when it changes
    ///
    /// At most 16 KiB; white space around the token is ignored. On Unix give it mode 0600.
    #[arg(long, value_name = "PATH")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) token_file: Option<PathBuf>,

    /// The longest time for one request in seconds, retries and waiting included (1 to 7200)
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = clap::value_parser!(u64).range(1..=7200))]
    timeout: u64,

    #[command(flatten)]
    pub(crate) route: Route,
}

impl Connection {
    pub(crate) fn total(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn is_simulated(&self) -> bool {
        self.sandbox
    }

    #[cfg(not(feature = "sandbox"))]
    #[expect(clippy::unused_self, reason = "the same call in both builds")]
    pub(crate) fn is_simulated(&self) -> bool {
        false
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EnvironmentArg {
    /// For integration work; no real patients' data
    Development,
    /// For real work; a doctor's reference is required
    Production,
}

impl From<EnvironmentArg> for Environment {
    fn from(environment: EnvironmentArg) -> Self {
        match environment {
            EnvironmentArg::Development => Self::Development,
            EnvironmentArg::Production => Self::Production,
        }
    }
}

/// Where records are sent to.
#[derive(Debug, clap::Args)]
pub(crate) struct HaidyConnection {
    /// Let an embedded sandbox answer, with a fast clock: SIMULATED, and nothing leaves this machine
    #[cfg(feature = "sandbox")]
    #[arg(long, conflicts_with = "base_url")]
    pub(crate) sandbox: bool,

    /// The vendor's address, instead of the variable `HAIDY_API_URL`
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// The file that holds the vendor's token, instead of the variable `HAIDY_API_TOKEN`; read again when it changes
    ///
    /// At most 16 KiB; white space around the token is ignored. On Unix give it mode 0600.
    #[arg(long, value_name = "PATH")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) token_file: Option<PathBuf>,

    /// The longest wait for a result in seconds (1 to 86400); the task runs on afterwards
    ///
    /// A request that is under way is not cut off by it, because that could lose the result.
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,

    #[command(flatten)]
    pub(crate) route: Route,
}

impl HaidyConnection {
    pub(crate) fn longest(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    #[cfg(feature = "sandbox")]
    pub(crate) fn is_simulated(&self) -> bool {
        self.sandbox
    }

    #[cfg(not(feature = "sandbox"))]
    #[expect(clippy::unused_self, reason = "the same call in both builds")]
    pub(crate) fn is_simulated(&self) -> bool {
        false
    }
}
