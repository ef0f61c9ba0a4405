//! Starts the programs that measure, built with optimisation. Each sample of memory gets a fresh process, and the server
//! is a process of its own, so that only the work in question is in the measured heap.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;

use crate::workspace;

/// The programs: one that sends files and is the server of all suites, one that counts allocations, one that reads the
/// processor's time, one whose memory the kernel counts.
const MAIN: &str = "bench-worker";
pub(super) const ALLOCATIONS: &str = "bench-allocations";
pub(super) const PROCESSOR: &str = "bench-processor";
pub(super) const MEMORY: &str = "bench-memory";

/// The built programs.
#[derive(Debug)]
pub(super) struct Worker {
    folder: PathBuf,
}

impl Worker {
    /// Builds them.
    pub(super) fn build() -> Result<Self> {
        eprintln!("building the measuring programs with optimisation");
        let programs = [MAIN, ALLOCATIONS, PROCESSOR, MEMORY].into_iter().flat_map(|name| ["--bin", name]);
        workspace::run(
            workspace::cargo().args(["build", "--release", "--quiet", "--package", "xtask"]).args(programs),
        )?;
        Ok(Self { folder: workspace::target_dir().join("release") })
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Runs one job of the main program to its end and reads the JSON it prints.
    pub(super) fn job<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        self.job_of(MAIN, arguments)
    }

    /// Runs one job of the named program to its end and reads the JSON it prints.
    pub(super) fn job_of<T: DeserializeOwned>(&self, name: &str, arguments: &[&str]) -> Result<T> {
        let program = self.program(name);
        let output = workspace::command(&program)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start {}", program.display()))?;
        if !output.status.success() {
            bail!("{name} {arguments:?} ended with {}", output.status);
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{name} {arguments:?} printed no result"))
    }

    /// Starts the server and waits until it says where it listens.
    pub(super) fn serve(&self) -> Result<Server> {
        let program = self.program(MAIN);
        let mut child = workspace::command(&program)
            .arg("serve")
            // It ends when this pipe closes, even if we are killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let stdout = child.stdout.take().context("the server has no output")?;
        let mut server = Server { child, authority: String::new() };
        BufReader::new(stdout).read_line(&mut server.authority)?;
        server.authority.truncate(server.authority.trim_end().len());
        if server.authority.is_empty() {
            bail!("the server did not start");
        }
        Ok(server)
    }
}

/// The running server; it ends with this value.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    authority: String,
}

impl Server {
    /// `127.0.0.1:PORT`.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Waiting is enough: the closed pipe ends it. A server that hangs would hang the bench, which is visible.
        let _ = self.child.wait();
    }
}
