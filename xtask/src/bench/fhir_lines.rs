//! What the programs print that measure crates for FHIR: a line of JSON for each result. Here the lines become numbers set against
//! `serde_json::Value`; what was promised of them is the suites' business.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::report::Series;
use crate::workspace;

/// Of one set of documents, done in one way: seconds of the processor for all of them, in each round.
#[derive(Deserialize)]
pub(super) struct Times {
    pub(super) set: String,
    pub(super) bytes: f64,
    pub(super) way: String,
    /// `parse` or `write`.
    pub(super) quantity: String,
    pub(super) seconds: Vec<f64>,
    /// How many documents of the set could not be read and are not among the measured.
    #[serde(default)]
    pub(super) refused: u32,
}

/// Of one set of documents, read in one way: what is on the heap then, and how often memory was asked for.
#[derive(Deserialize)]
pub(super) struct Counts {
    pub(super) set: String,
    pub(super) bytes: f64,
    pub(super) way: String,
    pub(super) live_bytes: f64,
    pub(super) allocations: f64,
}

impl Counts {
    pub(super) fn live_for_each_byte(&self) -> f64 {
        self.live_bytes / self.bytes
    }

    pub(super) fn allocations_for_each_kb(&self) -> f64 {
        self.allocations / self.bytes * 1024.0
    }
}

/// All that was measured of one crate, in one process for the times and one for the counts.
pub(super) struct Measured {
    pub(super) times: Vec<Times>,
    pub(super) counts: Vec<Counts>,
}

impl Measured {
    /// The sets, in the order in which they were measured.
    pub(super) fn sets(&self) -> Vec<&str> {
        let mut sets: Vec<&str> = Vec::new();
        for one in &self.times {
            if !sets.contains(&one.set.as_str()) {
                sets.push(&one.set);
            }
        }
        sets
    }

    pub(super) fn times(&self, set: &str, way: &str, quantity: &str) -> Option<&Times> {
        // Without documents there is nothing to tell.
        self.times.iter().find(|it| (&*it.set, &*it.way, &*it.quantity) == (set, way, quantity) && it.bytes > 0.0)
    }

    pub(super) fn counts(&self, set: &str, way: &str) -> Option<&Counts> {
        self.counts.iter().find(|it| (&*it.set, &*it.way) == (set, way) && it.bytes > 0.0)
    }

    /// How many times as fast as `Value`: the median over the rounds. Both of a round met the same disturbance of the machine.
    pub(super) fn ratio(&self, set: &str, way: &str, quantity: &str) -> Option<f64> {
        let (ours, theirs) = (self.times(set, way, quantity)?, self.times(set, "value", quantity)?);
        let ratios = theirs.seconds.iter().zip(&ours.seconds).map(|(theirs, ours)| theirs / ours).collect();
        Series::new("", "", "", ratios).ok().map(|series| series.median)
    }

    /// The speeds, as they are reported. `way` gives what a way is called.
    pub(super) fn speeds(&self, way: impl Fn(&str) -> String) -> Result<Vec<Series>> {
        let measured = self.times.iter().filter(|one| one.bytes > 0.0);
        let speeds = measured.map(|one| {
            let speed = one.seconds.iter().map(|seconds| one.bytes / seconds / 1e6).collect();
            Series::new(leak(&way(&one.way)), leak(&format!("{}: {}", one.quantity, one.set)), "MB/s", speed)
        });
        speeds.collect()
    }
}

/// Names live as long as the process, which ends with the report.
pub(super) fn leak(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

/// The lines that a program prints.
///
/// # Errors
///
/// If it cannot be started, fails, or prints something else.
pub(super) fn lines<T: DeserializeOwned>(command: &mut Command) -> Result<Vec<T>> {
    let shown = workspace::shown_command(command);
    let output = command.output().with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("{shown} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("{shown} printed '{line}'"))).collect()
}

/// Which `serde_json` the packages of a workspace are built with, and its features: they decide how fast `Value` is.
///
/// # Errors
///
/// If cargo fails, or the package does not have it.
pub(super) fn serde_json_of(manifest: &std::path::Path, package: &str) -> Result<String> {
    let tree = workspace::output(
        workspace::cargo()
            .args(["tree", "--locked", "--offline", "--package", package])
            .args(["--edges", "normal,dev,no-proc-macro", "--prefix", "none", "--format", "{p}|{f}", "--manifest-path"])
            .arg(manifest),
    )?;
    let line =
        tree.lines().find_map(|line| line.strip_prefix("serde_json v")).context("serde_json is not in the tree")?;
    let (version, features) = line.split_once('|').context("cargo tree has changed")?;
    Ok(format!("serde_json {version}, features: {}", features.trim_end_matches(" (*)").replace(',', ", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        let times = [
            r#"{"set":"a","bytes":4e6,"way":"crate","quantity":"parse","seconds":[1.0,2.0,4.0]}"#,
            r#"{"set":"a","bytes":4e6,"way":"value","quantity":"parse","seconds":[3.0,4.0,4.0],"refused":2}"#,
            r#"{"set":"b","bytes":0,"way":"crate","quantity":"parse","seconds":[1.0]}"#,
            r#"{"set":"b","bytes":0,"way":"value","quantity":"parse","seconds":[1.0]}"#,
        ];
        let counts = [r#"{"set":"a","bytes":2048,"way":"crate","live_bytes":1024,"allocations":6}"#];
        Measured {
            times: times.iter().map(|line| serde_json::from_str(line).unwrap()).collect(),
            counts: counts.iter().map(|line| serde_json::from_str(line).unwrap()).collect(),
        }
    }

    #[test]
    fn a_ratio_is_the_median_of_the_rounds_and_more_than_one_is_faster_than_value() {
        assert_eq!(measured().ratio("a", "crate", "parse"), Some(2.0));
    }

    #[test]
    fn of_a_set_without_a_readable_document_nothing_is_told() {
        let measured = measured();
        assert_eq!(measured.sets(), ["a", "b"]);
        assert_eq!(measured.ratio("b", "crate", "parse"), None);
        let speeds = measured.speeds(str::to_owned).unwrap();
        assert_eq!(speeds.iter().map(|it| (it.way, it.median)).collect::<Vec<_>>(), [("crate", 2.0), ("value", 1.0)]);
    }

    #[test]
    fn counts_are_told_for_each_byte_and_each_1024_bytes_of_input() {
        let measured = measured();
        let counts = measured.counts("a", "crate").unwrap();
        assert_eq!((counts.live_for_each_byte(), counts.allocations_for_each_kb()), (0.5, 3.0));
    }
}
