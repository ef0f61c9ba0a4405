//! The suite `fhir-build`: what `fhir-r4b-model` costs whoever builds with it. A program of two lines that reads and writes a bundle is built from
//! nothing, in a folder of its own, and the processor's time of all its compilers is counted, with the largest memory one of them took.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::fhir_compiler::{Built, build, packages, stripped_mb};
use super::fhir_lines::leak;
use super::machine::Machine;
use super::report::{Comparison, Report, Series};
use crate::workspace;

const PROGRAM: &str = r#"fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bundle: fhir_r4b_model::Bundle = fhir_r4b_model::json::from_slice(&std::fs::read("bundle.json")?)?;
    Ok(fhir_r4b_model::json::to_writer(&mut std::io::stdout(), &bundle)?)
}
"#;

/// A way of building: its name, what cargo is asked for, and the limits of the project in seconds, for all and for the program's own crate.
const WAYS: [(&str, &[&str], f64, Option<f64>); 3] = [
    ("check", &["check"], 12.0, None),
    ("dev", &["build"], 25.0, None),
    // The last, whose program is looked at.
    ("release", &["build", "--release"], 60.0, Some(3.0)),
];

/// Measures it.
///
/// # Errors
///
/// If cargo fails, or the system has no GNU `time`, which counts what the compilers take.
pub(super) fn measure(quick: bool) -> Result<Report> {
    let folder = workspace::target_dir().join("fhir/two-lines");
    let target = folder.join("target");
    program(&folder)?;
    let (mut series, mut comparisons) = (Vec::new(), Vec::new());
    for (way, arguments, limit, own_limit) in WAYS {
        let mut builds: Vec<Built> = Vec::new();
        for _ in 0..if quick { 1 } else { 3 } {
            eprintln!("building: {way}");
            if target.exists() {
                fs::remove_dir_all(&target)?;
            }
            builds.push(build(Command::new("cargo").args(arguments).current_dir(&folder), &target, "two_lines")?);
        }
        for (words, unit, of, limit) in [
            ("whole", "s", (|built| built.seconds) as fn(&Built) -> f64, Some(limit)),
            ("own crate", "s", |built| built.own_seconds, own_limit),
            ("largest rustc", "MB", |built| built.peak_mb, Some(1200.0)),
        ] {
            let one = Series::new(way, words, unit, builds.iter().map(of).collect())?;
            // Counted in the processor's time, but a busy machine makes that longer too: the least disturbed build is meant.
            let value = one.min;
            let name = leak(&format!("{way}: {words}, {unit}"));
            comparisons.push(Comparison { name, value, limit, at_least: None, counted: false });
            series.push(one);
        }
    }
    println!("{}", table(&comparisons));
    for (name, value, limit) in [
        ("stripped program, MB", stripped_mb(&target.join("release/two-lines"))?, 5.0),
        ("packages in its normal tree", packages(&folder, "two-lines")?, 12.0),
    ] {
        comparisons.push(Comparison { name, value, limit: Some(limit), at_least: None, counted: true });
    }
    Ok(Report {
        suite: "fhir-build",
        quick,
        machine: Machine::here(),
        conditions: vec![
            "seconds are the processor's, of all compilers together; of several builds the least".to_owned(),
        ],
        series,
        comparisons,
        histograms: Vec::new(),
    })
}

/// The results as Markdown.
fn table(comparisons: &[Comparison]) -> String {
    let mut table =
        String::from("| build | CPU-s | of it the program's own crate | largest rustc, MB |\n|---|---|---|---|\n");
    for three in comparisons.chunks_exact(3) {
        let way = three[0].name.split(':').next().unwrap_or_default();
        let _ = write!(table, "| {way} |");
        for one in three {
            let bound = one.limit.map_or_else(String::new, |limit| {
                if one.value > limit { format!(" (**promised {limit}**)") } else { format!(" (limit {limit})") }
            });
            let _ = write!(table, " {:.1}{bound} |", one.value);
        }
        table.push('\n');
    }
    table
}

fn program(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let model: PathBuf = workspace::root().join("crates/fhir-r4b-model");
    ensure!(
        !model.to_string_lossy().contains('\''),
        "{} has a quote in it: the manifest cannot name it",
        model.display()
    );
    let manifest = format!(
        "[package]\nname = \"two-lines\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nfhir-r4b-model = {{ path = '{}' }}\n",
        model.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), PROGRAM)?;
    // The versions that the workspace has.
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}
