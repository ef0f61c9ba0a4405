//! `cargo xtask fhir fixtures`: instances of each resource, made from the published definitions and a seed, as the crate's own fixtures. A file has a
//! resource in each line: the least that is valid, all that there is, and one for each type of its choices. Nothing of the generated Rust code is used,
//! so that a mistake in it cannot hide here.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result, bail};

use super::definitions::{Definitions, ElementDefinition, Structure};
use super::samples_values::Values;
use super::{names, package};
use crate::workspace::{self, files_below};

/// Writes the fixtures, or with `check` names those that differ.
pub(super) fn run(check: bool) -> Result<()> {
    let definitions = Definitions::read(&package::CORE.folder()?)?;
    let folder = workspace::root().join("crates/fhir-r4b-model/tests/fixtures");
    fs::create_dir_all(&folder)?;
    let files = files(&definitions)?;
    let mut changed = Vec::new();
    for (name, text) in &files {
        let path = folder.join(name);
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            changed.push(name.clone());
            if !check {
                fs::write(&path, text).with_context(|| format!("cannot write {name}"))?;
            }
        }
    }
    for path in files_below(&folder, &|_| true)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !files.contains_key(&name) {
            if !check {
                fs::remove_file(&path).with_context(|| format!("cannot remove {name}"))?;
            }
            changed.push(name);
        }
    }
    for name in &changed {
        println!("differs: {name}");
    }
    if check && !changed.is_empty() {
        bail!("{} FHIR fixture(s) differ: run `cargo xtask fhir fixtures` and read what it changes", changed.len());
    }
    let bytes: usize = files.values().map(String::len).sum();
    println!("{} FHIR fixtures of {} KB, {} of them changed", files.len(), bytes / 1000, changed.len());
    Ok(())
}

/// All files by their names.
fn files(definitions: &Definitions) -> Result<BTreeMap<String, String>> {
    let (mut files, mut required) = (BTreeMap::new(), String::new());
    for structure in definitions.structures.values().filter(|structure| structure.kind == "resource") {
        let mut maker =
            Maker { definitions, structure, values: Values::new(definitions, &structure.id), required: Vec::new() };
        let mut lines = vec![maker.resource(Plan::Least)?];
        for path in std::mem::take(&mut maker.required) {
            required.push_str(&path);
            required.push('\n');
        }
        lines.push(maker.resource(Plan::All)?);
        let own = structure.snapshot.element.iter().filter(|element| element.path.ends_with("[x]"));
        for variant in 0..own.map(|element| element.types.len()).max().unwrap_or(0) {
            lines.push(maker.resource(Plan::Choices(variant))?);
        }
        lines.push(String::new());
        files.insert(format!("{}.ndjson", structure.id), lines.join("\n"));
    }
    files.insert("required.txt".into(), required);
    Ok(files)
}

/// How much of a resource is made.
#[derive(Clone, Copy, PartialEq)]
enum Plan {
    /// What has to be there.
    Least,
    /// Every element of the resource and of its datatypes; of the datatypes in those, the least.
    All,
    /// What has to be there, and the choices with their types in turn.
    Choices(usize),
}

struct Maker<'a> {
    definitions: &'a Definitions,
    /// The resource that is made.
    structure: &'a Structure,
    values: Values<'a>,
    /// The elements that have to be there: where they are in the least resource, and how the definition calls them there.
    required: Vec<String>,
}

/// The members of an object.
struct Members(Vec<String>);

impl Members {
    fn add(&mut self, name: &str, value: &str) {
        self.0.push(format!("\"{name}\":{value}"));
    }

    fn text(&self) -> String {
        format!("{{{}}}", self.0.join(","))
    }
}

impl<'a> Maker<'a> {
    fn resource(&mut self, plan: Plan) -> Result<String> {
        let structure = self.structure;
        let mut members = Members(Vec::new());
        members.add("resourceType", &format!("\"{}\"", structure.id));
        self.members(structure, &structure.id, plan, &structure.id, &mut members)?;
        Ok(members.text())
    }

    fn object(&mut self, structure: &'a Structure, path: &str, plan: Plan, at: &str) -> Result<String> {
        let mut members = Members(Vec::new());
        self.members(structure, path, plan, at, &mut members)?;
        if members.0.is_empty() {
            // Something has to be in every element: its first primitive, or else its first element of any kind.
            let own = |element: &&&ElementDefinition| {
                !matches!(last(&element.path), "id" | "extension" | "modifierExtension")
            };
            let children: Vec<_> = children(structure, path).collect();
            let is_plain = |element: &&&ElementDefinition| {
                element.types.len() == 1 && names::primitive(element.types[0].name()).is_some()
            };
            let mut candidates = children.iter().filter(own);
            let filler = children.iter().filter(own).find(is_plain).or_else(|| candidates.next());
            let filler = filler.with_context(|| format!("{path} has nothing in it"))?;
            self.field(structure, filler, Plan::Least, at, &mut members)?;
        }
        Ok(members.text())
    }

