//! `cargo xtask fixtures`: writes `tests/fixtures` from the contract and from what the sandbox answers. Everything is
//! built in memory first, so that a check compares without touching a file and a failed run leaves nothing half written.

mod contract;
mod generate;
mod record;
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
    let mut tree = Tree::default();
    contract::documented(&mut tree)?;
    contract::generated(&mut tree)?;
    record::answers(&root.join("examples/notes"), &mut tree)?;

    let folder = root.join("tests/fixtures/omniscribe-codify");
    let differences = tree.differences(&folder)?;
    for difference in &differences {
        println!("{difference}");
    }
    if check {
        if !differences.is_empty() {
            bail!("{} fixture(s) differ: run `cargo xtask fixtures` and read what it changes", differences.len());
        }
        println!("{} fixtures are current", tree.len());
    } else {
        tree.write(&folder)?;
        println!("{} fixtures, {} of them changed", tree.len(), differences.len());
    }
    Ok(())
}
