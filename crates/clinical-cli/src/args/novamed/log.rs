//! The flags of `clinical novamed log`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::args::ListFormat;

/// Looks after the submission log: what was created, and what nobody knows about
#[derive(Debug, clap::Args)]
pub(crate) struct NovamedLogArgs {
    /// The log; by default that of this user
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) log: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: NovamedLogCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NovamedLogCommand {
    List(LogListArgs),
    Remove(LogRemoveArgs),
}

/// Lists every create on record: its key, when it was sent, and how it ended
///
/// Changes nothing and sends nothing. `uncertain` is a create that nobody knows the end of: ask the vendor, then remove it.
#[derive(Debug, clap::Args)]
pub(crate) struct LogListArgs {
    /// How the list is written to stdout
    #[arg(long, alias = "output", value_name = "FORMAT", value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,

    /// Only those that nobody knows the end of
    #[arg(long)]
    pub(crate) uncertain: bool,
}

/// Forgets a create, so that an identical one may be sent: when it is known that the vendor did not create it, or that a second one is wanted
#[derive(Debug, clap::Args)]
pub(crate) struct LogRemoveArgs {
    /// The key of an entry, or the first digits of it, at least 4
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
}
