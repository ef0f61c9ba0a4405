//! What the changelog must say. It is read as Keep a Changelog has it: a section for each version under `## [X.Y.Z] - date`, what is not
//! released yet under `## [Unreleased]`, and an address for each of these names at the end.

use semver::Version;

use super::Change;

const UNRELEASED: &str = "Unreleased";

/// Where the workspace stands between two releases.
#[derive(Debug)]
pub(super) struct State<'a> {
    /// The version in the manifests.
    pub(super) version: &'a Version,
    /// The last one that was released.
    pub(super) last: Option<&'a Version>,
    /// What changed since, if that is known.
    pub(super) change: Option<Change>,
}

#[derive(Debug)]
struct Section<'a> {
    name: &'a str,
    /// What follows the name in its line.
    rest: &'a str,
    /// Whether it says anything: a heading alone does not.
    says: bool,
}

/// One sentence for each thing that is missing.
pub(super) fn problems(text: &str, state: &State<'_>) -> Vec<String> {
    let sections = sections(text);
    let version = state.version.to_string();
    let section = |name: &str| sections.iter().find(|one| one.name == name);
    let mut found = Vec::new();
    if section(UNRELEASED).is_none() {
        found.push("CHANGELOG.md has no section `## [Unreleased]`: add it before the versions.".to_owned());
    }
    let unreleased = section(UNRELEASED).is_some_and(|one| one.says);
    match (section(&version), state.last) {
        (Some(one), _) if !one.says => {
            found.push(format!("CHANGELOG.md says nothing under [{version}]: write what changes for the reader."));
        }
        (Some(one), _) if !is_dated(one.rest) => {
            found.push(format!(
                "CHANGELOG.md does not say when {version} is released: write `## [{version}] - YYYY-MM-DD`."
            ));
        }
        (None, Some(last)) if state.version != last => {
            found.push(format!(
                "CHANGELOG.md has no section [{version}]: put what is under [Unreleased] below `## [{version}] - YYYY-MM-DD`."
            ));
        }
        (None, None) if !unreleased => {
            found.push(format!(
                "CHANGELOG.md has neither a section [{version}] nor a line under [Unreleased]: write what changes for the reader."
            ));
        }
        _ => {}
    }
    // What changed after a release belongs to the next one.
    let changed = state.change.is_some_and(|change| change != Change::None);
    if state.last == Some(state.version) && changed && !unreleased {
        found.push(format!(
            "CHANGELOG.md says nothing under [Unreleased], but the API or the wire changed after {version}: write what."
        ));
    }
    for one in &sections {
        if !text.lines().any(|line| line.starts_with(&format!("[{}]: https://", one.name))) {
            found.push(format!(
                "CHANGELOG.md has no address for [{0}]: add a line `[{0}]: https://...` at its end.",
                one.name
            ));
        }
    }
    found
}

fn sections(text: &str) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    for line in text.lines() {
        if let Some((name, rest)) = line.strip_prefix("## [").and_then(|line| line.split_once(']')) {
            found.push(Section { name, rest, says: false });
        } else if let Some(last) = found.last_mut() {
            // A list's line; headings and the addresses at the end are none.
            last.says |= line.trim_start().starts_with("- ");
        }
    }
    found
}

/// Whether it reads ` - 2026-11-22`.
fn is_dated(rest: &str) -> bool {
    rest.trim_end_matches(" [YANKED]").strip_prefix(" - ").is_some_and(|date| {
        let parts: Vec<_> =
            date.split('-').map(|part| (part.len(), part.bytes().all(|one| one.is_ascii_digit()))).collect();
        parts == [(4, true), (2, true), (2, true)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(sections: &str) -> String {
        let addresses = ["Unreleased", "0.1.0", "0.2.0"].map(|name| format!("[{name}]: https://example.org/{name}"));
        format!("# Changelog\n\n{sections}\n{}\n", addresses.join("\n"))
    }

    fn found(sections: &str, last: Option<&str>, change: Option<Change>) -> String {
        let (version, last) = (Version::new(0, 2, 0), last.map(|last| Version::parse(last).unwrap()));
        problems(&log(sections), &State { version: &version, last: last.as_ref(), change }).join("\n")
    }

    const DATED: &str = "## [Unreleased]\n\n## [0.2.0] - 2026-11-22\n\n### Added\n\n- A thing.\n";
    const WAITING: &str = "## [Unreleased]\n\n### Added\n\n- A thing.\n";
    const EMPTY: &str = "## [Unreleased]\n\n### Added\n";

    #[test]
    fn before_the_first_release_either_section_will_do_and_none_will_not() {
        assert_eq!(found(DATED, None, None), "");
        assert_eq!(found(WAITING, None, None), "");
        assert!(found(EMPTY, None, None).contains("neither a section [0.2.0] nor a line under [Unreleased]"));
        assert!(found("", None, None).contains("no section `## [Unreleased]`"));
    }

    #[test]
    fn a_new_version_has_a_dated_section_of_its_own() {
        assert_eq!(found(DATED, Some("0.1.0"), Some(Change::None)), "");
        assert_eq!(found(&DATED.replace("-22", "-22 [YANKED]"), Some("0.2.0"), None), "");
        assert!(found(WAITING, Some("0.1.0"), Some(Change::None)).contains("no section [0.2.0]: put what is under"));
        assert!(found("## [Unreleased]\n## [0.2.0]\n- A.\n", Some("0.1.0"), None).contains("when 0.2.0 is released"));
        assert!(
            found("## [Unreleased]\n## [0.2.0] - soon\n- A.\n", Some("0.1.0"), None).contains("when 0.2.0 is released")
        );
        assert!(
            found("## [Unreleased]\n## [0.2.0] - 2026-11-22\n", Some("0.1.0"), None).contains("nothing under [0.2.0]")
        );
    }

    #[test]
    fn what_changes_after_a_release_is_said_under_unreleased() {
        assert_eq!(found(DATED, Some("0.2.0"), Some(Change::None)), "");
        assert!(found(DATED, Some("0.2.0"), Some(Change::Addition)).contains("changed after 0.2.0"));
        let both = DATED.replace("## [0.2.0]", "- More.\n\n## [0.2.0]");
        assert_eq!(found(&both, Some("0.2.0"), Some(Change::Breaking)), "");
    }

    #[test]
    fn each_section_has_its_address() {
        let text = DATED.replace("0.2.0", "0.3.0");
        let problem = found(&text, Some("0.1.0"), None);
        assert!(problem.contains("no address for [0.3.0]"), "{problem}");
    }
}
