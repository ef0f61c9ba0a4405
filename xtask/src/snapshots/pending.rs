//! Snapshots that a test run left for review: `*.snap.new` files, and `.*.pending-snap` notes for snapshots written
//! inside a source file. It shows and moves files; it does not edit sources.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use similar::{ChangeTag, TextDiff};

use crate::workspace::{files_below, has_extension, shown};

/// How many changed lines a summary shows before it says how many more there are.
const SHOWN_LINES: usize = 40;

/// One snapshot waiting for a person.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pending {
    /// A new text beside the snapshot it would replace.
    File {
        /// The `.snap.new`.
        new: PathBuf,
    },
    /// A note that a snapshot inside a source file differs.
    Inline {
        /// The note, which is named after the source file.
        source: PathBuf,
    },
}

/// Everything that waits below a folder.
pub(super) fn find(root: &Path) -> Result<Vec<Pending>> {
    let files = files_below(root, &|path| {
        let snapshot = path.with_extension("");
        has_extension(path, "pending-snap") || (has_extension(path, "new") && has_extension(&snapshot, "snap"))
    })?;
    Ok(files
        .into_iter()
        .map(
            |path| {
                if has_extension(&path, "new") { Pending::File { new: path } } else { Pending::Inline { source: path } }
            },
        )
        .collect())
}

impl Pending {
    /// The file that waits.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::File { new } => new,
            Self::Inline { source } => source,
        }
    }

    /// The file that a person reads or changes: the snapshot, or the source with a snapshot inside.
    pub(super) fn subject(&self) -> PathBuf {
        match self {
            Self::File { new } => new.with_extension(""),
            Self::Inline { source } => {
                let name = source.with_extension("");
                let name = name.file_name().unwrap_or_default().to_string_lossy();
                source.with_file_name(name.trim_start_matches('.'))
            }
        }
    }

    /// The name and the changed lines, for a person.
    pub(super) fn summary(&self) -> Result<String> {
        let Self::File { new } = self else {
            return Ok(format!(
                "{}: a snapshot inside this source differs; `cargo test` shows how",
                shown(&self.subject())
            ));
        };
        let old_path = self.subject();
        let new_text = read(new)?;
        if !old_path.exists() {
            return Ok(format!("{}: new\n{}", shown(&old_path), lines_of(&new_text)));
        }
        let old_text = read(&old_path)?;
        Ok(format!("{}: changed\n{}", shown(&old_path), difference(content(&old_text), content(&new_text))))
    }

    /// Moves the new text into place, without the line number of the assertion: it changes with every edit above it.
    pub(super) fn accept(&self) -> Result<PathBuf> {
        let new = self.path();
        let accepted = self.subject();
        let text = without_assertion_line(&read(new)?);
        fs::write(&accepted, text).with_context(|| format!("cannot write {}", shown(&accepted)))?;
        fs::remove_file(new).with_context(|| format!("cannot remove {}", shown(new)))?;
        Ok(accepted)
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", shown(path)))
}

/// Splits a snapshot file into its header and its content. The header is the part between two `---` lines.
fn parts(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("---\n")?;
    let end = rest.find("\n---\n")?;
    Some((&rest[..end], &rest[end + "\n---\n".len()..]))
}

fn content(text: &str) -> &str {
    parts(text).map_or(text, |(_, content)| content)
}

fn without_assertion_line(text: &str) -> String {
    let Some((header, content)) = parts(text) else {
        return text.to_owned();
    };
    let kept: Vec<&str> = header.lines().filter(|line| !line.starts_with("assertion_line:")).collect();
    format!("---\n{}\n---\n{content}", kept.join("\n"))
}

fn difference(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let changed: Vec<String> = diff
        .iter_all_changes()
        .filter_map(|change| match change.tag() {
            ChangeTag::Equal => None,
            ChangeTag::Delete => Some(format!("  - {}", change.value().trim_end_matches('\n'))),
            ChangeTag::Insert => Some(format!("  + {}", change.value().trim_end_matches('\n'))),
        })
        .collect();
    if changed.is_empty() {
        return "  (only the header differs)".to_owned();
    }
    cut(&changed)
}

fn lines_of(text: &str) -> String {
    let lines: Vec<String> = content(text).lines().map(|line| format!("  + {line}")).collect();
    cut(&lines)
}

fn cut(lines: &[String]) -> String {
    let mut shown = lines[..lines.len().min(SHOWN_LINES)].to_vec();
    if lines.len() > SHOWN_LINES {
        shown.push(format!("  ... and {} more lines", lines.len() - SHOWN_LINES));
    }
    shown.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "---\nsource: tests/it/a.rs\nexpression: value\n---\none\ntwo\n";
    const NEW: &str = "---\nsource: tests/it/a.rs\nassertion_line: 12\nexpression: value\n---\none\nthree\n";

    #[test]
    fn what_waits_is_found_in_every_folder_but_build_results() {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["a/snapshots", "target/snapshots", ".git"] {
            fs::create_dir_all(folder.path().join(sub)).unwrap();
            fs::write(folder.path().join(sub).join("x.snap.new"), NEW).unwrap();
        }
        fs::write(folder.path().join("a/snapshots/x.snap"), OLD).unwrap();
        fs::write(folder.path().join("a/.b.rs.pending-snap"), "{}").unwrap();

        let found = find(folder.path()).unwrap();

        assert_eq!(
            found,
            [
                Pending::Inline { source: folder.path().join("a/.b.rs.pending-snap") },
                Pending::File { new: folder.path().join("a/snapshots/x.snap.new") },
            ]
        );
    }

    #[test]
    fn a_note_about_a_snapshot_inside_a_source_names_the_source() {
        let note = Pending::Inline { source: PathBuf::from("a/tests/.b.rs.pending-snap") };
        assert_eq!(note.subject(), Path::new("a/tests/b.rs"));
    }

    #[test]
    fn accepting_replaces_the_snapshot_and_drops_the_line_number() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("x.snap.new");
        fs::write(&new, NEW).unwrap();
        fs::write(folder.path().join("x.snap"), OLD).unwrap();

        Pending::File { new: new.clone() }.accept().unwrap();

        assert!(!new.exists());
        assert_eq!(fs::read_to_string(folder.path().join("x.snap")).unwrap(), OLD.replace("two", "three"));
    }

    #[test]
    fn a_summary_shows_the_changed_lines_and_only_those() {
        assert_eq!(difference(content(OLD), content(NEW)), "  - two\n  + three");
    }

    #[test]
    fn a_line_of_the_content_that_looks_like_a_header_is_kept() {
        let text = "---\nsource: a\nassertion_line: 3\n---\nassertion_line: 3\n---\nend\n";
        assert_eq!(without_assertion_line(text), "---\nsource: a\n---\nassertion_line: 3\n---\nend\n");
    }
}
