//! The text of the tables that only validation needs: what references may point at, the codes of value sets, and what is not evaluated.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::Result;

use super::codes;
use super::definitions::Definitions;
use super::emit::MARK;
use super::model::Model;

/// The invariants that the crate evaluates.
const EVALUATED: [&str; 9] = ["dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "ele-1", "ext-1", "ref-1", "txt-2"];

/// `empties.rs`.
pub(super) fn empties(model: &Model) -> Result<String> {
    let mut text = format!("//! An empty datatype by its name, which only schemas need.\n\n{MARK}");
    let names: Vec<&str> = model.datatypes.iter().map(|made| made.name.as_str()).collect();
    writeln!(text, "use crate::access::Element;\nuse crate::{{{}}};\n", names.join(", "))?;
    writeln!(text, "/// An empty datatype; `None` if there is none of that name.")?;
    writeln!(text, "pub(crate) fn datatype(name: &str) -> Option<Box<dyn Element>> {{\nSome(match name {{")?;
    for name in names {
        writeln!(text, "{name:?} => Box::new({name}::default()),")?;
    }
    writeln!(text, "_ => return None,\n}})\n}}")?;
    Ok(text)
}

/// `rules.rs`.
pub(super) fn file(definitions: &Definitions, model: &Model) -> Result<String> {
    let mut text = format!("//! What only validation needs to know.\n\n{MARK}");
    writeln!(
        text,
        "/// What a reference may point at, by the path of its element; one that is not here may point at anything."
    )?;
    writeln!(text, "#[cfg(feature = \"validate\")]\npub(crate) static TARGETS: &[(&str, &[&str])] = &[")?;
    let fields = || {
        model
            .resources
            .iter()
            .chain(&model.datatypes)
            .flat_map(|made| &made.structs)
            .flat_map(|one| one.fields.iter().map(move |field| (format!("{}.{}", one.path, field.json), field)))
    };
    let targets: BTreeMap<String, &Vec<String>> = fields()
        .filter(|(_, field)| !field.targets.is_empty() && !field.targets.iter().any(|target| target == "Resource"))
        .map(|(path, field)| (path, &field.targets))
        .collect();
    for (path, targets) in targets {
        writeln!(text, "({path:?}, &{targets:?}),")?;
    }
    writeln!(text, "];\n")?;
    let required: BTreeSet<&str> = fields()
        .filter_map(|(_, field)| field.binding.as_ref())
        .filter(|(strength, _)| strength == "required")
        .filter_map(|(_, url)| url.split('|').next())
        .collect();
    writeln!(
        text,
        "/// The codes of the value sets of required bindings, by address and system.\n#[allow(clippy::type_complexity)]"
    )?;
    writeln!(text, "pub(crate) static VALUE_SETS: &[(&str, &[(&str, &[&str])])] = &[")?;
    let mut open = Vec::new();
    for url in required {
        let Some(systems) = codes::by_system(definitions, url) else {
            open.push(url);
            continue;
        };
        let systems: Vec<String> = systems.iter().map(|(system, codes)| format!("({system:?}, &{codes:?})")).collect();
        writeln!(text, "({url:?}, &[{}]),", systems.join(", "))?;
    }
    writeln!(text, "];\n")?;
    writeln!(
        text,
        "/// Value sets of required bindings whose codes the definitions do not list: any code is accepted."
    )?;
    writeln!(text, "#[cfg(feature = \"validate\")]\npub static NOT_LISTED: &[&str] = &{open:?};\n")?;
    let mut left: BTreeMap<&str, &str> = BTreeMap::new();
    for element in definitions.structures.values().flat_map(|structure| &structure.snapshot.element) {
        for constraint in element.constraint.iter().filter(|constraint| !EVALUATED.contains(&constraint.key.as_str())) {
            left.entry(&constraint.key).or_insert(&element.path);
        }
    }
    writeln!(text, "/// Invariants that are not evaluated: their keys, each with the first element that has it.")?;
    writeln!(
        text,
        "#[cfg(feature = \"validate\")]\npub static NOT_EVALUATED: &[(&str, &str)] = &{:?};",
        left.into_iter().collect::<Vec<_>>()
    )?;
    Ok(text)
}
