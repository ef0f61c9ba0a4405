//! The program with which `cargo xtask bench transport` counts allocations. It is not meant to be called by hand.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::alloc::System;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use xtask::bench::transport::{self, Heap};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    transport::finish(|arguments| {
        transport::count(arguments, || {
            let stats = HEAP.stats();
            Heap { allocations: stats.allocations + stats.reallocations, bytes: stats.bytes_allocated }
        })
    })
}
