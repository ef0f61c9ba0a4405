//! `cargo xtask bench`: measurements that anyone can repeat. A suite compares ways of doing the same work on this machine
//! in this run; a number is never compared with one from another machine. Nothing leaves the machine.

mod drift;
mod fhir;
mod fhir_build;
mod fhir_compiler;
mod fhir_lines;
mod fhir_peers;
mod fhir_peers_build;
mod histogram;
mod machine;
mod memory;
pub mod recording;
mod report;
pub mod transport;
mod upload;
pub mod waiting;
mod worker;

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::args::BenchOptions;
use crate::workspace;
use report::Report;
use worker::Worker;

/// A suite: its name, and what measures it.
struct Suite {
    name: &'static str,
    measure: Measure,
}

enum Measure {
    /// With the programs of this package.
    Worker(fn(&Worker, bool) -> Result<Report>),
    /// With programs of its own.
    Own(fn(bool) -> Result<Report>),
}

const SUITES: [Suite; 9] = [
    Suite { name: "upload", measure: Measure::Worker(upload::measure) },
    Suite { name: "transport", measure: Measure::Worker(transport::measure) },
    Suite { name: "recording", measure: Measure::Worker(recording::measure) },
    Suite { name: "waiting", measure: Measure::Worker(waiting::measure) },
    Suite { name: "fhir", measure: Measure::Own(fhir::measure) },
    Suite { name: "drift", measure: Measure::Own(drift::measure) },
    Suite { name: "fhir-build", measure: Measure::Own(fhir_build::measure) },
    Suite { name: "fhir-peers", measure: Measure::Own(fhir_peers::measure) },
    Suite { name: "fhir-peers-build", measure: Measure::Own(fhir_peers_build::measure) },
];

/// Measures a suite, prints the table, and writes the JSON report if a file was named.
///
/// # Errors
///
/// If the suite is unknown, a measurement fails, or, with `check`, something counted is over its limit.
pub fn run(options: &BenchOptions) -> Result<()> {
    let Some(suite) = SUITES.iter().find(|suite| suite.name == options.suite) else {
        let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        bail!("there is no suite '{}': choose from {}", options.suite, names.join(", "));
    };
    let report = match suite.measure {
        Measure::Worker(measure) => measure(&Worker::build()?, options.quick)?,
        Measure::Own(measure) => measure(options.quick)?,
    };
    print!("{report}");
    if let Some(path) = &options.json {
        let mut text = serde_json::to_string_pretty(&report)?;
        text.push('\n');
        // The caller's folder is meant, not the workspace's.
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("written: {}", workspace::shown(path));
    }
    let over = report.over_limit();
    if options.check && !over.is_empty() {
        bail!("over the limit: {}", over.join(", "));
    }
    Ok(())
}
