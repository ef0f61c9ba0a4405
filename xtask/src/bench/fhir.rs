//! The suite `fhir`: reading and writing with `fhir-r4b-model` against `serde_json::Value`, in one process and in turns, and what reading leaves on
//! the heap. Over the official examples, those of them that are bundles, and made-up patients, each indented and minified.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use crate::{fhir, workspace};

/// One line of the example `bench`.
#[derive(Deserialize)]
struct Times {
    set: String,
    bytes: f64,
    way: String,
    quantity: String,
    seconds: Vec<f64>,
}

/// One line of the example `bench-counts`.
#[derive(Deserialize)]
struct Counts {
    set: String,
    bytes: f64,
    way: String,
    live_bytes: f64,
    allocations: f64,
}

/// How much faster than `Value` the project promises to be, by the kind of documents and the work.
const PROMISED: [(&str, &str, &str, f64); 12] = [
    ("examples", "model", "parse", 1.7),
    ("examples minified", "model", "parse", 1.7),
    ("examples", "model", "write", 1.1),
    ("examples minified", "model", "write", 1.1),
    ("official bundles", "model", "parse", 2.2),
    ("official bundles minified", "model", "parse", 2.6),
    ("patients", "model", "parse", 2.2),
    ("patients minified", "model", "parse", 2.6),
    ("patients", "model", "write", 1.4),
    ("patients minified", "model", "write", 1.4),
    ("patients", "serde", "parse", 1.5),
    ("patients minified", "serde", "parse", 1.5),
];

/// Measures it.
///
/// # Errors
///
/// If the examples were not fetched, or the measuring programs fail.
pub(super) fn measure(quick: bool) -> Result<Report> {
    let examples = fhir::examples()?;
    eprintln!("building the measuring programs with optimisation");
    workspace::run(workspace::cargo().args([
        "build",
        "--release",
        "--quiet",
        "--package",
        "fhir-r4b-model",
        "--example",
        "bench",
        "--example",
        "bench-counts",
    ]))?;
    let times: Vec<Times> = lines("bench", &examples, quick)?;
    let counts: Vec<Counts> = lines("bench-counts", &examples, quick)?;
    let (mut series, mut comparisons) = (Vec::new(), Vec::new());
    for one in &times {
        let speed = one.seconds.iter().map(|seconds| one.bytes / seconds / 1e6).collect();
        series.push(Series::new(leak(&one.way), leak(&format!("{}: {}", one.quantity, one.set)), "MB/s", speed)?);
        if one.way == "value" {
            continue;
        }
        let theirs =
            times.iter().find(|other| (&other.set, &other.quantity, "value") == (&one.set, &one.quantity, &other.way));
        let theirs = theirs.context("a measurement without its counterpart")?;
        // Both of a turn met the same disturbance of the machine.
        let ratios: Vec<f64> = theirs.seconds.iter().zip(&one.seconds).map(|(theirs, ours)| theirs / ours).collect();
        let ratio = Series::new("", "", "", ratios)?.median;
        let promised = PROMISED.iter().find(|it| (it.0, it.1, it.2) == (&*one.set, &*one.way, &*one.quantity));
        let promised = promised.map_or_else(String::new, |it| format!(" (at least {})", it.3));
        let name = format!("{} {}, {}: times as fast as Value{promised}", one.way, one.quantity, one.set);
        comparisons.push(Comparison { name: leak(&name), value: ratio, limit: None, counted: false });
    }
    for one in counts.iter().filter(|one| one.way == "model") {
        let minified = one.set.ends_with("minified");
        let live = Some(if minified { 3.7 } else { 1.5 });
        // What is promised of allocations is of documents as they are published.
        let allocations = (!minified).then_some(10.0);
        for (what, value, limit) in [
            ("live bytes for each byte", one.live_bytes / one.bytes, live),
            ("allocations for each KB", one.allocations / one.bytes * 1024.0, allocations),
        ] {
            let name = leak(&format!("{}: {what}", one.set));
            comparisons.push(Comparison { name, value, limit, counted: true });
        }
    }
    Ok(Report { suite: "fhir", quick, machine: Machine::here(), series, comparisons, histograms: Vec::new() })
}

/// Names live as long as the process, which ends with the report.
fn leak(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

fn lines<T: DeserializeOwned>(program: &str, examples: &Path, quick: bool) -> Result<Vec<T>> {
    let path =
        workspace::target_dir().join("release/examples").join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
    let mut command = workspace::command(&path);
    command.arg(examples).args(quick.then_some("quick"));
    let output = command.output().with_context(|| format!("cannot start {}", path.display()))?;
    if !output.status.success() {
        bail!("{program} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| serde_json::from_str(line).with_context(|| format!("{program} printed '{line}'"))).collect()
}
