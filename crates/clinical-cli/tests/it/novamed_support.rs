//! A sandbox, a folder with a submission log, and the command that is pointed at both.

use std::ffi::OsStr;
use std::process::{Child, Command, Output, Stdio};

use clinical_sandbox::{Fault, FaultKind, NOVAMED_CLINIC, Sandbox, SandboxBuilder};
use serde_json::Value;

use crate::support::{Folder, Ran, Vendor, json};

/// Patients of revision 2025-12.
pub(crate) const PATIENTS: &str = "first_name,last_name,date_of_birth,email\n\
     John,Smith,1985-03-15,john@example.com\n\
     Mary,Jones,1990-12-01,mary@example.com\n\
     Anna,Miller,1970-01-31,anna@example.com\n";

pub(crate) struct Nova {
    pub(crate) vendor: Vendor,
    pub(crate) folder: Folder,
    pub(crate) revision: &'static str,
}

impl Nova {
    pub(crate) fn start() -> Self {
        Self::with(Sandbox::builder().seed(7))
    }

    pub(crate) fn with(settings: SandboxBuilder) -> Self {
        Self { vendor: Vendor::with(settings), folder: Folder::new(), revision: "2025-12" }
    }

    pub(crate) fn revision(self, revision: &'static str) -> Self {
        Self { revision, ..self }
    }

    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        Self { folder: self.folder.with(name, content), ..self }
    }

    pub(crate) fn fault(self, kind: FaultKind, operation: &str, nth: u64) -> Self {
        self.vendor.sandbox.inject(Fault::new(kind).on(operation).nth(nth)).unwrap();
        self
    }

    /// `clinical novamed ARGS` without an address, a key or a log.
    pub(crate) fn bare(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.folder.command(["novamed"]);
        command.args(args).env("NOVAMED_REVISION", self.revision).env("NOVAMED_CLINIC_ID", NOVAMED_CLINIC);
        command
    }

    /// `clinical novamed ARGS` at this sandbox.
    pub(crate) fn at(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.bare(args);
        command.args(["--base-url", self.vendor.sandbox.url(), "--synthetic-data-only"]);
        command.env("NOVAMED_API_KEY", self.vendor.sandbox.token());
        command
    }

    /// The same with the log of this folder, as those commands want it that create.
    pub(crate) fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.at(args);
        command.args(["--log", "log"]);
        command
    }

    pub(crate) fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// One thing from flags: its answer in JSON.
    pub(crate) fn create(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Value {
        let mut command = self.command(args);
        let ran: Ran = command.args(["--format", "ndjson"]).output().unwrap().into();
        json(&ran.expect(0).stdout)
    }

    pub(crate) fn spawn(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Child {
        self.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Waits until so many requests have reached this operation, and a fault is being played on the last of them.
    pub(crate) fn until(&self, operation: &str, attempts: usize) {
        self.vendor.wait(self.vendor.sandbox.journal_when(|journal| {
            let seen = journal.attempts_on(operation);
            seen.len() == attempts && seen.last().is_some_and(|attempt| !attempt.faults.is_empty())
        }));
    }

    /// How many requests reached this operation.
    pub(crate) fn attempts(&self, operation: &str) -> usize {
        self.vendor.sandbox.journal().attempts_on(operation).len()
    }

    /// How many requests reached the sandbox, whatever they asked for.
    pub(crate) fn requests(&self) -> usize {
        self.vendor.sandbox.journal().attempts.len()
    }

    /// How often something was made by this operation, and of how many different contents.
    pub(crate) fn processed(&self, operation: &str) -> (u64, usize) {
        let ledger = self.vendor.sandbox.ledger();
        let contents = ledger.entries.iter().filter(|entry| entry.operation == operation).count();
        (ledger.processed(operation), contents)
    }

    /// The state and the key of each entry of the log.
    pub(crate) fn log(&self) -> Vec<(String, String)> {
        let ran = self.folder.run(["novamed", "log", "list", "--log", "log", "--format", "json"]).expect(0);
        let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let entries = json(&ran.stdout);
        entries.as_array().unwrap().iter().map(|entry| (text(entry, "state"), text(entry, "key"))).collect()
    }
}

/// The states of rows that came as lines of JSON.
pub(crate) fn states(stdout: &str) -> Vec<String> {
    stdout.lines().map(|line| json(line)["state"].as_str().unwrap().to_owned()).collect()
}

pub(crate) fn ended(child: Child) -> Ran {
    let output: Output = child.wait_with_output().unwrap();
    output.into()
}
