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

/// The interface stays as it is; what was released on the wire did not require `run_id`, which the types of today do.
#[test]
#[ignore = "needs a nightly Rust and cargo-semver-checks"]
fn a_change_on_the_wire_alone_makes_a_release_with_too_small_a_step_be_refused() {
    let workspace = Pretend::new();
    // The folders of the schemas are no crates here.
    workspace.edit("Cargo.toml", "\"crates/*\"", "\"crates/pretend-lower\", \"crates/pretend-upper\"");
    for arguments in [&["api"][..], &["schema"], &["schema", "--release"], &["schema"]] {
        assert_eq!(workspace.xtask(arguments).code, Some(0), "{arguments:?}");
    }
    workspace.tag("v0.1.0");
    let schema = "crates/omniscribe-codify/schema/released/CodifyResponse.reads.json";
    workspace.edit(schema, "    \"final_code_assessments\",\n    \"run_id\"\n", "    \"final_code_assessments\"\n");
    assert_eq!(workspace.xtask(&["schema"]).code, Some(4));

    let release = |from: &str, to: &str| {
        for name in ["lower", "upper"] {
            workspace.edit(
                &format!("crates/pretend-{name}/Cargo.toml"),
                &format!("version = \"{from}\""),
                &format!("version = \"{to}\""),
            );
        }
        workspace.lock();
        let section = format!("## [Unreleased]\n\n### Wire\n\n## [{to}] - 2026-11-22\n\n- Something.\n");
        workspace.write(
            "CHANGELOG.md",
            &format!("# Changelog\n\n{section}\n[Unreleased]: https://example.org\n[{to}]: https://example.org\n"),
        );
        assert_eq!(workspace.xtask(&["schema"]).code, Some(4));
        workspace.xtask(&["release", "--check"])
    };
    let told = release("0.1.0", "0.1.1");
    assert_eq!(told.code, Some(1), "{}", told.text);
    for said in [
        "cargo-semver-checks on pretend-lower: nothing changed",
        "breaking   omniscribe-codify CodifyResponse (reads) /run_id: became required",
        "schemas of the wire: something breaks",
        "since v0.1.0 something breaks: the next version is at least 0.2.0",
        "the version 0.1.1 is too small a step from 0.1.0, because something breaks: set it in Cargo.toml to 0.2.0 or later.",
    ] {
        assert!(told.text.contains(said), "{said}\n{}", told.text);
    }
    let told = release("0.1.1", "0.2.0");
    assert!(told.code == Some(0) && told.text.contains("2 crates are ready to be published as 0.2.0"), "{}", told.text);
}
