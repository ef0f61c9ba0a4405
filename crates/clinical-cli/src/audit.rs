//! Audit trails: opens and closes the one of `clinical codify --audit FILE`, and runs `clinical audit verify`.

mod report;

use std::io::{self, Write};
use std::path::Path;

use clinical_audit::{FileAudit, verify};

use crate::args::{AuditArgs, AuditCommand, ReportFormat, VerifyArgs};
use crate::exit::{Exit, Stop};
use crate::plain::plain;
use crate::style;

/// Opens the trail, if one is wanted: what is wrong with it must not turn out when there is something to send.
pub(crate) fn open(path: Option<&Path>) -> Result<Option<FileAudit>, Stop> {
    let open =
        |path| FileAudit::open(path).map_err(|error| Stop::usage(format!("--audit: {error} (nothing was sent)")));
    path.map(open).transpose()
}

/// Closes the trail, and says so if it lacks something: then the run did not work, whatever became of the inputs.
pub(crate) async fn close(trail: Option<FileAudit>, result: Result<Exit, Stop>) -> Result<Exit, Stop> {
    let Some(trail) = trail else {
        return result;
    };
    match trail.close().await {
        Ok(()) if trail.lost() == 0 => result,
        Ok(()) => {
            style::error(format_args!("--audit: the trail lacks {} records, and says so", trail.lost()));
            result.map(worse)
        }
        Err(error) => {
            style::error(format_args!("--audit: {error}; its last lines are missing"));
            result.map(worse)
        }
    }
}

fn worse(exit: Exit) -> Exit {
    if exit == Exit::Ok { Exit::SomeFailed } else { exit }
}

pub(crate) fn run(args: &AuditArgs) -> Result<Exit, Stop> {
    let AuditCommand::Verify(args) = &args.command;
    check(args)
}

fn check(args: &VerifyArgs) -> Result<Exit, Stop> {
    let file = plain(&args.file.display().to_string());
    let report = verify(&args.file, args.head.as_ref()).map_err(|error| Stop::failed(format!("{file}: {error}")))?;
    let mut out = io::stdout().lock();
    match args.format {
        ReportFormat::Table => report::text(&mut out, &file, &report)?,
        ReportFormat::Json => report::json(&mut out, &file, &report)?,
    }
    out.flush()?;
    Ok(if report.is_intact() { Exit::Ok } else { Exit::SomeFailed })
}
