//! The `clinical` command: codes clinical notes with the Omniscribe Codify API, structures records with Haidy-Analyst and registers
//! patients and orders with `NovaMed`, or all of it against an embedded sandbox.
//!
//! Data goes to stdout, everything else to stderr. Answers are simulated only where the caller asked for it by name
//! (`demo`, `sandbox`, `--sandbox`); missing credentials are an error, never a reason to simulate.

mod advice;
mod args;
mod audit;
mod codify;
mod connect;
#[cfg(feature = "sandbox")]
mod demo;
mod drift;
mod exit;
mod health;
mod logging;
mod novamed;
mod output;
mod plain;
mod progress;
mod results;
mod route;
#[cfg(feature = "sandbox")]
mod serve;
mod signals;
mod store;
mod structure;
mod style;
mod target;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::exit::{Exit, Stop};

fn main() -> ExitCode {
    // Usage errors and help end the process here: clap prints to stderr and exits with 2, help with 0.
    let args = Args::parse();
    let result = logging::init().and_then(|()| run(args.command));
    let exit = result.unwrap_or_else(|stop| {
        if let Some(sentence) = &stop.sentence {
            style::error(sentence);
        }
        stop.exit
    });
    ExitCode::from(exit.code())
}

fn run(command: Command) -> Result<Exit, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Stop::failed(format!("the command could not start: {error}")))?;
    let result = runtime.block_on(async {
        match command {
            Command::Codify(args) => codify::run(args).await,
            Command::Structure(args) => structure::run(args).await,
            Command::Results(args) => results::run(args).await,
            Command::Novamed(args) => novamed::run(args).await,
            Command::Health(args) => health::run(args).await,
            Command::Audit(args) => audit::run(&args),
            Command::Drift(args) => drift::run(&args),
            #[cfg(feature = "sandbox")]
            Command::Demo(args) => demo::run(args).await,
            #[cfg(feature = "sandbox")]
            Command::Sandbox(args) => serve::run(args).await,
        }
    });
    // A read of stdin that nobody waits for any more must not hold the process up.
    runtime.shutdown_background();
    result
}
