//! What the difference between two sets of schemas comes to: lines for people, the worst verdict, and the changelog's section `Wire`.

use super::compare::compare;
use super::derived::{Schemas, Subject};
use super::verdict::{Change, Kind, Verdict, worst};

/// The heading of the section, and the one that it stands below.
const HEADING: &str = "### Wire";
const UNRELEASED: &str = "## [Unreleased]";

/// What changed, by schema. A schema without a change is not in it.
#[derive(Debug, Default)]
pub(super) struct Report {
    entries: Vec<(Subject, Vec<Change>)>,
    /// Whether there was something to compare with.
    has_base: bool,
}

impl Report {
    pub(super) fn new(old: &Schemas, new: &Schemas) -> Self {
        let whole = |kind| vec![Change { at: String::new(), kind, detail: String::new() }];
        let mut entries = Vec::new();
        for (subject, schema) in new {
            let changes = old.get(subject).map_or_else(|| whole(Kind::SchemaAdded), |old| compare(old, schema));
            entries.push((subject.clone(), changes));
        }
        for subject in old.keys().filter(|subject| !new.contains_key(subject)) {
            entries.push((subject.clone(), whole(Kind::SchemaRemoved)));
        }
        entries.retain(|(_, changes)| !changes.is_empty());
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        if old.is_empty() {
            // Everything is new in a first release, and nobody has to be told so line by line.
            entries.clear();
        }
        Self { entries, has_base: !old.is_empty() }
    }

    pub(super) fn verdict(&self) -> Verdict {
        let verdicts = self.entries.iter().map(|(subject, changes)| worst(changes, subject.direction));
        verdicts.max().unwrap_or(Verdict::Compatible)
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let entry = |(subject, changes): &(Subject, Vec<Change>)| {
            let line = |change: &Change| {
                let verdict = change.kind.verdict(subject.direction).name();
                format!("{verdict:<10} {subject} {change}")
            };
            changes.iter().map(line).collect::<Vec<_>>()
        };
        let mut lines: Vec<String> = self.entries.iter().flat_map(entry).collect();
        if !self.has_base {
            lines.push("nothing was released yet, so there is nothing to compare with".to_owned());
        }
        lines
    }

    /// The section for the changelog, without its heading.
    fn section(&self) -> String {
        if !self.has_base {
            return "The schemas of everything that goes over the wire are in `crates/*/schema`. From the next release on, this section lists what \
                    changed in them.\n"
                .to_owned();
        }
        if self.entries.is_empty() {
            return "Nothing changed.\n".to_owned();
        }
        let mut text = String::new();
        for (subject, changes) in &self.entries {
            for change in changes {
                let verdict = change.kind.verdict(subject.direction).name();
                let Subject { package, name, direction } = subject;
                let at = if change.at.is_empty() { String::new() } else { format!(" at `{}`", change.at) };
                let detail = if change.detail.is_empty() { String::new() } else { format!(" ({})", change.detail) };
                let words = change.kind.words();
                text.push_str(
                    &[
                        "- `",
                        package,
                        "`, `",
                        name,
                        "` ",
                        direction.name(),
                        ": ",
                        words,
                        &at,
                        &detail,
                        ": ",
                        verdict,
                        ".\n",
                    ]
                    .concat(),
                );
            }
        }
        text
    }

    /// The changelog with this section below "Unreleased"; `None` if it has no such heading.
    pub(super) fn into_changelog(self, changelog: &str) -> Option<String> {
        let start = changelog.find(&format!("{UNRELEASED}\n"))? + UNRELEASED.len() + 1;
        let rest = &changelog[start..];
        // The versions below have sections of the same name, which are history.
        let end = rest.find("\n## ").map_or(rest.len(), |at| at + 1);
        let (unreleased, below) = rest.split_at(end);
        let section = format!("{HEADING}\n\n{}", self.section());
        let unreleased = match unreleased.find(&format!("{HEADING}\n")) {
            Some(at) => {
                let after = &unreleased[at + HEADING.len()..];
                let next = ["\n### ", "\n["].into_iter().filter_map(|mark| after.find(mark)).min();
                let kept = next.map_or("", |next| &after[next..]);
                format!("{}{section}{kept}", &unreleased[..at])
            }
            // As the first section, because it is what an upgrade is decided by.
            None => format!("\n{section}{unreleased}"),
        };
        Some(format!("{}{unreleased}{below}", &changelog[..start]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::verdict::Direction;
    use super::*;

    fn one(direction: Direction, schema: serde_json::Value) -> Schemas {
        let subject = Subject { package: "vendor".to_owned(), name: "Order".to_owned(), direction };
        Schemas::from([(subject, schema)])
    }

    #[test]
    fn a_schema_that_comes_is_compatible_and_one_that_goes_is_breaking() {
        for direction in Direction::ALL {
            let (there, mut more) = (one(direction, json!({})), one(direction, json!({})));
            let other = Subject { package: "vendor".to_owned(), name: "Refill".to_owned(), direction };
            more.insert(other, json!({}));
            assert_eq!(Report::new(&there, &more).verdict(), Verdict::Compatible);
            assert_eq!(Report::new(&there, &more).lines().len(), 1);
            assert_eq!(Report::new(&more, &there).verdict(), Verdict::Breaking);
            let first = Report::new(&Schemas::new(), &more);
            assert_eq!((first.verdict(), first.lines().len()), (Verdict::Compatible, 1));
        }
    }

    #[test]
    fn the_changelog_gets_one_section_and_nothing_else_of_it_changes() {
        let old = one(Direction::Reads, json!({"type": "object", "properties": {"a": {"type": "string"}}}));
        let new = one(Direction::Reads, json!({"type": "object", "properties": {"a": {"type": "integer"}}}));
        let report = || Report::new(&old, &new);
        let before =
            "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0]\n\n### Wire\n\n- History.\n";
        let after = report().into_changelog(before).unwrap();
        let line = "- `vendor`, `Order` reads: type replaced at `/a` (string to integer): breaking.\n";
        assert_eq!(after, before.replace("\n\n### Added", &format!("\n\n### Wire\n\n{line}\n### Added")));
        assert_eq!(report().into_changelog(&after).unwrap(), after, "it is written twice");
        let again = Report::new(&new, &new).into_changelog(&after).unwrap();
        assert_eq!(again, after.replace(line, "Nothing changed.\n"));
        assert!(report().into_changelog("# Changelog\n").is_none());
    }

    #[test]
    fn a_section_that_stands_last_ends_before_the_links() {
        let before = "## [Unreleased]\n\n### Wire\n\n- Old.\n\n[Unreleased]: https://example.org\n";
        let report = Report::new(&Schemas::new(), &Schemas::new());
        let after = report.into_changelog(before).unwrap();
        assert!(!after.contains("Old.") && after.ends_with("\n\n[Unreleased]: https://example.org\n"), "{after}");
    }
}
