//! `cargo xtask fixtures`: writes `tests/fixtures` from the contracts and from what the sandbox answers, a folder for each vendor. Everything is
//! built in memory first, so that a check compares without touching a file and a failed run leaves nothing half written.

mod contract;
mod generate;
mod novamed;
mod record;
mod subjects;
mod tasks;
mod tree;

use anyhow::{Result, bail};

use crate::workspace;
use tree::Tree;

/// Writes the fixtures, or with `check` compares them with what would be written.
///
/// # Errors
///
/// In a check, if a file differs, is missing or is left over, after printing its name. In both, if the contract refuses
/// a body that was generated from it, or if the sandbox does not answer 200 to an example note.
pub fn run(check: bool) -> Result<()> {
    let root = workspace::root();
    let notes = root.join("examples/notes");
    let mut trees = Vec::new();
    for vendor in &subjects::VENDORS {
        let mut tree = Tree::default();
        contract::documented(vendor, &mut tree)?;
        contract::generated(vendor, &mut tree)?;
        trees.push((root.join("tests/fixtures").join(vendor.folder), tree));
    }
    let [(_, codify), (_, haidy), (_, older), (_, newer)] = &mut trees[..] else {
        bail!("there are three vendors, one of them with two revisions");
    };
    record::answers(&notes, codify)?;
    tasks::answers(&notes, haidy)?;
    novamed::answers("2025-12", older)?;
    novamed::answers("2026-01", newer)?;

    let (mut count, mut differences) = (0, Vec::new());
    for (folder, tree) in &trees {
        count += tree.len();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        differences.extend(tree.differences(folder)?.into_iter().map(|difference| format!("{name}: {difference}")));
    }
    for difference in &differences {
        println!("{difference}");
    }
    if check {
        if !differences.is_empty() {
            bail!("{} fixture(s) differ: run `cargo xtask fixtures` and read what it changes", differences.len());
        }
        println!("{count} fixtures are current");
    } else {
        for (folder, tree) in &trees {
            tree.write(folder)?;
        }
        println!("{count} fixtures, {} of them changed", differences.len());
    }
    Ok(())
}