    fn members(
        &mut self,
        structure: &'a Structure,
        path: &str,
        plan: Plan,
        at: &str,
        members: &mut Members,
    ) -> Result<()> {
        for element in children(structure, path) {
            let wanted = match plan {
                Plan::Least => false,
                Plan::All => true,
                Plan::Choices(_) => structure.snapshot.element.iter().any(|below| {
                    below.path.ends_with("[x]")
                        && (below.path == element.path || below.path.starts_with(&format!("{}.", element.path)))
                }),
            };
            if element.min > 0 || wanted {
                self.field(structure, element, plan, at, members)?;
            }
        }
        Ok(())
    }

    fn field(
        &mut self,
        structure: &'a Structure,
        element: &'a ElementDefinition,
        plan: Plan,
        at: &str,
        members: &mut Members,
    ) -> Result<()> {
        let name = last(&element.path);
        let (name, kind) = match name.strip_suffix("[x]") {
            Some(stem) => {
                let index = match plan {
                    Plan::Least => 0,
                    Plan::All => self.values.below(element.types.len()),
                    Plan::Choices(variant) => variant % element.types.len(),
                };
                let kind = element.types[index].name();
                (format!("{stem}{}", names::capital(kind)), kind)
            }
            None => (name.to_owned(), element.types.first().map_or("", |kind| kind.name())),
        };
        let many = element.max != "1";
        let place = if many { "[0]" } else { "" };
        let here = format!("{at}.{name}{place}");
        if plan == Plan::Least && element.min > 0 {
            self.required.push(format!("{at}.{name} {at}.{}", last(&element.path).trim_end_matches("[x]")));
        }
        if names::primitive(kind).is_some() {
            self.primitive(element, &name, kind, plan, many, members);
            return Ok(());
        }
        let value = self.element(structure, element, kind, plan, &here)?;
        members.add(&name, &if many { format!("[{value}]") } else { value });
        Ok(())
    }

    fn primitive(
        &mut self,
        element: &ElementDefinition,
        name: &str,
        kind: &str,
        plan: Plan,
        many: bool,
        members: &mut Members,
    ) {
        let value = self.values.primitive(element, name, kind);
        // Beside the primitives of a resource, and not beside each one of every datatype in it.
        let attached =
            plan == Plan::All && element.path.starts_with(&format!("{}.", self.structure.id)) && kind != "xhtml";
        if !attached {
            members.add(name, &if many { format!("[{value}]") } else { value });
            return;
        }
        let extra = format!("{{\"id\":\"p{}\",\"extension\":[{}]}}", self.values.below(100), self.values.extension());
        if many {
            let other = self.values.primitive(element, name, kind);
            members.add(name, &format!("[{value},{other}]"));
            members.add(&format!("_{name}"), &format!("[null,{extra}]"));
        } else {
            members.add(name, &value);
            members.add(&format!("_{name}"), &extra);
        }
    }

    fn element(
        &mut self,
        structure: &'a Structure,
        element: &'a ElementDefinition,
        kind: &str,
        plan: Plan,
        at: &str,
    ) -> Result<String> {
        if let Some(reference) = &element.content_reference {
            // The definition begins again: one round of it is enough.
            let path = reference.rsplit('#').next().unwrap_or_default();
            return self.object(structure, path, Plan::Least, at);
        }
        match kind {
            "BackboneElement" | "Element" => self.object(structure, &element.path, plan, at),
            "Resource" => Ok(r#"{"resourceType":"Basic","id":"c1","code":{"text":"of a contained one"}}"#.into()),
            "Extension"
                if plan == Plan::All
                    && last(&element.path) == "extension"
                    && structure.id == at.split('.').next().unwrap_or_default()
                    && !at.trim_start_matches(&structure.id).trim_start_matches('.').contains('.') =>
            {
                // What is contained has to be referred to.
                Ok(r##"{"url":"http://example.org/contained","valueReference":{"reference":"#c1"}}"##.into())
            }
            "Extension" => Ok(self.values.extension()),
            "CodeableConcept" if self.values.is_bound(element) => self.values.concept(element),
            "Reference" => Ok(self.values.reference(element, plan == Plan::All)),
            _ => {
                let datatype =
                    self.definitions.structures.get(kind).with_context(|| format!("{kind} is not defined"))?;
                // A datatype is made whole in a resource and its backbone elements, and in another datatype the least of it.
                let whole = plan == Plan::All && structure.kind == "resource";
                self.object(datatype, kind, if whole { Plan::All } else { Plan::Least }, at)
            }
        }
    }
}

fn children<'a>(structure: &'a Structure, path: &str) -> impl Iterator<Item = &'a ElementDefinition> {
    let path = path.to_owned();
    structure
        .snapshot
        .element
        .iter()
        .filter(move |element| element.path.rsplit_once('.').is_some_and(|(parent, _)| parent == path))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}
