//! The text of a choice element's enum: one variant per type, and what maps a variant to its index and back.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;

use super::emit::MARK;
use super::model::Choice;
use super::names;

/// The enum itself.
pub(super) fn write(text: &mut String, choice: &Choice) -> Result<()> {
    if choice.path.is_empty() {
        writeln!(text, "/// One of the {} types that elements of any type take.", choice.types.len())?;
    } else {
        let resource_or_datatype = choice.path.split('.').next().unwrap_or_default();
        writeln!(text, "/// One of the types of `{}`, in [`{resource_or_datatype}`].", choice.path)?;
    }
    writeln!(text, "#[non_exhaustive]\npub enum {} {{", choice.name)?;
    for fhir in &choice.types {
        let name = names::capital(fhir);
        match names::primitive(fhir) {
            Some((rust, _)) => writeln!(text, "/// `{fhir}`.\n{name}({rust}),")?,
            None => writeln!(text, "/// `{fhir}`.\n{name}(One<{fhir}>),")?,
        }
    }
    writeln!(text, "}}\n")?;
    Ok(())
}

/// Its variants by index.
pub(super) fn write_access(text: &mut String, choice: &Choice) -> Result<()> {
    let name = &choice.name;
    let open = if choice.path.is_empty() { "pub(crate) " } else { "" };
    writeln!(text, "impl {name} {{\n{open}const VARIANTS: &'static [Variant] = &[")?;
    for fhir in &choice.types {
        let constructor = names::primitive(fhir).map_or("element", |(_, constructor)| constructor);
        writeln!(text, "Variant::{constructor}({:?}),", names::capital(fhir))?;
    }
    writeln!(text, "];\n}}\n\nimpl Choice for {name} {{")?;
    writeln!(text, "fn empty(variant: usize) -> Option<Self> {{\nSome(match variant {{")?;
    for (index, fhir) in choice.types.iter().enumerate() {
        let empty = names::primitive(fhir)
            .map_or_else(|| "One::default()".to_owned(), |(rust, _)| format!("{rust}::default()"));
        writeln!(text, "{index} => Self::{}({empty}),", names::capital(fhir))?;
    }
    writeln!(text, "_ => return None,\n}})\n}}\n")?;
    for (function, reference, chosen, value, erased) in
        [("chosen", "&", "Chosen", "value", "erased"), ("chosen_mut", "&mut ", "ChosenMut", "value_mut", "erased_mut")]
    {
        writeln!(text, "fn {function}({reference}self) -> (usize, {chosen}<'_>) {{\nmatch self {{")?;
        for (index, fhir) in choice.types.iter().enumerate() {
            let variant = names::capital(fhir);
            match names::primitive(fhir) {
                Some(_) => writeln!(text, "Self::{variant}(it) => ({index}, {chosen}::Primitive(it.{value}())),")?,
                None => writeln!(text, "Self::{variant}(it) => ({index}, {chosen}::Element(it.{erased}())),")?,
            }
        }
        writeln!(text, "}}\n}}\n")?;
    }
    writeln!(text, "}}\n")?;
    Ok(())
}

/// The file of the choices that several types share.
pub(super) fn open_file(choices: &[Choice]) -> Result<String> {
    let mut text = format!("//! The choices of nearly every datatype, which several elements share.\n\n{MARK}");
    let (mut primitives, mut elements) = (BTreeSet::new(), BTreeSet::new());
    for fhir in choices.iter().flat_map(|choice| &choice.types) {
        match names::primitive(fhir) {
            Some((rust, _)) => primitives.insert(rust),
            None => elements.insert(fhir.clone()),
        };
    }
    elements.insert("One".to_owned());
    let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    writeln!(
        text,
        "use crate::access::{{Choice, Chosen, ChosenMut, Primitive, Typed}};\nuse crate::info::Variant;\nuse crate::same::choice;"
    )?;
    writeln!(text, "use crate::primitives::{{{}}};\nuse crate::{{{}}};\n", list(primitives), list(elements))?;
    for choice in choices {
        write(&mut text, choice)?;
    }
    let names: Vec<&str> = choices.iter().map(|one| one.name.as_str()).collect();
    writeln!(text, "choice!({});\n", names.join(", "))?;
    for choice in choices {
        write_access(&mut text, choice)?;
    }
    Ok(text)
}
