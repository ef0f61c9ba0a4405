//! `cargo xtask fhir`: the FHIR R4B model. `fetch` takes the published packages, `generate` makes the types and `fixtures` instances
//! out of them, and `conformance` reads and writes the official examples. Only `fetch` uses the network, and only through npm.

mod choice;
mod codes;
mod definitions;
mod emit;
mod examples;
mod files;
mod index;
mod model;
mod names;
mod package;
mod rules;
mod samples;
mod samples_values;
mod strict;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::args::FhirTask;
use crate::workspace;

/// Does one of the tasks.
///
/// # Errors
///
/// If npm, the network or a package is missing or not the pinned one, if a generated file differs in a check, or if the
/// conformance run fails.
pub fn run(task: &FhirTask) -> Result<()> {
    match task {
        FhirTask::Fetch => package::fetch(),
        FhirTask::Generate { check } => generate(*check),
        FhirTask::Fixtures { check } => samples::run(*check),
        FhirTask::Conformance { folder, strict } => conformance(folder.as_deref(), *strict),
    }
}

fn conformance(folder: Option<&Path>, strict: bool) -> Result<()> {
    let examples = match folder {
        Some(folder) => {
            let folder = std::path::absolute(folder)?;
            // Said before a minute of compiling.
            if !folder.is_dir() {
                bail!(
                    "there is no folder {}: name one with JSON files, or none for the official examples (`cargo xtask fhir fetch`)",
                    folder.display()
                );
            }
            folder
        }
        None => package::EXAMPLES.folder()?,
    };
    // The model is compiled only for this: a generator that needs its own output could not repair it.
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--release", "--package", "fhir-r4b-model", "--example", "conformance"]);
    if strict {
        command.args(["--features", "validate"]);
    }
    command.arg("--").arg(examples);
    if strict {
        command.arg("--strict");
    }
    let output = command.stderr(std::process::Stdio::inherit()).output().context("cannot start cargo")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    print!("{printed}");
    if !output.status.success() {
        // Without the last line the program has said why on its own.
        let compared = printed.lines().any(|line| line.starts_with("kept="));
        bail!(if compared { "the examples were not all kept" } else { "no examples were compared" });
    }
    // Only of the official examples is it known which are invalid.
    if strict && folder.is_none() { strict::judge(&printed) } else { Ok(()) }
}

/// The folder with the official examples.
///
/// # Errors
///
/// If they were not fetched.
pub fn examples() -> Result<std::path::PathBuf> {
    package::EXAMPLES.folder()
}

fn generate(check: bool) -> Result<()> {
    let package = package::CORE.folder()?;
    let definitions = definitions::Definitions::read(&package)?;
    let model = model::Model::build(&definitions)?;
    let mut files = emit::files(&model)?;
    files.add("rules.rs", rules::file(&definitions, &model)?);
    files.add("empties.rs", rules::empties(&model)?);
    files::write_or_check(files, check)
}
