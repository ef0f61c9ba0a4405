//! `clinical novamed`: creates what a file or the flags describe, each thing once, and asks for carriers. Everything is read and checked before
//! anything is sent, and every create is on record before its bytes go out.

mod batch;
mod carriers;
mod dry;
mod field;
mod fields;
mod input;
mod log;
mod names;
mod object;
mod outcome;
mod output;
mod record;
mod resource;
mod webhook;

use std::path::PathBuf;

use novamed_api::NovaMed;

pub(crate) use fields::Fields;
pub(crate) use record::Record;
pub(crate) use resource::Resource;

use crate::args::{CreateArgs, NovamedArgs, NovamedCommand};
use crate::audit::Trail;
use crate::connect::{self, NovamedSession};
use crate::exit::{Exit, Stop};
use crate::novamed::batch::{Batch, Watch};
use crate::novamed::input::Input;
use crate::novamed::names::Place;
use crate::novamed::output::Output;
use crate::progress::Progress;
use crate::{audit, signals, style};

pub(crate) async fn run(args: NovamedArgs) -> Result<Exit, Stop> {
    match args.command {
        NovamedCommand::Practitioner(args) => create(args).await,
        NovamedCommand::Patient(args) => create(args).await,
        NovamedCommand::Order(args) => create(args).await,
        NovamedCommand::Refill(args) => create(args).await,
        NovamedCommand::Carriers(args) => carriers::run(args).await,
        NovamedCommand::Webhook(args) => webhook::run(args.command).await,
        NovamedCommand::Log(args) => log::run(&args),
    }
}

/// Creates what the flags or a file describe.
pub(super) async fn create<T: Resource>(args: CreateArgs<T>) -> Result<Exit, Stop> {
    let trail = args.audit.as_deref().map(Trail::at);
    let result = send(&args, trail.as_ref()).await;
    audit::close(trail, result).await
}

async fn send<T: Resource>(args: &CreateArgs<T>, trail: Option<&Trail>) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let mut stopped = std::pin::pin!(stopped);
    let input = match &args.file {
        None => input::of_flags(&args.fields)?,
        // Off the main thread, so that a signal is heard while stdin or a pipe is silent.
        Some(path) => {
            let (path, format): (PathBuf, _) = (path.clone(), args.input);
            let reading = tokio::task::spawn_blocking(move || input::of_file::<T>(&path, format));
            tokio::select! {
                biased;
                exit = &mut stopped => return Ok(exit),
                read = reading => read.unwrap_or_else(|_| Err(Stop::failed("--file could not be read")))?,
            }
        }
    };
    if let Some(form) = args.dry_run {
        let novamed = connect::preview(&args.connection)?;
        check(&novamed, &input)?;
        dry::show(&novamed, &input, form)?;
        return Ok(Exit::Ok);
    }
    let progress = Progress::new(input.rows.len());
    let watch = Watch::new(progress.clone());
    let session = NovamedSession::open(&args.connection, Some(&args.log), watch.clone(), trail.cloned()).await?;
    check(&session.novamed, &input)?;
    // Last of all, so that no run that something wrong stops leaves an empty trail.
    trail.map_or(Ok(()), Trail::open)?;
    let is_durable = !args.log.no_log && (args.log.log.is_some() || !args.connection.is_simulated());
    let novamed = if args.log.again { session.novamed.repeating() } else { session.novamed.clone() };
    let record = session.record.as_deref();
    let batch = Batch { novamed: &novamed, rows: &input.rows, watch, record, is_durable };
    let mut output = Output::new(args.format, args.connection.is_simulated(), args.details);
    let (tally, signal) = batch
        .run(stopped, |row, outcome| output.row(row.number, row.line, &row.called(input.name.as_deref()), outcome))
        .await?;
    output.end()?;
    if tally.failures() > 0 && tally.total() > 1 {
        style::say(format_args!("{} of {} rows failed", tally.failures(), tally.total()));
    }
    if signal.is_none() {
        session.close().await;
    }
    Ok(signal.unwrap_or_else(|| tally.exit()))
}

/// A problem by the revision's name of the field, and where that is in the input.
fn mend<T: Resource>(problem: &novamed_api::Problem, place: Place) -> String {
    let here = names::here::<T>(&problem.field, place);
    here.map_or_else(|| problem.to_string(), |here| format!("{problem} (here: {here})"))
}

/// Whether every row can be sent in the client's revision. If not, all that is wrong with all of them is told.
fn check<T: Resource>(novamed: &NovaMed, input: &Input<T>) -> Result<(), Stop> {
    let mut wrong = 0;
    for row in &input.rows {
        let is_flags = input.name.is_none();
        let problems: Vec<String> = match &row.request {
            Err(problems) if is_flags => problems.iter().map(fields::of_flag).collect(),
            Err(problems) => problems.iter().map(|problem| format!("{} {}", problem.field, problem.rule)).collect(),
            Ok(request) => match novamed.preview(request) {
                Ok(_) => continue,
                Err(error) if error.problems().is_empty() => vec![error.to_string()],
                Err(error) => error.problems().iter().map(|problem| mend::<T>(problem, input.place)).collect(),
            },
        };
        wrong += 1;
        for problem in problems {
            let problem = crate::plain::plain(&problem);
            match &input.name {
                Some(name) => style::error(format_args!("{}: {problem}", row.called(Some(name)))),
                None => style::error(problem),
            }
        }
    }
    match (wrong, &input.name) {
        (0, _) => Ok(()),
        (_, None) => Err(Stop::usage(format!(
            "the {} cannot be sent in revision {} (nothing was sent)",
            T::NAME,
            novamed.revision()
        ))),
        (_, Some(_)) => Err(Stop::failed(format!(
            "{wrong} of {} rows are wrong for revision {}; correct them (nothing was sent)",
            input.rows.len(),
            novamed.revision()
        ))),
    }
}
