//! The program with which `cargo xtask bench transport` reads the processor's time: with the system's allocator, as users run. It is not meant to
//! be called by hand.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use xtask::bench::transport;

fn main() -> ExitCode {
    transport::finish(transport::time)
}
