//! The suite `fhir-peers`: other crates for FHIR R4B, and ours, with the same documents and by the same program (`bench-peers/`): each against
//! `serde_json::Value` in its own process, what reading leaves on the heap, and how many of the official examples come back as they were. It prints
//! the results as a Markdown table, too. The first run builds all of them, which takes an hour of the processor. What they cost to build is measured
//! by `fhir-peers-build`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::fhir::write_documents;
use super::fhir_lines::{Measured, leak, lines, serde_json_of};
use super::machine::Machine;
use super::report::{Comparison, Report};
use crate::{fhir, workspace};

/// The folders below `bench-peers`, ours first.
pub(super) const PEERS: [&str; 5] = ["fhir-r4b-model", "fhir-model", "fhirbolt", "helios-fhir", "fhir"];

/// What comes back of the official examples.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "kept")]
    same: u32,
    altered: u32,
    refused: u32,
}

/// All that was measured of one crate.
struct Peer {
    version: String,
    measured: Measured,
    kept: Kept,
}

pub(super) fn folder(peer: &str) -> PathBuf {
    workspace::root().join("bench-peers").join(peer)
}

fn target(peer: &str) -> PathBuf {
    workspace::target_dir().join("fhir/peers").join(peer)
}

/// Measures it. A crate that does not build is named among the conditions and left out.
///
/// # Errors
///
/// If the examples were not fetched, or a measuring program fails.
pub(super) fn measure(quick: bool) -> Result<Report> {
    let examples = fhir::examples()?;
    let documents = workspace::target_dir().join("fhir/documents");
    if documents.exists() {
        fs::remove_dir_all(&documents)?;
    }
    write_documents(&documents)?;
    let mut report = Report {
        suite: "fhir-peers",
        quick,
        machine: Machine::here(),
        conditions: vec!["seconds are the processor's; a ratio is the median over the rounds".to_owned()],
        series: Vec::new(),
        comparisons: Vec::new(),
        histograms: Vec::new(),
    };
    let mut peers = Vec::new();
    for peer in PEERS {
        eprintln!("building {peer}");
        let mut build = workspace::command("cargo");
        build.args(["build", "--release", "--locked", "--quiet", "--ignore-rust-version", "--package", "measure"]);
        build.current_dir(folder(peer)).env("CARGO_TARGET_DIR", target(peer));
        if let Err(error) = workspace::output(&mut build) {
            let text = error.to_string();
            let line = text.lines().find(|line| line.starts_with("error")).unwrap_or("no error told");
            report.conditions.push(format!("{peer} does not build: {line}"));
            continue;
        }
        eprintln!("measuring {peer}");
        let rounds = if quick { "2" } else { "7" };
        let mut measured = Measured { times: Vec::new(), counts: Vec::new() };
        for set in sets(&documents)? {
            measured.times.extend(lines(program(peer, "times").arg(&set).arg(rounds))?);
            measured.counts.extend(lines(program(peer, "counts").arg(&set))?);
        }
        let kept = kept(peer, &examples)?;
        let version = version(peer)?;
        let serde_json = serde_json_of(&folder(peer).join("Cargo.toml"), "measure")?;
        report.conditions.push(format!("{version} with {serde_json}"));
        report
            .series
            .extend(measured.speeds(|way| if way == "crate" { peer.to_owned() } else { format!("{peer}: Value") })?);
        report.comparisons.extend(comparisons(peer, &measured, &kept));
        peers.push(Peer { version, measured, kept });
    }
    println!("{}", table(&peers));
    Ok(report)
}

/// The folders of the sets, sorted.
fn sets(documents: &Path) -> Result<Vec<PathBuf>> {
    let mut sets = fs::read_dir(documents)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    sets.sort();
    Ok(sets)
}

fn program(peer: &str, name: &str) -> Command {
    workspace::command(target(peer).join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Reads and writes the examples, and leaves what was not kept in a file for whoever wants to know.
fn kept(peer: &str, examples: &Path) -> Result<Kept> {
    let text = workspace::output(program(peer, "keeps").arg(examples))?;
    fs::write(target(peer).join("keeps.txt"), &text)?;
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).with_context(|| format!("the program of {peer} ended with '{last}'"))
}

/// Name and version of the crate that is measured.
fn version(peer: &str) -> Result<String> {
    let mut cargo = workspace::cargo();
    cargo.current_dir(folder(peer)).args([
        "tree",
        "--locked",
        "--offline",
        "--package",
        peer,
        "--depth",
        "0",
        "--prefix",
        "none",
    ]);
    let text = workspace::output(&mut cargo)?;
    Ok(text.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

fn comparisons(peer: &str, measured: &Measured, kept: &Kept) -> Vec<Comparison> {
    let mut values = BTreeMap::new();
    for set in measured.sets() {
        for quantity in ["parse", "write"] {
            if let Some(ratio) = measured.ratio(set, "crate", quantity) {
                values.insert(format!("{peer}, {set}: {quantity}, times as fast as Value"), ratio);
            }
        }
        if let Some(counts) = measured.counts(set, "crate") {
            values.insert(format!("{peer}, {set}: live bytes for each byte"), counts.live_for_each_byte());
            values.insert(format!("{peer}, {set}: allocations for each KB"), counts.allocations_for_each_kb());
        }
        if let Some(times) = measured.times.iter().find(|times| times.set == set) {
            values.insert(format!("{peer}, {set}: documents refused, not measured"), f64::from(times.refused));
        }
    }
    for (words, count) in [("kept", kept.same), ("altered", kept.altered), ("refused", kept.refused)] {
        values.insert(format!("{peer}: examples {words}"), f64::from(count));
    }
    let plain = |(name, value): (String, f64)| Comparison {
        name: leak(&name),
        value,
        limit: None,
        at_least: None,
        counted: false,
    };
    values.into_iter().map(plain).collect()
}

/// The results as Markdown: a column for each crate.
fn table(peers: &[Peer]) -> String {
    let mut table = String::from("| |");
    for peer in peers {
        let _ = write!(table, " {} |", peer.version);
    }
    let _ = write!(table, "\n|---|{}", "---|".repeat(peers.len()));
    row(&mut table, "official examples kept, altered, refused", peers, |Peer { kept, .. }| {
        Some(format!("{}, {}, {}", kept.same, kept.altered, kept.refused))
    });
    let Some(first) = peers.first() else { return table };
    let sets = first.measured.sets();
    for quantity in ["parse", "write"] {
        for set in sets.iter().filter(|set| quantity == "parse" || set.ends_with("minified")) {
            row(&mut table, &format!("{quantity}, {set}: times as fast as `Value`"), peers, |peer| {
                peer.measured.ratio(set, "crate", quantity).map(|ratio| format!("{ratio:.2}"))
            });
        }
    }
    for set in &sets {
        row(&mut table, &format!("live bytes for each byte, {set}"), peers, |peer| {
            peer.measured.counts(set, "crate").map(|counts| format!("{:.1}", counts.live_for_each_byte()))
        });
    }
    for set in &sets {
        row(&mut table, &format!("allocations for each KB, {set}"), peers, |peer| {
            peer.measured.counts(set, "crate").map(|counts| format!("{:.1}", counts.allocations_for_each_kb()))
        });
    }
    table + "\n"
}

fn row(table: &mut String, name: &str, peers: &[Peer], cell: impl Fn(&Peer) -> Option<String>) {
    let _ = write!(table, "\n| {name} |");
    for peer in peers {
        let _ = write!(table, " {} |", cell(peer).as_deref().unwrap_or("-"));
    }
}
