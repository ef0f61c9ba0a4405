//! Compares two lists of public items. An item that is gone or reads differently may be used by somebody, so that is breaking; a new one is
//! an addition. What a line cannot show (a new method that a trait demands, a new field of a struct that others build) is found by
//! cargo-semver-checks, which stands beside this.

use std::collections::BTreeSet;

use crate::release::Change;

/// The lines that only one side has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// In the old list only.
    pub(super) gone: Vec<String>,
    /// In the new list only.
    pub(super) added: Vec<String>,
}

/// Compares two lists, whatever the order of their lines.
pub(super) fn between(old: &str, new: &str) -> Difference {
    let [old, new] = [old, new].map(|text| text.lines().collect::<BTreeSet<_>>());
    let only = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| one.difference(other).map(ToString::to_string).collect();
    Difference { gone: only(&old, &new), added: only(&new, &old) }
}

impl Difference {
    /// What it means for the version.
    pub(super) fn change(&self) -> Change {
        match (self.gone.is_empty(), self.added.is_empty()) {
            (false, _) => Change::Breaking,
            (true, false) => Change::Addition,
            (true, true) => Change::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_or_reads_differently_is_breaking_and_what_is_new_an_addition() {
        let old = "pub fn a::one()\npub fn a::two(u8)\n";
        assert_eq!(between(old, old).change(), Change::None);
        assert_eq!(between(old, "pub fn a::two(u8)\npub fn a::one()\n").change(), Change::None);
        assert_eq!(between(old, &format!("{old}pub fn a::three()\n")).change(), Change::Addition);
        assert_eq!(between(old, "pub fn a::one()\n").change(), Change::Breaking);
        let changed = between(old, "pub fn a::one()\npub fn a::two(u16)\n");
        assert_eq!(changed.change(), Change::Breaking);
        assert_eq!(
            (changed.gone, changed.added),
            (vec!["pub fn a::two(u8)".into()], vec!["pub fn a::two(u16)".into()])
        );
    }
}
