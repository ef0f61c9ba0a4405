//! Which files there are to read: all JSON files below a folder, also where a link leads, each folder once. A folder without any is an error, because a
//! run over nothing says nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The JSON files below a folder, in the order of their paths.
///
/// # Errors
///
/// A sentence, if there is no such folder, if one below it cannot be listed, or if there are no files.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, String> {
    if !folder.is_dir() {
        let what = if folder.exists() { "is no folder" } else { "does not exist" };
        return Err(format!("{} {what}: name a folder with JSON files", folder.display()));
    }
    let mut files = Vec::new();
    collect(folder, &mut BTreeSet::new(), &mut files)?;
    if files.is_empty() {
        return Err(format!("no JSON files in {}", folder.display()));
    }
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, seen: &mut BTreeSet<PathBuf>, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let told = |error: std::io::Error| format!("cannot list {}: {error}", folder.display());
    // A link may lead back to where we are.
    if !seen.insert(folder.canonicalize().map_err(told)?) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            collect(&path, seen, files)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && !is_npm(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// The two files that say what an npm package is, and are no resources.
fn is_npm(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "package.json" || name == ".index.json")
}
