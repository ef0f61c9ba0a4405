//! What needs tools that a newcomer does not have: a nightly Rust, and cargo-semver-checks, which takes minutes to build. The gate runs these
//! where the tools are; `XTASK_TOOLS` names the folder with `bin/cargo-semver-checks`.

use crate::pretend::Pretend;

#[test]
#[ignore = "needs a nightly Rust"]
fn a_changed_interface_is_refused_until_its_list_is_written_again() {
    let workspace = Pretend::new();
    let told = workspace.xtask(&["api", "--check"]);
    assert!(told.code == Some(1) && told.text.contains("run `cargo xtask api`"), "{}", told.text);
    assert_eq!(workspace.xtask(&["api"]).code, Some(0));
    let list = workspace.read("tests/api/pretend-lower.txt");
    assert_eq!(list, "pub mod pretend_lower\npub fn pretend_lower::one() -> u8\n");
    assert_eq!(workspace.xtask(&["api", "--check"]).code, Some(0));

    workspace.edit("crates/pretend-lower/src/lib.rs", "-> u8", "-> u16");
    let told = workspace.xtask(&["api", "--check"]);
    assert_eq!(told.code, Some(1), "{}", told.text);
    assert!(
        told.text.contains("- pub fn pretend_lower::one() -> u8\n  + pub fn pretend_lower::one() -> u16"),
        "{}",
        told.text
    );
    assert!(
        told.text.contains("tests/api/pretend-lower.txt: run `cargo xtask api` and read what it changes"),
        "{}",
        told.text
    );
}

/// Both voices are heard apart: the lists of items are left as they were where only cargo-semver-checks can see the change.
#[test]
#[ignore = "needs a nightly Rust and cargo-semver-checks"]
fn the_verdict_since_a_tag_decides_the_smallest_next_version() {
    let workspace = Pretend::new();
    let source = "crates/pretend-lower/src/lib.rs";
    let told = workspace.xtask(&["api", "--verdict"]);
    assert!(told.code == Some(77) && told.text.contains("SKIPPED: there is no release"), "{}", told.text);
    assert_eq!(workspace.xtask(&["api"]).code, Some(0));
    workspace.tag("v0.1.0");
    let verdict = || {
        let told = workspace.xtask(&["api", "--verdict"]);
        assert_eq!(told.code, Some(0), "{}", told.text);
        told.text
    };

    let text = verdict();
    assert!(text.contains("cargo-semver-checks on pretend-upper: nothing changed"), "{text}");
    assert!(text.ends_with("since v0.1.0 nothing changed: the next version is at least 0.1.1\n"), "{text}");

    workspace.edit(source, "pub fn one", "pub fn more() {}\n\n/// One.\npub fn one");
    assert_eq!(workspace.xtask(&["api"]).code, Some(0));
    let text = verdict();
    assert!(text.contains("tests/api/pretend-lower.txt: something was added"), "{text}");
    assert!(text.ends_with("since v0.1.0 something was added: the next version is at least 0.1.1\n"), "{text}");

    // Without the lists: `more` instead of `one`.
    workspace.edit(source, "/// One.\npub fn one() -> u8 {\n    1\n}\n", "");
    workspace.edit("crates/pretend-upper/src/lib.rs", "pretend_lower::one() + 1", "2");
    let text = verdict();
    assert!(text.contains("function_missing"), "{text}");
    assert!(text.contains("cargo-semver-checks on pretend-lower: something breaks"), "{text}");
    assert!(text.contains("tests/api/pretend-lower.txt: something was added"), "{text}");
    assert!(text.ends_with("since v0.1.0 something breaks: the next version is at least 0.2.0\n"), "{text}");
}
