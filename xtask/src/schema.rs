//! `cargo xtask schema`: the JSON Schemas of everything that goes over the wire, derived from the Rust types, and what their changes since the
//! last release mean for users. The exit code is the verdict: 0 compatible, 3 review, 4 breaking; 1 is a failure of the task itself.

pub mod compare;
mod derived;
mod drift;
pub mod normal;
mod novamed;
#[cfg(test)]
mod random_tests;
mod report;
mod shape;
#[cfg(test)]
mod task_tests;
pub mod verdict;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::workspace;
use derived::Schemas;
use report::Report;
use verdict::{Direction, Verdict, worst};

/// What to do with the schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Write them and the changelog's section, and say what changed since the last release.
    Write,
    /// Change nothing: fail if a file differs, otherwise as [`Write`](Self::Write).
    Check,
    /// Keep them as those of the release that is being made.
    Release,
    /// Compare two files.
    Compare {
        /// The schema before.
        old: PathBuf,
        /// The schema after.
        new: PathBuf,
        /// Which way the payload goes.
        direction: Direction,
    },
    /// Hold a payload against a type.
    Drift {
        /// The type's name.
        name: String,
        /// The payload, one JSON document.
        file: PathBuf,
    },
}

const CHANGELOG: &str = "CHANGELOG.md";

/// Runs the task and tells the verdict.
///
/// # Errors
///
/// In a check, if a schema or the changelog is not what would be written; in a release, if a schema is not current; in all, if a file cannot be
/// read or written.
pub fn run(mode: &Mode) -> Result<Verdict> {
    let root = workspace::root();
    match mode {
        Mode::Compare { old, new, direction } => files(old, new, *direction),
        Mode::Drift { name, file } => drift::report(&derived::now()?, name, file),
        Mode::Write => write(&root, &derived::now()?),
        Mode::Check => check(&root, &derived::now()?),
        Mode::Release => release(&root, &derived::now()?),
    }
}

fn files(old: &Path, new: &Path, direction: Direction) -> Result<Verdict> {
    let read = |path: &Path| -> Result<Value> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
    };
    let changes = compare::compare(&read(old)?, &read(new)?);
    for change in &changes {
        println!("{:<10} {change}", change.kind.verdict(direction).name());
    }
    let verdict = worst(&changes, direction);
    println!("{} change(s), for what we {}: {}", changes.len(), verb(direction), verdict.name());
    Ok(verdict)
}

fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Reads => "read",
        Direction::Writes => "write",
    }
}

fn write(root: &Path, now: &Schemas) -> Result<Verdict> {
    let before = derived::kept(root, false)?;
    let changed = differences(&before, now)?.len();
    derived::write(root, now, false)?;
    println!("{} schemas, {changed} of them changed", now.len());
    let report = Report::new(&derived::kept(root, true)?, now);
    let verdict = told(&report);
    let changelog = fs::read_to_string(root.join(CHANGELOG))?;
    let updated = report.into_changelog(&changelog).context(NO_HEADING)?;
    if updated != changelog {
        fs::write(root.join(CHANGELOG), updated)?;
        println!("the section Wire of {CHANGELOG} changed");
    }
    Ok(verdict)
}

const NO_HEADING: &str = "CHANGELOG.md has no heading `## [Unreleased]`: add it, the section Wire belongs below it";

fn check(root: &Path, now: &Schemas) -> Result<Verdict> {
    let differences = differences(&derived::kept(root, false)?, now)?;
    for difference in &differences {
        println!("{difference}");
    }
    if !differences.is_empty() {
        bail!(
            "{} schema(s) are not what the types say: run `cargo xtask schema` and read what it changes",
            differences.len()
        );
    }
    let report = Report::new(&derived::kept(root, true)?, now);
    let verdict = told(&report);
    let changelog = fs::read_to_string(root.join(CHANGELOG))?;
    if report.into_changelog(&changelog).context(NO_HEADING)? != changelog {
        bail!("the section Wire of {CHANGELOG} is not current: run `cargo xtask schema` and read what it changes");
    }
    println!("{} schemas are current", now.len());
    Ok(verdict)
}

fn release(root: &Path, now: &Schemas) -> Result<Verdict> {
    let differences = differences(&derived::kept(root, false)?, now)?;
    if let Some(first) = differences.first() {
        bail!("{first}: a release keeps what is current, so run `cargo xtask schema` first and read what it changes");
    }
    let verdict = Report::new(&derived::kept(root, true)?, now).verdict();
    derived::write(root, now, true)?;
    println!("{} schemas are those of this release; the verdict on them was {}", now.len(), verdict.name());
    Ok(Verdict::Compatible)
}

fn told(report: &Report) -> Verdict {
    for line in report.lines() {
        println!("{line}");
    }
    let verdict = report.verdict();
    println!("verdict since the last release: {}", verdict.name());
    verdict
}

/// One line for each file that is missing, differs or is left over.
fn differences(kept: &Schemas, now: &Schemas) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for (subject, schema) in now {
        match kept.get(subject) {
            None => lines.push(format!("missing: {subject}")),
            // By its text: a file that was edited by hand differs, even if it means the same.
            Some(there) if derived::text(there)? != derived::text(schema)? => lines.push(format!("differs: {subject}")),
            Some(_) => {}
        }
    }
    lines.extend(
        kept.keys().filter(|subject| !now.contains_key(subject)).map(|subject| format!("left over: {subject}")),
    );
    Ok(lines)
}
