//! Which files the example `conformance` reads.

#[path = "../../examples/conformance/files.rs"]
mod files;

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of this test run, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn json_files_are_read_whatever_the_case_of_their_name_and_an_npm_packages_own_are_not() {
    let folder = folder("conformance-names");
    fs::create_dir(folder.join("below")).unwrap();
    for name in ["a.json", "B.JSON", "below/c.Json", "package.json", ".index.json", "json", "d.ndjson"] {
        fs::write(folder.join(name), "{}").unwrap();
    }
    let found = files::below(&folder).unwrap();
    assert_eq!(found, ["B.JSON", "a.json", "below/c.Json"].map(|name| folder.join(name)));
}

#[test]
fn a_folder_that_is_missing_empty_or_none_is_an_error_with_its_name() {
    let folder = folder("conformance-none");
    let (name, x) = (folder.display(), folder.join("x"));
    assert_eq!(files::below(&folder).unwrap_err(), format!("no JSON files in {name}"));
    let missing = files::below(&x).unwrap_err();
    assert_eq!(missing, format!("{} does not exist: name a folder with JSON files", x.display()));
    fs::write(folder.join("x"), "").unwrap();
    let file = files::below(&x).unwrap_err();
    assert_eq!(file, format!("{} is no folder: name a folder with JSON files", x.display()));
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_one_that_leads_back_ends_nothing() {
    use std::os::unix::fs::symlink;

    let folder = folder("conformance-links");
    let elsewhere = self::folder("conformance-elsewhere");
    fs::write(elsewhere.join("a.json"), "{}").unwrap();
    symlink(&elsewhere, folder.join("elsewhere")).unwrap();
    symlink(&folder, folder.join("back")).unwrap();
    symlink(&folder, elsewhere.join("back")).unwrap();
    symlink("itself", folder.join("itself")).unwrap();
    let found = files::below(&folder).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("a.json"));
}
