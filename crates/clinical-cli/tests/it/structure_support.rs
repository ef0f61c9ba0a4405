//! What the tests of `clinical structure` and `clinical results` share: a sandbox with a fast clock, and a store in the test's folder.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use clinical_sandbox::{Fault, FaultKind, Sandbox, SandboxBuilder};
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

    /// Begins to run it.
    pub(crate) fn spawn(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Running {
        Running::new(self.command(args))
    }

    pub(crate) fn fault(self, fault: FaultKind, operation: &str, nth: u64) -> Self {
        self.vendor.sandbox.inject(Fault::new(fault).on(operation).nth(nth)).unwrap();
        self
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
        self.vendor.sandbox.journal().attempts.len()
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

/// The executable, while it runs. What it says on stderr is read line by line, so that a test waits for a word and never for a time.
pub(crate) struct Running {
    pub(crate) child: Child,
    lines: BufReader<ChildStderr>,
    stderr: String,
}

impl Running {
    fn new(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        Self { child, lines, stderr: String::new() }
    }

    /// Reads until a line holds this word, and returns that line.
    pub(crate) fn until(&mut self, word: &str) -> String {
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "{word} is missing: {}", self.stderr);
            self.stderr.push_str(&line);
            if line.contains(word) {
                return line;
            }
        }
    }

    pub(crate) fn end(mut self) -> Ran {
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.lines.read_to_string(&mut self.stderr).unwrap();
        Ran { code: self.child.wait().unwrap().code(), stdout, stderr: self.stderr }
    }
}
