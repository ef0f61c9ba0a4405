//! The suite `fhir`: reading and writing with `fhir-r4b-model` against `serde_json::Value`, in one process and in turns, and what reading leaves on
//! the heap. Over the official examples, those of them that are bundles, and made-up patients, each as published or indented, and minified. It prints
//! the results as a Markdown table, too.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::fhir_lines::{Measured, leak, lines, serde_json_of};
use super::machine::Machine;
use super::report::{Comparison, Report};
use crate::{fhir, workspace};

const PACKAGE: &str = "fhir-r4b-model";

/// How the work is named: way and quantity of the measuring program, and in words.
const WORKS: [(&str, &str, &str); 4] = [
    ("model", "parse", "parse"),
    ("serde", "parse", "parse by serde_json"),
    ("model", "write", "write"),
    ("serde", "write", "write by serde_json"),
];

/// How many times as fast as `Value` the project promises to be.
fn promised(set: &str, way: &str, quantity: &str) -> Option<f64> {
    let (examples, minified) = (set.starts_with("examples"), set.ends_with("minified"));
    match (way, quantity) {
        ("serde", "parse") => Some(1.5),
        ("model", "parse") if examples => Some(1.7),
        ("model", "parse") => Some(if minified { 2.6 } else { 2.2 }),
        ("model", "write") => Some(if examples { 1.1 } else { 1.4 }),
        _ => None,
    }
}

/// How many bytes of the heap the project promises to need at most for each byte of a document.
fn promised_live(set: &str) -> f64 {
    if set.ends_with("minified") { 3.7 } else { 1.5 }
}

const PROMISED_ALLOCATIONS: f64 = 10.0;

/// Measures it.
///
/// # Errors
///
/// If the examples were not fetched, or the measuring programs fail.
pub(super) fn measure(quick: bool) -> Result<Report> {
    let examples = fhir::examples()?;
    build()?;
    let quick_argument = quick.then_some("quick");
    let measured = Measured {
        times: lines(program("bench").arg(&examples).args(quick_argument))?,
        counts: lines(program("bench-counts").arg(&examples).args(quick_argument))?,
    };
    println!("{}", table(&measured));
    let conditions = vec![
        serde_json_of(&workspace::root().join("Cargo.toml"), PACKAGE)?,
        "seconds are the processor's; a ratio is the median over the rounds".to_owned(),
    ];
    Ok(Report {
        suite: "fhir",
        quick,
        machine: Machine::here(),
        conditions,
        series: measured.speeds(str::to_owned)?,
        comparisons: comparisons(&measured),
        histograms: Vec::new(),
    })
}

fn comparisons(measured: &Measured) -> Vec<Comparison> {
    let mut comparisons = Vec::new();
    for set in measured.sets() {
        for (way, quantity, words) in WORKS {
            let Some(value) = measured.ratio(set, way, quantity) else { continue };
            let name = leak(&format!("{set}: {words}, times as fast as Value"));
            let at_least = promised(set, way, quantity);
            comparisons.push(Comparison { name, value, limit: None, at_least, counted: false });
        }
        let Some(counts) = measured.counts(set, "model") else { continue };
        for (words, value, limit) in [
            ("live bytes for each byte", counts.live_for_each_byte(), promised_live(set)),
            ("allocations for each KB", counts.allocations_for_each_kb(), PROMISED_ALLOCATIONS),
        ] {
            let name = leak(&format!("{set}: {words}"));
            comparisons.push(Comparison { name, value, limit: Some(limit), at_least: None, counted: true });
        }
    }
    comparisons
}

/// The results as Markdown, with what was promised where it is missed.
fn table(measured: &Measured) -> String {
    let mut table = String::from("| times as fast as `Value` (and its MB/s) |");
    for (_, _, words) in WORKS {
        let _ = write!(table, " {words} |");
    }
    table +=
        " live bytes for each byte (`Value`) | allocations for each KB (`Value`) |\n|---|---|---|---|---|---|---|\n";
    let cell = |value: f64, beside: String, missed: Option<f64>| {
        let missed = missed.map_or_else(String::new, |promised| format!(", **promised {promised}**"));
        format!(" {value:.2} ({beside}){missed} |")
    };
    for set in measured.sets() {
        let _ = write!(table, "| {set} |");
        for (way, quantity, _) in WORKS {
            let (ratio, times) = (measured.ratio(set, way, quantity), measured.times(set, way, quantity));
            let (Some(ratio), Some(times)) = (ratio, times) else {
                table += " |";
                continue;
            };
            let best = times.seconds.iter().copied().fold(f64::INFINITY, f64::min);
            let missed = promised(set, way, quantity).filter(|promised| ratio < *promised);
            table += &cell(ratio, format!("{:.0}", times.bytes / best / 1e6), missed);
        }
        if let (Some(ours), Some(theirs)) = (measured.counts(set, "model"), measured.counts(set, "value")) {
            let (live, often) = (ours.live_for_each_byte(), ours.allocations_for_each_kb());
            let beside = format!("{:.2}", theirs.live_for_each_byte());
            table += &cell(live, beside, Some(promised_live(set)).filter(|promised| live > *promised));
            let beside = format!("{:.1}", theirs.allocations_for_each_kb());
            table += &cell(often, beside, Some(PROMISED_ALLOCATIONS).filter(|promised| often > *promised));
        }
        table.push('\n');
    }
    table
}

fn build() -> Result<()> {
    eprintln!("building the measuring programs with optimisation");
    let mut command = workspace::cargo();
    command.args([
        "build",
        "--release",
        "--quiet",
        "--package",
        PACKAGE,
        "--example",
        "bench",
        "--example",
        "bench-counts",
    ]);
    workspace::run(&mut command)
}

fn program(name: &str) -> Command {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    workspace::command(workspace::target_dir().join("release/examples").join(name))
}

/// Writes all documents that are measured below a folder, so that other crates are measured with the same.
///
/// # Errors
///
/// If the examples were not fetched, or a file cannot be written.
pub(super) fn write_documents(folder: &Path) -> Result<()> {
    let examples = fhir::examples()?;
    build()?;
    workspace::run(program("bench").arg(examples).arg("write").arg(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_promised_more_than_examples_and_minified_ones_the_most() {
        let parse = |set| promised(set, "model", "parse");
        assert_eq!((parse("examples"), parse("examples minified")), (Some(1.7), Some(1.7)));
        assert_eq!((parse("official bundles"), parse("patients minified")), (Some(2.2), Some(2.6)));
        let write = |set| promised(set, "model", "write");
        assert_eq!((write("examples minified"), write("large bundle minified")), (Some(1.1), Some(1.4)));
        assert_eq!((promised("patients", "serde", "parse"), promised("patients", "serde", "write")), (Some(1.5), None));
        assert_eq!((promised_live("patients"), promised_live("patients minified")), (1.5, 3.7));
    }

    #[test]
    fn a_missed_promise_stands_in_the_table_and_a_kept_one_does_not() {
        let line = |way: &str, seconds: f64| {
            let line = serde_json::json!({"set": "patients", "bytes": 1e6, "way": way, "quantity": "parse", "seconds": [seconds]});
            serde_json::from_value(line).unwrap()
        };
        let table = |model| table(&Measured { times: vec![line("model", model), line("value", 2.0)], counts: vec![] });
        assert!(table(1.0).contains("| patients | 2.00 (1), **promised 2.2** |"), "{}", table(1.0));
        assert!(table(0.5).contains("| patients | 4.00 (2) |"), "{}", table(0.5));
    }
}
