//! The text of the files that hold the others together: which modules there are, the enum of all resources, and the code sets.

use std::fmt::Write as _;

use anyhow::Result;

use super::codes::CodeSet;
use super::emit::MARK;
use super::model::{Choice, Type};
use super::names;

fn modules(text: &mut String, types: &[Type]) -> Result<()> {
    for made in types {
        writeln!(text, "pub mod {};", names::snake(&made.name))?;
    }
    writeln!(text)?;
    for made in types {
        writeln!(text, "pub use {}::{};", names::snake(&made.name), made.name)?;
    }
    Ok(())
}

/// `datatypes.rs`.
pub(super) fn datatypes(types: &[Type], open_choices: &[Choice]) -> Result<String> {
    let mut text = String::from(
        "//! The complex datatypes. Each has a module, which also holds what is defined inside it: backbone elements and\n\
         //! choices.\n\n",
    );
    text.push_str(MARK);
    modules(&mut text, types)?;
    let names: Vec<&str> = open_choices.iter().map(|choice| choice.name.as_str()).collect();
    writeln!(text, "mod open_value;\npub use open_value::{{{}}};", names.join(", "))?;
    Ok(text)
}

/// `resources.rs`.
pub(super) fn resources(types: &[Type]) -> Result<String> {
    let mut text = String::from(
        "//! The resources. Each has a module, which also holds what is defined inside it: backbone elements and choices.\n\n",
    );
    text.push_str(MARK);
    modules(&mut text, types)?;
    writeln!(
        text,
        "\nuse crate::One;\nuse crate::access::Element;\nuse crate::resource::{{UnknownResource, resource_types}};\n"
    )?;
    writeln!(text, "/// Any resource.\n#[non_exhaustive]\npub enum Resource {{")?;
    for made in types {
        writeln!(text, "/// `{0}`.\n{0}(One<{0}>),", made.name)?;
    }
    writeln!(text, "/// A resource whose type R4B does not have.\nUnknown(One<UnknownResource>),\n}}\n")?;
    let names: Vec<&str> = types.iter().map(|made| made.name.as_str()).collect();
    writeln!(text, "resource_types!({});\n", names.join(", "))?;
    Ok(text)
}

/// `codes.rs`.
pub(super) fn codes(sets: &[CodeSet]) -> Result<String> {
    let mut text = String::from("//! The codes of the value sets that a required binding names.\n\n");
    text.push_str(MARK);
    writeln!(text, "use crate::coded::code_set;\n")?;
    for set in sets {
        writeln!(text, "code_set! {{\n    /// <{}>\n    {}, {:?}, {{", set.url, set.name, set.url)?;
        for (variant, code) in &set.codes {
            writeln!(text, "        {variant} = {code:?},")?;
        }
        writeln!(text, "    }}\n}}\n")?;
    }
    Ok(text)
}
