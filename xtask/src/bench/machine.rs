//! What a reader must know about the machine to judge a number. No name of the machine or its user is taken.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::thread::available_parallelism;

use serde::Serialize;

use crate::workspace;

/// The facts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Machine {
    os: &'static str,
    arch: &'static str,
    cpu: Option<String>,
    cores: Option<usize>,
    memory_mib: Option<u64>,
    rustc: Option<String>,
    profile: &'static str,
    /// The commit measured; ends in `-dirty` if the tree had changes.
    commit: Option<String>,
}

impl Machine {
    /// What can be found out here; `None` for the rest.
    pub(super) fn here() -> Self {
        Self {
            os: OS,
            arch: ARCH,
            cpu: line_value("/proc/cpuinfo", "model name"),
            cores: available_parallelism().ok().map(usize::from),
            memory_mib: line_value("/proc/meminfo", "MemTotal").and_then(|text| memory_mib(&text)),
            rustc: output("rustc", &["--version"]),
            profile: "release",
            commit: output("git", &["describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unknown = || "unknown".to_owned();
        write!(
            f,
            "{} {}, {}, {} cores, {} MiB, {}, {} profile, commit {}",
            self.os,
            self.arch,
            self.cpu.as_deref().unwrap_or("unknown processor"),
            self.cores.map_or_else(unknown, |cores| cores.to_string()),
            self.memory_mib.map_or_else(unknown, |memory| memory.to_string()),
            self.rustc.as_deref().unwrap_or("unknown rustc"),
            self.profile,
            self.commit.as_deref().unwrap_or("unknown"),
        )
    }
}

fn line_value(path: &str, name: &str) -> Option<String> {
    value_in(&fs::read_to_string(path).ok()?, name)
}

/// The value of the first `name : value` line.
fn value_in(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}

/// `24000000 kB` in MiB.
fn memory_mib(text: &str) -> Option<u64> {
    let kib: u64 = text.strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024)
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = workspace::command(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_processor_are_read_from_the_kernels_text() {
        let text = "MemTotal:       24576000 kB\nMemFree: 1 kB\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(value_in(text, "model name").as_deref(), Some("Some CPU @ 2 GHz"));
        assert_eq!(value_in(text, "MemTotal").and_then(|text| memory_mib(&text)), Some(24_000));
        assert_eq!(value_in(text, "absent"), None);
    }
}
