//! `cargo xtask`: the development tasks of this workspace, in plain Rust so that they run wherever Rust runs.
//! It reads its arguments, calls one task and turns the outcome into an exit code; the tasks are in the library.

// A development tool talks to the developer on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use xtask::args::{self, USAGE};
use xtask::skipped::Skipped;

fn main() -> ExitCode {
    let task = match args::parse(lexopt::Parser::from_env()) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("error: {error}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match xtask::run(task) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if let Some(skipped) = error.downcast_ref::<Skipped>() {
                println!("SKIPPED: {skipped}");
                return ExitCode::from(Skipped::EXIT_CODE);
            }
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
