//! `cargo xtask api`: what each published library offers to its users, one line per item, in `tests/api`. A change of it is thus seen in
//! review, and the difference to the last release says how far the next version must go. It takes rustdoc's JSON, which only a nightly
//! toolchain writes; it installs none.

mod difference;
mod list;
mod nightly;
mod semver_checks;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use difference::{Difference, between};

use crate::git::{self, Tag};
use crate::packages::{self, Package};
use crate::release::{Change, smallest};
use crate::skipped::Skipped;
use crate::workspace::{self, files_below, has_extension, shown};

/// Where the texts are, seen from the root.
const FOLDER: &str = "tests/api";

/// How many lines of a difference are printed.
const SHOWN: usize = 40;

/// What to do with the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write them.
    Write,
    /// Fail if one is not current.
    Check,
    /// Compare with the last release.
    Verdict,
}

/// Runs the task.
///
/// # Errors
///
/// [`Skipped`] where there is no nightly toolchain or one that writes another format, and in a verdict before the first release. In a check,
/// if a list differs, is missing or belongs to no published library. In all, if a library cannot be documented as docs.rs would.
pub fn run(mode: Mode) -> Result<()> {
    match mode {
        Mode::Write => write(),
        Mode::Check => check(),
        Mode::Verdict => {
            let tag = git::last_tag()?.ok_or_else(|| Skipped("there is no release to compare with".to_owned()))?;
            let change = since(&tag)?;
            println!("since {} {change}: the next version is at least {}", tag.name, smallest(&tag.version, change));
            Ok(())
        }
    }
}

fn write() -> Result<()> {
    let libraries = libraries()?;
    fs::create_dir_all(workspace::root().join(FOLDER))?;
    for list in lists(&libraries)? {
        fs::write(&list.file, list.new).with_context(|| format!("cannot write {}", shown(&list.file)))?;
    }
    for orphan in orphans(&libraries)? {
        fs::remove_file(&orphan).with_context(|| format!("cannot remove {}", shown(&orphan)))?;
        println!("removed {}", shown(&orphan));
    }
    Ok(())
}

fn check() -> Result<()> {
    let libraries = libraries()?;
    // This needs no toolchain.
    let orphans = orphans(&libraries)?;
    if let Some(orphan) = orphans.first() {
        bail!("{} belongs to no published library: run `cargo xtask api`, which removes it", shown(orphan));
    }
    let lists = lists(&libraries)?;
    let wrong: Vec<_> = lists.iter().filter(|one| one.old != one.new).map(|one| shown(&one.file)).collect();
    if !wrong.is_empty() {
        bail!("not what the libraries offer: {}: run `cargo xtask api` and read what it changes", wrong.join(", "));
    }
    Ok(())
}

/// A list of public items, as it is and as it should be.
struct List {
    file: PathBuf,
    old: String,
    new: String,
}

/// Makes all lists, and prints how they differ from those that are there.
fn lists(libraries: &[Package]) -> Result<Vec<List>> {
    let toolchain = nightly::Nightly::find()?;
    println!("rustdoc's JSON by {}", toolchain.version());
    let mut lists = Vec::new();
    for library in libraries {
        let file = file_of(&library.name);
        let list = List { old: fs::read_to_string(&file).unwrap_or_default(), new: toolchain.api(library)?, file };
        let difference = between(&list.old, &list.new);
        println!("{:<20} {:>6} items{}", library.name, list.new.lines().count(), summary(&difference));
        print_lines(&difference);
        lists.push(list);
    }
    Ok(lists)
}

/// The worst change of any library since a release, by the lists of public items and by cargo-semver-checks, after printing what each said.
/// The lists need no toolchain here: that they are current is what [`Mode::Check`] is for.
///
/// # Errors
///
/// If git or a file cannot be read, or if cargo-semver-checks cannot be had or gives no verdict.
pub fn since(tag: &Tag) -> Result<Change> {
    let mut voices = listed_since(tag)?;
    let tool = semver_checks::Tool::ready()?;
    for library in libraries()? {
        if let Some(change) = tool.check(&library.name, tag)? {
            voices.push((format!("cargo-semver-checks on {}", library.name), change));
        }
    }
    for (voice, change) in &voices {
        println!("  {voice}: {change}");
    }
    Ok(voices.into_iter().map(|(_, change)| change).max().unwrap_or(Change::None))
}

fn listed_since(tag: &Tag) -> Result<Vec<(String, Change)>> {
    let released = git::files_at(tag, FOLDER)?;
    let now: Vec<String> = existing()?.iter().map(|file| shown(file)).collect();
    let mut changes = Vec::new();
    for file in released.iter().chain(&now).collect::<BTreeSet<_>>() {
        let old = if released.contains(file) { git::text_at(tag, file)? } else { String::new() };
        let new = fs::read_to_string(workspace::root().join(file)).unwrap_or_default();
        changes.push((file.clone(), between(&old, &new).change()));
    }
    Ok(changes)
}

fn libraries() -> Result<Vec<Package>> {
    Ok(packages::published()?.into_iter().filter(|one| one.library().is_some()).collect())
}

fn file_of(library: &str) -> PathBuf {
    workspace::root().join(FOLDER).join(format!("{library}.txt"))
}

fn existing() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join(FOLDER);
    if folder.is_dir() { files_below(&folder, &|file| has_extension(file, "txt")) } else { Ok(Vec::new()) }
}

fn orphans(libraries: &[Package]) -> Result<Vec<PathBuf>> {
    let mut files = existing()?;
    files.retain(|file| !libraries.iter().any(|library| *file == file_of(&library.name)));
    Ok(files)
}

fn summary(difference: &Difference) -> String {
    match (difference.gone.len(), difference.added.len()) {
        (0, 0) => String::new(),
        (gone, added) => format!(", {gone} gone, {added} new"),
    }
}

fn print_lines(difference: &Difference) {
    let gone = difference.gone.iter().map(|line| ('-', line));
    let lines: Vec<_> = gone.chain(difference.added.iter().map(|line| ('+', line))).collect();
    for (sign, line) in lines.iter().take(SHOWN) {
        println!("  {sign} {line}");
    }
    if lines.len() > SHOWN {
        println!("  and {} more", lines.len() - SHOWN);
    }
}
