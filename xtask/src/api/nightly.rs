//! Rustdoc's JSON by a nightly toolchain, and the lines that are made of it. Each library is documented with the features and flags that its
//! manifest names for docs.rs, which shows on the way that its pages can be built there.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use public_api::Builder;
use serde::Deserialize;

use super::list;
use crate::packages::Package;
use crate::skipped::Skipped;
use crate::workspace;

/// The format of the JSON that the reader understands. It belongs to the version of `public-api` in the manifest: raise both together.
const FORMAT: u32 = 57;

/// A nightly toolchain that is installed.
pub(super) struct Nightly {
    version: String,
}

#[derive(Deserialize)]
struct Format {
    format_version: u32,
}

impl Nightly {
    /// The one that rustup calls `nightly`. Nothing is installed for it.
    pub(super) fn find() -> Result<Self> {
        let asked = on_nightly(&["rustc", "--version"]).stderr(Stdio::null()).output();
        match asked {
            Ok(output) if output.status.success() => {
                Ok(Self { version: String::from_utf8_lossy(&output.stdout).trim().to_owned() })
            }
            _ => Err(Skipped("no nightly Rust here, and only that writes rustdoc's JSON".to_owned()).into()),
        }
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// One line for each public item of a library, sorted. Implementations of blanket and auto traits are left out: they are most of the
    /// lines and say little; cargo-semver-checks looks at auto traits.
    pub(super) fn api(&self, library: &Package) -> Result<String> {
        let json = document(library)?;
        let text = fs::read(&json).with_context(|| format!("cannot read {}", json.display()))?;
        let format: Format = serde_json::from_slice(&text).context("rustdoc's JSON was not understood")?;
        if format.format_version != FORMAT {
            let found = format.format_version;
            let reason =
                format!("{} writes rustdoc's JSON in format {found}, and format {FORMAT} is read", self.version);
            return Err(Skipped(reason).into());
        }
        // What other crates define and this one re-exports is a `pub use` line; its items are in that crate's list.
        let builder = Builder::from_rustdoc_json(json).omit_blanket_impls(true).omit_auto_trait_impls(true);
        Ok(list::of(&builder.build()?))
    }
}

fn document(library: &Package) -> Result<PathBuf> {
    // Apart from the other builds: one toolchain would wait for the lock of the other.
    let target = workspace::target_dir().join("api");
    let mut command = on_nightly(&["cargo", "rustdoc", "--quiet", "--offline", "--lib", "--package", &library.name]);
    let docs_rs = &library.about.metadata["docs"]["rs"];
    if docs_rs["all-features"] == true {
        command.arg("--all-features");
    }
    let flags: Vec<&str> =
        docs_rs["rustdoc-args"].as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect();
    command.arg("--target-dir").arg(&target);
    command.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]).args(flags);
    workspace::run(&mut command)?;
    let name = library.library().context("only libraries have an interface")?;
    Ok(target.join("doc").join(format!("{name}.json")))
}

/// A program of the nightly toolchain, without what the toolchain says that started us.
fn on_nightly(arguments: &[&str]) -> Command {
    let mut command = workspace::command("rustup");
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTC_WRAPPER", "RUSTFLAGS", "RUSTDOCFLAGS", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    // Rustup would fetch a toolchain that is not there.
    command.env("RUSTUP_AUTO_INSTALL", "0").args(["run", "nightly"]).args(arguments);
    command
}
