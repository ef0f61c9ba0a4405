//! `clinical demo`: everything on this machine, with simulated answers. It tells what it does while it does it, and ends
//! with success only if all of it worked.

mod coding;
mod examples;
mod fault;
mod receiver;
mod registering;
mod structuring;

use std::io::{self, Write};

use clinical_sandbox::Sandbox;
use omniscribe_codify::http_core::Observer;
use omniscribe_codify::{Codify, Environment};

use crate::args::DemoArgs;
use crate::connect;
use crate::exit::{Exit, Stop};
use crate::signals;
use crate::style::Style;

pub(crate) async fn run(args: DemoArgs) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    tokio::select! {
        biased;
        exit = stopped => Ok(exit),
        result = show(args) => result,
    }
}

async fn show(args: DemoArgs) -> Result<Exit, Stop> {
    introduce()?;
    let sandbox = connect::start(Sandbox::builder().seed(args.seed)).await?;
    line(format_args!("The sandbox listens on {}, seed {}.\n", sandbox.url(), args.seed))?;
    let all_coded = coding::show(&sandbox).await?;
    let survived = fault::show(&sandbox).await?;
    sandbox.shutdown().await;
    let structured = structuring::show(args.seed).await?;
    let registered = registering::show(args.seed).await?;
    if all_coded && survived && structured && registered {
        conclude()?;
        return Ok(Exit::Ok);
    }
    Err(Stop::failed("the demo did not work as it should; see above"))
}

fn introduce() -> io::Result<()> {
    let style = Style::stdout();
    line(style.yellow(style.bold("The answers below are SIMULATED.")))?;
    line(
        "They come from a test double of the vendor inside this process, computed from a small lexicon. Nothing leaves this\n\
         machine, no account is used, and every note is invented. Do not use these codes for anything.\n",
    )
}

fn conclude() -> io::Result<()> {
    line(
        "Those were the real clients over real HTTP: notes and a PDF coded, a PDF structured, people registered, an event received, a rate\n\
         limit and three broken connections survived.\n\
         \n\
         Next:\n\
         \x20 clinical codify --sandbox FILE     your own text, still simulated, still on this machine\n\
         \x20 clinical structure --sandbox FILE  your own document as a HolisticPatient, or with --fhir as a Bundle\n\
         \x20 clinical novamed patient --sandbox --revision 2025-12 --file FILE\n\
         \x20                                    your own CSV or JSON of patients\n\
         \x20 clinical codify --help             formats, limits, exit codes\n\
         \x20 OMNISCRIBE_API_URL, OMNISCRIBE_API_TOKEN set to what the vendor gave you, then without --sandbox: the real one",
    )
}

/// The real client, told only where the sandbox is.
fn client(sandbox: &Sandbox, observer: impl Observer) -> Result<Codify, Stop> {
    Codify::builder()
        .base_url(sandbox.url())
        .token(sandbox.token())
        .environment(Environment::Development)
        .http(|http| http.observer(observer))
        .build()
        .map_err(|error| Stop::failed(error.to_string()))
}

fn line(text: impl std::fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
