//! How far a version must go. The rules are those of Semantic Versioning as cargo reads it: before 1.0.0 the minor number is the one that
//! breaks, and 0.0.z breaks each time. This is the one place where a verdict becomes a number.

use std::fmt;

use semver::Version;

/// What changed for those who use a crate, from nothing to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Nothing that they could notice at compile time or on the wire.
    None,
    /// Something new, or something that a person should look at.
    Addition,
    /// A program that was right may not compile or not be understood any more.
    Breaking,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "nothing changed",
            Self::Addition => "something was added",
            Self::Breaking => "something breaks",
        })
    }
}

/// The smallest version that may follow on the last one with this change.
pub fn smallest(last: &Version, change: Change) -> Version {
    let Version { major, minor, patch, .. } = *last;
    let (major, minor, patch) = match (change, major, minor) {
        (Change::Breaking, 1.., _) => (major + 1, 0, 0),
        (Change::Breaking, 0, 1..) | (Change::Addition, 1.., _) => (major, minor + 1, 0),
        // 0.0.z promises nothing, and what is only added to 0.y is compatible.
        _ => (major, minor, patch + 1),
    };
    Version::new(major, minor, patch)
}

/// What is wrong with this version after that one, if anything. Between two releases the version is that of the last one.
pub(super) fn problem(version: &Version, last: &Version, change: Change) -> Option<String> {
    let smallest = smallest(last, change);
    // What is tried before 0.2.0 goes as far as 0.2.0.
    let reached = Version { pre: semver::Prerelease::EMPTY, ..version.clone() };
    if version < last {
        return Some(format!(
            "the version {version} is before the last release {last}: set it in Cargo.toml to {smallest} or later."
        ));
    }
    (version != last && reached < smallest).then(|| {
        format!("the version {version} is too small a step from {last}, because {change}: set it in Cargo.toml to {smallest} or later.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_version_follows_from_the_last_one_and_the_change() {
        for (last, change, wanted) in [
            ("1.2.3", Change::None, "1.2.4"),
            ("1.2.3", Change::Addition, "1.3.0"),
            ("1.2.3", Change::Breaking, "2.0.0"),
            ("0.2.3", Change::None, "0.2.4"),
            ("0.2.3", Change::Addition, "0.2.4"),
            ("0.2.3", Change::Breaking, "0.3.0"),
            ("0.0.3", Change::Breaking, "0.0.4"),
        ] {
            let last = Version::parse(last).unwrap();
            assert_eq!(smallest(&last, change).to_string(), wanted, "{last} and {change:?}");
        }
    }

    #[test]
    fn a_version_that_goes_less_far_than_the_change_is_refused_with_the_one_that_would_do() {
        let problem = |version: &str, change| {
            problem(&Version::parse(version).unwrap(), &Version::new(0, 2, 3), change).unwrap_or_default()
        };
        // Nobody is about to release.
        assert_eq!(problem("0.2.3", Change::Breaking), "");
        assert_eq!(problem("0.2.4", Change::Addition), "");
        assert!(problem("0.2.4", Change::Breaking).ends_with("to 0.3.0 or later."));
        assert_eq!(problem("0.3.0", Change::Breaking), "");
        assert_eq!(problem("0.3.0-rc.1", Change::Breaking), "");
        assert!(problem("0.2.2", Change::None).contains("before the last release 0.2.3"));
    }

    #[test]
    fn the_worst_of_several_changes_counts() {
        assert_eq!([Change::Addition, Change::Breaking, Change::None].into_iter().max(), Some(Change::Breaking));
        assert!(Change::None < Change::Addition);
    }
}
