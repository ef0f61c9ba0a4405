//! What the kernel says of this process: how much memory it has, and on how many cores it may run. Nothing is counted by the program itself, so
//! what an allocator keeps for later, stacks of threads and tables of libraries are all in it.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Memory of this process that is in the machine's memory, in KiB.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Resident {
    /// Now.
    pub(super) now_kib: u64,
    /// The most there ever was.
    pub(super) peak_kib: u64,
}

impl Resident {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// If this system has no `/proc/self/status`: it is read on Linux only.
    pub(super) fn here() -> Result<Self> {
        let text =
            std::fs::read_to_string("/proc/self/status").context("the memory of a process is read on Linux only")?;
        let of = |name| kib(&text, name).with_context(|| format!("the kernel does not say {name}"));
        Ok(Self { now_kib: of("VmRSS")?, peak_kib: of("VmHWM")? })
    }
}

/// The value of the line `NAME:   123 kB`.
fn kib(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.strip_suffix("kB")?.trim().parse().ok())
}

/// Lets this process run on the first of its cores only.
///
/// # Errors
///
/// If the system does not allow it, or is not Linux.
#[cfg(target_os = "linux")]
pub(super) fn stay_on_one_core() -> Result<()> {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
    let allowed = sched_getaffinity(None)?;
    let first = (0..CpuSet::MAX_CPU).find(|core| allowed.is_set(*core)).context("there is no core")?;
    let mut one = CpuSet::new();
    one.set(first);
    Ok(sched_setaffinity(None, &one)?)
}

/// Elsewhere it cannot be done.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub(super) fn stay_on_one_core() -> Result<()> {
    anyhow::bail!("a process is kept on one core on Linux only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_by_its_whole_name() {
        let text = "VmPeak:\t  9 kB\nVmHWM:\t    2084 kB\nVmRSS:\t    1800 kB\nThreads:\t1\n";
        assert_eq!((kib(text, "VmHWM"), kib(text, "VmRSS")), (Some(2084), Some(1800)));
        assert_eq!((kib(text, "Vm"), kib(text, "Threads"), kib(text, "VmSwap")), (None, None, None));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_that_is_used_is_seen_and_the_peak_outlives_it() {
        let before = Resident::here().unwrap();
        let held = std::hint::black_box(vec![1_u8; 64 << 20]);
        let during = Resident::here().unwrap();
        drop(held);
        let after = Resident::here().unwrap();
        assert!(during.now_kib >= before.now_kib + (60 << 10), "{before:?} {during:?}");
        // The kernel counts in batches: the two need not agree to the last page.
        assert!(after.peak_kib + 1024 >= during.now_kib, "{during:?} {after:?}");
        assert!(after.now_kib + (50 << 10) < during.now_kib, "{during:?} {after:?}");
    }
}
