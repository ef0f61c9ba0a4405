//! The codes of the value sets that required bindings name.

use crate::generated::rules::VALUE_SETS;

/// A value set whose codes are all known.
#[derive(Clone, Copy)]
pub(super) struct Set(&'static [(&'static str, &'static [&'static str])]);

/// The set with this address; its version, after a `|`, is that of the definitions.
pub(super) fn set(address: &str) -> Option<Set> {
    let address = address.split('|').next().unwrap_or_default();
    let index = VALUE_SETS.binary_search_by(|(known, _)| (*known).cmp(address)).ok()?;
    Some(Set(VALUE_SETS[index].1))
}

impl Set {
    /// Whether the set has the code, in that system if one is asked for.
    pub(super) fn has(self, system: Option<&str>, code: &str) -> bool {
        self.0.iter().any(|(known, codes)| system.is_none_or(|system| system == *known) && codes.contains(&code))
    }
}
