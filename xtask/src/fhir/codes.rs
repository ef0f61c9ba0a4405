//! The codes of the value sets that required bindings name. A set whose codes are not all in the package, such as the media
//! types, has no list here; its elements stay plain codes.

use super::definitions::{Concept, Definitions, Include};
use super::names;

/// A value set whose codes are all known.
pub(super) struct CodeSet {
    pub(super) name: String,
    pub(super) url: String,
    /// The variant and the code.
    pub(super) codes: Vec<(String, String)>,
}

impl CodeSet {
    /// The set with this address, if its codes can be listed.
    pub(super) fn of(definitions: &Definitions, url: &str) -> Option<Self> {
        let value_set = definitions.value_sets.get(url)?;
        if !value_set.compose.exclude.is_empty() {
            return None;
        }
        let mut texts: Vec<String> = Vec::new();
        for include in &value_set.compose.include {
            for text in listed(definitions, include)? {
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
        }
        let mut codes: Vec<(String, String)> = Vec::new();
        for text in texts {
            let mut variant = names::variant(&text);
            // Codes that differ in capitals or punctuation alone.
            while variant.is_empty() || codes.iter().any(|(taken, _)| taken.eq_ignore_ascii_case(&variant)) {
                variant.push_str("Other");
            }
            codes.push((variant, text));
        }
        let name = names::capital(&value_set.name.replace(|character: char| !character.is_ascii_alphanumeric(), ""));
        (!codes.is_empty()).then(|| Self { name, url: url.to_owned(), codes })
    }
}

/// The codes of a value set by their system, if they can be listed.
pub(super) fn by_system(definitions: &Definitions, url: &str) -> Option<Vec<(String, Vec<String>)>> {
    let value_set = definitions.value_sets.get(url)?;
    if !value_set.compose.exclude.is_empty() || value_set.compose.include.is_empty() {
        return None;
    }
    let listed = |include: &Include| Some((include.system.clone()?, listed(definitions, include)?));
    value_set.compose.include.iter().map(listed).collect()
}

fn listed(definitions: &Definitions, include: &Include) -> Option<Vec<String>> {
    if !include.filter.is_empty() || !include.value_set.is_empty() {
        return None;
    }
    let mut codes = Vec::new();
    if let Some(concepts) = &include.concept {
        collect(concepts, &mut codes);
    } else {
        let system = definitions.code_systems.get(include.system.as_ref()?)?;
        if system.content != "complete" {
            return None;
        }
        collect(&system.concept, &mut codes);
    }
    Some(codes)
}

fn collect(concepts: &[Concept], codes: &mut Vec<String>) {
    for concept in concepts {
        codes.push(concept.code.clone());
        collect(&concept.concept, codes);
    }
}
