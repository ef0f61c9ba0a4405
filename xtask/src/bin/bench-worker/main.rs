//! The program that `cargo xtask bench` measures with. One job for each process: `serve`, or `heap` or `time` of one way
//! of sending a file. It prints one line of JSON. It is not meant to be called by hand.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod client;
mod naive;
mod server;

use std::alloc::System;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait as _};
use serde_json::json;

/// Counts what the process holds, and the most it held since the last reset. Two additions for each allocation, so it
/// stays on while times are measured: both ways pay the same.
#[global_allocator]
static HEAP: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-worker: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments {
        ["serve"] => runtime.block_on(server::run()),
        [quantity @ ("heap" | "time"), way, authority, file, count] => {
            let count = count.parse().context("the count is not a number")?;
            runtime.block_on(measure(quantity, way, authority, Path::new(file), count))
        }
        _ => bail!("called by `cargo xtask bench` only"),
    }
}

/// One way of sending.
enum Way {
    Client(client::Client),
    Naive(naive::Naive),
}

impl Way {
    fn new(name: &str, authority: &str) -> Result<Self> {
        match name {
            "client" => Ok(Self::Client(client::Client::new(authority)?)),
            "naive" => Ok(Self::Naive(naive::Naive::new(authority)?)),
            _ => bail!("there is no way called '{name}'"),
        }
    }

    /// A first, small request: afterwards the connection, its buffers and the lazily made tables are there, and belong to
    /// the baseline.
    async fn warm_up(&self) -> Result<()> {
        match self {
            Self::Client(way) => way.note().await,
            Self::Naive(way) => way.note().await,
        }
    }

    /// Sends the file and gives the number of body bytes that the server says it received.
    async fn send(&self, file: &Path) -> Result<u64> {
        match self {
            Self::Client(way) => way.send(file).await,
            Self::Naive(way) => way.send(file).await,
        }
    }
}

async fn measure(quantity: &str, way: &str, authority: &str, file: &Path, count: u32) -> Result<()> {
    let way = Way::new(way, authority)?;
    way.warm_up().await?;
    if quantity == "heap" {
        HEAP.reset_peak_memory();
        let received_bytes = way.send(file).await?;
        let peak_heap_bytes = HEAP.get_peak_memory();
        println!("{}", json!({ "peak_heap_bytes": peak_heap_bytes, "received_bytes": received_bytes }));
        return Ok(());
    }
    let mut milliseconds = Vec::new();
    let mut received_bytes = 0;
    for _ in 0..count {
        let start = Instant::now();
        received_bytes = way.send(file).await?;
        milliseconds.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    println!("{}", json!({ "milliseconds": milliseconds, "received_bytes": received_bytes }));
    Ok(())
}
