//! What the README of each crate must have, because it is all that somebody sees who finds the crate by itself: an example that is compiled, the
//! features, the oldest Rust, and what to know about security. That the example is right is for the documentation tests to say.

use std::fs;

use anyhow::{Context as _, Result};

use crate::packages::Package;
use crate::workspace::shown;

/// One sentence for each thing that the README lacks.
pub(super) fn problems(package: &Package) -> Result<Vec<String>> {
    let path = package.folder().join("README.md");
    let Ok(text) = fs::read_to_string(&path) else {
        return Ok(vec![format!("{} is missing: write it.", shown(&path))]);
    };
    let mut sources = String::new();
    for source in package.sources().filter(|source| package.library().is_some() && source.ends_with("src/lib.rs")) {
        sources.push_str(&fs::read_to_string(source).with_context(|| format!("cannot read {}", shown(source)))?);
    }
    Ok(lacking(package, &text, &sources).into_iter().map(|what| format!("{} {what}", shown(&path))).collect())
}

fn lacking(package: &Package, text: &str, library: &str) -> Vec<String> {
    let mut found = Vec::new();
    if text.lines().next() != Some(&format!("# {}", package.name)) {
        found.push(format!("does not begin with `# {}`.", package.name));
    }
    if package.library().is_some() {
        if !examples(text).any(is_compiled) {
            found.push("has no example: add one in a block that begins with ```rust.".to_owned());
        }
        if !library.contains("doc = include_str!(\"../README.md\")") {
            found.push("is not compiled: add `#![doc = include_str!(\"../README.md\")]` to src/lib.rs.".to_owned());
        }
    } else if !examples(text).any(|language| language == "sh") {
        found.push("has no example: add one in a block that begins with ```sh.".to_owned());
    }
    features(package, text, &mut found);
    if let Some(version) = &package.about.rust_version {
        let sentence = format!("Minimum supported Rust: {version}");
        // Not the beginning of another number.
        let is_said = text.match_indices(&sentence).any(|(at, _)| {
            let after = &text[at + sentence.len()..];
            !after.trim_start_matches('.').starts_with(|next: char| next.is_ascii_digit())
        });
        if !is_said {
            found.push(format!("does not say \"{sentence}\", as its manifest does: add it."));
        }
    }
    if section(text, "Security").is_none_or(|body| body.trim().is_empty()) {
        found.push("has no section `## Security`: say what the crate guards and link SECURITY.md.".to_owned());
    }
    found
}

/// The table has a row for each feature and for no other.
fn features(package: &Package, text: &str, found: &mut Vec<String>) {
    let rows: Vec<&str> = section(text, "Features")
        .unwrap_or_default()
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0))
        .collect();
    for feature in package.features.keys().filter(|name| *name != "default" && !rows.contains(&name.as_str())) {
        found.push(format!("has no row for the feature `{feature}`: add it to the table under `## Features`."));
    }
    for row in rows.iter().filter(|row| !package.features.contains_key(**row)) {
        found
            .push(format!("has a row for `{row}`, which is no feature: take it out of the table under `## Features`."));
    }
}

/// What stands in the lines that open a code block.
fn examples(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.strip_prefix("```")).step_by(2)
}

fn is_compiled(language: &str) -> bool {
    let mut words = language.split([',', ' ']);
    words.next() == Some("rust") && words.all(|word| !matches!(word, "ignore" | "compile_fail"))
}

/// The text below a heading of the second level.
fn section<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let heading = format!("\n## {name}\n");
    let body = &text[text.find(&heading)? + heading.len()..];
    Some(body.split("\n## ").next().unwrap_or(body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packages::made_up::library;

    const GOOD: &str = "# one\n\n```rust,no_run\nfn main() {}\n```\n\n## Features\n\n| feature | what |\n|---|---|\n| `extra` | more |\n
## Security\n\nNothing is sent.\n\nMinimum supported Rust: 1.85.\n";
    const COMPILED: &str = "#![doc = include_str!(\"../README.md\")]";

    fn found(text: &str, library_source: &str) -> Vec<String> {
        let mut package = library("one", &[], &[("default", &[]), ("extra", &[])]);
        package.about.rust_version = Some("1.85".into());
        lacking(&package, text, library_source)
    }

    #[test]
    fn a_complete_readme_lacks_nothing() {
        assert_eq!(found(GOOD, COMPILED), [""; 0]);
    }

    #[test]
    fn each_thing_that_a_readme_lacks_is_named_alone() {
        for (from, to, wanted) in [
            ("# one\n", "# two\n", "begin with `# one`"),
            ("```rust,no_run", "```text", "no example"),
            ("```rust,no_run", "```rust,ignore", "no example"),
            ("| `extra`", "| extra", "no row for the feature `extra`"),
            ("| `extra` | more |", "| `extra` | more |\n| `old` | gone |", "row for `old`"),
            ("1.85", "1.8", "\"Minimum supported Rust: 1.85\""),
            ("1.85", "1.85.1", "\"Minimum supported Rust: 1.85\""),
            ("1.85", "1.857", "\"Minimum supported Rust: 1.85\""),
            ("## Security", "## Privacy", "`## Security`"),
            ("Nothing is sent.\n\nMinimum", "\n## Versions\nMinimum", "`## Security`"),
        ] {
            let found = found(&GOOD.replace(from, to), COMPILED);
            assert!(found.len() == 1 && found[0].contains(wanted), "{wanted}: {found:?}");
        }
        let found = found(GOOD, "//! A crate.");
        assert!(found.len() == 1 && found[0].contains("is not compiled"), "{found:?}");
    }

    #[test]
    fn a_closing_fence_is_no_example_of_a_program() {
        let languages: Vec<_> = examples("```sh\nrun\n```\ntext\n```rust\n```\n").collect();
        assert_eq!(languages, ["sh", "rust"]);
    }
}
