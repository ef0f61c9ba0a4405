//! `cargo xtask deps`: what each published crate brings with it, and the rules about that: how much, which TLS, who knows whom. It asks
//! `cargo tree` for one package at a time, because a build of the whole workspace switches on features that its user never sees.

mod rules;
mod tree;

use anyhow::{Result, bail};

use crate::packages::{self, Package};
use crate::workspace;
use rules::Trees;
use tree::Tree;

/// Where crates are counted. Every system has some of its own, most of them about the trust store; this is where hospitals' servers run.
const COUNTED_ON: &str = "x86_64-unknown-linux-gnu";

/// Prints how many crates each published package brings; with `check` holds all trees against the rules.
///
/// # Errors
///
/// In a check, if a rule is broken, one sentence each; in both, if cargo cannot tell a tree from the lock file and what is on this machine.
pub fn run(check: bool) -> Result<()> {
    let mut trees = Vec::new();
    for package in packages::published()? {
        trees.push(trees_of(package)?);
    }
    println!(
        "crates with each package on {COUNTED_ON}, itself included, as its user gets it without a word about features:"
    );
    for one in &trees {
        println!("{:<20} {:>4}", one.package.name, one.default.len());
    }
    if check {
        let broken = rules::broken(&trees);
        if !broken.is_empty() {
            bail!("{} rule(s) about dependencies are broken:\n{}", broken.len(), broken.join("\n"));
        }
        println!("every rule about dependencies holds");
    }
    Ok(())
}

fn trees_of(package: Package) -> Result<Trees> {
    let tree = |arguments: &[&str]| ask(&package.name, arguments);
    let default = tree(&["--target", COUNTED_ON])?;
    let everything = tree(&["--target", "all", "--all-features"])?;
    let bare = ["--target", "all", "--no-default-features"];
    let blocking = if package.features.contains_key(rules::BLOCKING) {
        Some((tree(&bare)?, tree(&[&bare[..], &["--features", rules::BLOCKING]].concat())?))
    } else {
        None
    };
    Ok(Trees { package, default, everything, blocking })
}

fn ask(package: &str, arguments: &[&str]) -> Result<Tree> {
    let mut command = workspace::cargo();
    command.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "depth", "--package", package]);
    Tree::parse(&workspace::output(command.args(arguments))?)
}
