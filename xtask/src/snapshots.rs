//! `cargo xtask snapshots`: the snapshot tests without `cargo-insta`. It runs the tests, shows what changed, takes over
//! what was reviewed, and refuses left-over and unused snapshots. It never accepts and tests in one go: somebody reads
//! the difference in between.

mod pending;
mod unused;

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::workspace::{self, shown};
use pending::Pending;

/// What to do with the snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Run the tests and show what changed.
    Show,
    /// Run the tests and fail on any difference, left-over or unused snapshot.
    Check,
    /// Take over what the last `Show` left.
    Accept,
}

/// Runs the task.
///
/// # Errors
///
/// In `Check`, any difference; in every mode, a test that fails for another reason or a file that cannot be read.
pub fn run(mode: Mode) -> Result<()> {
    match mode {
        Mode::Show => show(),
        Mode::Check => check(),
        Mode::Accept => accept(),
    }
}

/// The tests of the whole workspace, as `cargo test --workspace` builds them, so that nothing is built twice.
fn test_run(update: &str) -> std::process::Command {
    let mut command = workspace::cargo();
    command
        .args(["test", "--workspace", "--tests", "--quiet", "--no-fail-fast"])
        .env("INSTA_UPDATE", update)
        .env("INSTA_OUTPUT", "diff")
        .env_remove("INSTA_FORCE_PASS");
    command
}

fn show() -> Result<()> {
    // What an earlier run left may belong to a test that is gone; a run writes anew whatever still differs.
    for left in pending::find(&workspace::root())? {
        fs::remove_file(left.path()).with_context(|| format!("cannot remove {}", shown(left.path())))?;
    }
    // Passing in spite of a difference lets a test with several snapshots show all of them at once.
    workspace::run(test_run("new").env("INSTA_FORCE_PASS", "1").env("INSTA_OUTPUT", "none"))
        .context("a test failed for another reason than a snapshot")?;
    let changed = pending::find(&workspace::root())?;
    for one in &changed {
        println!("{}", one.summary()?);
    }
    match changed.len() {
        0 => println!("all snapshots are current"),
        count => println!("{count} changed: read them, then `cargo xtask snapshots --accept`"),
    }
    Ok(())
}

fn accept() -> Result<()> {
    let waiting = pending::find(&workspace::root())?;
    if waiting.is_empty() {
        println!("nothing to accept: `cargo xtask snapshots` shows what changed");
        return Ok(());
    }
    let mut by_hand = 0;
    for one in &waiting {
        match one {
            Pending::File { .. } => {
                let accepted = one.accept()?;
                println!("accepted {}", shown(&accepted));
            }
            Pending::Inline { .. } => {
                by_hand += 1;
                println!("change by hand: a snapshot inside {}", shown(&one.subject()));
            }
        }
    }
    if by_hand > 0 {
        bail!("{by_hand} source file(s) hold snapshots that only a person can change");
    }
    Ok(())
}

fn check() -> Result<()> {
    let root = workspace::root();
    let left = pending::find(&root)?;
    for one in &left {
        println!("left over: {}", shown(one.path()));
    }
    let references = unused::References::in_folder(&workspace::target_dir())?;
    let tested = workspace::run(&mut references.record(test_run("no")));
    if let Err(failed) = tested {
        // A test that stops at its first difference does not name the rest, so nothing can be said about unused ones.
        return Err(failed.context("a snapshot differs or a test failed; `cargo xtask snapshots` shows the changes"));
    }
    let existing = workspace::files_below(&root, &|path| workspace::has_extension(path, "snap"))?;
    let unused = references.unused(&existing)?;
    for one in &unused {
        println!("no test uses {}", shown(one));
    }
    if !left.is_empty() || !unused.is_empty() {
        bail!("{} snapshot(s) left over and {} unused: delete them or use them", left.len(), unused.len());
    }
    println!("{} snapshots are current and in use", existing.len());
    Ok(())
}
