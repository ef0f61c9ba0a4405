//! The client whose deaths `cargo xtask faults` counts on: a process of its own, with the real engine, transport and store, that tells everything
//! that happens to it and kills itself when its order says so. It judges nothing.

// It talks to the process that started it, on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod clock;
mod creates;
mod deaths;
mod life;
mod pipe;
mod store;
mod transport;

use std::process::ExitCode;
use std::sync::Arc;

use xtask::faults::wire::{Job, Line};

use crate::pipe::Pipe;

fn main() -> ExitCode {
    let pipe = Arc::new(Pipe::new());
    let job = match Pipe::job() {
        Ok(job) => job,
        Err(error) => {
            eprintln!("error: {error:#}; this program is started by `cargo xtask faults`");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let lived = runtime.map_err(anyhow::Error::from).and_then(|runtime| match job {
        Job::Tasks(order) => runtime.block_on(life::live(*order, &pipe)),
        Job::Creates(order) => runtime.block_on(creates::live(*order, &pipe)),
    });
    match lived {
        Ok(()) => pipe.say(&Line::Done),
        Err(error) => pipe.say(&Line::Broken { why: format!("{error:#}") }),
    }
    ExitCode::SUCCESS
}
