//! `cargo xtask release`: everything about a release that can be known before it. It uploads nothing, tags nothing and changes no version:
//! `RELEASING.md` says what a person does. What a check finds is one sentence that says what to do.

mod changelog;
mod manifest;
mod order;
mod outside;
mod pack;
mod readme;
mod verdict;
mod version;

use std::fs;

use anyhow::{Context as _, Result, bail};
use semver::Version;

pub use version::{Change, smallest};

use crate::packages::{self, Package};
use crate::{git, workspace};

/// Prints what would be published, in order; with `check` looks for everything that is known to stop or spoil a release, and packages and
/// builds every published crate.
///
/// # Errors
///
/// In a check, if anything is wrong, one sentence each; in both, if the workspace cannot be read or has no order in which to publish it.
pub fn run(check: bool) -> Result<()> {
    let packages = packages::published()?;
    let version = one_version(&packages)?;
    let last = git::last_tag()?;
    let order = order::of(&packages)?;
    let tagged = last.as_ref().map_or("nothing".to_owned(), |tag| tag.name.clone());
    println!("version {version}, last released: {tagged}. In this order:");
    for package in &order {
        println!("  {}", package.name);
    }
    if !check {
        return Ok(());
    }
    let mut problems = Vec::new();
    for package in &order {
        problems.extend(manifest::problems(package));
        problems.extend(order::problems(package, &packages));
        problems.extend(readme::problems(package)?);
        problems.extend(outside::problems(package)?);
    }
    // Facts first: a tool that needs minutes should not be started for a crate without a licence.
    stop(&problems)?;
    let change = last.as_ref().map(verdict::since).transpose()?;
    let state = changelog::State { version: &version, last: last.as_ref().map(|tag| &tag.version), change };
    if let (Some(tag), Some(change)) = (&last, change) {
        let smallest = smallest(&tag.version, change);
        println!("since {} {change}: the next version is at least {smallest}", tag.name);
        problems.extend(version::problem(&version, &tag.version, change));
    } else {
        println!("SKIPPED: comparing with the last release: there is no tag yet");
    }
    let log = fs::read_to_string(workspace::root().join("CHANGELOG.md")).context("cannot read CHANGELOG.md")?;
    problems.extend(changelog::problems(&log, &state));
    stop(&problems)?;
    stop(&pack::problems(&order)?)?;
    println!("{} crates are ready to be published as {version}", order.len());
    Ok(())
}

fn stop(problems: &[String]) -> Result<()> {
    if !problems.is_empty() {
        bail!("{} thing(s) stand in the way of a release:\n{}", problems.len(), problems.join("\n"));
    }
    Ok(())
}

/// All crates are released together under one version.
fn one_version(packages: &[Package]) -> Result<Version> {
    let first = packages.first().context("nothing is published")?;
    if let Some(other) = packages.iter().find(|one| one.about.version != first.about.version) {
        let (ours, theirs) = (&first.about.version, &other.about.version);
        bail!("{} is at {ours} and {} at {theirs}: give both `version.workspace = true`", first.name, other.name);
    }
    Version::parse(&first.about.version).with_context(|| format!("{} is no version", first.about.version))
}
