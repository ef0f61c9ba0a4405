//! The schemas of all vendors' crates as their types have them now, and where each is kept. It knows the crates and nothing of JSON Schema.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clinical_drift::Derived;
use serde_json::Value;

use super::verdict::Direction;
use super::{normal, novamed};
use crate::workspace::{files_below, has_extension};

/// The folder of schemas in a crate, and in it that of the last release.
pub(super) const FOLDER: &str = "schema";
pub(super) const RELEASED: &str = "released";

/// What one schema is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) package: String,
    /// The type, with a revision behind `@` where a vendor has several.
    pub(super) name: String,
    pub(super) direction: Direction,
}

impl Subject {
    pub(super) fn file(&self) -> String {
        format!("{}.{}.json", self.name, self.direction.name())
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} ({})", self.package, self.name, self.direction.name())
    }
}

pub(super) type Schemas = BTreeMap<Subject, Value>;

/// The schemas as the types have them.
pub(super) fn now() -> Result<Schemas> {
    let mut all = Schemas::new();
    let crates = [
        ("haidy-analyst", haidy_analyst::schema::derived()),
        ("novamed-api", novamed_api::schema::derived()),
        ("omniscribe-codify", omniscribe_codify::schema::derived()),
    ];
    for (package, derived) in crates {
        for Derived { name, writes, json, .. } in derived {
            let direction = if writes { Direction::Writes } else { Direction::Reads };
            add(&mut all, package, name, direction, &serde_json::from_str(&json)?)?;
        }
    }
    for (name, schema) in novamed::written()? {
        add(&mut all, "novamed-api", &name, Direction::Writes, &schema)?;
    }
    Ok(all)
}

fn add(all: &mut Schemas, package: &str, name: &str, direction: Direction, schema: &Value) -> Result<()> {
    let subject = Subject { package: package.to_owned(), name: name.to_owned(), direction };
    if let Some(_other) = all.insert(subject.clone(), normal::schema(schema)) {
        bail!("two schemas are called {subject}: give one of them another name");
    }
    Ok(())
}

/// The schemas in the folders of the crates below `root`: those of now, or those of the last release.
pub(super) fn kept(root: &Path, released: bool) -> Result<Schemas> {
    let mut all = Schemas::new();
    for package in fs::read_dir(root.join("crates"))? {
        let package = package?;
        let folder = package.path().join(FOLDER);
        let folder = if released { folder.join(RELEASED) } else { folder };
        if !folder.is_dir() {
            continue;
        }
        for path in files_below(&folder, &|path| has_extension(path, "json") && path.parent() == Some(&folder))? {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let mut parts = file.trim_end_matches(".json").rsplitn(2, '.');
            let (direction, name) = (parts.next().and_then(Direction::named), parts.next());
            let (Some(direction), Some(name)) = (direction, name) else {
                bail!("{} is called neither TYPE.reads.json nor TYPE.writes.json: rename or delete it", path.display());
            };
            let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let schema = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
            let package = package.file_name().to_string_lossy().into_owned();
            all.insert(Subject { package, name: name.to_owned(), direction }, schema);
        }
    }
    Ok(all)
}

/// The text of a schema's file.
pub(super) fn text(schema: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(schema)? + "\n")
}

/// Makes the folders hold these schemas and no others.
pub(super) fn write(root: &Path, schemas: &Schemas, released: bool) -> Result<()> {
    let folder = |subject: &Subject| {
        let folder = root.join("crates").join(&subject.package).join(FOLDER);
        if released { folder.join(RELEASED) } else { folder }
    };
    for subject in kept(root, released)?.keys().filter(|subject| !schemas.contains_key(subject)) {
        fs::remove_file(folder(subject).join(subject.file()))?;
    }
    for (subject, schema) in schemas {
        fs::create_dir_all(folder(subject))?;
        let path = folder(subject).join(subject.file());
        fs::write(&path, text(schema)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
