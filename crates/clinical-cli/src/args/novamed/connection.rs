//! The flags that say where to send to, and in whose name.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use novamed_api::{ClinicId, Environment, Revision};

use super::identifier;
use crate::route::Route;

/// Where to send to.
#[derive(Debug, clap::Args)]
pub(crate) struct NovamedConnection {
    /// Let an embedded sandbox answer: SIMULATED, and nothing leaves this machine
    #[cfg(feature = "sandbox")]
    #[arg(long, conflicts_with_all = ["base_url", "environment"])]
    pub(crate) sandbox: bool,

    /// The revision of the vendor's wire format, instead of the variable `NOVAMED_REVISION`
    #[arg(long, value_name = "REVISION", value_enum)]
    pub(crate) revision: Option<RevisionArg>,

    /// The vendor's environment; needed unless --base-url is an address on this machine
    #[arg(long, value_name = "ENV", value_enum)]
    pub(crate) environment: Option<NovamedEnvironment>,

    /// Say that nothing that is sent is about a real person; development demands it
    #[arg(long)]
    pub(crate) synthetic_data_only: bool,

    /// Say that a Business Associate Agreement with the vendor is signed; production demands it
    #[arg(long)]
    pub(crate) business_associate_agreement: bool,

    /// The clinic to work for, instead of the variable `NOVAMED_CLINIC_ID`
    #[arg(long, value_name = "UUID", value_parser = identifier::<ClinicId>)]
    pub(crate) clinic: Option<ClinicId>,

    /// Another address than the vendor's, such as that of a gateway
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// The file that holds the vendor's key, instead of the variables; read again when it changes
    ///
    /// At most 16 KiB; white space around the key is ignored. On Unix give it mode 0600.
    #[arg(long, value_name = "PATH")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) key_file: Option<PathBuf>,

    /// The longest time for one request in seconds, retries and waiting included (1 to 7200)
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=7200))]
    timeout: u64,

    #[command(flatten)]
    pub(crate) route: Route,
}

impl NovamedConnection {
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
pub(crate) enum RevisionArg {
    /// That of the vendor's guide: medication requests, flat addresses, no carriers
    #[value(name = "2025-12")]
    V2025_12,
    /// The newest known: medication orders, contacts, carriers
    #[value(name = "2026-01")]
    V2026_01,
}

impl From<RevisionArg> for Revision {
    fn from(revision: RevisionArg) -> Self {
        match revision {
            RevisionArg::V2025_12 => Self::V2025_12,
            RevisionArg::V2026_01 => Self::V2026_01,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NovamedEnvironment {
    /// For integration work, with invented data only; keys begin with `dev_`
    Development,
    /// For real patients, under a Business Associate Agreement; keys begin with `prod_`
    Production,
}

impl From<NovamedEnvironment> for Environment {
    fn from(environment: NovamedEnvironment) -> Self {
        match environment {
            NovamedEnvironment::Development => Self::Development,
            NovamedEnvironment::Production => Self::Production,
        }
    }
}
