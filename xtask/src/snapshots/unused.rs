//! Finds snapshots that no test asks for. insta writes down each snapshot file a test compares with, if a variable names
//! a file for it; what exists and is not written there is unused. That only holds for a run in which every test passed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

/// The list of snapshots used by one run.
#[derive(Debug)]
pub(super) struct References {
    list: PathBuf,
}

impl References {
    /// An empty list below the given folder.
    pub(super) fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let list = folder.join("snapshot-references.txt");
        match fs::remove_file(&list) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", list.display()))
            }
            _ => Ok(Self { list }),
        }
    }

    /// Makes a test run write the list.
    pub(super) fn record(&self, mut run: Command) -> Command {
        run.env("INSTA_SNAPSHOT_REFERENCES_FILE", &self.list);
        run
    }

    /// Those of the existing snapshots that are not in the list.
    pub(super) fn unused(&self, existing: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let text = match fs::read_to_string(&self.list) {
            Ok(text) => text,
            // No test has a snapshot: insta never wrote.
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", self.list.display()));
            }
        };
        let used: BTreeSet<PathBuf> = text.lines().map(|line| canonical(Path::new(line))).collect();
        Ok(existing.iter().filter(|path| !used.contains(&canonical(path))).cloned().collect())
    }
}

/// insta's paths may go through `..`; both sides are brought to one form.
fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_unused_if_no_test_named_it_in_any_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let (used, unused) = (folder.path().join("used.snap"), folder.path().join("unused.snap"));
        fs::write(&used, "").unwrap();
        fs::write(&unused, "").unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        let references = References::in_folder(folder.path()).unwrap();
        let spelt = folder.path().join("sub/../used.snap");
        fs::write(&references.list, format!("{}\n", spelt.display())).unwrap();

        assert_eq!(references.unused(&[used, unused.clone()]).unwrap(), [unused]);
    }

    #[test]
    fn without_any_reference_every_snapshot_is_unused() {
        let folder = tempfile::tempdir().unwrap();
        let references = References::in_folder(folder.path()).unwrap();
        let alone = folder.path().join("alone.snap");
        assert_eq!(references.unused(std::slice::from_ref(&alone)).unwrap(), [alone]);
    }

    #[test]
    fn a_list_of_an_earlier_run_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.snap");
        fs::write(&old, "").unwrap();
        let references = References::in_folder(folder.path()).unwrap();
        fs::write(&references.list, format!("{}\n", old.display())).unwrap();

        let fresh = References::in_folder(folder.path()).unwrap();

        assert_eq!(fresh.unused(std::slice::from_ref(&old)).unwrap(), [old]);
    }
}
