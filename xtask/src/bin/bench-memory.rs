//! The program with which `cargo xtask bench waiting` and `bench recording` measure the memory of a whole process: with the system's allocator, as
//! users run. It is not meant to be called by hand.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use xtask::bench::{recording, transport, waiting};

fn main() -> ExitCode {
    transport::finish(|arguments| match arguments {
        ["send", ..] => recording::job(arguments),
        _ => waiting::job(arguments),
    })
}
