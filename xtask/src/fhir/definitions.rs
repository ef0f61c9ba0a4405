//! The definitions as they are published: structure definitions, value sets and code systems, read from the package. Only what
//! the generator needs is taken out of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// All definitions by their id (structures) or address (value sets and code systems).
#[derive(Default)]
pub(super) struct Definitions {
    /// Resources and complex datatypes that can be instantiated.
    pub(super) structures: BTreeMap<String, Structure>,
    /// Value sets by their canonical address.
    pub(super) value_sets: BTreeMap<String, ValueSet>,
    /// Code systems by their canonical address.
    pub(super) code_systems: BTreeMap<String, CodeSystem>,
}

#[derive(Deserialize)]
pub(super) struct Structure {
    pub(super) id: String,
    pub(super) kind: String,
    #[serde(rename = "abstract")]
    is_abstract: bool,
    derivation: Option<String>,
    #[serde(default)]
    pub(super) snapshot: Snapshot,
}

#[derive(Deserialize, Default)]
pub(super) struct Snapshot {
    pub(super) element: Vec<ElementDefinition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ElementDefinition {
    pub(super) path: String,
    pub(super) min: u32,
    pub(super) max: String,
    #[serde(rename = "type", default)]
    pub(super) types: Vec<ElementType>,
    pub(super) content_reference: Option<String>,
    #[serde(default)]
    pub(super) is_summary: bool,
    #[serde(default)]
    pub(super) is_modifier: bool,
    pub(super) binding: Option<Binding>,
    #[serde(default)]
    pub(super) constraint: Vec<Constraint>,
}

#[derive(Deserialize)]
pub(super) struct Constraint {
    pub(super) key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ElementType {
    code: String,
    #[serde(default)]
    extension: Vec<TypeExtension>,
    #[serde(default)]
    pub(super) target_profile: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TypeExtension {
    url: String,
    value_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Binding {
    pub(super) strength: String,
    pub(super) value_set: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ValueSet {
    url: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) compose: Compose,
}

#[derive(Deserialize, Default)]
pub(super) struct Compose {
    #[serde(default)]
    pub(super) include: Vec<Include>,
    #[serde(default)]
    pub(super) exclude: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Include {
    pub(super) system: Option<String>,
    pub(super) concept: Option<Vec<Concept>>,
    #[serde(default)]
    pub(super) filter: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    pub(super) value_set: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(super) struct CodeSystem {
    url: String,
    pub(super) content: String,
    #[serde(default)]
    pub(super) concept: Vec<Concept>,
}

#[derive(Deserialize)]
pub(super) struct Concept {
    pub(super) code: String,
    #[serde(default)]
    pub(super) concept: Vec<Concept>,
}

impl Definitions {
    /// Reads the definitions of a package.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut definitions = Self::default();
        for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let context = || format!("cannot read {name}");
            if name.starts_with("StructureDefinition-") {
                let structure: Structure = serde_json::from_slice(&fs::read(&path)?).with_context(context)?;
                if structure.is_generated() {
                    definitions.structures.insert(structure.id.clone(), structure);
                }
            } else if name.starts_with("ValueSet-") {
                let value_set: ValueSet = serde_json::from_slice(&fs::read(&path)?).with_context(context)?;
                definitions.value_sets.insert(value_set.url.clone(), value_set);
            } else if name.starts_with("CodeSystem-") {
                let system: CodeSystem = serde_json::from_slice(&fs::read(&path)?).with_context(context)?;
                definitions.code_systems.insert(system.url.clone(), system);
            }
        }
        Ok(definitions)
    }
}

impl Structure {
    fn is_generated(&self) -> bool {
        let kind = matches!(self.kind.as_str(), "resource" | "complex-type");
        kind && !self.is_abstract && self.derivation.as_deref() == Some("specialization")
    }
}

impl ElementType {
    /// The type's FHIR name; that of an `id` or `url` without extensions of its own is said in an extension.
    pub(super) fn name(&self) -> &str {
        const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
        let told = self.extension.iter().find(|extension| extension.url == FHIR_TYPE);
        told.and_then(|extension| extension.value_url.as_deref()).unwrap_or(&self.code)
    }
}
