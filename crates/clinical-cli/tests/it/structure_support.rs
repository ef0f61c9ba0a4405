//! What the tests of `clinical structure` and `clinical results` share: a sandbox with a fast clock, and a store in the test's folder.

use std::ffi::OsStr;
use std::process::Command;

use clinical_sandbox::{Sandbox, SandboxBuilder};
use serde_json::Value;

use crate::support::{Folder, Ran, Vendor, json};

/// A text in which the sandbox finds a condition and a medication.
pub(crate) const RECORD: &str = "Type 2 diabetes mellitus. Metformin 1000 mg twice daily. BP 140/90.";

/// So fast that a text is done before the first question, one second after the submission.
pub(crate) fn fast() -> SandboxBuilder {
    Sandbox::builder().seed(7).speed(1_000.0)
}

pub(crate) struct Haidy {
    pub(crate) vendor: Vendor,
    pub(crate) folder: Folder,
}

impl Haidy {
    pub(crate) fn start() -> Self {
        Self::with(fast())
    }

    pub(crate) fn with(settings: SandboxBuilder) -> Self {
        Self { vendor: Vendor::with(settings), folder: Folder::new().with("a.txt", RECORD) }
    }

    /// The command in the test's folder, pointed at the sandbox, with its store in `store`.
    pub(crate) fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.folder.command(args);
        let sandbox = &self.vendor.sandbox;
        command.args(["--results", "store"]);
        command.env("HAIDY_API_URL", sandbox.url()).env("HAIDY_API_TOKEN", sandbox.token());
        command
    }

    pub(crate) fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// The entries of the store, as the command lists them.
    pub(crate) fn entries(&self) -> Vec<Value> {
        let ran = self.folder.run(["results", "list", "--format", "json", "--results", "store"]).expect(0);
        json(&ran.stdout).as_array().unwrap().clone()
    }

    /// The state and the key of the only entry.
    pub(crate) fn entry(&self) -> (String, String) {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        let text = |name: &str| entries[0][name].as_str().unwrap().to_owned();
        (text("state"), text("key"))
    }

    /// How many questions and submissions have begun to arrive.
    pub(crate) fn attempts(&self) -> usize {
        self.vendor.sandbox.journal().attempts().len()
    }

    pub(crate) fn polls(&self) -> usize {
        self.vendor.sandbox.journal().attempts_on("tasks").len()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

/// The classes of entities that were found in the first record of a result.
pub(crate) fn has_entities(result: &Value) -> bool {
    let text = result["clinical_records"][0].to_string();
    text.contains("Metformin") && text.contains("diabetes")
}
