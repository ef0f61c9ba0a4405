//! A workspace that is ready for a release passes the check; one that is spoilt in one place fails it with a sentence that says what to do.

use std::fs;
use std::path::{Path, PathBuf};

use crate::pretend::{Pretend, Told, xtask_in};

fn check(spoil: impl FnOnce(&Pretend)) -> Told {
    let workspace = Pretend::new();
    spoil(&workspace);
    workspace.xtask(&["release", "--check"])
}

#[track_caller]
fn assert_refused(told: &Told, wanted: &str) {
    assert!(told.code == Some(1) && told.text.contains(wanted), "{wanted}\n{:?} {}", told.code, told.text);
}

#[test]
fn a_workspace_that_is_ready_is_packaged_and_built_in_the_order_of_its_needs() {
    let told = check(|_| {});
    assert_eq!(told.code, Some(0), "{}", told.text);
    let [lower, upper] = ["  pretend-lower\n", "  pretend-upper\n"].map(|line| told.text.find(line).unwrap());
    assert!(lower < upper, "{}", told.text);
    assert!(told.text.contains("SKIPPED: comparing with the last release"), "{}", told.text);
    assert!(told.text.ends_with("2 crates are ready to be published as 0.1.0\n"), "{}", told.text);
}

#[test]
fn a_missing_changelog_entry_is_refused() {
    let told = check(|one| one.edit("CHANGELOG.md", "- Everything.\n", ""));
    assert_refused(
        &told,
        "neither a section [0.1.0] nor a line under [Unreleased]: write what changes for the reader.",
    );
}

#[test]
fn a_crate_that_includes_a_file_outside_itself_is_refused() {
    let told = check(|one| {
        one.edit(
            "crates/pretend-lower/src/lib.rs",
            "pub fn",
            "#[doc = include_str!(\"../../../CHANGELOG.md\")]\npub fn",
        );
    });
    assert_refused(
        &told,
        "crates/pretend-lower/src/lib.rs needs CHANGELOG.md, which is outside of its crate: copy it into the crate.",
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_out_of_its_crate_is_refused() {
    let told =
        check(|one| std::os::unix::fs::symlink("../../CHANGELOG.md", one.path("crates/pretend-upper/log.md")).unwrap());
    assert_refused(&told, "crates/pretend-upper/log.md needs CHANGELOG.md, which is outside of its crate");
}

#[test]
fn what_a_manifest_or_a_readme_lacks_is_refused_all_at_once() {
    let told = check(|one| {
        one.edit("crates/pretend-lower/Cargo.toml", "keywords = [\"pretend\"]\n", "");
        one.edit("crates/pretend-upper/README.md", "| `more` | more |\n", "");
        one.write(
            "crates/pretend-upper/Cargo.toml",
            &format!(
                "{}\n[dev-dependencies]\npretend-lower = {{ version = \"0.1.0\", path = \"../pretend-lower\" }}\n",
                one.read("crates/pretend-upper/Cargo.toml")
            ),
        );
        one.lock();
    });
    assert_refused(&told, "3 thing(s) stand in the way of a release");
    assert_refused(&told, "crates/pretend-lower/Cargo.toml needs one to five keywords.");
    assert_refused(&told, "crates/pretend-upper/README.md has no row for the feature `more`");
    assert_refused(
        &told,
        "crates/pretend-upper/Cargo.toml asks for pretend-lower with a version of a crate that is needed for tests only",
    );
}

#[test]
fn crates_of_two_versions_are_refused() {
    let told = check(|one| {
        one.edit("crates/pretend-upper/Cargo.toml", "version = \"0.1.0\"\nedition", "version = \"0.2.0\"\nedition");
        one.lock();
    });
    assert_refused(&told, "give both `version.workspace = true`");
}

#[test]
fn a_package_with_another_licence_is_refused_with_the_command_that_mends_it() {
    let told = check(|one| one.write("crates/pretend-lower/LICENSE-MIT", "Something else.\n"));
    assert_refused(
        &told,
        "the package of pretend-lower has another text in LICENSE-MIT: cp LICENSE-MIT crates/pretend-lower/LICENSE-MIT.",
    );
}

#[test]
fn a_crate_that_builds_here_and_not_from_its_package_is_refused() {
    let told = check(|one| {
        one.edit("crates/pretend-lower/Cargo.toml", "readme = ", "exclude = [\"src/part.rs\"]\nreadme = ");
        one.edit("crates/pretend-lower/src/lib.rs", "/// One.", "mod part;\n\n/// One.");
        one.write("crates/pretend-lower/src/part.rs", "");
    });
    assert_refused(&told, "does not build from its package");
}

#[test]
fn the_last_release_is_read_from_the_tags() {
    let workspace = Pretend::new();
    let told = workspace.xtask(&["release"]);
    assert!(told.text.contains("version 0.1.0, last released: nothing"), "{}", told.text);
    workspace.tag("v0.1.0");
    let told = workspace.xtask(&["release"]);
    assert!(told.code == Some(0) && told.text.contains("version 0.1.0, last released: v0.1.0"), "{}", told.text);
}

#[test]
fn a_list_of_public_items_without_its_library_is_refused() {
    let workspace = Pretend::new();
    workspace.write("tests/api/pretend-gone.txt", "pub fn pretend_gone::gone()\n");
    let told = workspace.xtask(&["api", "--check"]);
    assert_refused(
        &told,
        "tests/api/pretend-gone.txt belongs to no published library: run `cargo xtask api`, which removes it",
    );
}

#[test]
fn without_a_nightly_the_lists_are_skipped_and_that_is_no_success() {
    let told = Pretend::new().xtask_without_programs(&["api", "--check"]);
    assert_eq!(told.code, Some(77), "{}", told.text);
    assert_eq!(told.text, "SKIPPED: no nightly Rust here, and only that writes rustdoc's JSON\n");
}

#[test]
fn a_snapshot_without_its_test_is_refused() {
    let workspace = Pretend::new();
    workspace.write("crates/pretend-lower/tests/snapshots/gone.snap", "---\nsource: tests/gone.rs\n---\n1\n");
    let told = workspace.xtask(&["snapshots", "--check"]);
    assert_refused(&told, "no test uses crates/pretend-lower/tests/snapshots/gone.snap");
    assert_refused(&told, "delete them or use them");
}

#[test]
fn a_fixture_that_was_edited_by_hand_is_refused() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for part in ["tests/fixtures", "examples/notes"] {
        copy(&here.join(part), &folder.path().join(part));
    }
    let told = xtask_in(folder.path(), &["fixtures", "--check"]);
    assert_eq!(told.code, Some(0), "{}", told.text);
    let edited = first_json(&folder.path().join("tests/fixtures/omniscribe-codify"));
    fs::write(&edited, fs::read_to_string(&edited).unwrap() + "\n").unwrap();

    let told = xtask_in(folder.path(), &["fixtures", "--check"]);
    assert_refused(&told, "omniscribe-codify: differs: ");
    assert_refused(&told, "1 fixture(s) differ: run `cargo xtask fixtures` and read what it changes");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn first_json(folder: &Path) -> PathBuf {
    let files = xtask::workspace::files_below(folder, &|path| xtask::workspace::has_extension(path, "json")).unwrap();
    files.into_iter().next().unwrap()
}
