//! The suite `drift`: what it costs to look for what a vendor's answer has and its type does not name, beside reading that answer. Over results of
//! Haidy-Analyst, the only large answers there are, of several sizes; and over answers that are nothing but unknown fields.

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use crate::workspace;

/// The task whose records are repeated.
const ANSWER: &str = "tests/fixtures/haidy-analyst/sandbox/structure-06-clinic-annual-follow-up.txt.json";

/// How much time the walk may take beside the reading, where the answer is what the types know.
const MOST: f64 = 1.0;

/// One line of the example `bench-drift`.
#[derive(Deserialize)]
struct Times {
    size: String,
    kind: String,
    bytes: f64,
    found: u64,
    read: Vec<f64>,
    walked: Vec<f64>,
}

/// Measures it.
///
/// # Errors
///
/// If the measuring program cannot be built or fails.
pub(super) fn measure(quick: bool) -> Result<Report> {
    eprintln!("building the measuring program with optimisation");
    let example = ["--package", "haidy-analyst", "--example", "bench-drift"];
    workspace::run(workspace::cargo().args(["build", "--release", "--quiet"]).args(example))?;
    let program = format!("release/examples/bench-drift{}", std::env::consts::EXE_SUFFIX);
    let mut command = workspace::command(workspace::target_dir().join(program));
    command.arg(workspace::root().join(ANSWER)).args(quick.then_some("quick"));
    let (mut series, mut comparisons) = (Vec::new(), Vec::new());
    for line in workspace::output(&mut command)?.lines() {
        let times: Times = serde_json::from_str(line).with_context(|| format!("bench-drift printed '{line}'"))?;
        let Times { size, kind, bytes, found, read, walked } = times;
        if (kind == "records") != (found == 0) {
            bail!("{found} findings in an answer of {kind}, {size}: the measurement is of something else");
        }
        // Both of a turn met the same disturbance of the machine.
        let ratios: Vec<f64> = walked.iter().zip(&read).map(|(walked, read)| walked / read).collect();
        let value = Series::new("", "", "", ratios)?.median;
        let limit = (kind == "records").then_some(MOST);
        let name = leak(format!("{kind}, {size} ({bytes} bytes): time to walk for each time to read"));
        comparisons.push(Comparison { name, value, limit, at_least: None, counted: false });
        for (way, seconds) in [("read", read), ("walk", walked)] {
            let speed = seconds.iter().map(|seconds| bytes / seconds / 1e6).collect();
            series.push(Series::new(way, leak(format!("{kind}, {size}")), "MB/s", speed)?);
        }
    }
    let conditions = Vec::new();
    Ok(Report {
        suite: "drift",
        quick,
        machine: Machine::here(),
        conditions,
        series,
        comparisons,
        histograms: Vec::new(),
    })
}

/// Names live as long as the process, which ends with the report.
fn leak(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}
