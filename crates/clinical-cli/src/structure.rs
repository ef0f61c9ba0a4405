//! `clinical structure`: makes one task of all inputs, and waits for what it comes to. Before anything is sent it is sure that the result can be
//! stored; and as soon as there is a task, its token is on the disk.

mod fate;
mod inputs;
mod line;
mod request;
pub(crate) mod token;
mod waiter;

use std::pin::{Pin, pin};

use clinical_long_tasks::TaskToken;
use haidy_analyst::{Error, Structure};

pub(crate) use fate::Place;
pub(crate) use line::Line;
pub(crate) use waiter::Waiter;

use crate::args::StructureArgs;
use crate::audit::Trail;
use crate::connect::{HaidySession, Keep};
use crate::exit::{Exit, Stop};
use crate::target::Target;
use crate::{audit, signals, store, style};
use inputs::Input;
use token::TokenOut;

pub(crate) async fn run(args: StructureArgs) -> Result<Exit, Stop> {
    let trail = args.audit.as_deref().map(Trail::at);
    let result = structure(&args, trail.as_ref()).await;
    audit::close(trail, result).await
}

/// What there is to wait for.
enum Work {
    Submit { request: Box<Structure>, inputs: Vec<Input>, token_out: Option<TokenOut> },
    Resume(TaskToken),
}

async fn structure(args: &StructureArgs, trail: Option<&Trail>) -> Result<Exit, Stop> {
    let mut stopped = pin!(signals::install()?);
    let target = Target::open(&args.out)?;
    let results = args.results.as_deref();
    let work = match &args.resume {
        Some(given) => Work::Resume(token::read(given, results)?),
        None => prepare(args, &target, stopped.as_mut()).await?,
    };
    let line = Line::new();
    let keep = if args.accept_loss { Keep::AcceptLoss } else { Keep::Store(results) };
    let session = HaidySession::open(&args.connection, keep, line.clone(), trail.cloned()).await?;
    let place =
        Place { flag: store::flag(results), durable: session.is_durable(), simulated: args.connection.is_simulated() };
    let waiter = Waiter { session: &session, target: &target, place: &place, line: &line, details: args.details };
    // Last of all, so that no run that a wrong flag stops leaves an empty trail.
    trail.map_or(Ok(()), Trail::open)?;
    let mut told = true;
    let token = match work {
        Work::Resume(token) => token,
        Work::Submit { request, inputs, token_out } => {
            let token = submit(args, &waiter, *request, &inputs, stopped.as_mut()).await?;
            told = announce(&waiter, &token, token_out.as_ref());
            token
        }
    };
    let exit = waiter.finish(&token, stopped).await?;
    session.close().await;
    Ok(if told || exit != Exit::Ok { exit } else { Exit::SomeFailed })
}

/// Reads the inputs off the main thread, so that a signal is heard while stdin or a pipe is silent.
async fn prepare(
    args: &StructureArgs,
    target: &Target,
    stopped: Pin<&mut impl Future<Output = Exit>>,
) -> Result<Work, Stop> {
    let inputs = inputs::plan(args)?;
    if inputs.iter().any(|input| target.is(&input.path)) {
        return Err(Stop::usage("--out: is one of the inputs; give another file (nothing was sent)"));
    }
    let token_out = args.token_out.as_deref().map(TokenOut::open).transpose()?;
    let reading = inputs.clone();
    let loaded = tokio::task::spawn_blocking(move || inputs::load(&reading));
    let records = tokio::select! {
        biased;
        signal = stopped => return Err(Stop::new(signal, "interrupted (nothing was sent)")),
        loaded = loaded => loaded.map_err(|_| Stop::failed("the inputs could not be read (nothing was sent)"))?,
    };
    let request = Box::new(request::request(args, records.map_err(Stop::failed)?)?);
    Ok(Work::Submit { request, inputs, token_out })
}

/// Makes the task. After a signal it waits a while for the vendor's answer: with it, the task can be gone on with.
async fn submit(
    args: &StructureArgs,
    waiter: &Waiter<'_>,
    request: Structure,
    inputs: &[Input],
    stopped: Pin<&mut impl Future<Output = Exit>>,
) -> Result<TaskToken, Stop> {
    let haidy = &waiter.session.haidy;
    let mut submitting = pin!(async {
        if args.fhir {
            let task = haidy.structure_fhir(request, request::options(&args.bundle)).await?;
            Ok(task.token().clone())
        } else {
            Ok(haidy.structure(request).await?.token().clone())
        }
    });
    let submitted = tokio::select! {
        biased;
        signal = stopped => {
            let ended = tokio::select! {
                ended = &mut submitting => Some(ended),
                () = waiter.grace() => None,
            };
            waiter.line.clear();
            return Err(interrupted(waiter, signal, ended));
        }
        submitted = &mut submitting => submitted,
    };
    waiter.line.clear();
    submitted.map_err(|error| refused(waiter, inputs, &error))
}

fn interrupted(waiter: &Waiter<'_>, signal: Exit, ended: Option<Result<TaskToken, Error>>) -> Stop {
    match ended {
        Some(Ok(token)) => {
            let next = waiter.place.go_on(&token);
            Stop::new(signal, format!("interrupted; the task is made (result not consumed; {next})"))
        }
        Some(Err(error)) => Stop { exit: signal, ..waiter.failed(&error) },
        None => Stop::new(
            signal,
            format!(
                "interrupted while the task was being submitted; the vendor may have made it, and submitting again may make a second one (result possibly lost; \
                 `clinical results list{}` shows it as submitting)",
                waiter.place.flag
            ),
        ),
    }
}

/// There is no task, or nobody knows. What is wrong with an input or a flag is said with its name.
fn refused(waiter: &Waiter<'_>, inputs: &[Input], error: &Error) -> Stop {
    let stop = waiter.failed(error);
    let mut sentence = stop.sentence.unwrap_or_default();
    if let Some(token) = error.token() {
        // The task is made, and the store does not know it.
        sentence = format!("{sentence}; keep its token in a file, and go on with --resume: {}", token::json(token));
    }
    if let Some(flag) = request::flag_of(error) {
        return Stop::usage(format!("{flag}: {sentence}"));
    }
    let about = match inputs {
        [input] => error.field().is_some().then_some(input),
        _ => request::record_of(error).and_then(|number| inputs.get(number.checked_sub(1)?)),
    };
    let sentence = match about {
        Some(input) => format!("{}: {sentence}", input.name()),
        None => sentence,
    };
    Stop::new(stop.exit, sentence)
}

/// Says how to find the task again, whatever happens from here on. Whether that went as it was asked for.
fn announce(waiter: &Waiter<'_>, token: &TaskToken, token_out: Option<&TokenOut>) -> bool {
    let id = token.task();
    let kept = token_out.map(|out| out.write(token));
    if waiter.place.simulated {
        style::say(format_args!("task {id} is submitted"));
    } else {
        style::say(format_args!("task {id} is submitted; should this end early, {}", waiter.place.go_on(token)));
    }
    if let Some(Err(error)) = &kept {
        style::error(format_args!("--token-out: the token could not be written: {error}"));
    }
    !matches!(kept, Some(Err(_)))
}
