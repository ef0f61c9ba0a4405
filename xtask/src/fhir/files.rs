//! Generated files: formatted together by rustfmt in a folder of their own, then compared with those in the crate or written
//! over them. Only files below `src/generated` are ever touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::workspace::{self, files_below, has_extension};

/// Texts by their path below `src/generated`, with `/`.
#[derive(Default)]
pub(super) struct Files(BTreeMap<String, String>);

impl Files {
    /// Adds a file.
    pub(super) fn add(&mut self, name: &str, text: String) {
        self.0.insert(name.to_owned(), text);
    }

    /// The text of a file.
    #[cfg(test)]
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The same files as rustfmt writes them.
    fn formatted(self) -> Result<Self> {
        let folder = workspace::target_dir().join("fhir/generated");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        let mut command = workspace::command("rustfmt");
        command.args(["--edition", "2024", "--config-path"]).arg(workspace::root().join("rustfmt.toml"));
        for (name, text) in &self.0 {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(&path, text)?;
            command.arg(path);
        }
        let status = command.status().context("cannot start rustfmt: `rustup component add rustfmt`")?;
        if !status.success() {
            bail!("rustfmt refused a generated file in {}", folder.display());
        }
        existing(&folder)
    }
}

/// Makes `src/generated` hold these files and no other, or with `check` names the files that differ.
pub(super) fn write_or_check(files: Files, check: bool) -> Result<()> {
    let files = files.formatted()?;
    let folder = workspace::root().join("crates/fhir-r4b-model/src/generated");
    let there = existing(&folder)?;
    let changed: Vec<&String> =
        files.0.iter().filter(|(name, text)| there.0.get(*name) != Some(text)).map(|(name, _)| name).collect();
    let left_over: Vec<&String> = there.0.keys().filter(|name| !files.0.contains_key(*name)).collect();
    for name in changed.iter().chain(&left_over) {
        println!("differs: {name}");
    }
    if check {
        let differences = changed.len() + left_over.len();
        if differences > 0 {
            bail!("{differences} generated file(s) differ: run `cargo xtask fhir generate` and read what it changes");
        }
        println!("{} generated files are current", files.0.len());
        return Ok(());
    }
    for name in left_over {
        fs::remove_file(folder.join(name)).with_context(|| format!("cannot remove {name}"))?;
    }
    for name in &changed {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(&path, &files.0[*name]).with_context(|| format!("cannot write {name}"))?;
    }
    println!("{} generated files, {} of them changed", files.0.len(), changed.len());
    Ok(())
}

fn existing(folder: &Path) -> Result<Files> {
    let mut files = Files::default();
    if folder.exists() {
        for path in files_below(folder, &|path| has_extension(path, "rs"))? {
            let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
            files.add(&name, fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?);
        }
    }
    Ok(files)
}
