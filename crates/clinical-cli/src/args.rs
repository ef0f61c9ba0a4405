//! The command line: every command, flag and rule that can be told from the arguments alone.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use clinical_audit::Head;
use omniscribe_codify::Environment;

use crate::route::Route;

const EXIT_CODES: &str = "\
Environment variables:
  OMNISCRIBE_API_URL    the vendor's address, with or without /v1
  OMNISCRIBE_API_TOKEN  the vendor's token; or see --token-file. Flags are visible to other users
  CLINICAL_PROXY_USER, CLINICAL_PROXY_PASSWORD
                        who we are to the proxy of --proxy, if it asks
  CLINICAL_LOG          what to log on stderr, such as `debug`; off by default, and never a note, a token or an id
  NO_COLOR              set to anything: no colour

Exit codes:
  0    everything worked
  1    some inputs failed (also: a single input that is empty, too large, missing, not UTF-8, not a PDF or
       rejected by the vendor), the output or the audit trail could not be written, or a trail does not verify
  2    the command line or a setting is wrong; nothing was sent
  4    no credentials, or the vendor refused them (401, 403)
  5    the vendor limits the rate (429) and waiting longer is not allowed
  6    the vendor failed (5xx), could not be reached, took too long or sent what cannot be understood
  130  interrupted with Ctrl-C (129: SIGHUP, 131: SIGQUIT, 143: SIGTERM, 141: the reader of stdout went away)
If any input failed for its credentials it is 4. Otherwise, if several inputs fail, 5 and 6 are used only if all inputs failed for that same reason; otherwise it is 1.";

/// Codes clinical notes and PDFs with ICD-10, through the Omniscribe Codify API or an embedded sandbox.
///
/// Unofficial; not affiliated with the vendor. New here? `clinical demo` needs no account and no network.
#[derive(Debug, Parser)]
#[command(name = "clinical", version, after_long_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[cfg(feature = "sandbox")]
    Demo(DemoArgs),
    Codify(CodifyArgs),
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    Health(HealthArgs),
    Audit(AuditArgs),
}

/// Shows everything on this machine, with simulated answers: no account, no network
///
/// Starts the sandbox inside this process, codes the example notes through the real client over HTTP on loopback, and
/// then lets a rate limit and a broken connection happen. Ends with 0 only if all of it worked.
#[cfg(feature = "sandbox")]
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// What varies in simulated answers, varies with this number
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(crate) seed: u64,
}

