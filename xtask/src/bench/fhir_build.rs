//! The suite `fhir-build`: what `fhir-r4b-model` costs whoever builds with it. A program of two lines that reads and writes a bundle is built from
//! nothing, in a folder of its own, and the processor's time of all its compilers is counted, with the largest memory one of them took.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

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
    program(&folder)?;
    let (mut series, mut comparisons) = (Vec::new(), Vec::new());
    for (way, arguments, limit, leaf_limit) in WAYS {
        let (mut whole, mut leaf, mut memory) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..if quick { 1 } else { 3 } {
            eprintln!("building: {way}");
            let target = folder.join("target");
            if target.exists() {
                fs::remove_dir_all(&target)?;
            }
            let (seconds, peak) = build(&folder, arguments)?;
            whole.push(seconds);
            memory.push(peak);
            // The program alone, once more.
            fs::write(folder.join("src/main.rs"), PROGRAM)?;
            leaf.push(build(&folder, arguments)?.0);
        }
        let name = |what: &str| -> &'static str { Box::leak(format!("{way}: {what}").into_boxed_str()) };
        let of = |series: &mut Vec<Series>, quantity, unit, samples| -> Result<f64> {
            let one = Series::new(way, quantity, unit, samples)?;
            let median = one.median;
            series.push(one);
            Ok(median)
        };
        // Counted in the processor's time, but a busy machine makes that longer too.
        let timed = |name, value, limit| Comparison { name, value, limit, counted: false };
        comparisons.push(timed(name("processor, s"), of(&mut series, "whole", "s", whole)?, Some(limit)));
        comparisons.push(timed(
            name("the program's own crate, s"),
            of(&mut series, "own crate", "s", leaf)?,
            leaf_limit,
        ));
        let peak = of(&mut series, "largest compiler", "MB", memory)?;
        comparisons.push(timed(name("largest compiler, MB"), peak, Some(1200.0)));
    }
    let program = folder.join("target/release/two-lines");
    let stripped = folder.join("stripped");
    workspace::run(Command::new("strip").arg("-o").arg(&stripped).arg(&program))?;
    #[allow(clippy::cast_precision_loss, reason = "a program is far below 2^52 bytes")]
    let size = fs::metadata(&stripped)?.len() as f64 / 1e6;
    comparisons.push(Comparison { name: "stripped program, MB", value: size, limit: Some(5.0), counted: true });
    comparisons.push(Comparison {
        name: "packages in its normal tree",
        value: packages(&folder)?,
        limit: Some(12.0),
        counted: true,
    });
    Ok(Report { suite: "fhir-build", quick, machine: Machine::here(), series, comparisons, histograms: Vec::new() })
}

fn program(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder.join("src")).with_context(|| format!("cannot make {}", folder.display()))?;
    let model: PathBuf = workspace::root().join("crates/fhir-r4b-model");
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

/// Seconds of the processor, and the most memory that a process took, in MB.
fn build(folder: &Path, arguments: &[&str]) -> Result<(f64, f64)> {
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%U %S %M", "cargo"])
        .args(arguments)
        .args(["--quiet", "--offline"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .context("cannot start GNU time: it counts what compilers take")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("the program was not built: {text}");
    }
    let numbers: Vec<f64> =
        text.lines().last().unwrap_or_default().split(' ').filter_map(|it| it.parse().ok()).collect();
    let [user, system, peak_kb] = numbers.as_slice() else { bail!("GNU time printed '{text}'") };
    Ok((user + system, peak_kb / 1000.0))
}

/// How many packages are in the program's tree, itself not counted.
#[allow(clippy::cast_precision_loss, reason = "a tree has few packages")]
fn packages(folder: &Path) -> Result<f64> {
    let output = Command::new("cargo")
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none"])
        .current_dir(folder)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let mut names: Vec<&str> =
        text.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names.len().saturating_sub(1) as f64)
}
