//! `cargo xtask features`: every published package builds with each of its features alone, with none, with the default ones, with each two
//! and with all of them, and without a warning. Packages and features come from cargo, so that a new one is checked without being named
//! anywhere.

mod matrix;

use std::time::Instant;

use anyhow::{Result, bail};

use crate::packages::{self, Package};
use crate::workspace;
use matrix::Selection;

/// Prints the matrix; with `check` builds it.
///
/// # Errors
///
/// In a check, if a build fails or warns, naming each command; in both, if cargo cannot read the workspace.
pub fn run(check: bool) -> Result<()> {
    let packages = packages::published()?;
    let matrix: Vec<_> = packages
        .iter()
        .flat_map(|package| matrix::of(&package.features).into_iter().map(move |selection| (package, selection)))
        .collect();
    let mut failed = Vec::new();
    for (package, selection) in &matrix {
        let began = Instant::now();
        let outcome = match check.then(|| build(package, selection)).transpose()? {
            None => String::new(),
            Some(None) => format!("passed {:6.1} s", began.elapsed().as_secs_f64()),
            Some(Some(failure)) => {
                failed.push(failure);
                format!("FAILED {:6.1} s", began.elapsed().as_secs_f64())
            }
        };
        println!("{:<20} {:<40} {outcome}", package.name, selection.to_string());
    }
    if !failed.is_empty() {
        bail!("{} of {} builds failed or warned:\n{}", failed.len(), matrix.len(), failed.join("\n"));
    }
    println!("{} combinations of {} packages{}", matrix.len(), packages.len(), if check { " build" } else { "" });
    Ok(())
}

/// Builds one combination; the command and what it said, if that was anything at all.
fn build(package: &Package, selection: &Selection) -> Result<Option<String>> {
    let mut command = workspace::cargo();
    // Quiet, so that a build without a warning says nothing.
    command.args(["check", "--quiet", "--offline", "--locked", "--package", &package.name]).args(selection.arguments());
    let shown = workspace::shown_command(&command);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    Ok((!output.status.success() || !said.trim().is_empty()).then(|| format!("`{shown}`\n{}", said.trim_end())))
}
