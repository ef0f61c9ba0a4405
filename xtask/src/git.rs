//! What git knows about releases: the last tag, and how a file was then. It reads only; tags are made by a person (`RELEASING.md`).

use std::process::Command;

use anyhow::Result;
use semver::Version;

use crate::workspace;

/// A release: its tag `vX.Y.Z` and the version in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// What was released.
    pub version: Version,
    /// The tag's name.
    pub name: String,
}

/// The greatest version that is tagged in the history of what is checked out; nothing outside a git checkout.
///
/// # Errors
///
/// If git cannot be started.
pub fn last_tag() -> Result<Option<Tag>> {
    let output = git(&["tag", "--list", "v*", "--merged", "HEAD"]).output()?;
    // Outside a checkout, and before the first commit, nothing was released.
    Ok(output.status.success().then(|| greatest(&String::from_utf8_lossy(&output.stdout))).flatten())
}

fn greatest(names: &str) -> Option<Tag> {
    let tag = |name: &str| {
        let version = Version::parse(name.strip_prefix('v')?).ok()?;
        // What is tried before a release promises nothing.
        version.pre.is_empty().then(|| Tag { version, name: name.to_owned() })
    };
    names.lines().filter_map(tag).max()
}

/// The names of the files below a folder at a tag, seen from the root.
///
/// # Errors
///
/// If git does not know the tag.
pub fn files_at(tag: &Tag, folder: &str) -> Result<Vec<String>> {
    let text = workspace::output(&mut git(&["ls-tree", "-r", "--name-only", &tag.name, "--", folder]))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The text of a file at a tag.
///
/// # Errors
///
/// If there was no such file.
pub fn text_at(tag: &Tag, file: &str) -> Result<String> {
    workspace::output(&mut git(&["show", &format!("{}:{file}", tag.name)]))
}

fn git(arguments: &[&str]) -> Command {
    let mut command = workspace::command("git");
    command.args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::greatest;

    #[test]
    fn the_last_release_is_the_greatest_version_and_not_the_last_line() {
        let tag = greatest("v0.10.0\nv0.2.0\nv0.9.1\n").unwrap();
        assert_eq!((tag.name.as_str(), tag.version.minor), ("v0.10.0", 10));
    }

    #[test]
    fn what_is_no_version_or_was_only_tried_is_no_release() {
        assert_eq!(greatest("vendor\nv1\nv0.2.0-rc.1\n0.3.0\n"), None);
    }
}
