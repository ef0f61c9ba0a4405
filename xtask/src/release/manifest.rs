//! What a manifest must say so that the registry takes the package and people find it. It reads what cargo made of the manifest, so that what
//! is inherited from the workspace counts.

use crate::packages::Package;
use crate::workspace::shown;

/// The registry's limits.
const MOST_KEYWORDS: usize = 5;
const MOST_CATEGORIES: usize = 5;
const LONGEST_KEYWORD: usize = 20;
const LONGEST_DESCRIPTION: usize = 1_000;

/// The registry's slugs (its page `/category_slugs`) among which crates of this workspace can be. Not all: an unknown one is dropped by the
/// registry without a word, so a new one is looked up once and added here.
const CATEGORIES: [&str; 31] = [
    "api-bindings",
    "asynchronous",
    "authentication",
    "caching",
    "command-line-interface",
    "command-line-utilities",
    "concurrency",
    "config",
    "cryptography",
    "data-structures",
    "database",
    "date-and-time",
    "development-tools",
    "development-tools::build-utils",
    "development-tools::debugging",
    "development-tools::testing",
    "encoding",
    "filesystem",
    "internationalization",
    "network-programming",
    "no-std",
    "parser-implementations",
    "parsing",
    "rust-patterns",
    "science",
    "simulation",
    "text-processing",
    "value-formatting",
    "web-programming",
    "web-programming::http-client",
    "web-programming::http-server",
];

/// One sentence for each thing that is missing or would be refused.
pub(super) fn problems(package: &Package) -> Vec<String> {
    let about = &package.about;
    let mut found = Vec::new();
    let mut missing = |what: &str| found.push(what.to_owned());
    match about.description.as_deref().map(str::trim) {
        None | Some("") => missing("has no description: add one sentence."),
        Some(text) if text.chars().count() > LONGEST_DESCRIPTION => {
            missing("has a description of more than 1,000 characters: cut it.");
        }
        Some(_) => {}
    }
    if about.license.is_none() && about.license_file.is_none() {
        missing("has no licence: add `license.workspace = true`.");
    }
    if about.readme.as_deref() != Some("README.md") {
        missing("does not name its own README: add `readme = \"README.md\"`.");
    }
    if about.rust_version.is_none() {
        missing("promises no oldest Rust: add `rust-version`.");
    }
    if !about.repository.as_deref().is_some_and(|address| address.starts_with("https://")) {
        missing("has no repository with https: add `repository.workspace = true`.");
    }
    if about.metadata["docs"]["rs"]["all-features"] != true {
        missing("does not ask docs.rs for all features: add `[package.metadata.docs.rs]` with `all-features = true`.");
    }
    if about.keywords.is_empty() || about.keywords.len() > MOST_KEYWORDS {
        missing("needs one to five keywords.");
    }
    for keyword in about.keywords.iter().filter(|keyword| !is_keyword(keyword)) {
        missing(&format!(
            "has the keyword \"{keyword}\": at most 20 of a-z, 0-9, -, _ and +, a letter or digit first."
        ));
    }
    if about.categories.is_empty() || about.categories.len() > MOST_CATEGORIES {
        missing("needs one to five categories.");
    }
    for slug in about.categories.iter().filter(|slug| !CATEGORIES.contains(&slug.as_str())) {
        missing(&format!(
            "has the category \"{slug}\": look it up among the registry's slugs, and add it to xtask/src/release/manifest.rs."
        ));
    }
    found.iter().map(|what| format!("{} {what}", shown(&about.manifest_path))).collect()
}

fn is_keyword(text: &str) -> bool {
    text.len() <= LONGEST_KEYWORD
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit() || "-_+".contains(one))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::packages::About;
    use crate::packages::made_up::library;

    fn complete() -> Package {
        let mut package = library("one", &[], &[]);
        package.about = About {
            description: Some("Does one thing.".into()),
            license: Some("MIT".into()),
            readme: Some("README.md".into()),
            keywords: vec!["healthcare".into(), "icd-10".into()],
            categories: vec!["api-bindings".into()],
            rust_version: Some("1.85".into()),
            repository: Some("https://example.org/one".into()),
            metadata: json!({"docs": {"rs": {"all-features": true}}}),
            manifest_path: "Cargo.toml".into(),
            ..About::default()
        };
        package
    }

    #[test]
    fn a_complete_manifest_has_no_problem() {
        assert_eq!(problems(&complete()), [""; 0]);
    }

    #[test]
    fn each_thing_that_is_missing_or_wrong_is_named_alone() {
        type Break = fn(&mut About);
        let breaks: [(Break, &str); 14] = [
            (|about| about.description = None, "no description"),
            (|about| about.description = Some(" ".into()), "no description"),
            (|about| about.description = Some("x".repeat(1_001)), "more than 1,000"),
            (|about| about.license = None, "no licence"),
            (|about| about.readme = Some("../README.md".into()), "own README"),
            (|about| about.rust_version = None, "oldest Rust"),
            (|about| about.repository = Some("http://example.org".into()), "repository"),
            (|about| about.metadata = json!(null), "docs.rs"),
            (|about| about.keywords = vec!["a".into(); 6], "one to five keywords"),
            (|about| about.keywords = vec!["two words".into()], "\"two words\""),
            (|about| about.keywords = vec!["abcdefghijklmnopqrstu".into()], "\"abcdefghijklmnopqrstu\""),
            (|about| about.keywords = vec!["-a".into()], "\"-a\""),
            (|about| about.categories.clear(), "categories"),
            (|about| about.categories = vec!["medicine".into()], "\"medicine\""),
        ];
        for (spoil, wanted) in breaks {
            let mut package = complete();
            spoil(&mut package.about);
            let found = problems(&package);
            assert!(found.len() == 1 && found[0].contains(wanted), "{wanted}: {found:?}");
            assert!(found[0].starts_with("Cargo.toml "), "{found:?}");
        }
    }
}
