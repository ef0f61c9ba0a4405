//! Counts what a build takes: the processor's time of cargo and of every compiler that it starts, and the memory of the largest. It is GNU `time`
//! that counts, around cargo and, as cargo's `RUSTC_WRAPPER`, around each compiler.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::workspace;

const TIME: &str = "/usr/bin/time";

/// What one build took.
#[derive(Debug, PartialEq)]
pub(super) struct Built {
    /// Of the processor, in the program and in the kernel, all processes together.
    pub(super) seconds: f64,
    /// Of it, for the crate that was asked for: its library, if it has one, and its program with the linker.
    pub(super) own_seconds: f64,
    /// The memory of the largest compiler.
    pub(super) peak_mb: f64,
}

/// Runs this cargo command offline, into a target folder that the caller has emptied, and counts.
///
/// # Errors
///
/// If there is no GNU `time`, or the build fails: then with the first error that the compiler tells.
pub(super) fn build(cargo: &Command, target: &Path, own: &str) -> Result<Built> {
    let mut command = Command::new(TIME);
    command
        .args(["-f", "WHOLE %U %S %M"])
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .args(["--quiet", "--offline"]);
    if let Some(folder) = cargo.get_current_dir() {
        command.current_dir(folder);
    }
    command
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTC_WRAPPER", TIME)
        .env("TIME", "RUSTC %U %S %M %C");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "RUSTFLAGS" {
            command.env_remove(&name);
        }
    }
    let output =
        command.output().with_context(|| format!("cannot start {TIME} (GNU time): it counts what compilers take"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let error = text.lines().find(|line| line.starts_with("error")).unwrap_or("no error told");
        bail!("{} does not build: {error}", cargo.get_current_dir().unwrap_or(Path::new(".")).display());
    }
    counted(&text, own).with_context(|| format!("{TIME} told nothing that can be read: is it GNU time?"))
}

/// Adds up the lines of GNU `time` among those of the compilers.
fn counted(text: &str, own: &str) -> Option<Built> {
    let mut built = Built { seconds: 0.0, own_seconds: 0.0, peak_mb: 0.0 };
    let mut whole = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let &[kind @ ("WHOLE" | "RUSTC"), user, system, peak_kb, ..] = words.as_slice() else { continue };
        let seconds = user.parse::<f64>().ok()? + system.parse::<f64>().ok()?;
        if kind == "WHOLE" {
            whole = Some(seconds);
            continue;
        }
        built.peak_mb = built.peak_mb.max(peak_kb.parse::<f64>().ok()? / 1000.0);
        if words.windows(2).any(|two| two == ["--crate-name", own]) {
            built.own_seconds += seconds;
        }
    }
    built.seconds = whole?;
    Some(built)
}

/// How many packages are in the normal tree of a package, itself not counted.
///
/// # Errors
///
/// If cargo fails.
#[allow(clippy::cast_precision_loss, reason = "a tree has few packages")]
pub(super) fn packages(folder: &Path, package: &str) -> Result<f64> {
    let mut cargo = workspace::cargo();
    cargo.current_dir(folder).args([
        "tree",
        "--offline",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
    ]);
    let text = workspace::output(&mut cargo)?;
    let mut names: Vec<&str> =
        text.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.len().saturating_sub(1) as f64)
}

/// The size of a program without its symbols.
///
/// # Errors
///
/// If there is no `strip`, or no program.
#[allow(clippy::cast_precision_loss, reason = "a program is far below 2^52 bytes")]
pub(super) fn stripped_mb(program: &Path) -> Result<f64> {
    let stripped = program.with_extension("stripped");
    workspace::run(Command::new("strip").arg("-o").arg(&stripped).arg(program))?;
    Ok(fs::metadata(&stripped)?.len() as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compilers_are_told_apart_by_the_crate_they_were_given() {
        let text = "\
warning: something else
RUSTC 1.50 0.25 500000 /usr/bin/rustc --crate-name serde_json --edition=2021
RUSTC 0.50 0.25 250000 /usr/bin/rustc --crate-name two_lines src/main.rs
RUSTC 0.25 0.00 100000 /usr/bin/rustc --crate-name two_lines_more src/main.rs
RUSTC 0.25 0.00 250000 /usr/bin/rustc --crate-name two_lines src/lib.rs
WHOLE 3.00 1.00 500000
";
        assert_eq!(counted(text, "two_lines"), Some(Built { seconds: 4.0, own_seconds: 1.0, peak_mb: 500.0 }));
    }

    #[test]
    fn without_the_sum_for_the_whole_nothing_is_told() {
        assert_eq!(counted("RUSTC 1.50 0.25 500000 /usr/bin/rustc --crate-name a", "a"), None);
        assert_eq!(counted("WHOLE 1.50 x 500000", "a"), None);
    }
}
