//! What a change of a schema means for users, by direction. This is the table of the project's rules and nothing else: how changes are found
//! is not its matter.

/// Which way a payload goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From a vendor, or from a user's file, into our types.
    Reads,
    /// From our types to a vendor, or into a user's file.
    Writes,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Reads, Self::Writes];

    /// Its name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
        }
    }

    /// The direction of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.name() == name)
    }
}

/// How bad a change is; the worst of several counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nobody has to do anything.
    Compatible,
    /// A person has to look.
    Review,
    /// Something that worked does not any more.
    Breaking,
}

impl Verdict {
    /// The exit code of a task that came to this verdict.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Compatible => 0,
            Self::Review => 3,
            Self::Breaking => 4,
        }
    }

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Review => "review",
            Self::Breaking => "breaking",
        }
    }
}

/// One kind of change between two schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A property was added. If it is required, [`BecameRequired`](Self::BecameRequired) comes with it.
    PropertyAdded,
    /// A property was removed; its value is an unknown field from now on.
    PropertyRemoved,
    /// A property was removed where unknown ones are refused.
    PropertyForbidden,
    /// A property must be there.
    BecameRequired,
    /// A property may be missing.
    StoppedBeingRequired,
    /// More types, or more values of a closed list.
    Widened,
    /// Fewer types, or fewer values of a closed list.
    Narrowed,
    /// Nothing that was valid is valid any more.
    Replaced,
    /// A value was added to those that an open list names.
    KnownValueAdded,
    /// A value was removed from those that an open list names; it becomes an unknown one.
    KnownValueRemoved,
    /// Unknown properties are refused.
    Closed,
    /// Unknown properties are let through.
    Opened,
    /// A length, bound, pattern or format got stricter.
    Tightened,
    /// A length, bound, pattern or format got looser.
    Relaxed,
    /// Words for people.
    Documentation,
    /// Something that these rules do not understand.
    NotUnderstood,
    /// A whole schema is new.
    SchemaAdded,
    /// A whole schema is gone.
    SchemaRemoved,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::PropertyAdded,
        Self::PropertyRemoved,
        Self::PropertyForbidden,
        Self::BecameRequired,
        Self::StoppedBeingRequired,
        Self::Widened,
        Self::Narrowed,
        Self::Replaced,
        Self::KnownValueAdded,
        Self::KnownValueRemoved,
        Self::Closed,
        Self::Opened,
        Self::Tightened,
        Self::Relaxed,
        Self::Documentation,
        Self::NotUnderstood,
        Self::SchemaAdded,
        Self::SchemaRemoved,
    ];

    /// The table.
    pub fn verdict(self, direction: Direction) -> Verdict {
        use Verdict::{Breaking, Compatible, Review};
        let (reads, writes) = match self {
            Self::PropertyAdded | Self::KnownValueAdded | Self::Documentation | Self::SchemaAdded => {
                (Compatible, Compatible)
            }
            Self::PropertyRemoved => (Review, Breaking),
            Self::StoppedBeingRequired => (Compatible, Breaking),
            Self::BecameRequired | Self::Narrowed | Self::Closed | Self::Tightened => (Breaking, Compatible),
            Self::Widened | Self::Opened | Self::Relaxed => (Compatible, Review),
            Self::KnownValueRemoved => (Review, Compatible),
            Self::NotUnderstood => (Review, Review),
            Self::PropertyForbidden | Self::Replaced | Self::SchemaRemoved => (Breaking, Breaking),
        };
        match direction {
            Direction::Reads => reads,
            Direction::Writes => writes,
        }
    }

    /// What happened, in words for a report.
    pub fn words(self) -> &'static str {
        match self {
            Self::PropertyAdded => "property added",
            Self::PropertyRemoved => "property removed",
            Self::PropertyForbidden => "property removed and refused",
            Self::BecameRequired => "became required",
            Self::StoppedBeingRequired => "stopped being required",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Replaced => "type replaced",
            Self::KnownValueAdded => "known value added",
            Self::KnownValueRemoved => "known value removed",
            Self::Closed => "closed to unknown properties",
            Self::Opened => "opened to unknown properties",
            Self::Tightened => "constraint tightened",
            Self::Relaxed => "constraint relaxed",
            Self::Documentation => "documentation changed",
            Self::NotUnderstood => "changed in a way that has no rule",
            Self::SchemaAdded => "new schema",
            Self::SchemaRemoved => "schema removed",
        }
    }
}

/// One change, where it is and what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The place in a payload, as a JSON pointer with `*` for each item of a list; empty for the whole.
    pub at: String,
    /// What happened.
    pub kind: Kind,
    /// More about it, such as the names of types or values; may be empty.
    pub detail: String,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        write!(f, "{at}: {}", self.kind.words())?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

/// The worst verdict on these changes; none are compatible.
pub fn worst(changes: &[Change], direction: Direction) -> Verdict {
    changes.iter().map(|change| change.kind.verdict(direction)).max().unwrap_or(Verdict::Compatible)
}
