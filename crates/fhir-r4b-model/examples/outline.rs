//! Says what is in a Bundle, and which of its references lead nowhere in it: types, numbers and paths, and nothing of what a patient has.
//!
//! ```sh
//! cargo run --example outline -- BUNDLE.json
//! ```

// A program talks on its standard streams.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use fhir_r4b_model::access::{Element, Field, Value};
use fhir_r4b_model::walk::{Node, Path, walk_resource};
use fhir_r4b_model::{Bundle, Reference, json};

/// The text of a reference, if this is one.
fn reference(element: &dyn Element) -> Option<&str> {
    let info = element.info();
    let index = info.fields.iter().position(|field| info.name == "Reference" && field.name == "reference")?;
    match element.field(index) {
        Field::Primitives(slot) => match slot.get(0)? {
            Value::Text(text) => text.as_str(),
            Value::Boolean(_) => None,
        },
        _ => None,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("name a file with a Bundle in JSON")?;
    let bundle: Bundle = json::from_slice(&std::fs::read(file)?)?;
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in bundle.entry.iter().filter_map(|entry| entry.resource.as_ref()) {
        *types.entry(resource.type_name()).or_default() += 1;
    }
    for (name, count) in types {
        println!("{count:>6} {name}");
    }
    let references = bundle.references();
    let (mut followed, mut left) = (0, Vec::new());
    for (place, entry) in bundle.entry.iter().enumerate() {
        let Some(resource) = &entry.resource else { continue };
        let root = format!("Bundle.entry[{place}].resource");
        walk_resource(resource, &Path::root(&root), &mut |path, node| {
            let Node::Element(element) = node else { return };
            let Some(text) = reference(element) else { return };
            match references.resolve(entry, &Reference::to(text)) {
                Ok(_) => followed += 1,
                Err(why) => left.push(format!("{path}: {why}")),
            }
        });
    }
    println!("{followed} references lead to a resource of the bundle, {} do not", left.len());
    for line in left {
        println!("{line}");
    }
    Ok(())
}
