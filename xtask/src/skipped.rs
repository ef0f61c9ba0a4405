//! How a task says that it could not be done on this machine. That is no success, and the gate counts it apart; it is no failure of the
//! work either. Nothing that could be checked may be skipped.

use std::fmt;

/// Why a task was skipped, in one sentence without an end mark.
#[derive(Debug)]
pub struct Skipped(pub String);

impl Skipped {
    /// The program's exit code; `.ci/lib.sh` has the same.
    pub const EXIT_CODE: u8 = 77;
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Skipped {}
