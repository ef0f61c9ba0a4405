//! One dependency tree, read from what `cargo tree --prefix depth` prints: which packages are in it, and which asks for which.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};

/// The packages below one package, itself included, and who asks for whom.
#[derive(Debug, Default)]
pub(super) struct Tree {
    packages: BTreeSet<(String, String)>,
    edges: BTreeSet<(String, String)>,
}

impl Tree {
    /// Reads a tree: on each line the depth, the name, the version, and remarks in parentheses.
    ///
    /// # Errors
    ///
    /// If a line has another form, or there is none: a check of nothing would pass.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut tree = Self::default();
        let mut path: Vec<String> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let strange = || format!("this line of `cargo tree` was not understood: {line}");
            let digits = line.find(|c: char| !c.is_ascii_digit()).with_context(strange)?;
            let (depth, rest) = line.split_at(digits);
            let depth: usize = depth.parse().with_context(strange)?;
            let mut words = rest.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next().and_then(|word| word.strip_prefix('v')))
            else {
                bail!(strange());
            };
            if depth > path.len() || (depth == 0) != tree.packages.is_empty() {
                bail!(strange());
            }
            path.truncate(depth);
            if let Some(parent) = path.last() {
                tree.edges.insert((parent.clone(), name.to_owned()));
            }
            path.push(name.to_owned());
            tree.packages.insert((name.to_owned(), version.to_owned()));
        }
        if tree.packages.is_empty() {
            bail!("`cargo tree` printed nothing");
        }
        Ok(tree)
    }

    /// The number of packages; two versions of one count as two.
    pub(super) fn len(&self) -> usize {
        self.packages.len()
    }

    /// The versions of a package in it.
    pub(super) fn versions(&self, name: &str) -> Vec<&str> {
        self.packages.iter().filter(|(found, _)| found == name).map(|(_, version)| version.as_str()).collect()
    }

    /// Whether the package is in it.
    pub(super) fn has(&self, name: &str) -> bool {
        !self.versions(name).is_empty()
    }

    /// Who asks for a package.
    pub(super) fn parents(&self, name: &str) -> Vec<&str> {
        self.edges.iter().filter(|(_, child)| child == name).map(|(parent, _)| parent.as_str()).collect()
    }

    /// What this tree has and the other has not, as `name version`.
    pub(super) fn beyond(&self, other: &Self) -> Vec<String> {
        self.packages.difference(&other.packages).map(|(name, version)| format!("{name} {version}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
0core v0.1.0 (/home/some one/core)
1web v2.0.0
2derive v1.0.0 (proc-macro)
3text v1.1.0
2text v0.9.0
1text v1.1.0
1web v2.0.0 (*)
";

    #[test]
    fn packages_are_counted_by_name_and_version_and_parents_are_known() {
        let tree = Tree::parse(TREE).unwrap();
        assert_eq!(tree.len(), 5);
        assert_eq!(tree.versions("text"), ["0.9.0", "1.1.0"]);
        assert_eq!(tree.parents("text"), ["core", "derive", "web"]);
        assert_eq!(tree.parents("core"), [""; 0]);
        assert!(tree.has("derive") && !tree.has("tex"));
    }

    #[test]
    fn what_one_tree_adds_to_another_is_told_by_name_and_version() {
        let (more, less) =
            (Tree::parse(TREE).unwrap(), Tree::parse("0core v0.1.0\n1text v0.9.0\n1own v1.0.0\n").unwrap());
        assert_eq!(more.beyond(&less), ["derive 1.0.0", "text 1.1.0", "web 2.0.0"]);
        assert_eq!(less.beyond(&more), ["own 1.0.0"]);
    }

    #[test]
    fn what_is_not_a_tree_is_no_empty_tree() {
        for text in [
            "",
            "\n",
            "core v0.1.0",
            "0core",
            "0core 0.1.0",
            "1core v0.1.0",
            "0a v1.0.0\n2b v1.0.0",
            "0a v1.0.0\n0b v1.0.0",
        ] {
            assert!(Tree::parse(text).is_err(), "{text:?}");
        }
    }
}