/// Codes notes and PDFs, one answer for each
///
/// Inputs fail one by one: what is wrong with one of them stops no other. At least one FILE or --pdf is needed.
///
/// ndjson and csv are written in the order in which results come in, each at once: kill -9 loses only what was on its way.
/// json and table are in the order of the inputs: a result waits for all before it, and kill -9 loses what waits, too.
/// After Ctrl-C, SIGHUP, SIGQUIT and SIGTERM every input is reported.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct CodifyArgs {
    /// Notes in UTF-8, at most 51,200 bytes each (see --split); `-` is stdin
    ///
    /// A file that is named .pdf or that starts with %PDF- is sent as a PDF of its own.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// A PDF of at most 5 MiB: alone, or together with exactly one note; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf: Option<PathBuf>,

    /// fast, balanced (the vendor's default), high-quality, or the name of a model made for you
    #[arg(long, value_name = "M")]
    pub(crate) model: Option<String>,

    /// The doctor's reference (x-doctor), 1 to 256 visible ASCII characters; required in production
    #[arg(long, value_name = "ID")]
    pub(crate) doctor: Option<String>,

    /// The patient's reference (x-patient), 1 to 256 visible ASCII characters
    #[arg(long, value_name = "ID")]
    pub(crate) patient: Option<String>,

    /// Show only accepted codes with at least this confidence, in percent (0 to 100)
    #[arg(long, value_name = "N", value_parser = percent, allow_hyphen_values = true)]
    pub(crate) min_confidence: Option<f64>,

    /// How results are written to stdout
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,

    /// Split notes that are too long at paragraph or sentence borders, and merge the results
    ///
    /// Each assessment then says its `part` (from 0) and all `parts` that agree, and each result has `run_ids` instead
    /// of `run_id`. Each part is billed as a note, and what only the whole note tells can be missed.
    #[arg(long)]
    pub(crate) split: bool,

    /// Clean the text before it is sent: line ends, invisible characters, repeated spaces and empty lines
    #[arg(long)]
    pub(crate) clean: bool,

    /// Also print what the vendor wrote about a failure, on stderr; it may quote the note
    #[arg(long)]
    pub(crate) details: bool,

    /// Keep answers that cannot be used in this folder, which is made if it is missing; they are billed all the same
    ///
    /// What was received of an answer that was not understood or was cut goes to DIR/NUMBER-NAME.answer, where NUMBER is
    /// that of the input, from 1. No file is overwritten, and on Unix only you may read them: they are
    /// patients' data.
    #[arg(long, value_name = "DIR")]
    pub(crate) keep_answers: Option<PathBuf>,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    ///
    /// Two JSON lines for each call, chained by hash, with the references of doctor and patient. See `clinical audit verify`.
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,

    /// How many inputs are on their way at the same time (1 to 32)
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(crate) in_flight: u8,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Runs the sandbox as a server on this machine until Ctrl-C, for any client
#[cfg(feature = "sandbox")]
#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArgs {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,

    /// What varies in simulated answers, varies with this number
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(crate) seed: u64,

    /// The token that it accepts; never a real one
    #[arg(long, value_name = "FAKE", default_value = clinical_sandbox::DEFAULT_TOKEN)]
    pub(crate) token: String,

    /// Serve https, with an authority made for this run, and write what a client needs to this folder
    ///
    /// `authority.pem` is for --ca-file, `client.pem` and `client-key.pem` for --client-cert and --client-key. The folder is made if it
    /// is missing, and files of these names are replaced.
    #[arg(long, value_name = "DIR")]
    pub(crate) tls_dir: Option<PathBuf>,

    /// Refuse clients that do not show the certificate in `client.pem`
    #[arg(long, requires = "tls_dir")]
    pub(crate) require_client_cert: bool,
}

/// Asks whether the vendor's service is up
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Looks after audit trails, as `clinical codify --audit FILE` writes them
#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    Verify(VerifyArgs),
}

/// Checks that no line of an audit trail was changed, removed, inserted or moved
///
/// Ends with 0 if the trail is intact, and with 1 if it is not, cannot be read, or is empty without a --head that says so. Calls without a record and lines that a crash left
/// unfinished are listed, and are no tampering. A trail that is being written can be checked, too; its last line may then look unfinished.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The trail
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The head of an earlier check, which was kept elsewhere: only with it a cut-off end or another trail is found
    #[arg(long, value_name = "NUMBER:HASH")]
    pub(crate) head: Option<Head>,

    /// How the report is written to stdout
    #[arg(long, alias = "output", value_name = "FORMAT", value_enum, default_value_t = ReportFormat::Table)]
    pub(crate) format: ReportFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For reading
    Table,
    /// One object
    Json,
}

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading, in the order of the inputs; failures are on stderr
    Table,
    /// One array in the order of the inputs, the vendor's field names
    Json,
    /// One object per line as soon as it is known, the vendor's field names
    Ndjson,
    /// One row per code (RFC 4180), an input's rows as soon as they are known; failures are on stderr
    Csv,
}

impl Format {
    /// Whether results wait for those of the inputs before them: an array and a page for people have an order, while a line
    /// or a row names its input and is safer written at once.
    pub(crate) fn is_in_order(self) -> bool {
        matches!(self, Self::Table | Self::Json)
    }
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse::<f64>()
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "give a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_well_formed() {
        Args::command().debug_assert();
    }

    #[test]
    fn confidence_is_a_number_from_0_to_100() {
        for good in ["0", "100", "95.2", "1e1"] {
            assert!(percent(good).is_ok(), "{good}");
        }
        for bad in ["-0.1", "100.1", "NaN", "inf", "-inf", "", "eighty", "95,2"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
    }
}
