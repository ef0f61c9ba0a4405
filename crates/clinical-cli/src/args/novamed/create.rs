//! The flags of the commands that create something.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;

use super::{NOVAMED_HELP, NovamedConnection};
use crate::novamed::{Fields, Resource};

// No documentation here: each command says what it creates.
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOVAMED_HELP)]
pub(crate) struct CreateArgs<T: Resource> {
    #[command(flatten)]
    pub(crate) fields: Fields<T>,

    /// A file in UTF-8 with what to create; `-` is stdin. At most 16 MiB
    ///
    /// .json holds an object or an array of objects, .ndjson (.jsonl) an object on each line, .csv a header with the names of the flags: `_` for
    /// `-`, and `address.line1`, `contacts.sms`, `medication.name` for what belongs together. An empty cell is a field that is not there. JSON has `contacts` as a list of
    /// {"kind", "value"} and `medications` as a list.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,

    /// The form of --file, if its name does not tell
    #[arg(long, value_name = "FORM", value_enum, requires = "file")]
    pub(crate) input: Option<InputFormat>,

    /// Show the exact requests and send nothing; no key is needed
    ///
    /// Method, address, headers with the key hidden, and the body, on stdout: it shows the patients' data, because it was asked to.
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "exact")]
    #[arg(conflicts_with_all = ["LogArgs", "audit", "format"])]
    #[cfg_attr(feature = "sandbox", arg(conflicts_with = "sandbox"))]
    pub(crate) dry_run: Option<DryRun>,

    /// How results are written to stdout, each row as soon as it is known
    #[arg(long, alias = "output", value_name = "FORMAT", value_enum, default_value_t = RowFormat::Table)]
    pub(crate) format: RowFormat,

    /// Also print what the vendor wrote about a failure, on stderr; it may quote what was sent
    #[arg(long)]
    pub(crate) details: bool,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: NovamedConnection,
}

/// The submission log.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    /// Where creates are recorded; by default in `clinical-clients/novamed-submissions` of this user's state directory
    ///
    /// It holds hashes, times and the vendor's identifiers, and no patient's data. With --sandbox nothing is kept unless this is given.
    #[arg(long, value_name = "DIR")]
    pub(crate) log: Option<PathBuf>,

    /// Record nothing: who gives the same input again then creates everything a second time
    #[arg(long, conflicts_with_all = ["log", "again", "window"])]
    pub(crate) no_log: bool,

    /// Send also what is on record as created or as uncertain: for second ones that are wanted
    #[arg(long)]
    pub(crate) again: bool,

    /// For how many days an identical create is not sent again (1 to 90)
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=90))]
    window: u16,
}

impl LogArgs {
    pub(crate) fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.window) * 24 * 60 * 60)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputFormat {
    /// An object, or an array of objects
    Json,
    /// An object on each line
    Ndjson,
    /// A header, then a row for each
    Csv,
}

impl InputFormat {
    /// By the end of a file's name.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let end = path.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "json" => Some(Self::Json),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DryRun {
    /// The body as its bytes would be
    Exact,
    /// The body with line breaks
    Pretty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// A line per row for reading; the reasons of failures are on stderr
    Table,
    /// One array
    Json,
    /// One object per line
    Ndjson,
    /// A header, then a line per row (RFC 4180)
    Csv,
}
