//! A small workspace in a temporary folder that is ready for a release, to be spoilt in one place by each test. It has two crates, of which one
//! needs the other, and no dependency from a registry, so that cargo is quick with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MANIFEST: &str = r#"[package]
name = "NAME"
description = "Pretends to do something."
version = "0.1.0"
edition = "2024"
rust-version = "1.85"
license = "MIT OR Apache-2.0"
repository = "https://example.org/pretend"
authors = ["Nobody"]
readme = "README.md"
keywords = ["pretend"]
categories = ["development-tools"]

[package.metadata.docs.rs]
all-features = true

[features]
more = []

[dependencies]
"#;

const README: &str =
    "# NAME\n\n```rust\nassert_eq!(1 + 1, 2);\n```\n\n## Features\n\n| feature | what |\n|---|---|\n| `more` | more |

## Security\n\nNothing to guard.\n\nMinimum supported Rust: 1.85.\n";

const LOWER: &str = "#![doc = include_str!(\"../README.md\")]\n\n/// One.\npub fn one() -> u8 {\n    1\n}\n";
const UPPER: &str =
    "#![doc = include_str!(\"../README.md\")]\n\n/// Two.\npub fn two() -> u8 {\n    pretend_lower::one() + 1\n}\n";

const CHANGELOG: &str =
    "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Everything.\n\n[Unreleased]: https://example.org/pretend\n";

/// The workspace; it is removed when this is dropped.
pub(crate) struct Pretend {
    folder: tempfile::TempDir,
}

impl Pretend {
    pub(crate) fn new() -> Self {
        let one = Self { folder: tempfile::tempdir().unwrap() };
        one.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
        one.write("CHANGELOG.md", CHANGELOG);
        one.write(".gitignore", "target\n");
        // It is not a member: it only says where the workspace is.
        fs::create_dir(one.path("xtask")).unwrap();
        for (name, source, needs) in [
            ("pretend-lower", LOWER, ""),
            ("pretend-upper", UPPER, "pretend-lower = { version = \"0.1.0\", path = \"../pretend-lower\" }\n"),
        ] {
            one.write(&format!("crates/{name}/Cargo.toml"), &format!("{}{needs}", MANIFEST.replace("NAME", name)));
            one.write(&format!("crates/{name}/README.md"), &README.replace("NAME", name));
            one.write(&format!("crates/{name}/src/lib.rs"), source);
        }
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            for folder in ["", "crates/pretend-lower/", "crates/pretend-upper/"] {
                one.write(&format!("{folder}{licence}"), &format!("The text of {licence}.\n"));
            }
        }
        one.lock();
        one
    }

    /// Brings the lock file up to the manifests.
    pub(crate) fn lock(&self) {
        let output = self.command(env!("CARGO")).args(["generate-lockfile", "--offline"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces what must be there.
    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, &text.replace(from, to));
    }

    /// Commits everything and gives it a tag.
    pub(crate) fn tag(&self, name: &str) {
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "commit", "--quiet", "--message", name],
            &["tag", name],
        ] {
            let output = self.command("git").args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command
    }

    /// Runs a task in this workspace.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Told {
        xtask_in(self.folder.path(), arguments)
    }

    /// Runs a task on a machine that has cargo and nothing else.
    pub(crate) fn xtask_without_programs(&self, arguments: &[&str]) -> Told {
        command_in(self.folder.path(), arguments).env("PATH", self.path("xtask")).output().unwrap().into()
    }
}

/// How a task ended and what it said.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
}

impl From<Output> for Told {
    fn from(output: Output) -> Self {
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
        Self { code: output.status.code(), text: out + &err }
    }
}

/// Runs a task in a workspace.
pub(crate) fn xtask_in(root: &Path, arguments: &[&str]) -> Told {
    command_in(root, arguments).output().unwrap().into()
}

fn command_in(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(root).args(arguments).env("CARGO_MANIFEST_DIR", root.join("xtask"));
    // Cargo keeps something for every folder in which it packaged; here it goes with the folder.
    command.env("CARGO_HOME", root.join("cargo-home"));
    command.env("CARGO_TARGET_DIR", root.join("target")).env("CARGO", env!("CARGO"));
    command
}
