//! Which combinations of features are built. All subsets would double with every feature; faults of features are nearly always in one that
//! lacks something, or in two that do not go together, so these are built, and all of them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// One combination: the features that are asked for by name, or the default ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Selection {
    /// These alone; none if empty.
    Only(BTreeSet<String>),
    /// What a user gets who says nothing.
    Default,
}

impl Selection {
    /// The arguments that ask cargo for it.
    pub(super) fn arguments(&self) -> Vec<String> {
        match self {
            Self::Default => Vec::new(),
            Self::Only(names) => {
                let mut arguments = vec!["--no-default-features".to_owned()];
                if !names.is_empty() {
                    arguments.extend(["--features".to_owned(), joined(names)]);
                }
                arguments
            }
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("(default)"),
            Self::Only(names) if names.is_empty() => f.write_str("(none)"),
            Self::Only(names) => f.write_str(&joined(names)),
        }
    }
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

/// None, the default ones, each alone, each two, and all. What would be the same build twice is there once.
pub(super) fn of(features: &BTreeMap<String, Vec<String>>) -> Vec<Selection> {
    let names: Vec<&String> = features.keys().filter(|name| *name != "default").collect();
    let only = |names: &[&String]| Selection::Only(names.iter().map(|name| (*name).clone()).collect());
    let mut selections = vec![only(&[])];
    // An empty default is the build without features. One that is not is a build of its own: it need not name all it needs.
    if features.get("default").is_some_and(|on| !on.is_empty()) {
        selections.push(Selection::Default);
    }
    selections.extend(names.iter().map(|name| only(&[name])));
    for (at, first) in names.iter().enumerate() {
        selections.extend(names[at + 1..].iter().map(|second| only(&[first, second])));
    }
    let all = only(&names);
    if !selections.contains(&all) {
        selections.push(all);
    }
    selections
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(features: &[(&str, &[&str])]) -> Vec<String> {
        let feature =
            |(name, on): &(&str, &[&str])| ((*name).to_owned(), on.iter().map(|on| (*on).to_owned()).collect());
        of(&features.iter().map(feature).collect()).iter().map(Selection::to_string).collect()
    }

    #[test]
    fn each_alone_each_two_all_none_and_the_default_are_built_once() {
        assert_eq!(shown(&[]), ["(none)"]);
        assert_eq!(shown(&[("default", &[]), ("a", &[])]), ["(none)", "a"]);
        assert_eq!(shown(&[("default", &["a"]), ("a", &[])]), ["(none)", "(default)", "a"]);
        assert_eq!(shown(&[("a", &[]), ("b", &[])]), ["(none)", "a", "b", "a,b"]);
        let three = shown(&[("a", &[]), ("b", &["a"]), ("c", &[]), ("default", &["a", "c"])]);
        assert_eq!(three, ["(none)", "(default)", "a", "b", "c", "a,b", "a,c", "b,c", "a,b,c"]);
    }

    #[test]
    fn what_is_not_asked_for_is_switched_off() {
        let arguments =
            |names: &[&str]| Selection::Only(names.iter().map(|name| (*name).to_owned()).collect()).arguments();
        assert_eq!(arguments(&[]), ["--no-default-features"]);
        assert_eq!(arguments(&["a", "b"]), ["--no-default-features", "--features", "a,b"]);
        assert_eq!(Selection::Default.arguments(), [""; 0]);
    }
}
