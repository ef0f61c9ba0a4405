//! `cargo xtask ci`: the gate. The list of checks lives in `.ci/run` alone; this only calls it.

use std::ffi::OsString;

use anyhow::Result;

use crate::workspace;

/// Runs `.ci/run` with the arguments given.
///
/// # Errors
///
/// If a check failed, or if there is no bash on this machine.
pub fn run(arguments: &[OsString]) -> Result<()> {
    workspace::run(
        workspace::command("bash")
            .arg(".ci/run")
            .args(arguments)
            // Set by rustup for this process; the gate chooses its toolchains itself.
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN"),
    )
}
