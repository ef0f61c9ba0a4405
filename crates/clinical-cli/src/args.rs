//! The command line: every command, flag and rule that can be told from the arguments alone.

mod codify;
mod connection;
mod drift;
mod novamed;
mod results;
mod structure;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clinical_audit::Head;

pub(crate) use codify::{CodifyArgs, Format};
pub(crate) use connection::{Connection, HaidyConnection};
pub(crate) use drift::DriftArgs;
pub(crate) use novamed::{
    CarriersArgs, CreateArgs, DeleteArgs, DeleteFormArg, DryRun, InputFormat, LogArgs, LogListArgs, LogRemoveArgs,
    NovamedArgs, NovamedCommand, NovamedConnection, NovamedLogArgs, NovamedLogCommand, RowFormat, WebhookCommand,
};
pub(crate) use results::{ListArgs, ListFormat, RecoverArgs, RemoveArgs, ResultsArgs, ResultsCommand, ShowArgs};
pub(crate) use structure::{BundleArgs, ConfigArgs, StructureArgs};

const EXIT_CODES: &str = "\
Environment variables:
  OMNISCRIBE_API_URL    the vendor's address, with or without /v1
  OMNISCRIBE_API_TOKEN  the vendor's token; or see --token-file. Flags are visible to other users
  HAIDY_API_URL, HAIDY_API_TOKEN
                        the same for `clinical structure`
  NOVAMED_...           see `clinical novamed patient --help`
  CLINICAL_PROXY_USER, CLINICAL_PROXY_PASSWORD
                        who we are to the proxy of --proxy, if it asks
  CLINICAL_LOG          what to log on stderr, such as `debug`; off by default, and never a note, a token or an id
  NO_COLOR              set to anything: no colour

Exit codes:
  0    everything worked
  1    some inputs or rows failed (also: a single input that is empty, too large, missing, not UTF-8, not a PDF or
       rejected by the vendor), the output or the audit trail could not be written, or a trail does not verify
  2    the command line or a setting is wrong; nothing was sent
  4    no credentials, or the vendor refused them (401, 403)
  5    the vendor limits the rate (429) and waiting longer is not allowed
  6    the vendor failed (5xx), could not be reached, took too long or sent what cannot be understood
  130  interrupted with Ctrl-C (129: SIGHUP, 131: SIGQUIT, 143: SIGTERM, 141: the reader of stdout went away)
If any input failed for its credentials it is 4. Otherwise, if several inputs fail, 5 and 6 are used only if all inputs failed for that same reason; otherwise it is 1.";

const HAIDY_HELP: &str = "\
Environment variables:
  HAIDY_API_URL         the vendor's address; the one it documents is https://api.44ai.ch
  HAIDY_API_TOKEN       the vendor's token; or see --token-file. Flags are visible to other users
  CLINICAL_PROXY_USER, CLINICAL_PROXY_PASSWORD
                        who we are to the proxy of --proxy, if it asks
  CLINICAL_LOG          what to log on stderr, such as `debug`; off by default, and never a record, a token or an id
  NO_COLOR              set to anything: no colour

Exit codes:
  0    everything worked, and the result is written
  1    an input is wrong or was rejected, the task failed at the vendor, the store failed, or the output or the audit trail could not be written
  2    the command line or a setting is wrong; nothing was sent
  4    no credentials, or the vendor refused them (401, 403)
  5    the vendor limits the rate (429) and waiting longer is not allowed
  6    the vendor failed (5xx), could not be reached, took too long, sent what cannot be understood, or the result is (perhaps) lost
  130  interrupted with Ctrl-C (129: SIGHUP, 131: SIGQUIT, 143: SIGTERM, 141: the reader of stdout went away)";

/// Codes clinical notes with ICD-10 (Omniscribe Codify), structures clinical records (44ai Haidy-Analyst) and registers patients and orders
/// (`NovaMed`), or lets an embedded sandbox answer.
///
/// Unofficial; not affiliated with the vendors. New here? `clinical demo` needs no account and no network.
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
    Structure(StructureArgs),
    Results(ResultsArgs),
    Novamed(NovamedArgs),
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxArgs),
    Health(HealthArgs),
    Audit(AuditArgs),
    Drift(DriftArgs),
}

/// Shows everything on this machine, with simulated answers: no account, no network
///
/// Starts the sandbox inside this process, codes the example notes through the real client over HTTP on loopback, lets a rate
/// limit and a broken connection happen, turns a document into a FHIR Bundle, registers a practitioner and patients, and receives an event.
/// Ends with 0 only if all of it worked.
#[cfg(feature = "sandbox")]
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// What varies in simulated answers, varies with this number
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(crate) seed: u64,
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

    /// How many times faster than the clock its time is, above 0: a document takes it 30 to 120 seconds of its own time
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub(crate) speed: f64,

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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_tree_is_well_formed() {
        Args::command().debug_assert();
    }
}
