//! Runs the executable. The environment is empty but for what the test sets, so that the variables of the machine it runs
//! on change nothing.

use std::ffi::OsStr;
use std::future::Future;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clinical_sandbox::{Sandbox, SandboxBuilder};
use tempfile::TempDir;

/// A note with accepted and denied conditions.
pub(crate) const NOTE: &str = "Paciente con diabetes mellitus tipo 2 e hipertensión arterial. Niega dolor torácico.";

pub(crate) const MINIMAL_PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n4 0 obj<</Length 44>>stream\nBT /F1 12 Tf 20 200 Td (Type 2 diabetes) Tj ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// Fails with everything that was printed, unless the code is this one.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// The executable with an empty environment.
pub(crate) fn clinical(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clinical"));
    command.args(args).env_clear().stdin(Stdio::null());
    // Windows cannot open sockets without this one.
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

pub(crate) fn run(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
    clinical(args).output().unwrap().into()
}

pub(crate) fn run_with_stdin(mut command: Command, stdin: &[u8]) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap().into()
}

/// A folder for inputs, in which the executable is run, so that names in the output are short and always the same.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.0.path().join(name), content).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn command(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = clinical(args);
        command.current_dir(self.path());
        command
    }

    pub(crate) fn run(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.command(args).output().unwrap().into()
    }
}

/// A sandbox that the executable is pointed at through the variables of the vendor.
pub(crate) struct Vendor {
    runtime: tokio::runtime::Runtime,
    pub(crate) sandbox: Sandbox,
}

impl Vendor {
    pub(crate) fn start() -> Self {
        Self::with(Sandbox::builder().seed(7))
    }

    pub(crate) fn with(settings: SandboxBuilder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(settings.start()).unwrap();
        Self { runtime, sandbox }
    }

    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn command(&self, folder: &Folder, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = folder.command(args);
        command.env("OMNISCRIBE_API_URL", self.sandbox.url()).env("OMNISCRIBE_API_TOKEN", self.sandbox.token());
        command
    }

    pub(crate) fn run(&self, folder: &Folder, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Ran {
        self.command(folder, args).output().unwrap().into()
    }

    /// How many requests for coding have begun to arrive.
    pub(crate) fn attempts(&self) -> usize {
        self.sandbox.journal().attempts_on("codify").len()
    }
}

/// The example notes of the repository.
pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("notes")
}

pub(crate) fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
