//! `clinical codify`: checks what the command line alone can tell, opens a client, and hands the inputs to the batch.

mod batch;
mod input;
mod keep;
pub(crate) mod note;

use omniscribe_codify::http_core::{AuditId, Error as HttpError};
use omniscribe_codify::{CodifyRequest, Error, Model};

use crate::args::CodifyArgs;
use crate::audit::Trail;
use crate::codify::batch::Batch;
use crate::codify::keep::Keep;
use crate::connect::Session;
use crate::exit::{Exit, Stop};
use crate::output::Output;
use crate::progress::Progress;
use crate::{audit, signals, style};

pub(crate) async fn run(args: CodifyArgs) -> Result<Exit, Stop> {
    let trail = args.audit.as_deref().map(Trail::at);
    let result = code(&args, trail.as_ref()).await;
    audit::close(trail, result).await
}

async fn code(args: &CodifyArgs, trail: Option<&Trail>) -> Result<Exit, Stop> {
    let inputs = input::plan(&args.files, args.pdf.as_deref())?;
    let template = template(args)?;
    let stopped = signals::install()?;
    let progress = Progress::new(inputs.len());
    let keep = Keep::open(args.keep_answers.as_deref())?;
    let session = Session::open(&args.connection, progress.clone(), trail.cloned()).await?;
    // What every request has in common is checked once, so that a wrong id is a usage error and not one per input.
    let probe = template.clone().note("checked before sending");
    if let Err(error) = session.codify.check(&probe).await {
        return Err(usage(&error));
    }
    // Last of all, so that no run that a wrong flag stops leaves an empty trail.
    trail.map_or(Ok(()), Trail::open)?;
    let batch = Batch {
        codify: &session.codify,
        template,
        inputs: &inputs,
        split: args.split,
        clean: args.clean,
        in_flight: usize::from(args.in_flight),
        keep: &keep,
        in_order: args.output.is_in_order(),
    };
    let mut output = Output::new(args.output, args.connection.is_simulated(), args.details);
    let result = batch
        .run(stopped, &progress, |input, outcome| {
            progress.clear();
            output.item(input, &outcome.at_least(args.min_confidence))
        })
        .await;
    progress.clear();
    let (tally, signal) = result?;
    output.end()?;
    if tally.failures() > 0 && tally.total() > 1 {
        style::say(format_args!("{} of {} inputs failed", tally.failures(), tally.total()));
    }
    if signal.is_none() {
        session.close().await;
    }
    Ok(signal.unwrap_or_else(|| tally.exit()))
}

/// The request without its input: model and references, checked.
fn template(args: &CodifyArgs) -> Result<CodifyRequest, Stop> {
    let mut request = CodifyRequest::new();
    if let Some(model) = &args.model {
        request = request.model(Model::from(model.as_str()));
    }
    let checked = |field, id: &str| AuditId::new(field, id).map_err(|error: HttpError| usage(&Error::from(error)));
    if let Some(doctor) = &args.doctor {
        checked("x-doctor", doctor)?;
        request = request.doctor(doctor);
    }
    if let Some(patient) = &args.patient {
        checked("x-patient", patient)?;
        request = request.patient(patient);
    }
    Ok(request)
}

fn usage(error: &Error) -> Stop {
    let flag = match error.field() {
        Some("x-doctor") => "--doctor: ",
        Some("x-patient") => "--patient: ",
        Some("model") => "--model: ",
        _ => "",
    };
    Stop::usage(format!("{flag}{error}"))
}
