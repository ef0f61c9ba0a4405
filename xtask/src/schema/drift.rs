//! `cargo xtask schema drift TYPE FILE`: a payload held against the types as they are now, without building the command `clinical`. It prints places
//! and JSON types and never a value, and ends with 3, something to look at, if there is any.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clinical_drift::Shape;

use super::derived::Schemas;
use super::verdict::{Direction, Verdict};

pub(super) fn report(now: &Schemas, name: &str, file: &Path) -> Result<Verdict> {
    let read = |direction| direction == Direction::Reads;
    let names = || now.keys().filter(|subject| read(subject.direction)).map(|subject| subject.name.as_str());
    let found = now.iter().find(|(subject, _)| subject.name == name && read(subject.direction));
    let (_, schema) = found.with_context(|| {
        format!("there is no type '{name}' that is read: choose from {}", names().collect::<Vec<_>>().join(", "))
    })?;
    let shape = Shape::parse(&schema.to_string())?;
    let payload = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let found = shape.drift(&payload).with_context(|| file.display().to_string())?;
    for finding in &found {
        println!("{finding}");
    }
    Ok(if found.is_empty() { Verdict::Compatible } else { Verdict::Review })
}
