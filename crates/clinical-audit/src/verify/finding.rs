//! What is wrong with a trail, as facts with line numbers. A finding never repeats what a line says.

/// Something that did not happen by itself: neither a crash nor a full disk leaves it behind. Lines are counted from 1 in the file as it
/// is; numbers are those that the lines bear.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// These lines are not what was written.
    Changed {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// These lines do not belong there: without them the trail is whole.
    Inserted {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// Before this line, lines are missing.
    Removed {
        /// The line.
        line: u64,
        /// The number of the first that is missing.
        from: u64,
        /// The number of the last that is missing.
        to: u64,
    },
    /// This line was written, and not here: it was copied, or moved.
    OutOfPlace {
        /// The line.
        line: u64,
        /// The number that it bears.
        found: u64,
        /// The number that belongs here.
        expected: u64,
    },
    /// This line does not name the line before it: one of the two was replaced by a line with a hash of its own.
    Unlinked {
        /// The line.
        line: u64,
    },
    /// This line closes an unfinished line that is not before it any more.
    FragmentMissing {
        /// The line.
        line: u64,
    },
    /// The trail is older than the expected head: its end was cut off, or it is another trail.
    CutOff {
        /// The number of the last line.
        found: u64,
        /// The number of the expected head.
        expected: u64,
    },
    /// The line with the number of the expected head is another one: the trail was replaced from somewhere before it.
    Replaced {
        /// The line.
        line: u64,
    },
}

impl Finding {
    /// The line to look at first; `None` if it is one that is not there.
    pub fn line(&self) -> Option<u64> {
        match *self {
            Self::Changed { first, .. } | Self::Inserted { first, .. } => Some(first),
            Self::Removed { line, .. }
            | Self::OutOfPlace { line, .. }
            | Self::Unlinked { line }
            | Self::FragmentMissing { line }
            | Self::Replaced { line } => Some(line),
            Self::CutOff { .. } => None,
        }
    }

    /// The name of the finding in machine-readable output, such as `changed` or `cut_off`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::Inserted { .. } => "inserted",
            Self::Removed { .. } => "removed",
            Self::OutOfPlace { .. } => "out_of_place",
            Self::Unlinked { .. } => "unlinked",
            Self::FragmentMissing { .. } => "fragment_missing",
            Self::CutOff { .. } => "cut_off",
            Self::Replaced { .. } => "replaced",
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Changed { first, last } if first == last => write!(f, "line {first} was changed"),
            Self::Changed { first, last } => write!(f, "lines {first} to {last} were changed"),
            Self::Inserted { first, last } if first == last => {
                write!(f, "line {first} was inserted: without it the trail is whole there")
            }
            Self::Inserted { first, last } => {
                write!(f, "lines {first} to {last} were inserted: without them the trail is whole there")
            }
            Self::Removed { line, from, to } if from == to => {
                write!(f, "before line {line} the line with the number {from} is missing")
            }
            Self::Removed { line, from, to } => {
                write!(f, "before line {line} the lines with the numbers {from} to {to} are missing")
            }
            Self::OutOfPlace { line, found, expected } => {
                write!(f, "line {line} bears the number {found} where {expected} belongs: it was copied or moved")
            }
            Self::Unlinked { line: 1 } => {
                f.write_str("line 1 names a line before it, and there is none: it was replaced")
            }
            Self::Unlinked { line } => {
                write!(f, "line {line} does not continue line {}: one of the two was replaced", line - 1)
            }
            Self::FragmentMissing { line } => {
                write!(f, "line {line} closes an unfinished line that is not before it any more")
            }
            Self::CutOff { found, expected } => write!(
                f,
                "the last line has the number {found}, and the expected head {expected}: the end was cut off, or this is another trail"
            ),
            Self::Replaced { line } => {
                write!(f, "line {line} is not the expected head: the trail was replaced from somewhere before it")
            }
        }
    }
}
