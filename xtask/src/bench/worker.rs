//! Starts the program that measures, built with optimisation. Each sample of memory gets a fresh process, and the server
//! is a process of its own, so that only the work in question is in the measured heap.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;

use crate::workspace;

/// The built program.
#[derive(Debug)]
pub(super) struct Worker {
    program: PathBuf,
}

impl Worker {
    /// Builds it.
    pub(super) fn build() -> Result<Self> {
        eprintln!("building the measuring program with optimisation");
        workspace::run(workspace::cargo().args([
            "build",
            "--release",
            "--quiet",
            "--package",
            "xtask",
            "--bin",
            "bench-worker",
        ]))?;
        let name = format!("bench-worker{}", std::env::consts::EXE_SUFFIX);
        Ok(Self { program: workspace::target_dir().join("release").join(name) })
    }

    /// Runs one job to its end and reads the JSON it prints.
    pub(super) fn job<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        let output = workspace::command(&self.program)
            .args(arguments)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        if !output.status.success() {
            bail!("the job {arguments:?} ended with {}", output.status);
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("the job {arguments:?} printed no result"))
    }

    /// Starts the server and waits until it says where it listens.
    pub(super) fn serve(&self) -> Result<Server> {
        let mut child = workspace::command(&self.program)
            .arg("serve")
            // It ends when this pipe closes, even if we are killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
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
