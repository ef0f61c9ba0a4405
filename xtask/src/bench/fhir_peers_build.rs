//! The suite `fhir-peers-build`: what other crates for FHIR R4B, and ours, cost whoever builds with them. A program that reads and writes a resource
//! (`bench-peers/`) is built from nothing with each, once in each way. It takes more than an hour of the processor and up to 5.5 GB of memory.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::Result;

use super::fhir_compiler::{self, Built};
use super::fhir_lines::leak;
use super::fhir_peers::{PEERS, folder};
use super::machine::Machine;
use super::report::{Report, Series};
use crate::workspace;

/// The ways of building; a quick run has the first alone.
const WAYS: [(&str, &[&str]); 3] = [("release", &["build", "--release"]), ("dev", &["build"]), ("check", &["check"])];

/// Measures it. What does not build is named among the conditions.
///
/// # Errors
///
/// If cargo cannot fetch the crates, or the system has no GNU `time`.
pub(super) fn measure(quick: bool) -> Result<Report> {
    let mut report = Report {
        suite: "fhir-peers-build",
        quick,
        machine: Machine::here(),
        conditions: vec!["seconds are the processor's, of all compilers together; one build in each way".to_owned()],
        series: Vec::new(),
        comparisons: Vec::new(),
        histograms: Vec::new(),
    };
    let mut table = String::from(
        "| crate | build | CPU-s | of it the program's own crate | largest rustc, MB | packages | stripped, MB |\n|---|---|---|---|---|---|---|\n",
    );
    for peer in PEERS {
        workspace::run(workspace::cargo().args(["fetch", "--quiet", "--locked"]).current_dir(folder(peer)))?;
        let packages = fhir_compiler::packages(&folder(peer), "round-trip")?;
        for &(way, arguments) in &WAYS[..if quick { 1 } else { WAYS.len() }] {
            eprintln!("building: {peer}, {way}");
            let target = workspace::target_dir().join("fhir/peers-build");
            if target.exists() {
                fs::remove_dir_all(&target)?;
            }
            let mut cargo = Command::new("cargo");
            cargo
                .args(arguments)
                .args(["--locked", "--ignore-rust-version", "--package", "round-trip"])
                .current_dir(folder(peer));
            match fhir_compiler::build(&cargo, &target, "round_trip") {
                Err(error) => report.conditions.push(format!("{error:#}")),
                Ok(built) => {
                    let size = if way == "release" {
                        fhir_compiler::stripped_mb(&target.join("release/round-trip")).map(Some)?
                    } else {
                        None
                    };
                    let shown = size.map_or_else(|| "-".to_owned(), |size| format!("{size:.1}"));
                    let Built { seconds, own_seconds, peak_mb } = built;
                    let _ = writeln!(
                        table,
                        "| {peer} | {way} | {seconds:.0} | {own_seconds:.1} | {peak_mb:.0} | {packages:.0} | {shown} |"
                    );
                    for (words, unit, value) in [
                        ("whole", "s", Some(seconds)),
                        ("own crate", "s", Some(own_seconds)),
                        ("largest rustc", "MB", Some(peak_mb)),
                        ("stripped", "MB", size),
                    ] {
                        if let Some(value) = value {
                            report.series.push(Series::new(peer, leak(&format!("{way}: {words}")), unit, vec![value])?);
                        }
                    }
                }
            }
            fs::remove_dir_all(&target)?;
        }
    }
    println!("{table}");
    Ok(report)
}
