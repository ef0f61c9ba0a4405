//! The flags of `clinical results`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

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
