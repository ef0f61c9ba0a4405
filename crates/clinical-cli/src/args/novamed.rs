//! The flags of `clinical novamed`.

mod connection;
mod create;
mod log;

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use novamed_api::{
    CarrierId, NewMedicationOrder, NewPatient, NewPractitioner, NewRefill, NewWebhook, PatientId, WebhookId,
};

use super::ListFormat;

pub(crate) use connection::NovamedConnection;
pub(crate) use create::{CreateArgs, DryRun, InputFormat, LogArgs, RowFormat};
pub(crate) use log::{LogListArgs, LogRemoveArgs, NovamedLogArgs, NovamedLogCommand};

const NOVAMED_HELP: &str = "\
Environment variables:
  NOVAMED_REVISION      the revision of the vendor's wire format, if --revision is not given
  NOVAMED_CLINIC_ID     the clinic that the vendor issued with the key, if --clinic is not given
  NOVAMED_DEV_API_KEY, NOVAMED_PROD_API_KEY, NOVAMED_API_KEY
                        the vendor's key: that of the environment, or else the third; or see --key-file. Flags are
                        visible to other users
  CLINICAL_PROXY_USER, CLINICAL_PROXY_PASSWORD
                        who we are to the proxy of --proxy, if it asks
  CLINICAL_LOG          what to log on stderr, such as `debug`; off by default, and never a patient's data, a key or an id
  NO_COLOR              set to anything: no colour

Exit codes:
  0    everything worked; what was created before counts as well
  1    some rows failed: they are wrong (then nothing was sent), the vendor rejected them, or nobody knows what became of them in
       an earlier run; or the output, the submission log or the audit trail could not be written
  2    the command line or a setting is wrong; nothing was sent
  4    no credentials, or the vendor refused them (401, 403)
  5    the vendor limits the rate (429) and waiting longer is not allowed
  6    the vendor failed (5xx), could not be reached, took too long or sent what cannot be understood
  130  interrupted with Ctrl-C (129: SIGHUP, 131: SIGQUIT, 143: SIGTERM, 141: the reader of stdout went away)
If any row failed for its credentials it is 4. Otherwise, if several rows fail, 5 and 6 are used only if all rows failed for that same reason; otherwise it is 1.";

/// What the commands that create have in common, in their long help.
macro_rules! creates {
    ($what:literal) => {
        concat!(
            $what,
            "\n\n",
            "One thing from flags, or many from --file. Other users of this machine can see flags: give real patients' data in a file.\n\n",
            "Everything is checked before the first byte is sent; if anything is wrong, all of it is listed and nothing is sent. Rows are ",
            "sent one after the other. After a refused key (401, 403), a final 429, or three rows in a row that the vendor did not answer, ",
            "the rest is not sent. Give the same file again then: what was created before is not created a second time, and what nobody ",
            "knows about is reported and not sent."
        )
    };
}

/// Registers practitioners, patients, orders, refills and webhooks with `NovaMed` (Nimbus), and asks for carriers
///
/// A create that is sent twice is a second prescription: the vendor cannot tell. So creates go on record on this machine before they are sent, and an
/// identical one is not sent again. The same file can be given again after a crash, Ctrl-C or an error: only what was not sent is sent.
#[derive(Debug, clap::Args)]
pub(crate) struct NovamedArgs {
    #[command(subcommand)]
    pub(crate) command: NovamedCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum NovamedCommand {
    #[command(about = "Registers practitioners", long_about = creates!("Registers practitioners"))]
    Practitioner(CreateArgs<NewPractitioner>),
    #[command(about = "Registers patients", long_about = creates!("Registers patients"))]
    Patient(CreateArgs<NewPatient>),
    #[command(about = "Orders medications", long_about = creates!("Orders medications. A second identical order is a second prescription"))]
    Order(CreateArgs<NewMedicationOrder>),
    #[command(about = "Requests refills", long_about = creates!("Requests refills of medication requests that were shipped"))]
    Refill(CreateArgs<NewRefill>),
    Carriers(CarriersArgs),
    Webhook(WebhookArgs),
    Log(NovamedLogArgs),
}

/// Lists the carriers, or the services of one for a patient; 2026-01 only
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOVAMED_HELP)]
pub(crate) struct CarriersArgs {
    /// The services of this carrier
    #[arg(long, value_name = "ID", requires = "patient", value_parser = identifier::<CarrierId>)]
    pub(crate) carrier: Option<CarrierId>,

    /// The patient that they are for. The vendor wants this in the address, which proxies may log
    #[arg(long, value_name = "UUID", requires = "carrier", value_parser = identifier::<PatientId>)]
    pub(crate) patient: Option<PatientId>,

    /// How the list is written to stdout
    #[arg(long, alias = "output", value_name = "FORMAT", value_enum, default_value_t = ListFormat::Table)]
    pub(crate) format: ListFormat,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: NovamedConnection,
}

/// Registers addresses for the vendor's events, and ends registrations
#[derive(Debug, clap::Args)]
pub(crate) struct WebhookArgs {
    #[command(subcommand)]
    pub(crate) command: WebhookCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    #[command(
        about = "Registers an address for all events of a clinic",
        long_about = creates!("Registers an address for all events of a clinic. Keep the identifier: there is no list of webhooks")
    )]
    Create(CreateArgs<NewWebhook>),
    Delete(DeleteArgs),
}

/// Ends a registration, at once
#[derive(Debug, clap::Args)]
#[command(after_long_help = NOVAMED_HELP)]
pub(crate) struct DeleteArgs {
    /// The identifier that the registration answered
    #[arg(value_name = "UUID", value_parser = identifier::<WebhookId>)]
    pub(crate) webhook: WebhookId,

    /// How it is written; the vendor's pages disagree
    #[arg(long, value_name = "FORM", value_enum, default_value_t = DeleteFormArg::Query)]
    pub(crate) form: DeleteFormArg,

    /// Show the exact request and send nothing; no key is needed
    #[arg(long, value_name = "FORM", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "exact")]
    pub(crate) dry_run: Option<DryRun>,

    /// Write an audit trail to this file, which is made if it is missing; a call that cannot be announced in it is not sent
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) connection: NovamedConnection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeleteFormArg {
    /// The identifier in the query
    Query,
    /// Clinic and identifier in a JSON body
    Body,
}

/// One of the vendor's identifiers; the rule without the value.
fn identifier<T: std::str::FromStr<Err = novamed_api::Error>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: novamed_api::Error| error.to_string())
}
