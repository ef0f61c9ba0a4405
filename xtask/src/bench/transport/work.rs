//! What the measuring programs do: warm a way up, then make calls and take the numbers. Counting the heap and reading the processor's time
//! are in two programs, because counting costs time in proportion to what is counted.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

use super::ways::{NAMES, Way};

/// Calls before anything is measured: afterwards the connection, its buffers and the lazily made tables are there.
const WARM_UP: u32 = 300;

/// What the heap was asked for since the process began. A block that grows or shrinks counts as an allocation.
#[derive(Debug, Clone, Copy)]
pub struct Heap {
    /// Blocks.
    pub allocations: usize,
    /// Bytes; of a block that grows, those that were added.
    pub bytes: usize,
}

/// The heap's work for each of the calls measured.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) allocations: Vec<usize>,
    pub(crate) bytes: Vec<usize>,
    /// What the sink or observer was told in all calls measured.
    pub(crate) told: u64,
}

/// Microseconds of processor time for each call, of each way; one value for each block of calls.
pub(crate) type Times = BTreeMap<String, Vec<f64>>;

/// Makes `count` calls in one way and writes down what each asked of the heap, which `heap` reads.
///
/// # Errors
///
/// If the arguments are not `WAY AUTHORITY COUNT`, a call fails, or `heap` does not count.
pub fn count(arguments: &[&str], heap: fn() -> Heap) -> Result<String> {
    let [way, authority, count] = arguments else {
        anyhow::bail!("called by `cargo xtask bench` only");
    };
    let count: usize = count.parse().context("the count is not a number")?;
    let before = heap();
    let known = std::hint::black_box(Vec::<u8>::with_capacity(std::hint::black_box(1000)));
    let after = heap();
    drop(known);
    ensure!(
        (after.allocations - before.allocations, after.bytes - before.bytes) == (1, 1000),
        "the allocator does not count"
    );
    let way = Way::new(way, authority)?;
    let mut counts = Counts { allocations: Vec::with_capacity(count), bytes: Vec::with_capacity(count), told: 0 };
    runtime()?.block_on(async {
        for _ in 0..WARM_UP {
            way.send().await?;
        }
        let told = way.told();
        for _ in 0..count {
            let before = heap();
            way.send().await?;
            let after = heap();
            counts.allocations.push(after.allocations - before.allocations);
            counts.bytes.push(after.bytes - before.bytes);
        }
        counts.told = way.told() - told;
        anyhow::Ok(())
    })?;
    Ok(serde_json::to_string(&counts)?)
}

/// Makes blocks of calls in all ways in turns, `A B C C B A`, so that a disturbance of the machine meets all of them, and writes down
/// the processor's time of each block.
///
/// # Errors
///
/// If the arguments are not `AUTHORITY BLOCKS CALLS`, a call fails, or this system cannot tell the processor's time.
pub fn time(arguments: &[&str]) -> Result<String> {
    let [authority, blocks, calls] = arguments else {
        anyhow::bail!("called by `cargo xtask bench` only");
    };
    let blocks: u32 = blocks.parse().context("the number of blocks is not a number")?;
    let calls: u32 = calls.parse().context("the number of calls is not a number")?;
    let mut ways = NAMES.into_iter().map(|name| Ok((name, Way::new(name, authority)?))).collect::<Result<Vec<_>>>()?;
    let mut times = Times::new();
    runtime()?.block_on(async {
        for (_, way) in &ways {
            for _ in 0..WARM_UP {
                way.send().await?;
            }
        }
        for _ in 0..blocks {
            for (name, way) in &ways {
                let before = processor_time()?;
                for _ in 0..calls {
                    way.send().await?;
                }
                let took = processor_time()?.saturating_sub(before);
                times.entry((*name).to_owned()).or_default().push(took.as_secs_f64() * 1e6 / f64::from(calls));
            }
            ways.reverse();
        }
        anyhow::Ok(())
    })?;
    Ok(serde_json::to_string(&times)?)
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// What this process has used of the processor so far, in the program and in the kernel.
#[cfg(unix)]
fn processor_time() -> Result<Duration> {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Ok(Duration::new(now.tv_sec.try_into()?, now.tv_nsec.try_into()?))
}

#[cfg(not(unix))]
fn processor_time() -> Result<Duration> {
    anyhow::bail!("the processor's time is read on Unix only; the counts of allocations do not need it")
}
