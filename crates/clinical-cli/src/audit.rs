//! Audit trails: opens and closes the one of `clinical codify --audit FILE`, and runs `clinical audit verify`.

mod report;
mod trail;

use std::io::{self, Write};

use clinical_audit::{Report, verify};

use crate::args::{AuditArgs, AuditCommand, ReportFormat, VerifyArgs};
use crate::exit::{Exit, Stop};
use crate::plain::plain;
use crate::style;

pub(crate) use trail::Trail;

/// Closes the trail, and says so if it lacks something: then the run did not work, whatever became of the inputs.
pub(crate) async fn close(trail: Option<Trail>, result: Result<Exit, Stop>) -> Result<Exit, Stop> {
    let Some(trail) = trail.as_ref().and_then(Trail::opened) else {
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
    let verdict = Verdict::of(&report, args.head.is_some());
    let mut out = io::stdout().lock();
    match args.format {
        ReportFormat::Table => report::text(&mut out, &file, &report, verdict)?,
        ReportFormat::Json => report::json(&mut out, &file, &report, verdict)?,
    }
    out.flush()?;
    Ok(if verdict == Verdict::Intact { Exit::Ok } else { Exit::SomeFailed })
}

/// What a check comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Intact,
    NotIntact,
    /// There is no line, and the caller did not say what to expect: a trail that was emptied looks like one that was never used.
    Empty,
}

impl Verdict {
    fn of(report: &Report, head_is_known: bool) -> Self {
        match report {
            _ if !report.is_intact() => Self::NotIntact,
            _ if report.lines == 0 && !head_is_known => Self::Empty,
            _ => Self::Intact,
        }
    }
}
