//! Runs cargo-semver-checks at one version, which is built once into a private folder. Every release is held against the rules of a patch, so
//! that what it says depends on the code alone and not on the version that somebody wrote.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::git::{self, Tag};
use crate::release::Change;
use crate::workspace;

/// Names another folder of tools than `ci/tools` below the folder of what is built.
const FOLDER: &str = "XTASK_TOOLS";

/// The version that is used. Another one may have other rules.
const VERSION: &str = "0.51.0";

/// The program, ready to run.
pub(super) struct Tool {
    program: PathBuf,
}

impl Tool {
    /// Finds the program in its folder, or builds it there with cargo.
    pub(super) fn ready() -> Result<Self> {
        let folder = env::var_os(FOLDER).map_or_else(|| workspace::target_dir().join("ci/tools"), PathBuf::from);
        let program = folder.join("bin").join(format!("cargo-semver-checks{}", env::consts::EXE_SUFFIX));
        let asked = Command::new(&program).args(["semver-checks", "--version"]).output();
        let there =
            asked.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().ends_with(&format!(" {VERSION}")));
        if !there {
            println!("installing cargo-semver-checks {VERSION} into {}, which takes some minutes", folder.display());
            let mut install = workspace::cargo();
            install.args(["install", "--quiet", "--locked", "--version", VERSION, "--root"]).arg(&folder);
            // Its own release settings take long for a tool that runs for seconds.
            install.env("CARGO_PROFILE_RELEASE_LTO", "off").env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
            install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
            workspace::run(install.arg("cargo-semver-checks"))?;
        }
        Ok(Self { program })
    }

    /// What changed in a library since a release; nothing if it was not there then.
    pub(super) fn check(&self, library: &str, tag: &Tag) -> Result<Option<Change>> {
        if !manifests_at(tag)?.iter().any(|manifest| is_of(manifest, library)) {
            return Ok(None);
        }
        let mut command = workspace::command(&self.program);
        command.args(["semver-checks", "check-release", "--all-features", "--release-type", "patch"]);
        command.args(["--color", "never", "--baseline-rev", &tag.name, "--package", library]);
        // The lock file's crates are here; others must not be asked for.
        command.env("CARGO_NET_OFFLINE", "true").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
        let shown = workspace::shown_command(&command);
        let output = command.output().with_context(|| format!("could not start `{shown}`"))?;
        let (said, summary) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let Some(change) = read(output.status.code(), &summary) else {
            bail!("`{shown}` gave no verdict\n{}", summary.trim_end());
        };
        if change != Change::None {
            println!("{}", said.trim());
        }
        Ok(Some(change))
    }
}

/// The verdict, if the exit code and the summary agree on one.
fn read(code: Option<i32>, said: &str) -> Option<Change> {
    let summary = said.lines().find_map(|line| line.trim_start().strip_prefix("Summary "))?;
    match code? {
        0 => summary.starts_with("no semver update required").then_some(Change::None),
        100 if summary.starts_with("semver requires new major version") => Some(Change::Breaking),
        100 if summary.starts_with("semver requires new minor version") => Some(Change::Addition),
        _ => None,
    }
}

fn manifests_at(tag: &Tag) -> Result<Vec<String>> {
    let files = git::files_at(tag, ".")?;
    files.iter().filter(|file| file.ends_with("Cargo.toml")).map(|file| git::text_at(tag, file)).collect()
}

fn is_of(manifest: &str, library: &str) -> bool {
    manifest.lines().any(|line| line.split_whitespace().collect::<String>() == format!("name=\"{library}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_needs_an_exit_code_and_a_summary_that_agree() {
        let [none, minor, major] = [
            "     Summary no semver update required\n    Finished [   0.970s] a",
            "     Checked\n     Summary semver requires new minor version: 0 major and 1 minor checks failed",
            "     Checked\n     Summary semver requires new major version: 1 major and 0 minor checks failed",
        ];
        assert_eq!(read(Some(0), none), Some(Change::None));
        assert_eq!(read(Some(100), minor), Some(Change::Addition));
        assert_eq!(read(Some(100), major), Some(Change::Breaking));
        for (code, said) in
            [(Some(101), none), (None, none), (Some(0), major), (Some(100), none), (Some(0), "error: no such tag")]
        {
            assert_eq!(read(code, said), None, "{code:?} {said}");
        }
    }

    #[test]
    fn a_crate_is_known_by_the_name_in_its_manifest() {
        assert!(is_of("[package]\nname = \"one\"\n", "one"));
        assert!(!is_of("[package]\nname = \"one-more\"\n[dependencies]\none = \"1\"\n", "one"));
    }
}
