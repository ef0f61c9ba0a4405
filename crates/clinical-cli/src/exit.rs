//! How the command ends: the exit codes, what stops a run early, and which code several failures add up to.

use std::io;

use omniscribe_codify::ErrorKind;

/// The exit codes. They are part of the command's interface; `--help` and the README list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: everything worked.
    Ok,
    /// 1: some inputs failed, the output or the audit trail could not be written, or a trail does not verify.
    SomeFailed,
    /// 2: the command line or a setting is wrong; nothing was sent.
    Usage,
    /// 4: no credentials, or the vendor refused them.
    Credentials,
    /// 5: the vendor limits the rate.
    Throttled,
    /// 6: the vendor or the way to it failed.
    Vendor,
    /// 128 and the number of the signal that ended the run.
    Signal(u8),
    /// 141: the reader of stdout went away, as `head` does.
    ClosedPipe,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::SomeFailed => 1,
            Self::Usage => 2,
            Self::Credentials => 4,
            Self::Throttled => 5,
            Self::Vendor => 6,
            Self::Signal(number) => number.saturating_add(128),
            Self::ClosedPipe => 141,
        }
    }

    /// The code that a failure of this kind deserves when nothing else happened.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Configuration => Self::Usage,
            ErrorKind::Credentials | ErrorKind::Forbidden => Self::Credentials,
            ErrorKind::Throttled => Self::Throttled,
            // The input is the reason, and another one may well be coded; or this machine's own trail.
            ErrorKind::InvalidInput | ErrorKind::TooLarge | ErrorKind::Rejected | ErrorKind::Audit => Self::SomeFailed,
            _ => Self::Vendor,
        }
    }
}

/// Why a run ends before its work is done.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) exit: Exit,
    /// What the user is told; nothing if the reader of stdout has gone.
    pub(crate) sentence: Option<String>,
}

impl Stop {
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Usage, sentence)
    }

    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::new(Exit::SomeFailed, sentence)
    }

    pub(crate) fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self { exit, sentence: Some(sentence.into()) }
    }
}

/// The only I/O that is passed on with `?` is that to stdout.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::ClosedPipe, sentence: None };
        }
        Self::failed(format!("the output could not be written: {error}; what was written so far is incomplete"))
    }
}

/// What the inputs came to, added up.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    coded: usize,
    failed: usize,
    /// The code all failures so far agree on.
    agreed: Option<Exit>,
    disagreed: bool,
    /// Whether the vendor refused the credentials of one of them.
    refused: bool,
}

impl Tally {
    pub(crate) fn coded(&mut self) {
        self.coded += 1;
    }

    /// Counts a failed input; `partly` if some of it was coded all the same.
    pub(crate) fn failed(&mut self, exit: Exit, partly: bool) {
        self.failed += 1;
        if partly || self.agreed.is_some_and(|agreed| agreed != exit) {
            self.disagreed = true;
        }
        self.agreed = Some(exit);
        self.refused |= exit == Exit::Credentials;
    }

    pub(crate) fn failures(&self) -> usize {
        self.failed
    }

    pub(crate) fn total(&self) -> usize {
        self.coded + self.failed
    }

    /// Credentials refused: 4, because nothing works until that is mended. Otherwise, all failed for one reason: the code
    /// of that reason; some worked, or the reasons differ: 1.
    pub(crate) fn exit(&self) -> Exit {
        match self.agreed {
            _ if self.refused => Exit::Credentials,
            None => Exit::Ok,
            Some(exit) if self.coded == 0 && !self.disagreed => exit,
            Some(_) => Exit::SomeFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reason_for_all_gives_its_code_refused_credentials_win_and_anything_else_gives_one() {
        use Exit::{Credentials, Ok, SomeFailed, Throttled, Vendor};
        let table = [
            (vec![], 3, Ok),
            (vec![Credentials, Credentials], 0, Credentials),
            (vec![Throttled], 0, Throttled),
            (vec![Vendor, Vendor], 0, Vendor),
            (vec![Vendor], 1, SomeFailed),
            (vec![Vendor, Throttled], 0, SomeFailed),
            (vec![SomeFailed, Credentials, Vendor], 0, Credentials),
            (vec![Credentials], 1, Credentials),
            (vec![Vendor, Throttled, Throttled], 0, SomeFailed),
            (vec![SomeFailed], 0, SomeFailed),
        ];
        for (failures, coded, expected) in table {
            let mut tally = Tally::default();
            for exit in &failures {
                tally.failed(*exit, false);
            }
            for _ in 0..coded {
                tally.coded();
            }
            assert_eq!(tally.exit(), expected, "{failures:?} and {coded} coded");
        }
    }

    #[test]
    fn a_partly_coded_input_is_a_partial_failure() {
        let mut tally = Tally::default();
        tally.failed(Exit::Vendor, true);
        assert_eq!(tally.exit(), Exit::SomeFailed);
    }

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
        let closed = Stop::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(closed.sentence.is_none());
        assert_eq!(closed.exit.code(), 141);
        let full = Stop::from(io::Error::from(io::ErrorKind::StorageFull));
        assert!(full.sentence.unwrap().contains("could not be written"));
        assert_eq!(full.exit.code(), 1);
    }
}
