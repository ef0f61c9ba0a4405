//! The flags of `clinical results`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::HAIDY_HELP;
use super::connection::HaidyConnection;

/// Looks after kept results: the store that `clinical structure` writes to
///
/// The vendor destroys a result when it is read, so what is in this store may be the only copy. It is patients' data.
#[derive(Debug, clap::Args)]
pub(crate) struct ResultsArgs {
    /// The store; by default that of this user
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) results: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) command: ResultsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ResultsCommand {
    List(ListArgs),
    Show(ShowArgs),
    Recover(RecoverArgs),
    Remove(RemoveArgs),
}

/// Lists every task of the store, and how it stands with its result
///
/// Changes nothing, sends nothing, and shows no part of a result.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// How the list is written to stdout
    #[arg(long, alias = "output", value_name = "FORMAT", value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// For reading
    Table,
    /// One array
    Json,
}

/// Writes a kept result to stdout: patients' data
///
/// Of an answer that is whole, only the result in it, byte for byte as it came. Of anything else (a part, the account of a failure, an
/// answer that was not understood) all that is kept, and a word on stderr says what it is. Sends nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// The key of an entry, or the first digits of it, at least 4
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    /// The vendor's whole answer, byte for byte as it came
    #[arg(long)]
    pub(crate) raw: bool,
}

/// Settles what processes that died left open, and lists how every entry stands
///
/// Sends nothing, and needs no credentials, unless --ask-again is given. Ends with 1 if there is something that a person has to look at: a result that
/// is lost or may be, or an entry that cannot be read.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HAIDY_HELP)]
pub(crate) struct RecoverArgs {
    /// How the list is written to stdout
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = ListFormat::Table, conflicts_with = "ask_again")]
    pub(crate) format: ListFormat,

    /// Ask the vendor once more after the task with this key, although its result may have been taken; the result goes to --out
    #[arg(long, value_name = "KEY")]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) ask_again: Option<String>,

    /// Where the result of --ask-again is written to; `-` is stdout
    #[arg(long, value_name = "FILE", default_value = "-", requires = "ask_again")]
    pub(crate) out: PathBuf,

    /// Also print what the vendor wrote about a failure, on stderr; it may quote the records
    #[arg(long)]
    pub(crate) details: bool,

    #[command(flatten)]
    pub(crate) connection: HaidyConnection,
}

/// Removes a task and all that is kept of its result, for good
#[derive(Debug, clap::Args)]
pub(crate) struct RemoveArgs {
    /// The key of an entry, or the first digits of it, at least 4
    #[arg(value_name = "KEY")]
    pub(crate) key: String,

    /// Also if the result was not taken yet: without its token nobody can
    #[arg(long)]
    pub(crate) force: bool,
}
